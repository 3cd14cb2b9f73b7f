"""A suggestion from the staff to the next version: taken as it is on the row of a line, and with changes on a section."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import factories as make

BODY = "Loket dibuka pagi. Berkas dibawa sendiri oleh pegawai."


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        return {"plan": plan.id, "section": make.section(plan, body=BODY).id, "line": make.line(plan).id}


def test_a_suggestion_is_accepted_with_changes_and_both_are_credited(
    visitor: Any, size: str, places: dict[str, int]
) -> None:
    staff = visitor("staff", size).open(f"/bagian/{places['section']}").follow("Sarankan perubahan")
    staff.fill("Naskah", BODY.replace("pagi", "pagi dan sore"))
    staff.fill("Alasan saran", "Banyak pegawai bertugas pagi.").press("Kirim saran")
    staff.sees("Saran Anda terkirim").sees("Menunggu putusan")

    planner = visitor("planner", size)
    planner.take_up("Saran perubahan atas “Latar belakang”", "Putuskan").follow("Terima dengan perubahan")
    planner.fill("Naskah", BODY.replace("pagi", "pagi dan malam"))
    planner.fill("Alasan perubahan", "Petugas sore belum ada.").press("Simpan sebagai versi 2")
    planner.sees("Tersimpan sebagai versi 2.").sees("Diterima dengan perubahan")
    planner.is_not_awaited("Saran perubahan atas “Latar belakang”")

    staff.go("Menunggu saya").sees("Saran diterima dengan perubahan").follow("Baca putusan")
    staff.sees("Yang diubah penyusun dari saran ini").sees("Petugas sore belum ada.")
    made = staff.page.locator("section.card")
    expect(made.locator("del")).to_have_text("sore")
    expect(made.locator("ins")).to_have_text("malam")
    staff.follow("menjadi versi 2").sees("Versi 1 dan versi 2")
    staff.sees(
        "Disarankan Sungai Jernih Contoh, S.Sos., diterima dengan perubahan oleh Jendela Langit Contoh, S.Sos."
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_figures_are_suggested_and_accepted_on_the_row_of_their_line(
    visitor: Any, size: str, places: dict[str, int], javascript: bool
) -> None:
    table = f"/rencana/{places['plan']}/tabel"
    staff = visitor("staff", size, javascript=javascript).open(f"/baris/{places['line']}/saran")
    staff.fill("Target", "77").fill("Alasan saran", "Tujuh puluh tujuh dokumen.").press("Kirim saran")
    planner = visitor("planner", size, javascript=javascript).open(table)
    row = planner.page.locator(f"#baris-{places['line']}")
    expect(row.locator("summary")).to_contain_text("1 saran menunggu")
    row.locator("summary").click()
    expect(row.locator("article del")).to_have_text("2")
    expect(row.locator("article ins")).to_have_text("77")
    planner.check().press("Terima").sees("Tersimpan sebagai versi 2.")
    planner.open(table)
    expect(row.locator("summary .target")).to_contain_text("77")
    expect(row.locator("summary")).not_to_contain_text("menunggu")
    expect(row.locator("summary .origin")).to_have_text(re.compile("1 saran, v2"))
