"""The plan's text and table: sections, lines, their revisions, suggestions, origins, verification, snapshot."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, Sha256, choice, to
from portal.discussion.models import VOICES, Thread
from portal.people.models import Person, Unit
from portal.plans.models import Plan, SubActivity
from portal.proposals.models import Proposal

OPENNESS = ("fixed", "consult", "decide")
ONE_PIECE = "(section_id IS NULL) <> (line_id IS NULL)"


class Section(Base):
    """A piece of narrative. `body` is the body of the revision numbered `version`."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)
    id: Mapped[Id]
    plan_id: Mapped[int] = to("plan.id", index=False)
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    heading: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = to("unit.id")
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), unique=True)
    openness: Mapped[str] = mapped_column(choice("openness", *OPENNESS), default="consult")
    openness_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, default=0)
    body: Mapped[str] = mapped_column(default="")

    plan: Mapped[Plan] = relationship()
    unit: Mapped[Unit] = relationship()
    thread: Mapped[Thread] = relationship()


class Line(Base):
    """A row of the plan's table, with every figure of the matrix. Money is whole rupiah, targets are decimals."""

    __tablename__ = "line"
    __table_args__ = (
        UniqueConstraint("plan_id", "unit_id", "code"),
        Index("ix_line_plan_id_position", "plan_id", "position"),
    )
    id: Mapped[Id]
    plan_id: Mapped[int] = to("plan.id", index=False)
    unit_id: Mapped[int] = to("unit.id")
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), unique=True)
    code: Mapped[str] = mapped_column(String(40))
    sub_activity_id: Mapped[int | None] = to("sub_activity.id")
    name: Mapped[str]
    indicator: Mapped[str] = mapped_column(default="")
    measure_unit: Mapped[str] = mapped_column(String(200), default="")
    target: Mapped[Decimal | None]
    target_upper: Mapped[Decimal | None]
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    forward_target: Mapped[Decimal | None]
    forward_ceiling: Mapped[int | None] = mapped_column(BigInteger)
    strategic_target: Mapped[Decimal | None]
    realised_before: Mapped[Decimal | None]
    expected_now: Mapped[Decimal | None]
    funding_source: Mapped[str] = mapped_column(default="")
    location: Mapped[str] = mapped_column(default="")
    target_group: Mapped[str] = mapped_column(default="")
    national_priority: Mapped[str] = mapped_column(default="")
    regional_priority: Mapped[str] = mapped_column(default="")
    urgency: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    accumulation: Mapped[str] = mapped_column(choice("accumulation", "sum", "last", "average"), default="sum")
    direction: Mapped[str] = mapped_column(choice("direction", "higher", "lower"), default="higher")
    value_kind: Mapped[str] = mapped_column(
        choice("value_kind", "number", "percent", "index", "text", "date"), default="number"
    )
    scale: Mapped[list[Any] | None]
    unread: Mapped[dict[str, Any] | None]
    openness: Mapped[str] = mapped_column(choice("openness", *OPENNESS), default="consult")
    openness_reason: Mapped[str | None]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(Integer, default=0)
    dropped_at: Mapped[datetime | None]
    dropped_by_id: Mapped[int | None] = to("person.id", index=False)
    drop_reason: Mapped[str | None]

    plan: Mapped[Plan] = relationship()
    unit: Mapped[Unit] = relationship()
    thread: Mapped[Thread] = relationship()
    sub_activity: Mapped[SubActivity | None] = relationship()
    dropped_by: Mapped[Person | None] = relationship()


class QuarterTarget(Base):
    """What a line is to reach in one quarter: a part of the year's target where figures add up, else the position at its
    end. The rupiah are those planned to be spent in that quarter."""

    __tablename__ = "quarter_target"
    __table_args__ = (CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),)
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True, autoincrement=False)
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[Decimal | None]
    rupiah: Mapped[int | None] = mapped_column(BigInteger)


class Suggestion(Base):
    """Proposed wording or figures for one section or line; at most one unruled a person and piece."""

    __tablename__ = "suggestion"
    __table_args__ = (
        CheckConstraint(ONE_PIECE, name="one_piece"),
        Index(
            "uq_suggestion_open_section",
            "section_id",
            "by_id",
            unique=True,
            sqlite_where=sql("ruling IS NULL AND section_id IS NOT NULL"),
            postgresql_where=sql("ruling IS NULL AND section_id IS NOT NULL"),
        ),
        Index(
            "uq_suggestion_open_line",
            "line_id",
            "by_id",
            unique=True,
            sqlite_where=sql("ruling IS NULL AND line_id IS NOT NULL"),
            postgresql_where=sql("ruling IS NULL AND line_id IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    section_id: Mapped[int | None] = to("section.id")
    line_id: Mapped[int | None] = to("line.id")
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), unique=True)
    based_on: Mapped[int]
    body: Mapped[str | None]
    fields: Mapped[dict[str, Any] | None]
    reason: Mapped[str]
    by_id: Mapped[int] = to("person.id")
    unit_id: Mapped[int] = to("unit.id", index=False)
    voice: Mapped[str] = mapped_column(choice("voice", *VOICES), default="named")
    at: Mapped[datetime]
    ruling: Mapped[str | None] = mapped_column(
        choice("ruling", "accepted", "partly", "declined", "withdrawn")
    )
    ruling_reason: Mapped[str | None]
    ruled_by_id: Mapped[int | None] = to("person.id", index=False)
    ruled_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class SuggestionSupport(Base):
    __tablename__ = "suggestion_support"
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class Revision(Base):
    """The whole text of one save; never changed (a trigger sees to it). A clash has no number."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("section_id", "number"),
        UniqueConstraint("line_id", "number"),
        CheckConstraint(ONE_PIECE, name="one_piece"),
        CheckConstraint("(kind = 'clash') = (number IS NULL)", name="clash_has_no_number"),
    )
    id: Mapped[Id]
    section_id: Mapped[int | None] = to("section.id", index=False)
    line_id: Mapped[int | None] = to("line.id", index=False)
    number: Mapped[int | None]
    based_on: Mapped[int | None]
    kind: Mapped[str] = mapped_column(choice("kind", "save", "merge", "restore", "suggestion", "clash"))
    body: Mapped[str | None]
    fields: Mapped[dict[str, Any] | None]
    sha256: Mapped[Sha256]
    reason: Mapped[str | None] = mapped_column(String(200))
    suggestion_id: Mapped[int | None] = to("suggestion.id")
    by_id: Mapped[int | None] = to("person.id")
    at: Mapped[datetime]

    by: Mapped[Person | None] = relationship()
    suggestion: Mapped[Suggestion | None] = relationship()


class Ready(Base):
    __tablename__ = "ready"
    __table_args__ = (CheckConstraint(ONE_PIECE, name="one_piece"),)
    id: Mapped[Id]
    section_id: Mapped[int | None] = to("section.id")
    line_id: Mapped[int | None] = to("line.id")
    version: Mapped[int]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]


class Origin(Base):
    """What a line or section came from."""

    __tablename__ = "origin"
    __table_args__ = (
        UniqueConstraint("line_id", "proposal_id"),
        UniqueConstraint("section_id", "proposal_id"),
        CheckConstraint(ONE_PIECE, name="one_piece"),
    )
    id: Mapped[Id]
    section_id: Mapped[int | None] = to("section.id", index=False)
    line_id: Mapped[int | None] = to("line.id", index=False)
    kind: Mapped[str] = mapped_column(choice("kind", "proposal", "mandate", "carry_over", "direction"))
    proposal_id: Mapped[int | None] = to("proposal.id")
    text: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = to("person.id", index=False)
    at: Mapped[datetime]

    line: Mapped[Line | None] = relationship()
    section: Mapped[Section | None] = relationship()
    proposal: Mapped[Proposal | None] = relationship()


class Verification(Base):
    __tablename__ = "verification"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)
    id: Mapped[Id]
    plan_id: Mapped[int] = to("plan.id", index=False)
    number: Mapped[int]
    outcome: Mapped[str] = mapped_column(choice("outcome", "passed", "returned"))
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]


class Finding(Base):
    __tablename__ = "finding"
    id: Mapped[Id]
    verification_id: Mapped[int] = to("verification.id")
    section_id: Mapped[int | None] = to("section.id", index=False)
    line_id: Mapped[int | None] = to("line.id", index=False)
    item: Mapped[str] = mapped_column(String(60))
    result: Mapped[str] = mapped_column(choice("result", "fit", "repair", "not_applicable"))
    text: Mapped[str]


class Snapshot(Base):
    """The adopted text, frozen, with its SHA-256."""

    __tablename__ = "snapshot"
    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), unique=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[Sha256]
    decree_number: Mapped[str] = mapped_column(String(100))
    decree_on: Mapped[date]
    by_id: Mapped[int | None] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]
