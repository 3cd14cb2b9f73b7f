"""Gaps, calls, partners and what they offer, promise and hand over. Rows are added, never changed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column, relationship

from portal.db import Base, Id, Label, Name, Word, choice, to
from portal.people.models import Person, Unit

GAP_KINDS = ("money", "instructor", "room", "equipment", "expertise")
PARTNER_KINDS = ("university", "business", "association", "community", "government", "individual")
CHECK_RESULTS = ("fits", "problem")
OUTCOMES = ("accepted", "declined", "referred")
AGREEMENTS = ("memorandum", "agreement", "handover", "letter")


class Gap(Base):
    """What a line of a plan or a training (`line:12`) lacks."""

    __tablename__ = "gap"
    __table_args__ = (
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity"),
        Index("ix_gap_place", "place"),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id")
    place: Mapped[Word]
    kind: Mapped[str] = mapped_column(choice("kind", *GAP_KINDS))
    text: Mapped[Name]
    quantity: Mapped[Decimal | None]
    measure_unit: Mapped[str | None] = mapped_column(String(100))
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int] = to("duty.id", index=False)
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()


class Call(Base):
    """A public call for partners: some gaps of one unit, open for at least fourteen days."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("unit_id", "number"),
        # Both databases count days in their own way; the rule of fourteen days stands in rules.wrong_days.
        CheckConstraint("closes_on > opens_on", name="order"),
        Index("ix_call_closes_on", "closes_on"),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id", index=False)
    number: Mapped[int]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    text: Mapped[str]
    contact: Mapped[Name]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int] = to("duty.id", index=False)
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    gaps: Mapped[list[Gap]] = relationship(secondary="call_gap", order_by=Gap.id)


class CallGap(Base):
    __tablename__ = "call_gap"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True, autoincrement=False)
    gap_id: Mapped[int] = mapped_column(
        ForeignKey("gap.id"), primary_key=True, autoincrement=False, index=True
    )


class Partner(Base):
    """Somebody outside the regency's government. `registration` is empty where there is none."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("name", "registration"),)
    id: Mapped[Id]
    name: Mapped[Label]
    kind: Mapped[str] = mapped_column(choice("kind", *PARTNER_KINDS))
    registration: Mapped[Word] = mapped_column(default="")
    address: Mapped[Name] = mapped_column(default="")

    if TYPE_CHECKING:
        is_private: Mapped[bool]
        """Whether a private person of this name was entered, under whatever registration."""


_namesake = aliased(Partner)
Partner.is_private = column_property(
    select(_namesake.id).where(_namesake.name == Partner.name, _namesake.kind == "individual").exists()
)


class Offer(Base):
    """What a partner offers for a gap, as the steward entered it from the letter."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity"),
        CheckConstraint("value IS NULL OR value >= 0", name="value"),
    )
    id: Mapped[Id]
    partner_id: Mapped[int] = to("partner.id")
    gap_id: Mapped[int] = to("gap.id")
    call_id: Mapped[int | None] = to("call.id")
    what: Mapped[Name]
    quantity: Mapped[Decimal | None]
    value: Mapped[int | None] = mapped_column(BigInteger)
    conditions: Mapped[str]
    letter_number: Mapped[Label]
    letter_on: Mapped[date]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]

    partner: Mapped[Partner] = relationship()
    gap: Mapped[Gap] = relationship()
    checks: Mapped[list[OfferCheck]] = relationship(order_by="OfferCheck.item")
    statements: Mapped[list[InterestStatement]] = relationship(order_by="InterestStatement.id")
    ruling: Mapped[OfferRuling | None] = relationship()
    withdrawal: Mapped[OfferWithdrawal | None] = relationship()
    agreement: Mapped[Agreement | None] = relationship()


class OfferCheck(Base):
    """The answer to one of the nine questions about an offer."""

    __tablename__ = "offer_check"
    __table_args__ = (
        UniqueConstraint("offer_id", "item"),
        CheckConstraint("item BETWEEN 1 AND 9", name="item"),
    )
    id: Mapped[Id]
    offer_id: Mapped[int] = to("offer.id", index=False)
    item: Mapped[int]
    result: Mapped[str] = mapped_column(choice("result", *CHECK_RESULTS))
    text: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]


class InterestStatement(Base):
    """Whether somebody who checks or rules has an interest in the partner."""

    __tablename__ = "interest_statement"
    __table_args__ = (UniqueConstraint("offer_id", "person_id"),)
    id: Mapped[Id]
    offer_id: Mapped[int] = to("offer.id", index=False)
    person_id: Mapped[int] = to("person.id")
    has_interest: Mapped[bool]
    text: Mapped[str]
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class OfferRuling(Base):
    __tablename__ = "offer_ruling"
    id: Mapped[Id]
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), unique=True)
    outcome: Mapped[str] = mapped_column(choice("outcome", *OUTCOMES))
    ground: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int] = to("duty.id", index=False)
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()


class OfferWithdrawal(Base):
    """The partner took the offer back."""

    __tablename__ = "offer_withdrawal"
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]


class Agreement(Base):
    """What was signed outside the portal; number and day are typed in."""

    __tablename__ = "agreement"
    __table_args__ = (CheckConstraint("from_on < until_on", name="order"),)
    id: Mapped[Id]
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), unique=True)
    kind: Mapped[str] = mapped_column(choice("kind", *AGREEMENTS))
    number: Mapped[Label]
    signed_on: Mapped[date]
    from_on: Mapped[date]
    until_on: Mapped[date]
    duties_theirs: Mapped[str]
    duties_ours: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]

    deliveries: Mapped[list[Delivery]] = relationship(order_by="Delivery.number")


class Delivery(Base):
    """What was handed over under an agreement."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity"),
        CheckConstraint("value IS NULL OR value >= 0", name="value"),
    )
    id: Mapped[Id]
    agreement_id: Mapped[int] = to("agreement.id", index=False)
    number: Mapped[int]
    what: Mapped[Name]
    quantity: Mapped[Decimal | None]
    value: Mapped[int | None] = mapped_column(BigInteger)
    on: Mapped[date]
    handover_number: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]
