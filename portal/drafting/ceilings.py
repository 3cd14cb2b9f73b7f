"""The unit's ceiling in *Rancangan Akhir*: no line is written that leaves the plan over it, unless a leader said why."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import bindparam, func, select

from portal import clock, formatting
from portal.access import Refusal
from portal.db import db, rows
from portal.drafting import checks
from portal.drafting.models import Line
from portal.errors import Conflict
from portal.plans.models import CeilingReason, Plan, Stage

_BEGUN = select(Stage.id).where(
    Stage.plan_id == bindparam("plan"), Stage.kind == "final_draft", Stage.starts_on <= bindparam("today")
)


class OverCeiling(Conflict):
    """What was about to be written leaves the plan over its ceiling in its last stage."""


def refuse_total(total: int, before: int, ceiling: int | None, *, has_reason: bool) -> Refusal | None:
    """The sum of all lines after and before, in whole rupiah. Coming down is taken also where it is not enough yet."""
    over = checks.over_ceiling(total, ceiling)
    if not over or has_reason or total < before:
        return None
    return Refusal(
        _(
            "Jumlah pagu akan melampaui pagu indikatif sebesar %(amount)s; pada Rancangan Akhir hal ini memerlukan "
            "alasan pimpinan, yang ditulis pada halaman Pemeriksaan.",
            amount=formatting.rupiah(over),
        )
    )


def is_final(plan_id: int) -> bool:
    """Whether the plan has come to `final_draft`, where the ceiling holds."""
    return bool(rows(_BEGUN, {"plan": plan_id, "today": clock.today()}))


def total_of(plan_id: int, *, but_not: Line | None = None) -> int:
    """The sum of the ceilings of the lines that stand, in whole rupiah."""
    query = select(func.coalesce(func.sum(Line.ceiling), 0)).where(
        Line.plan_id == plan_id, Line.dropped_at.is_(None)
    )
    return int(db.session.scalar(query if but_not is None else query.where(Line.id != but_not.id)) or 0)


def refusal_of(plan_id: int, total: int, before: int) -> Refusal | None:
    """Why the plan may not come to this sum today; None before `final_draft`."""
    if not is_final(plan_id):
        return None
    has_reason = select(CeilingReason.id).where(CeilingReason.plan_id == plan_id).exists()
    ceiling, reason = db.session.execute(select(Plan.ceiling, has_reason).where(Plan.id == plan_id)).one()
    return refuse_total(total, before, ceiling, has_reason=bool(reason))


def weigh(plan_id: int, before: int) -> None:
    """OverCeiling where the lines just written leave the plan over; `before` is `total_of` from before them."""
    if (refusal := refusal_of(plan_id, total_of(plan_id), before)) is not None:
        raise OverCeiling(str(refusal))


def weigh_line(line: Line, ceiling: int | None) -> None:
    """OverCeiling where a line that stands must not carry this ceiling."""
    if line.dropped_at is not None or not is_final(line.plan_id):
        return
    others = total_of(line.plan_id, but_not=line)
    refusal = refusal_of(line.plan_id, others + (ceiling or 0), others + (line.ceiling or 0))
    if refusal is not None:
        raise OverCeiling(str(refusal))
