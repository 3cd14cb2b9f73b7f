"""What changes a plan and its stages."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.db import db
from portal.errors import Conflict
from portal.people.authority import Held
from portal.plans.models import Plan, Stage, StageMove


def create(unit_id: int, year: int, starts: dict[str, date], duty: Held | None) -> Plan:
    """Begin a unit's plan of a year; Conflict where it has one."""
    plan = Plan(unit_id=unit_id, year=year, edition=0, answer_days=10)
    try:
        with db.session.begin_nested():
            db.session.add(plan)
    except IntegrityError:
        raise Conflict(
            _("Perangkat daerah ini sudah memiliki rencana untuk tahun %(year)s.", year=year)
        ) from None
    db.session.add_all(Stage(plan_id=plan.id, kind=kind, starts_on=day) for kind, day in starts.items())
    db.session.flush()
    audit.record("created", f"plan:{plan.id}", after=starts, duty_id=duty.duty_id if duty else None)
    return plan


def move(plan: Plan, kind: str, to_on: date, reason: str, user: Any, duty: Held) -> None:
    """Let a stage start on another day, with a reason that everyone sees; the caller holds the stages."""
    stage = next(stage for stage in plan.stages if stage.kind == kind)
    db.session.add(
        StageMove(
            stage_id=stage.id,
            from_on=stage.starts_on,
            to_on=to_on,
            reason=reason,
            by_id=user.id,
            duty_id=duty.duty_id,
            at=clock.now(),
        )
    )
    audit.record("moved stage", f"plan:{plan.id}", before=stage.starts_on, after=to_on, duty_id=duty.duty_id)
    stage.starts_on = to_on
