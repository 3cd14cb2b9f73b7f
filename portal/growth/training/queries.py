"""What the pages of training need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort
from sqlalchemy import and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import clock
from portal.db import db, rows
from portal.drafting.models import Line
from portal.growth.training import criteria, hours, rules
from portal.growth.training.criteria import Facts
from portal.growth.training.hours import Activity
from portal.growth.training.models import (
    Attendance,
    CalendarAddress,
    Completion,
    Draw,
    Endorsement,
    Enrolment,
    EnrolmentWithdrawal,
    Feedback,
    FeedbackGiven,
    Learning,
    LearningVerdict,
    Meeting,
    Need,
    QueuePlace,
    SeatOffer,
    Training,
    TrainingCancellation,
    TrainingNeed,
    Uptake,
)
from portal.people import shares
from portal.people.authority import tree
from portal.people.models import Person, Unit
from portal.plans.models import Plan

TWO_YEARS = timedelta(days=730)
SHOWN = 200
"""Rows of a long list that a page shows."""

_WHOLE = (
    joinedload(Training.unit),
    joinedload(Training.line),
    joinedload(Training.draw),
    joinedload(Training.cancellation),
    selectinload(Training.criteria),
    selectinload(Training.quotas),
)
_COURSE = (
    joinedload(Enrolment.withdrawal),
    joinedload(Enrolment.endorsement),
    joinedload(Enrolment.place),
    joinedload(Enrolment.completion),
    joinedload(Enrolment.uptake),
    selectinload(Enrolment.offers),
)


def get_training(training_id: int, organised: set[int] | None = None, *, alone: bool = False) -> Training:
    """The training, or 404 where there is none or it is a draft of a unit that one does not organise for.

    `alone` holds it until the transaction ends: whoever takes a seat or changes the list comes one after the other.
    """
    if alone:
        db.session.execute(select(Training.id).where(Training.id == training_id).with_for_update())
    found = db.session.scalar(select(Training).where(Training.id == training_id).options(*_WHOLE)) or abort(
        404
    )
    if found.draw is None and organised is not None and found.unit_id not in organised:
        abort(404)
    return found


def list_trainings(today: date, organised: set[int], *, past: bool = False) -> Sequence[Training]:
    """The calendar: what is to come or runs, the next first; or what is over, the latest first."""
    ended = Training.ends_on < today
    return db.session.scalars(
        select(Training)
        .outerjoin(Draw, Draw.training_id == Training.id)
        .where(ended if past else ~ended, or_(Draw.training_id.is_not(None), Training.unit_id.in_(organised)))
        .order_by(*((Training.ends_on.desc(),) if past else (Training.starts_on,)), Training.id)
        .limit(SHOWN)
        .options(joinedload(Training.unit), joinedload(Training.draw), joinedload(Training.cancellation))
    ).all()


def list_own(person_id: int) -> Sequence[Enrolment]:
    """Everything that a person applied for, the latest first."""
    return db.session.scalars(
        select(Enrolment)
        .join(Training, Training.id == Enrolment.training_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Training.starts_on.desc(), Enrolment.id.desc())
        .limit(SHOWN)
        .options(
            *_COURSE,
            joinedload(Enrolment.training).joinedload(Training.draw),
            joinedload(Enrolment.training).joinedload(Training.cancellation),
        )
    ).all()


def find_enrolment(training_id: int, person_id: int) -> Enrolment | None:
    return db.session.scalar(
        select(Enrolment)
        .where(Enrolment.training_id == training_id, Enrolment.person_id == person_id)
        .options(*_COURSE)
    )


def get_enrolment(enrolment_id: int, *, alone: bool = False) -> Enrolment:
    """An application with its training; `alone` holds the training."""
    training_id = db.session.scalar(
        select(Enrolment.training_id).where(Enrolment.id == enrolment_id)
    ) or abort(404)
    training = get_training(training_id, alone=alone)
    found = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .options(*_COURSE, joinedload(Enrolment.person), joinedload(Enrolment.unit))
    ).one()
    assert found.training is training
    return found


def _last_offer() -> Any:
    other = aliased(SeatOffer)
    return SeatOffer.number == (
        select(func.max(other.number))
        .where(other.enrolment_id == SeatOffer.enrolment_id)
        .correlate(SeatOffer)
        .scalar_subquery()
    )


def _stands() -> Any:
    """The condition that Enrolment was neither withdrawn nor refused."""
    return and_(
        ~exists(
            select(EnrolmentWithdrawal.at)
            .where(EnrolmentWithdrawal.enrolment_id == Enrolment.id)
            .correlate(Enrolment)
        ),
        ~exists(
            select(Endorsement.at)
            .where(Endorsement.enrolment_id == Enrolment.id, Endorsement.outcome == "refused")
            .correlate(Enrolment)
        ),
    )


def _taken(now: datetime) -> Any:
    """The condition that SeatOffer, joined to Enrolment, takes a seat now: held, or offered and still open."""
    return and_(
        _last_offer(),
        _stands(),
        or_(
            SeatOffer.answer == "accepted",
            and_(SeatOffer.answer.is_(None), or_(SeatOffer.until.is_(None), SeatOffer.until > now)),
        ),
    )


def count_taken(training_id: int, now: datetime) -> int:
    """Seats that somebody holds or is being offered."""
    return db.session.scalar(
        select(func.count(Enrolment.id))
        .join(SeatOffer, SeatOffer.enrolment_id == Enrolment.id)
        .where(Enrolment.training_id == training_id, _taken(now))
    ) or 0  # fmt: skip


def _waits() -> Any:
    """The condition that Enrolment stands on the waiting list and was offered nothing yet."""
    return and_(
        _stands(),
        exists(select(QueuePlace.place).where(QueuePlace.enrolment_id == Enrolment.id).correlate(Enrolment)),
        ~exists(select(SeatOffer.id).where(SeatOffer.enrolment_id == Enrolment.id).correlate(Enrolment)),
    )


def list_waiting(training_id: int) -> Sequence[int]:
    """The enrolments on the waiting list, the next first."""
    return db.session.scalars(
        select(Enrolment.id)
        .join(QueuePlace, QueuePlace.enrolment_id == Enrolment.id)
        .where(Enrolment.training_id == training_id, _waits())
        .order_by(QueuePlace.place)
    ).all()


def list_with_waiting(today: date) -> Sequence[int]:
    """Trainings that have not begun and have a waiting list."""
    return db.session.scalars(
        select(Training.id)
        .join(Draw, Draw.training_id == Training.id)
        .where(
            Draw.at.is_not(None),
            Training.starts_on > today,
            exists(select(Enrolment.id).where(Enrolment.training_id == Training.id, _waits())),
        )
        .order_by(Training.id)
    ).all()


def count_applied(training_ids: Sequence[int]) -> dict[int, int]:
    """How many applied and did not withdraw, by training."""
    found = rows(
        select(Enrolment.training_id, func.count(Enrolment.id))
        .where(
            Enrolment.training_id.in_(training_ids),
            ~exists(select(EnrolmentWithdrawal.at).where(EnrolmentWithdrawal.enrolment_id == Enrolment.id)),
        )
        .group_by(Enrolment.training_id)
    )
    return {training_id: number for training_id, number in found}


def list_seated(training_id: int, now: datetime) -> Sequence[Enrolment]:
    """Who holds a seat, by name."""
    return db.session.scalars(
        select(Enrolment)
        .join(SeatOffer, SeatOffer.enrolment_id == Enrolment.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.training_id == training_id,
            _taken(now),
            or_(SeatOffer.answer == "accepted", SeatOffer.until.is_(None)),
        )
        .order_by(Person.name, Enrolment.id)
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.unit),
            joinedload(Enrolment.completion),
            joinedload(Enrolment.withdrawal),
        )
    ).all()


def list_undecided(training_id: int) -> Sequence[Enrolment]:
    """Applications of which the superior has said nothing."""
    return db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.training_id == training_id,
            _stands(),
            ~exists(select(Endorsement.at).where(Endorsement.enrolment_id == Enrolment.id)),
        )
        .order_by(Enrolment.at)
    ).all()


def list_frozen(training: Training) -> Sequence[Enrolment]:
    """Who stands on the list of the draw: applied in time, neither refused nor withdrawn when it was frozen."""
    frozen_at = training.draw.frozen_at if training.draw else None
    left = exists(
        select(EnrolmentWithdrawal.at).where(
            EnrolmentWithdrawal.enrolment_id == Enrolment.id,
            EnrolmentWithdrawal.at <= (frozen_at or clock.now()),
        )
    )
    refused = exists(
        select(Endorsement.at).where(
            Endorsement.enrolment_id == Enrolment.id, Endorsement.outcome == "refused"
        )
    )
    return db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.training_id == training.id,
            ~left,
            ~refused,
            Enrolment.at < clock.end_of(training.closes_on),
        )
        .order_by(Enrolment.code)
        .options(joinedload(Enrolment.person), joinedload(Enrolment.withdrawal))
    ).all()


@dataclass(frozen=True)
class Learnt:
    """Something that somebody learnt, at a training of the portal or elsewhere."""

    person_id: int
    title: str
    place: str
    """`enrolment:3` or `learning:5`."""
    activity: Activity
    state: str
    """`completed`, or what the steward said of learning elsewhere: accepted, refused, waits."""


def list_learnt(people: Any, year: int | None = None) -> list[Learnt]:
    """Everything that these people (ids, or a statement of them) learnt, by person; two questions."""
    span = (
        (lambda column: column.between(date(year, 1, 1), date(year, 12, 31)))
        if year is not None
        else (lambda column: literal(True))
    )
    found = [
        Learnt(
            person_id,
            title,
            f"enrolment:{ref}",
            Activity(f"enrolment:{ref}", form, starts_on, ends_on, given, settled=True),
            "completed",
        )
        for person_id, ref, title, form, starts_on, ends_on, given in rows(
            select(
                Enrolment.person_id,
                Enrolment.id,
                Training.title,
                Training.form,
                Training.starts_on,
                Training.ends_on,
                Completion.training_hours,
            )
            .join(Training, Training.id == Enrolment.training_id)
            .join(Completion, Completion.enrolment_id == Enrolment.id)
            .where(Completion.outcome == "completed", Enrolment.person_id.in_(people), span(Training.ends_on))
        )
    ]
    found += [
        Learnt(
            person_id,
            title,
            f"learning:{ref}",
            Activity(
                f"learning:{ref}", form, starts_on, ends_on, printed if outcome is None else given,
                settled=outcome == "accepted",
            ),
            outcome or "waits",
        )
        for person_id, ref, title, form, starts_on, ends_on, printed, outcome, given in rows(
            select(
                Learning.person_id,
                Learning.id,
                Learning.title,
                Learning.form,
                Learning.starts_on,
                Learning.ends_on,
                Learning.hours,
                LearningVerdict.outcome,
                LearningVerdict.hours,
            )
            .outerjoin(LearningVerdict, LearningVerdict.learning_id == Learning.id)
            .where(Learning.person_id.in_(people), span(Learning.ends_on))
        )
    ]  # fmt: skip
    return found


def counted(learnt: Sequence[Learnt]) -> list[hours.Counted]:
    """The hours of one person's learning; what the steward refused does not count."""
    return hours.count(one.activity for one in learnt if one.state != "refused")


def hours_by_person(people: Any, year: int) -> dict[int, int]:
    """JP of a year, by person; who has none is missing."""
    by_person: dict[int, list[Learnt]] = {}
    for one in list_learnt(people, year):
        by_person.setdefault(one.person_id, []).append(one)
    return {person_id: hours.total(counted(own), year) for person_id, own in by_person.items()}


def facts(training: Training, people: Mapping[int, tuple[Any, int]]) -> dict[int, Facts]:
    """What the criteria ask of these people: by person id the person (status, post) and the unit they apply from."""
    tests = {one.test for one in training.criteria}
    ids: Any = list(people)
    if len(ids) > 100:
        ids = select(Enrolment.person_id).where(Enrolment.training_id == training.id)
    earned = hours_by_person(ids, training.starts_on.year) if "few_hours" in tests else {}
    knows: set[int] = set()
    if "new_topic" in tests:
        knows = {
            person_id
            for (person_id,) in rows(
                select(Enrolment.person_id)
                .join(Training, Training.id == Enrolment.training_id)
                .join(Completion, Completion.enrolment_id == Enrolment.id)
                .where(
                    Enrolment.person_id.in_(ids),
                    Completion.outcome == "completed",
                    func.lower(Training.topic) == training.topic.lower(),
                    Training.id != training.id,
                )
            )
        }
    seated: set[int] = set()
    if "unit_without_seat" in tests:
        seated = {
            unit_id
            for (unit_id,) in rows(
                select(Enrolment.unit_id)
                .distinct()
                .join(SeatOffer, SeatOffer.enrolment_id == Enrolment.id)
                .join(Training, Training.id == Enrolment.training_id)
                .where(
                    _taken(clock.now()),
                    Training.id != training.id,
                    Training.starts_on >= training.starts_on - TWO_YEARS,
                    ~_is_cancelled(),
                )
            )
        }
    return {
        person_id: criteria.facts_of(
            person,
            unit_id,
            hours=earned.get(person_id, 0),
            knows_topic=person_id in knows,
            unit_had_seat=unit_id in seated,
        )
        for person_id, (person, unit_id) in people.items()
    }


def line_owner(training: Training) -> int | None:
    return training.line.unit_id if training.line else None


def points(training: Training, enrolments: Sequence[Enrolment]) -> dict[int, int]:
    """The points of each application, by its id."""
    known = facts(training, {one.person_id: (one.person, one.unit_id) for one in enrolments})
    return {
        one.id: criteria.points(training.criteria, known[one.person_id], line_owner(training))
        for one in enrolments
    }


def agency_of(unit_id: int) -> int:
    """The unit right below the regency in which this one lies: for it the most seats are counted."""
    path = tree().up(unit_id)
    return path[-2] if len(path) > 1 else path[0]


@dataclass(frozen=True)
class Place:
    """A row of the published order."""

    place: int
    code: str
    points: int
    draw_key: str | None
    enrolment_id: int
    offered: bool
    """Whether a seat was ever offered."""
    answer: str | None
    until: datetime | None
    is_gone: bool

    def word(self, now: datetime) -> str:
        """The state that everybody may read beside a code."""
        if self.is_gone:
            return "withdrawn"
        if not self.offered:
            return "waiting"
        if self.answer == "declined":
            return "lapsed"
        if self.answer == "accepted":
            return "confirmed"
        if self.until is None:
            return "seat"
        return "offered" if self.until > now else "lapsed"


def list_places(training_id: int, limit: int | None = None, own: int | None = None) -> list[Place]:
    """The order of the draw by code, without names; `own` is listed wherever it stands."""
    statement = (
        select(
            QueuePlace.place,
            Enrolment.code,
            QueuePlace.points,
            QueuePlace.draw_key,
            Enrolment.id,
            SeatOffer.id.is_not(None),
            SeatOffer.answer,
            SeatOffer.until,
            case((EnrolmentWithdrawal.at.is_not(None), True), else_=False),
        )
        .join(Enrolment, Enrolment.id == QueuePlace.enrolment_id)
        .outerjoin(SeatOffer, and_(SeatOffer.enrolment_id == Enrolment.id, _last_offer()))
        .outerjoin(EnrolmentWithdrawal, EnrolmentWithdrawal.enrolment_id == Enrolment.id)
        .where(QueuePlace.training_id == training_id)
        .order_by(QueuePlace.place)
    )
    if limit is not None:
        statement = statement.where(or_(QueuePlace.place <= limit, QueuePlace.enrolment_id == own))
    return [Place(*row) for row in rows(statement)]


def list_listed(training_id: int, limit: int, own: int | None = None) -> list[tuple[str, int, int]]:
    """The frozen list before the draw: code, points, enrolment; the most points first, `own` in any case."""
    by_points = (
        select(Enrolment.id)
        .where(Enrolment.training_id == training_id, Enrolment.points.is_not(None))
        .order_by(Enrolment.points.desc(), Enrolment.code)
        .limit(limit)
    )
    found = rows(
        select(Enrolment.code, Enrolment.points, Enrolment.id)
        .where(or_(Enrolment.id.in_(by_points), Enrolment.id == own), Enrolment.points.is_not(None))
        .order_by(Enrolment.points.desc(), Enrolment.code)
    )
    return [(code, points, enrolment_id) for code, points, enrolment_id in found]


def published(training: Training) -> dict[str, Any] | None:
    """The draw as anyone can recompute it, its agencies by letters that name none; None while nothing was drawn."""
    made = training.draw
    if made is None or made.at is None or made.seed_b is None:
        return None
    first = aliased(SeatOffer)
    found = rows(
        select(Enrolment.code, QueuePlace.points, QueuePlace.place, Enrolment.unit_id, first.id.is_not(None))
        .join(QueuePlace, QueuePlace.enrolment_id == Enrolment.id)
        .outerjoin(first, and_(first.enrolment_id == Enrolment.id, first.number == 1, first.until.is_(None)))
        .where(QueuePlace.training_id == training.id)
        .order_by(QueuePlace.place)
    )
    least = next((one for one in training.quotas if one.least is not None), None)
    agencies: dict[int, str] = {}
    for _code, _points, _place, unit_id, _seated in found:
        agencies.setdefault(agency_of(unit_id), f"A{len(agencies) + 1}")
    return {
        "commitment_a": made.commitment_a,
        "commitment_b": made.commitment_b,
        "seed_a": made.seed_a,
        "seed_b": made.seed_b,
        "list_sha256": made.list_sha256,
        "seats": training.seats,
        "most": next((one.most for one in training.quotas if one.most is not None), None),
        "least": least.least if least else None,
        "enrolments": [
            {
                "code": code,
                "points": given,
                "place": place,
                "agency": agencies[agency_of(unit_id)],
                "minimum": least is not None and criteria.is_in_group(least, unit_id),
                "seated": bool(seated),
            }
            for code, given, place, unit_id, seated in found
        ],
    }


# Meetings and results


def list_meetings(training_id: int) -> Sequence[Meeting]:
    return db.session.scalars(
        select(Meeting).where(Meeting.training_id == training_id).order_by(Meeting.starts_at, Meeting.id)
    ).all()


def get_meeting(meeting_id: int, *, alone: bool = False) -> tuple[Meeting, Training]:
    found = db.session.get(Meeting, meeting_id) or abort(404)
    return found, get_training(found.training_id, alone=alone)


def attended(training_id: int) -> dict[int, int]:
    """Minutes of attendance altogether, by enrolment."""
    found = rows(
        select(Attendance.enrolment_id, func.sum(Attendance.minutes))
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Meeting.training_id == training_id)
        .group_by(Attendance.enrolment_id)
    )
    return {enrolment_id: int(minutes) for enrolment_id, minutes in found}


def attended_at(meeting_id: int) -> dict[int, int]:
    found = rows(
        select(Attendance.enrolment_id, Attendance.minutes).where(Attendance.meeting_id == meeting_id)
    )
    return {enrolment_id: minutes for enrolment_id, minutes in found}


def has_completions(training_id: int) -> bool:
    return bool(
        db.session.scalar(
            select(func.count(Completion.enrolment_id))
            .join(Enrolment, Enrolment.id == Completion.enrolment_id)
            .where(Enrolment.training_id == training_id)
        )
    )


def find_certificate(code: str) -> Enrolment | None:
    """The completed training of a certificate's code."""
    return db.session.scalar(
        select(Enrolment)
        .join(Completion, Completion.enrolment_id == Enrolment.id)
        .where(Completion.code == code)
        .options(
            joinedload(Enrolment.completion),
            joinedload(Enrolment.person),
            joinedload(Enrolment.training).joinedload(Training.unit),
        )
    )


@dataclass(frozen=True)
class Opinion:
    """Feedback of a training; means and sentences only from five answers."""

    answers: int
    content: float | None = None
    teaching: float | None = None
    use: float | None = None
    texts: tuple[str, ...] = ()


def opinion(training_id: int) -> Opinion:
    given = db.session.scalars(
        select(Feedback).where(Feedback.training_id == training_id).order_by(Feedback.id)
    ).all()
    number = len(given)
    if number < rules.SMALLEST:
        return Opinion(number)
    return Opinion(
        number,
        sum(one.content_score for one in given) / number,
        sum(one.teaching_score for one in given) / number,
        sum(one.use_score for one in given) / number,
        tuple(one.text for one in given if one.text),
    )


def has_given_feedback(training_id: int, person_id: int) -> bool:
    return db.session.get(FeedbackGiven, (training_id, person_id)) is not None


def may_give_feedback(own: Enrolment | None) -> bool:
    """Whether somebody was there and has not said yet how it was."""
    if own is None:
        return False
    there = exists(select(Attendance.minutes).where(Attendance.enrolment_id == own.id))
    return bool(db.session.scalar(select(there))) and not has_given_feedback(own.training_id, own.person_id)


def used(training_id: int) -> shares.Cell | None:
    """How many of those who answered after ninety days use it, also partly."""
    answers, said = rows(
        select(func.count(Uptake.enrolment_id), func.coalesce(func.sum(_uses()), 0))
        .join(Enrolment, Enrolment.id == Uptake.enrolment_id)
        .where(Enrolment.training_id == training_id)
    )[0]
    return rules.share_of_use(answers, int(said))


def _uses() -> Any:
    return case((Uptake.used == "not_yet", 0), else_=1)


# Needs, learning elsewhere, the calendar


@dataclass(frozen=True)
class Topic:
    """A topic that is needed: how many people in how many units, and the trainings that meet it."""

    topic: str
    people: int
    units: int
    needs: tuple[Need, ...]


def _is_cancelled() -> Any:
    """The condition that Training was cancelled."""
    return exists(
        select(TrainingCancellation.at)
        .where(TrainingCancellation.training_id == Training.id)
        .correlate(Training)
    )


def list_needs() -> list[Topic]:
    """What is needed and no published training meets, by topic, the most people first."""
    found = db.session.scalars(
        select(Need)
        .where(
            ~exists(
                select(TrainingNeed.need_id)
                .join(Draw, Draw.training_id == TrainingNeed.training_id)
                .join(Training, Training.id == TrainingNeed.training_id)
                .where(TrainingNeed.need_id == Need.id, ~_is_cancelled())
            )
        )
        .order_by(Need.id.desc())
        .limit(1000)
        .options(joinedload(Need.unit), joinedload(Need.line))
    ).all()
    by_topic: dict[str, list[Need]] = {}
    for need in found:
        by_topic.setdefault(" ".join(need.topic.casefold().split()), []).append(need)
    topics = [
        Topic(
            needs[0].topic,
            sum(one.people for one in needs),
            len({one.unit_id for one in needs}),
            tuple(needs),
        )
        for needs in by_topic.values()
    ]
    return sorted(topics, key=lambda one: (-one.people, one.topic))


def needs_to_choose(unit_ids: set[int], training_id: int | None = None) -> list[tuple[int, str]]:
    """Needs of these units that no training meets yet (but this one)."""
    other = exists(
        select(TrainingNeed.need_id)
        .join(Training, Training.id == TrainingNeed.training_id)
        .where(
            TrainingNeed.need_id == Need.id, TrainingNeed.training_id != (training_id or 0), ~_is_cancelled()
        )
    )
    found = rows(
        select(Need.id, Need.topic, Need.people, Unit.name)
        .join(Unit, Unit.id == Need.unit_id)
        .where(~other, Need.unit_id.in_(unit_ids))
        .order_by(Need.id.desc())
        .limit(SHOWN)
    )
    return [(need_id, f"{topic}, {unit} ({people})") for need_id, topic, people, unit in found]


def needs_of(training_id: int) -> Sequence[Need]:
    return db.session.scalars(
        select(Need)
        .join(TrainingNeed, TrainingNeed.need_id == Need.id)
        .where(TrainingNeed.training_id == training_id)
        .order_by(Need.id)
        .options(joinedload(Need.unit))
    ).all()


def lines_to_choose(unit_ids: set[int], year: int) -> list[tuple[int, str]]:
    """Standing lines of these units from the year before to the year after, that may pay for a training."""
    found = rows(
        select(Line.id, Line.code, Line.name, Plan.year)
        .join(Plan, Plan.id == Line.plan_id)
        .where(Line.unit_id.in_(unit_ids), Line.dropped_at.is_(None), Plan.year.between(year - 1, year + 1))
        .order_by(Plan.year.desc(), Plan.edition.desc(), Line.position)
        .limit(1000)
    )
    return [(line_id, f"{plan_year}, {code} {name}") for line_id, code, name, plan_year in found]


def get_learning(learning_id: int, *, alone: bool = False) -> Learning:
    if alone:
        db.session.execute(select(Learning.id).where(Learning.id == learning_id).with_for_update())
    return db.session.scalar(
        select(Learning)
        .where(Learning.id == learning_id)
        .options(joinedload(Learning.person).joinedload(Person.unit), joinedload(Learning.verdict))
    ) or abort(404)


def list_learnings(person_id: int) -> Sequence[Learning]:
    """One's own learning elsewhere, the latest first."""
    return db.session.scalars(
        select(Learning)
        .where(Learning.person_id == person_id)
        .order_by(Learning.ends_on.desc(), Learning.id.desc())
        .options(joinedload(Learning.verdict))
    ).all()


def list_unsettled(unit_ids: set[int]) -> Sequence[Learning]:
    """What waits for a steward's word, the oldest first."""
    return db.session.scalars(
        select(Learning)
        .join(Person, Person.id == Learning.person_id)
        .where(
            Person.unit_id.in_(unit_ids),
            ~exists(select(LearningVerdict.at).where(LearningVerdict.learning_id == Learning.id)),
        )
        .order_by(Learning.at, Learning.id)
        .limit(SHOWN)
        .options(joinedload(Learning.person).joinedload(Person.unit))
    ).all()


def find_same(person_id: int, issuer: str, number: str) -> Learning | None:
    """The same certificate of this person, recorded before."""
    return db.session.scalar(
        select(Learning).where(
            Learning.person_id == person_id, Learning.issuer == issuer, Learning.number == number
        )
    )


def find_similar(person_id: int, title: str, starts_on: date, ends_on: date) -> Learning | None:
    """One of the same title and days under another number: maybe recorded twice."""
    return db.session.scalar(
        select(Learning)
        .where(
            Learning.person_id == person_id,
            func.lower(Learning.title) == title.lower(),
            Learning.starts_on == starts_on,
            Learning.ends_on == ends_on,
        )
        .limit(1)
    )


def find_address(person_id: int) -> CalendarAddress | None:
    """The calendar address that stands."""
    return db.session.scalar(
        select(CalendarAddress)
        .where(CalendarAddress.person_id == person_id, CalendarAddress.revoked_at.is_(None))
        .order_by(CalendarAddress.id.desc())
        .limit(1)
    )


def list_calendar(person_id: int, now: datetime) -> list[tuple[Training, list[Meeting]]]:
    """The trainings in which a person has a seat, with their meetings; those of the last year and to come."""
    found = db.session.scalars(
        select(Training)
        .join(Enrolment, Enrolment.training_id == Training.id)
        .join(SeatOffer, SeatOffer.enrolment_id == Enrolment.id)
        .where(
            Enrolment.person_id == person_id,
            _taken(now),
            Training.ends_on >= clock.day_of(now) - timedelta(days=366),
            ~_is_cancelled(),
        )
        .order_by(Training.starts_on, Training.id)
    ).all()
    meetings: dict[int, list[Meeting]] = {}
    for meeting in db.session.scalars(
        select(Meeting)
        .where(Meeting.training_id.in_([one.id for one in found]))
        .order_by(Meeting.starts_at, Meeting.id)
    ):
        meetings.setdefault(meeting.training_id, []).append(meeting)
    return [(one, meetings.get(one.id, [])) for one in found]


def is_in_post(person_id: int) -> bool:
    person = db.session.get(Person, person_id)
    return person is not None and person.is_in_post


@dataclass(frozen=True)
class Reported:
    """A row of the training report."""

    training: Training
    applied: int
    seated: int
    completed: int
    units: int
    scores: tuple[int, float | None]
    """Answers, and the mean of the three scores."""
    used: shares.Cell | None
    """Of the answers after ninety days, those that say yes or partly."""


def list_reported(year: int) -> list[Reported]:
    """Every published training that began in a year, with its counts; five questions."""
    trainings = db.session.scalars(
        select(Training)
        .join(Draw, Draw.training_id == Training.id)
        .where(Training.starts_on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(Training.starts_on, Training.id)
        .options(joinedload(Training.unit), joinedload(Training.line), joinedload(Training.cancellation))
    ).all()
    ids = select(Training.id).where(Training.starts_on.between(date(year, 1, 1), date(year, 12, 31)))
    applied = {
        one: (number, units)
        for one, number, units in rows(
            select(
                Enrolment.training_id, func.count(Enrolment.id), func.count(func.distinct(Enrolment.unit_id))
            )
            .where(Enrolment.training_id.in_(ids))
            .group_by(Enrolment.training_id)
        )
    }
    seated = {
        one: (number, units)
        for one, number, units in rows(
            select(
                Enrolment.training_id, func.count(Enrolment.id), func.count(func.distinct(Enrolment.unit_id))
            )
            .join(SeatOffer, SeatOffer.enrolment_id == Enrolment.id)
            .where(Enrolment.training_id.in_(ids), _taken(clock.now()))
            .group_by(Enrolment.training_id)
        )
    }
    completed = {
        one: number
        for one, number in rows(
            select(Enrolment.training_id, func.count(Completion.enrolment_id))
            .join(Completion, Completion.enrolment_id == Enrolment.id)
            .where(Enrolment.training_id.in_(ids), Completion.outcome == "completed")
            .group_by(Enrolment.training_id)
        )
    }
    scores = {
        one: (number, float(total) / (3 * number))
        for one, number, total in rows(
            select(
                Feedback.training_id,
                func.count(Feedback.id),
                func.sum(Feedback.content_score + Feedback.teaching_score + Feedback.use_score),
            )
            .where(Feedback.training_id.in_(ids))
            .group_by(Feedback.training_id)
        )
    }
    used_by = {
        one: rules.share_of_use(number, int(said))
        for one, number, said in rows(
            select(
                Enrolment.training_id,
                func.count(Uptake.enrolment_id),
                func.sum(_uses()),
            )
            .join(Uptake, Uptake.enrolment_id == Enrolment.id)
            .where(Enrolment.training_id.in_(ids))
            .group_by(Enrolment.training_id)
        )
    }
    return [
        Reported(
            one,
            applied.get(one.id, (0, 0))[0],
            *seated.get(one.id, (0, 0))[:1],
            completed.get(one.id, 0),
            seated.get(one.id, (0, 0))[1],
            scores.get(one.id, (0, None)),
            used_by.get(one.id),
        )
        for one in trainings
    ]


def hours_of_training(training_ids: Sequence[int], forms: Mapping[int, str]) -> dict[int, int]:
    """JP of trainings, by id."""
    held: dict[int, list[tuple[date, int]]] = {}
    for training_id, starts_at, minutes in rows(
        select(Meeting.training_id, Meeting.starts_at, Meeting.minutes).where(
            Meeting.training_id.in_(training_ids)
        )
    ):
        held.setdefault(training_id, []).append((clock.day_of(starts_at), minutes))
    return {one: hours.of_training(forms[one], meetings) for one, meetings in held.items()}
