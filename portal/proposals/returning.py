"""Last year remembers: what was deferred or declined comes back in the next cycle with the condition of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal import audit
from portal.access import Refusal
from portal.db import db
from portal.errors import Conflict
from portal.plans import stages
from portal.plans.models import Plan
from portal.plans.stages import Calendar
from portal.proposals import actions
from portal.proposals.models import Answer, Proposal, ProposalRevision, Withdrawal

KINDS = ("deferred", "declined")
MOST = 200


@dataclass(frozen=True)
class Left:
    """A proposal of the year before that was deferred or declined; `again` is the one that took it up, if any."""

    id: int
    number: int
    title: str
    decision: str
    condition: str | None
    by_id: int
    again: int | None


def refuse_return(
    person_id: int, by_id: int, again: int | None, calendar: Calendar, today: date, *, plans_unit: bool
) -> Refusal | None:
    """The proposer or a planner of the unit, once, while the plan of the next year takes proposals."""
    if again is not None:
        return Refusal(_("Usulan ini sudah diajukan kembali."))
    if person_id != by_id and not plans_unit:
        return Refusal(_("Usulan diajukan kembali oleh pengusulnya atau perencana unit ini."))
    return stages.refuse("propose", calendar, today)


def _left() -> Any:
    later, last = aliased(Proposal), aliased(Answer)
    newest = (
        select(last.id)
        .where(last.proposal_id == Proposal.id, last.at >= Proposal.submitted_at)
        .order_by(last.round.desc())
        .limit(1)
        .correlate(Proposal)
        .scalar_subquery()
    )
    words = (ProposalRevision.proposal_id == Proposal.id) & (ProposalRevision.number == Proposal.version)
    return (
        select(
            Proposal.id, Proposal.number, ProposalRevision.title, Answer.kind, Answer.condition, Proposal.by_id,
            later.id,
        )
        .select_from(Proposal)
        .join(Answer, Answer.id == newest)
        .join(ProposalRevision, words)
        .outerjoin(later, later.returns_from_id == Proposal.id)
        .where(
            Answer.kind.in_(KINDS),
            ~select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id).exists(),
        )
        .order_by(Proposal.id)
        .limit(MOST)
    )  # fmt: skip


def list_left(plan: Plan) -> list[Left]:
    """What the year before left to this plan, of all its editions; one query."""
    before = select(Plan.id).where(Plan.unit_id == plan.unit_id, Plan.year == plan.year - 1)
    return [Left(*row) for row in db.session.execute(_left().where(Proposal.plan_id.in_(before)))]


def find_left(proposal: Proposal) -> Left | None:
    """The proposal as one that may come back; None where it was not deferred or declined."""
    row = db.session.execute(_left().where(Proposal.id == proposal.id)).first()
    return Left(*row) if row else None


def find_next(proposal: Proposal) -> tuple[int | None, int | None]:
    """The ids of the unit's plan of the year after, in its newest edition, and of the proposal that took this one up;
    one query."""
    plan, again = proposal.plan, aliased(Proposal)
    following = (
        select(Plan.id)
        .where(Plan.unit_id == plan.unit_id, Plan.year == plan.year + 1)
        .order_by(Plan.edition.desc())
        .limit(1)
        .scalar_subquery()
    )
    taken_up = select(again.id).where(again.returns_from_id == proposal.id).scalar_subquery()
    found = db.session.execute(select(following, taken_up)).one()
    return found[0], found[1]


def bring_back(
    left: Left, plan: Plan, user: Any, words: actions.Words, sub_activity_id: int | None
) -> Proposal:
    """Hand it in to the next plan as a new proposal that names the old one; Conflict where somebody just has."""
    try:
        with db.session.begin_nested():
            proposal = actions.draft(plan, user, words, sub_activity_id, returns_from_id=left.id)
    except IntegrityError:
        raise Conflict(_("Usulan ini baru saja diajukan kembali oleh orang lain.")) from None
    proposal.plan = plan
    actions.submit(proposal)
    audit.record("returned to the next year", f"proposal:{left.id}", after=proposal.id)
    return proposal
