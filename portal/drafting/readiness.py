"""Kesiapan: the unit that owns a section or line calls it ready, many at once, each in the version that it saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from portal import audit, clock
from portal.access import Refusal
from portal.db import db
from portal.drafting import revisions
from portal.drafting.models import Line, Ready, Section
from portal.drafting.revisions import Piece
from portal.people.authority import Held
from portal.plans.stages import Calendar

NEEDED: dict[str, Any] = {
    "indicator": _l("indikator"),
    "measure_unit": _l("satuan"),
    "target": _l("target"),
    "ceiling": _l("pagu"),
}
"""What a line says before it is finished. The checks ask for more, and only advise."""


# Rules


def refuse_ready(calendar: Calendar, *, owns: bool) -> Refusal | None:
    """Who edits for the owning unit, until the plan is adopted; the planner for what the agency owns itself."""
    if not owns:
        return Refusal(_("Tanda siap diberikan oleh penyusun unit pemilik; perencana untuk milik induknya."))
    return Refusal(_("Rencana ini sudah ditetapkan.")) if calendar.adopted else None


def refuse_unfinished(piece: Piece) -> Refusal | None:
    """What is not written cannot be called ready; says what is missing."""
    if isinstance(piece, Section):
        return None if piece.body else Refusal(_("Belum ditulis."))
    missing = [str(word) for name, word in NEEDED.items() if getattr(piece, name) in (None, "")]
    return Refusal(_("Belum diisi: %(what)s.", what=", ".join(missing))) if missing else None


# Queries


def key_of(piece: Piece) -> str:
    """A piece in its present version, as a box to tick sends it: `line:7:3`."""
    return f"{revisions.place_of(piece)}:{piece.version}"


def is_unready(piece: Any) -> Any:
    """The condition that Section or Line waits to be called ready in its present version. A struck line does not, nor
    does a chapter that is only the heading over its sections."""
    if piece is Section:
        under = aliased(Section)
        below = (under.plan_id == Section.plan_id) & under.number.like(Section.number + ".%")
        stands, key = or_(Section.body != "", ~exists(select(under.id).where(below))), Ready.section_id
    else:
        stands, key = Line.dropped_at.is_(None), Ready.line_id
    return and_(stands, ~exists(select(Ready.id).where(key == piece.id, Ready.version == piece.version)))


def list_unready(plan_id: int) -> list[Piece]:
    """Sections, then lines, that their owner has not called ready in the present version; two queries."""
    found: list[Piece] = []
    for piece, order in ((Section, (Section.position,)), (Line, (Line.code, Line.position))):
        found += db.session.scalars(
            select(piece).where(piece.plan_id == plan_id, is_unready(piece)).order_by(*order)
        )
    return found


# Deeds


def call_ready(pieces: Sequence[Piece], user: Any, duties: Mapping[int, Held]) -> None:
    """Their owners call the present versions finished; a later version asks again. The caller holds the plan."""
    for piece in pieces:
        db.session.add(Ready(**revisions.key_of(piece), version=piece.version, by_id=user.id, at=clock.now()))
        duty_id = duties[piece.unit_id].duty_id
        audit.record(f"called ready version {piece.version}", revisions.place_of(piece), duty_id=duty_id)
