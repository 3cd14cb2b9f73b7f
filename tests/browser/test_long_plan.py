"""A plan too long for one page, on the page as it is scrolled."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.drafting.test_long import bulk


@pytest.fixture
def plan(world: Any, ids: dict[str, int]) -> int:
    with world():
        made = make.plan(ids["unit:bkpsdm"])
        bulk(made, 120)
        for number in range(6):
            make.section(
                made, body="Kata yang panjang. " * 400, number=f"{number}", heading=f"Bagian {number}"
            )
        return int(made.id)


def test_further_lines_and_chapters_come_as_they_are_scrolled_to(visitor: Any, plan: int, size: str) -> None:
    planner = visitor("planner", size).open(f"/rencana/{plan}/tabel")
    lines = planner.page.locator("details.line")
    expect(lines).to_have_count(20)
    planner.page.get_by_role("link", name="100 baris berikutnya").scroll_into_view_if_needed()
    expect(lines).to_have_count(60)
    planner.check().open(f"/rencana/{plan}")
    third, last = (planner.page.locator("section.piece").filter(has_text=f"Bagian {n}") for n in (2, 5))
    expect(third.locator(".prose")).to_have_count(0)
    third.scroll_into_view_if_needed()
    expect(third.locator(".prose")).to_be_visible()
    expect(last.locator(".prose")).to_have_count(0)
    planner.check()


def test_a_link_to_a_line_that_is_not_shown_yet_leads_to_it(visitor: Any, plan: int) -> None:
    planner = visitor("planner")
    last = (
        planner.open(f"/rencana/{plan}/tabel?q=contoh+119").page.locator("details.line").get_attribute("id")
    )
    planner.page.goto(f"{planner.address}/rencana/{plan}/tabel#{last}")
    expect(planner.page.locator(f"#{last}")).to_be_in_viewport()
    planner.check()
