"""Where things stand in the pictures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.evaluation import charts

pytestmark = pytest.mark.rules


def test_a_bullet_has_one_scale_for_value_and_targets():
    drawn = charts.bullet(8, 8, 12)
    assert (drawn.value, drawn.target, drawn.first, drawn.is_cut) == (65.33, 65.33, 98.0, False)
    assert charts.bullet(6, 12, 12).first is None
    assert charts.bullet(9, 8, upper=10).upper == 98.0


def test_a_value_far_over_its_target_is_cut_and_none_below_zero_is_drawn():
    far = charts.bullet(1000, 10)
    assert (far.value, far.target, far.is_cut) == (98.0, 49.0, True)
    assert charts.bullet(-5, 10).value == 0.0


@pytest.mark.parametrize(("value", "target"), [(None, 12), (3, None), (0, 0)])
def test_nothing_is_drawn_where_nothing_compares(value, target):
    assert charts.bullet(value, target) is None


def test_the_quadrant_has_a_dot_for_each_line_that_has_both_and_stops_at_its_edge():
    drawn = charts.quadrant([(1, 100, 50), (2, None, 40), (3, 400, 0)], Decimal("70"), Decimal("40"))
    assert [dot.number for dot in drawn.dots] == [1, 3]
    at_100, at_edge = drawn.dots
    assert at_100.y == drawn.up[4].place
    assert at_100.x == drawn.across[2].place
    assert (at_edge.x, at_edge.y) == (charts.LEFT, charts.TOP)
    assert charts.TOP < drawn.mean_y < charts.HEIGHT - charts.BOTTOM
    assert not charts.quadrant([(n, 50, 50) for n in range(25)], None, None).is_numbered


def test_money_is_drawn_on_whole_steps_that_hold_the_ceiling():
    drawn = charts.course({3: 200, 12: 1000}, {1: 50, 2: 120}, 900)
    assert [rupiah for _place, rupiah in drawn.up] == [0, 250, 500, 750, 1000]
    assert drawn.planned_ends[-1][1] == charts.TOP
    assert drawn.paid.startswith(f"12.0,{float(charts.HEIGHT - charts.BOTTOM)} ")
    assert charts.course({}, {}, 0) is None
    assert charts.course({}, {}, 5).paid == ""


def test_a_slope_needs_two_years_with_a_value():
    assert charts.slope([(2025, 10, 12)]) is None
    drawn = charts.slope([(2024, 10, 12), (2025, None, 12), (2026, 6, 8)])
    assert [one.x for one in drawn.years] == [36.0, 164.0, 292.0]
    assert len(drawn.line.split()) == 2
    assert drawn.years[0].value < drawn.years[2].value  # less stands lower
