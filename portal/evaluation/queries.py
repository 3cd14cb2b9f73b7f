"""A quarter, a year and the regency as screens need them; all figures come from `figures`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import abort
from sqlalchemy import String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.db import db
from portal.drafting.models import Line, QuarterTarget, Snapshot
from portal.evaluation import figures, rules
from portal.evaluation.bands import BANDS
from portal.evaluation.figures import QUARTERS, Achievement, Entry, Mean, Measure
from portal.evaluation.models import (
    Evaluation,
    Evidence,
    Filing,
    FollowUp,
    FollowUpResult,
    Objection,
    ObjectionAnswer,
    ObjectionWithdrawal,
    Realisation,
    Verdict,
)
from portal.evaluation.rules import Course
from portal.people.authority import in_force, tree
from portal.people.models import Duty, Person, Unit
from portal.plans.models import Plan

Key = tuple[int, str]
"""A line of a year, across its editions: owner unit and code."""


@dataclass(frozen=True)
class Edition:
    """An adopted edition of a plan."""

    plan: Plan
    snapshot: Snapshot

    @property
    def day(self) -> date:
        return clock.day_of(self.snapshot.at)


def list_editions(unit_id: int, year: int) -> list[Edition]:
    """The adopted editions of one agency's plan of a year, the first one first."""
    found = db.session.execute(
        select(Plan, Snapshot)
        .join(Snapshot, Snapshot.plan_id == Plan.id)
        .where(Plan.unit_id == unit_id, Plan.year == year)
        .options(joinedload(Plan.unit))
        .order_by(Plan.edition)
    )
    return [Edition(*row) for row in found]


def edition_of(editions: Sequence[Edition], year: int, quarter: int) -> Edition:
    """The edition by which a quarter is judged: the newest adopted by its last day, else the first there was."""
    last = rules.last_day(year, quarter)
    return next((edition for edition in reversed(editions) if edition.day <= last), editions[0])


def measure_of(line: Line, targets: dict[int, Decimal] | None = None) -> Measure:
    return Measure(
        line.accumulation,
        line.direction,
        line.target,
        line.target_upper,
        line.value_kind == "percent",
        targets or {},
    )


def entry_of(given: Realisation) -> Entry:
    """A figure as it is computed with; what was not started counts as zero."""
    value = given.value if given.status != "not_started" else Decimal(0)
    return Entry(value, given.numerator, given.denominator)


@dataclass(frozen=True)
class Row:
    """A line in a quarter: how it is measured by the edition in force, and what was entered through that quarter."""

    line: Line
    measure: Measure
    until: int
    entered: dict[int, Realisation]
    """The figure that counts, by quarter."""
    first_target: Decimal | None
    """The target of the first edition that had one for this line."""
    is_dropped: bool
    begins: int = 1
    """The quarter from which the line counts: later than the first where a later edition added it."""

    @property
    def key(self) -> Key:
        return self.line.unit_id, self.line.code

    @property
    def entries(self) -> dict[int, Entry]:
        return {quarter: entry_of(given) for quarter, given in self.entered.items() if quarter <= self.until}

    @property
    def now(self) -> Realisation | None:
        return self.entered.get(self.until)

    @property
    def value(self) -> Fraction | None:
        """The year's value through the quarter."""
        return figures.so_far(self.measure, self.entries, self.until)

    @property
    def so_far(self) -> Decimal | None:
        """The same, as it is shown."""
        return None if self.value is None else figures.rounded(self.value)

    @property
    def first_place(self) -> Decimal | None:
        """Where the first target stands on a scale on which today's is 100; None where it is the same."""
        if not self.line.target or self.against_first is None or self.first_target is None:
            return None
        return self.first_target / self.line.target * 100

    @property
    def year(self) -> Achievement:
        return figures.achieve(self.measure, self.value)

    @property
    def quarter(self) -> Achievement | None:
        """Against the quarter's own target, where it has one."""
        return figures.achieve_quarter(self.measure, self.entries, self.until)

    @property
    def against_first(self) -> Achievement | None:
        """Against the first target, where it was changed since."""
        if self.first_target is None or self.first_target == self.line.target:
            return None
        return figures.achieve(self.measure, self.value, self.first_target)

    @property
    def rupiah(self) -> int | None:
        """Spent in the year through the quarter."""
        given = [
            entry.rupiah
            for quarter, entry in self.entered.items()
            if quarter <= self.until and entry.rupiah is not None
        ]
        return sum(given) if given else None

    @property
    def spending(self) -> Achievement:
        return figures.spend(self.rupiah, self.line.ceiling)

    @property
    def asks_note(self) -> bool:
        """Whether what was reached is so far from its target that a note has to say why: from the quarter's own target
        where it has one, else from the year's, and under that only once the year is over."""
        if self.quarter is not None:
            return self.quarter.asks_note
        return self.year.asks_note and (self.until == QUARTERS[-1] or self.year.exact > figures.CAP)  # type: ignore[operator]

    @property
    def lacks(self) -> str | None:
        """What is missing before the quarter can be handed in; where figures add up, also the quarters before it."""
        given = self.now
        before = range(self.begins, self.until if self.measure.accumulation == "sum" else self.begins)
        return rules.incomplete(
            given.status if given else None,
            given.value if given else None,
            given.proofs if given else 0,
            given.reason or given.note if given else None,
            self.asks_note,
            next((quarter for quarter in before if quarter not in self.entered), None),
        )


@dataclass(frozen=True)
class Sheet:
    """All lines of one agency in one quarter, with their means."""

    unit: Unit
    year: int
    quarter: int
    edition: Edition
    rows: list[Row]
    performance: Mean = field(init=False)
    money: Mean = field(init=False)

    def __post_init__(self) -> None:
        counted = [row for row in self.rows if not row.is_dropped]
        object.__setattr__(self, "performance", figures.mean(row.year for row in counted))
        object.__setattr__(self, "money", figures.mean(row.spending for row in counted))

    @property
    def rating(self) -> str | None:
        return figures.rate(self.performance.percent, BANDS)

    @property
    def spent_in_total(self) -> Decimal | None:
        return figures.spend_in_total([(row.rupiah, row.line.ceiling) for row in self.rows])

    @property
    def left_out(self) -> list[Row]:
        return [row for row in self.rows if not row.is_dropped and row.year.exact is None]

    @property
    def incomplete(self) -> list[Row]:
        return [row for row in self.rows if not row.is_dropped and row.lacks]

    def find(self, line_id: int) -> Row | None:
        return next((row for row in self.rows if row.line.id == line_id), None)


def list_lines(plan_ids: Sequence[int]) -> dict[int, list[tuple[Line, dict[int, Decimal]]]]:
    """The lines of plans by plan, also those that were dropped, in the order of the table; each with the quarters'
    own targets."""
    found: dict[int, dict[int, tuple[Line, dict[int, Decimal]]]] = defaultdict(dict)
    for line, quarter, value in db.session.execute(
        select(Line, QuarterTarget.quarter, QuarterTarget.value)
        .outerjoin(QuarterTarget, QuarterTarget.line_id == Line.id)
        .where(Line.plan_id.in_(plan_ids))
        .options(joinedload(Line.sub_activity), joinedload(Line.unit))
        .order_by(Line.code, Line.position)
    ):
        _line, targets = found[line.plan_id].setdefault(line.id, (line, {}))
        if value is not None:
            targets[quarter] = value
    return {plan_id: list(lines.values()) for plan_id, lines in found.items()}


def list_realisations(unit_id: int, year: int) -> dict[Key, dict[int, Realisation]]:
    """The figures that count of one agency's year, by line and quarter."""
    found = list_newest(Evaluation.unit_id == unit_id, Evaluation.year == year)
    return defaultdict(dict, {(owner, code): quarters for (_year, owner, code), quarters in found.items()})


def list_newest(*conditions: Any) -> dict[tuple[int, int, str], dict[int, Realisation]]:
    """The figures that count, by year, owner and code, and by quarter; one statement. `proofs` is the number of pieces
    of evidence. The conditions are on Evaluation and Realisation."""
    newest = (
        select(
            Realisation.evaluation_id,
            Realisation.unit_id,
            Realisation.code,
            func.max(Realisation.number).label("number"),
        )
        .join(Evaluation, Evaluation.id == Realisation.evaluation_id)
        .where(*conditions)
        .group_by(Realisation.evaluation_id, Realisation.unit_id, Realisation.code)
        .subquery()
    )
    found: dict[tuple[int, int, str], dict[int, Realisation]] = defaultdict(dict)
    proofs_of = (
        select(func.count(Evidence.id))
        .where(Evidence.realisation_id == Realisation.id)
        .correlate(Realisation)
        .scalar_subquery()
    )
    for realisation, year, quarter, proofs in db.session.execute(
        select(Realisation, Evaluation.year, Evaluation.quarter, proofs_of)
        .join(Evaluation, Evaluation.id == Realisation.evaluation_id)
        .join(
            newest,
            and_(
                newest.c.evaluation_id == Realisation.evaluation_id,
                newest.c.unit_id == Realisation.unit_id,
                newest.c.code == Realisation.code,
                newest.c.number == Realisation.number,
            ),
        )
    ):
        realisation.proofs = proofs
        found[year, realisation.unit_id, realisation.code][quarter] = realisation
    return found


def get_editions(unit_id: int, year: int) -> list[Edition]:
    """The adopted editions, or 404: without an adopted plan there is nothing to evaluate."""
    return list_editions(unit_id, year) or abort(404)


def make_sheet(editions: Sequence[Edition], year: int, quarter: int) -> Sheet:
    """The quarter with every line that stands or stood in the year: two statements, however many lines."""
    edition = edition_of(editions, year, quarter)
    lines = list_lines([one.plan.id for one in editions])
    realised = list_realisations(edition.plan.unit_id, year)
    first: dict[Key, Decimal] = {}
    for one in editions[: editions.index(edition) + 1]:
        for line, _targets in lines.get(one.plan.id, ()):
            if line.dropped_at is None and line.target is not None:
                first.setdefault((line.unit_id, line.code), line.target)
    begins: dict[Key, int] = {}
    for number in range(quarter, 0, -1):
        for line, _targets in lines.get(edition_of(editions, year, number).plan.id, ()):
            if line.dropped_at is None:
                begins[line.unit_id, line.code] = number
    rows: dict[Key, Row] = {}
    # From the edition in force backwards: what an earlier one alone holds was dropped since.
    for one in reversed(editions[: editions.index(edition) + 1]):
        for line, targets in lines.get(one.plan.id, ()):
            key = line.unit_id, line.code
            is_dropped = one is not edition
            if key in rows or line.dropped_at is not None or (is_dropped and key not in realised):
                continue
            rows[key] = Row(
                line,
                measure_of(line, targets),
                quarter,
                realised.get(key, {}),
                first.get(key),
                is_dropped,
                begins.get(key, quarter),
            )
    return Sheet(
        edition.plan.unit,
        year,
        quarter,
        edition,
        sorted(rows.values(), key=lambda row: (row.line.code, row.line.unit_id)),
    )


def list_unreached(plan: Plan, lines: Iterable[Line]) -> dict[int, Row]:
    """Those lines of a plan that stay under their target by what was entered last, by id; one statement."""
    realised = list_realisations(plan.unit_id, plan.year)
    rows = (
        Row(line, measure_of(line), QUARTERS[-1], realised[line.unit_id, line.code], None, False)
        for line in lines
        if (line.unit_id, line.code) in realised
    )
    return {row.line.id: row for row in rows if row.year.exact is not None and row.year.exact < 100}


def list_results(unit_id: int, year: int) -> dict[Key, tuple[Decimal, bool]]:
    """What each line of an agency's year reached, and whether its last quarter is in; empty without an adopted plan."""
    editions = list_editions(unit_id, year)
    if not editions:
        return {}
    return {
        row.key: (figures.rounded(row.value * 100) / 100, row.now is not None)
        for row in make_sheet(editions, year, QUARTERS[-1]).rows
        if row.value is not None
    }


def find_evaluation(unit_id: int, year: int, quarter: int) -> tuple[Evaluation | None, Course]:
    """A quarter and what has happened to it; one that nobody touched has only its days."""
    found = list_evaluations(
        Evaluation.unit_id == unit_id, Evaluation.year == year, Evaluation.quarter == quarter
    )
    return next(iter(found.items()), (None, Course(year, quarter)))


def _open_objections() -> Any:
    """The condition, beside Objection, that it is neither answered nor withdrawn."""
    return ~or_(
        select(ObjectionAnswer.id).where(ObjectionAnswer.objection_id == Objection.id).exists(),
        select(ObjectionWithdrawal.objection_id)
        .where(ObjectionWithdrawal.objection_id == Objection.id)
        .exists(),
    )


def place_of(evaluation_id: int) -> str:
    return f"evaluation:{evaluation_id}"


def list_evaluations(*conditions: Any) -> dict[Evaluation, Course]:
    """Evaluations with what has happened to them, one statement however many; only what counts for their state."""
    entered_at = (
        select(func.max(Realisation.at))
        .where(Realisation.evaluation_id == Evaluation.id)
        .correlate(Evaluation)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .select_from(Objection)
        .where(Objection.place == literal("evaluation:") + cast(Evaluation.id, String), _open_objections())
        .correlate(Evaluation)
        .scalar_subquery()
    )
    deeds: dict[Evaluation, list[Any]] = defaultdict(list)
    for evaluation, *deed in db.session.execute(
        select(Evaluation, Filing.at, Verdict.outcome, Verdict.at, entered_at, waiting)
        .outerjoin(Filing, Filing.evaluation_id == Evaluation.id)
        .outerjoin(Verdict, Verdict.filing_id == Filing.id)
        .where(*conditions)
        .order_by(Evaluation.id, Filing.number)
    ):
        deeds[evaluation].append(deed)
    found = {}
    for evaluation, done in deeds.items():
        filed_at, outcome, _at, newest, open_objections = done[-1]
        judged = [deed for deed in done if deed[1] is not None]
        found[evaluation] = Course(
            evaluation.year,
            evaluation.quarter,
            filed_at,
            outcome is not None,
            judged[-1][1] if judged else None,
            judged[-1][2] if judged else None,
            newest,
            open_objections,
        )
    return found


def list_filings(evaluation_id: int) -> list[Filing]:
    """Every filing with its verdict and findings, the newest first."""
    return list(
        db.session.scalars(
            select(Filing)
            .where(Filing.evaluation_id == evaluation_id)
            .options(
                joinedload(Filing.by),
                joinedload(Filing.duty),
                joinedload(Filing.verdict).joinedload(Verdict.by),
                joinedload(Filing.verdict).selectinload(Verdict.findings),
            )
            .order_by(Filing.number.desc())
        )
    )


def list_follow_ups(evaluation_id: int) -> list[FollowUp]:
    return list(
        db.session.scalars(
            select(FollowUp)
            .where(FollowUp.evaluation_id == evaluation_id)
            .options(joinedload(FollowUp.unit))
            .order_by(FollowUp.number)
        )
    )


def list_open_follow_ups(unit_id: int, year: int, quarter: int) -> list[FollowUp]:
    """What the quarter before set for this one and what has no answer yet."""
    before = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    return list(
        db.session.scalars(
            select(FollowUp)
            .join(Evaluation, Evaluation.id == FollowUp.evaluation_id)
            .outerjoin(FollowUpResult, FollowUpResult.follow_up_id == FollowUp.id)
            .where(
                Evaluation.unit_id == unit_id,
                Evaluation.year == before[0],
                Evaluation.quarter == before[1],
                FollowUp.horizon == "quarter",
                FollowUpResult.id.is_(None),
            )
            .options(joinedload(FollowUp.unit))
            .order_by(FollowUp.number)
        )
    )


def took_part(evaluation_id: int, person_id: int) -> bool:
    """Whether a person entered a figure of a quarter or handed it in."""
    entered = select(Realisation.id).where(
        Realisation.evaluation_id == evaluation_id, Realisation.by_id == person_id
    )
    handed = select(Filing.id).where(Filing.evaluation_id == evaluation_id, Filing.by_id == person_id)
    return bool(db.session.scalar(select(or_(entered.exists(), handed.exists()))))


def list_numbers(evaluation_id: int, key: Key) -> list[Realisation]:
    """Every figure that was entered for a line in a quarter, the newest first."""
    return list(
        db.session.scalars(
            select(Realisation)
            .where(
                Realisation.evaluation_id == evaluation_id,
                Realisation.unit_id == key[0],
                Realisation.code == key[1],
            )
            .options(joinedload(Realisation.by), selectinload(Realisation.evidence))
            .order_by(Realisation.number.desc())
        )
    )


def list_objections(evaluation_id: int) -> list[Objection]:
    return list(
        db.session.scalars(
            select(Objection)
            .where(Objection.place == place_of(evaluation_id))
            .options(
                joinedload(Objection.by),
                joinedload(Objection.unit),
                joinedload(Objection.answerer),
                joinedload(Objection.answer).joinedload(ObjectionAnswer.by),
                joinedload(Objection.withdrawal),
            )
            .order_by(Objection.id)
        )
    )


def list_evaluated_years() -> list[int]:
    """The years of which a plan was adopted, the newest first."""
    return list(
        db.session.scalars(
            select(Plan.year)
            .join(Snapshot, Snapshot.plan_id == Plan.id)
            .distinct()
            .order_by(Plan.year.desc())
        )
    )


def houses_verifiers(unit_id: int) -> bool:
    """Whether somebody who verifies today has their home in this agency."""
    return bool(
        db.session.scalar(
            select(
                select(Duty.id)
                .join(Person, Person.id == Duty.person_id)
                .where(
                    Duty.role == "verifier",
                    in_force(clock.today()),
                    Person.unit_id.in_(tree().below([unit_id])),
                )
                .exists()
            )
        )
    )


def list_courses(unit_id: int, year: int) -> dict[int, Course]:
    """The course of each quarter of a year."""
    made = list_evaluations(Evaluation.unit_id == unit_id, Evaluation.year == year)
    return {quarter: Course(year, quarter) for quarter in QUARTERS} | {
        evaluation.quarter: course for evaluation, course in made.items()
    }


@dataclass(frozen=True)
class Agency:
    """A row of the regency's page: the agency and its four quarters."""

    unit: Unit
    courses: dict[int, Course]
    means: dict[int, Decimal]
    """As they were handed in, by quarter."""

    def rating(self, quarter: int) -> str | None:
        return figures.rate(self.means.get(quarter), BANDS)


def list_agencies(year: int) -> list[Agency]:
    """Every agency with an adopted plan of the year, by name; what each handed in last."""
    units = db.session.scalars(
        select(Unit)
        .join(Plan, Plan.unit_id == Unit.id)
        .join(Snapshot, Snapshot.plan_id == Plan.id)
        .where(Plan.year == year)
        .distinct()
        .order_by(Unit.name)
    ).all()
    courses = list_evaluations(Evaluation.year == year)
    newest = (
        select(Filing.evaluation_id, func.max(Filing.number).label("number"))
        .join(Evaluation, Evaluation.id == Filing.evaluation_id)
        .where(Evaluation.year == year)
        .group_by(Filing.evaluation_id)
        .subquery()
    )
    filed: dict[int, str | None] = dict(
        db.session.execute(
            select(Filing.evaluation_id, Filing.content["performance"].as_string()).join(
                newest,
                and_(newest.c.evaluation_id == Filing.evaluation_id, newest.c.number == Filing.number),
            )
        ).all()
    )
    by_unit: dict[int, list[Evaluation]] = defaultdict(list)
    for evaluation in courses:
        by_unit[evaluation.unit_id].append(evaluation)
    return [
        Agency(
            unit,
            {quarter: Course(year, quarter) for quarter in QUARTERS}
            | {one.quarter: courses[one] for one in by_unit[unit.id]},
            {
                one.quarter: Decimal(mean)
                for one in by_unit[unit.id]
                if (mean := filed.get(one.id)) is not None
            },
        )
        for unit in units
    ]
