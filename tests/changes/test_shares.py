"""What a leader sees by unit never shows a unit under five, nor lets one be reckoned."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.people import shares

pytestmark = pytest.mark.rules

PEOPLE = st.dictionaries(st.integers(1, 30), st.integers(0, 40), max_size=12)


@given(PEOPLE, st.data())
def test_nothing_small_is_shown_or_left_over(people, data):
    answers = {
        unit: {"understood": data.draw(st.integers(0, count)), "concerned": 0}
        for unit, count in people.items()
    }
    found = shares.shares(people, answers)
    assert set(found) == set(people)
    hidden = [unit for unit, share in found.items() if share.counts is None]
    assert all(people[unit] >= shares.SMALLEST for unit in people if unit not in hidden)
    shown = [unit for unit in people if unit not in hidden]
    if hidden and shown:
        # The whole minus what is shown is never one unit, and never fewer than five people.
        assert len(hidden) >= 2
        assert sum(people[unit] for unit in hidden) >= shares.SMALLEST
    for unit in shown:
        assert found[unit].counts == answers[unit]
        assert found[unit].silent >= 0
    whole = shares.total(people, answers)
    assert (whole.counts is None) == (sum(people.values()) < shares.SMALLEST)


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        ({1: 5, 2: 9}, set()),
        ({1: 4, 2: 9, 3: 7}, {1, 3}),
        ({1: 4, 2: 3, 3: 7}, {1, 2}),
        ({1: 1, 2: 2, 3: 7, 4: 8}, {1, 2, 3}),
        ({1: 3}, {1}),
        ({1: 0, 2: 6, 3: 6}, {1, 2}),
        ({}, set()),
    ],
)
def test_which_units_are_hidden(people, hidden):
    found = shares.shares(people, {})
    assert {unit for unit, share in found.items() if share.counts is None} == hidden


@pytest.mark.parametrize(
    ("below", "named"), [({3: 5, 2: 9, 1: 20}, 3), ({3: 4, 2: 5, 1: 9}, 2), ({3: 1, 2: 2, 1: 4}, None)]
)
def test_unit_only_names_the_nearest_of_five(below, named):
    assert shares.speaks_for([3, 2, 1], lambda unit: below[unit]) == named


# Cells: the worked examples of after-the-plan.md, section 6, by their numbers


def test_s1_eleven_of_twelve_are_nearly_all():
    found = shares.cells({1: 12}, {1: 11})
    assert found.units[1] == shares.Cell(12, None, "nearly_all")
    assert found.units[1].percent is None


def test_s2_a_number_where_both_sides_are_wide():
    assert shares.cells({1: 540}, {1: 412}).units[1].percent == Decimal("76.30")


def test_s3_a_small_unit_takes_its_next_smallest_sibling_along():
    found = shares.cells({1: 14, 2: 11, 3: 3}, {1: 7, 2: 6, 3: 1})
    assert set(found.units) == {1}
    assert found.others == shares.Cell(14, 7)
    assert found.whole == shares.Cell(28, 14)


@pytest.mark.parametrize(
    ("people", "reached", "word"), [(12, 1, "few"), (12, 0, "few"), (12, 12, "nearly_all"), (8, 4, "some")]
)
def test_what_is_said_instead_of_a_number(people, reached, word):
    assert shares.cells({1: people}, {1: reached}).units[1].word == word


def test_under_five_nothing_is_said():
    assert shares.cells({1: 4}, {1: 2}) == shares.Cells({}, None, None)


ROSTERS = st.dictionaries(
    st.integers(1, 30),
    st.integers(0, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    max_size=6,
)


@given(ROSTERS)
@example({1: (12, 11), 2: (40, 20), 3: (9, 4)})
def test_no_cell_and_no_difference_of_cells_covers_fewer_than_five(roster):
    """Whatever rows are taken from the whole, or from each other, what is left has five people on each side, or nobody."""
    people, reached = ({unit: pair[n] for unit, pair in roster.items()} for n in (0, 1))
    found = shares.cells(people, reached)
    rows = [*found.units.values(), *([found.others] if found.others else [])]
    folded = set(people) - set(found.units)
    if found.whole is None:
        assert sum(people.values()) < shares.SMALLEST and not rows
        return
    assert found.whole.people == sum(people.values()) == sum(row.people for row in rows)
    assert all(row.people >= shares.SMALLEST for row in rows)
    assert (found.others.people if found.others else 0) == sum(people[unit] for unit in folded)
    exact = [row for row in rows if row.reached is not None]
    for size in range(len(exact) + 1):
        for taken in combinations(exact, size):
            sums = [
                (sum(row.reached for row in taken), sum(row.people - row.reached for row in taken)),
            ]
            if found.whole.reached is not None:
                sums.append(
                    (
                        found.whole.reached - sums[0][0],
                        found.whole.people - found.whole.reached - sums[0][1],
                    )
                )
            for did, did_not in sums:
                assert (did, did_not) == (0, 0) or min(did, did_not) >= shares.SMALLEST
