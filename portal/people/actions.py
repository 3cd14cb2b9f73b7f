"""What changes about people: passwords, codes, duties. Nothing here commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from portal import audit, clock
from portal.access import Refusal
from portal.db import db
from portal.errors import Conflict
from portal.people import rules, sessions
from portal.people.authority import forget_tree, in_force, not_over, tree
from portal.people.codes import code_hash, new_code
from portal.people.models import Activation, Duty, Person, Preference, Unit

ON_PAPER = timedelta(days=14)
WAY_BACK = timedelta(hours=24)


class CodeUsed(Exception):
    """Somebody was faster with this code."""


def activate(person: Person, activation_id: int, password_hash: str) -> None:
    """Use up the code and set the password; all sessions and other codes of the person end. Raises CodeUsed."""
    now = clock.now()
    used = db.session.scalar(
        update(Activation)
        .where(Activation.id == activation_id, Activation.used_at.is_(None), Activation.expires_at > now)
        .values(used_at=now)
        .returning(Activation.id)
    )
    if used is None:
        raise CodeUsed
    verb = "reset password" if person.password_hash else "activated"
    set_password(person, password_hash)
    audit.record(verb, f"person:{person.id}", by_id=person.id)


def set_password(person: Person, password_hash: str, but: int | None = None) -> None:
    """Store the hash; end the sessions of the person but for one, and void their unused codes."""
    db.session.execute(update(Person).where(Person.id == person.id).values(password_hash=password_hash))
    person.password_hash = password_hash
    sessions.end_all(person.id, but=but)
    void_codes([person.id])


def set_preference(person_id: int, **columns: str) -> None:
    """Keep how a person likes the portal; the latest wins."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(
        insert(Preference)
        .values(person_id=person_id, **({"language": "id", "theme": "system", "digest": "none"} | columns))
        .on_conflict_do_update(index_elements=["person_id"], set_=columns)
    )


def void_codes(person_ids: list[int]) -> None:
    """Codes of these people that are unused can no longer be used."""
    now = clock.now()
    for start in range(0, len(person_ids), 500):
        db.session.execute(
            update(Activation)
            .where(
                Activation.person_id.in_(person_ids[start : start + 500]),
                Activation.used_at.is_(None),
                Activation.expires_at > now,
            )
            .values(expires_at=now)
        )


def give_codes(
    people: list[Person],
    by_id: int | None,
    duty_id: int | None = None,
    code_for: Callable[[int], str] = lambda _person_id: new_code(),
) -> list[tuple[Person, str, Activation]]:
    """A new code for each person; former unused ones are void. The code itself is stored nowhere."""
    void_codes([person.id for person in people])
    now = clock.now()
    made = []
    for person in people:
        code = code_for(person.id)
        lasts = WAY_BACK if person.password_hash else ON_PAPER
        activation = Activation(
            person_id=person.id, code_hash=code_hash(code), by_id=by_id, at=now, expires_at=now + lasts
        )
        db.session.add(activation)
        verb = "gave way back" if person.password_hash else "gave code"
        audit.record(verb, f"person:{person.id}", duty_id=duty_id)
        made.append((person, code, activation))
    db.session.flush()
    return made


def _stewards(today: date) -> list[Duty]:
    """Steward duties in force of people in post; on PostgreSQL the rows are held, so that two cannot end the last."""
    return list(
        db.session.scalars(
            select(Duty)
            .join(Person, Person.id == Duty.person_id)
            .where(Duty.role == "steward", in_force(today), Person.left_on.is_(None))
            .order_by(Duty.id)
            .with_for_update(of=Duty)
        )
    )


def refuse_without_steward(ending: Iterable[int] = (), leaving: Iterable[int] = ()) -> Refusal | None:
    """Refuse when these duties ended, or these people left, would leave units without any steward."""
    duty_ids, person_ids = set(ending), set(leaving)
    stewards = _stewards(clock.today())
    gone = [duty for duty in stewards if duty.id in duty_ids or duty.person_id in person_ids]
    stay = [duty for duty in stewards if duty not in gone]
    return rules.refuse_last_steward(
        [duty.unit_id for duty in gone], [duty.unit_id for duty in stay], tree().parents
    )


def give_duty(
    person: Person,
    unit_id: int,
    role: str,
    standing: str,
    from_on: date,
    until_on: date | None,
    document: str | None,
    under: int | None = None,
) -> Duty:
    """A new duty; the sessions of the person end. Raises Conflict when the same one stands already."""
    key = {"person_id": person.id, "unit_id": unit_id, "role": role, "from_on": from_on}
    duty = db.session.scalar(select(Duty).filter_by(**key).where(Duty.revoked_at.is_not(None)))
    before = duty_values(duty) if duty else None
    duty = duty or Duty(**key)
    duty.standing, duty.until_on, duty.document, duty.revoked_at = standing, until_on, document or None, None
    try:
        with db.session.begin_nested():
            db.session.add(duty)
            db.session.flush()
    except IntegrityError:
        raise Conflict(_("Penugasan yang sama, mulai hari yang sama, sudah tercatat.")) from None
    sessions.end_all(person.id)
    audit.record("gave duty", f"duty:{duty.id}", before=before, after=duty_values(duty), duty_id=under)
    return duty


def end_duty(duty: Duty, until_on: date, under: int | None = None) -> None:
    """The duty holds through this day; the sessions of its holder end."""
    before = duty_values(duty)
    duty.until_on = until_on
    db.session.flush()
    sessions.end_all(duty.person_id)
    audit.record("ended duty", f"duty:{duty.id}", before=before, after=duty_values(duty), duty_id=under)


def revoke_duty(duty: Duty, under: int | None = None) -> None:
    """Take a duty back at once; the row stays, for deeds may have been done under it. Its holder's sessions end."""
    before = duty_values(duty)
    duty.revoked_at = clock.now()
    db.session.flush()
    sessions.end_all(duty.person_id)
    audit.record("revoked duty", f"duty:{duty.id}", before=before, after=duty_values(duty), duty_id=under)


def end_unit(unit: Unit, until_on: date, successor_id: int | None, under: int | None = None) -> None:
    """The unit stands through this day; then its plans, proposals and people fall under the successor, or under
    the unit above. Duties over it end with it, and with them the sessions of their holders."""
    before = [unit.until_on, unit.merged_into_id]
    unit.until_on, unit.merged_into_id = until_on, successor_id
    for duty in duties_that_outlast(unit.id, until_on):
        if duty.from_on > until_on:
            revoke_duty(duty, under)
        else:
            end_duty(duty, until_on, under)
    db.session.flush()
    forget_tree()
    verb = "merged" if successor_id else "ended"
    audit.record(verb, f"unit:{unit.id}", before=before, after=[until_on, successor_id], duty_id=under)


def duties_that_outlast(unit_id: int, until_on: date) -> list[Duty]:
    """Duties over exactly this unit that go on after this day or begin later."""
    return list(
        db.session.scalars(
            select(Duty)
            .where(Duty.unit_id == unit_id, not_over(until_on + timedelta(days=1)))
            .options(joinedload(Duty.person))
            .order_by(Duty.id)
        )
    )


def reopen_unit(unit: Unit, under: int | None = None) -> None:
    """Take the end of a unit back; its duties are given anew."""
    before = [unit.until_on, unit.merged_into_id]
    unit.until_on = unit.merged_into_id = None
    db.session.flush()
    forget_tree()
    audit.record("reopened", f"unit:{unit.id}", before=before, duty_id=under)


def duty_values(duty: Duty) -> dict[str, object]:
    return {
        "person": duty.person_id,
        "unit": duty.unit_id,
        "role": duty.role,
        "standing": duty.standing,
        "from": duty.from_on,
        "until": duty.until_on,
        "document": duty.document,
        "revoked": duty.revoked_at,
    }
