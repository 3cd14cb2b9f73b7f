"""Taking over what a file said: units, people, holidays. Nothing here commits but the job of a large roster."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select, update

from portal import audit, clock, jobs
from portal.access import Refusal
from portal.db import db
from portal.ledger import AuditEvent, Holiday, Job, Upload
from portal.people import actions
from portal.people.authority import authority_of, forget_tree, in_being, tree
from portal.people.models import Person, SignIn, Unit
from portal.people.reading import (
    Comparison,
    Entry,
    Known,
    KnownUnit,
    Units,
    compare_holidays,
    compare_roster,
    compare_units,
)
from portal.tables import Table

AT_ONCE = 500
"""So many changed people are written in the request; more become a job."""
CHUNK = 1000
COLUMNS = ("name", "titles", "status", "rank", "post", "email", "unit_id")


def known_people() -> dict[str, Known]:
    """Everybody by NIP, also who has left."""
    rows = db.session.execute(
        select(
            Person.id,
            Person.nip,
            Person.name,
            Person.titles,
            Person.status,
            Person.rank,
            Person.post,
            Person.email,
            Person.unit_id,
            Person.left_on,
        ).order_by(Person.nip)
    )
    return {row.nip: Known(**row._mapping) for row in rows}


def _current_units() -> list[tuple[int, str | None, str]]:
    return list(
        db.session.execute(
            select(Unit.id, Unit.code, Unit.name).where(in_being(clock.today())).order_by(Unit.id)
        )
    )


def compare_people(table: Table, reach: Collection[int], full: bool) -> tuple[Comparison, str]:
    """The comparison of a roster, and the digest of what it was compared with."""
    people, units = known_people(), _current_units()
    digest = hashlib.sha256()
    for known in people.values():
        digest.update(repr(known).encode())
    digest.update(repr(units).encode())
    comparison = compare_roster(table, people, Units.of(units), reach, clock.today(), full)
    return comparison, digest.hexdigest()


def regency_id() -> int:
    return db.session.execute(select(Unit.id).where(Unit.kind == "regency")).scalar_one()


def compare_with_units(table: Table) -> tuple[Comparison, str]:
    """The comparison of a list of units, and the digest of what it was compared with."""
    known = [
        KnownUnit(unit.id, unit.code, unit.name, unit.kind, unit.parent_id, unit.short_name)
        for unit in db.session.scalars(select(Unit).order_by(Unit.id))
    ]
    return compare_units(table, known, regency_id()), hashlib.sha256(repr(known).encode()).hexdigest()


def compare_with_holidays(table: Table) -> tuple[Comparison, str]:
    """The comparison of a list of holidays, and the digest of what it was compared with."""
    known = {row.on_date: row.name for row in db.session.scalars(select(Holiday).order_by(Holiday.on_date))}
    return compare_holidays(table, known), hashlib.sha256(repr(known).encode()).hexdigest()


def hold() -> None:
    """On PostgreSQL one at a time takes over a file; on SQLite one writes at a time anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(0x52454D42)))


def apply_units(comparison: Comparison, under: int | None = None) -> None:
    """Make and change units, parents before their children."""
    today = clock.today()
    waiting = [entry for entry in comparison.entries if entry.kind in ("new", "changed")]
    by_code = dict(db.session.execute(select(Unit.code, Unit.id).where(Unit.code.is_not(None))).all())
    while waiting:
        later = []
        for entry in waiting:
            parent = entry.values["parent"]
            if isinstance(parent, str):
                if parent not in by_code:
                    later.append(entry)
                    continue
                parent = by_code[parent]
            values = {key: entry.values[key] for key in ("code", "name", "kind", "short_name")} | {
                "parent_id": parent
            }
            if entry.known_id is None:
                unit = Unit(from_on=today, **values)
                db.session.add(unit)
            else:
                unit = db.session.get_one(Unit, entry.known_id)
                for key, value in values.items():
                    setattr(unit, key, value)
            db.session.flush()
            if unit.code:
                by_code[unit.code] = unit.id
            audit.record("imported", f"unit:{unit.id}", after=values, duty_id=under)
        if len(later) == len(waiting):
            raise ValueError("units whose parents are missing")
        waiting = later
    forget_tree()


def apply_holidays(comparison: Comparison, under: int | None = None) -> None:
    """Add holidays and rename known ones."""
    for entry in comparison.entries:
        if entry.kind in ("new", "changed"):
            db.session.merge(Holiday(on_date=entry.values["on_date"], name=entry.values["name"]))
            audit.record(
                "imported", f"holiday:{entry.second}", after={"name": entry.values["name"]}, duty_id=under
            )
    db.session.flush()


def _chunks(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), CHUNK):
        yield entries[start : start + CHUNK]


def apply_people(
    entries: Sequence[Entry], by_id: int | None, under: int | None, request_id: str | None
) -> None:
    """Write these entries of a roster with a few statements, whatever their number."""
    today, now = clock.today(), clock.now()
    new = [entry for entry in entries if entry.kind == "new"]
    known = [entry for entry in entries if entry.kind in ("changed", "moved", "back")]
    left = [entry.known_id for entry in entries if entry.kind == "left" and entry.known_id is not None]
    events: list[dict[str, Any]] = []

    def note(verb: str, person_id: int, after: Any = None) -> None:
        events.append(
            {
                "at": now,
                "by_id": by_id,
                "duty_id": under,
                "verb": verb,
                "subject": f"person:{person_id}",
                "before_sha": None,
                "after_sha": audit.sha(after),
                "request_id": request_id,
            }
        )

    if new:
        empty = {"titles": "", "status": "", "rank": "", "post": "", "email": None}
        rows = [empty | dict(entry.values) for entry in new]
        db.session.execute(insert(Person), rows)
        nips = {entry.values["nip"]: entry.values for entry in new}
        for person_id, nip in db.session.execute(
            select(Person.id, Person.nip).where(Person.nip.in_(list(nips)))
        ):
            note("imported", person_id, nips[nip])
    if known:
        changed = [
            {"id": entry.known_id, "left_on": None}
            | {key: entry.values[key] for key in COLUMNS if key in entry.values}
            for entry in known
        ]
        db.session.execute(update(Person), changed)
        for entry in known:
            if entry.known_id is not None:
                note("came back" if entry.kind == "back" else "imported", entry.known_id, dict(entry.values))
    if left:
        db.session.execute(update(Person).where(Person.id.in_(left)).values(left_on=today))
        db.session.execute(
            update(SignIn).where(SignIn.person_id.in_(left), SignIn.ended_at.is_(None)).values(ended_at=now)
        )
        actions.void_codes(left)
        for person_id in left:
            note("left", person_id)
    if events:
        db.session.execute(insert(AuditEvent), events)


def chosen(comparison: Comparison, leave: bool) -> list[Entry]:
    """The entries that would be written; who is missing leaves only when that was confirmed."""
    kinds = {"new", "changed", "moved", "back"} | ({"left"} if leave else set())
    return [entry for entry in comparison.entries if entry.kind in kinds]


def refuse_leaving(entries: Sequence[Entry]) -> Refusal | None:
    """Refuse when with these people the last steward would leave."""
    leaving = [entry.known_id for entry in entries if entry.kind == "left" and entry.known_id is not None]
    return actions.refuse_without_steward(leaving=leaving) if leaving else None


def job_key(upload_id: int) -> str:
    return f"roster:{upload_id}"


@jobs.handler("roster import", _l("Menerapkan daftar pegawai"))
def import_roster(job: Job) -> None:
    """Apply a large roster in chunks, each committed; a second run does what is left."""
    payload = job.payload
    upload = db.session.get(Upload, payload["upload_id"])
    if upload is None:
        return  # a former run had come to its end
    basis = upload.basis or {}
    table = Table.unpack(upload.content)
    if payload["by_id"] is None:
        reach: Collection[int] = set(tree().names)
    else:
        reach = authority_of(payload["by_id"]).reach("steward")
    comparison, digest = compare_people(table, reach, basis["full"])
    entries = chosen(comparison, payload["leave"])
    refused = refuse_leaving(entries)
    if comparison.of("wrong") or refused or (not job.progress and digest != basis["digest"]):
        job.payload = payload | {"refused": True}
        db.session.add(job)
        return
    jobs.progress(job, 1)
    done = 0
    for chunk in _chunks(entries):
        apply_people(chunk, payload["by_id"], payload["duty_id"], payload["request_id"])
        done += len(chunk)
        jobs.progress(job, max(1, 99 * done // len(entries)))  # commits the chunk
    db.session.delete(upload)


def sweep_uploads() -> None:
    """Forget files that nobody applied within a day."""
    from datetime import timedelta

    for upload in db.session.scalars(select(Upload).where(Upload.at < clock.now() - timedelta(days=1))):
        db.session.delete(upload)


jobs.every("old uploads", 3600)(sweep_uploads)
