"""How a line is measured, its targets by quarter and its figures of the Renstra: typed before adoption, fixed by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import audit
from portal.db import db
from portal.drafting import actions as drafting
from portal.drafting.models import Line, QuarterTarget, Snapshot
from portal.drafting.revisions import plain
from portal.drafting.rules import usual_measure
from portal.evaluation import intake, rules
from portal.evaluation.figures import QUARTERS
from portal.evaluation.models import RenstraFigure
from portal.formatting import figure, rupiah
from portal.people.authority import Held
from portal.plans.models import Plan
from portal.tables import Row

KINDS: dict[str, Any] = {
    "number": _l("Angka"),
    "percent": _l("Persen"),
    "grade": _l("Peringkat dengan skala"),
    "done": _l("Selesai atau belum"),
}
DONE = [["Selesai", "1"], ["Belum", "0"]]
RENSTRA = ("target", "rupiah", "realised_before", "rupiah_before")
Targets = Mapping[int, tuple[Decimal | None, int | None]]
"""Value and rupiah by quarter."""


def kind_of(line: Line) -> str:
    """Which of KINDS a line is; a grade stands as its points."""
    if line.scale:
        return "done" if line.scale == DONE else "grade"
    return "percent" if line.value_kind == "percent" else "number"


def read_scale(text: str) -> list[list[str]]:
    """“WTP = 4”, a grade a line; ValueError with a sentence where it is none."""
    found: list[list[str]] = []
    for row in filter(None, map(str.strip, text.splitlines())):
        name, equals, points = (part.strip() for part in row.rpartition("="))
        try:
            number = Decimal(points.replace(",", "."))
        except InvalidOperation:
            number = Decimal(-1)
        if not equals or not name or len(name) > 60 or not number.is_finite() or not 0 <= number <= 1000:
            raise ValueError(_("Mohon tulis satu peringkat tiap baris, misalnya WTP = 4."))
        found.append([name, plain(number)])
    if len(found) < 2 or len({name for name, _points in found}) < len(found) or len(found) > 20:
        raise ValueError(_("Skala berisi 2 sampai 20 peringkat yang berbeda."))
    return found


def scale_text(line: Line) -> str:
    return "\n".join(f"{name} = {str(points).replace('.', ',')}" for name, points in line.scale or ())


def grade_of(line: Line, value: Decimal | None) -> str:
    """A value as it is shown: the name of its grade where the line has a scale."""
    names = [name for name, points in line.scale or () if value is not None and Decimal(str(points)) == value]
    return names[0] if names else figure(value)


def wrong_targets(line: Line, accumulation: str, targets: Targets) -> str | None:
    """Why these targets of quarters do not fit the year's: parts have to make up the whole once all are given."""
    money = sum(one or 0 for _value, one in targets.values())
    if money > (line.ceiling or 0):
        return _("Rencana belanja triwulan berjumlah %(sum)s, melampaui pagu %(ceiling)s.", sum=rupiah(money), ceiling=rupiah(line.ceiling or 0))  # fmt: skip
    values = [value for value, _money in targets.values() if value is not None]
    total = sum(values, Decimal(0))
    if accumulation != "sum" or line.target is None or not values:
        return None
    if total > line.target or (len(values) == len(QUARTERS) and total != line.target):
        return _("Target triwulan berjumlah %(sum)s, target tahun %(target)s.", sum=figure(total), target=figure(line.target))  # fmt: skip
    return None


def targets_of(line: Line) -> dict[int, tuple[Decimal | None, int | None]]:
    return {
        one.quarter: (one.value, one.rupiah)
        for one in db.session.scalars(select(QuarterTarget).where(QuarterTarget.line_id == line.id))
    }


def renstra_of(line: Line) -> RenstraFigure | None:
    return db.session.scalar(
        select(RenstraFigure).where(
            RenstraFigure.unit_id == line.plan.unit_id,
            RenstraFigure.code == line.code,
            RenstraFigure.year == line.plan.year,
        )
    )


def has_fixed_renstra(line: Line) -> bool:
    """Whether the figures of the Renstra stand by an adopted edition: they are one row a year for all of them."""
    if line.plan.edition == 0 or renstra_of(line) is None:
        return False
    adopted = (
        select(Line.id)
        .join(Plan, Plan.id == Line.plan_id)
        .join(Snapshot, Snapshot.plan_id == Plan.id)
        .where(Plan.unit_id == line.plan.unit_id, Plan.year == line.plan.year, Line.code == line.code)
    )
    return bool(db.session.scalar(select(adopted.exists())))


def changes_renstra(line: Line, values: Mapping[str, Any]) -> bool:
    row = renstra_of(line)
    return any(plain(getattr(row, name, None)) != plain(values[name]) for name in RENSTRA)


def seen_of(line: Line) -> str:
    """What a form was opened on; it differs once somebody else saved."""
    figures, renstra = targets_of(line), renstra_of(line)
    kept = [
        line.version,
        sorted((q, plain(value), money) for q, (value, money) in figures.items()),
        [plain(getattr(renstra, name)) for name in RENSTRA] if renstra else None,
    ]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:16]


def set_targets(line: Line, targets: Targets, duty_id: int | None) -> bool:
    """Replace the targets of a line's quarters; False where they stand so. The caller holds the line."""
    wanted = {q: pair for q, pair in targets.items() if pair != (None, None)}
    standing = {
        one.quarter: one
        for one in db.session.scalars(select(QuarterTarget).where(QuarterTarget.line_id == line.id))
    }
    before = {q: (one.value, one.rupiah) for q, one in standing.items()}
    if before == wanted:
        return False
    for quarter in QUARTERS:
        if quarter in wanted:
            row = standing.get(quarter) or QuarterTarget(line_id=line.id, quarter=quarter)
            row.value, row.rupiah = wanted[quarter]
            db.session.add(row)
        elif quarter in standing:
            db.session.delete(standing[quarter])
    db.session.flush()
    audit.record(
        "set quarterly targets", f"line:{line.id}", before=str(before), after=str(wanted), duty_id=duty_id
    )
    return True


def set_renstra(line: Line, values: Mapping[str, Any], duty_id: int | None) -> None:
    """The line's figures of the five-year plan; nothing in all four takes them away."""
    row = renstra_of(line)
    before = [plain(getattr(row, name)) for name in RENSTRA] if row else None
    if all(values[name] is None for name in RENSTRA):
        if row is not None:
            db.session.delete(row)
    else:
        row = row or RenstraFigure(unit_id=line.plan.unit_id, code=line.code, year=line.plan.year)
        for name in RENSTRA:
            setattr(row, name, values[name])
        db.session.add(row)
    db.session.flush()
    after = [plain(values[name]) for name in RENSTRA]
    if before != after and (before or any(one is not None for one in after)):
        audit.record("set Renstra figures", f"line:{line.id}", before=before, after=after, duty_id=duty_id)


def save(
    line: Line,
    fields: Mapping[str, Any],
    targets: Targets,
    renstra: Mapping[str, Any],
    user: Any,
    duty: Held | None,
) -> None:
    """Save how a line is measured as its next version, and what stands beside it. The caller holds the line."""
    duty_id = duty.duty_id if duty else None
    drafting.save(line, fields, line.version, None, user, duty)
    set_targets(line, targets, duty_id)
    set_renstra(line, renstra, duty_id)


# Many lines at once


@dataclass
class Pasted:
    """A pasted row beside its line."""

    row: int
    code: str
    line: Line | None
    targets: dict[int, tuple[Decimal | None, int | None]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    is_changed: bool = False


def compare(
    rows: Sequence[Row],
    lines: Sequence[Line],
    standing: Mapping[int, Targets],
    editable: Collection[object],
    year: int,
) -> list[Pasted]:
    """Rows of code and figures by quarter beside the plan's lines; a quarter left empty stays as it is. Unreadable
    where they are no such table."""
    sheet = intake.understand(rows, cumulative=False, targets=True)
    found = []
    for entry in intake.read_entries(sheet, year, None, cumulative=False):
        same = [line for line in lines if line.code == entry.code]
        owned = [line for line in same if line.unit.name == entry.owner] if len(same) > 1 else same
        one = Pasted(entry.row, entry.code, owned[0] if len(owned) == 1 else None, problems=entry.problems)
        found.append(one)
        if one.line is None:
            one.problems.append(_("Sub kegiatan ini tidak ada dalam rencana, atau dimiliki beberapa unit."))
            continue
        if one.line not in editable:
            one.problems.append(_("Baris ini milik %(unit)s.", unit=one.line.unit.name))
        before = dict(standing.get(one.line.id, {}))
        one.targets = dict(before)
        for quarter in entry.quarters:
            value, money = before.get(quarter, (None, None))
            one.targets[quarter] = (entry.values.get(quarter, value), entry.rupiah.get(quarter, money))
        one.is_changed = one.targets != before
        if wrong := wrong_targets(one.line, one.line.accumulation, one.targets):
            one.problems.append(wrong)
    return found


def usual_words(line: Line) -> str | None:
    """What figures of this unit of measure usually do, where the line says otherwise."""
    usual, _direction = usual_measure(line.measure_unit)
    if (
        usual == line.accumulation
        or not line.measure_unit
        or (usual == "last" and line.accumulation == "average")
    ):
        return None
    return _(
        "Untuk satuan %(unit)s biasanya %(usual)s.", unit=line.measure_unit, usual=rules.ACCUMULATIONS[usual]
    )
