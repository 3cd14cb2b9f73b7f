"""What the portal holds about a person, for them to take along; never a ballot."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Integer, Table, Text, cast, literal, null, select, union_all

from portal.db import Base, UTCDateTime, rows

# Tables with the column that names the person (of the row itself, or of what it belongs to), and the columns given out.
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "person": ("id", ("nip", "name", "titles", "status", "rank", "post", "unit_id", "email", "left_on")),
    "duty": ("person_id", ("role", "unit_id", "standing", "from_on", "until_on", "document", "revoked_at")),
    "sign_in": ("person_id", ("device", "own_device", "at", "seen_at", "ended_at")),
    "draft": ("person_id", ("place", "fields", "saved_at")),
    "proposal": ("by_id", ("id", "plan_id", "number", "unit_id", "voice", "submitted_at", "answer_due_on")),
    "proposal_revision": (
        "proposal.by_id",
        ("proposal_id", "number", "title", "problem", "idea", "benefit", "cost", "at"),
    ),
    "support": ("person_id", ("proposal_id", "on_revision", "at")),
    "comment": ("by_id", ("id", "thread_id", "voice", "body", "quote", "at", "edited_at", "struck_at")),
    "suggestion": (
        "by_id",
        ("id", "section_id", "line_id", "body", "fields", "reason", "voice", "at", "ruling"),
    ),
    "revision": ("by_id", ("section_id", "line_id", "number", "kind", "at")),
    "answer": ("by_id", ("proposal_id", "round", "kind", "text", "at")),
    "acknowledgement": ("person_id", ("revision_id", "kind", "at")),
    "concern": ("by_id", ("id", "notice_id", "voice", "body", "at")),
    "reply": ("by_id", ("concern_id", "number", "kind", "text", "at")),
    "reading": ("person_id", ("plan_id", "stage", "on")),
    "objection": ("by_id", ("id", "place", "code", "voice", "text", "at")),
    "thanks": ("person_id", ("place", "text", "at")),
    "share": ("person_id", ("id", "sections", "code", "content", "sha256", "until_on", "at", "revoked_at")),
    "share_view": ("share.person_id", ("share_id", "at")),
    "correction_request": ("person_id", ("id", "place", "text", "due_on", "at")),
    "correction_answer": ("correction_request.person_id", ("request_id", "outcome", "text", "at")),
    "enrolment": ("person_id", ("id", "training_id", "code", "unit_id", "at")),
    "completion": (
        "enrolment.person_id",
        ("enrolment_id", "outcome", "training_hours", "number", "code", "at"),
    ),
    "uptake": ("enrolment.person_id", ("enrolment_id", "used", "line_id", "text", "at")),
    "learning": (
        "person_id",
        ("title", "form", "issuer", "number", "starts_on", "ends_on", "minutes", "hours", "kept_at", "at"),
    ),
    "need": ("by_id", ("unit_id", "topic", "people", "text", "at")),
    "calendar_address": ("person_id", ("at", "revoked_at")),
}
WIDEST = max(len(columns) for _owner, columns in TABLES.values())


def _plain(value: str | None, kind: Any) -> Any:
    """A cell that came as text, as it stands in JSON."""
    if value is None:
        return None
    if isinstance(kind, UTCDateTime):
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(kind, Boolean):
        return value in ("1", "true")
    return json.loads(value) if isinstance(kind, Integer | JSON) else value


def _part(name: str, person_id: int, withheld: bool) -> Any:
    """The rows of one table as text, so that all tables come in one statement."""
    owner, columns = TABLES[name]
    table = Base.metadata.tables[name]
    cells = [cast(table.c[column], Text) for column in columns]
    part = select(literal(name), *cells, *[cast(null(), Text)] * (WIDEST - len(cells)))
    above, _dot, column = owner.rpartition(".")
    if above:
        parent = Base.metadata.tables[above]
        part = part.join(parent)
        return part.where(parent.c[column] == person_id, *_named(parent, withheld))
    return part.where(table.c[owner] == person_id, *_named(table, withheld))


def _named(table: Table, withheld: bool) -> list[Any]:
    """The condition that something was written under one's name, where that could be chosen."""
    return [table.c.voice == "named"] if "voice" in table.c and not withheld else []


def own_data(person_id: int, *, withheld: bool) -> dict[str, Any]:
    """Profile, duties, sessions and everything written under this person's account; what was written without the name only
    where it is asked for: a file goes further than its owner means it to."""
    found: dict[str, Any] = {name: [] for name in TABLES}
    for name, *cells in rows(union_all(*(_part(name, person_id, withheld) for name in TABLES))):
        columns, table = TABLES[name][1], Base.metadata.tables[name]
        found[name].append(
            {column: _plain(cell, table.c[column].type) for column, cell in zip(columns, cells, strict=False)}
        )
    [profile] = found.pop("person")
    found = {"profile": profile} | found
    unit = Base.metadata.tables["unit"]
    ids = {row["unit_id"] for row in [profile, *found["duty"], *found["proposal"]]}
    found["unit"] = {
        id_: name for id_, name in rows(select(unit.c.id, unit.c.name).where(unit.c.id.in_(ids)))
    }
    return found
