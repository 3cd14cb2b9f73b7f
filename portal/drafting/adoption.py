"""Adoption freezes a plan's text in a snapshot; a later change is a new edition that starts from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from portal import audit, clock
from portal.access import Refusal
from portal.db import db, hold
from portal.drafting import carrying, queries, revisions, verification
from portal.drafting.models import Line, Origin, Revision, Section, Snapshot
from portal.drafting.revisions import Piece
from portal.errors import Conflict
from portal.people.authority import Held
from portal.plans.models import Plan, Stage
from portal.plans.stages import Calendar
from portal.proposals.models import Proposal
from portal.proposals.queries import is_unanswered


@dataclass(frozen=True)
class Missing:
    """What still stands in the way of adoption, with the page where it is mended."""

    text: str
    url: str


def refuse_adopt(calendar: Calendar, today: date, *, leads: bool) -> Refusal | None:
    """A leader of the unit, in `final_draft`."""
    if calendar.adopted:
        return Refusal(_("Rencana ini sudah ditetapkan."))
    if not leads:
        return Refusal(_("Rencana ditetapkan oleh pimpinan unit ini."))
    if calendar.stage(today) != "final_draft":
        return Refusal(_("Rencana ditetapkan pada tahapan Rancangan Akhir."))
    return None


def refuse_edition(calendar: Calendar, *, plans_unit: bool, has_next: bool) -> Refusal | None:
    """The planner, once the plan is adopted, one edition after the other."""
    if not calendar.adopted:
        return Refusal(_("Perubahan Renja dimulai sesudah rencana ini ditetapkan."))
    if not plans_unit:
        return Refusal(_("Perubahan Renja dimulai oleh perencana unit ini."))
    return Refusal(_("Perubahan atas rencana ini sudah dimulai.")) if has_next else None


def list_missing(plan: Plan) -> list[Missing]:
    """All that adoption still waits for; three queries."""
    found = []
    unanswered = db.session.scalar(
        select(func.count()).select_from(Proposal).where(Proposal.plan_id == plan.id, is_unanswered())
    )
    if unanswered:
        found.append(
            Missing(
                ngettext(
                    "%(n)s usulan belum dijawab", "%(n)s usulan belum dijawab", unanswered, n=unanswered
                ),
                url_for("proposals.index", rencana=plan.id),
            )
        )
    if verification.last_outcome(plan.id) != "passed":
        found.append(
            Missing(_("Verifikasi terakhir belum lolos"), url_for("verification.rounds", plan_id=plan.id))
        )
    if verification.excess_of(plan) and verification.find_ceiling_reason(plan.id) is None:
        found.append(
            Missing(
                _("Jumlah pagu melampaui pagu indikatif tanpa alasan pimpinan"),
                url_for("verification.checks_page", plan_id=plan.id, _anchor="pagu"),
            )
        )
    return found


def find_snapshot(plan_id: int) -> Snapshot | None:
    return db.session.scalar(select(Snapshot).where(Snapshot.plan_id == plan_id))


def find_edition(unit_id: int, year: int, edition: int) -> Plan | None:
    """A plan of the same unit and year by the number of its edition."""
    return db.session.scalar(
        select(Plan)
        .where(Plan.unit_id == unit_id, Plan.year == year, Plan.edition == edition)
        .options(joinedload(Plan.unit))
    )


def content_of(plan: Plan) -> dict[str, Any]:
    """The plan's sections and standing lines as JSON, in their order; the targets of their quarters too."""
    quarters = {
        line_id: [[one.quarter, revisions.plain(one.value), one.rupiah] for one in targets]
        for line_id, targets in queries.list_quarter_targets(plan.id).items()
    }
    return {
        "sections": [
            {
                "number": section.number,
                "heading": section.heading,
                "body": section.body,
                "unit_id": section.unit_id,
                "openness": section.openness,
                "openness_reason": section.openness_reason,
                "version": section.version,
            }
            for section in queries.list_sections(plan.id)
        ],
        "lines": [
            {
                "code": line.code,
                "unit_id": line.unit_id,
                "openness": line.openness,
                "openness_reason": line.openness_reason,
                "version": line.version,
            }
            | revisions.line_fields(line)
            | ({"quarters": quarters[line.id]} if line.id in quarters else {})
            for line in queries.list_lines(plan.id)
        ],
    }


def adopt(plan: Plan, decree_number: str, decree_on: date, user: Any, duty: Held) -> Snapshot:
    """Freeze the plan as it stands; Conflict where it was adopted already or something is missing.

    The plan's row is held alone: whoever is saving has finished, whoever comes after finds the snapshot.
    """
    hold(plan)
    if find_snapshot(plan.id) is not None:
        raise Conflict(_("Rencana ini sudah ditetapkan."))
    db.session.expire_all()  # what was loaded before the lock may be old
    if list_missing(plan):
        raise Conflict(_("Ada yang berubah sehingga rencana ini belum dapat ditetapkan."))
    content = content_of(plan)
    snapshot = Snapshot(
        plan_id=plan.id,
        content=content,
        sha256=audit.sha(content),
        decree_number=decree_number,
        decree_on=decree_on,
        by_id=user.id,
        duty_id=duty.duty_id,
        at=clock.now(),
    )
    db.session.add(snapshot)
    db.session.flush()
    audit.record("adopted", f"plan:{plan.id}", after=content, duty_id=duty.duty_id)
    return snapshot


# A new edition


def begin_edition(snapshot: Snapshot, old: Plan, starts: dict[str, date], user: Any, duty: Held) -> Plan:
    """The next edition: every section and line of the snapshot, each with the origin `carry_over`."""
    plan = Plan(
        unit_id=old.unit_id,
        year=old.year,
        edition=old.edition + 1,
        answer_days=old.answer_days,
        ceiling=old.ceiling,
    )
    try:
        with db.session.begin_nested():
            db.session.add(plan)
    except IntegrityError:
        raise Conflict(_("Perubahan atas rencana ini sudah dimulai.")) from None
    db.session.add_all(Stage(plan_id=plan.id, kind=kind, starts_on=day) for kind, day in starts.items())
    db.session.flush()
    kept = snapshot.content
    carrying.carry(plan, kept["sections"], kept["lines"], f"Keputusan {snapshot.decree_number}", user, duty)
    audit.record("began edition", f"plan:{plan.id}", after=snapshot.sha256, duty_id=duty.duty_id)
    return plan


@dataclass(frozen=True)
class Difference:
    """A piece of an edition against the snapshot it started from; `old` is None for a new one, `piece` for a struck one."""

    label: str
    piece: Piece | None
    old: Any


def differences(plan: Plan, snapshot: Snapshot) -> list[Difference]:
    """Pieces that are not as they were adopted before: changed, new, struck; matched by number, or owner and code."""
    found = []
    before = {kept["number"]: kept for kept in snapshot.content["sections"]}
    for section in queries.list_sections(plan.id):
        kept = before.pop(section.number, None)
        if kept is None or (kept["body"] or "") != section.body:
            found.append(Difference(f"{section.number} {section.heading}", section, kept))
    found += [Difference(f"{kept['number']} {kept['heading']}", None, kept) for kept in before.values()]
    rows = {(kept.get("unit_id", plan.unit_id), kept["code"]): kept for kept in snapshot.content["lines"]}
    for line in queries.list_lines(plan.id):
        kept = rows.pop((line.unit_id, line.code), None)
        now = revisions.line_fields(line)
        if kept is None or any(kept.get(name) != now[name] for name in revisions.LINE_FIELDS):
            found.append(Difference(f"{line.code} {line.name}", line, kept))
    found += [Difference(f"{kept['code']} {kept['name']}", None, kept) for kept in rows.values()]
    return found


# Honesty card


def list_opened(plan_id: int, *, changed: bool) -> list[Piece]:
    """The very pieces that the honesty card counts: opened to the staff, or those of them that an input changed."""
    found: list[Piece] = []
    kinds: tuple[Any, ...] = (
        (Section, Origin.section_id, Revision.section_id, Section.position),
        (Line, Origin.line_id, Revision.line_id, Line.code),
    )
    for model, origin_key, revision_key, order in kinds:
        query = select(model).where(model.plan_id == plan_id, model.openness != "fixed").order_by(order)
        if model is Line:
            query = query.where(Line.dropped_at.is_(None))
        if changed:
            query = query.where(
                exists(select(Origin.id).where(origin_key == model.id, Origin.kind == "proposal"))
                | exists(select(Revision.id).where(revision_key == model.id, Revision.kind == "suggestion"))
            )
        found += db.session.scalars(query)
    return found
