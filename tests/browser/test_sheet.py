"""The sheet of figures, by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from portal.db import db
from portal.drafting.models import Line
from tests import factories as make
from tests.browser.conftest import Keyboard
from tests.drafting.test_long import bulk


@pytest.fixture
def plan(world: Any, ids: dict[str, int]) -> int:
    with world():
        made = make.plan(ids["unit:bkpsdm"])
        bulk(made, 3)
        return int(made.id)


def test_cells_are_filled_by_keyboard_and_saved_in_place(
    visitor: Any, world: Any, plan: int, size: str
) -> None:
    planner = visitor("planner", size).open(f"/rencana/{plan}/lembar")
    page, keys = planner.page, planner.page.keyboard
    address = page.url

    def cell(label: str, row: int) -> Any:
        return page.get_by_label(f"{label}, Sub kegiatan contoh {row}", exact=True)

    def ceilings() -> list[int | None]:
        with world():
            return [line.ceiling for line in db.session.query(Line).order_by(Line.code)]

    cell("Target", 0).focus()
    keys.press("Tab")
    expect(cell("Pagu indikatif (rupiah)", 0)).to_be_focused()
    keys.press("Control+A")
    keys.type("5.000.000")
    keys.press("Enter")
    expect(cell("Pagu indikatif (rupiah)", 1)).to_be_focused()
    planner.sees("Tersimpan sebagai versi 2.")
    assert ceilings() == [5_000_000, 1_000_001, 1_000_002]
    expect(page.locator("#neraca")).to_contain_text("Rp7.000.003")
    expect(page.locator("#jumlah-1-1-maju")).to_have_text("0")
    keys.type("7000000")
    keys.press("ArrowDown")
    expect(cell("Pagu indikatif (rupiah)", 2)).to_be_focused()
    expect(cell("Pagu indikatif (rupiah)", 1)).to_have_value("7.000.000")
    expect(page.locator("#neraca")).to_contain_text("Rp13.000.002")
    keys.type("9")
    keys.press("Escape")
    expect(cell("Pagu indikatif (rupiah)", 2)).to_have_value("1.000.002")
    keys.press("ArrowUp")
    expect(cell("Pagu indikatif (rupiah)", 1)).to_be_focused()
    keys.type("seribu")
    keys.press("ArrowUp")
    planner.sees("Pagu indikatif (rupiah): Mohon ditulis sebagai angka")
    expect(cell("Pagu indikatif (rupiah)", 1)).to_have_value("seribu")
    assert ceilings() == [5_000_000, 7_000_000, 1_000_002]
    assert page.url == address
    keys.press("ArrowDown")
    keys.press("Escape")
    keys.press("ArrowUp")
    planner.check()
    again = cell("Pagu indikatif (rupiah)", 0)
    keys.press("Control+A")
    keys.type("6000000")
    keys.press("ArrowDown")
    planner.sees("Tersimpan sebagai versi 3.")
    expect(again).to_have_value("6.000.000")
    undo = page.get_by_role("button", name="Urungkan perubahan Sub kegiatan contoh 0")
    with page.expect_navigation():
        undo.press("Enter")
    expect(cell("Pagu indikatif (rupiah)", 0)).to_have_value("5.000.000")
    planner.check()


def test_a_row_that_is_saved_under_a_press_moves_nothing(
    visitor: Any, world: Any, plan: int, size: str
) -> None:
    planner = visitor("planner", size).open(f"/rencana/{plan}/lembar")
    page = planner.page
    page.get_by_label("Pagu indikatif (rupiah), Sub kegiatan contoh 0", exact=True).fill("5.000.000")
    save = planner._one("button", "Simpan Sub kegiatan contoh 1")
    save.hover()
    where = save.bounding_box()
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        page.mouse.down()
    saved.value.finished()
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert save.bounding_box() == where
    page.mouse.up()
    planner.sees("Tersimpan sebagai versi 2.").sees("Tidak ada yang berubah.")
    with world():
        assert next(line.ceiling for line in db.session.query(Line).order_by(Line.code)) == 5_000_000


def test_rows_are_pasted_from_a_spreadsheet_by_keyboard(visitor: Any, world: Any, plan: int) -> None:
    """What a spreadsheet puts on the clipboard: tabs, numbers as they are written here."""
    with world():
        code = db.session.query(Line.code).order_by(Line.code).first()[0]
    planner = visitor("planner").open(f"/rencana/{plan}/tempel")
    planner.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rows = (
        ("Kode", "Nama", "Target", "Satuan", "Pagu indikatif"),
        (code, "Sub kegiatan contoh 0", "1,5", "Dokumen", "Rp2.500.000,00"),
        ("5.03.02.2.02.0003", "Pengelolaan Promosi ASN", "sepuluh", "Dokumen", "1.000.000"),
    )
    copied = "\n".join("\t".join(row) for row in rows)
    planner.page.evaluate("text => navigator.clipboard.writeText(text)", copied)
    keys = Keyboard(planner)
    keys.to_field("Baris dari lembar kerja").press("Control+V")
    keys.to_button("Bandingkan").enter()
    keys.to_button("Terapkan").enter()
    planner.sees("5.500.003")
    with world():
        assert db.session.query(Line.ceiling).filter_by(code=code).one()[0] == 2_500_000
