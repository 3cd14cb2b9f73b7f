"""Each rule of the checks: a line that fails it, and the same line mended."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from portal.drafting import checks

pytestmark = pytest.mark.rules
CODE = "5.03.02.2.02.0003"
SUPPORT = "5.03.01.2.01.0001"


def line(**fields: Any) -> Any:
    """A line in which no rule finds anything."""
    values = {
        "id": 1,
        "code": CODE,
        "target": Decimal(2),
        "forward_target": Decimal(3),
        "forward_ceiling": 10,
        "location": "Kabupaten",
        "funding_source": "PAD",
        "target_group": "Pegawai",
        "sub_activity_id": 1,
        "sub_activity": SimpleNamespace(code=CODE),
        "note": "",
    }
    return SimpleNamespace(**values | fields)


def keys(*lines: Any, changed: tuple[int, ...] = ()) -> list[str]:
    return [found.rule.key for found in checks.check(list(lines), "5.03.0.00.0.00.01.0000", changed)]


FAILING: dict[str, Any] = {
    "target": line(target=None),
    "forward_target": line(forward_target=None),
    "forward_ceiling": line(forward_ceiling=None),
    "location": line(location=""),
    "funding_source": line(funding_source=""),
    "target_group": line(target_group=""),
    "unknown_code": line(sub_activity_id=None, sub_activity=None),
    "bidang": line(code="2.16.02.2.01.0014", sub_activity=SimpleNamespace(code="2.16.02.2.01.0014")),
    "no_note": line(id=7),
    "swapped": line(code=SUPPORT),
}


def test_a_whole_line_fails_no_rule() -> None:
    assert keys(line()) == []
    assert keys(line(target=Decimal(0), forward_ceiling=0)) == [], "a zero is an answer"


@pytest.mark.parametrize("rule", checks.RULES, ids=lambda rule: rule.key)
def test_each_rule_finds_its_fault_alone_and_says_why(rule: checks.Rule) -> None:
    lines = [line(), line(id=2)] if rule.key == "twice" else [FAILING[rule.key]]
    assert keys(*lines, changed=(7,)) == [rule.key]
    assert str(rule.why) and str(rule.label)


BKPSDM = "5.03.5.04.0.00.01.0000"
THREE = "1.03.1.04.2.10.01.0000"


@pytest.mark.parametrize(
    ("unit_code", "code", "found"),
    [
        (BKPSDM, "5.03.02.2.02.0003", False),
        (BKPSDM, "5.04.02.2.01.0001", False),
        (BKPSDM, "5.03.01.2.01.0001", False),
        (BKPSDM, "X.XX.01.2.01.0001", False),
        (BKPSDM, "2.16.02.2.01.0014", True),
        (BKPSDM, "0.00.02.2.01.0014", True),
        (THREE, "2.10.02.2.01.0014", False),
        (THREE, "1.05.02.2.01.0014", True),
        ("1-03.1-04.2-10.01.0000", "1.04.02.2.01.0014", False),
        ("KEC.01", "2.16.02.2.01.0014", False),
        (None, "2.16.02.2.01.0014", False),
    ],
)
def test_every_bidang_in_the_agencys_code_is_its_own(unit_code: str | None, code: str, found: bool) -> None:
    one = line(code=code, sub_activity=SimpleNamespace(code=code))
    assert ("bidang" in [each.rule.key for each in checks.check([one], unit_code)]) is found


def test_the_same_sub_activity_under_an_old_and_a_new_code_stands_twice() -> None:
    old = line(id=2, code="5.03.02.2.02.0903", sub_activity=SimpleNamespace(code=CODE))
    assert keys(line(), old) == ["twice"]
    other = line(id=2, code="5.03.02.2.02.0004", sub_activity_id=2)
    assert keys(line(), other) == []


def test_support_lines_and_the_rest_are_added_up_apart() -> None:
    lines: Any = [line(ceiling=10), line(code=SUPPORT, ceiling=4), line(code=SUPPORT, ceiling=None)]
    assert checks.support_total(lines) == 4


def test_a_changed_line_with_a_note_is_fine() -> None:
    assert keys(line(id=7, note="Disesuaikan."), changed=(7,)) == []


def test_support_under_a_support_code_is_fine() -> None:
    assert keys(line(code=SUPPORT, sub_activity=SimpleNamespace(code="X.XX.01.2.01.0001"))) == []


@pytest.mark.parametrize(
    ("total", "ceiling", "over"), [(10, None, 0), (10, 10, 0), (11, 10, 1), (9, 10, 0), (1, 0, 1)]
)
def test_by_how_much_a_plan_exceeds_its_ceiling(total: int, ceiling: int | None, over: int) -> None:
    assert checks.over_ceiling(total, ceiling) == over
