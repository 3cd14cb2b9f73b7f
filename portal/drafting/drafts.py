"""What somebody types beside a section or a line, and who has it open to edit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import url_for
from sqlalchemy import bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock, jobs
from portal.db import db, run
from portal.drafting import revisions
from portal.drafting.models import Section
from portal.drafting.revisions import Piece
from portal.people.drafts import Typing
from portal.people.models import Presence

STAYS = timedelta(seconds=45)
"""How long somebody counts as editing after their page was last heard of."""
LINE_FIELDS = (
    *sorted(set(revisions.LINE_FIELDS) - {"unread", "value_kind", "target_upper", "scale"}),
    "reason",
)


_GONE = delete(cast(Any, Presence.__table__)).where(
    Presence.person_id == bindparam("me"), Presence.place == bindparam("here")
)


def title_of(piece: Piece) -> str:
    return f"{piece.number} {piece.heading}" if isinstance(piece, Section) else piece.name


def fields_of(piece: Piece) -> tuple[str, ...]:
    """The fields of a form that its draft keeps."""
    return ("body", "reason") if isinstance(piece, Section) else LINE_FIELDS


def of(piece: Piece, opened_at: str) -> Typing:
    """The form in which the piece is edited."""
    kind = "section" if isinstance(piece, Section) else "line"
    url = url_for(f"live.keep_{kind}", **{f"{kind}_id": piece.id})  # type: ignore[arg-type]
    return Typing(revisions.place_of(piece), title_of(piece), opened_at, fields_of(piece), url)


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
    run(_GONE, {"me": person_id, "here": presence_place(piece)})


def sweep() -> int:
    """Forget who was there a day ago."""
    gone: Any = db.session.execute(delete(Presence).where(Presence.until < clock.now() - timedelta(days=1)))
    return int(gone.rowcount)


jobs.every("old presence", 3600)(sweep)
