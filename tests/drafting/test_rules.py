"""Who may edit, open and strike, as tables."""

from __future__ import annotations

from datetime import date

import pytest

from portal.drafting import rules
from portal.plans.stages import Calendar
from tests.factories import STARTS

pytestmark = pytest.mark.rules

DAYS = {kind: starts_on for kind, starts_on in STARTS.items()}


@pytest.mark.parametrize(
    ("stage", "planner", "editor", "returned", "allowed"),
    [
        ("preparation", True, False, False, True),
        ("preparation", False, True, False, False),
        ("initial_draft", True, False, False, True),
        ("initial_draft", False, True, False, True),
        ("initial_draft", False, False, False, False),
        ("forum", True, False, False, True),
        ("forum", False, True, False, False),
        ("draft", False, True, False, True),
        ("verification", True, False, False, False),
        ("verification", True, False, True, True),
        ("verification", False, True, True, False),
        ("final_draft", True, False, False, True),
        ("final_draft", False, True, False, False),
        ("adopted", True, True, False, False),
    ],
)
def test_who_edits_in_which_stage(
    stage: str, planner: bool, editor: bool, returned: bool, allowed: bool
) -> None:
    calendar = Calendar(DAYS, adopted=stage == "adopted")
    today = DAYS.get(stage, date(2026, 12, 1))
    refusal = rules.refuse_edit(calendar, today, plans_unit=planner, edits_piece=editor, returned=returned)
    assert (refusal is None) is allowed
    assert rules.refuse_edit(
        calendar, today, plans_unit=planner, edits_piece=editor, returned=returned, dropped=True
    )


@pytest.mark.parametrize(
    ("stage", "old", "new", "reason", "fine"),
    [
        ("preparation", "consult", "fixed", "", False),
        ("preparation", "consult", "fixed", "Amanat undang-undang", True),
        ("preparation", "decide", "consult", "", True),
        ("forum", "decide", "consult", "", False),
        ("forum", "decide", "consult", "Pagu dipotong", True),
        ("forum", "consult", "decide", "", True),
        ("forum", "fixed", "consult", "", True),
        ("forum", "consult", "fixed", "", False),
    ],
)
def test_openness_is_narrowed_only_with_a_reason(
    stage: str, old: str, new: str, reason: str, fine: bool
) -> None:
    assert (rules.reason_missing(stage, old, new, reason) is None) is fine


@pytest.mark.parametrize(
    ("openness", "taken"),
    [
        ("fixed", {"comment"}),
        ("consult", {"comment", "suggestion", "proposal"}),
        ("decide", {"comment", "suggestion", "proposal", "poll"}),
    ],
)
def test_what_a_piece_takes(openness: str, taken: set[str]) -> None:
    deeds = ("comment", "suggestion", "proposal", "poll")
    assert {deed for deed in deeds if rules.refuse_input(openness, deed) is None} == taken


def test_a_line_is_struck_with_a_reason_after_preparation() -> None:
    assert rules.drop_reason_missing("preparation", "") is None
    assert rules.drop_reason_missing("forum", "") is not None
    assert rules.drop_reason_missing("forum", "Digabung") is None
