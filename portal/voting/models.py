"""The ballot box: sealed envelopes beside names until closing, an anonymous board after opening.

No table holds a person together with a choice. Envelopes carry no time, no address and no serial number.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, choice, to
from portal.discussion.models import Thread
from portal.people.models import Duty, Person, Unit
from portal.plans.models import Plan
from portal.proposals.models import Proposal

# Rows are kept in the order of their key, not of their arrival.
UNORDERED = {"sqlite_with_rowid": False}


class Poll(Base):
    """One question to the people of a unit and below. Its state follows from its deeds and the clock."""

    __tablename__ = "poll"
    __table_args__ = (
        CheckConstraint("min_cell >= 5", name="min_cell"),
        CheckConstraint("closes_at > opens_at", name="order"),
        CheckConstraint("k >= 1 AND k <= n", name="threshold"),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id")
    plan_id: Mapped[int | None] = to("plan.id")
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), unique=True)
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    question: Mapped[str]
    kind: Mapped[str] = mapped_column(choice("kind", "single", "approval", "budget"), default="single")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    k: Mapped[int]
    n: Mapped[int]
    pubkey: Mapped[bytes | None]
    quorum: Mapped[int | None]
    min_cell: Mapped[int] = mapped_column(Integer, default=5)
    roll_count: Mapped[int | None]
    roll_root: Mapped[bytes | None]
    manifest_hash: Mapped[bytes | None]
    final_count: Mapped[int | None]
    final_root: Mapped[bytes | None]
    board_root: Mapped[bytes | None]

    unit: Mapped[Unit] = relationship()
    plan: Mapped[Plan | None] = relationship()
    thread: Mapped[Thread] = relationship()
    by: Mapped[Person] = relationship()
    duty: Mapped[Duty | None] = relationship()
    options: Mapped[list[Option]] = relationship(back_populates="poll", order_by="Option.position")
    witnesses: Mapped[list[Witness]] = relationship(back_populates="poll", order_by="Witness.slot")


class Option(Base):
    __tablename__ = "option"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)
    id: Mapped[Id]
    poll_id: Mapped[int] = to("poll.id", index=False)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    cost: Mapped[int | None] = mapped_column(BigInteger)
    proposal_id: Mapped[int | None] = to("proposal.id")

    poll: Mapped[Poll] = relationship(back_populates="options")
    proposal: Mapped[Proposal | None] = relationship()


class Witness(Base):
    """Named for one poll. Only the public half of the key that follows from the code is stored."""

    __tablename__ = "witness"
    __table_args__ = (UniqueConstraint("poll_id", "person_id"),)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    slot: Mapped[str] = mapped_column(String(1), primary_key=True)
    person_id: Mapped[int] = to("person.id")
    salt: Mapped[bytes]
    public_key: Mapped[bytes | None]
    code_tested_at: Mapped[datetime | None]

    poll: Mapped[Poll] = relationship(back_populates="witnesses")
    person: Mapped[Person] = relationship()


class KeyWrap(Base):
    """The box's private key, wrapped to one sufficient set of witnesses ('A+C')."""

    __tablename__ = "key_wrap"
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    slots: Mapped[str] = mapped_column(String(20), primary_key=True)
    wrapped: Mapped[bytes]


class VoterRoll(Base):
    __tablename__ = "voter_roll"
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    stratum: Mapped[str | None] = mapped_column(String(200))
    voted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class Envelope(Base):
    __tablename__ = "envelope"
    __table_args__ = (
        ForeignKeyConstraint(["poll_id", "person_id"], ["voter_roll.poll_id", "voter_roll.person_id"]),
        UniqueConstraint("poll_id", "env_hash"),
        CheckConstraint("rev >= 1", name="rev"),
        CheckConstraint("length(sealed) = 112", name="sealed_length"),
        UNORDERED,
    )
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rev: Mapped[int]
    form_token: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[bytes]
    env_hash: Mapped[bytes]
    mac: Mapped[bytes]


class Receipt(Base):
    """Every envelope ever accepted, superseded ones too; `seal_n` is the first seal that holds it."""

    __tablename__ = "receipt"
    __table_args__ = (UNORDERED,)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    env_hash: Mapped[bytes] = mapped_column(primary_key=True)
    seal_n: Mapped[int | None]


class Seal(Base):
    __tablename__ = "seal"
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    receipt_count: Mapped[int]
    receipt_root: Mapped[bytes]
    prev_hash: Mapped[bytes]
    seal_hash: Mapped[bytes]
    sealed_at: Mapped[datetime]


class EnvelopeArchive(Base):
    """After opening: the sealed envelopes without their voters, for a recount."""

    __tablename__ = "envelope_archive"
    __table_args__ = (UNORDERED,)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    env_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class Board(Base):
    """Opened ballots sorted by choice, without names."""

    __tablename__ = "board"
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stratum: Mapped[str | None] = mapped_column(String(200))
    choice: Mapped[str]


class Result(Base):
    __tablename__ = "result"
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(200), primary_key=True, default="")
    option_position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]


class Departure(Base):
    """Why a leader decided otherwise than the result."""

    __tablename__ = "departure"
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), unique=True)
    reason: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()
    duty: Mapped[Duty | None] = relationship()
