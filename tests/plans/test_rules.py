"""What is open in which stage, as one table; and when stages begin, end and move."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.plans import stages
from portal.plans.stages import Calendar

pytestmark = pytest.mark.rules

STARTS = {
    "preparation": date(2026, 1, 5),
    "initial_draft": date(2026, 1, 26),
    "forum": date(2026, 2, 16),
    "draft": date(2026, 3, 18),
    "verification": date(2026, 4, 13),
    "final_draft": date(2026, 6, 1),
}
ROLES = ("none", "editor", "planner", "leader", "verifier")
# The table of the design: who may, by stage. `*` everyone, else first letters of the roles.
TABLE = """
stage          propose support comment suggest edit poll answer
preparation    -       -       -       -       p    -    -
initial_draft  *       *       *       *       pe   -    l
forum          *       *       *       *       p    *    l
draft          -       -       *       *       pe   -    l
verification   -       -       v       -       -    -    l
final_draft    -       -       *       -       p    -    l
adopted        -       -       *       -       -    -    -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (deed, row[0], role, cell == "*" or role[0] in cell.replace("-", ""))
    for row in ROWS[1:]
    for deed, cell in zip(ROWS[0][1:], row[1:], strict=True)
    for role in ROLES
]


@pytest.mark.parametrize(("deed", "stage", "role", "allowed"), CELLS)
def test_the_table(deed, stage, role, allowed):
    if role == "none" and not allowed:
        assert not stages.allows(deed, stage, set())
    assert stages.allows(deed, stage, {role} if role != "none" else set()) is allowed


def test_verification_is_open_to_editing_only_when_returned():
    assert not stages.allows("edit", "verification", {"planner"})
    assert stages.allows("edit", "verification", {"planner"}, returned=True)
    assert not stages.allows("edit", "verification", {"editor"}, returned=True)


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (date(2025, 1, 1), "preparation"),
        (date(2026, 1, 25), "preparation"),
        (date(2026, 1, 26), "initial_draft"),
        (date(2026, 2, 15), "initial_draft"),
        (date(2026, 2, 16), "forum"),
        (date(2026, 3, 18), "draft"),
        (date(2026, 6, 1), "final_draft"),
        (date(2030, 6, 1), "final_draft"),
    ],
)
def test_the_stage_follows_from_the_day(day, stage):
    assert stages.stage_at(STARTS, day) == stage
    assert stages.stage_at(STARTS, day, adopted=True) == "adopted"


def test_a_stage_ends_the_day_before_the_next():
    assert stages.ends_on(STARTS, "forum") == date(2026, 3, 17)
    assert stages.ends_on(STARTS, "final_draft") is None
    assert stages.ends_on(STARTS, "adopted") is None


@pytest.mark.parametrize("year", [2000, 2024, 2027, 2100])
def test_default_days_ascend_and_come_before_the_year(year):
    starts = stages.default_starts(year)
    assert stages.refuse_starts(starts) is None
    assert max(starts.values()) < date(year, 1, 1)
    assert list(starts) == list(stages.DATED_STAGES)


def test_a_plan_is_late_once_its_year_began():
    assert not stages.is_late(2027, STARTS, date(2026, 12, 31), False)
    assert stages.is_late(2027, STARTS, date(2027, 1, 1), False)
    assert not stages.is_late(2027, STARTS, date(2027, 1, 1), True)


def test_a_refusal_says_when_it_will_be_possible():
    refusal = stages.refuse("propose", Calendar(STARTS), date(2026, 1, 10))
    assert "26 Januari 2026" in str(refusal).replace("\xa0", " ")
    refusal = stages.refuse("propose", Calendar(STARTS), date(2026, 4, 1))
    assert "sudah ditutup" in str(refusal)
    refusal = stages.refuse("comment", Calendar(STARTS), date(2026, 4, 14))
    assert "bertugas" in str(refusal)


MOVES = [
    ("forum", date(2026, 4, 1), True),  # begun already
    ("draft", date(2026, 3, 3), True),  # today
    ("draft", date(2026, 3, 4), False),
    ("draft", date(2026, 4, 12), False),
    ("draft", date(2026, 4, 13), True),  # the day of the next
    ("final_draft", date(2026, 4, 13), True),
    ("final_draft", date(2027, 1, 1), False),
]


@pytest.mark.parametrize(("kind", "to_on", "refused"), MOVES)
def test_only_what_is_to_come_moves_and_in_order(kind, to_on, refused):
    calendar = Calendar(STARTS)
    assert (stages.refuse_move(calendar, kind, to_on, date(2026, 3, 3)) is not None) is refused
    assert stages.refuse_move(Calendar(STARTS, True), kind, to_on, date(2026, 3, 3)) is not None


def test_two_stages_never_begin_on_one_day():
    assert stages.refuse_starts(STARTS) is None
    for earlier, later in zip(stages.DATED_STAGES, stages.DATED_STAGES[1:], strict=False):
        assert stages.refuse_starts({**STARTS, later: STARTS[earlier]}) is not None
        assert stages.refuse_starts({**STARTS, later: STARTS[earlier] - timedelta(days=1)}) is not None
