"""What a leader sees by unit never shows a unit under five, nor lets one be reckoned."""

from __future__ import annotations

import pytest
from hypothesis import given
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
