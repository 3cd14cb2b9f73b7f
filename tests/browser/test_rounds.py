"""From the verifier's first round to the adopted plan, its change, and the start of the next year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from portal import clock
from portal.drafting import skeleton
from portal.drafting.verification import CHECKLIST
from portal.proposals.models import Answer
from tests import factories as make
from tests.browser.conftest import Keyboard, Visitor
from tests.drafting.test_verification import IN_FINAL, IN_VERIFICATION

CODE = "5.03.02.2.02.0003"


@pytest.fixture
def plan(world: Any, ids: dict[str, int]) -> int:
    """A plan without proposals, whose line lacks its location."""
    with world():
        made = make.plan(ids["unit:bkpsdm"], ceiling=400_000_000)
        make.section(made, ids["unit:mutasi"])
        make.line(made)
        return made.id


def verdict(verifier: Visitor, outcome: str, note: str | None = None) -> None:
    """Go through the whole checklist on the page at hand."""
    for item in CHECKLIST:
        verifier.page.locator(f"#{item}_result").select_option("fit")
    if note:
        verifier.unfold("Catatan pada bagian atau baris")
        verifier.page.locator("#place_0").fill(CODE)
        verifier.page.locator("#note_0").fill(note)
    verifier.check_off(outcome).press("Simpan verifikasi")


@pytest.mark.parametrize(
    ("size", "javascript"),
    [("phone", True), ("desk", True), ("phone", False)],
    ids=["phone", "desk", "plain"],
)
def test_a_plan_goes_round_the_verifier_is_adopted_and_changed(
    visitor: Any, size: str, javascript: bool, plan: int, stopped: Any
) -> None:
    stopped.set(IN_VERIFICATION)
    verifier = visitor("verifier", size, javascript).open(f"/rencana/{plan}/verifikasi")
    verdict(verifier, "Dikembalikan", "Lokasi belum diisi.")
    verifier.sees("Putaran 1: Dikembalikan")

    planner = visitor("planner", size, javascript).take_up("dikembalikan verifikator", "Baca catatan")
    planner.sees("1 catatan masih harus diperbaiki").follow("Pemeriksaan").sees("Lokasi kosong")
    cell = planner.page.locator("#periksa-location").get_by_role("link", name=CODE)
    planner._leave_by(cell)
    stopped.forward(hours=1)
    planner.come_back().open(f"/rencana/{plan}/pemeriksaan")
    planner._leave_by(planner.page.locator("#periksa-location").get_by_role("link", name=CODE))
    expect(planner.page.get_by_label("Lokasi", exact=True)).to_be_in_viewport()
    planner.fill("Lokasi", "Kotabumi").fill("Pagu indikatif (rupiah)", "500.000.000")
    planner.press("Simpan sebagai versi 2").sees("Tersimpan sebagai versi 2")

    stopped.set(IN_FINAL)
    planner.come_back().open(f"/rencana/{plan}/pemeriksaan").sees("Melampaui pagu Rp100.000.000")
    planner.open(f"/rencana/{plan}/tabel")
    line = planner.page.locator("details.line").first.get_attribute("id").removeprefix("baris-")
    planner.open(f"/baris/{line}/sunting").fill("Pagu indikatif (rupiah)", "600.000.000")
    planner.press_here("Simpan sebagai versi 3").sees(
        "melampaui pagu indikatif sebesar Rp200.000.000"
    ).check()
    expect(planner.page.get_by_label("Pagu indikatif (rupiah)", exact=True)).to_have_value("600.000.000")
    planner.fill("Pagu indikatif (rupiah)", "400.000.000").press("Simpan sebagai versi 3")

    verifier.come_back().open(f"/rencana/{plan}/verifikasi")
    verdict(verifier, "Lolos")
    verifier.sees("Putaran 2: Lolos").sees("Putaran 1: Dikembalikan")

    leader = visitor("leader", size, javascript).take_up("menunggu penetapan Anda", "Tetapkan")
    leader.sees("Plt.").fill("Nomor keputusan", "188.45/12/2026").fill("Tanggal keputusan", "2026-06-09")
    leader.press("Tetapkan rencana").sees("Rencana ditetapkan").sees("188.45/12/2026")
    leader.follow("2 bagian dibuka").sees("2 bagian atau baris")

    planner.come_back().open(f"/rencana/{plan}/penetapan").follow("Mulai Perubahan Renja")
    planner.press("Mulai Perubahan Renja").sees("Perubahan Renja dimulai")
    if size == "phone":
        planner.unfold("Lainnya")
    planner.follow("Perbedaan").sees("Tidak ada perbedaan")


def fill_in(keys: Keyboard, outcome: str, note: str | None = None) -> None:
    """Go through the whole checklist with Tab, arrows and letters, and send it."""
    for item in CHECKLIST:
        keys.to(keys.page.locator(f"#{item}_result")).press("ArrowDown")
        expect(keys.page.locator(f"#{item}_result")).to_have_value("fit")
    if note:
        keys.to(keys.page.locator("summary", has_text="Catatan pada bagian atau baris")).press("Enter")
        keys.to(keys.page.locator("#place_0")).type(CODE)
        keys.to(keys.page.locator("#note_0")).type(note)
    keys.to(keys.page.get_by_label("Dikembalikan", exact=True))
    keys.press("Space" if outcome == "Dikembalikan" else "ArrowDown")
    expect(keys.page.get_by_label(outcome, exact=True)).to_be_checked()
    keys.to_button("Simpan verifikasi").enter()


def test_verification_and_adoption_by_keyboard_alone(
    visitor: Any, size: str, plan: int, stopped: Any
) -> None:
    """The owner calls its section ready, the verifier returns and then passes the plan, the leader adopts it."""
    owner = Keyboard(visitor("editor", size).open(f"/rencana/{plan}/kesiapan"))
    owner.to(owner.page.get_by_role("checkbox", name="I.1 Latar belakang")).press("Space")
    owner.to_button("Tandai siap").enter()
    owner.visitor.sees("1 ditandai siap.")

    stopped.set(IN_VERIFICATION)
    verifier = Keyboard(visitor("verifier", size))
    verifier.to_link("Verifikasi").enter()
    fill_in(verifier, "Dikembalikan", "Lokasi belum diisi.")
    verifier.visitor.sees("Putaran 1: Dikembalikan").sees("Lokasi belum diisi.")

    stopped.set(IN_FINAL)
    verifier.visitor.come_back().open(f"/rencana/{plan}/verifikasi")
    fill_in(verifier, "Lolos")
    verifier.visitor.sees("Putaran 2: Lolos")

    leader = Keyboard(visitor("leader", size))
    leader.to_link("Tetapkan").enter()
    leader.to_button("Tetapkan rencana").press("Enter")
    leader.visitor.sees("Mohon periksa isian ini")
    leader.to_field("Nomor keputusan").type("188.45/12/2026")
    leader.to_field("Tanggal keputusan").type("06062026")  # whichever of day and month comes first
    leader.to_button("Tetapkan rencana").enter()
    leader.visitor.sees("Rencana ditetapkan").sees("6 Juni 2026")


@pytest.fixture
def next_year(world: Any, ids: dict[str, int]) -> int:
    """A plan of 2027 with three lines, one struck, its text, and a deferred proposal; that of 2028 has just begun."""
    later = {kind: date(2026, 4, 1) + timedelta(weeks=n) for n, kind in enumerate(list(make.STARTS)[1:])}
    with world():
        old = make.plan(ids["unit:bkpsdm"])
        make.section(old, number="I.1", body="Latar belakang tahun lalu.")
        make.line(old, forward_ceiling=330_000_000)
        make.line(old, "5.03.02.2.02.0001", name="Pengelolaan Mutasi ASN")
        make.line(
            old, "5.03.02.2.02.0002", name="Pengelolaan Kenaikan Pangkat ASN", dropped_at=clock.now(),
            drop_reason="Pagu dialihkan.",
        )  # fmt: skip
        wish = make.proposal(old, ids["staff"], clock.now(), title="Loket layanan sampai sore")
        answer = {
            "text": "Belum ada pagu.",
            "condition": "Pagu naik.",
            "by_id": ids["leader"],
            "at": clock.now(),
        }
        wish.answers.append(Answer(round=1, kind="deferred", ground="no_ceiling", **answer))
        new = make.plan(ids["unit:bkpsdm"], 2028, later)
        skeleton.make_sections(new)
        return new.id


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_year_begins_with_what_the_year_before_leaves(
    visitor: Any, size: str, next_year: int, stopped: Any, javascript: bool
) -> None:
    planner = visitor("planner", size, javascript).open(f"/rencana/{next_year}")
    planner.follow("Lanjutkan dari tahun lalu").sees("Pagu dialihkan.").sees("Menunggu: Pagu naik.")
    box = planner.page.get_by_role("checkbox", name="Pengelolaan Mutasi ASN")
    expect(box).to_be_checked()
    box.uncheck()
    expect(planner.page.get_by_role("checkbox", name="Kenaikan Pangkat")).not_to_be_checked()
    planner.press("Lanjutkan yang dipilih").sees("1 baris dan 1 bagian dilanjutkan dari tahun lalu.")
    planner.sees("330.000.000").sees_not("Pengelolaan Mutasi ASN")
    planner.open(f"/rencana/{next_year}").sees("Latar belakang tahun lalu.")

    stopped.set(clock.now() + timedelta(days=30))
    staff = (
        visitor("staff", size, javascript).open(f"/usulan?rencana={next_year}").follow("Usulan tahun lalu")
    )
    staff.follow("Ajukan kembali: Loket layanan sampai sore").sees("Pagu naik.")
    staff.fill("Masalah", "Pagu sudah naik.").press("Ajukan kembali").sees("Usulan diajukan kembali.")
    staff.follow("Diajukan kembali dari usulan tahun lalu").sees(
        "Sudah diajukan kembali pada tahun berikutnya"
    )
