"""The audit log: written in the transaction of the deed, sealed into a hash chain once a minute."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from flask import g, has_request_context
from flask_login import current_user
from sqlalchemy import insert, select

from portal import clock
from portal.db import db, run
from portal.ledger import AuditEvent, AuditSeal

GENESIS = "0" * 64
BATCH = 5000
_EVENT: Any = insert(cast(Any, AuditEvent.__table__)).inline()
"""Nobody asks for the number of an event."""


def sha(value: Any) -> str | None:
    """SHA-256 of a value as canonical JSON; None stays None."""
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def record(
    verb: str,
    subject: str,
    *,
    before: Any = None,
    after: Any = None,
    duty_id: int | None = None,
    by_id: int | None = None,
    anonymous: bool = False,
) -> None:
    """Add a deed to the transaction at hand. `subject` is a place such as `proposal:7`; `before` and `after`
    are kept only as hashes. `by_id` is for a deed of nobody who is signed in. `anonymous` leaves the person out: a name withheld, a ballot cast."""
    run(_EVENT, _event(verb, subject, before, after, duty_id, by_id, anonymous))


def record_all(verb: str, deeds: Iterable[tuple[str, Any, Any]], *, duty_id: int | None) -> None:
    """Record the same deed on many subjects at once; each with its state before and after, as `record` takes them."""
    if events := [_event(verb, *deed, duty_id) for deed in deeds]:
        run(_EVENT, events)


def _event(
    verb: str,
    subject: str,
    before: Any,
    after: Any,
    duty_id: int | None,
    by_id: int | None = None,
    anonymous: bool = False,
) -> dict[str, Any]:
    request_id = None
    if has_request_context():
        request_id = g.get("request_id")
        if not anonymous and by_id is None and current_user.is_authenticated:
            by_id = current_user.id
    return {
        "at": clock.now(),
        "by_id": by_id,
        "duty_id": None if anonymous else duty_id,
        "verb": verb,
        "subject": subject,
        "before_sha": sha(before),
        "after_sha": sha(after),
        "request_id": None if anonymous else request_id,
    }


def _link(previous: str, event: AuditEvent) -> str:
    fields = (
        event.id,
        event.at.isoformat(),
        event.by_id,
        event.duty_id,
        event.verb,
        event.subject,
        event.before_sha,
        event.after_sha,
        event.request_id,
    )
    return hashlib.sha256(f"{previous}|{json.dumps(fields, ensure_ascii=False)}".encode()).hexdigest()


def seal() -> int:
    """Chain the events that have no seal yet, in the order of their ids; returns how many. Needs a writing
    transaction; one sealer at a time is held by the primary key of the seals."""
    last = db.session.execute(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)).scalar()
    number, previous = (last.number, last.hash) if last else (0, GENESIS)
    events = db.session.scalars(
        select(AuditEvent)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditSeal.event_id.is_(None))
        .order_by(AuditEvent.id)
        .limit(BATCH)
    ).all()
    for event in events:
        number += 1
        previous = _link(previous, event)
        db.session.add(AuditSeal(number=number, event_id=event.id, hash=previous))
    db.session.flush()
    return len(events)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: events in the chain, events not sealed yet, and where it breaks (None: it holds)."""

    sealed: int
    unsealed: int
    broken_at: int | None = None
    reason: str = ""


def verify() -> Verdict:
    """Walk the whole chain."""
    previous, expected = GENESIS, 0
    rows = db.session.execute(
        select(AuditSeal, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .order_by(AuditSeal.number)
        .execution_options(yield_per=BATCH)
    )
    with closing(rows):
        for seal_row, event in rows:
            expected += 1
            if seal_row.number != expected:
                return Verdict(expected - 1, 0, expected, "missing seal")
            if event is None:
                return Verdict(expected - 1, 0, expected, "missing event")
            previous = _link(previous, event)
            if previous != seal_row.hash:
                return Verdict(expected - 1, 0, event.id, "changed event")
            db.session.expunge(seal_row)
            db.session.expunge(event)
    unsealed = db.session.scalars(
        select(AuditEvent.id)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditSeal.event_id.is_(None))
    ).all()
    return Verdict(expected, len(unsealed))
