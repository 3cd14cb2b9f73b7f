"""What somebody is typing beside a section or a line, kept on the server; it never touches the text itself."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy import bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite
from werkzeug.datastructures import MultiDict

from portal import clock, jobs
from portal.db import db, run
from portal.drafting import revisions
from portal.drafting.models import Section
from portal.drafting.revisions import Piece
from portal.people.models import Draft, Presence

STAYS = timedelta(seconds=45)
"""How long somebody counts as editing after their page was last heard of."""
PARTS = {"": "", "tanggapan": "/comment"}
"""The forms beside a piece that keep a draft, and how their place ends."""
LONGEST = 20_000
OWN = ("_title", "_url")
"""What a draft keeps beside the fields: the name of its place and where it is opened, as *Menunggu saya* lists it."""


def place_of(piece: Piece, part: str = "") -> str:
    return revisions.place_of(piece) + PARTS[part]


def find(person_id: int, place: str) -> Draft | None:
    return db.session.get(Draft, (person_id, place))


def fields_of(piece: Piece, part: str) -> tuple[str, ...]:
    """The fields of a form that its draft keeps."""
    if part:
        return ("body",)
    if isinstance(piece, Section):
        return ("body", "reason")
    kept = set(revisions.LINE_FIELDS) - {"unread", "value_kind"}
    return (*sorted(kept), "reason")


def keep(
    person_id: int, piece: Piece, part: str, based_on: int | None, sent: MultiDict[str, str], url: str
) -> Draft:
    """Keep what was sent as this person's only draft of this form."""
    fields = {name: sent[name][:LONGEST] for name in fields_of(piece, part) if name in sent}
    name = f"{piece.number} {piece.heading}" if isinstance(piece, Section) else piece.name
    values = {
        "based_on": based_on,
        "fields": fields | {"_title": name[:200], "_url": url},
        "saved_at": clock.now(),
    }
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(
        insert(Draft)
        .values(person_id=person_id, place=place_of(piece, part), **values)
        .on_conflict_do_update(index_elements=["person_id", "place"], set_=values)
    )
    return db.session.get_one(Draft, (person_id, place_of(piece, part)), populate_existing=True)


@cache
def _gone(model: Any) -> Any:
    return delete(model.__table__).where(model.person_id == bindparam("me"), model.place == bindparam("here"))


def forget(person_id: int, piece: Piece, part: str = "") -> None:
    """The form was sent or given up: its draft is gone, in the transaction at hand."""
    run(_gone(Draft), {"me": person_id, "here": place_of(piece, part)})


def offered(draft: Draft | None) -> MultiDict[str, str] | None:
    """The typed fields of a draft, as a form takes them."""
    if draft is None:
        return None
    return MultiDict({name: value for name, value in draft.fields.items() if name not in OWN})


def beside(piece: Piece, part: str = "") -> dict[str, Any]:
    """What a form shows that keeps a draft: where it sends it, and what is kept."""
    kind = "section" if isinstance(piece, Section) else "line"
    return {
        "url": url_for(f"live.keep_{kind}", **{f"{kind}_id": piece.id}),  # type: ignore[arg-type]
        "part": part,
        "kept": find(current_user.id, place_of(piece, part)),
    }


def presence_place(piece: Piece) -> str:
    return f"plan:{piece.plan_id}/{revisions.place_of(piece)}"


def stay(person_id: int, piece: Piece) -> None:
    """Somebody has this piece open to edit it; the first word of it says since when."""
    now = clock.now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    held = db.session.get(Presence, (person_id, presence_place(piece)))
    since = held.since if held and held.until > now and held.since else now
    values = {"until": now + STAYS, "since": since}
    db.session.execute(
        insert(Presence)
        .values(person_id=person_id, place=presence_place(piece), **values)
        .on_conflict_do_update(index_elements=["person_id", "place"], set_=values)
    )


def leave(person_id: int, piece: Piece) -> None:
    run(_gone(Presence), {"me": person_id, "here": presence_place(piece)})


def sweep() -> int:
    """Forget who was there a day ago, and drafts that nobody took up for a year."""
    now = clock.now()
    gone: Any = db.session.execute(delete(Presence).where(Presence.until < now - timedelta(days=1)))
    old: Any = db.session.execute(delete(Draft).where(Draft.saved_at < now - timedelta(days=365)))
    return int(gone.rowcount + old.rowcount)


jobs.every("old drafts", 3600)(sweep)
