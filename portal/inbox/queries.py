"""What waits for a person now, computed from the state of things: one query for all kinds, one for their number.

Every kind of deed is one SELECT with the same columns; together they are a UNION ALL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from portal import clock
from portal.changes.models import (
    Acknowledgement,
    Audience,
    Concern,
    Initiative,
    Notice,
    NoticeRevision,
    Reply,
)
from portal.db import UTCDateTime, db
from portal.discussion.models import Comment
from portal.drafting.models import Line, Origin
from portal.people import authority
from portal.people.models import Duty, Person, Unit
from portal.plans.models import Plan, Stage
from portal.proposals import queries as proposals
from portal.proposals.models import Answer, Proposal, ProposalRevision, Withdrawal
from portal.voting.models import Envelope, Poll, VoterRoll, Witness

CHECK_PERIOD = timedelta(hours=24)
"""How long a closed box waits before its witnesses may open it."""
MOST = 200
"""Entries of one kind that are listed; the rest follow when these are done."""

_no_day = cast(null(), Date)
_no_instant = type_coerce(cast(null(), DateTime(timezone=True)), UTCDateTime())


@dataclass(frozen=True)
class Waiting:
    """One deed that waits: its kind, the id it is about, words for its sentence, and its deadline if it has one."""

    kind: str
    ref: int
    title: str
    more: str | None
    due_on: date | None
    due_at: datetime | None

    @property
    def order(self) -> tuple[datetime, str, int]:
        last = datetime.max.replace(tzinfo=clock.now().tzinfo)
        due = self.due_at or (clock.end_of(self.due_on) if self.due_on else last)
        return due, self.kind, self.ref


def _arm(
    kind: str, ref: Any, title: Any, more: Any = None, due_on: Any = None, due_at: Any = None
) -> Select[Any]:
    return select(
        literal(kind, String).label("kind"),
        cast(ref, Integer).label("ref"),
        cast(title, String).label("title"),
        cast(more if more is not None else null(), String).label("more"),
        (due_on if due_on is not None else _no_day).label("due_on"),
        type_coerce(due_at if due_at is not None else _no_instant, UTCDateTime()).label("due_at"),
    )


def _words() -> Any:
    """The condition that ProposalRevision holds the present words of Proposal."""
    return and_(ProposalRevision.proposal_id == Proposal.id, ProposalRevision.number == Proposal.version)


def _answers(user: Any) -> Select[Any]:
    return (
        _arm("answer", Proposal.id, ProposalRevision.title, Person.name, due_on=Proposal.answer_due_on)
        .select_from(Proposal)
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(Person, Person.id == Proposal.by_id)
        .join(ProposalRevision, _words())
        .where(proposals.waits_for(user.id))
        .order_by(Proposal.answer_due_on, Proposal.id)
        .limit(MOST)
    )


def _concerns(led: set[int]) -> Select[Any]:
    return (
        _arm("concern", Concern.id, Notice.title, due_on=Concern.answer_due_on)
        .select_from(Concern)
        .join(Notice, Notice.id == Concern.notice_id)
        .join(Initiative, Initiative.id == Notice.initiative_id)
        .where(Initiative.unit_id.in_(led), ~exists(select(Reply.id).where(Reply.concern_id == Concern.id)))
        .order_by(Concern.answer_due_on, Concern.id)
        .limit(MOST)
    )


def _notices(user: Any, home: list[int]) -> Select[Any]:
    """Notices for me whose last material revision I have not answered."""
    asked = (
        select(func.max(NoticeRevision.number))
        .where(NoticeRevision.notice_id == Notice.id, NoticeRevision.material)
        .correlate(Notice)
        .scalar_subquery()
    )
    answered = exists(
        select(Acknowledgement.id)
        .join(NoticeRevision, NoticeRevision.id == Acknowledgement.revision_id)
        .where(
            NoticeRevision.notice_id == Notice.id,
            NoticeRevision.number >= asked,
            Acknowledgement.person_id == user.id,
        )
    )
    mine = exists(
        select(Audience.id).where(
            Audience.notice_id == Notice.id,
            Audience.unit_id.in_(home),
            or_(Audience.status.is_(None), Audience.status == user.person.status),
        )
    )
    return (
        _arm("notice", Notice.id, Notice.title, asked, due_on=Notice.due_on)
        .select_from(Notice)
        .where(Notice.asks_acknowledgement, mine, ~answered)
        .order_by(Notice.id)
        .limit(MOST)
    )


def _ballots(user: Any, now: datetime) -> Select[Any]:
    cast_already = exists(
        select(Envelope.poll_id).where(Envelope.poll_id == Poll.id, Envelope.person_id == user.id)
    )
    return (
        _arm("ballot", Poll.id, Poll.question, due_at=Poll.closes_at)
        .select_from(VoterRoll)
        .join(Poll, Poll.id == VoterRoll.poll_id)
        .where(
            VoterRoll.person_id == user.id,
            Poll.opened_at.is_not(None),
            Poll.opens_at <= now,
            Poll.closed_at.is_(None),
            Poll.cancelled_at.is_(None),
            Poll.closes_at > now,
            ~cast_already,
        )
    )


def _witness(user: Any, now: datetime) -> list[Select[Any]]:
    mine = and_(Witness.poll_id == Poll.id, Witness.person_id == user.id)
    waiting = and_(Poll.opened_at.is_(None), Poll.cancelled_at.is_(None), Poll.closes_at > now)
    fetch = (
        _arm("code", Poll.id, Poll.question, due_at=Poll.opens_at)
        .select_from(Poll)
        .join(Witness, mine)
        .where(waiting, Witness.public_key.is_(None))
    )
    test = (
        _arm("code_test", Poll.id, Poll.question, due_at=Poll.opens_at)
        .select_from(Poll)
        .join(Witness, mine)
        .where(waiting, Witness.public_key.is_not(None), Witness.code_tested_at.is_(None))
    )
    box = (
        _arm("box", Poll.id, Poll.question)
        .select_from(Poll)
        .join(Witness, mine)
        .where(
            Poll.opened_at.is_not(None),
            Poll.announced_at.is_(None),
            Poll.cancelled_at.is_(None),
            Poll.closes_at <= now - CHECK_PERIOD,
        )
    )
    return [fetch, test, box]


def _polls_to_open(led: set[int], now: datetime) -> Select[Any]:
    untested = exists(
        select(Witness.poll_id).where(Witness.poll_id == Poll.id, Witness.code_tested_at.is_(None))
    )
    return (
        _arm("poll", Poll.id, Poll.question, due_at=Poll.closes_at)
        .select_from(Poll)
        .where(
            Poll.unit_id.in_(led),
            Poll.opened_at.is_(None),
            Poll.cancelled_at.is_(None),
            Poll.opens_at <= now,
            Poll.closes_at > now,
            ~untested,
        )
    )


def _lines_to_make(planned: set[int]) -> Select[Any]:
    """Accepted proposals to my plans that no line stands for yet."""
    later = aliased(Answer)
    return (
        _arm("line", Proposal.id, ProposalRevision.title)
        .select_from(Answer)
        .join(Proposal, Proposal.id == Answer.proposal_id)
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(ProposalRevision, _words())
        .where(
            Plan.unit_id.in_(planned),
            Answer.kind.in_(("accepted", "partly")),
            ~exists(select(later.id).where(later.proposal_id == Proposal.id, later.round > Answer.round)),
            ~exists(select(Origin.id).where(Origin.proposal_id == Proposal.id)),
            ~exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id)),
        )
        .order_by(Proposal.id)
        .limit(MOST)
    )


def _own_proposals(user: Any, today: date) -> list[Select[Any]]:
    draft_stage = aliased(Stage)
    drafts = (
        _arm("draft", Proposal.id, ProposalRevision.title)
        .select_from(Proposal)
        .join(ProposalRevision, _words())
        .where(
            Proposal.by_id == user.id,
            Proposal.submitted_at.is_(None),
            ~exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id)),
        )
        .limit(MOST)
    )
    later = aliased(Answer)
    returned = (
        _arm("returned", Proposal.id, ProposalRevision.title)
        .select_from(Answer)
        .join(Proposal, Proposal.id == Answer.proposal_id)
        .join(ProposalRevision, _words())
        .join(draft_stage, and_(draft_stage.plan_id == Proposal.plan_id, draft_stage.kind == "verification"))
        .where(
            Proposal.by_id == user.id,
            Answer.kind == "returned",
            Answer.at >= Proposal.submitted_at,
            draft_stage.starts_on > today,
            ~exists(select(later.id).where(later.proposal_id == Proposal.id, later.round > Answer.round)),
            ~exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id)),
        )
    )
    return [drafts, returned]


def _vacancies(reach: set[int], today: date) -> Select[Any]:
    holder = exists(
        select(Duty.id).where(
            Duty.unit_id == Unit.id,
            Duty.role == "leader",
            authority.in_force(today),  # type: ignore[arg-type]
        )
    )
    return (
        _arm("vacancy", Unit.id, Unit.name)
        .select_from(Unit)
        .where(Unit.id.in_(reach), Unit.kind == "agency", Unit.until_on.is_(None), ~holder)
        .order_by(Unit.name)
        .limit(MOST)
    )


def _arms(user: Any) -> CompoundSelect[Any]:
    now = clock.now()
    today = clock.day_of(now)
    home = authority.tree().up(user.unit_id)
    arms = [_notices(user, home), _ballots(user, now), *_witness(user, now), *_own_proposals(user, today)]
    if user.authority.has("leader"):
        led = authority.units_led_by(user.id)
        arms += [_answers(user), _concerns(led), _polls_to_open(led, now)]
    if user.authority.has("planner"):
        arms.append(_lines_to_make(user.authority.reach("planner")))
    if user.authority.has("steward"):
        arms.append(_vacancies(user.authority.reach("steward"), today))
    # An arm with an order or a limit of its own stands in a subquery: SQLite takes it no other way.
    return union_all(*(select(arm.subquery()) for arm in arms))


def list_waiting(user: Any) -> list[Waiting]:
    """Everything that waits for this person, the nearest deadline first."""
    rows = db.session.execute(_arms(user))
    return sorted((Waiting(*row) for row in rows), key=lambda entry: entry.order)


def count_waiting(user: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(_arms(user).subquery())) or 0


@dataclass(frozen=True)
class News:
    """What became of something I wrote."""

    kind: str
    ref: int
    title: str
    more: str | None
    at: datetime


def _news_arm(kind: str, ref: Any, title: Any, more: Any, at: Any) -> Any:
    return select(
        literal(kind, String).label("kind"),
        cast(ref, Integer).label("ref"),
        cast(title, String).label("title"),
        cast(more, String).label("more"),
        type_coerce(at, UTCDateTime()).label("at"),
    )


def list_news(user: Any, limit: int = 8) -> list[News]:
    """The latest of what happened to my proposals, comments and concerns; one query."""
    answers = (
        _news_arm("answered", Proposal.id, ProposalRevision.title, Answer.kind, Answer.at)
        .select_from(Answer)
        .join(Proposal, Proposal.id == Answer.proposal_id)
        .join(ProposalRevision, _words())
        .where(Proposal.by_id == user.id)
        .order_by(Answer.at.desc())
        .limit(limit)
    )
    lines = (
        _news_arm("line", Proposal.id, ProposalRevision.title, Line.name, Origin.at)
        .select_from(Origin)
        .join(Proposal, Proposal.id == Origin.proposal_id)
        .join(ProposalRevision, _words())
        .join(Line, Line.id == Origin.line_id)
        .where(Proposal.by_id == user.id)
        .order_by(Origin.at.desc())
        .limit(limit)
    )
    replies = (
        _news_arm("replied", Notice.id, Notice.title, Reply.kind, Reply.at)
        .select_from(Reply)
        .join(Concern, Concern.id == Reply.concern_id)
        .join(Notice, Notice.id == Concern.notice_id)
        .where(Concern.by_id == user.id)
        .order_by(Reply.at.desc())
        .limit(limit)
    )
    comments = (
        _news_arm("commented", Proposal.id, ProposalRevision.title, Person.name, Comment.at)
        .select_from(Proposal)
        .join(Comment, Comment.thread_id == Proposal.thread_id)
        .join(Person, Person.id == Comment.by_id)
        .join(ProposalRevision, _words())
        .where(Proposal.by_id == user.id, Comment.by_id != user.id)
        .order_by(Comment.id.desc())
        .limit(limit)
    )
    arms = [select(arm.subquery()) for arm in (answers, lines, replies, comments)]
    together = union_all(*arms).subquery()
    rows = db.session.execute(select(together).order_by(together.c.at.desc()).limit(limit))
    return [News(*row) for row in rows]
