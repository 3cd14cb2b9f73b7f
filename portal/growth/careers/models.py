"""What a career record holds of its own: thanks, shared copies and who opened them, requests for correction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, Sha256, Word, choice, to
from portal.people.models import Duty, Person

CORRECTION_OUTCOMES = ("corrected", "partly", "declined")


class Thanks(Base):
    """A leader's thanks for something that a person did under their own name (`proposal:7`); once a leader and place."""

    __tablename__ = "thanks"
    __table_args__ = (UniqueConstraint("place", "by_id"),)
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id")
    place: Mapped[Word]
    text: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int] = to("duty.id", index=False)
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    duty: Mapped[Duty] = relationship()


class Share(Base):
    """A copy of chosen sections as they stood, readable with its code until a day, or until it is revoked."""

    __tablename__ = "share"
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id")
    sections: Mapped[list[Any]]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[Sha256]
    until_on: Mapped[date]
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    views: Mapped[list[ShareView]] = relationship(order_by="ShareView.id")


class ShareView(Base):
    """That somebody opened a shared copy; who, is not known."""

    __tablename__ = "share_view"
    id: Mapped[Id]
    share_id: Mapped[int] = to("share.id")
    at: Mapped[datetime]


class CorrectionRequest(Base):
    """A person's word to the steward that their record is wrong; `place` is the section."""

    __tablename__ = "correction_request"
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id")
    place: Mapped[Word]
    text: Mapped[str]
    due_on: Mapped[date]
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    answer: Mapped[CorrectionAnswer | None] = relationship(back_populates="request")


class CorrectionAnswer(Base):
    __tablename__ = "correction_answer"
    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("correction_request.id"), unique=True)
    outcome: Mapped[str] = mapped_column(choice("outcome", *CORRECTION_OUTCOMES))
    text: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int] = to("duty.id", index=False)
    at: Mapped[datetime]

    request: Mapped[CorrectionRequest] = relationship(back_populates="answer")
    by: Mapped[Person] = relationship()
