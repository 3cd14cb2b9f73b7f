"""What waits for a person now, computed from the state of things: one query for all kinds, one for their number.

Every kind of deed is one SELECT with the same columns; together they are a UNION ALL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.orm import join as joined

from portal import clock, i18n
from portal.changes.models import (
    Acknowledgement,
    Audience,
    Concern,
    Initiative,
    Notice,
    NoticeRevision,
    Reply,
)
from portal.db import UTCDateTime, rows
from portal.discussion.models import Comment, CommentState, Hiding, Mention, Report
from portal.drafting import bundle, quotable, readiness
from portal.drafting.models import (
    Finding,
    Line,
    Origin,
    Revision,
    Section,
    Snapshot,
    Suggestion,
    Verification,
)
from portal.drafting.suggestions import NOTICE_DAYS
from portal.evaluation.models import (
    Evaluation,
    Filing,
    Objection,
    ObjectionAnswer,
    ObjectionWithdrawal,
    Realisation,
    Verdict,
)
from portal.evaluation.rules import due_on, quarter_before
from portal.growth.careers.models import CorrectionAnswer, CorrectionRequest, Thanks
from portal.growth.partners.models import (
    Gap,
    InterestStatement,
    Offer,
    OfferCheck,
    OfferRuling,
    OfferWithdrawal,
)
from portal.growth.partners.rules import CHECKS
from portal.growth.training.models import (
    Attendance,
    Completion,
    Draw,
    Endorsement,
    Enrolment,
    EnrolmentWithdrawal,
    FeedbackGiven,
    Learning,
    LearningVerdict,
    QueuePlace,
    SeatOffer,
    Training,
    TrainingCancellation,
    Uptake,
)
from portal.growth.training.rules import ENDORSEMENT_DAYS, UPTAKE_DAYS
from portal.ledger import AuditEvent, Holiday, Job
from portal.people import authority
from portal.people.models import ROLES, Draft, Duty, Person, SignIn, Unit
from portal.plans.models import DATED_STAGES, Plan, Stage
from portal.plans.queries import begun, is_adopted
from portal.plans.stages import who_may
from portal.proposals import queries as proposals
from portal.proposals import returning
from portal.proposals.models import Answer, Proposal, ProposalRevision, Support, Withdrawal
from portal.voting.models import Envelope, Poll, VoterRoll, Witness
from portal.voting.rules import CHECK_PERIOD

MOST_FREE_DAYS = 8
"""Holidays and days of collective leave that may lie within these working days."""
MOST = 200
"""Entries of one kind that are listed; the rest follow when these are done."""

ME, NOW, TODAY = (
    bindparam("me", type_=Integer),
    bindparam("now", type_=UTCDateTime()),
    bindparam("today", type_=Date),
)
"""Who asks and when. They are bound when a statement runs, so that it is built and compiled once a process."""
HOME: Any = authority.up(bindparam("home", type_=Integer))
LED: Any = bindparam("led", expanding=True)
"""The ids of the person's unit and of those above it, and of those they lead."""
RENJA: Any = Unit.name + " " + cast(Plan.year, String)
"""Whose plan of which year a sentence is about."""

RESULT_YEAR, RESULT_QUARTER = (
    bindparam("result_year", type_=Integer),
    bindparam("result_quarter", type_=Integer),
)
"""The quarter that ended last."""

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
        # A day's deadline ends just before midnight, and comes before what ends at midnight.
        day_end = clock.end_of(self.due_on) - timedelta(microseconds=1) if self.due_on else last
        due = self.due_at or day_end
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


def _answers() -> Select[Any]:
    return (
        _arm("answer", Proposal.id, ProposalRevision.title, Person.name, due_on=Proposal.answer_due_on)
        .select_from(Proposal)
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(Person, Person.id == Proposal.by_id)
        .join(ProposalRevision, proposals.present_words())
        .where(proposals.waits_for())
        .order_by(Proposal.answer_due_on, Proposal.id)
        .limit(MOST)
    )


def _concerns() -> Select[Any]:
    return (
        _arm("concern", Concern.id, Notice.title, due_on=Concern.answer_due_on)
        .select_from(Concern)
        .join(Notice, Notice.id == Concern.notice_id)
        .join(Initiative, Initiative.id == Notice.initiative_id)
        .where(Initiative.unit_id.in_(LED), ~exists(select(Reply.id).where(Reply.concern_id == Concern.id)))
        .order_by(Concern.answer_due_on, Concern.id)
        .limit(MOST)
    )


def _notices() -> Select[Any]:
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
            Acknowledgement.person_id == ME,
        )
    )
    mine = exists(
        select(Audience.id).where(
            Audience.notice_id == Notice.id,
            Audience.unit_id.in_(HOME),
            or_(Audience.status.is_(None), Audience.status == bindparam("status")),
        )
    )
    return (
        _arm("notice", Notice.id, Notice.title, asked, due_on=Notice.due_on)
        .select_from(Notice)
        .where(Notice.asks_acknowledgement, mine, ~answered)
        .order_by(Notice.id)
        .limit(MOST)
    )


def _ballots() -> Select[Any]:
    cast_already = exists(
        select(Envelope.poll_id).where(Envelope.poll_id == Poll.id, Envelope.person_id == ME)
    )
    return (
        _arm("ballot", Poll.id, Poll.question, due_at=Poll.closes_at)
        .select_from(VoterRoll)
        .join(Poll, Poll.id == VoterRoll.poll_id)
        .where(
            VoterRoll.person_id == ME,
            Poll.opened_at.is_not(None),
            Poll.opens_at <= NOW,
            Poll.closed_at.is_(None),
            Poll.cancelled_at.is_(None),
            Poll.closes_at > NOW,
            ~cast_already,
        )
    )


def _witness() -> list[Select[Any]]:
    mine = and_(Witness.poll_id == Poll.id, Witness.person_id == ME)
    waiting = and_(Poll.opened_at.is_(None), Poll.cancelled_at.is_(None), Poll.closes_at > NOW)
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
            Poll.closes_at <= bindparam("checked", type_=UTCDateTime()),
        )
    )
    return [fetch, test, box]


def _polls_to_open() -> Select[Any]:
    untested = exists(
        select(Witness.poll_id).where(Witness.poll_id == Poll.id, Witness.code_tested_at.is_(None))
    )
    return (
        _arm("poll", Poll.id, Poll.question, due_at=Poll.closes_at)
        .select_from(Poll)
        .where(
            Poll.unit_id.in_(LED),
            Poll.opened_at.is_(None),
            Poll.cancelled_at.is_(None),
            Poll.opens_at <= NOW,
            Poll.closes_at > NOW,
            ~untested,
        )
    )


def _lines_to_make() -> Select[Any]:
    """Accepted proposals to my plans that no line stands for yet."""
    later = aliased(Answer)
    return (
        _arm("line", Proposal.id, ProposalRevision.title)
        .select_from(Answer)
        .join(Proposal, Proposal.id == Answer.proposal_id)
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(ProposalRevision, proposals.present_words())
        .where(
            Plan.unit_id.in_(bindparam("planned", expanding=True)),
            Answer.kind.in_(("accepted", "partly")),
            ~exists(select(later.id).where(later.proposal_id == Proposal.id, later.round > Answer.round)),
            ~exists(select(Origin.id).where(Origin.proposal_id == Proposal.id)),
            ~exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id)),
        )
        .order_by(Proposal.id)
        .limit(MOST)
    )


# The work of a plan's text: ready, verified, mended, adopted


def _last_round() -> Any:
    """The condition that Verification is the last one of Plan."""
    other = aliased(Verification)
    newest = select(func.max(other.number)).where(other.plan_id == Plan.id).correlate(Plan).scalar_subquery()
    return and_(Verification.plan_id == Plan.id, Verification.number == newest)


def _unready(piece: Any) -> Any:
    """How many pieces of Plan this person is to call ready: those of the units that they edit for, and what the agency
    that they plan for owns itself."""
    own = and_(piece.unit_id == Plan.unit_id, Plan.unit_id.in_(bindparam("planned", expanding=True)))
    mine = or_(piece.unit_id.in_(bindparam("edited", expanding=True)), own)
    return (
        select(func.count(piece.id))
        .where(piece.plan_id == Plan.id, mine, readiness.is_unready(piece))
        .correlate(Plan)
        .scalar_subquery()
    )


def _pieces_to_finish() -> Select[Any]:
    """Plans in which pieces of my units are to be called ready before the stage ends (`due_on`: the day after)."""
    now, following = aliased(Stage), aliased(Stage)
    left = _unready(Section) + _unready(Line)
    pair = or_(
        and_(now.kind == "initial_draft", following.kind == "forum"),
        and_(now.kind == "draft", following.kind == "verification"),
    )
    return (
        _arm("ready", Plan.id, RENJA, left, due_on=following.starts_on)
        .select_from(
            joined(Plan, Unit, Unit.id == Plan.unit_id)
            .join(now, now.plan_id == Plan.id)
            .join(following, and_(following.plan_id == Plan.id, pair))
        )
        .where(now.starts_on <= TODAY, following.starts_on > TODAY, ~is_adopted(), left > 0)
        .limit(MOST)
    )


def _plans_to_verify() -> Select[Any]:
    """Plans that were never verified, or were changed since they were returned."""
    sections = select(Section.id).where(Section.plan_id == Plan.id).correlate(Plan)
    lines = select(Line.id).where(Line.plan_id == Plan.id).correlate(Plan)
    mended = exists(
        select(Revision.id).where(
            or_(Revision.section_id.in_(sections), Revision.line_id.in_(lines)), Revision.at > Verification.at
        )
    )
    return (
        _arm("verify", Plan.id, RENJA)
        .select_from(joined(Plan, Unit, Unit.id == Plan.unit_id).outerjoin(Verification, _last_round()))
        .where(
            Plan.unit_id.in_(bindparam("verified", expanding=True)),
            begun("verification", TODAY),
            ~is_adopted(),
            or_(Verification.id.is_(None), and_(Verification.outcome == "returned", mended)),
        )
        .limit(MOST)
    )


def _plans_after(kind: str, outcome: str, mine: Any, more: Any = None) -> Select[Any]:
    """Plans of mine whose last round had this outcome and which are not adopted."""
    return (
        _arm(kind, Plan.id, RENJA, more)
        .select_from(joined(Plan, Unit, Unit.id == Plan.unit_id).join(Verification, _last_round()))
        .where(Plan.unit_id.in_(mine), Verification.outcome == outcome, ~is_adopted())
        .limit(MOST)
    )


def _plans_to_mend() -> Select[Any]:
    points = (
        select(func.count(Finding.id))
        .where(Finding.verification_id == Verification.id, Finding.result == "repair")
        .correlate(Verification)
        .scalar_subquery()
    )
    return _plans_after("mend", "returned", bindparam("planned", expanding=True), points)


def _plans_to_adopt() -> Select[Any]:
    return _plans_after("adopt", "passed", LED).where(begun("final_draft", TODAY))


def _suggestions() -> Select[Any]:
    """What others suggest for the plans I plan and the pieces my unit edits, by the day the drafting ends."""
    verification = aliased(Stage)
    return (
        _arm(
            "suggestion", Suggestion.id, func.coalesce(Section.heading, Line.name), Person.name,
            due_on=verification.starts_on,
        )
        .select_from(Suggestion)
        .join(Person, Person.id == Suggestion.by_id)
        .outerjoin(Section, Section.id == Suggestion.section_id)
        .outerjoin(Line, Line.id == Suggestion.line_id)
        .join(Plan, Plan.id == func.coalesce(Section.plan_id, Line.plan_id))
        .join(verification, and_(verification.plan_id == Plan.id, verification.kind == "verification"))
        .where(
            Suggestion.ruling.is_(None),
            Suggestion.by_id != ME,
            ~is_adopted(),
            verification.starts_on > TODAY,  # what is left then waits as one: `_suggestions_left`
            or_(
                Plan.unit_id.in_(bindparam("planned", expanding=True)),
                func.coalesce(Section.unit_id, Line.unit_id).in_(bindparam("edited", expanding=True)),
            ),
        )
        .order_by(verification.starts_on, Suggestion.id)
        .limit(MOST)
    )  # fmt: skip


def _ends_soon(following: Any) -> Any:
    """The condition that at most NOTICE_DAYS working days are left until the day on which this stage starts."""
    free = (
        select(func.count(Holiday.on_date))
        .where(
            Holiday.on_date.in_(bindparam("weekdays", expanding=True)), Holiday.on_date < following.starts_on
        )
        .correlate(following)
        .scalar_subquery()
    )
    return or_(
        *(
            and_(following.starts_on <= bindparam(f"weekday_{n}", type_=Date), free >= n)
            for n in range(MOST_FREE_DAYS + 1)
        )
    )


def _weekdays(today: date) -> dict[str, Any]:
    """What `_ends_soon` is bound to: the weekdays after today, and those that more and more holidays put off."""
    days = [day for n in range(1, 60) if (day := today + timedelta(days=n)).weekday() < 5]
    put_off = {f"weekday_{n}": days[NOTICE_DAYS + n] for n in range(MOST_FREE_DAYS + 1)}
    return {"weekdays": days[: NOTICE_DAYS + MOST_FREE_DAYS]} | put_off


def _suggestions_left() -> list[Select[Any]]:
    """Plans of mine with suggestions that nobody ruled on: where a stage that takes them ends within a few working
    days (`due_on`: the day after), and where suggesting is closed."""
    now, following, closing = aliased(Stage), aliased(Stage), aliased(Stage)
    sections, lines = (
        select(func.count(Suggestion.id))
        .join(piece, piece.id == key)
        .where(Suggestion.ruling.is_(None), piece.plan_id == Plan.id)
        .correlate(Plan)
        .scalar_subquery()
        for piece, key in ((Section, Suggestion.section_id), (Line, Suggestion.line_id))
    )
    left = sections + lines
    taking = [kind for kind in DATED_STAGES if who_may("suggest", kind)]
    pairs = (
        and_(now.kind == kind, following.kind == DATED_STAGES[DATED_STAGES.index(kind) + 1])
        for kind in taking
    )
    mine = and_(Plan.unit_id.in_(bindparam("planned", expanding=True)), ~is_adopted(), left > 0)
    before = (
        _arm("closing", Plan.id, RENJA, left, due_on=following.starts_on)
        .select_from(
            joined(Plan, Unit, Unit.id == Plan.unit_id)
            .join(now, now.plan_id == Plan.id)
            .join(following, and_(following.plan_id == Plan.id, or_(*pairs)))
        )
        .where(mine, now.starts_on <= TODAY, following.starts_on > TODAY, _ends_soon(following))
        .limit(MOST)
    )
    last = DATED_STAGES[DATED_STAGES.index(taking[-1]) + 1]
    after = (
        _arm("closed", Plan.id, RENJA, left)
        .select_from(
            joined(Plan, Unit, Unit.id == Plan.unit_id).join(
                closing, and_(closing.plan_id == Plan.id, closing.kind == last)
            )
        )
        .where(mine, closing.starts_on <= TODAY)
        .limit(MOST)
    )
    return [before, after]


def _own_proposals() -> list[Select[Any]]:
    draft_stage = aliased(Stage)
    drafts = (
        _arm("draft", Proposal.id, ProposalRevision.title)
        .select_from(Proposal)
        .join(ProposalRevision, proposals.present_words())
        .where(
            Proposal.by_id == ME,
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
        .join(ProposalRevision, proposals.present_words())
        .join(draft_stage, and_(draft_stage.plan_id == Proposal.plan_id, draft_stage.kind == "verification"))
        .where(
            Proposal.by_id == ME,
            Answer.kind == "returned",
            Answer.at >= Proposal.submitted_at,
            draft_stage.starts_on > TODAY,
            ~exists(select(later.id).where(later.proposal_id == Proposal.id, later.round > Answer.round)),
            ~exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id)),
        )
    )
    return [drafts, returned, _left_over()]


def _left_over() -> Select[Any]:
    """My proposals of the year before that were deferred or declined, while this year's plan takes proposals: their
    condition may have changed (`due_on`: the day after)."""
    old, later, again = aliased(Plan), aliased(Answer), aliased(Proposal)
    first, following = aliased(Stage), aliased(Stage)
    return (
        _arm("left", Proposal.id, ProposalRevision.title, Answer.condition, due_on=following.starts_on)
        .select_from(Proposal)
        .join(ProposalRevision, proposals.present_words())
        .join(Answer, and_(Answer.proposal_id == Proposal.id, Answer.at >= Proposal.submitted_at))
        .join(old, old.id == Proposal.plan_id)
        .join(Plan, and_(Plan.unit_id == old.unit_id, Plan.year == old.year + 1))
        .join(first, and_(first.plan_id == Plan.id, first.kind == "initial_draft"))
        .join(following, and_(following.plan_id == Plan.id, following.kind == "draft"))
        .where(
            Proposal.by_id == ME,
            Answer.kind.in_(returning.KINDS),
            first.starts_on <= TODAY,
            following.starts_on > TODAY,
            ~is_adopted(),
            ~exists(select(later.id).where(later.proposal_id == Proposal.id, later.round > Answer.round)),
            ~exists(select(Withdrawal.id).where(Withdrawal.proposal_id == Proposal.id)),
            ~exists(select(again.id).where(again.returns_from_id == Proposal.id)),
        )
        .limit(MOST)
    )


def _typed() -> Select[Any]:
    """What I typed in any form and did not send; `more` is where it is opened."""
    english = case((bindparam("language", type_=String) == "en", Draft.fields["_title_en"].as_string()))
    title = func.coalesce(english, Draft.fields["_title"].as_string())
    return (
        _arm("typed", 0, title, Draft.fields["_url"].as_string())
        .where(
            Draft.person_id == ME,
            Draft.fields["_url"].as_string().is_not(None),
        )
        .order_by(Draft.saved_at.desc())
        .limit(MOST)
    )


def _vacancies() -> Select[Any]:
    holder = exists(
        select(Duty.id).where(
            Duty.unit_id == Unit.id,
            Duty.role == "leader",
            authority.in_force(TODAY),
        )
    )
    return (
        _arm("vacancy", Unit.id, Unit.name)
        .select_from(Unit)
        .where(
            Unit.id.in_(bindparam("reach", expanding=True)),
            Unit.kind == "agency",
            authority.in_being(TODAY),
            ~holder,
        )
        .order_by(Unit.name)
        .limit(MOST)
    )


def _shown() -> Any:
    """The condition that Comment is neither struck nor hidden."""
    hidden = exists(select(Hiding.id).where(Hiding.comment_id == Comment.id, Hiding.lifted_at.is_(None)))
    return and_(Comment.struck_at.is_(None), ~hidden)


def _mentions() -> Select[Any]:
    """Comments that name me and that I neither opened nor answered."""
    return (
        _arm("mention", Comment.id, Person.name, Comment.body)
        .select_from(Mention)
        .join(Comment, Comment.id == Mention.comment_id)
        .join(Person, Person.id == Comment.by_id)
        .where(Mention.person_id == ME, Mention.seen_at.is_(None), _shown())
        .order_by(Comment.id)
        .limit(MOST)
    )


def _reports() -> Select[Any]:
    """Reported comments of the threads of my units' plans, notices and polls on which nobody ruled since."""
    planned: Any = bindparam("planned", expanding=True)
    mine = or_(
        *(
            exists(
                select(kind.id)
                .join(Plan, Plan.id == kind.plan_id)
                .where(kind.thread_id == Comment.thread_id, Plan.unit_id.in_(planned))
            )
            for kind in (Section, Line, Proposal)
        ),
        *(
            exists(
                select(Suggestion.id)
                .join(piece, piece.id == key)
                .join(Plan, Plan.id == piece.plan_id)
                .where(Suggestion.thread_id == Comment.thread_id, Plan.unit_id.in_(planned))
            )
            for piece, key in ((Section, Suggestion.section_id), (Line, Suggestion.line_id))
        ),
        exists(
            select(Notice.id)
            .join(Initiative, Initiative.id == Notice.initiative_id)
            .where(Notice.thread_id == Comment.thread_id, Initiative.unit_id.in_(planned))
        ),
        exists(select(Poll.id).where(Poll.thread_id == Comment.thread_id, Poll.unit_id.in_(planned))),
    )
    ruled = exists(
        select(Hiding.id).where(
            Hiding.comment_id == Comment.id, or_(Hiding.lifted_at.is_(None), Hiding.at >= Report.at)
        )
    )
    return (
        _arm("report", Comment.id, Person.name, func.min(Report.reason))
        .select_from(Report)
        .join(Comment, Comment.id == Report.comment_id)
        .join(Person, Person.id == Comment.by_id)
        .where(mine, ~ruled, Comment.struck_at.is_(None))
        .group_by(Comment.id, Person.name)
        .order_by(Comment.id)
        .limit(MOST)
    )


def _results_due() -> Any:
    """The condition that Plan is the newest adopted edition of the year whose quarter ended last."""
    later = aliased(Plan)
    newer = exists(
        select(later.id).where(
            later.unit_id == Plan.unit_id,
            later.year == Plan.year,
            later.edition > Plan.edition,
            exists(select(Snapshot.id).where(Snapshot.plan_id == later.id)),
        )
    )
    return and_(Plan.year == RESULT_YEAR, is_adopted(), ~newer)


def _of_quarter(*conditions: Any) -> Any:
    """The condition, beside Plan, on the evaluation of the quarter that ended last."""
    return and_(
        Evaluation.unit_id == Plan.unit_id,
        Evaluation.year == Plan.year,
        Evaluation.quarter == RESULT_QUARTER,
        *conditions,
    )


def _without_figure(*mine: Any) -> Any:
    """How many standing lines of Plan have no figure for the quarter yet."""
    entered = exists(
        select(Realisation.id)
        .join(Evaluation, Evaluation.id == Realisation.evaluation_id)
        .where(_of_quarter(Realisation.unit_id == Line.unit_id, Realisation.code == Line.code))
    )
    return (
        select(func.count(Line.id))
        .where(Line.plan_id == Plan.id, Line.dropped_at.is_(None), ~entered, *mine)
        .correlate(Plan)
        .scalar_subquery()
    )


def _last_outcome() -> Any:
    """What the verdict on the newest filing of the quarter says: null where it waits for one or nothing was filed."""
    other = aliased(Filing)
    newest = (
        select(func.max(other.number))
        .where(other.evaluation_id == Filing.evaluation_id)
        .correlate(Filing)
        .scalar_subquery()
    )
    return (
        select(func.coalesce(Verdict.outcome, "waits"))
        .select_from(Evaluation)
        .join(Filing, Filing.evaluation_id == Evaluation.id)
        .outerjoin(Verdict, Verdict.filing_id == Filing.id)
        .where(_of_quarter(Filing.number == newest))
        .correlate(Plan)
        .scalar_subquery()
    )


def _quarter_at_hand(more: Any = None) -> Any:
    """“2027.1”, and a number behind it where one is given."""
    words = cast(RESULT_YEAR, String) + "." + cast(RESULT_QUARTER, String)
    return words if more is None else words + "." + cast(more, String)


def _figures_to_enter() -> Select[Any]:
    left = _without_figure(Line.unit_id.in_(bindparam("edited", expanding=True)))
    return (
        _arm(
            "figure",
            Plan.unit_id,
            Unit.name,
            _quarter_at_hand(left),
            due_on=bindparam("result_due", type_=Date),
        )
        .select_from(joined(Plan, Unit, Unit.id == Plan.unit_id))
        .where(_results_due(), left > 0, _last_outcome().is_(None))
        .limit(MOST)
    )


def _quarters_to_file() -> Select[Any]:
    """Complete and not handed in, or returned."""
    return (
        _arm(
            "filing", Plan.unit_id, Unit.name, _quarter_at_hand(), due_on=bindparam("result_due", type_=Date)
        )
        .select_from(joined(Plan, Unit, Unit.id == Plan.unit_id))
        .where(
            _results_due(),
            Plan.unit_id.in_(LED),
            _without_figure() == 0,
            or_(_last_outcome().is_(None), _last_outcome() == "returned"),
        )
        .limit(MOST)
    )


def _quarters_to_judge() -> Select[Any]:
    words = cast(Evaluation.year, String) + "." + cast(Evaluation.quarter, String)
    return (
        _arm("verdict", Evaluation.unit_id, Unit.name, words)
        .select_from(joined(Evaluation, Unit, Unit.id == Evaluation.unit_id))
        .join(Filing, Filing.evaluation_id == Evaluation.id)
        .where(
            Evaluation.unit_id.in_(bindparam("verified", expanding=True)),
            Evaluation.unit_id.not_in(HOME),
            ~exists(select(Verdict.id).where(Verdict.filing_id == Filing.id)),
        )
        .limit(MOST)
    )


def _objections() -> Select[Any]:
    settled = or_(
        exists(select(ObjectionAnswer.id).where(ObjectionAnswer.objection_id == Objection.id)),
        exists(
            select(ObjectionWithdrawal.objection_id).where(ObjectionWithdrawal.objection_id == Objection.id)
        ),
    )
    return (
        _arm("objection", Objection.id, Objection.text, due_on=Objection.due_on)
        .where(Objection.answerer_id == ME, ~settled)
        .order_by(Objection.due_on, Objection.id)
        .limit(MOST)
    )


def _corrections() -> Select[Any]:
    """What somebody whose record this steward keeps asks to be corrected."""
    answered = exists(select(CorrectionAnswer.id).where(CorrectionAnswer.request_id == CorrectionRequest.id))
    return (
        _arm("correction", CorrectionRequest.id, Person.name, due_on=CorrectionRequest.due_on)
        .select_from(CorrectionRequest)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .where(Person.unit_id.in_(bindparam("reach", expanding=True)), Person.id != ME, ~answered)
        .order_by(CorrectionRequest.due_on, CorrectionRequest.id)
        .limit(MOST)
    )


def _failed_jobs() -> Select[Any]:
    """Background work that failed for good, until it is tried again."""
    return (
        _arm("job", Job.id, Job.kind, Job.error)
        .where(Job.state == "failed")
        .order_by(Job.id.desc())
        .limit(MOST)
    )


def _failed_bundle() -> Select[Any]:
    """The file of all plans that I ordered last, where it failed; for two days."""
    other = aliased(Job)
    mine = [one.payload["by_id"].as_integer() == ME for one in (Job, other)]
    later = exists(select(other.id).where(other.kind == bundle.KIND, mine[1], other.id > Job.id))
    lately = Job.due_at > bindparam("lately", type_=UTCDateTime())
    return _arm("bundle", Job.id, Job.kind).where(
        Job.kind == bundle.KIND, Job.state == "failed", lately, mine[0], ~later
    )


# Trainings: the superior's word, one's seat, how it was, what was used; the list to freeze, the seed to tell


def _left() -> Any:
    """The condition that Enrolment was withdrawn, or its training cancelled."""
    return or_(
        exists(select(EnrolmentWithdrawal.at).where(EnrolmentWithdrawal.enrolment_id == Enrolment.id)),
        exists(
            select(TrainingCancellation.at).where(TrainingCancellation.training_id == Enrolment.training_id)
        ),
    )


def _endorsements() -> Select[Any]:
    """Applications of my people within the days in which I may refuse (`due_at`: when they applied)."""
    said = exists(select(Endorsement.at).where(Endorsement.enrolment_id == Enrolment.id))
    return (
        _arm("endorsement", Enrolment.id, Training.title, Person.name, due_at=Enrolment.at)
        .select_from(Enrolment)
        .join(Training, Training.id == Enrolment.training_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.unit_id.in_(LED),
            Enrolment.person_id != ME,
            Training.asks_endorsement,
            Enrolment.at >= bindparam("endorsed", type_=UTCDateTime()),
            ~said,
            ~_left(),
        )
        .order_by(Enrolment.at)
        .limit(MOST)
    )


def _seats() -> Select[Any]:
    """Seats held or offered to me that I have said nothing about."""
    return (
        _arm("seat", Training.id, Training.title, due_on=Training.starts_on, due_at=SeatOffer.until)
        .select_from(SeatOffer)
        .join(Enrolment, Enrolment.id == SeatOffer.enrolment_id)
        .join(Training, Training.id == Enrolment.training_id)
        .where(
            Enrolment.person_id == ME,
            SeatOffer.answer.is_(None),
            or_(SeatOffer.until.is_(None), SeatOffer.until > NOW),
            Training.starts_on > TODAY,
            ~_left(),
        )
        .limit(MOST)
    )


def _feedback() -> Select[Any]:
    """Trainings of the last month at which I was, and of which I have not said how they were."""
    there = exists(select(Attendance.minutes).where(Attendance.enrolment_id == Enrolment.id))
    given = exists(
        select(FeedbackGiven.person_id).where(
            FeedbackGiven.training_id == Enrolment.training_id, FeedbackGiven.person_id == ME
        )
    )
    return (
        _arm("feedback", Training.id, Training.title)
        .select_from(Enrolment)
        .join(Training, Training.id == Enrolment.training_id)
        .where(
            Enrolment.person_id == ME,
            Training.ends_on <= TODAY,
            Training.ends_on >= bindparam("month_ago", type_=Date),
            there,
            ~given,
        )
        .limit(MOST)
    )


def _uptakes() -> Select[Any]:
    """Trainings that I completed ninety days ago, and of which I have not said what was used."""
    told = exists(select(Uptake.at).where(Uptake.enrolment_id == Enrolment.id))
    return (
        _arm("uptake", Enrolment.id, Training.title)
        .select_from(Completion)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .join(Training, Training.id == Enrolment.training_id)
        .where(
            Enrolment.person_id == ME,
            Completion.outcome == "completed",
            Training.ends_on <= bindparam("used_by", type_=Date),
            ~told,
        )
        .limit(MOST)
    )


def _is_cancelled() -> Any:
    """The condition that Training was cancelled."""
    return exists(select(TrainingCancellation.at).where(TrainingCancellation.training_id == Training.id))


def _lists_to_freeze() -> Select[Any]:
    return (
        _arm("freezing", Training.id, Training.title, due_on=Training.starts_on)
        .select_from(Training)
        .join(Draw, Draw.training_id == Training.id)
        .where(
            Training.unit_id.in_(bindparam("organised", expanding=True)),
            Training.closes_on < TODAY,
            Draw.frozen_at.is_(None),
            ~_is_cancelled(),
        )
        .limit(MOST)
    )


def _seeds() -> Select[Any]:
    """Seeds that I fixed and am to tell: the list is frozen."""
    return (
        _arm("seed", Training.id, Training.title, due_on=Training.starts_on)
        .select_from(Training)
        .join(Draw, Draw.training_id == Training.id)
        .where(Draw.b_by_id == ME, Draw.frozen_at.is_not(None), Draw.at.is_(None), ~_is_cancelled())
        .limit(MOST)
    )


def _seeds_to_fix() -> Select[Any]:
    """Published trainings of which I, as auditor, am to fix the second seed before applications have opened."""
    return (
        _arm("seed_to_fix", Training.id, Training.title, due_on=Training.opens_on)
        .select_from(Training)
        .join(Draw, Draw.training_id == Training.id)
        .where(
            Training.unit_id.in_(bindparam("audited", expanding=True)),
            Training.opens_on >= TODAY,
            Draw.commitment_b.is_(None),
            Draw.frozen_at.is_(None),
            Draw.by_id != ME,
            ~_is_cancelled(),
        )
        .limit(MOST)
    )


def _learnings() -> Select[Any]:
    return (
        _arm("learning", Learning.id, Learning.title, Person.name)
        .select_from(Learning)
        .join(Person, Person.id == Learning.person_id)
        .where(
            Person.unit_id.in_(bindparam("reach", expanding=True)),
            Learning.person_id != ME,
            ~exists(select(LearningVerdict.at).where(LearningVerdict.learning_id == Learning.id)),
        )
        .order_by(Learning.id)
        .limit(MOST)
    )


def _offers(kind: str, *conditions: Any) -> Select[Any]:
    """Offers of partners on which nobody ruled yet and in which I stated no interest."""
    own = exists(
        select(InterestStatement.id).where(
            InterestStatement.offer_id == Offer.id,
            InterestStatement.person_id == ME,
            InterestStatement.has_interest,
        )
    )
    return (
        _arm(kind, Offer.id, Offer.what, Gap.text)
        .select_from(joined(Offer, Gap, Gap.id == Offer.gap_id))
        .where(
            ~exists(select(OfferRuling.id).where(OfferRuling.offer_id == Offer.id)),
            ~exists(select(OfferWithdrawal.offer_id).where(OfferWithdrawal.offer_id == Offer.id)),
            ~own,
            *conditions,
        )
        .order_by(Offer.id)
        .limit(MOST)
    )


def _answered_checks() -> Any:
    """How many of the nine questions of Offer are answered."""
    return (
        select(func.count(OfferCheck.id))
        .where(OfferCheck.offer_id == Offer.id)
        .correlate(Offer)
        .scalar_subquery()
    )


def _offers_to_check() -> Select[Any]:
    return _offers(
        "offer_check", Gap.unit_id.in_(bindparam("reach", expanding=True)), _answered_checks() < len(CHECKS)
    )


def _offers_to_rule() -> Select[Any]:
    """Of the units whose work falls to me, and of those whose one leader stated an interest and I am the next above."""
    stated = exists(
        select(InterestStatement.id).where(
            InterestStatement.offer_id == Offer.id,
            InterestStatement.has_interest,
            tuple_(Gap.unit_id, InterestStatement.person_id).in_(bindparam("lifted", expanding=True)),
        )
    )
    return _offers("offer_ruling", or_(Gap.unit_id.in_(LED), stated), _answered_checks() == len(CHECKS))


def _arms(roles: Collection[str]) -> list[Select[Any]]:
    """Every kind of deed that can wait for a person with these roles."""
    arms = [_notices(), _ballots(), *_witness(), *_own_proposals(), _typed(), _mentions(), _objections()]
    arms += [_seats(), _feedback(), _uptakes(), _seeds()]
    if "leader" in roles:
        arms += [
            _endorsements(),
            _answers(),
            _concerns(),
            _polls_to_open(),
            _plans_to_adopt(),
            _quarters_to_file(),
            _offers_to_rule(),
        ]
    if "planner" in roles:
        arms += [_lines_to_make(), _plans_to_mend(), _reports(), *_suggestions_left()]
    if "planner" in roles or "editor" in roles:
        arms += [_suggestions(), _pieces_to_finish()]
    if "steward" in roles:
        arms += [_vacancies(), _failed_jobs(), _learnings(), _offers_to_check(), _corrections()]
    elif set(bundle.ROLES) & set(roles):
        arms.append(_failed_bundle())
    if "planner" in roles or "steward" in roles:
        arms.append(_lists_to_freeze())
    if "editor" in roles:
        arms.append(_figures_to_enter())
    if "auditor" in roles:
        arms.append(_seeds_to_fix())
    if "verifier" in roles:
        arms += [_plans_to_verify(), _quarters_to_judge()]
    return arms


def _together(arms: Iterable[Select[Any]]) -> CompoundSelect[Any]:
    """An arm with an order or a limit of its own stands in a subquery: SQLite takes it no other way."""
    return union_all(*(select(arm.subquery()) for arm in arms))


@cache
def _deeds(roles: frozenset[str]) -> CompoundSelect[Any]:
    return _together(_arms(roles))


@cache
def _number(roles: frozenset[str]) -> Any:
    """How many deeds of each kind wait; neither their order nor their words are asked for."""
    arms = (
        arm.order_by(None).with_only_columns(arm.selected_columns.kind, maintain_column_froms=True)
        for arm in _arms(roles)
    )
    every = _together(arms).subquery()
    return select(every.c.kind, func.count()).group_by(every.c.kind)


def _asked(user: Any) -> tuple[frozenset[str], dict[str, Any]]:
    """The roles of this person, and what the statement is to be bound to."""
    now = clock.now()
    roles = frozenset(role for role in ROLES if user.authority.has(role))
    bound = {
        "me": user.id,
        "now": now,
        "today": clock.day_of(now),
        "checked": now - CHECK_PERIOD,
        "lately": now - timedelta(days=2),
        "home": user.unit_id,
        "status": user.person.status,
        "language": i18n.language(),
        "planned": list(user.authority.reach("planner")),
        "reach": list(user.authority.reach("steward")),
        "edited": list(user.authority.reach("editor")),
        "audited": list(user.authority.reach("auditor")),
        "verified": list(user.authority.reach("verifier")),
        "organised": list(user.authority.reach("planner", "steward")),
        "endorsed": clock.start_of(clock.day_of(now) - timedelta(days=ENDORSEMENT_DAYS)),
        "month_ago": clock.day_of(now) - timedelta(days=30),
        "used_by": clock.day_of(now) - timedelta(days=UPTAKE_DAYS),
    }
    if roles & {"leader", "editor"}:
        year, quarter = quarter_before(bound["today"])
        bound |= {"result_year": year, "result_quarter": quarter, "result_due": due_on(year, quarter)}
    if "planner" in roles:
        bound |= _weekdays(bound["today"])
    return roles, bound | (proposals.leading(user.id) if "leader" in roles else {})


def list_waiting(user: Any) -> list[Waiting]:
    """Everything that waits for this person, the nearest deadline first."""
    roles, bound = _asked(user)
    return sorted((_waiting(row) for row in rows(_deeds(roles), bound)), key=lambda entry: entry.order)


def _waiting(row: Any) -> Waiting:
    """A stage ends the day before the next one starts; an application is endorsed some days after it came."""
    entry = Waiting(*row)
    if entry.kind in ("ready", "suggestion", "closing", "left") and entry.due_on:
        return replace(entry, due_on=entry.due_on - timedelta(days=1))
    if entry.kind == "endorsement" and entry.due_at:
        due_on = clock.day_of(entry.due_at) + timedelta(days=ENDORSEMENT_DAYS)
        return replace(entry, due_on=due_on, due_at=None)
    return entry


def count_waiting(user: Any) -> Counter[str]:
    """How many deeds wait for this person, by kind."""
    roles, bound = _asked(user)
    return Counter({kind: number for kind, number in rows(_number(roles), bound)})


def last_visit(user: Any) -> datetime | None:
    """When this person signed in before the session at hand: what they did not do themselves, they see here."""
    found = rows(
        select(SignIn.at)
        .where(SignIn.person_id == user.id, SignIn.id != user.sign_in.id)
        .order_by(SignIn.id.desc())
        .limit(1)
    )
    return found[0][0] if found else None


@dataclass(frozen=True)
class News:
    """What became of something I wrote or supported."""

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


def _results(limit: int) -> Any:
    """The newest quarter that was validated with a figure of a line that a proposal became: for who proposed, supported
    or commented on it."""
    mine = union_all(
        select(Proposal.id).where(Proposal.by_id == ME),
        select(Support.proposal_id).where(Support.person_id == ME),
        select(Proposal.id)
        .join(Comment, Comment.thread_id == Proposal.thread_id)
        .where(Comment.by_id == ME, Comment.struck_at.is_(None)),
    ).subquery()
    reached = exists(
        select(Realisation.id)
        .join(Line, and_(Line.unit_id == Realisation.unit_id, Line.code == Realisation.code))
        .join(Origin, Origin.line_id == Line.id)
        .where(
            Origin.proposal_id == Proposal.id,
            Line.plan_id == Plan.id,
            Realisation.evaluation_id == Evaluation.id,
            Realisation.value.is_not(None),
        )
    )
    quarter = cast(Evaluation.year, String) + "." + cast(func.max(Evaluation.quarter), String)
    return (
        _news_arm("result", Proposal.id, ProposalRevision.title, quarter, func.max(Verdict.at))
        .select_from(Proposal)
        .join(ProposalRevision, proposals.present_words())
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(Evaluation, and_(Evaluation.unit_id == Plan.unit_id, Evaluation.year == Plan.year))
        .join(Filing, Filing.evaluation_id == Evaluation.id)
        .join(Verdict, and_(Verdict.filing_id == Filing.id, Verdict.outcome == "validated"))
        .where(Proposal.id.in_(select(mine.c.id)), reached)
        .group_by(Proposal.id, ProposalRevision.title, Evaluation.year)
        .order_by(func.max(Verdict.at).desc())
        .limit(limit)
    )


@cache
def _news(limit: int) -> Any:
    answers = (
        _news_arm("answered", Proposal.id, ProposalRevision.title, Answer.kind, Answer.at)
        .select_from(Answer)
        .join(Proposal, Proposal.id == Answer.proposal_id)
        .join(ProposalRevision, proposals.present_words())
        .where(Proposal.by_id == ME)
        .order_by(Answer.at.desc())
        .limit(limit)
    )
    lines = (
        _news_arm("line", Proposal.id, ProposalRevision.title, Line.name, Origin.at)
        .select_from(Origin)
        .join(Proposal, Proposal.id == Origin.proposal_id)
        .join(ProposalRevision, proposals.present_words())
        .join(Line, Line.id == Origin.line_id)
        .where(Proposal.by_id == ME)
        .order_by(Origin.at.desc())
        .limit(limit)
    )
    replies = (
        _news_arm("replied", Notice.id, Notice.title, Reply.kind, Reply.at)
        .select_from(Reply)
        .join(Concern, Concern.id == Reply.concern_id)
        .join(Notice, Notice.id == Concern.notice_id)
        .where(Concern.by_id == ME)
        .order_by(Reply.at.desc())
        .limit(limit)
    )
    ruled = (
        _news_arm(
            "ruled", Suggestion.id, func.coalesce(Section.heading, Line.name), Suggestion.ruling,
            Suggestion.ruled_at,
        )
        .select_from(Suggestion)
        .outerjoin(Section, Section.id == Suggestion.section_id)
        .outerjoin(Line, Line.id == Suggestion.line_id)
        .where(Suggestion.by_id == ME, Suggestion.ruling.in_(("accepted", "partly", "declined")))
        .order_by(Suggestion.ruled_at.desc())
        .limit(limit)
    )  # fmt: skip
    comments = (
        _news_arm("commented", Proposal.id, ProposalRevision.title, Person.name, Comment.at)
        .select_from(Proposal)
        .join(Comment, Comment.thread_id == Proposal.thread_id)
        .join(Person, Person.id == Comment.by_id)
        .join(ProposalRevision, proposals.present_words())
        .where(Proposal.by_id == ME, Comment.by_id != ME)
        .order_by(Comment.id.desc())
        .limit(limit)
    )
    states = (
        _news_arm("state", Comment.id, CommentState.kind, CommentState.revision_number, CommentState.at)
        .select_from(CommentState)
        .join(Comment, Comment.id == CommentState.comment_id)
        .where(Comment.by_id == ME, CommentState.by_id != ME)
        .order_by(CommentState.id.desc())
        .limit(limit)
    )
    hidden = (
        _news_arm("hidden", Comment.id, Hiding.reason, cast(null(), String), Hiding.at)
        .select_from(Hiding)
        .join(Comment, Comment.id == Hiding.comment_id)
        .where(Comment.by_id == ME, or_(Hiding.lifted_at.is_(None), Hiding.lifted_at != Hiding.at))
        .order_by(Hiding.id.desc())
        .limit(limit)
    )
    thanked = (
        _news_arm("thanked", Thanks.id, Person.name, Thanks.text, Thanks.at)
        .select_from(Thanks)
        .join(Person, Person.id == Thanks.by_id)
        .where(Thanks.person_id == ME)
        .order_by(Thanks.id.desc())
        .limit(limit)
    )
    corrected = (
        _news_arm(
            "corrected",
            CorrectionAnswer.id,
            CorrectionAnswer.outcome,
            cast(null(), String),
            CorrectionAnswer.at,
        )
        .select_from(CorrectionAnswer)
        .join(CorrectionRequest, CorrectionRequest.id == CorrectionAnswer.request_id)
        .where(CorrectionRequest.person_id == ME)
        .order_by(CorrectionAnswer.id.desc())
        .limit(limit)
    )
    passwords = (
        _news_arm("password", AuditEvent.id, AuditEvent.verb, cast(null(), String), AuditEvent.at)
        .select_from(AuditEvent)
        .where(
            AuditEvent.subject == bindparam("account", type_=String),
            AuditEvent.verb.in_(("reset password", "gave way back")),
        )
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    drawn = (
        _news_arm("drawn", Training.id, Training.title, QueuePlace.place, Draw.at)
        .select_from(Enrolment)
        .join(QueuePlace, QueuePlace.enrolment_id == Enrolment.id)
        .join(Training, Training.id == Enrolment.training_id)
        .join(Draw, Draw.training_id == Training.id)
        .where(Enrolment.person_id == ME, Draw.at.is_not(None))
        .order_by(Draw.at.desc())
        .limit(limit)
    )
    called_off = (
        _news_arm(
            "called_off", Training.id, Training.title, TrainingCancellation.reason, TrainingCancellation.at
        )
        .select_from(Enrolment)
        .join(Training, Training.id == Enrolment.training_id)
        .join(TrainingCancellation, TrainingCancellation.training_id == Training.id)
        .where(Enrolment.person_id == ME)
        .order_by(TrainingCancellation.at.desc())
        .limit(limit)
    )
    settled = (
        _news_arm("settled", Learning.id, Learning.title, LearningVerdict.outcome, LearningVerdict.at)
        .select_from(LearningVerdict)
        .join(Learning, Learning.id == LearningVerdict.learning_id)
        .where(Learning.person_id == ME)
        .order_by(LearningVerdict.at.desc())
        .limit(limit)
    )
    endorsed = (
        _news_arm("endorsed", Training.id, Training.title, Endorsement.outcome, Endorsement.at)
        .select_from(Endorsement)
        .join(Enrolment, Enrolment.id == Endorsement.enrolment_id)
        .join(Training, Training.id == Enrolment.training_id)
        .where(Enrolment.person_id == ME)
        .order_by(Endorsement.at.desc())
        .limit(limit)
    )
    arms = [
        select(arm.subquery())
        for arm in (
            answers,
            lines,
            replies,
            ruled,
            comments,
            states,
            hidden,
            passwords,
            thanked,
            corrected,
            _results(limit),
            drawn,
            called_off,
            settled,
            endorsed,
        )
    ]
    together = union_all(*arms).subquery()
    return select(together).order_by(together.c.at.desc()).limit(limit)


def list_news(user: Any, limit: int = 8) -> list[News]:
    """The latest of what happened to my proposals, comments, quotes, concerns and password; three queries."""
    bound = {"me": user.id, "account": f"person:{user.id}"}
    found = [News(*row) for row in rows(_news(limit), bound)]
    found += [
        News("quoted", one.comment_id, one.title, str(one.version), one.at)
        for one in quotable.list_changed(user, limit)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]
