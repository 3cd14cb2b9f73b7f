"""Trainings with scarce seats, who applied and was chosen how, who was there, and hours of learning done elsewhere."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, Label, Name, Sha256, Word, choice, to
from portal.drafting.models import Line
from portal.people.models import Person, Unit

NEED_SOURCES = ("plan", "pulse", "gap", "request")
MODES = ("onsite", "online", "mixed")
CRITERION_KINDS = ("must", "points")
MUST = ("status", "unit", "post")
POINTS = ("few_hours", "new_topic", "unit_without_seat", "line_owner", "unit")
GROUPS = ("district",)


class Need(Base):
    """So many people of a unit need a training on a topic; a count, never a person's assessment."""

    __tablename__ = "need"
    __table_args__ = (CheckConstraint("people >= 1", name="people"),)
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id")
    line_id: Mapped[int | None] = to("line.id")
    topic: Mapped[Label]
    source: Mapped[str] = mapped_column(choice("source", *NEED_SOURCES))
    people: Mapped[int]
    text: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    line: Mapped[Line | None] = relationship()


class Training(Base):
    """A training of a unit, paid from a line of a plan. It is published by its `Draw`; until then it is a draft."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("seats >= 1", name="seats"),
        CheckConstraint("min_attendance BETWEEN 1 AND 100", name="min_attendance"),
        CheckConstraint(
            "opens_on < closes_on AND closes_on <= starts_on AND starts_on <= ends_on", name="order"
        ),
        Index("ix_training_starts_on", "starts_on"),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id")
    line_id: Mapped[int | None] = to("line.id")
    title: Mapped[Label]
    topic: Mapped[Label]
    form: Mapped[str] = mapped_column(String(10))
    """Its code in the conversion table."""
    mode: Mapped[str] = mapped_column(choice("mode", *MODES))
    seats: Mapped[int]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    place: Mapped[Label]
    text: Mapped[str]
    min_attendance: Mapped[int]
    asks_endorsement: Mapped[bool]
    has_test: Mapped[bool]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    line: Mapped[Line | None] = relationship()
    criteria: Mapped[list[Criterion]] = relationship(
        order_by="Criterion.position", cascade="all, delete-orphan"
    )
    quotas: Mapped[list[Quota]] = relationship(order_by="Quota.position", cascade="all, delete-orphan")
    draw: Mapped[Draw | None] = relationship()
    cancellation: Mapped[TrainingCancellation | None] = relationship()


class TrainingNeed(Base):
    """A need that a training meets."""

    __tablename__ = "training_need"
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), primary_key=True, autoincrement=False)
    need_id: Mapped[int] = mapped_column(
        ForeignKey("need.id"), primary_key=True, autoincrement=False, index=True
    )


class TrainingCancellation(Base):
    __tablename__ = "training_cancellation"
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]


class Criterion(Base):
    """Who may apply (`must`), or what gives points; a test that the portal can compute, with its value as text."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("training_id", "position"),
        CheckConstraint("(kind = 'points') = (points > 0)", name="points"),
    )
    id: Mapped[Id]
    training_id: Mapped[int] = to("training.id", index=False)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(choice("kind", *CRITERION_KINDS))
    test: Mapped[Word]
    value: Mapped[Label]
    points: Mapped[int]


class Quota(Base):
    """The most seats that any one unit may take (no unit, no group), or the fewest of a unit or group."""

    __tablename__ = "quota"
    __table_args__ = (UniqueConstraint("training_id", "position"),)
    id: Mapped[Id]
    training_id: Mapped[int] = to("training.id", index=False)
    position: Mapped[int]
    unit_id: Mapped[int | None] = to("unit.id", index=False)
    group: Mapped[Word | None]
    least: Mapped[int | None]
    most: Mapped[int | None]


class Meeting(Base):
    __tablename__ = "meeting"
    __table_args__ = (CheckConstraint("minutes >= 1", name="minutes"),)
    id: Mapped[Id]
    training_id: Mapped[int] = to("training.id")
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[Label]
    code_seed: Mapped[Sha256]
    """From which the code on the wall is made."""

    training: Mapped[Training] = relationship()


class Enrolment(Base):
    """An application for a seat. `code` stands for the person wherever others look."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("training_id", "person_id"), UniqueConstraint("training_id", "code"))
    id: Mapped[Id]
    training_id: Mapped[int] = to("training.id", index=False)
    person_id: Mapped[int] = to("person.id")
    code: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = to("unit.id")
    """The unit of the person as it was."""
    at: Mapped[datetime]
    points: Mapped[int | None]
    """As they were when the list was frozen; None for who does not stand on it."""

    training: Mapped[Training] = relationship()
    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()
    withdrawal: Mapped[EnrolmentWithdrawal | None] = relationship()
    endorsement: Mapped[Endorsement | None] = relationship()
    place: Mapped[QueuePlace | None] = relationship()
    offers: Mapped[list[SeatOffer]] = relationship(order_by="SeatOffer.number")
    completion: Mapped[Completion | None] = relationship(back_populates="enrolment")
    uptake: Mapped[Uptake | None] = relationship()


class EnrolmentWithdrawal(Base):
    __tablename__ = "enrolment_withdrawal"
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]


class Endorsement(Base):
    """The superior's word; where there is none within the days for it, silence endorses."""

    __tablename__ = "endorsement"
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id"), primary_key=True, autoincrement=False
    )
    outcome: Mapped[str] = mapped_column(choice("outcome", "endorsed", "refused"))
    reason: Mapped[str | None]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]


class Draw(Base):
    """How the seats are drawn: what was fixed beforehand, the frozen list, and the seeds once they are told."""

    __tablename__ = "draw"
    __table_args__ = (
        CheckConstraint("seed_b IS NULL OR seed_a IS NOT NULL", name="order"),
        CheckConstraint("at IS NULL OR list_sha256 IS NOT NULL", name="list"),
    )
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), primary_key=True, autoincrement=False)
    commitment_a: Mapped[Sha256]
    commitment_b: Mapped[str | None] = mapped_column(String(64))
    list_sha256: Mapped[str | None] = mapped_column(String(64))
    frozen_at: Mapped[datetime | None]
    seed_a: Mapped[str | None] = mapped_column(String(100))
    seed_b: Mapped[str | None] = mapped_column(String(100))
    at: Mapped[datetime | None]
    by_id: Mapped[int] = to("person.id", index=False)
    published_at: Mapped[datetime]
    b_by_id: Mapped[int | None] = to("person.id", index=False)


class QueuePlace(Base):
    """A place in the order of the draw, before quotas."""

    __tablename__ = "queue_place"
    __table_args__ = (UniqueConstraint("training_id", "place"),)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id"), primary_key=True, autoincrement=False
    )
    training_id: Mapped[int] = to("draw.training_id", index=False)
    points: Mapped[int]
    draw_key: Mapped[str | None] = mapped_column(String(64))
    """None where there were seats for all and nothing was drawn."""
    place: Mapped[int]


class SeatOffer(Base):
    """A seat for one person. `until` is None for one that is theirs; a freed one is held until then."""

    __tablename__ = "seat_offer"
    __table_args__ = (UniqueConstraint("enrolment_id", "number"),)
    id: Mapped[Id]
    enrolment_id: Mapped[int] = to("enrolment.id", index=False)
    number: Mapped[int]
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(choice("answer", "accepted", "declined"))
    answered_at: Mapped[datetime | None]

    enrolment: Mapped[Enrolment] = relationship(back_populates="offers")


class Attendance(Base):
    __tablename__ = "attendance"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True, autoincrement=False)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id"), primary_key=True, autoincrement=False, index=True
    )
    minutes: Mapped[int]


class Completion(Base):
    """How a participant ended; `code` leads to the public check of the certificate."""

    __tablename__ = "completion"
    __table_args__ = (CheckConstraint("(outcome = 'completed') = (code IS NOT NULL)", name="code"),)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id"), primary_key=True, autoincrement=False
    )
    outcome: Mapped[str] = mapped_column(choice("outcome", "completed", "not_completed"))
    training_hours: Mapped[int]
    number: Mapped[str | None] = mapped_column(String(60))
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]

    enrolment: Mapped[Enrolment] = relationship(back_populates="completion")


class FeedbackGiven(Base):
    """That somebody gave feedback, so that they give it once; what they said stands apart."""

    __tablename__ = "feedback_given"
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True
    )


class Feedback(Base):
    """Three scores and a sentence on a training: no person, no time, a random id that tells no order."""

    __tablename__ = "feedback"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    training_id: Mapped[int] = to("training.id")
    content_score: Mapped[int]
    teaching_score: Mapped[int]
    use_score: Mapped[int]
    text: Mapped[str]


class Uptake(Base):
    """What became of what was learnt, asked after ninety days."""

    __tablename__ = "uptake"
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id"), primary_key=True, autoincrement=False
    )
    used: Mapped[str] = mapped_column(choice("used", "yes", "partly", "not_yet"))
    line_id: Mapped[int | None] = to("line.id")
    text: Mapped[str]
    at: Mapped[datetime]

    line: Mapped[Line | None] = relationship()


class Learning(Base):
    """Learning done elsewhere, with its certificate."""

    __tablename__ = "learning"
    __table_args__ = (
        UniqueConstraint("person_id", "issuer", "number"),
        CheckConstraint("starts_on <= ends_on", name="order"),
    )
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id", index=False)
    title: Mapped[Label]
    form: Mapped[str] = mapped_column(String(10))
    issuer: Mapped[Label]
    number: Mapped[str] = mapped_column(String(100))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    minutes: Mapped[int | None]
    hours: Mapped[int]
    """JP as printed on the certificate."""
    kept_at: Mapped[Name]
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    verdict: Mapped[LearningVerdict | None] = relationship()


class LearningVerdict(Base):
    __tablename__ = "learning_verdict"
    learning_id: Mapped[int] = mapped_column(ForeignKey("learning.id"), primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(choice("outcome", "accepted", "refused"))
    hours: Mapped[int]
    reason: Mapped[str | None]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int] = to("duty.id", index=False)
    at: Mapped[datetime]


class CalendarAddress(Base):
    """A secret address under which a calendar program reads one's trainings; it stands until it is revoked."""

    __tablename__ = "calendar_address"
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id")
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
