"""What is computed from the figures of a year: achievement, means, ratings; pure, with every rule in one place.

Quarters are 1 to 4. A figure that was not entered is None and never counts as zero. Shares are percentages. Everything
is computed exactly and rounded once, at the end, to two decimals, half up (`rounded`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

QUARTERS = (1, 2, 3, 4)
CAP = Fraction(100)
"""In a mean no row counts for more, so that one windfall hides no failure."""
NOTE_ABOVE, NOTE_BELOW = Decimal(120), Decimal(50)
"""An achievement outside these asks for a note."""


@dataclass(frozen=True)
class Band:
    """A rating: what lies above `over` (percent, after rounding) and in no higher band."""

    key: str
    over: Decimal | None


@dataclass(frozen=True)
class Measure:
    """How a line is measured, in one edition of its plan. A range has an upper end too; a grade stands as its points."""

    accumulation: str
    direction: str
    target: Decimal | None
    upper: Decimal | None = None
    is_percent: bool = False
    by_quarter: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """The figure of one quarter: of that quarter alone where figures add up, else the position at its end."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Achievement:
    """In percent, exact; or None with the reason why it cannot be computed: no_entry, no_target, zero_target."""

    exact: Fraction | None
    why_not: str | None = None

    @property
    def percent(self) -> Decimal | None:
        return None if self.exact is None else rounded(self.exact)

    @property
    def asks_note(self) -> bool:
        return self.percent is not None and not NOTE_BELOW <= self.percent <= NOTE_ABOVE


@dataclass(frozen=True)
class Mean:
    """Of those rows that could be computed. `counted` of `rows`; `uncapped` stands beside `percent` for comparison."""

    exact: Fraction | None
    exact_uncapped: Fraction | None
    counted: int
    rows: int

    @property
    def percent(self) -> Decimal | None:
        return None if self.exact is None else rounded(self.exact)

    @property
    def uncapped(self) -> Decimal | None:
        return None if self.exact_uncapped is None else rounded(self.exact_uncapped)

    @property
    def left_out(self) -> int:
        return self.rows - self.counted


def rounded(exact: Fraction) -> Decimal:
    """Two decimals, half up."""
    whole, rest = divmod(abs(exact.numerator) * 100, exact.denominator)
    whole += 2 * rest >= exact.denominator
    return Decimal(-whole if exact < 0 else whole).scaleb(-2)


def so_far(measure: Measure, entries: Mapping[int, Entry], until: int = 4) -> Fraction | None:
    """The value of the year up to a quarter, from what was entered; None where nothing was."""
    entered = [
        entries[quarter]
        for quarter in QUARTERS
        if quarter <= until and quarter in entries and entries[quarter].value is not None
    ]
    if not entered:
        return None
    values = [Fraction(entry.value) for entry in entered if entry.value is not None]
    if measure.accumulation == "sum":
        return sum(values, Fraction(0))
    if measure.accumulation == "last":
        return values[-1]
    pooled = [(entry.numerator, entry.denominator) for entry in entered]
    if all(above is not None and below for above, below in pooled):
        above = sum((Fraction(above) for above, _below in pooled if above is not None), Fraction(0))
        below = sum((Fraction(below) for _above, below in pooled if below is not None), Fraction(0))
        return above / below * (100 if measure.is_percent else 1)
    return sum(values, Fraction(0)) / len(values)


def achieve(measure: Measure, value: Fraction | None, target: Decimal | None = None) -> Achievement:
    """The value against the year's target, or against another one that is given."""
    if value is None:
        return Achievement(None, "no_entry")
    upper = measure.upper if target is None else None
    target = measure.target if target is None else target
    if target is None:
        return Achievement(None, "no_target")
    aim = Fraction(target)
    if upper is not None and upper > target:
        if aim <= value <= upper:
            return Achievement(CAP)
        aim = Fraction(upper) if value > upper else aim
    if measure.direction == "lower":
        if aim == 0:
            return Achievement(CAP if value == 0 else Fraction(0))
        return Achievement(max(Fraction(0), (2 * aim - value) / aim * 100))
    if aim == 0:
        return Achievement(None, "zero_target")
    return Achievement(value / aim * 100)


def achieve_year(measure: Measure, entries: Mapping[int, Entry], until: int = 4) -> Achievement:
    return achieve(measure, so_far(measure, entries, until))


def achieve_quarter(measure: Measure, entries: Mapping[int, Entry], quarter: int) -> Achievement | None:
    """Up to a quarter, against its own targets; None where the line has none for it.

    Where figures add up, all targets up to the quarter count, also those of quarters that were left empty.
    """
    if measure.accumulation == "sum":
        targets = [target for number, target in measure.by_quarter.items() if number <= quarter]
        if not targets:
            return None
        return achieve(measure, so_far(measure, entries, quarter), sum(targets, Decimal(0)))
    if quarter not in measure.by_quarter:
        return None
    entry = entries.get(quarter)
    value = so_far(measure, entries, quarter) if entry and entry.value is not None else None
    return achieve(measure, value, measure.by_quarter[quarter])


def mean(rows: Iterable[Achievement]) -> Mean:
    """Over lines, each once, whatever programme they belong to."""
    rows = list(rows)
    known = [row.exact for row in rows if row.exact is not None]
    if not known:
        return Mean(None, None, 0, len(rows))
    capped = sum((min(value, CAP) for value in known), Fraction(0))
    return Mean(capped / len(known), sum(known, Fraction(0)) / len(known), len(known), len(rows))


def spend(rupiah: int | None, ceiling: int | None) -> Achievement:
    """Rupiah spent against the ceiling. A line without a budget and without spending does not count."""
    if not ceiling:
        return Achievement(None, "no_budget" if not rupiah else "over_no_budget")
    return Achievement(None, "no_entry") if rupiah is None else Achievement(Fraction(rupiah * 100, ceiling))


def spend_in_total(rows: Sequence[tuple[int | None, int | None]]) -> Decimal | None:
    """All rupiah against all ceilings: what a mean of rows would hide."""
    ceilings = sum(ceiling or 0 for _rupiah, ceiling in rows)
    return (
        rounded(Fraction(100 * sum(rupiah or 0 for rupiah, _ceiling in rows), ceilings)) if ceilings else None
    )


def rate(percent: Decimal | None, bands: Sequence[Band]) -> str | None:
    """The key of the rating of a rounded percentage; the bands stand from the highest down, the last without an edge."""
    if percent is None:
        return None
    return next(band.key for band in bands if band.over is None or percent > band.over)


def strategic(measure: Measure, before: Decimal | None, value: Fraction | None) -> Fraction | None:
    """What is reached of the Renstra target: with what was reached before where figures add up, else the position now."""
    if measure.accumulation != "sum":
        return value
    if before is None and value is None:
        return None
    return Fraction(before or 0) + (value or 0)


def points(scale: Sequence[Sequence[object]], grade: str) -> Decimal | None:
    """What a grade counts on a line's scale, a list of [grade, points]."""
    return next((Decimal(str(number)) for name, number in scale if name == grade), None)
