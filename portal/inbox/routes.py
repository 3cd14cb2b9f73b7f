"""Menunggu saya: the first page after signing in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from flask import Blueprint, Flask, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock, formatting, navigation
from portal.access import signed_in
from portal.inbox import entries, queries

bp = Blueprint("inbox", __name__)
PAGE = 40
"""Entries of a page."""
BESIDE = {
    "proposals.desk": ("answer",),
    "voting.index": ("ballot", "code", "code_test", "box", "poll"),
    "changes.index": ("notice",),
}
"""Which of the waiting deeds are counted beside another place of the navigation."""


def _greeting() -> str:
    hour = clock.local(clock.now()).hour
    if hour < 11:
        return _("Selamat pagi, %(name)s.", name=current_user.short_name)
    if hour < 15:
        return _("Selamat siang, %(name)s.", name=current_user.short_name)
    if hour < 18:
        return _("Selamat sore, %(name)s.", name=current_user.short_name)
    return _("Selamat malam, %(name)s.", name=current_user.short_name)


def _lede(waiting: list[queries.Waiting]) -> str:
    """How much waits, and until when the nearest of it: two short sentences."""
    if not waiting:
        return _("Tidak ada yang menunggu Anda.")
    number = formatting.number_words(len(waiting))
    words = ngettext(
        "%(number)s hal menunggu Anda.", "%(number)s hal menunggu Anda.", len(waiting), number=number
    )
    days = [due for one in waiting if (due := entries.due_day(one))]
    late = sum(due < clock.today() for due in days)
    if late:
        more = ngettext(
            "%(number)s di antaranya lewat batas.",
            "%(number)s di antaranya lewat batas.",
            late,
            number=formatting.number_words(late),
        )
    elif days:
        more = _("Yang terdekat %(day)s.", day=entries.near_day(min(days)))
    else:
        return words
    return f"{words} {more}"


@bp.get("/menunggu-saya")
@signed_in
def index() -> str:
    waiting = queries.list_waiting(current_user)
    g.waiting = Counter(one.kind for one in waiting)
    page = max(request.args.get("halaman", 1, type=int), 1)
    shown = waiting[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "inbox/index.html",
        greeting=_greeting(),
        lede=_lede(waiting),
        last_visit=queries.last_visit(current_user),
        entries=[entries.entry(one) for one in shown],
        any_typed=any(one.kind == "typed" for one in shown),
        following=url_for(".index", halaman=page + 1) if len(waiting) > page * PAGE else None,
        previous=url_for(".index", halaman=page - 1) if page > 1 else None,
        news=[entries.item(one) for one in queries.list_news(current_user)],
    )


def _waiting() -> Counter[str]:
    """What waits, by kind; counted once a page."""
    if "waiting" not in g:
        g.waiting = queries.count_waiting(current_user)
    waiting: Counter[str] = g.waiting
    return waiting


def _number_of(kinds: tuple[str, ...]) -> Callable[[], int]:
    return lambda: sum(_waiting()[kind] for kind in kinds)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    navigation.counters["inbox.index"] = lambda: _waiting().total()
    navigation.counters.update({place: _number_of(kinds) for place, kinds in BESIDE.items()})
