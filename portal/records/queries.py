"""The audit log as its readers see it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.db import db
from portal.ledger import AuditEvent, AuditSeal
from portal.people.models import Person

PAGE = 50


@dataclass(frozen=True)
class Row:
    event: AuditEvent
    name: str | None
    sealed: bool


def list_events(before: int | None, subject: str) -> tuple[list[Row], int | None]:
    """Newest first, `PAGE` at a time; `subject` narrows to a place such as `proposal:7`. With the key of the
    next page, or None."""
    query = (
        select(AuditEvent, Person.name, AuditSeal.number)
        .outerjoin(Person, Person.id == AuditEvent.by_id)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .order_by(AuditEvent.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(AuditEvent.id < before)
    if subject:
        query = query.where(AuditEvent.subject == subject)
    rows = [Row(event, name, number is not None) for event, name, number in db.session.execute(query)]
    return rows[:PAGE], rows[PAGE - 1].event.id if len(rows) > PAGE else None
