"""The worked examples of the rules of computation, E1 to E15, each by its number; pure."""

from __future__ import annotations

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.evaluation import figures
from portal.evaluation.bands import BANDS
from portal.evaluation.figures import Achievement, Entry, Measure

pytestmark = pytest.mark.rules


def measure(
    accumulation: str, target: object = None, *, direction: str = "higher", upper: object = None,
    percent: bool = False, quarters: dict[int, int] | None = None,
) -> Measure:  # fmt: skip
    return Measure(
        accumulation, direction, None if target is None else D(str(target)), None if upper is None else D(str(upper)), percent,
        {quarter: D(value) for quarter, value in (quarters or {}).items()},
    )  # fmt: skip


def entered(*values: object) -> dict[int, Entry]:
    return {quarter: Entry(D(str(value))) for quarter, value in enumerate(values, 1) if value is not None}


def reached(*percentages: object) -> list[Achievement]:
    return [Achievement(Fraction(str(percent))) for percent in percentages]


def rating(percent: D | None) -> str | None:
    return figures.rate(percent, BANDS)


def test_e1_a_sum_of_quarters_against_the_year_and_against_the_quarters_so_far() -> None:
    line = measure("sum", 12, quarters={1: 3, 2: 3})
    entries = entered(3, 2, None, None)
    assert figures.so_far(line, entries) == 5
    assert figures.achieve_year(line, entries).percent == D("41.67")
    quarter = figures.achieve_quarter(line, entries, 2)
    assert quarter is not None and quarter.percent == D("83.33")


def test_e2_a_position_is_the_last_one_entered() -> None:
    line = measure("last", 95, percent=True)
    entries = entered(88, 91, 92.5, 94)
    assert figures.so_far(line, entries) == 94
    percent = figures.achieve_year(line, entries).percent
    assert (percent, rating(percent)) == (D("98.95"), "ST")


def test_e3_an_average_is_pooled_from_its_parts() -> None:
    line = measure("average", 80, percent=True)
    entries = {1: Entry(D(80), D(40), D(50)), 2: Entry(D(60), D(90), D(150))}
    assert figures.so_far(line, entries) == 65
    percent = figures.achieve_year(line, entries).percent
    assert (percent, rating(percent)) == (D("81.25"), "T")
    without_parts = {1: Entry(D(80), D(40), D(50)), 2: Entry(D(60))}
    assert figures.so_far(line, without_parts) == 70


@pytest.mark.parametrize(
    ("value", "percent", "capped"),
    [(10, "116.67", "100.00"), (13, "91.67", "91.67"), (30, "0.00", "0.00"), (0, "200.00", "100.00")],
)
def test_e4_lower_is_better(value: int, percent: str, capped: str) -> None:
    found = figures.achieve(measure("last", 12, direction="lower"), Fraction(value))
    assert found.percent == D(percent)
    assert figures.mean([found]).percent == D(capped)


def test_e5_a_target_of_nothing() -> None:
    lower, higher = measure("last", 0, direction="lower"), measure("last", 0)
    assert figures.achieve(lower, Fraction(0)).percent == 100
    assert figures.achieve(lower, Fraction(2)).percent == 0
    assert figures.achieve(higher, Fraction(5)) == Achievement(None, "zero_target")


def test_e6_a_line_without_a_target_is_left_out_and_counted() -> None:
    found = figures.achieve(measure("sum"), Fraction(7))
    assert found == Achievement(None, "no_target")
    together = figures.mean([found, *reached(80)])
    assert (together.percent, together.counted, together.left_out) == (D("80.00"), 1, 1)


def test_e7_a_lowered_target_keeps_the_first_one_beside_it() -> None:
    now, at_first = measure("sum", 8), measure("sum", 12)
    entries = entered(4, 4)
    assert figures.achieve_year(now, entries).percent == D("100.00")
    assert figures.achieve_year(at_first, entries).percent == D("66.67")


def test_e8_a_windfall_hides_no_failure() -> None:
    together = figures.mean(reached(400, 50, 60))
    assert (together.percent, together.uncapped, rating(together.percent)) == (D("70.00"), D("170.00"), "S")


def test_e9_each_line_counts_once_whatever_its_programme() -> None:
    together = figures.mean(reached(100, 40, 40, 40))
    assert (together.percent, rating(together.percent)) == (D("55.00"), "R")


def test_e10_spending_in_rows_and_in_total() -> None:
    rows: list[tuple[int | None, int | None]] = [(45_000_000, 60_000_000), (0, 40_000_000), (0, 0)]
    each = [figures.spend(*row) for row in rows]
    assert [row.percent for row in each] == [D("75.00"), D("0.00"), None]
    assert (figures.mean(each).percent, figures.mean(each).counted) == (D("37.50"), 2)
    assert figures.spend_in_total(rows) == D("45.00")
    assert figures.spend(5, 0).why_not == "over_no_budget"


@pytest.mark.parametrize(
    ("exact", "key"),
    [("90.00", "T"), ("90.004", "T"), ("90.01", "ST"), ("90.40", "ST"), ("75.01", "T"), ("50.00", "SR")],
)
def test_e11_the_edges_of_the_ratings(exact: str, key: str) -> None:
    assert rating(figures.rounded(Fraction(exact))) == key


def test_e12_the_renstra_target() -> None:
    added = measure("sum", 60)
    reached_now = figures.strategic(added, D(30), Fraction(14))
    assert reached_now == 44
    assert figures.achieve(added, reached_now).percent == D("73.33")
    position = measure("last", 95)
    assert figures.strategic(position, D(90), Fraction(94)) == 94
    assert figures.achieve(position, Fraction(94)).percent == D("98.95")


def test_e13_a_grade_counts_by_its_points() -> None:
    scale = [["WTP", 4], ["WDP", 3]]
    target, given_now = figures.points(scale, "WTP"), figures.points(scale, "WDP")
    assert given_now is not None
    percent = figures.achieve(measure("last", target), Fraction(given_now)).percent
    assert (percent, rating(percent)) == (D("75.00"), "S")
    assert figures.points(scale, "TMP") is None


@pytest.mark.parametrize(
    ("line", "value", "percent"),
    [
        (measure("last", 80, upper=90), "92", "102.22"),
        (measure("last", 80, upper=90), "85", "100"),
        (measure("last", 80, upper=90), "70", "87.50"),
        (measure("last", 7, upper=8, direction="lower"), "6.5", "107.14"),
        (measure("last", 7, upper=8, direction="lower"), "9", "87.50"),
    ],
)
def test_e14_a_target_that_is_a_range(line: Measure, value: str, percent: str) -> None:
    assert figures.achieve(line, Fraction(value)).percent == D(percent)


def test_e15_an_empty_quarter_keeps_its_target() -> None:
    line = measure("sum", 60, quarters={1: 10, 2: 20, 3: 30})
    found = figures.achieve_quarter(line, entered(10, None, 15), 3)
    assert found is not None and found.percent == D("41.67")


def test_a_quarter_that_was_not_entered_is_not_judged_by_an_earlier_position() -> None:
    line = measure("last", 95, quarters={1: 90, 2: 92})
    found = figures.achieve_quarter(line, entered(90, None), 2)
    assert found == Achievement(None, "no_entry")
    assert figures.achieve_quarter(line, entered(90), 3) is None


def test_an_unusual_achievement_asks_for_a_note() -> None:
    assert [row.asks_note for row in reached("120.004", "120.01", "50", "49.99")] == [
        False,
        True,
        False,
        True,
    ]


@given(st.lists(st.fractions(min_value=0, max_value=1000), min_size=1, max_size=30))
@pytest.mark.slow
def test_a_mean_lies_between_its_rows_and_never_above_a_hundred(values: list[Fraction]) -> None:
    together = figures.mean([Achievement(value) for value in values])
    assert together.exact is not None and together.exact_uncapped is not None
    assert min(*values, 100) <= together.exact <= 100
    assert together.exact <= together.exact_uncapped <= max(values)


@given(st.fractions(min_value=-10_000, max_value=10_000))
def test_rounding_is_never_off_by_more_than_half_a_hundredth(exact: Fraction) -> None:
    assert abs(Fraction(figures.rounded(exact)) - exact) <= Fraction(1, 200)
