"""Who there is: units, people, their duties, how they sign in, and what they are typing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, Label, Name, Sha256, Word, choice, to

ROLES = ("editor", "planner", "leader", "verifier", "steward", "auditor")
STANDINGS = ("definitif", "plt", "plh", "pj")


class Unit(Base):
    """A node of the tree: the regency, its agencies (Perangkat Daerah), and everything below them."""

    __tablename__ = "unit"
    id: Mapped[Id]
    parent_id: Mapped[int | None] = to("unit.id")
    kind: Mapped[str] = mapped_column(choice("kind", "regency", "agency", "division"))
    code: Mapped[str | None] = mapped_column(String(60), unique=True)
    name: Mapped[Name]
    short_name: Mapped[Word | None]
    """How everybody calls it: BKPSDM, Diskominfo."""
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = to("unit.id")

    parent: Mapped[Unit | None] = relationship(foreign_keys=[parent_id], remote_side="Unit.id")
    merged_into: Mapped[Unit | None] = relationship(foreign_keys=[merged_into_id], remote_side="Unit.id")

    def has_ended(self, day: date) -> bool:
        return self.until_on is not None and self.until_on < day

    @property
    def brief(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


def with_titles(name: str, titles: str | None) -> str:
    return f"{name}, {titles}" if titles else name


class Person(Base):
    """One employee. The NIP is text and shown only as its last three digits."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_name", "name"),)
    id: Mapped[Id]
    nip: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[Label]
    titles: Mapped[str] = mapped_column(String(100), default="")
    status: Mapped[str] = mapped_column(String(40), default="")
    rank: Mapped[str] = mapped_column(String(40), default="")
    post: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int] = to("unit.id")
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    left_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship()

    @property
    def full_name(self) -> str:
        return with_titles(self.name, self.titles)

    @property
    def masked_nip(self) -> str:
        return f"…{self.nip[-3:]}"

    @property
    def is_in_post(self) -> bool:
        return self.left_on is None


class Duty(Base):
    """A role over a unit and everything under it, from one local day through another."""

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("person_id", "unit_id", "role", "from_on"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="order"),
    )
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id", index=False)
    unit_id: Mapped[int] = to("unit.id")
    role: Mapped[str] = mapped_column(choice("role", *ROLES))
    standing: Mapped[str] = mapped_column(choice("standing", *STANDINGS), default="definitif")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    document: Mapped[str | None] = mapped_column(String(200))
    revoked_at: Mapped[datetime | None]
    """When a duty given by mistake was taken back, before its first day was over."""

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()

    def is_over(self, day: date) -> bool:
        return self.revoked_at is not None or (self.until_on is not None and self.until_on < day)

    def is_in_force(self, day: date) -> bool:
        return self.from_on <= day and not self.is_over(day)


class Activation(Base):
    """A single-use code on paper with which a person chooses a password."""

    __tablename__ = "activation"
    id: Mapped[Id]
    person_id: Mapped[int] = to("person.id")
    code_hash: Mapped[Sha256] = mapped_column(unique=True)
    by_id: Mapped[int | None] = to("person.id", index=False)
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class SignIn(Base):
    """One device's session. Only the hash of the random id in the cookie is stored."""

    __tablename__ = "sign_in"
    id: Mapped[Id]
    key_hash: Mapped[Sha256] = mapped_column(unique=True)
    person_id: Mapped[int] = to("person.id")
    device: Mapped[str] = mapped_column(String(200), default="")
    own_device: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Preference(Base):
    """How a person likes the portal; a person without a row has the defaults."""

    __tablename__ = "preference"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(choice("language", "id", "en"), default="id")
    theme: Mapped[str] = mapped_column(choice("theme", "system", "light", "dark"), default="system")
    digest: Mapped[str] = mapped_column(choice("digest", "none", "daily", "weekly"), default="none")


class Draft(Base):
    """What a person is typing in a form; `place` is a text key such as `section:12`."""

    __tablename__ = "draft"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    place: Mapped[Word] = mapped_column(primary_key=True)
    based_on: Mapped[int | None] = mapped_column(Integer)
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class Presence(Base):
    """Who has a piece open; advisory only."""

    __tablename__ = "presence"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    place: Mapped[Word] = mapped_column(primary_key=True, index=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
