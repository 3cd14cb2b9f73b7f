"""Vacancies by rule: V3 to V6, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.growth.posts import vacancy
from portal.growth.posts.vacancy import AspectScores

pytestmark = pytest.mark.rules

CLOSES = date(2027, 4, 30)


@pytest.fixture(autouse=True)
def language(one_app):
    with one_app.test_request_context():
        yield


def test_v3_meets_three_of_five_and_unknown_is_not_unmet():
    results = [
        vacancy.known("PNS" in ("PNS",)),
        vacancy.rank_at_least("III/d", "III/c"),
        vacancy.education_at_least("S1", "S1"),
        vacancy.years_as([(date(2024, 5, 30), None)], 3, CLOSES),  # 2 years and 11 months
        vacancy.known(None),
    ]
    assert results == ["met", "met", "met", "unmet", "unknown"]
    assert vacancy.self_check(results) == "Anda memenuhi 3 dari 5; 1 belum, 1 belum diketahui"


def test_years_add_up_over_posts_and_end_on_the_last_day():
    posts = [(date(2020, 1, 1), date(2021, 7, 1)), (date(2025, 10, 30), None), (date(2028, 1, 1), None)]
    assert vacancy.years_as(posts, 3, CLOSES) == "met"  # 18 and 18 months
    assert vacancy.years_as(posts[1:], 2, CLOSES) == "unmet"
    assert vacancy.years_as(None, 1, CLOSES) == "unknown"


def test_ranks_of_two_lists_are_not_compared():
    assert len(vacancy.RANKS) == 17
    assert vacancy.rank_at_least("IX", "III/c") == "unknown"
    assert vacancy.rank_at_least("II/d", "III/a") == "unmet"
    assert vacancy.rank_at_least("X", "IX") == "met"
    assert vacancy.rank_at_least(None, "III/a") == "unknown"


def test_four_years_of_applied_study_are_a_bachelors():
    assert (
        vacancy.education_at_least("D-IV", "S1") == "met"
        and vacancy.education_at_least("S1", "D-IV") == "met"
    )
    assert vacancy.education_at_least("D-III", "S1") == "unmet"


def test_v4_medians_and_a_second_round():
    aspects = [AspectScores(40, (80, 85, 90)), AspectScores(35, (70, 60, 75)), AspectScores(25, (90, 88, 50))]
    assert [aspect.median for aspect in aspects] == [85, 70, 88]
    assert vacancy.total(aspects) == Decimal("80.50")
    assert [aspect.needs_second_round for aspect in aspects] == [False, False, True]
    assert AspectScores(25, (82, 75, 40)).median == 75
    assert not AspectScores(25, (70, 100, 90)).needs_second_round  # 30 is not over 30


def test_v5_another_than_recommended_needs_its_reason():
    assert vacancy.refuse_decide("ABC", "D", " ") is not None
    assert vacancy.refuse_decide("ABC", "D", "A mengundurkan diri.") is None
    assert vacancy.refuse_decide("ABC", "B", "") is None
    assert vacancy.refuse_decide("ABC", None, "") is None


def test_v6_few_applicants_are_no_number():
    assert vacancy.applicants_in_public(4) == "kurang dari 5 pelamar"
    assert vacancy.applicants_in_public(12) == "12 pelamar"
    assert vacancy.applicants_in_public(0) == "tidak ada peminat"


def test_weights_panel_and_days_are_right_before_it_is_published():
    assert vacancy.wrong_vacancy([40, 35, 25], 3, date(2027, 4, 1), date(2027, 4, 11)) == {}
    assert set(vacancy.wrong_vacancy([40, 35], 4, date(2027, 4, 1), date(2027, 4, 10))) == {
        "aspects", "panel", "closes_on",
    }  # fmt: skip
