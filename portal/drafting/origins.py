"""What a line came from: an accepted proposal becomes a line, or is linked to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import audit, clock
from portal.access import Refusal
from portal.db import db, hold
from portal.drafting.models import Line, Origin
from portal.people.authority import Held
from portal.plans import stages
from portal.plans.stages import Calendar
from portal.proposals import rules as proposal_rules
from portal.proposals.models import Proposal


def refuse_link(proposal: Proposal, calendar: Calendar, today: Any, *, plans_unit: bool) -> Refusal | None:
    """The planner takes up a proposal that was accepted, wholly or partly, while lines can be edited."""
    if not plans_unit:
        return Refusal(_("Usulan ditampung oleh perencana unit ini."))
    if proposal_rules.state(proposal) != "answered" or proposal.answers[-1].kind not in (
        "accepted",
        "partly",
    ):
        return Refusal(_("Hanya usulan yang diterima yang dapat menjadi baris."))
    return stages.refuse("edit", calendar, today, {"planner"})


def link(proposal: Proposal, line: Line, user: Any, duty: Held | None) -> bool:
    """Note that a line came from a proposal; False where it was noted already."""
    hold(line)
    noted = db.session.scalar(
        select(Origin.id).where(Origin.line_id == line.id, Origin.proposal_id == proposal.id)
    )
    if noted is not None:
        return False
    db.session.add(
        Origin(
            line_id=line.id, kind="proposal", proposal_id=proposal.id, text="", by_id=user.id, at=clock.now()
        )
    )
    db.session.flush()
    audit.record(
        "became a line", f"proposal:{proposal.id}", after=line.id, duty_id=duty.duty_id if duty else None
    )
    return True


@dataclass(frozen=True)
class LineOf:
    """A line that a proposal became, as the proposal's page shows it."""

    code: str
    name: str
    url: str


def lines_of_proposals(ids: Iterable[int]) -> dict[int, list[LineOf]]:
    """The lines that these proposals became, one query."""
    found: dict[int, list[LineOf]] = {}
    rows = db.session.scalars(
        select(Origin)
        .where(Origin.proposal_id.in_(list(ids)), Origin.line_id.is_not(None))
        .options(joinedload(Origin.line))
        .order_by(Origin.id)
    )
    for origin in rows:
        assert origin.line is not None
        assert origin.proposal_id is not None
        line = LineOf(origin.line.code, origin.line.name, url_for("drafting.line", line_id=origin.line.id))
        found.setdefault(origin.proposal_id, []).append(line)
    return found
