"""Shares by unit that never show a small one, also not by subtraction. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

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


def shares(people: Mapping[int, int], answers: Mapping[int, Mapping[str, int]]) -> dict[int, Share]:
    """Shares by unit, hiding units under five and, where a difference would reveal them, further ones.

    The whole is shown elsewhere: what is hidden could be reckoned back by subtraction. So the smallest shown
    unit is hidden too until what is hidden has at least five people together, and so is never one unit alone.
    """
    hidden = {unit for unit, count in people.items() if count < SMALLEST}
    shown = sorted((count, unit) for unit, count in people.items() if unit not in hidden)
    while hidden and shown and sum(people[unit] for unit in hidden) < SMALLEST:
        hidden.add(shown.pop(0)[1])
    return {
        unit: Share(count, None if unit in hidden else dict(answers.get(unit, {})))
        for unit, count in people.items()
    }


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
