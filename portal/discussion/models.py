"""One way to talk about anything: a thread, its comments one level deep, their state, and moderation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, choice, to
from portal.people.models import Person, Unit

VOICES = ("named", "unit", "withheld")


class Thread(Base):
    """Nothing but its id; what is talked about holds it."""

    __tablename__ = "thread"
    id: Mapped[Id]


class Comment(Base):
    """A remark. Struck words stay readable; `unit` is where its author belonged when writing."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_thread_id_id", "thread_id", "id"),)
    id: Mapped[Id]
    thread_id: Mapped[int] = to("thread.id", index=False)
    parent_id: Mapped[int | None] = to("comment.id")
    by_id: Mapped[int] = to("person.id")
    unit_id: Mapped[int] = to("unit.id")
    voice: Mapped[str] = mapped_column(choice("voice", *VOICES), default="named")
    body: Mapped[str]
    quote: Mapped[str | None]
    on_revision: Mapped[int | None]
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    struck_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    unit: Mapped[Unit] = relationship()


class CommentState(Base):
    """What became of a comment; the latest counts."""

    __tablename__ = "comment_state"
    id: Mapped[Id]
    comment_id: Mapped[int] = to("comment.id")
    kind: Mapped[str] = mapped_column(choice("kind", "answered", "changed", "settled"))
    revision_number: Mapped[int | None]
    by_id: Mapped[int] = to("person.id")
    at: Mapped[datetime]


class Mention(Base):
    """A colleague named in a comment; seen once they opened it or answered."""

    __tablename__ = "mention"
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    seen_at: Mapped[datetime | None]


class Report(Base):
    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("comment_id", "by_id"),)
    id: Mapped[Id]
    comment_id: Mapped[int] = to("comment.id", index=False)
    by_id: Mapped[int] = to("person.id")
    reason: Mapped[str]
    at: Mapped[datetime]


class Hiding(Base):
    """A comment hidden by a moderator with a reason; lifted, it is shown again. Lifted in the moment it was made, it
    is the decision to leave a reported comment as it stands."""

    __tablename__ = "hiding"
    id: Mapped[Id]
    comment_id: Mapped[int] = to("comment.id")
    by_id: Mapped[int] = to("person.id")
    reason: Mapped[str]
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("lifted_at IS NULL OR lifted_at >= at", name="order"),)
