"""Records of decision (Berita Acara)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Id, Sha256, choice, to
from portal.plans.models import STAGES


class Minutes(Base):
    __tablename__ = "minutes"
    __table_args__ = (UniqueConstraint("unit_id", "year", "number"), UniqueConstraint("plan_id", "stage"))
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id", index=False)
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    plan_id: Mapped[int | None] = to("plan.id", index=False)
    stage: Mapped[str | None] = mapped_column(choice("stage", *STAGES))
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("poll.id"), unique=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[Sha256]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    by_id: Mapped[int | None] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]
