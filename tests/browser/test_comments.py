"""A comment that quotes words of the plan, whose words change and come back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import factories as make

SELECT = """(words) => {
  const walk = document.createTreeWalker(document.querySelector("[data-quotable]"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.data.indexOf(words);
    if (at >= 0) getSelection().setBaseAndExtent(walk.currentNode, at + 2, walk.currentNode, at + words.length - 2);
  }
}"""
"""Select the words but for two letters at either end, as a finger does."""


@pytest.fixture
def section(world, ids):
    with world():
        of = make.plan(ids["unit:bkpsdm"])
        return make.section(
            of, body="Antrean loket memanjang setiap pagi.\n\nUndangan ditujukan kepada PNS."
        ).id


def rewrite(editor, section, words):
    editor.open(f"/bagian/{section}/sunting").fill("Naskah", words)
    editor.page.get_by_role("button", name="Simpan sebagai versi").click()
    editor.sees("Tersimpan sebagai versi")


def test_words_selected_are_quoted_and_followed_through_the_versions(visitor, size, section):
    staff = visitor("staff", size).open(f"/bagian/{section}")
    staff.page.evaluate(SELECT, "loket memanjang")
    staff.press_here("Tanggapi kata-kata ini")
    expect(staff.page.locator("[data-quote] blockquote")).to_have_text("loket memanjang")
    staff.fill("Tanggapan Anda", "Loket yang mana?").press_here("Kirim tanggapan")
    staff.sees("Loket yang mana?").open(f"/bagian/{section}")
    expect(staff.page.locator("mark.quoted")).to_have_text("loket memanjang1")

    planner = visitor("planner", size)
    rewrite(
        planner, section, "Antrean Bidang Mutasi memanjang setiap pagi.\n\nUndangan ditujukan kepada PNS."
    )
    planner.open(f"/bagian/{section}").unfold("Lainnya").press("Mengubah teks (versi 2)").sees(
        "Keadaan tanggapan dicatat."
    )
    staff.open(f"/bagian/{section}").sees("Ditulis pada versi 1; teks sudah berubah.").sees(
        "Mengubah teks (versi 2)"
    )
    expect(staff.page.locator("mark.quoted")).to_have_count(0)
    staff.follow("Lihat perbedaannya").sees("Versi 1 dan versi 2")

    rewrite(planner, section, "Setiap pagi antrean **loket** memanjang.\n\nUndangan ditujukan kepada PNS.")
    staff.open(f"/bagian/{section}").sees_not("teks sudah berubah")
    expect(staff.page.locator("mark.quoted")).to_have_count(2)


def test_words_selected_in_the_whole_plan_open_the_form_of_their_section(visitor, section):
    staff = visitor("staff").open("/rencana/1")
    staff.page.evaluate(SELECT, "Undangan ditujukan")
    with staff.page.expect_navigation():
        staff.press_here("Tanggapi kata-kata ini")
    expect(staff.check().page.locator("[data-quote] blockquote")).to_have_text("Undangan ditujukan")


def test_without_a_script_a_paragraph_is_quoted_and_a_colleague_named(visitor, size, section):
    staff = visitor("staff", size, javascript=False).open(f"/bagian/{section}")
    staff.unfold("Kutip naskah").choose("Kutip satu paragraf", "Undangan ditujukan kepada PNS.")
    staff.unfold("Sebut rekan").fill("Cari rekan", "layar")
    staff.fill("Tanggapan Anda", "Mohon dilihat.").press("Cari")
    staff.page.get_by_label("Layar Biru Umpama").check()
    staff.press("Kirim tanggapan").sees("Menyebut Layar Biru Umpama")
    expect(staff.page.locator("mark.quoted")).to_have_text("Undangan ditujukan kepada PNS.1")
    colleague = visitor("colleague", size)
    colleague.take_up("menyebut Anda dalam sebuah tanggapan", "Buka percakapan").sees("Mohon dilihat.")
    colleague.is_not_awaited("menyebut Anda dalam sebuah tanggapan")
