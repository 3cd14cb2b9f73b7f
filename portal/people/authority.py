"""What a person may do beyond everyone's rights, today: duties in force over the tree of units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from flask import g
from sqlalchemy import ColumnElement, Date, Select, bindparam, case, exists, func, or_, select

from portal import clock
from portal.db import rows
from portal.people.models import Duty, Person, Unit, with_titles


@dataclass(frozen=True)
class Tree:
    """All units by id. An ended unit stands under its successor, so that reach follows a merger."""

    parents: dict[int, int | None]
    names: dict[int, str]
    children: dict[int, list[int]]

    def up(self, unit_id: int) -> list[int]:
        """The unit itself, then everything above it, nearest first."""
        path: list[int] = []
        here: int | None = unit_id
        while here is not None and here not in path:
            path.append(here)
            here = self.parents.get(here)
        return path

    def below(self, unit_ids: Iterable[int]) -> set[int]:
        """These units and everything under them."""
        found: set[int] = set()
        waiting = list(unit_ids)
        while waiting:
            unit_id = waiting.pop()
            if unit_id not in found:
                found.add(unit_id)
                waiting.extend(self.children.get(unit_id, ()))
        return found


def in_being(day: Any) -> ColumnElement[bool]:
    """The condition, beside Unit, that it has not ended before this local day (a date, or a parameter bound later)."""
    return or_(Unit.until_on.is_(None), Unit.until_on >= day)


_ABOVE = case(
    (in_being(bindparam("today", type_=Date)), Unit.parent_id),
    else_=func.coalesce(Unit.merged_into_id, Unit.parent_id),
).label("above")


def up(unit: Any) -> Select[tuple[int]]:
    """The ids of a unit (a parameter bound later, beside `today`) and of everything above it, for a statement that needs
    no more of the tree."""
    path = select(Unit.id, _ABOVE).where(Unit.id == unit).cte("path", recursive=True)
    path = path.union(select(Unit.id, _ABOVE).where(Unit.id == path.c.above))
    return select(path.c.id)


class Leader(NamedTuple):
    """Who leads a unit today, by a duty in force."""

    unit_id: int
    person_id: int
    full_name: str


@cache
def _units() -> Any:
    """Every unit, a row for each leader in force and in post; one question for both."""
    led = (
        select(Duty.id, Duty.unit_id, Duty.person_id, Person.name, Person.titles)
        .join(Person, Person.id == Duty.person_id)
        .where(Duty.role == "leader", in_force(bindparam("today", type_=Date)), Person.left_on.is_(None))
        .subquery()
    )
    return (
        select(Unit.id, _ABOVE, Unit.name, led.c.person_id, led.c.name, led.c.titles)
        .outerjoin(led, led.c.unit_id == Unit.id)
        .order_by(Unit.id, led.c.id)
    )


def _read() -> None:
    parents: dict[int, int | None] = {}
    names: dict[int, str] = {}
    found: dict[int, list[Leader]] = {}
    for unit_id, above, name, leader_id, leader, titles in rows(_units(), {"today": clock.today()}):
        parents[unit_id], names[unit_id] = above, name
        if leader_id is not None:
            found.setdefault(unit_id, []).append(Leader(unit_id, leader_id, with_titles(leader, titles)))
    children: dict[int, list[int]] = {}
    for unit_id, parent_id in parents.items():
        if parent_id is not None:
            children.setdefault(parent_id, []).append(unit_id)
    g.unit_tree, g.leaders = Tree(parents, names, children), found


def tree() -> Tree:
    """The tree, read once a request."""
    if "unit_tree" not in g:
        _read()
    return g.unit_tree  # type: ignore[no-any-return]


def leaders() -> dict[int, list[Leader]]:
    """Every leader in force and in post, by the unit of the duty; read with the tree."""
    tree()
    return g.leaders  # type: ignore[no-any-return]


def forget_tree() -> None:
    """Read the tree and its leaders anew: units were changed in this request."""
    g.pop("unit_tree", None)


@dataclass(frozen=True)
class Held:
    """A duty in force, as rules and templates need it."""

    duty_id: int
    role: str
    unit_id: int
    standing: str


@dataclass
class Authority:
    """The duties of one person on one day."""

    held: tuple[Held, ...] = ()
    _nearest: dict[tuple[str, int], Held | None] = field(default_factory=dict)

    def has(self, role: str) -> bool:
        """Whether the person holds this role anywhere."""
        return any(duty.role == role for duty in self.held)

    def over(self, role: str, unit_id: int) -> Held | None:
        """The nearest duty of this role that covers the unit, or None."""
        key = (role, unit_id)
        if key not in self._nearest:
            mine = {duty.unit_id: duty for duty in self.held if duty.role == role}
            # Over the unit itself: nothing is nearer, and the tree need not be read.
            path = tree().up(unit_id) if mine and unit_id not in mine else [unit_id]
            self._nearest[key] = next((mine[above] for above in path if above in mine), None)
        return self._nearest[key]

    def any_over(self, unit_id: int) -> Held | None:
        """Any duty that covers the unit."""
        return next((held for duty in self.held if (held := self.over(duty.role, unit_id))), None)

    def reach(self, *roles: str) -> set[int]:
        """All units under the duties of these roles."""
        own = [duty.unit_id for duty in self.held if duty.role in roles]
        return tree().below(own) if own else set()


def not_over(day: Any) -> ColumnElement[bool]:
    """The condition that a duty holds on this local day (a date, or a parameter bound later) or will hold later."""
    return Duty.revoked_at.is_(None) & or_(Duty.until_on.is_(None), Duty.until_on >= day)


def in_force(day: Any) -> ColumnElement[bool]:
    """The condition that a duty holds on this local day."""
    return (Duty.from_on <= day) & not_over(day)


def has_duty_over(unit_id: int) -> Any:
    """The condition, beside Person, that one has a duty over this unit today."""
    return exists(
        select(Duty.id).where(
            Duty.person_id == Person.id, Duty.unit_id.in_(tree().up(unit_id)), in_force(clock.today())
        )
    )


_DUTIES = (
    select(Duty.id, Duty.role, Duty.unit_id, Duty.standing)
    .where(Duty.person_id == bindparam("person"), in_force(bindparam("today", type_=Date)))
    .order_by(Duty.id)
)


def authority_of(person_id: int) -> Authority:
    found = rows(_DUTIES, {"person": person_id, "today": clock.today()})
    return Authority(tuple(Held(*row) for row in found))


def leaders_of(unit_id: int, but_not: int | None = None) -> list[Leader]:
    """The leaders on whom a unit's work falls: of the nearest unit upwards that has one (`but_not` one person).

    Empty where there is none up to the regency.
    """
    for above in tree().up(unit_id):
        found = [duty for duty in leaders().get(above, ()) if duty.person_id != but_not]
        if found:
            return found
    return []


def units_led_by(person_id: int) -> set[int]:
    """The units whose leader's work falls to this person, today."""
    mine = {unit_id for unit_id, duties in leaders().items() if any(d.person_id == person_id for d in duties)}
    all_units, held = tree(), leaders()
    return {
        unit_id
        for unit_id in all_units.below(mine)
        if next((above for above in all_units.up(unit_id) if above in held), None) in mine
    }
