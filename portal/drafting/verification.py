"""Bappeda types in the ceiling and verifies in rounds, each of which is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, or_, select

from portal import audit, clock
from portal.access import Refusal
from portal.db import db, hold
from portal.drafting import ceilings, checks
from portal.drafting.models import Finding, Line, Revision, Section, Verification
from portal.drafting.revisions import Piece
from portal.people.authority import Held
from portal.people.models import Person
from portal.plans import queries as plans
from portal.plans.models import CeilingReason, Plan
from portal.plans.stages import Calendar

CHECKLIST: dict[str, Any] = {
    "documents": _l("SK tim penyusun, bukti orientasi, dan Berita Acara Forum tersedia"),
    "totals": _l("Jumlah baris dan pagu pada Bab III, Bab IV, dan matriks sama"),
    "complete": _l("Target, N+1, lokasi, sumber dana, dan kelompok sasaran terisi"),
    "ceiling": _l("Jumlah pagu tidak melampaui pagu indikatif, atau ada alasannya"),
    "codes": _l("Kode sesuai nomenklatur dan bidang urusan"),
    "notes": _l("Baris yang berubah memiliki catatan pembahasan"),
    "support": _l("Pagu penunjang dan pagu urusan tidak tertukar"),
    "proposals": _l("Usulan yang diterima tercantum pada baris"),
}
RESULTS: dict[str, Any] = {
    "fit": _l("Sesuai"),
    "repair": _l("Perlu perbaikan"),
    "not_applicable": _l("Tidak berlaku"),
}
OUTCOMES: dict[str, Any] = {"returned": _l("Dikembalikan"), "passed": _l("Lolos")}
NOTE = "note"
"""The `item` of a finding that is a note on one section or line."""
VERIFIED_IN = ("verification", "final_draft")


# Rules


def refuse_verify(calendar: Calendar, today: date, *, verifies: bool) -> Refusal | None:
    """The verifier, in `verification` and still in `final_draft`."""
    if not verifies:
        return Refusal(_("Verifikasi dilakukan oleh verifikator Bappeda."))
    if calendar.stage(today) not in VERIFIED_IN:
        return Refusal(_("Verifikasi dilakukan pada tahapan Verifikasi dan Rancangan Akhir."))
    return None


def refuse_ceiling(calendar: Calendar, *, verifies: bool) -> Refusal | None:
    """The verifier types it in, until the plan is adopted."""
    if not verifies:
        return Refusal(_("Pagu indikatif diisi oleh verifikator Bappeda."))
    return Refusal(_("Rencana ini sudah ditetapkan.")) if calendar.adopted else None


def refuse_ceiling_reason(calendar: Calendar, *, leads: bool) -> Refusal | None:
    """A leader of the unit, until the plan is adopted."""
    if not leads:
        return Refusal(_("Alasan melampaui pagu ditulis oleh pimpinan unit ini."))
    return Refusal(_("Rencana ini sudah ditetapkan.")) if calendar.adopted else None


def refuse_outcome(outcome: str, results: Collection[str], over: int, has_reason: bool) -> Refusal | None:
    """Passing needs nothing left to mend and no unexplained excess; returning needs something to mend."""
    if outcome == "returned" and "repair" not in results:
        return Refusal(_("Mengembalikan rencana memerlukan sedikitnya satu butir yang perlu perbaikan."))
    if outcome == "passed" and "repair" in results:
        return Refusal(_("Rencana belum dapat lolos selama ada butir yang perlu perbaikan."))
    if outcome == "passed" and over and not has_reason:
        return Refusal(_("Jumlah pagu melampaui pagu indikatif, dan pimpinan belum menulis alasannya."))
    return None


# Queries


def changed_since_first_draft(plan: Plan) -> set[int]:
    """Ids of the lines with a version written since `forum` began."""
    start = plans.calendar_of(plan).starts.get("forum")
    if start is None or start > clock.today():
        return set()
    return set(
        db.session.scalars(
            select(Revision.line_id)
            .join(Line, Line.id == Revision.line_id)
            .where(Line.plan_id == plan.id, Revision.number > 1, Revision.at >= clock.start_of(start))
            .distinct()
        )
    )


def find_ceiling_reason(plan_id: int) -> CeilingReason | None:
    return db.session.scalar(select(CeilingReason).where(CeilingReason.plan_id == plan_id))


def excess_of(plan: Plan) -> int:
    """By how much the plan exceeds its ceiling."""
    return checks.over_ceiling(ceilings.total_of(plan.id), plan.ceiling)


def last_outcome(plan_id: int) -> str | None:
    return db.session.scalar(
        select(Verification.outcome)
        .where(Verification.plan_id == plan_id)
        .order_by(Verification.number.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Note:
    """A finding as screens show it; `mended` says that its piece has a later version."""

    finding: Finding
    piece: Piece | None
    mended: bool


@dataclass(frozen=True)
class Round:
    verification: Verification
    by_name: str
    notes: list[Note]

    @property
    def left(self) -> int:
        """Points that ask for repair and whose piece was not touched since."""
        return sum(note.finding.result == "repair" and not note.mended for note in self.notes)


def list_rounds(plan_id: int) -> list[Round]:
    """Every round with its findings, the newest first; two queries."""
    rounds = {
        verification.id: Round(verification, person.full_name, [])
        for verification, person in db.session.execute(
            select(Verification, Person)
            .join(Person, Person.id == Verification.by_id)
            .where(Verification.plan_id == plan_id)
            .order_by(Verification.number.desc())
        )
    }
    later = (
        select(func.max(Revision.at))
        .where(
            Revision.number.is_not(None),
            or_(Revision.section_id == Finding.section_id, Revision.line_id == Finding.line_id),
        )
        .correlate(Finding)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Finding, Section, Line, and_(later.is_not(None), later > Verification.at))
        .join(Verification, Verification.id == Finding.verification_id)
        .outerjoin(Section, Section.id == Finding.section_id)
        .outerjoin(Line, Line.id == Finding.line_id)
        .where(Verification.plan_id == plan_id)
        .order_by(Finding.id)
    )
    for finding, section, line, mended in rows:
        rounds[finding.verification_id].notes.append(Note(finding, section or line, bool(mended)))
    return list(rounds.values())


# Deeds


def set_ceiling(plan: Plan, ceiling: int | None, duty: Held) -> None:
    """The unit's ceiling of the year, in whole rupiah; the caller holds the plan."""
    before, plan.ceiling = plan.ceiling, ceiling
    audit.record("set ceiling", f"plan:{plan.id}", before=before, after=ceiling, duty_id=duty.duty_id)


def give_ceiling_reason(plan: Plan, text: str, user: Any, duty: Held) -> None:
    """Why the plan may exceed its ceiling; the last word stands, the caller holds the plan."""
    reason = find_ceiling_reason(plan.id)
    if reason is None:
        reason = CeilingReason(plan_id=plan.id)
        db.session.add(reason)
    reason.text, reason.by_id, reason.duty_id, reason.at = text, user.id, duty.duty_id, clock.now()
    audit.record("gave ceiling reason", f"plan:{plan.id}", after=text, duty_id=duty.duty_id)


def verify(
    plan: Plan,
    outcome: str,
    points: dict[str, tuple[str, str]],
    notes: Sequence[tuple[Piece, str]],
    user: Any,
    duty: Held,
) -> Verification:
    """Write one round: a result and words for each point of the checklist, and notes on pieces."""
    hold(plan)
    number = 1 + (
        db.session.scalar(select(func.max(Verification.number)).where(Verification.plan_id == plan.id)) or 0
    )
    made = Verification(
        plan_id=plan.id, number=number, outcome=outcome, by_id=user.id, duty_id=duty.duty_id, at=clock.now()
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        Finding(verification_id=made.id, item=item, result=result, text=text)
        for item, (result, text) in points.items()
    )
    for piece, text in notes:
        place = {"section_id" if isinstance(piece, Section) else "line_id": piece.id}
        db.session.add(Finding(verification_id=made.id, item=NOTE, result="repair", text=text, **place))
    audit.record(f"verified {outcome}", f"plan:{plan.id}", after=points, duty_id=duty.duty_id)
    return made
