"""Proposals as screens need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import Integer, and_, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from portal import clock
from portal.db import db, rows
from portal.discussion.models import Comment
from portal.people import authority
from portal.people.models import Person, Unit
from portal.plans import nomenclature, stages
from portal.plans import queries as plans
from portal.plans.models import Plan, Stage, SubActivity
from portal.proposals import rules
from portal.proposals.models import Answer, Proposal, ProposalRevision, Support, Withdrawal

PAGE = 30
MOST_VOTABLE = 200


class Row(NamedTuple):
    """A proposal in a list: its present words, whose it is, and its latest answer."""

    id: int
    title: str
    voice: str
    by_name: str
    unit_name: str
    to_name: str
    year: int
    edition: int
    submitted_at: datetime | None
    answer_due_on: date | None
    withdrawn: bool
    decision: str | None


def is_unanswered() -> Any:
    """The condition, beside Proposal, that it waits for an answer."""
    return and_(
        Proposal.submitted_at.is_not(None),
        ~exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id)),
        ~exists(
            select(Answer.id).where(Answer.proposal_id == Proposal.id, Answer.at >= Proposal.submitted_at)
        ),
    )


def waits_for() -> Any:
    """The condition, beside Proposal and Plan, that its answer is this person's work today.

    Bind the parameters of `leading` when it runs.
    """
    led = and_(
        Plan.unit_id.in_(bindparam("led", expanding=True)), Proposal.by_id != bindparam("me", type_=Integer)
    )
    lifted = tuple_(Plan.unit_id, Proposal.by_id).in_(bindparam("lifted", expanding=True))
    return and_(is_unanswered(), or_(led, lifted))


def leading(person_id: int) -> dict[str, Any]:
    """The units this person leads (`led`), and pairs of unit and proposer that go to them (`lifted`).

    Nobody answers their own: what the leaders of a unit propose to it goes to the next leader above.
    """
    led = authority.units_led_by(person_id)
    own_units = [
        unit for unit, duties in authority.leaders().items() if any(d.person_id == person_id for d in duties)
    ]
    lifted: list[tuple[int, int]] = []
    for unit_id in authority.tree().below(own_units) - led:
        holders = {duty.person_id for duty in authority.leaders_of(unit_id)}
        if len(holders) == 1:
            (holder,) = holders
            if any(duty.person_id == person_id for duty in authority.leaders_of(unit_id, but_not=holder)):
                lifted.append((unit_id, holder))
    return {"me": person_id, "led": list(led), "lifted": lifted}


def present_words() -> Any:
    """The condition that ProposalRevision holds the present words of Proposal."""
    return and_(ProposalRevision.proposal_id == Proposal.id, ProposalRevision.number == Proposal.version)


@cache
def _whole() -> Any:
    return (
        select(Proposal, ProposalRevision, plans.is_adopted())
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(ProposalRevision, present_words())
        .where(Proposal.id == bindparam("proposal"))
        .options(
            contains_eager(Proposal.plan).options(joinedload(Plan.unit), selectinload(Plan.stages)),
            joinedload(Proposal.by),
            joinedload(Proposal.unit),
            joinedload(Proposal.sub_activity),
            joinedload(Proposal.withdrawal),
            selectinload(Proposal.answers).options(joinedload(Answer.by), joinedload(Answer.duty)),
        )
    )


def get_visible(proposal_id: int, user: Any) -> Proposal:
    """The proposal with all that its page shows; 404 for a draft of somebody else or a plan not open to them."""
    row = db.session.execute(_whole(), {"proposal": proposal_id}).first()
    if row is None:
        abort(404)
    proposal, proposal.words, proposal.plan.adopted = row
    if proposal.submitted_at is None and proposal.by_id != user.id:
        abort(404)
    if not plans.is_visible(proposal.plan, user):
        abort(404)
    return proposal


class Quotable(NamedTuple):
    """The title of a version, and the words that a comment can quote."""

    title: str
    problem: str
    idea: str
    benefit: str


class Head(NamedTuple):
    """A proposal with what its small deeds ask: whose it is, where it stands, and its present words."""

    id: int
    by_id: int
    thread_id: int
    version: int
    submitted_at: datetime | None
    withdrawal: int | None
    words: Quotable
    unit_id: int
    """Of its plan."""
    calendar: stages.Calendar


@cache
def _head() -> Any:
    """A row for each stage of its plan: a deed asks once."""
    return (
        select(
            Proposal.id,
            Proposal.by_id,
            Proposal.thread_id,
            Proposal.version,
            Proposal.submitted_at,
            Withdrawal.id,
            ProposalRevision.title,
            ProposalRevision.problem,
            ProposalRevision.idea,
            ProposalRevision.benefit,
            Plan.unit_id,
            plans.is_adopted(),
            Stage.kind,
            Stage.starts_on,
        )
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(ProposalRevision, present_words())
        .outerjoin(Withdrawal, Withdrawal.proposal_id == Proposal.id)
        .outerjoin(Stage, Stage.plan_id == Plan.id)
        .where(Proposal.id == bindparam("proposal"))
        .order_by(Stage.starts_on)
    )


def get_head(proposal_id: int, user: Any) -> Head:
    """As `get_visible`, without what only its page shows."""
    found = rows(_head(), {"proposal": proposal_id})
    if not found:
        abort(404)
    unit_id, adopted = found[0][10:12]
    calendar = stages.Calendar({row[12]: row[13] for row in found if row[12] is not None}, adopted)
    id_, by_id, thread_id, version, submitted_at, withdrawal = found[0][:6]
    words = Quotable(*found[0][6:10])
    head = Head(id_, by_id, thread_id, version, submitted_at, withdrawal, words, unit_id, calendar)
    if head.submitted_at is None and head.by_id != user.id:
        abort(404)
    if not plans.may_read(calendar, unit_id, user):
        abort(404)
    return head


def find_words(proposal: Proposal | Head, number: int) -> ProposalRevision | None:
    """The words of one version, unless they are hidden."""
    return db.session.scalar(
        select(ProposalRevision).where(
            ProposalRevision.proposal_id == proposal.id,
            ProposalRevision.number == number,
            ProposalRevision.hidden_at.is_(None),
        )
    )


def words_of(proposal: Proposal) -> ProposalRevision:
    """The present words of a proposal that `get_visible` loaded."""
    return proposal.words  # type: ignore[attr-defined, no-any-return]


@dataclass(frozen=True)
class Supports:
    """What this reader may know of the support: `number` is None while it is hidden from them."""

    mine: bool
    number: int | None


def visible_supports(proposal: Proposal, user: Any) -> Supports:
    """The one place that decides whether the number of supporters is shown."""
    mine = select(Support.id).where(Support.proposal_id == proposal.id, Support.person_id == user.id)
    said = select(Comment.id).where(Comment.thread_id == proposal.thread_id, Comment.by_id == user.id)
    number = select(func.count(Support.id)).where(Support.proposal_id == proposal.id).scalar_subquery()
    has_supported, has_commented, count = db.session.execute(select(exists(mine), exists(said), number)).one()
    shown = rules.shows_supports(
        user.id,
        proposal,
        has_duty=user.authority.any_over(proposal.plan.unit_id) is not None,
        has_supported=has_supported,
        has_commented=has_commented,
        calendar=plans.calendar_of(proposal.plan),
        today=clock.today(),
    )
    return Supports(has_supported, count if shown else None)


def _rows(query: Any, bound: dict[str, Any] | None = None) -> list[Row]:
    return [Row(*row) for row in rows(query, bound)]


@cache
def _listing() -> Any:
    """The columns of a Row. Columns, not objects: a list is read far more often than anything else."""
    to = aliased(Unit)
    latest = (
        select(Answer.kind)
        .where(Answer.proposal_id == Proposal.id, Answer.at >= Proposal.submitted_at)
        .order_by(Answer.round.desc())
        .limit(1)
        .correlate(Proposal)
        .scalar_subquery()
    )
    return (
        select(
            Proposal.id,
            ProposalRevision.title,
            Proposal.voice,
            Person.name,
            Unit.name,
            func.coalesce(to.short_name, to.name),
            Plan.year,
            Plan.edition,
            Proposal.submitted_at,
            Proposal.answer_due_on,
            exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id).correlate(Proposal)),
            latest,
        )
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(to, to.id == Plan.unit_id)
        .join(Person, Person.id == Proposal.by_id)
        .join(Unit, Unit.id == Proposal.unit_id)
        .join(ProposalRevision, present_words())
    )


@cache
def _submitted(of_one_plan: bool) -> Any:
    query = (
        _listing()
        .where(Proposal.submitted_at.is_not(None), plans.is_visible_to_reader())
        .order_by(Proposal.submitted_at.desc(), Proposal.id.desc())
        .limit(PAGE + 1)
    )
    return query.where(Proposal.plan_id == bindparam("plan")) if of_one_plan else query


def list_submitted(
    user: Any, plan_id: int | None = None, words: str = "", before: tuple[datetime, int] | None = None
) -> list[Row]:
    """Submitted proposals to plans open to this person, newest first; `before` is the key to go on behind."""
    query = _submitted(plan_id is not None)
    if words:
        query = query.where(func.lower(ProposalRevision.title).contains(words.lower(), autoescape=True))
    if before is not None:
        query = query.where(tuple_(Proposal.submitted_at, Proposal.id) < before)
    return _rows(query, plans.reader(user) | {"plan": plan_id})


@cache
def _drafts() -> Any:
    return (
        _listing()
        .where(
            Proposal.by_id == bindparam("me"),
            Proposal.submitted_at.is_(None),
            ~Proposal.withdrawal.has(),
        )
        .order_by(Proposal.id.desc())
        .limit(20)
    )


def list_mine(user: Any) -> list[Row]:
    """My drafts, newest first."""
    return _rows(_drafts(), {"me": user.id})


def list_waiting(user: Any, after: int | None = None) -> list[Row]:
    """The answers that wait for this leader, by deadline."""
    query = _listing().where(waits_for()).order_by(Proposal.answer_due_on, Proposal.id).limit(PAGE + 1)
    if after is not None:
        last = db.session.get(Proposal, after)
        if last is not None and last.answer_due_on is not None:
            query = query.where(tuple_(Proposal.answer_due_on, Proposal.id) > (last.answer_due_on, last.id))
    return _rows(query, leading(user.id))


def count_waiting(user: Any, today: date) -> tuple[int, int]:
    """How many answers wait for this leader, and how many of them are late."""
    late = func.count(Proposal.id).filter(Proposal.answer_due_on < today)
    counted = select(func.count(Proposal.id), late).join(Plan, Plan.id == Proposal.plan_id).where(waits_for())
    found = db.session.execute(counted, leading(user.id)).one()
    return found[0], found[1]


def count_supports(rows: list[Row]) -> dict[int, int]:
    """The number of supports by proposal, for those who always see it."""
    counted = (
        select(Support.proposal_id, func.count())
        .where(Support.proposal_id.in_([row.id for row in rows]))
        .group_by(Support.proposal_id)
    )
    return {proposal_id: number for proposal_id, number in db.session.execute(counted)}


class Votable(NamedTuple):
    """A proposal that a poll may put to the vote."""

    id: int
    number: int
    title: str


def list_votable(plan_id: int) -> list[Votable]:
    """The proposals to a plan that wait for an answer or were accepted, wholly or partly, by their number."""
    later = aliased(Answer)
    refused = exists(
        select(Answer.id).where(
            Answer.proposal_id == Proposal.id,
            Answer.at >= Proposal.submitted_at,
            Answer.kind.not_in(("accepted", "partly")),
            ~exists(select(later.id).where(later.proposal_id == Proposal.id, later.round > Answer.round)),
        )
    )
    rows = db.session.execute(
        select(Proposal.id, Proposal.number, ProposalRevision.title)
        .join(ProposalRevision, present_words())
        .where(
            Proposal.plan_id == plan_id,
            Proposal.submitted_at.is_not(None),
            ~exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id)),
            ~refused,
        )
        .order_by(Proposal.number)
        .limit(MOST_VOTABLE)
    )
    return [Votable(*row) for row in rows]


def find_sub_activity(code: str) -> SubActivity | None:
    """The entry of a code in the nomenclature, as it stands or with `X.XX` for its bidang."""
    return nomenclature.resolve(code)


def open_plans(user: Any, words: str = "") -> list[Plan]:
    """Plans that take proposals today, of units with all these words in their names."""
    found = plans.list_visible(user, words=words, limit=200)
    return [plan for plan in found if stages.allows("propose", plans.stage_of(plan))]
