"""What pages of results show of a whole year or several: money by month, lowered targets, the results of proposals, a line's years.

Each is one or a few statements, however many lines there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.db import db
from portal.drafting.models import Line, Origin, QuarterTarget, Revision, Snapshot
from portal.evaluation import charts, queries, rules, spending
from portal.evaluation.figures import QUARTERS, Achievement
from portal.evaluation.models import (
    Evaluation,
    Filing,
    Realisation,
    Spending,
)
from portal.evaluation.queries import Row, Sheet
from portal.people.models import Unit
from portal.plans.models import Plan
from portal.proposals.models import Proposal

QUARTER_ENDS = {quarter: quarter * 3 for quarter in QUARTERS}


@dataclass(frozen=True)
class Money:
    """Rupiah of an agency's year, each a sum from January through a month."""

    planned: dict[int, int]
    planned_lines: int
    """Of how many lines the quarters' rupiah are known."""
    paid: dict[int, int]
    is_monthly: bool
    """Whether what was paid comes from the planning system's months, not from the quarters' figures."""
    missing: list[str]
    """The months through the quarter that were not read in, where others were."""
    ceiling: int
    chart: charts.Course | None

    @property
    def months(self) -> list[int]:
        return sorted({*self.planned, *self.paid})


def _sums(steps: dict[int, int]) -> dict[int, int]:
    """What had come together by each month."""
    total, found = 0, {}
    for month in sorted(steps):
        total = max(0, total + steps[month])
        found[month] = total
    return found


def money_of(sheet: Sheet) -> Money:
    """Planned against paid, by month where every month through the quarter was read in; three statements."""
    lines = [row.line.id for row in sheet.rows if not row.is_dropped]
    planned = db.session.execute(
        select(QuarterTarget.quarter, func.sum(QuarterTarget.rupiah), func.count(QuarterTarget.rupiah))
        .join(Line, Line.id == QuarterTarget.line_id)
        .where(
            Line.plan_id == sheet.edition.plan.id,
            Line.dropped_at.is_(None),
            QuarterTarget.rupiah.is_not(None),
        )
        .group_by(QuarterTarget.quarter)
    ).all()
    by_quarter = {QUARTER_ENDS[quarter]: int(rupiah or 0) for quarter, rupiah, _lines in planned}
    known = spending.list_known(sheet.unit.id, sheet.year)
    through = [one for q in QUARTERS if q <= sheet.quarter for one in spending.months_of(sheet.year, q)]
    missing = [period for period in through if period not in known]
    is_monthly = not missing
    paid: dict[int, int] = defaultdict(int)
    if is_monthly:
        days = db.session.execute(
            select(Spending.paid_on, func.sum(Spending.rupiah - Spending.returned))
            .where(
                Spending.import_id.in_(spending.newest_of(sheet.unit.id, sheet.year)),
                Spending.paid_on.between(date(sheet.year, 1, 1), rules.last_day(sheet.year, sheet.quarter)),
            )
            .group_by(Spending.paid_on)
        ).all()
        for day, rupiah in days:
            if day is not None:
                paid[day.month] += int(rupiah)
    else:
        for row in sheet.rows:
            for quarter, given in row.entered.items():
                if given.rupiah is not None and quarter <= sheet.quarter:
                    paid[QUARTER_ENDS[quarter]] += given.rupiah
    ceiling = sum(row.line.ceiling or 0 for row in sheet.rows if not row.is_dropped)
    plan, spent = _sums(by_quarter), _sums(paid)
    planned_lines = max((count for _quarter, _rupiah, count in planned), default=0)
    return Money(
        plan,
        min(planned_lines, len(lines)),
        spent,
        is_monthly,
        [spending.month_words(one) for one in missing] if len(missing) < len(through) else [],
        ceiling,
        charts.course(plan, spent, ceiling),
    )


# Lowered targets


@dataclass(frozen=True)
class Lowered:
    """A line whose target a later edition made easier to reach; edition, day and reason are of the last that did."""

    unit: Unit
    """The agency."""
    row: Row
    first: Decimal
    edition: int
    day: date
    reason: str | None

    @property
    def year(self) -> int:
        return self.row.line.plan.year


def is_eased(direction: str, first: Decimal | None, now: Decimal | None) -> bool:
    """Whether a target is easier to reach than it was first: lower, or higher where lower is better."""
    if first is None or now is None or first == now:
        return False
    return (now > first) if direction == "lower" else (now < first)


def list_lowered(year: int, unit_id: int | None = None) -> list[Lowered]:
    """Every target of a year that stands easier in the newest adopted edition than where the line first had one; three
    statements."""
    of_year = (Plan.year == year, *([Plan.unit_id == unit_id] if unit_id else ()))
    newest = (
        select(Plan.unit_id, func.max(Plan.edition).label("edition"))
        .join(Snapshot, Snapshot.plan_id == Plan.id)
        .where(*of_year)
        .group_by(Plan.unit_id)
        .subquery()
    )
    changed = (
        select(Plan.unit_id.label("agency"), Line.unit_id, Line.code)
        .join(Plan, Plan.id == Line.plan_id)
        .join(Snapshot, Snapshot.plan_id == Plan.id)
        .where(*of_year, Line.dropped_at.is_(None))
        .group_by(Plan.unit_id, Line.unit_id, Line.code)
        .having(func.min(Line.target) != func.max(Line.target))
        .subquery()
    )
    editions: dict[tuple[int, int, str], list[tuple[Line, date]]] = defaultdict(list)
    last: dict[int, int] = {}
    for line, at, edition in db.session.execute(
        select(Line, Snapshot.at, newest.c.edition)
        .join(Plan, Plan.id == Line.plan_id)
        .join(Snapshot, Snapshot.plan_id == Plan.id)
        .join(newest, newest.c.unit_id == Plan.unit_id)
        .join(
            changed,
            and_(
                changed.c.agency == Plan.unit_id,
                changed.c.unit_id == Line.unit_id,
                changed.c.code == Line.code,
            ),
        )
        .where(*of_year, Line.dropped_at.is_(None), Line.target.is_not(None))
        .options(joinedload(Line.plan).joinedload(Plan.unit), joinedload(Line.unit))
        .order_by(Plan.unit_id, Line.code, Line.unit_id, Plan.edition)
    ):
        last[line.plan.unit_id] = edition
        editions[line.plan.unit_id, line.unit_id, line.code].append((line, clock.day_of(at)))
    found = []
    for lines in editions.values():
        first, now = lines[0][0], lines[-1][0]
        if now.plan.edition != last[now.plan.unit_id] or not is_eased(
            now.direction, first.target, now.target
        ):
            continue
        eased = next(
            after
            for before, after in reversed(list(pairwise(lines)))
            if is_eased(now.direction, before[0].target, after[0].target)
        )
        found.append((now, first.target, *eased))
    if not found:
        return []
    ids = [eased.id for _now, _first, eased, _day in found]
    reasons = {
        revision.line_id: revision.reason
        for revision in db.session.scalars(
            select(Revision)
            .where(Revision.line_id.in_(ids), Revision.number.is_not(None), Revision.reason.is_not(None))
            .order_by(Revision.number)
        )
    }
    realised = queries.list_newest(
        Evaluation.year == year,
        Evaluation.unit_id.in_({now.plan.unit_id for now, *_more in found}),
        Realisation.code.in_({now.code for now, *_more in found}),
    )
    return [
        Lowered(
            now.plan.unit,
            Row(
                now,
                queries.measure_of(now),
                QUARTERS[-1],
                realised.get((year, now.unit_id, now.code), {}),
                first,
                False,
            ),
            first,
            eased.plan.edition,
            day,
            reasons.get(eased.id),
        )
        for now, first, eased, day in found
        if first is not None
    ]


# What became of a proposal


@dataclass(frozen=True)
class Result:
    """What a line that a proposal became has reached so far."""

    row: Row
    agency_id: int
    year: int
    quarter: int
    state: str

    @property
    def bullet(self) -> charts.Bullet | None:
        return charts.bullet(
            self.row.value, self.row.line.target, self.row.first_target, self.row.line.target_upper
        )


def results_of_proposal(proposal: Proposal) -> list[Result]:
    """The results of the lines that a proposal became, where its plan was adopted and a figure was entered."""
    unit_id, year = proposal.plan.unit_id, proposal.plan.year
    editions = queries.list_editions(unit_id, year)
    if not editions:
        return []
    found = db.session.execute(
        select(Line.unit_id, Line.code)
        .join(Origin, Origin.line_id == Line.id)
        .where(Origin.proposal_id == proposal.id)
    )
    keys = {(owner, code) for owner, code in found}
    courses = queries.list_courses(unit_id, year)
    latest = max((quarter for quarter in QUARTERS if courses[quarter].entered_at), default=0)
    if not keys or not latest:
        return []
    sheet = queries.make_sheet(editions, year, latest)
    return [
        Result(row, unit_id, year, latest, courses[latest].state(clock.today()))
        for row in sheet.rows
        if row.key in keys and row.value is not None
    ]


# A line over the years


@dataclass(frozen=True)
class Year:
    """One year of an indicator: its target by the newest edition and what was reached."""

    year: int
    line: Line
    value: Decimal | None
    achievement: Achievement


def find_key(line_id: int, plan_ids: list[int]) -> queries.Key | None:
    """The owner and code of a line of one of these plans."""
    found = db.session.execute(
        select(Line.unit_id, Line.code).where(Line.id == line_id, Line.plan_id.in_(plan_ids))
    ).one_or_none()
    return (found.unit_id, found.code) if found else None


def list_years(agency_id: int, key: queries.Key) -> list[Year]:
    """The years in which an agency had this line, the first one first; two statements."""
    owner, code = key
    lines: dict[int, Line] = {}
    for line in db.session.scalars(
        select(Line)
        .join(Plan, Plan.id == Line.plan_id)
        .join(Snapshot, Snapshot.plan_id == Plan.id)
        .where(Plan.unit_id == agency_id, Line.unit_id == owner, Line.code == code, Line.dropped_at.is_(None))
        .options(joinedload(Line.plan))
        .order_by(Plan.year, Plan.edition)
    ):
        lines[line.plan.year] = line
    realised = queries.list_newest(
        Evaluation.unit_id == agency_id, Realisation.unit_id == owner, Realisation.code == code
    )
    found = []
    for year, line in lines.items():
        row = Row(
            line, queries.measure_of(line), QUARTERS[-1], realised.get((year, owner, code), {}), None, False
        )
        found.append(Year(year, line, row.so_far, row.year))
    return found


# Open data


@dataclass(frozen=True)
class Final:
    """A line of a quarter that is final, as it was handed in."""

    unit: Unit
    quarter: int
    line: Line | None
    given: dict[str, Any]
    edition: int
    sha256: str


def list_final(year: int) -> Iterator[Final]:
    """The lines of all quarters of a year that are final, without evidence and names; three statements."""
    today = clock.today()
    final = {
        evaluation.id: evaluation
        for evaluation, course in queries.list_evaluations(Evaluation.year == year).items()
        if course.state(today) == "final"
    }
    later = aliased(Filing)
    newest = (
        select(func.max(later.number))
        .where(later.evaluation_id == Filing.evaluation_id)
        .correlate(Filing)
        .scalar_subquery()
    )
    filings = db.session.scalars(
        select(Filing).where(Filing.evaluation_id.in_(final), Filing.number == newest)
    ).all()
    # A line as the edition of its quarter has it; what that one dropped, as the newest edition that has it.
    editions: dict[tuple[int, int, str], dict[int, Line]] = defaultdict(dict)
    for snapshot_id, agency_id, line in db.session.execute(
        select(Snapshot.id, Plan.unit_id, Line)
        .join(Plan, Plan.id == Snapshot.plan_id)
        .join(Line, Line.plan_id == Plan.id)
        .where(Plan.year == year, Plan.unit_id.in_({one.unit_id for one in final.values()}))
        .order_by(Plan.edition.desc())
    ):
        editions[agency_id, line.unit_id, line.code][snapshot_id] = line
    units = {
        unit.id: unit
        for unit in db.session.scalars(
            select(Unit).where(Unit.id.in_({one.unit_id for one in final.values()}))
        )
    }
    order = sorted(
        filings,
        key=lambda one: (units[final[one.evaluation_id].unit_id].name, final[one.evaluation_id].quarter),
    )
    for filing in order:
        evaluation = final[filing.evaluation_id]
        for given in filing.content["lines"]:
            lines = editions[evaluation.unit_id, given["unit_id"], given["code"]]
            yield Final(
                units[evaluation.unit_id],
                evaluation.quarter,
                lines.get(evaluation.snapshot_id) or next(iter(lines.values()), None),
                given,
                filing.content["edition"],
                filing.sha256,
            )


def list_final_years() -> list[int]:
    """The years that have a quarter which is final."""
    today = clock.today()
    return sorted(
        {
            evaluation.year
            for evaluation, course in queries.list_evaluations(Evaluation.year >= today.year - 5).items()
            if course.state(today) == "final"
        },
        reverse=True,
    )
