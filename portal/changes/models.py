"""Change initiatives, their versioned notices, what each person understood, and the register of concerns."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, choice, to
from portal.discussion.models import VOICES, Thread
from portal.people.models import Duty, Person, Unit

BARRIERS = ("awareness", "desire", "knowledge", "ability", "reinforcement")


class Initiative(Base):
    __tablename__ = "initiative"
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id")
    title: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    by: Mapped[Person] = relationship()
    duty: Mapped[Duty | None] = relationship()


class Notice(Base):
    """A change notice. It is published with its first revision; what is being written is a Draft."""

    __tablename__ = "notice"
    id: Mapped[Id]
    initiative_id: Mapped[int] = to("initiative.id")
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    asks_acknowledgement: Mapped[bool] = mapped_column(Boolean, default=True)
    due_on: Mapped[date | None]

    initiative: Mapped[Initiative] = relationship()
    thread: Mapped[Thread] = relationship()
    revisions: Mapped[list[NoticeRevision]] = relationship(
        back_populates="notice", order_by="NoticeRevision.number"
    )
    audience: Mapped[list[Audience]] = relationship(back_populates="notice")


class NoticeRevision(Base):
    """The five parts as they were published; `material` asks everyone again."""

    __tablename__ = "notice_revision"
    __table_args__ = (UniqueConstraint("notice_id", "number"),)
    id: Mapped[Id]
    notice_id: Mapped[int] = to("notice.id", index=False)
    number: Mapped[int]
    what: Mapped[str]
    why: Mapped[str]
    benefit: Mapped[str]
    when: Mapped[str]
    still_open: Mapped[str]
    material: Mapped[bool] = mapped_column(Boolean, default=True)
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]

    notice: Mapped[Notice] = relationship(back_populates="revisions")
    by: Mapped[Person] = relationship()
    duty: Mapped[Duty | None] = relationship()


class Audience(Base):
    """A unit (and below) that the notice is for, where wanted only one employment status of it."""

    __tablename__ = "audience"
    __table_args__ = (UniqueConstraint("notice_id", "unit_id", "status"),)
    id: Mapped[Id]
    notice_id: Mapped[int] = to("notice.id", index=False)
    unit_id: Mapped[int] = to("unit.id")
    status: Mapped[str | None] = mapped_column(String(40))

    notice: Mapped[Notice] = relationship(back_populates="audience")
    unit: Mapped[Unit] = relationship()


class Acknowledgement(Base):
    """One person's answer to one version; the latest counts."""

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("revision_id", "person_id", "kind"),)
    id: Mapped[Id]
    revision_id: Mapped[int] = to("notice_revision.id", index=False)
    person_id: Mapped[int] = to("person.id")
    kind: Mapped[str] = mapped_column(choice("kind", "understood", "concerned", "unclear"))
    at: Mapped[datetime]

    revision: Mapped[NoticeRevision] = relationship()


class Concern(Base):
    __tablename__ = "concern"
    id: Mapped[Id]
    notice_id: Mapped[int] = to("notice.id")
    by_id: Mapped[int] = to("person.id")
    unit_id: Mapped[int] = to("unit.id", index=False)
    voice: Mapped[str] = mapped_column(choice("voice", *VOICES), default="named")
    body: Mapped[str]
    barrier: Mapped[str | None] = mapped_column(choice("barrier", *BARRIERS))
    answer_due_on: Mapped[date] = mapped_column(index=True)
    at: Mapped[datetime]

    notice: Mapped[Notice] = relationship()
    by: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()
    replies: Mapped[list[Reply]] = relationship(back_populates="concern", order_by="Reply.number")


class Reply(Base):
    """A leader's published reply; the last one gives the concern's state."""

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("concern_id", "number"),)
    id: Mapped[Id]
    concern_id: Mapped[int] = to("concern.id", index=False)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(choice("kind", "answered", "changed", "accepted_risk"))
    text: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]

    concern: Mapped[Concern] = relationship(back_populates="replies")
    by: Mapped[Person] = relationship()
    duty: Mapped[Duty | None] = relationship()


class Pulse(Base):
    __tablename__ = "pulse"
    __table_args__ = (UniqueConstraint("initiative_id", "number"),)
    id: Mapped[Id]
    initiative_id: Mapped[int] = to("initiative.id", index=False)
    number: Mapped[int]
    opens_on: Mapped[date]
    closes_on: Mapped[date]


class PulseAnswer(Base):
    """Five scores from 1 to 5; the person is emptied when the pulse closes."""

    __tablename__ = "pulse_answer"
    __table_args__ = (UniqueConstraint("pulse_id", "person_id"),)
    id: Mapped[Id]
    pulse_id: Mapped[int] = mapped_column(ForeignKey("pulse.id"))
    person_id: Mapped[int | None] = to("person.id")
    unit_id: Mapped[int] = to("unit.id", index=False)
    awareness: Mapped[int] = mapped_column(Integer)
    desire: Mapped[int] = mapped_column(Integer)
    knowledge: Mapped[int] = mapped_column(Integer)
    ability: Mapped[int] = mapped_column(Integer)
    reinforcement: Mapped[int] = mapped_column(Integer)
