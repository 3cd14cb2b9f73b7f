"""What staff propose to a plan, who supports it, and what was officially answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, choice, to
from portal.discussion.models import VOICES, Thread
from portal.people.models import Duty, Person, Unit
from portal.plans.models import Plan, SubActivity

ANSWERS = ("accepted", "partly", "joined", "deferred", "declined", "forwarded", "returned")
GROUNDS = (
    "outside_authority",
    "no_ceiling",
    "already_planned",
    "barred_by_rule",
    "better_alternative",
    "needs_repair",
)


class Cluster(Base):
    """A joint proposal; the originals stay readable."""

    __tablename__ = "cluster"
    id: Mapped[Id]
    plan_id: Mapped[int] = to("plan.id")
    title: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]


class Proposal(Base):
    """A proposal's head. Its words stand in its latest revision; its state follows from its deeds."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        Index("ix_proposal_plan_id_submitted_at", "plan_id", "submitted_at"),
    )
    id: Mapped[Id]
    plan_id: Mapped[int] = to("plan.id", index=False)
    number: Mapped[int]
    by_id: Mapped[int] = to("person.id")
    unit_id: Mapped[int] = to("unit.id")
    voice: Mapped[str] = mapped_column(choice("voice", *VOICES), default="named")
    sub_activity_id: Mapped[int | None] = to("sub_activity.id")
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    submitted_at: Mapped[datetime | None] = mapped_column(index=True)
    answer_due_on: Mapped[date | None] = mapped_column(index=True)
    answerer_id: Mapped[int | None] = to("person.id")
    cluster_id: Mapped[int | None] = to("cluster.id")
    returns_from_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), unique=True)

    plan: Mapped[Plan] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    unit: Mapped[Unit] = relationship()
    sub_activity: Mapped[SubActivity | None] = relationship()
    thread: Mapped[Thread] = relationship()
    answers: Mapped[list[Answer]] = relationship(back_populates="proposal", order_by="Answer.round")
    withdrawal: Mapped[Withdrawal | None] = relationship(back_populates="proposal")


class ProposalRevision(Base):
    __tablename__ = "proposal_revision"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)
    id: Mapped[Id]
    proposal_id: Mapped[int] = to("proposal.id", index=False)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str]
    idea: Mapped[str]
    benefit: Mapped[str]
    cost: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = to("person.id", index=False)


class Withdrawal(Base):
    __tablename__ = "withdrawal"
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]

    proposal: Mapped[Proposal] = relationship(back_populates="withdrawal")


class Support(Base):
    """One a person, held by the database."""

    __tablename__ = "support"
    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)
    id: Mapped[Id]
    proposal_id: Mapped[int] = to("proposal.id", index=False)
    person_id: Mapped[int] = to("person.id")
    unit_id: Mapped[int] = to("unit.id", index=False)
    on_revision: Mapped[int]
    at: Mapped[datetime]


class Appeal(Base):
    __tablename__ = "appeal"
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    by_id: Mapped[int] = to("person.id", index=False)
    text: Mapped[str]
    reader_id: Mapped[int] = to("person.id")
    due_on: Mapped[date]
    at: Mapped[datetime]


class Answer(Base):
    """A published official answer; never edited, only followed by the next round."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("proposal_id", "round"),)
    id: Mapped[Id]
    proposal_id: Mapped[int] = to("proposal.id", index=False)
    round: Mapped[int]
    kind: Mapped[str] = mapped_column(choice("kind", *ANSWERS))
    ground: Mapped[str | None] = mapped_column(choice("ground", *GROUNDS))
    text: Mapped[str]
    condition: Mapped[str | None]
    appeal_id: Mapped[int | None] = to("appeal.id", index=False)
    by_id: Mapped[int] = to("person.id")
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]

    proposal: Mapped[Proposal] = relationship(back_populates="answers")
    by: Mapped[Person] = relationship()
    duty: Mapped[Duty | None] = relationship()
