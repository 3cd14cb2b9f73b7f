"""Posts by rule: V1 and V2, without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.growth.posts import rules
from portal.growth.posts.rules import Staffing

pytestmark = pytest.mark.rules

TASKS = [(Decimal(a), Decimal(b)) for a, b in ((120, 240), (48, 600), (240, 90), (12, 2400))]


def test_v1_required_staff_from_tasks():
    assert sum(a * b for a, b in TASKS) == 108_000
    assert rules.workload(TASKS) == Decimal("1.4400")
    assert rules.required("pelaksana", TASKS, 1) == 1
    assert rules.workload(TASKS, 72_000) == Decimal("1.5000")
    assert rules.required("pelaksana", TASKS, 1, 72_000) == 2


def test_a_heads_post_counts_as_one_and_one_without_tasks_needs_its_seats():
    assert rules.required("administrator", TASKS * 3, 1) == 1
    assert rules.required("fungsional", [], 4) == 4


def test_v2_who_acts_is_shown_and_not_counted_as_filled():
    held = Staffing(required=3, pns=1, acting=1)
    assert held.vacant == 2 and held.acting == 1 and held.filled == 1


def test_more_than_required_is_no_vacancy():
    held = Staffing(required=1, pns=1, pppk=1)
    assert held.vacant == 0 and held.difference == 1
