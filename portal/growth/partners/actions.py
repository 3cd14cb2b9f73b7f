"""What is added: gaps, calls, offers and what follows from them. Nothing is ever changed; nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal import audit, clock
from portal.db import add, db, hold
from portal.drafting.revisions import plain
from portal.errors import Conflict
from portal.growth.partners.models import (
    Agreement,
    Call,
    Delivery,
    Gap,
    InterestStatement,
    Offer,
    OfferCheck,
    OfferRuling,
    OfferWithdrawal,
    Partner,
)
from portal.people.authority import Held
from portal.people.models import Unit


def _kept(made: Any) -> Any:
    db.session.add(made)
    db.session.flush()
    return made


def note_gap(place: str, unit_id: int, given: Mapping[str, Any], user: Any, duty: Held) -> Gap:
    """What a line or a training (`place`) of a unit lacks."""
    made: Gap = _kept(
        Gap(place=place, unit_id=unit_id, by_id=user.id, duty_id=duty.duty_id, at=clock.now(), **given)
    )
    audit.record("noted a gap", f"gap:{made.id}", after=plain_values(given), duty_id=duty.duty_id)
    return made


def plain_values(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plain(value) for key, value in given.items()}


def open_call(unit_id: int, gaps: Sequence[Gap], given: Mapping[str, Any], user: Any, duty: Held) -> Call:
    """A public call of one unit; its number is counted under the unit's lock."""
    hold(db.session.get_one(Unit, unit_id))
    number = 1 + (db.session.scalar(select(func.max(Call.number)).where(Call.unit_id == unit_id)) or 0)
    made: Call = _kept(
        Call(
            unit_id=unit_id, number=number, gaps=list(gaps), by_id=user.id, duty_id=duty.duty_id, at=clock.now(),
            **given,
        )
    )  # fmt: skip
    after = plain_values(given) | {"gaps": [gap.id for gap in gaps]}
    audit.record("called for partners", f"call:{made.id}", after=after, duty_id=duty.duty_id)
    return made


def enter_partner(partner: Mapping[str, Any]) -> Partner:
    """The partner of this name and registration: the one that stands already, as it stands, or a new one."""
    key = {"name": partner["name"], "registration": partner["registration"]}
    add(Partner, dict(partner))
    return db.session.scalars(select(Partner).filter_by(**key)).one()


def enter_offer(
    gap: Gap, call_id: int | None, partner: Partner, given: Mapping[str, Any], user: Any
) -> Offer:
    """An offer from a letter."""
    made: Offer = _kept(
        Offer(partner_id=partner.id, gap_id=gap.id, call_id=call_id, by_id=user.id, at=clock.now(), **given)
    )
    audit.record("entered an offer", f"offer:{made.id}", after=plain_values(given) | {"partner": partner.id})
    return made


def check(offer: Offer, answers: Mapping[int, tuple[str, str]], user: Any) -> None:
    """Answer some of the nine questions; Conflict where somebody was faster with one of them."""
    now = clock.now()
    for item, (result, text) in answers.items():
        row = {
            "offer_id": offer.id, "item": item, "result": result, "text": text, "by_id": user.id, "at": now,
        }  # fmt: skip
        if not add(OfferCheck, row):
            raise Conflict(_("Telaah ini baru saja dijawab orang lain. Silakan muat ulang halaman."))
    audit.record("checked an offer", f"offer:{offer.id}", after={str(n): list(a) for n, a in answers.items()})


def declare(offer: Offer, has_interest: bool, text: str, user: Any) -> None:
    """A statement of interest; the first one stands."""
    row = {
        "offer_id": offer.id, "person_id": user.id, "has_interest": has_interest, "text": text, "at": clock.now(),
    }  # fmt: skip
    if not add(InterestStatement, row):
        raise Conflict(_("Anda sudah mengisi pernyataan untuk tawaran ini."))
    verb = "declared an interest" if has_interest else "declared no interest"
    audit.record(verb, f"offer:{offer.id}", after=text)


def rule(offer: Offer, outcome: str, ground: str, user: Any, duty: Held) -> None:
    _kept(
        OfferRuling(
            offer_id=offer.id, outcome=outcome, ground=ground, by_id=user.id, duty_id=duty.duty_id, at=clock.now()
        )
    )  # fmt: skip
    audit.record(f"ruled on an offer {outcome}", f"offer:{offer.id}", after=ground, duty_id=duty.duty_id)


def withdraw(offer: Offer, reason: str, user: Any) -> None:
    _kept(OfferWithdrawal(offer_id=offer.id, reason=reason, by_id=user.id, at=clock.now()))
    audit.record("withdrew an offer", f"offer:{offer.id}", after=reason)


def agree(offer: Offer, given: Mapping[str, Any], user: Any) -> None:
    _kept(Agreement(offer_id=offer.id, by_id=user.id, at=clock.now(), **given))
    audit.record("entered an agreement", f"offer:{offer.id}", after=plain_values(given))


def deliver(offer: Offer, agreement: Agreement, given: Mapping[str, Any], user: Any) -> None:
    number = 1 + len(agreement.deliveries)
    _kept(Delivery(agreement_id=agreement.id, number=number, by_id=user.id, at=clock.now(), **given))
    audit.record("entered a delivery", f"offer:{offer.id}", after=plain_values(given))
