"""Shares by unit that never show a small one, also not by subtraction. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

SMALLEST = 5
"""People under which a unit's shares are not shown."""


@dataclass(frozen=True)
class Share:
    """How many of a unit's staff gave which answer; `counts` is None where it is not shown."""

    people: int
    counts: Mapping[str, int] | None

    @property
    def silent(self) -> int:
        """How many have not answered, of a unit that is shown."""
        return self.people - sum((self.counts or {}).values())


def folded(people: Mapping[int, int]) -> set[int]:
    """The units that are not shown: those under five, and further ones where a difference would reveal them.

    The whole is shown elsewhere: what is hidden could be reckoned back by subtraction. So the smallest shown
    unit is hidden too until what is hidden has at least five people together, and so is never one unit alone.
    """
    hidden = {unit for unit, count in people.items() if count < SMALLEST}
    shown = sorted((count, unit) for unit, count in people.items() if unit not in hidden)
    while hidden and shown and sum(people[unit] for unit in hidden) < SMALLEST:
        hidden.add(shown.pop(0)[1])
    return hidden


def shares(people: Mapping[int, int], answers: Mapping[int, Mapping[str, int]]) -> dict[int, Share]:
    """Shares by unit, small units and what would reveal them hidden."""
    hidden = folded(people)
    return {
        unit: Share(count, None if unit in hidden else dict(answers.get(unit, {})))
        for unit, count in people.items()
    }


@dataclass(frozen=True)
class Cell:
    """So many people, of whom so many did something; `reached` is None where only a word is said."""

    people: int
    reached: int | None
    word: str | None = None
    """Where no number is shown: `nearly_all`, `few`, or `some` where both sides are small."""

    @property
    def percent(self) -> Decimal | None:
        """With two decimals, half up; None where only a word is said."""
        if self.reached is None:
            return None
        return (Decimal(100 * self.reached) / self.people).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Cells:
    """What may be published of a table of units: shown units, the folded ones together ("Lainnya"), and the whole."""

    units: Mapping[int, Cell]
    others: Cell | None
    whole: Cell | None


def _cell(people: int, reached: int, exact: bool) -> Cell:
    if exact:
        return Cell(people, reached)
    if reached < SMALLEST and people - reached < SMALLEST:
        return Cell(people, None, "some")
    return Cell(people, None, "nearly_all" if 2 * reached > people else "few")


def cells(people: Mapping[int, int], reached: Mapping[int, int]) -> Cells:
    """How many of each unit's staff did something, so that neither a cell nor a difference of cells covers under five.

    Small units fold into one row. A number stands only where both sides of it have five; and as the whole minus the other
    rows tells what the rows with words hold together, both sides of that need five too: else the next smallest row gives its
    number up.
    """
    everyone = sum(people.values())
    if everyone < SMALLEST:
        return Cells({}, None, None)
    hidden = folded(people)
    groups: dict[int | None, tuple[int, int]] = {
        unit: (count, reached.get(unit, 0)) for unit, count in people.items() if unit not in hidden
    }
    if hidden:
        groups[None] = (sum(people[unit] for unit in hidden), sum(reached.get(unit, 0) for unit in hidden))

    def is_wide(group: Collection[int | None]) -> bool:
        did = sum(groups[key][1] for key in group)
        return did >= SMALLEST and sum(groups[key][0] for key in group) - did >= SMALLEST

    worded = {key for key in groups if not is_wide([key])}
    whole_is_exact = is_wide(groups)
    by_size = sorted((key for key in groups if key not in worded), key=lambda key: (groups[key][0], key or 0))
    while whole_is_exact and worded and by_size and not is_wide(worded):
        worded.add(by_size.pop(0))
    made = {key: _cell(*counts, key not in worded) for key, counts in groups.items()}
    others = made.pop(None, None)
    return Cells(
        {key: cell for key, cell in made.items() if key is not None},
        others,
        _cell(everyone, sum(did for _people, did in groups.values()), whole_is_exact),
    )


def total(people: Mapping[int, int], answers: Mapping[int, Mapping[str, int]]) -> Share:
    """All answers together; not shown for an audience under five."""
    everyone = sum(people.values())
    if everyone < SMALLEST:
        return Share(everyone, None)
    counts: dict[str, int] = {}
    for unit in answers.values():
        for kind, count in unit.items():
            counts[kind] = counts.get(kind, 0) + count
    return Share(everyone, counts)


def speaks_for(path: Iterable[int], people_below: Callable[[int], int]) -> int | None:
    """The nearest unit upwards with at least five people: the one that "unit only" names."""
    return next((unit for unit in path if people_below(unit) >= SMALLEST), None)
