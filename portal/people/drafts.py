"""What somebody is typing in a form, kept on the server until it is sent: one way for every form.

A view makes the `Typing` of its form, opens the form as it was left, and forgets it with the deed. Each package registers the
kinds of form that it has, so that what is typed finds its place again by kind and number, within reach of the person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from portal import clock, errors, htmx, i18n, jobs, submissions, throttle
from portal.access import signed_in
from portal.db import begin_writing, db, stop_writing
from portal.formatting import hour
from portal.forms import Form
from portal.people.models import Draft
from portal.submissions import without_token

bp = Blueprint("drafts", __name__, url_prefix="/draf")
LONGEST, MOST = 20_000, 200
"""Letters of a field, and values of one that takes several."""
TITLES = {"_title": "id", "_title_en": "en"}
OWN = (*TITLES, "_url")
"""What a draft keeps beside the fields: the name of its place in each language and where it is opened, as
*Menunggu saya* lists it."""
COUNTED = "draf:"
MINUTE = 60
A_MINUTE = 40
"""Drafts and signs of presence of one person a minute: one every five seconds in each of three forms."""


@dataclass(frozen=True)
class Typing:
    """A form that keeps what is typed into it: in which place, under which title and address it is listed, which of
    its fields, and where the page sends them."""

    place: str
    title: Any
    opened_at: str
    fields: Collection[str]
    url: str

    @cached_property
    def kept(self) -> Draft | None:
        return db.session.get(Draft, (current_user.id, self.place))

    @property
    def offered(self) -> MultiDict[str, str] | None:
        """The kept fields as a form takes them, where the form is opened and not asked to be without them."""
        if self.kept is None or request.method == "POST" or "tanpa" in request.args:
            return None
        return MultiDict({name: value for name, value in self.kept.fields.items() if name not in OWN})

    @property
    def restored(self) -> dict[str, Any]:
        """How a form is opened as it was left: its argument, if anything was kept."""
        return {} if self.offered is None else {"formdata": self.offered}

    @property
    def attributes(self) -> dict[str, str]:
        """Of the form's element."""
        return {"data-draft": self.url}

    def keep(self) -> datetime | None:
        """Keep what was sent as this person's only draft of the form, and when; None where its form has been sent
        meanwhile."""
        token = submissions.sent_token()
        # Claimed for as long as it takes, so that a draft and its own form wait for one another.
        if token and not submissions.claims(token):
            return None  # it comes late
        sent = {name: request.form.getlist(name)[:MOST] for name in self.fields if name in request.form}
        based_on = request.form.get("based_on", "")
        number = int(based_on) if based_on.isascii() and based_on.isdigit() and len(based_on) < 10 else None
        fields = {
            name: values[0][:LONGEST] if len(values) == 1 else [value[:LONGEST] for value in values]
            for name, values in sent.items()
        }
        own = {name: self._said(language) for name, language in TITLES.items()} | {"_url": self.opened_at}
        now = clock.now()
        values = {"based_on": number, "fields": _without_nul(fields) | own, "saved_at": now}
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        db.session.execute(
            insert(Draft)
            .values(person_id=current_user.id, place=self.place, **values)
            .on_conflict_do_update(index_elements=["person_id", "place"], set_=values)
        )
        submissions.release(token)
        return now

    def _said(self, language: str) -> str:
        with force_locale(language):
            return str(self.title)[:200]

    def forget(self) -> None:
        """The form was sent or given up: its draft is gone, in the transaction at hand."""
        db.session.execute(delete(Draft).where(Draft.person_id == current_user.id, Draft.place == self.place))

    def take(self, deed: str) -> str:
        """Keep it or throw it away (`buang`); what is to be said."""
        if deed == "buang":
            self.forget()
            return _("Draf dibuang.")
        if not any(name in request.form for name in self.fields) or (kept := self.keep()) is None:
            return ""
        return _("tersimpan sebagai draf %(hour)s", hour=hour(kept))


def _without_nul(fields: dict[str, Any]) -> dict[str, Any]:
    """No JSON of PostgreSQL holds a NUL."""
    return {
        name: value.replace("\0", "") if isinstance(value, str) else [one.replace("\0", "") for one in value]
        for name, value in fields.items()
    }


def limit() -> None:
    """Count one more request of this person, in a writing transaction that begins here."""
    begin_writing()
    message = _("Draf terlalu sering dikirim. Silakan tunggu sebentar.")
    throttle.limit(f"{COUNTED}{current_user.id}", A_MINUTE, MINUTE, message)


def answered(typing: Typing, said: str, discarded: bool) -> Response:
    """The end of the request: a line for the page's script, else back to the form."""
    db.session.commit()
    if request.form.get("skrip"):
        return make_response(said, 200, {"Content-Type": "text/plain; charset=utf-8"})
    if said:
        flash(said if discarded else _("Draf tersimpan. Hanya Anda yang melihatnya."))
    return htmx.redirect_to(typing.opened_at)


Finder = Callable[[int], Typing]
_finders: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    """`finder(number)` gives the form of this kind; 404 or a refusal where this person may not open it."""
    _finders[kind] = finder


def url_of(kind: str, number: int) -> str:
    return url_for("drafts.keep", writing=kind, ref=number)


@bp.post("/<writing>/<int:ref>")
@signed_in
@without_token
def keep(writing: str, ref: int) -> Response:
    """Keep what is typed in a form of this kind; never a deed of its own."""
    stop_writing()  # until all is read
    if writing not in _finders:
        abort(404)
    typing, deed = _finders[writing](ref), request.form.get("urusan", "draf")
    limit()
    return answered(typing, typing.take(deed), deed == "buang")


# The words themselves: they can be read also where their form can no longer be opened.

SHOWN = 100
CHOSEN = (
    "kind",
    "ground",
    "number",
    "material",
    "unit",
    "voice",
    "sub_activity_id",
    "accumulation",
    "direction",
)
"""Fields that hold a code and no words."""
_forms: dict[str, type[Form]] = {}


def name_fields(kind: str, form: type[Form]) -> None:
    """The fields of drafts at places of this kind are called as in this form."""
    _forms[kind] = form


def _words(draft: Draft) -> list[tuple[str, str]]:
    """What was typed, as its form names and orders it, without what was chosen from a list."""
    kind = _forms.get(draft.place.partition(":")[0])
    labels = {field.name: field.label.text for field in kind(formdata=None)} if kind else {}
    return [
        (labels.get(name, ""), value)
        for name in dict.fromkeys((*labels, *draft.fields))
        if name not in {*OWN, *CHOSEN} and isinstance(value := draft.fields.get(name), str) and value.strip()
    ]


def title_of(draft: Draft) -> str:
    """The name of its place in the reader's language."""
    name = next(name for name, language in TITLES.items() if language == i18n.language())
    return str(draft.fields.get(name) or draft.fields["_title"])


def _mine() -> list[Draft]:
    mine = select(Draft).where(Draft.person_id == current_user.id)
    return [
        draft
        for draft in db.session.scalars(mine.order_by(Draft.saved_at.desc()).limit(SHOWN))
        if "_url" in draft.fields
    ]


@bp.get("")
@signed_in
def index() -> str:
    """My drafts, and the words of one of them."""
    drafts = _mine()
    opened = next((one for one in drafts if one.place == request.args.get("tempat")), None)
    return render_template(
        "people/drafts.html",
        drafts=drafts,
        opened=opened,
        words=_words(opened) if opened else [],
        title_of=title_of,
    )


@bp.post("")
@signed_in
def discard() -> Response:
    """Throw one of my drafts away, whether its form can be opened or not."""
    place = request.form.get("place", "")[:200]
    db.session.execute(delete(Draft).where(Draft.person_id == current_user.id, Draft.place == place))
    submissions.commit(url_for(".index"))
    flash(_("Draf dibuang."))
    return htmx.redirect_to(url_for(".index"))


def _of_this_page() -> tuple[str, str] | None:
    """Where the words are that were typed in the form that cannot be opened."""
    if not current_user.is_authenticated:
        return None
    here = {request.path, request.full_path}
    found = next((one for one in _mine() if one.fields["_url"].partition("#")[0] in here), None)
    return (_("Baca draf Anda"), url_for("drafts.index", tempat=found.place)) if found else None


errors.ways_on.append(_of_this_page)


def sweep() -> int:
    """Forget drafts that nobody took up for a year, and counts that no longer limit anybody."""
    throttle.sweep(COUNTED, MINUTE)
    old: Any = db.session.execute(delete(Draft).where(Draft.saved_at < clock.now() - timedelta(days=365)))
    return int(old.rowcount)


jobs.every("old drafts", 3600)(sweep)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
