"""Plans as screens need them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import abort
from sqlalchemy import Date, and_, bindparam, exists, func, or_, select, table
from sqlalchemy import column as sql_column
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.db import db
from portal.people.models import Unit
from portal.plans import stages
from portal.plans.models import Plan, Stage

# The adopted text belongs to a higher package; that it exists is all that a stage needs to know.
_snapshot = table("snapshot", sql_column("plan_id"))


def is_adopted() -> Any:
    """The condition, beside Plan, that it was adopted."""
    return exists(select(_snapshot.c.plan_id).where(_snapshot.c.plan_id == Plan.id))


@cache
def _whole() -> Any:
    return (
        select(Plan, is_adopted())
        .where(Plan.id == bindparam("plan"))
        .options(joinedload(Plan.unit), joinedload(Plan.stages))
    )


def find(plan_id: int) -> Plan | None:
    """A plan with its unit, its stages and whether it was adopted (`plan.adopted`)."""
    row = db.session.execute(_whole(), {"plan": plan_id}).unique().first()
    if row is None:
        return None
    plan, adopted = row
    plan.adopted = adopted
    return plan  # type: ignore[no-any-return]


def calendar_of(plan: Plan) -> stages.Calendar:
    """The stages of a plan that was loaded by this module."""
    return stages.Calendar(
        {stage.kind: stage.starts_on for stage in plan.stages}, getattr(plan, "adopted", False)
    )


def stage_of(plan: Plan) -> str:
    return calendar_of(plan).stage(clock.today())


def may_read(calendar: stages.Calendar, unit_id: int, user: Any) -> bool:
    """Everyone signed in reads from `initial_draft` on; before that only who has a duty over the unit."""
    return (
        calendar.adopted
        or stages.is_public(calendar.starts, clock.today())
        or user.authority.any_over(unit_id) is not None
    )


def is_visible(plan: Plan, user: Any) -> bool:
    """Whether this person may know of the plan."""
    return may_read(calendar_of(plan), plan.unit_id, user)


def get_visible(plan_id: int, user: Any) -> Plan:
    """The plan, or 404 for one that is not there or that this person may not know of."""
    plan = find(plan_id)
    if plan is None or not is_visible(plan, user):
        abort(404)
    return plan


def begun(kind: str, today: Any) -> Any:
    """The condition, beside Plan, that a stage has started."""
    return exists(
        select(Stage.id).where(Stage.plan_id == Plan.id, Stage.kind == kind, Stage.starts_on <= today)
    )


def visible(user: Any) -> Any:
    """The condition, beside Plan, that this person may know of it."""
    reach = user.authority.reach(*{duty.role for duty in user.authority.held})
    public = begun("initial_draft", clock.today()) | is_adopted()
    return public | Plan.unit_id.in_(reach) if reach else public


@cache
def is_visible_to_reader() -> Any:
    """The condition of `visible`, to be bound to `reader(user)` when the statement runs."""
    public = begun("initial_draft", bindparam("reading_on", type_=Date)) | is_adopted()
    return public | Plan.unit_id.in_(bindparam("reach", expanding=True))


def reader(user: Any) -> dict[str, Any]:
    reach = user.authority.reach(*{duty.role for duty in user.authority.held})
    return {"reading_on": clock.today(), "reach": list(reach)}


@dataclass(frozen=True)
class Place:
    """Where a page of the list of plans ends: newest year first, then by name."""

    year: int
    plan_id: int
    name: str

    @classmethod
    def of(cls, plan: Plan) -> Place:
        return cls(plan.year, plan.id, plan.unit.name)

    @classmethod
    def read(cls, text: str) -> Place | None:
        match = re.fullmatch(r"(\d{4})\.(\d{1,9})\.(.+)", text, re.ASCII | re.DOTALL)
        return cls(int(match[1]), int(match[2]), match[3]) if match else None

    def written(self) -> str:
        return f"{self.year}.{self.plan_id}.{self.name}"


def list_visible(
    user: Any, year: int | None = None, words: str = "", after: Place | None = None, limit: int = 40
) -> list[Plan]:
    """Plans this person may know of, by year (newest first) and unit, behind a place."""
    query = (
        select(Plan, is_adopted())
        .join(Unit, Unit.id == Plan.unit_id)
        .where(visible(user))
        .options(joinedload(Plan.unit), selectinload(Plan.stages))
        .order_by(Plan.year.desc(), Unit.name, Plan.id)
        .limit(limit)
    )
    if year is not None:
        query = query.where(Plan.year == year)
    for word in words.lower().split()[:8]:
        named = (func.lower(name).contains(word, autoescape=True) for name in (Unit.name, Unit.short_name))
        query = query.where(or_(*named))
    if after is not None:
        later = or_(Unit.name > after.name, and_(Unit.name == after.name, Plan.id > after.plan_id))
        query = query.where(or_(Plan.year < after.year, and_(Plan.year == after.year, later)))
    plans = []
    for plan, adopted in db.session.execute(query):
        plan.adopted = adopted
        plans.append(plan)
    return plans


def list_years(user: Any) -> list[int]:
    """The years that have a plan this person may know of, newest first."""
    return list(
        db.session.scalars(select(Plan.year).where(visible(user)).distinct().order_by(Plan.year.desc()))
    )


def hold_stages(plan: Plan) -> None:
    """Lock the stages of a plan until the transaction ends, and read them as they stand now."""
    db.session.scalars(
        select(Stage)
        .where(Stage.plan_id == plan.id)
        .order_by(Stage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
