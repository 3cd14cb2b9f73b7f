"""The demo: an invented regency that ./run loads into an empty database."""

from __future__ import annotations

from sqlalchemy import exists, select

from portal.db import db
from portal.people.models import Person

MARKER = "199999999999"
"""No real NIP can begin so: the demo's people are known by it."""


def present() -> bool:
    """Whether demo people are in this database."""
    return bool(db.session.scalar(select(exists().where(Person.nip.startswith(MARKER)))))
