"""Partners by rule: P1 to P5 and what stands around them, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.growth.partners import rules
from portal.growth.partners.rules import Course

pytestmark = pytest.mark.rules

TODAY = date(2026, 3, 3)
CLOSED = [(date(2026, 1, 5), date(2026, 1, 30))]
FITS = dict.fromkeys(rules.CHECKS, "fits")


@pytest.fixture(autouse=True)
def language(one_app):
    with one_app.test_request_context():
        yield


def course(**known) -> Course:
    return Course(**({"checks": FITS, "stated": {1: False, 2: False}, "checkers": frozenset({1})} | known))


def test_p1_half_of_a_gap_is_met_and_it_stays_open():
    """2 instructors × 3 days wanted, 1 × 3 offered."""
    offered = course(outcome="accepted", promised=Decimal(1 * 3))
    assert rules.met(Decimal(2 * 3), [offered.counts(TODAY)]) == 50


def test_two_offers_may_meet_one_gap_and_more_than_the_gap_counts_as_the_gap():
    half = course(outcome="accepted", promised=Decimal(3)).counts(TODAY)
    assert rules.met(Decimal(6), [half, half]) == 100
    assert rules.met(Decimal(6), [half, half, half]) == 100
    assert rules.met(None, []) == 0 and rules.met(None, [None]) == 100


@pytest.mark.parametrize("item", [3, 4])
def test_p2_a_problem_with_money_or_dealings_is_never_accepted(item):
    found = course(checks=FITS | {item: "problem"})
    refusal = rules.refuse_outcome(found, "accepted", CLOSED, TODAY)
    assert refusal and "Inspektorat" in str(refusal)
    for outcome in ("declined", "referred"):
        assert rules.refuse_outcome(found, outcome, CLOSED, TODAY) is None


def test_another_problem_is_the_leaders_to_weigh():
    assert rules.refuse_outcome(course(checks=FITS | {8: "problem"}), "accepted", CLOSED, TODAY) is None


def test_p3_who_states_an_interest_does_not_rule_and_the_unit_above_does():
    path, leaders = [30, 20, 10], {20: [2], 10: [9]}
    assert rules.ruling_unit(path, leaders, set()) == 20  # 30 has no leader of its own
    assert rules.ruling_unit(path, leaders, {2}) == 10
    assert rules.ruling_unit(path, leaders, {2, 9}) is None
    interested = course(stated={1: False, 2: True})
    given = {"leads": True, "person_id": 2, "may_by_unit": False, "above": "Kabupaten"}
    refusal = rules.refuse_rule(interested, **given)
    assert refusal and "naik kepada Kabupaten" in str(refusal)
    above = course(stated={1: False, 2: True, 9: False})
    assert rules.refuse_rule(above, **given | {"person_id": 9, "may_by_unit": True}) is None


def test_nobody_rules_before_nine_answers_and_the_own_statement():
    given = {"leads": True, "person_id": 2, "may_by_unit": True, "above": None}
    assert "1 dari 9" in str(rules.refuse_rule(course(checks=dict.fromkeys(range(1, 9), "fits")), **given))
    assert "pernyataan" in str(rules.refuse_rule(course(stated={1: False}), **given))
    assert rules.refuse_rule(course(), **given) is None
    assert rules.refuse_rule(course(), **given | {"leads": False}) is not None
    assert rules.refuse_rule(course(outcome="declined"), **given) is not None


def test_who_checked_has_stated_too():
    assert rules.refuse_outcome(course(stated={2: False}), "accepted", CLOSED, TODAY) is not None


def test_who_has_an_interest_does_not_check_and_what_they_checked_is_not_accepted():
    given = {"keeps": True, "person_id": 1}
    assert "pernyataan" in str(rules.refuse_check(course(checks={}, stated={2: False}), **given))
    assert rules.refuse_check(course(checks={}), **given) is None
    assert rules.refuse_check(course(checks={}, stated={1: True}), **given) is not None
    carried = course(stated={1: True, 2: False})
    assert "Yang menelaah menyatakan" in str(rules.refuse_outcome(carried, "accepted", CLOSED, TODAY))
    assert rules.refuse_outcome(carried, "declined", CLOSED, TODAY) is None
    unmoved = course(stated={1: False, 2: False, 3: True})  # somebody who answered none of the questions
    assert rules.refuse_outcome(unmoved, "accepted", CLOSED, TODAY) is None


def test_an_offer_without_a_call_waits_until_the_gap_was_called():
    assert "14 hari" in str(rules.refuse_outcome(course(), "accepted", [], TODAY))
    running = [(date(2026, 3, 1), TODAY)]
    assert rules.refuse_outcome(course(), "accepted", running, TODAY) is not None
    assert rules.refuse_outcome(course(), "accepted", running, date(2026, 3, 4)) is None
    assert rules.refuse_outcome(course(), "declined", [], TODAY) is None


def test_p4_forty_agreed_twenty_five_delivered_and_the_time_is_over():
    signed = {"outcome": "accepted", "promised": Decimal(40), "delivered": Decimal(25), "deliveries": 1}
    lapsed = course(**signed, until_on=date(2026, 3, 2))
    assert lapsed.state(TODAY) == "lapsed" and lapsed.counts(TODAY) == 25
    assert course(**signed, until_on=TODAY).state(TODAY) == "agreed"
    full = course(**signed | {"delivered": Decimal(40)}, until_on=date(2026, 3, 2))
    assert full.state(TODAY) == "delivered"


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({"checks": {}}, "received"),
        ({}, "checked"),
        ({"outcome": "accepted"}, "accepted"),
        ({"outcome": "declined"}, "declined"),
        ({"outcome": "referred"}, "referred"),
        ({"outcome": "accepted", "until_on": date(2026, 12, 31)}, "agreed"),
        ({"outcome": "accepted", "until_on": date(2026, 12, 31), "deliveries": 1}, "delivered"),
        ({"outcome": "accepted", "is_withdrawn": True}, "withdrawn"),
    ],
)
def test_state_follows_from_what_was_done(known, state):
    assert course(**known).state(TODAY) == state


def test_a_call_is_open_for_fourteen_days():
    assert rules.wrong_days(TODAY, date(2026, 3, 17), TODAY) == {}
    assert set(rules.wrong_days(TODAY, date(2026, 3, 16), TODAY)) == {"closes_on"}
    assert set(rules.wrong_days(date(2026, 3, 2), date(2026, 3, 30), TODAY)) == {"opens_on"}
