"""What the portal holds about a person, for them to take along; never a ballot."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.db import Base, db

# Tables with the column that names the person, and the columns given out.
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "duty": ("person_id", ("role", "unit_id", "standing", "from_on", "until_on", "document", "revoked_at")),
    "sign_in": ("person_id", ("device", "own_device", "at", "seen_at", "ended_at")),
    "draft": ("person_id", ("place", "fields", "saved_at")),
    "proposal": ("by_id", ("id", "plan_id", "number", "unit_id", "voice", "submitted_at", "answer_due_on")),
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
}
PROFILE = ("nip", "name", "titles", "status", "rank", "post", "unit_id", "email", "left_on")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _rows(name: str, owner: str, columns: tuple[str, ...], person_id: int) -> list[dict[str, Any]]:
    table = Base.metadata.tables[name]
    wanted = [table.c[column] for column in columns]
    rows = db.session.execute(select(*wanted).where(table.c[owner] == person_id)).mappings()
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def own_data(person_id: int) -> dict[str, Any]:
    """Profile, duties, sessions and everything written under this person's account."""
    found: dict[str, Any] = {"profile": _rows("person", "id", PROFILE, person_id)[0]}
    for name, (owner, columns) in TABLES.items():
        found[name] = _rows(name, owner, columns, person_id)
    revision = Base.metadata.tables["proposal_revision"]
    proposal = Base.metadata.tables["proposal"]
    texts = db.session.execute(
        select(
            revision.c.proposal_id,
            revision.c.number,
            revision.c.title,
            revision.c.problem,
            revision.c.idea,
            revision.c.benefit,
            revision.c.cost,
            revision.c.at,
        )
        .join(proposal, proposal.c.id == revision.c.proposal_id)
        .where(proposal.c.by_id == person_id)
    ).mappings()
    found["proposal_revision"] = [{key: _plain(value) for key, value in row.items()} for row in texts]
    unit = Base.metadata.tables["unit"]
    ids = {row["unit_id"] for row in [found["profile"], *found["duty"], *found["proposal"]]}
    found["unit"] = dict(db.session.execute(select(unit.c.id, unit.c.name).where(unit.c.id.in_(ids))).all())
    return found
