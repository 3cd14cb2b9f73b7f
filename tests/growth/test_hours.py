"""Training hours: the worked examples T1–T5 and T9 (T6: `test_learning.py`; T7, T8: `test_draw.py`; T10: `test_story.py`)."""

from __future__ import annotations

from datetime import date

import pytest

from portal.growth.training import hours
from portal.growth.training.hours import Activity

DAY = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def in_words(app):
    """Words need the app's language."""
    with app.test_request_context():
        yield


def learnt(
    form: str, jp: int, ends_on: date = DAY, starts_on: date | None = None, key: str = "1", **more: bool
):
    return Activity(key, form, starts_on or ends_on, ends_on, jp, **more)


def test_t1_minutes_add_up_and_are_rounded_down_once():
    assert [hours.of_minutes(minutes) for minutes in (210, 900)] == [4, 20]
    days = [(date(2026, 4, 6 + n), 330) for n in range(3)]
    assert hours.of_training("B3", days) == 22
    assert hours.of_training("B7", days) == 15  # a workshop counts by days


def test_t2_a_third_coaching_in_a_month_does_not_count():
    three = [learnt("C1", 2, date(2026, 5, day), key=str(day)) for day in (4, 11, 18)]
    counted = hours.count([*three, learnt("C1", 2, date(2026, 6, 1), key="june")])
    assert [one.hours for one in counted] == [2, 2, 0, 2]
    assert "sebulan" in (counted[2].why or "") and counted[1].why is None


def test_t3_over_the_cap_of_the_form_until_the_steward_settles_it():
    [waits] = hours.count([learnt("C3", 5)])
    assert (waits.hours, waits.why) == (3, "2 JP di atas batas bentuk ini")
    [settled] = hours.count([learnt("C3", 5, settled=True)])
    assert (settled.hours, settled.why) == (5, None)
    [days] = hours.count([learnt("C3", 5, starts_on=date(2026, 5, 3))])
    assert days.hours == 5  # two days


def test_t4_counts_in_the_year_in_which_it_ended():
    counted = hours.count([learnt("B3", 20, date(2028, 1, 3), date(2027, 12, 27))])
    assert (hours.total(counted, 2027), hours.total(counted, 2028)) == (0, 20)


def test_t5_a_pppk_has_a_ceiling_and_a_pns_a_right():
    assert hours.in_words(26, "PPPK") == "26 JP (batas 24)"
    assert hours.in_words(12, "PPPK") == "12 JP (batas 24)"
    assert hours.in_words(12, "PNS") == "12 JP dari 20"
    assert hours.in_words(12, "PPPK Paruh Waktu") == "12 JP"


def test_t9_eighty_percent_of_the_minutes():
    assert not hours.is_enough(79, 100, 80) and hours.is_enough(80, 100, 80)
    assert not hours.is_enough(791, 990, 80) and hours.is_enough(792, 990, 80)


def test_every_form_of_the_table_has_a_rule():
    rules = hours.rules()
    assert len(rules) == 24 and {one.basis for one in rules.values()} == {"menit", "hari", "kali", "semester"}
    assert rules["C3"].cap == 3 and rules["C1"].per == "bulan"
