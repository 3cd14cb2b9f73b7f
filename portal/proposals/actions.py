"""What changes a proposal."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from portal import audit, clock, holidays
from portal.db import add, db, hold
from portal.discussion.actions import new_thread
from portal.errors import Conflict
from portal.people.authority import Held
from portal.plans import queries as plans
from portal.plans.models import Plan
from portal.proposals import rules
from portal.proposals.models import Answer, Proposal, ProposalRevision, Support, Withdrawal
from portal.proposals.queries import Head

Words = dict[str, Any]
"""title, problem, idea, benefit, cost."""


def draft(
    plan: Plan, user: Any, words: Words, sub_activity_id: int | None, returns_from_id: int | None = None
) -> Proposal:
    """Keep a new proposal, seen by its author alone."""
    # The plan's row is the place where numbers are given out one by one.
    db.session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
    number = (
        db.session.scalar(select(func.max(Proposal.number)).where(Proposal.plan_id == plan.id)) or 0
    ) + 1
    proposal = Proposal(
        plan_id=plan.id,
        number=number,
        by_id=user.id,
        unit_id=user.unit_id,
        sub_activity_id=sub_activity_id,
        returns_from_id=returns_from_id,
        thread_id=new_thread().id,
        version=1,
    )
    db.session.add(proposal)
    db.session.flush()
    _write(proposal, 1, words)
    audit.record("drafted", f"proposal:{proposal.id}", after=words)
    return proposal


def lock(proposal: Proposal) -> None:
    """Hold the proposal's row until the transaction ends, and read it and what was done to it as they stand now."""
    hold(proposal)
    db.session.refresh(proposal, ["withdrawal", "answers"])


def _write(proposal: Proposal, number: int, words: Words) -> None:
    db.session.add(ProposalRevision(proposal_id=proposal.id, number=number, at=clock.now(), **words))
    proposal.version = number


def edit(proposal: Proposal, words: Words, sub_activity_id: int | None) -> None:
    """Write the next revision of a draft or of a returned proposal."""
    _write(proposal, proposal.version + 1, words)
    proposal.sub_activity_id = sub_activity_id
    audit.record("edited", f"proposal:{proposal.id}", after=words)


def submit(proposal: Proposal) -> None:
    """Hand it in: from now on its answer has a day."""
    now = clock.now()
    today = clock.day_of(now)
    calendar = plans.calendar_of(proposal.plan)
    first = holidays.between(today, holidays.add_working_days(today, 60, ()))
    proposal.submitted_at = now
    proposal.answer_due_on = rules.due_on(today, proposal.plan.answer_days, calendar, first)
    audit.record("submitted", f"proposal:{proposal.id}")


def withdraw(proposal: Proposal, user: Any) -> None:
    proposal.withdrawal = Withdrawal(by_id=user.id, at=clock.now())
    audit.record("withdrew", f"proposal:{proposal.id}")


def support(proposal: Head | Proposal, user: Any) -> bool:
    """Support once; False where this person did already."""
    mine = {
        "proposal_id": proposal.id,
        "person_id": user.id,
        "unit_id": user.unit_id,
        "on_revision": proposal.version,
        "at": clock.now(),
    }
    added = add(Support, mine)
    if added:
        audit.record("supported", f"proposal:{proposal.id}")
    return added


def unsupport(proposal: Head | Proposal, user: Any) -> None:
    gone = db.session.execute(
        delete(Support).where(Support.proposal_id == proposal.id, Support.person_id == user.id)
    )
    if gone.rowcount:  # type: ignore[attr-defined]
        audit.record("took back support", f"proposal:{proposal.id}")


def answer(
    proposal: Proposal, user: Any, duty: Held, kind: str, text: str, ground: str | None, condition: str | None
) -> Answer:
    """Publish an official answer; it is never edited, only followed by the next round."""
    # Two leaders at once: the second one meets the first one's answer.
    db.session.execute(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update())
    last = db.session.scalar(select(func.max(Answer.round)).where(Answer.proposal_id == proposal.id)) or 0
    if last != (proposal.answers[-1].round if proposal.answers else 0):
        raise Conflict(_("Pimpinan lain baru saja menjawab usulan ini. Silakan baca jawabannya."))
    if db.session.scalar(select(Withdrawal.id).where(Withdrawal.proposal_id == proposal.id)) is not None:
        raise Conflict(_("Usulan ini sudah ditarik."))
    given = Answer(
        proposal_id=proposal.id,
        round=last + 1,
        kind=kind,
        ground=ground if kind != "accepted" else None,
        text=text,
        condition=condition if kind in rules.NEEDS_CONDITION else None,
        by_id=user.id,
        duty_id=duty.duty_id,
        at=clock.now(),
    )
    db.session.add(given)
    proposal.answerer_id = user.id
    db.session.flush()
    audit.record(f"answered {kind}", f"proposal:{proposal.id}", duty_id=duty.duty_id, after=text)
    return given
