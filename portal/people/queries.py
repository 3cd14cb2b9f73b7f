"""What the screens of people and units need."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from flask import abort
from sqlalchemy import Exists, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal import clock
from portal.db import db
from portal.ledger import AuditEvent
from portal.people import shares
from portal.people.authority import in_force, not_over, tree
from portal.people.models import Activation, Duty, Person, SignIn, Unit
from portal.people.rules import SLIPS_AT_ONCE
from portal.people.sessions import is_over

PAGE = 40


def full_unit_name(unit_id: int) -> str:
    """A unit with the agency it belongs to: many of them have a Sekretariat."""
    names, path = tree().names, tree().up(unit_id)
    name = names.get(unit_id, "")
    return f"{name}, {names[path[-2]]}" if len(path) > 2 else name


def list_sign_ins(person_id: int) -> list[SignIn]:
    """The sessions of a person that go on, newest first."""
    rows = db.session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .order_by(SignIn.seen_at.desc())
        .limit(100)
    )
    return [row for row in rows if not is_over(row, clock.now())]


def list_duties(person_id: int) -> list[Duty]:
    """All duties of a person, those in force and to come first."""
    rows = db.session.scalars(
        select(Duty)
        .where(Duty.person_id == person_id)
        .options(joinedload(Duty.unit))
        .order_by(Duty.from_on.desc())
    ).all()
    today = clock.today()
    return sorted(rows, key=lambda duty: duty.is_over(today))


def find_activation(person_id: int, code_hash: str) -> Activation | None:
    return db.session.scalar(
        select(Activation).where(Activation.person_id == person_id, Activation.code_hash == code_hash)
    )


def find_password_choice(person_id: int) -> AuditEvent | None:
    """How and when the person came to the password of today."""
    return db.session.scalar(
        select(AuditEvent)
        .where(
            AuditEvent.subject == f"person:{person_id}",
            AuditEvent.verb.in_(("activated", "reset password", "changed password")),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def get_person(person_id: int, reach: Collection[int]) -> Person:
    """The person, when their unit lies within reach; else 404."""
    person = db.session.scalar(select(Person).where(Person.id == person_id).options(joinedload(Person.unit)))
    if person is None or person.unit_id not in reach:
        abort(404)
    return person


def get_unit(unit_id: int) -> Unit:
    return db.session.get(Unit, unit_id) or abort(404)


@dataclass
class PeoplePage:
    """One page of the list of people."""

    people: list[Person]
    next_id: int | None
    duties: dict[int, list[Duty]]


def list_people(
    reach: Collection[int],
    search: str = "",
    unit_id: int | None = None,
    state: str = "",
    after: int | None = None,
) -> PeoplePage:
    """People of these units by name, a page at a time; found by name, unit, NIP or its last three digits."""
    units = set(reach) & tree().below([unit_id]) if unit_id else set(reach)
    query = select(Person).where(Person.unit_id.in_(units)).options(joinedload(Person.unit))
    words = search.split()[:6]
    for word in words:
        found = or_(
            Person.name.icontains(word, autoescape=True),
            Person.unit_id.in_(
                select(Unit.id).where(
                    or_(*(name.icontains(word, autoescape=True) for name in (Unit.name, Unit.short_name)))
                )
            ),
        )
        query = query.where(
            or_(found, Person.nip.endswith(word)) if word.isdigit() and len(word) in (3, 18) else found
        )
    if state == "keluar":
        query = query.where(Person.left_on.is_not(None))
    elif state == "tanpa-sandi":
        query = query.where(Person.left_on.is_(None), Person.password_hash.is_(None))
    else:
        query = query.where(Person.left_on.is_(None))
    if after is not None:
        name = select(Person.name).where(Person.id == after).scalar_subquery()
        query = query.where(or_(Person.name > name, and_(Person.name == name, Person.id > after)))
    rows = list(db.session.scalars(query.order_by(Person.name, Person.id).limit(PAGE + 1)))
    people, more = rows[:PAGE], len(rows) > PAGE
    duties: dict[int, list[Duty]] = {}
    for duty in db.session.scalars(
        select(Duty)
        .where(Duty.person_id.in_([person.id for person in people]), in_force(clock.today()))
        .options(joinedload(Duty.unit))
        .order_by(Duty.id)
    ):
        duties.setdefault(duty.person_id, []).append(duty)
    return PeoplePage(people, people[-1].id if more else None, duties)


def count_people(reach: Collection[int]) -> dict[str, int]:
    """How many are in post, have left, and have no password yet."""
    row = db.session.execute(
        select(
            func.count().filter(Person.left_on.is_(None)),
            func.count().filter(Person.left_on.is_not(None)),
            func.count().filter(Person.left_on.is_(None), Person.password_hash.is_(None)),
        ).where(Person.unit_id.in_(set(reach)))
    ).one()
    return {"in_post": row[0], "left": row[1], "without_password": row[2]}


@dataclass
class Branch:
    """A unit in the tree, with who leads it or stands in."""

    unit: Unit
    staff: int = 0
    leaders: list[Duty] = field(default_factory=list)
    stand_ins: list[Duty] = field(default_factory=list)
    below: list[Branch] = field(default_factory=list)


def unit_tree(today: date) -> list[Branch]:
    """The tree of the units in being, with leaders, stand-ins and the number of staff; four queries whatever its
    size. What stood under an ended unit stands under its successor, or the next unit above."""
    units = db.session.scalars(select(Unit).order_by(Unit.code, Unit.name)).all()
    staff = dict(
        db.session.execute(
            select(Person.unit_id, func.count()).where(Person.left_on.is_(None)).group_by(Person.unit_id)
        ).all()
    )
    leaders: dict[int, list[Duty]] = {}
    for duty in db.session.scalars(
        select(Duty)
        .join(Person, Person.id == Duty.person_id)
        .where(Duty.role == "leader", in_force(today), Person.left_on.is_(None))
        .options(joinedload(Duty.person), joinedload(Duty.unit))
        .order_by(Duty.id)
    ):
        leaders.setdefault(duty.unit_id, []).append(duty)
    branches = {unit.id: Branch(unit, staff.get(unit.id, 0), leaders.get(unit.id, [])) for unit in units}
    roots: list[Branch] = []
    for branch in branches.values():
        if branch.unit.has_ended(today):
            continue
        higher = (branches[unit_id] for unit_id in tree().up(branch.unit.id)[1:])
        above = next((other for other in higher if not other.unit.has_ended(today)), None)
        (above.below if above else roots).append(branch)
        if not branch.leaders:
            path = tree().up(branch.unit.id)
            branch.stand_ins = next((leaders[unit_id] for unit_id in path if unit_id in leaders), [])
    return roots


def find_branches(branches: list[Branch], words: str) -> list[Branch]:
    """Units of the tree with all these words in their names or codes, in its order."""
    found: list[Branch] = []
    for branch in branches:
        unit = branch.unit
        text = f"{unit.name} {unit.short_name or ''} {unit.code or ''}".lower()
        if all(word in text for word in words.lower().split()):
            found.append(branch)
        found += find_branches(branch.below, words)
    return found


def list_lasting(agencies_only: bool) -> set[int]:
    """Units without a last day, into which another may be merged."""
    query = select(Unit.id).where(Unit.until_on.is_(None))
    return set(db.session.scalars(query.where(Unit.kind == "agency") if agencies_only else query))


def list_merged_into(unit_id: int) -> list[Unit]:
    """The units that were, or will be, merged into this one."""
    return list(
        db.session.scalars(
            select(Unit).where(Unit.merged_into_id == unit_id).order_by(Unit.until_on, Unit.id)
        )
    )


def _has_open_code() -> Exists:
    return (
        select(Activation.id)
        .where(
            Activation.person_id == Person.id,
            Activation.used_at.is_(None),
            Activation.expires_at > clock.now(),
        )
        .exists()
    )


def _may_take_code(units: Collection[int]) -> Exists:
    """People who hold a duty outside these units get their code from the steward above."""
    outside = (
        select(Duty.id)
        .where(
            Duty.person_id == Person.id,
            Duty.unit_id.not_in(set(units)),
            not_over(clock.today()),
        )
        .exists()
    )
    return ~outside  # type: ignore[return-value]


def list_without_password(units: Collection[int], reach: Collection[int], again: bool) -> list[Person]:
    """People in post of these units who never chose a password, by unit and name; `again`: also with a valid code."""
    query = (
        select(Person)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            Person.unit_id.in_(set(units)),
            Person.left_on.is_(None),
            Person.password_hash.is_(None),
            _may_take_code(reach),
        )
        .options(joinedload(Person.unit))
        .order_by(Unit.code, Unit.name, Person.name, Person.id)
    )
    if not again:
        query = query.where(~_has_open_code())
    return list(db.session.scalars(query.limit(SLIPS_AT_ONCE)))


def list_codes_given(by_id: int, reach: Collection[int]) -> list[Activation]:
    """The unused codes that this steward gave to people of these units, the newest ones, in the order of giving."""
    newest = db.session.scalars(
        select(Activation)
        .join(Person, Person.id == Activation.person_id)
        .where(
            Activation.by_id == by_id,
            Activation.used_at.is_(None),
            Activation.expires_at > clock.now(),
            Person.unit_id.in_(reach),
        )
        .options(contains_eager(Activation.person).joinedload(Person.unit))
        .order_by(Activation.id.desc())
        .limit(10 * SLIPS_AT_ONCE)
    )
    return list(newest)[::-1]


def count_waiting(units: Collection[int]) -> dict[str, int]:
    """People of these units without a password: all, and those with a code that is still valid."""
    row = db.session.execute(
        select(func.count(), func.count().filter(_has_open_code())).where(
            Person.unit_id.in_(set(units)), Person.left_on.is_(None), Person.password_hash.is_(None)
        )
    ).one()
    return {"all": row[0], "with_code": row[1]}


def names_of_speakers(unit_ids: Iterable[int]) -> dict[int, str]:
    """How each home unit is named under words signed “Unit saja”: the nearest unit upwards with at least five people;
    empty where there is none. One statement, none where nobody asks."""
    wanted = set(unit_ids)
    staff: dict[int, int] = {}
    if wanted:
        staff = {
            unit_id: count
            for unit_id, count in db.session.execute(
                select(Person.unit_id, func.count()).where(Person.left_on.is_(None)).group_by(Person.unit_id)
            )
        }

    def below(unit_id: int) -> int:
        return sum(staff.get(unit, 0) for unit in tree().below([unit_id]))

    found = {unit_id: shares.speaks_for(tree().up(unit_id), below) for unit_id in wanted}
    return {unit_id: full_unit_name(speaker) if speaker else "" for unit_id, speaker in found.items()}
