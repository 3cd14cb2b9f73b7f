"""The tables below all packages: holidays, the audit log, form submissions, throttling, jobs, uploads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Id, Sha256, Word, choice, to


class Holiday(Base):
    """A day that is no working day: national holidays and collective leave, read in once a year."""

    __tablename__ = "holiday"
    on_date: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class AuditEvent(Base):
    """A deed. Append-only on both databases; never a password, token, ballot or free text."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject", "id"),)
    id: Mapped[Id]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = to("person.id")
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    verb: Mapped[Word]
    subject: Mapped[Word]
    before_sha: Mapped[Sha256 | None]
    after_sha: Mapped[Sha256 | None]
    request_id: Mapped[str | None] = mapped_column(String(40))


class AuditSeal(Base):
    """The hash chain over the events, one seal an event, in the order in which they were sealed."""

    __tablename__ = "audit_seal"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), unique=True)
    hash: Mapped[Sha256]


class Submission(Base):
    """A form's one-time token and the address of what it led to."""

    __tablename__ = "submission"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    address: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(index=True)


class Attempt(Base):
    """How often something was tried in a window of time, for throttling."""

    __tablename__ = "attempt"
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Integer)


class Job(Base):
    """Work that outlives its request; done at least once, by whoever holds the lease."""

    __tablename__ = "job"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[Word]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(choice("state", "ready", "running", "done", "failed"), default="ready")
    progress: Mapped[int | None]
    error: Mapped[str | None]
    due_at: Mapped[datetime] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)


class Upload(Base):
    """A file that waits for its preview to be applied; kept a day at most."""

    __tablename__ = "upload"
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id")
    kind: Mapped[Word]
    sha256: Mapped[Sha256]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    basis: Mapped[dict[str, Any] | None]
    at: Mapped[datetime]
