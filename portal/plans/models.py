"""Whose plan, of which year, in which stage; and the national nomenclature of sub-activities."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, choice, to
from portal.people.models import Duty, Person, Unit

STAGES = ("preparation", "initial_draft", "forum", "draft", "verification", "final_draft", "adopted")
DATED_STAGES = STAGES[:-1]


class SubActivity(Base):
    """An entry of the national nomenclature; key (level of government, code)."""

    __tablename__ = "sub_activity"
    __table_args__ = (UniqueConstraint("level", "code"),)
    id: Mapped[Id]
    level: Mapped[str] = mapped_column(choice("level", "PROV", "KABKOT"))
    code: Mapped[str] = mapped_column(String(40))
    programme_code: Mapped[str] = mapped_column(String(40))
    programme_name: Mapped[str]
    activity_code: Mapped[str] = mapped_column(String(40))
    activity_name: Mapped[str]
    name: Mapped[str]
    indicator: Mapped[str]
    measure_unit: Mapped[str] = mapped_column(String(200))
    predecessor: Mapped[str | None]
    retired_on: Mapped[date | None]


class Plan(Base):
    """The annual work plan (Renja) of one agency for one year, in one edition."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("unit_id", "year", "edition"),)
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id", index=False)
    year: Mapped[int] = mapped_column(Integer, index=True)
    edition: Mapped[int] = mapped_column(Integer, default=0)
    answer_days: Mapped[int] = mapped_column(Integer, default=10)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)

    unit: Mapped[Unit] = relationship()
    stages: Mapped[list[Stage]] = relationship(back_populates="plan", order_by="Stage.starts_on")


class Stage(Base):
    """The local day on which a stage starts; it lasts until the next one does. `adopted` is a deed, not a day."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("plan_id", "kind"),)
    id: Mapped[Id]
    plan_id: Mapped[int] = to("plan.id", index=False)
    kind: Mapped[str] = mapped_column(choice("kind", *DATED_STAGES))
    starts_on: Mapped[date]

    plan: Mapped[Plan] = relationship(back_populates="stages")


class StageMove(Base):
    """A start that was still to come, moved with a reason that everyone sees."""

    __tablename__ = "stage_move"
    id: Mapped[Id]
    stage_id: Mapped[int] = to("stage.id")
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[str]
    by_id: Mapped[int | None] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]

    stage: Mapped[Stage] = relationship()
    by: Mapped[Person | None] = relationship()
    duty: Mapped[Duty | None] = relationship()


class SilenceReason(Base):
    __tablename__ = "silence_reason"
    id: Mapped[Id]
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), unique=True)
    text: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]


class CeilingReason(Base):
    __tablename__ = "ceiling_reason"
    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), unique=True)
    text: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]


class Reading(Base):
    """That a person opened a plan in a stage; for the silence map only."""

    __tablename__ = "reading"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(choice("stage", *STAGES), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    on: Mapped[date]
