"""Typing that is never lost, and two people on one section."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from portal import clock
from portal.db import db
from portal.drafting.models import Revision, Section
from portal.people.models import Draft, Person, SignIn
from tests import cast
from tests import factories as make
from tests.browser.conftest import Keyboard

BASE = "Loket dibuka pagi. Berkas dibawa sendiri oleh pegawai."


@pytest.fixture
def section(world: Any, ids: dict[str, int]) -> int:
    with world():
        plan = make.plan(ids["unit:bkpsdm"], starts={"forum": date(2026, 3, 10)})
        return int(make.section(plan, unit_id=ids["unit:mutasi"], body=BASE).id)


def kept(world: Any) -> list[str]:
    with world():
        return [row.fields["body"] for row in db.session.scalars(select(Draft))]


def test_a_session_that_ends_while_typing_costs_nothing(
    visitor: Any, world: Any, section: int, ids: dict[str, int], size: str
) -> None:
    with world():
        nip = db.session.get_one(Person, ids["planner"]).nip
    planner = visitor(None, size).open("/masuk").sign_in(nip).open(f"/bagian/{section}/sunting")
    planner.fill("Naskah", "Kalimat pertama.").sees("tersimpan sebagai draf")
    assert kept(world) == ["Kalimat pertama."]
    with world():
        db.session.execute(update(SignIn).values(ended_at=clock.now()))
    planner.fill("Naskah", "Kalimat pertama. Kalimat kedua.").sees("Sesi Anda sudah berakhir")
    # Pressing the link takes the focus from the box, which sends the draft once more: under the finger the link
    # must stay the same link.
    planner._one("link", "Masuk di tab baru").hover()
    with planner.page.expect_response(lambda answer: answer.status == 401 and answer.url.endswith("/draf")):
        planner.page.mouse.down()
    with planner.page.context.expect_page() as opened:
        planner.page.mouse.up()
    tab = opened.value
    tab.get_by_label("NIP", exact=True).fill(nip)
    tab.get_by_label("Kata sandi", exact=True).fill(cast.PASSWORD)
    tab.get_by_role("button", name="Masuk", exact=True).click()
    tab.wait_for_url("**/menunggu-saya")
    planner.sees("tersimpan sebagai draf").press("Simpan sebagai versi 2")
    with world():
        assert db.session.get_one(Section, section).body == "Kalimat pertama. Kalimat kedua."
    assert kept(world) == []


def test_a_draft_that_is_kept_under_a_press_moves_nothing(
    visitor: Any, world: Any, section: int, size: str
) -> None:
    planner = visitor("planner", size).open(f"/bagian/{section}/sunting")
    planner.fill("Naskah", "Ditulis dengan cepat.")
    save = planner._one("button", "Simpan sebagai versi 2")
    save.hover()
    where = save.bounding_box()
    with planner.page.expect_response(lambda answer: answer.url.endswith("/draf")) as kept_now:
        planner.page.mouse.down()
    kept_now.value.finished()
    planner.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert save.bounding_box() == where
    with planner.page.expect_navigation():
        planner.page.mouse.up()
    with world():
        assert db.session.get_one(Section, section).body == "Ditulis dengan cepat."


def test_a_lost_line_is_said_and_made_good(visitor: Any, world: Any, section: int) -> None:
    planner = visitor("planner").open(f"/bagian/{section}/sunting")
    planner.page.context.set_offline(True)
    planner.fill("Naskah", "Ditulis di jalan.").sees("belum tersimpan, mencoba lagi")
    assert kept(world) == []
    planner.faults.clear()
    planner.page.context.set_offline(False)
    planner.sees("tersimpan sebagai draf")
    assert kept(world) == ["Ditulis di jalan."]
    planner.page.close(run_before_unload=False)
    again = visitor("planner").is_awaited("belum dikirim")
    again.take_up("belum dikirim", "Lanjutkan")
    expect(again.page.get_by_label("Naskah", exact=True)).to_have_value("Ditulis di jalan.")


def test_two_people_on_one_section(visitor: Any, world: Any, section: int, size: str) -> None:
    planner, editor = visitor("planner", size), visitor("editor", size)
    planner.open(f"/bagian/{section}/sunting")
    editor.open(f"/bagian/{section}/sunting").sees("Sedang disunting oleh")
    editor.fill("Naskah", BASE.replace("sendiri", "bersama")).sees("tersimpan sebagai draf")
    planner.fill("Naskah", BASE.replace("pagi", "siang")).press("Simpan sebagai versi 2")
    editor.sees("1 perubahan baru")
    expect(editor.page.get_by_label("Naskah", exact=True)).to_have_value(BASE.replace("sendiri", "bersama"))
    editor.press_here("Simpan sebagai versi 2").sees("Dua perubahan digabungkan").check()
    editor.press("Simpan sebagai versi 3")
    with world():
        assert db.session.get_one(Section, section).body == BASE.replace("pagi", "siang").replace(
            "sendiri", "bersama"
        )
        kinds = db.session.scalars(
            select(Revision.kind).where(Revision.section_id == section).order_by(Revision.id)
        )
        assert list(kinds) == ["save", "save", "clash", "merge"]
    assert kept(world) == []


def test_without_javascript_a_draft_is_kept_by_a_button(visitor: Any, world: Any, section: int) -> None:
    planner = visitor("planner", javascript=False).open(f"/bagian/{section}/sunting")
    planner.fill("Naskah", "Tanpa skrip.").press("Simpan sebagai draf").sees("tersimpan sebagai draf")
    assert kept(world) == ["Tanpa skrip."]


def test_a_proposal_that_was_begun_survives_an_ended_session(
    visitor: Any, world: Any, section: int, ids: dict[str, int], size: str
) -> None:
    with world():
        nip = db.session.get_one(Person, ids["staff"]).nip
        plan = db.session.get_one(Section, section).plan_id
    staff = visitor("staff", size).open(f"/usulan/baru?rencana={plan}")
    staff.fill("Judul usulan", "Loket dibuka sampai sore").sees("tersimpan sebagai draf")
    with world():
        db.session.execute(update(SignIn).values(ended_at=clock.now()))
    staff.fill("Masalah", "Antrean panjang.").sees("Sesi Anda sudah berakhir")
    staff.page.close(run_before_unload=False)
    again = visitor(None, size).open("/masuk").sign_in(nip)
    again.take_up("belum dikirim", "Lanjutkan")
    expect(again.page.get_by_label("Judul usulan")).to_have_value("Loket dibuka sampai sore")
    again.fill("Masalah", "Antrean panjang.").fill("Gagasan", "Satu loket.").fill("Manfaat", "Lebih cepat.")
    again.press("Simpan draf").sees("Draf tersimpan.").is_not_awaited("belum dikirim")
    with world():
        assert db.session.scalars(select(Draft.place)).all() == []


def test_a_reply_that_was_begun_stands_open_in_its_conversation(
    visitor: Any, world: Any, section: int, ids: dict[str, int]
) -> None:
    with world():
        thread = db.session.get_one(Section, section).thread_id
        make.comment(thread, ids["colleague"])
    staff = visitor("staff").open(f"/bagian/{section}").unfold("Balas")
    staff.fill("Balasan Anda", "Saya setuju, asal").sees("tersimpan sebagai draf")
    staff.open(f"/bagian/{section}")
    expect(staff.page.get_by_label("Balasan Anda")).to_have_value("Saya setuju, asal")
    staff.press("Kirim balasan").sees("Tanggapan Anda terkirim.")
    with world():
        assert db.session.scalars(select(Draft.place)).all() == []


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_two_people_on_one_section_by_keyboard_alone(
    visitor: Any, world: Any, section: int, javascript: bool
) -> None:
    """Changes that are apart are merged and confirmed; on the same word both are shown and the writer decides."""
    address, versions = f"/bagian/{section}/sunting", iter(range(2, 9))

    def write(who: Keyboard, text: str) -> None:
        who.to_field("Naskah").press("Control+A").type(text)

    def save(who: Keyboard) -> None:
        who.to_button(f"Simpan sebagai versi {next(versions)}").press("Enter")

    begun = "Layanan kepegawaian dibuka pada pagi hari. Loket berada di kantor lama. Petugas memakai antrean kertas."
    planner = visitor("planner", javascript=javascript).open(address)
    mine = Keyboard(planner)
    write(mine, begun)
    save(mine)
    planner.sees("Tersimpan sebagai versi 2")
    planner.open(address)
    other = visitor("editor", javascript=javascript).open(address)
    theirs = Keyboard(other)
    write(theirs, begun.replace("pagi", "siang"))
    save(theirs)
    other.sees("Tersimpan sebagai versi 3")
    write(mine, begun.replace("kertas", "digital"))
    mine.to_button("Simpan sebagai versi 3").press("Enter")
    planner.sees("Dua perubahan digabungkan")
    merged = begun.replace("pagi", "siang").replace("kertas", "digital")
    expect(planner.page.get_by_label("Naskah", exact=True)).to_have_value(merged)
    save(mine)
    planner.sees("Tersimpan sebagai versi 4")
    planner.open(address)
    other.open(address)
    write(theirs, merged.replace("siang", "sore"))
    save(theirs)
    other.sees("Tersimpan sebagai versi 5")
    write(mine, merged.replace("siang", "malam"))
    mine.to_button("Simpan sebagai versi 5").press("Enter")
    planner.sees("Bagian yang sama diubah dua orang").check()
    box = planner.page.get_by_label("Naskah", exact=True)
    expect(box).to_have_value(merged.replace("siang", "malam"))
    save(mine)
    planner.sees("Tersimpan sebagai versi 6")
    with world():
        kinds = db.session.scalars(select(Revision.kind).order_by(Revision.id))
        assert list(kinds) == ["save", "save", "save", "clash", "merge", "save", "clash", "merge"]
