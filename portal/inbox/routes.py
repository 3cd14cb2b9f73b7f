"""Menunggu saya: the first page after signing in."""

from __future__ import annotations

from flask import Blueprint, Flask, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, navigation
from portal.access import signed_in
from portal.inbox import entries, queries

bp = Blueprint("inbox", __name__)
PAGE = 40
"""Entries of a page."""


def _greeting() -> str:
    hour = clock.local(clock.now()).hour
    if hour < 11:
        return _("Selamat pagi, %(name)s.", name=current_user.short_name)
    if hour < 15:
        return _("Selamat siang, %(name)s.", name=current_user.short_name)
    if hour < 18:
        return _("Selamat sore, %(name)s.", name=current_user.short_name)
    return _("Selamat malam, %(name)s.", name=current_user.short_name)


@bp.get("/menunggu-saya")
@signed_in
def index() -> str:
    waiting = queries.list_waiting(current_user)
    g.waiting = len(waiting)
    page = max(request.args.get("halaman", 1, type=int), 1)
    shown = waiting[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "inbox/index.html",
        greeting=_greeting(),
        number=len(waiting),
        entries=[entries.entry(one) for one in shown],
        following=url_for(".index", halaman=page + 1) if len(waiting) > page * PAGE else None,
        previous=url_for(".index", halaman=page - 1) if page > 1 else None,
        news=[entries.item(one) for one in queries.list_news(current_user)],
    )


def _count() -> int:
    """The number beside the place in the navigation; counted once a page."""
    if "waiting" not in g:
        g.waiting = queries.count_waiting(current_user)
    return int(g.waiting)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    navigation.counters["inbox.index"] = _count
