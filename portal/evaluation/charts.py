"""Where things stand in the pictures of results: pure geometry. Every picture has its table beside it, which says the same.

Places are in the units of a picture's own box. A bullet is drawn on a box of 100 × 16 that stretches with the page; the others keep
their shape, so that their words stay words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

WIDTH, HEIGHT = 328, 264
LEFT, RIGHT, TOP, BOTTOM = 36, 14, 14, 34
END = Decimal("1.25")
"""How far a scale of percent reaches; what lies beyond stands at its edge."""
NUMBERED = 24
"""So many dots still carry their number."""
Number = int | Decimal | Fraction


def _place(share: Number) -> float:
    return round(float(share), 2)


@dataclass(frozen=True)
class Bullet:
    """A bar for the value and marks for the targets, from 0 to 100 on a scale of the line's own."""

    value: float
    target: float
    upper: float | None
    first: float | None
    is_cut: bool
    """Whether the value reaches further than is drawn."""


def bullet(
    value: Number | None, target: Number | None, first: Number | None = None, upper: Number | None = None
) -> Bullet | None:
    """None where there is nothing to compare; a value over twice the targets is cut off there."""
    if value is None or target is None:
        return None
    marks = [Fraction(mark) for mark in (target, upper, first) if mark is not None]
    longest = 2 * max(marks)
    shown = max(Fraction(0), Fraction(value))
    end = max(*marks, min(shown, longest), Fraction(0))
    if end <= 0:
        return None

    def at(mark: Number) -> float:
        return _place(min(Fraction(mark), end) / end * 98)

    return Bullet(
        at(shown),
        at(target),
        at(upper) if upper is not None and upper > target else None,
        at(first) if first is not None and first != target else None,
        shown > longest > 0,
    )


@dataclass(frozen=True)
class Tick:
    """A line of the grid: where it stands and what it says."""

    place: float
    label: str


@dataclass(frozen=True)
class Dot:
    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Quadrant:
    """Performance (upwards) against spending (to the right), each in percent; `means` cross where the unit's means are."""

    dots: list[Dot]
    across: list[Tick]
    up: list[Tick]
    mean_x: float | None
    mean_y: float | None
    is_numbered: bool


def _along(percent: Number) -> float:
    share = min(max(Fraction(percent) / 100, Fraction(0)), Fraction(END)) / Fraction(END)
    return _place(LEFT + share * (WIDTH - LEFT - RIGHT))


def _upwards(share: Number) -> float:
    """A share of the height, 1 being the top."""
    return _place(HEIGHT - BOTTOM - Fraction(share) * (HEIGHT - TOP - BOTTOM))


def _percent_up(percent: Number) -> float:
    return _upwards(min(max(Fraction(percent) / 100, Fraction(0)), Fraction(END)) / Fraction(END))


def quadrant(
    rows: Iterable[tuple[int, Number | None, Number | None]],
    performance: Number | None,
    money: Number | None,
) -> Quadrant:
    """`rows` are (number, performance, spending); those that lack one of the two have no dot."""
    dots = [
        Dot(number, _along(spent), _percent_up(reached))
        for number, reached, spent in rows
        if reached is not None and spent is not None
    ]
    steps = (0, 25, 50, 75, 100)
    return Quadrant(
        dots,
        [Tick(_along(step), str(step)) for step in steps],
        [Tick(_percent_up(step), str(step)) for step in steps],
        None if money is None else _along(money),
        None if performance is None else _percent_up(performance),
        len(dots) <= NUMBERED,
    )


@dataclass(frozen=True)
class Course:
    """Two lines over the months of a year, and where the ceiling lies."""

    planned: str
    paid: str
    planned_ends: list[tuple[float, float]]
    paid_ends: list[tuple[float, float]]
    up: list[tuple[float, int]]
    """Places of the grid with their rupiah."""
    across: list[tuple[float, int]]
    """Places of the months."""


def _month(month: int) -> float:
    return _place(12 + Fraction(month, 12) * (WIDTH - 12 - RIGHT))


def _nice(most: int) -> int:
    """The next step of 1, 2, 2.5, 5 or 10 with zeros, at most four of which cover `most`."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power // 2, 5 * power):
            if step and step * 4 >= most:
                return step
        power *= 10


def course(planned: Mapping[int, int], paid: Mapping[int, int], ceiling: int) -> Course | None:
    """Sums through a month, by month; None where nobody planned, paid or has a ceiling."""
    most = max([ceiling, *planned.values(), *paid.values()])
    if most <= 0:
        return None
    step = _nice(most)
    end = step * -(-most // step)

    def points(sums: Mapping[int, int]) -> list[tuple[float, float]]:
        if not sums:
            return []
        return [(_month(month), _upwards(Fraction(sums[month], end))) for month in sorted(sums)]

    def line(ends: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{x},{y}" for x, y in [(_month(0), _upwards(0)), *ends]) if ends else ""

    plan, spent = points(planned), points(paid)
    return Course(
        line(plan),
        line(spent),
        plan,
        spent,
        [(_upwards(Fraction(one, end)), one) for one in range(0, end + 1, step)],
        [(_month(month), month) for month in (3, 6, 9, 12)],
    )


@dataclass(frozen=True)
class Year:
    """One year of an indicator in a slope."""

    year: int
    x: float
    value: float | None
    target: float | None


@dataclass(frozen=True)
class Slope:
    years: list[Year]
    line: str
    """Through the values, broken nowhere: a year without one is passed over."""


def slope(years: Sequence[tuple[int, Number | None, Number | None]]) -> Slope | None:
    """`years` are (year, value, target), the first one first; None where fewer than two years have a value."""
    values = [Fraction(value) for _year, value, _target in years if value is not None]
    most = max(
        [*values, *(Fraction(target) for _year, _value, target in years if target is not None)], default=0
    )
    if len(values) < 2 or most <= 0:
        return None
    wide = WIDTH - 2 * LEFT

    def up(value: Number | None) -> float | None:
        return None if value is None else _upwards(max(Fraction(0), Fraction(value)) / most * Fraction(9, 10))

    shown = [
        Year(year, _place(LEFT + Fraction(place, len(years) - 1) * wide), up(value), up(target))
        for place, (year, value, target) in enumerate(years)
    ]
    return Slope(shown, " ".join(f"{one.x},{one.value}" for one in shown if one.value is not None))
