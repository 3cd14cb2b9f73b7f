"""What a person may do beyond everyone's rights, today: duties in force over the tree of units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask import g
from sqlalchemy import ColumnElement, Date, bindparam, case, exists, func, or_, select

from portal import clock
from portal.db import db
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


_UNITS = select(
    Unit.id,
    case(
        (in_being(bindparam("today", type_=Date)), Unit.parent_id),
        else_=func.coalesce(Unit.merged_into_id, Unit.parent_id),
    ).label("above"),
    Unit.name,
)


def tree() -> Tree:
    """The tree, read once a request."""
    if "unit_tree" not in g:
        rows = db.session.execute(_UNITS, {"today": clock.today()}).all()
        parents = {row.id: row.above for row in rows}
        children: dict[int, list[int]] = {}
        for unit_id, parent_id in parents.items():
            if parent_id is not None:
                children.setdefault(parent_id, []).append(unit_id)
        g.unit_tree = Tree(parents, {row.id: row.name for row in rows}, children)
    return g.unit_tree  # type: ignore[no-any-return]


def forget_tree() -> None:
    """Read the tree anew: units were changed in this request."""
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
            path = tree().up(unit_id) if mine else []
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
    rows = db.session.execute(_DUTIES, {"person": person_id, "today": clock.today()})
    return Authority(tuple(Held(row.id, row.role, row.unit_id, row.standing) for row in rows))


class Leader(NamedTuple):
    """Who leads a unit today, by a duty in force."""

    unit_id: int
    person_id: int
    full_name: str


_LEADERS = (
    select(Duty.unit_id, Person.id, Person.name, Person.titles)
    .join(Person, Person.id == Duty.person_id)
    .where(Duty.role == "leader", in_force(bindparam("today", type_=Date)), Person.left_on.is_(None))
    .order_by(Duty.id)
)


def leaders() -> dict[int, list[Leader]]:
    """Every leader in force and in post, by the unit of the duty; read once a request."""
    if "leaders" not in g:
        found: dict[int, list[Leader]] = {}
        for unit_id, person_id, name, titles in db.session.execute(_LEADERS, {"today": clock.today()}):
            found.setdefault(unit_id, []).append(Leader(unit_id, person_id, with_titles(name, titles)))
        g.leaders = found
    return g.leaders  # type: ignore[no-any-return]


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
