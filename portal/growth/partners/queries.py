"""Gaps, calls and offers as screens need them; states come from `rules`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import abort
from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.db import db
from portal.drafting.models import Line
from portal.growth.partners import rules
from portal.growth.partners.models import (
    Agreement,
    Call,
    CallGap,
    Delivery,
    Gap,
    InterestStatement,
    Offer,
    OfferRuling,
    OfferWithdrawal,
    Partner,
)
from portal.growth.partners.rules import Course
from portal.plans import queries as plans
from portal.plans.models import Plan

PAGE = 40


def course_of(offer: Offer) -> Course:
    """What has happened to an offer that was loaded with its deeds."""
    agreement = offer.agreement
    deliveries = agreement.deliveries if agreement else []
    return Course(
        checks={one.item: one.result for one in offer.checks},
        outcome=offer.ruling.outcome if offer.ruling else None,
        is_withdrawn=offer.withdrawal is not None,
        until_on=agreement.until_on if agreement else None,
        promised=offer.quantity,
        delivered=sum((one.quantity for one in deliveries if one.quantity), Decimal(0)),
        deliveries=len(deliveries),
        stated={one.person_id: one.has_interest for one in offer.statements},
        checkers=frozenset(one.by_id for one in offer.checks),
    )


def list_offers(
    *conditions: Any, before: int | None = None, limit: int | None = None, more: Sequence[Any] = ()
) -> list[tuple[Offer, Course]]:
    """Offers with what has happened to them, the newest first; the same few statements however many."""
    statement = (
        select(Offer)
        .join(Gap, Gap.id == Offer.gap_id)
        .where(*conditions)
        .options(
            joinedload(Offer.partner),
            joinedload(Offer.gap).joinedload(Gap.unit),
            joinedload(Offer.withdrawal),
            joinedload(Offer.ruling).joinedload(OfferRuling.by),
            joinedload(Offer.agreement).selectinload(Agreement.deliveries),
            selectinload(Offer.checks),
            selectinload(Offer.statements),
            *more,
        )
        .order_by(Offer.id.desc())
    )
    if before is not None:
        statement = statement.where(Offer.id < before)
    if limit is not None:
        statement = statement.limit(limit)
    return [(offer, course_of(offer)) for offer in db.session.scalars(statement)]


def is_ruled() -> Any:
    """The condition, beside Offer, that every employee may see it."""
    return exists(select(OfferRuling.id).where(OfferRuling.offer_id == Offer.id))


def is_registered() -> Any:
    """The condition, beside Offer, that it stands in the public register: what lies with the Inspektorat does not."""
    return exists(
        select(OfferRuling.id).where(
            OfferRuling.offer_id == Offer.id, OfferRuling.outcome.in_(("accepted", "declined"))
        )
    )


def may_see(user: Any) -> Any:
    """The condition, beside Offer and Gap, that this person may know of it."""
    reach = user.authority.reach("steward", "leader", "verifier", "auditor")
    return or_(is_ruled(), Gap.unit_id.in_(reach)) if reach else is_ruled()


def get_offer(offer_id: int, user: Any, *, hold: bool = False) -> tuple[Offer, Course]:
    """An offer within reach, or 404. With `hold` nobody else changes it until the transaction ends."""
    if hold:
        db.session.execute(select(Offer.id).where(Offer.id == offer_id).with_for_update())
    declarers = selectinload(Offer.statements).joinedload(InterestStatement.person)
    found = list_offers(Offer.id == offer_id, may_see(user), more=[declarers])
    return found[0] if found else abort(404)


@dataclass(frozen=True)
class OpenGap:
    """A gap with how much of it is met."""

    gap: Gap
    met: Decimal
    calls: list[tuple[int, date, date]]
    """Id and days of the calls that name it."""

    @property
    def is_met(self) -> bool:
        return self.met >= 100

    @property
    def is_called(self) -> bool:
        """Whether a call that names it is open or still to come."""
        return any(closes_on >= clock.today() for _id, _opens_on, closes_on in self.calls)


def is_called(today: date) -> Any:
    """The condition, beside Gap, that a call that names it is open or still to come."""
    return exists(
        select(CallGap.gap_id)
        .join(Call, Call.id == CallGap.call_id)
        .where(CallGap.gap_id == Gap.id, Call.closes_on >= today)
    )


def is_met(today: date) -> Any:
    """The condition, beside Gap, that it is wholly met: what `Course.counts` and `rules.met` say, for the database."""
    came = (
        select(func.coalesce(func.sum(Delivery.quantity), 0))
        .where(Delivery.agreement_id == Agreement.id)
        .correlate(Agreement)
        .scalar_subquery()
    )
    anything_came = exists(select(Delivery.id).where(Delivery.agreement_id == Agreement.id))
    is_over = and_(Agreement.until_on.is_not(None), Agreement.until_on < today)
    counted = (
        select(Offer.id)
        .join(OfferRuling, and_(OfferRuling.offer_id == Offer.id, OfferRuling.outcome == "accepted"))
        .outerjoin(Agreement, Agreement.offer_id == Offer.id)
        .where(
            Offer.gap_id == Gap.id,
            ~exists(select(OfferWithdrawal.offer_id).where(OfferWithdrawal.offer_id == Offer.id)),
        )
        .correlate(Gap)
    )
    uncounted = counted.where(Offer.quantity.is_(None), or_(~is_over, anything_came)).exists()
    part = case((and_(is_over, came < Offer.quantity), came), else_=Offer.quantity)
    total = counted.with_only_columns(func.coalesce(func.sum(part), 0)).scalar_subquery()
    return or_(uncounted, and_(total > 0, total >= func.coalesce(Gap.quantity, 0)))


def with_met(gaps: Sequence[Gap]) -> list[OpenGap]:
    ids = [gap.id for gap in gaps]
    today = clock.today()
    counted: dict[int, list[Decimal | None]] = defaultdict(list)
    if ids:
        for offer, course in list_offers(Offer.gap_id.in_(ids), is_ruled()):
            counted[offer.gap_id].append(course.counts(today))
    calls = list_calls_of(ids)
    return [OpenGap(gap, rules.met(gap.quantity, counted[gap.id]), calls.get(gap.id, [])) for gap in gaps]


def list_calls_of(gap_ids: Sequence[int]) -> dict[int, list[tuple[int, date, date]]]:
    found: dict[int, list[tuple[int, date, date]]] = defaultdict(list)
    if not gap_ids:
        return found
    for gap_id, call_id, opens_on, closes_on in db.session.execute(
        select(CallGap.gap_id, Call.id, Call.opens_on, Call.closes_on)
        .join(Call, Call.id == CallGap.call_id)
        .where(CallGap.gap_id.in_(gap_ids))
        .order_by(Call.id)
    ):
        found[gap_id].append((call_id, opens_on, closes_on))
    return found


def list_gaps(*conditions: Any, before: int | None = None, limit: int = PAGE) -> list[OpenGap]:
    """Gaps, the newest first."""
    statement = (
        select(Gap).where(*conditions).options(joinedload(Gap.unit)).order_by(Gap.id.desc()).limit(limit)
    )
    if before is not None:
        statement = statement.where(Gap.id < before)
    return with_met(db.session.scalars(statement).all())


def lines_of(gaps: Sequence[Gap], user: Any) -> dict[str, Line]:
    """The lines that gaps are about, by place; only those of plans that this person may know of."""
    ids = [int(gap.place.partition(":")[2]) for gap in gaps if gap.place.startswith("line:")]
    if not ids:
        return {}
    found = db.session.scalars(
        select(Line).join(Plan, Plan.id == Line.plan_id).where(Line.id.in_(ids), plans.visible(user))
    )
    return {f"line:{line.id}": line for line in found}


def get_call(call_id: int) -> Call:
    found = db.session.scalar(
        select(Call)
        .where(Call.id == call_id)
        .options(joinedload(Call.unit), selectinload(Call.gaps).joinedload(Gap.unit))
    )
    return found or abort(404)


def list_calls(before: int | None = None) -> list[Call]:
    """Calls, the newest first, with their gaps."""
    statement = (
        select(Call)
        .options(joinedload(Call.unit), selectinload(Call.gaps))
        .order_by(Call.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(Call.id < before)
    return list(db.session.scalars(statement))


def find_call_at(gap_id: int, day: date) -> int | None:
    """The call by which an offer of that day came: the newest that named the gap and was open."""
    return db.session.scalar(
        select(Call.id)
        .join(CallGap, CallGap.call_id == Call.id)
        .where(CallGap.gap_id == gap_id, Call.opens_on <= day, Call.closes_on >= day)
        .order_by(Call.id.desc())
        .limit(1)
    )


def is_entered(gap_id: int, name: str, letter_number: str) -> bool:
    """Whether this letter was entered already for this gap."""
    return bool(
        db.session.scalar(
            select(Offer.id)
            .join(Partner, Partner.id == Offer.partner_id)
            .where(Offer.gap_id == gap_id, Partner.name == name, Offer.letter_number == letter_number)
            .limit(1)
        )
    )
