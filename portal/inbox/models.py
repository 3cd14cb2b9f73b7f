"""News: what happened to something of mine. What waits for me is computed, never stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from portal.db import Base, Id, to


class Notification(Base):
    __tablename__ = "notification"
    __table_args__ = (UniqueConstraint("person_id", "event_id"),)
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id", index=False)
    event_id: Mapped[int] = to("audit_event.id")
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
