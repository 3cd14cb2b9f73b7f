"""A quarter from its first figure to final, and a lowered target from its change to the list that everyone reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.db import db
from portal.plans.models import Plan
from tests import cast
from tests import factories as make
from tests.browser.conftest import Visitor

AGENCY = cast.UNITS["bkpsdm"][2]
LINE = "Pengelolaan Promosi ASN"
SIZES = pytest.mark.parametrize(
    ("size", "javascript"),
    [("phone", True), ("desk", True), ("phone", False)],
    ids=["phone", "desk", "plain"],
)


@pytest.fixture
def adopted(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """A plan of 2027 with one line: 12 documents."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        line = make.line(plan, unit_id=ids["unit:mutasi"], target=12)
        make.snapshot(plan)
        return {"plan": plan.id, "line": line.id, "unit": plan.unit_id}


def enter(editor: Visitor, value: str, reason: str = "") -> None:
    """From the quarter's page."""
    editor.follow(f"Isi realisasi {LINE}")
    editor.fill("Realisasi kinerja", value).fill("Realisasi belanja triwulan ini (Rp)", "45.000.000")
    editor.fill("Alasan", reason)
    editor.page.locator("[name=evidence_kind]").select_option("Dokumen")
    editor.fill("Nama bukti", "Laporan contoh").fill("Nomor atau alamat bukti", "800/12/2027")
    editor.fill("Disimpan oleh", "Bidang Mutasi").press("Simpan realisasi").sees("Realisasi tersimpan")


def hand_in(leader: Visitor) -> None:
    leader.take_up("menunggu Anda sampaikan", "Sampaikan").follow("Sampaikan evaluasi")
    leader.fill("Faktor pendorong", "Daftar periksa.").fill("Faktor penghambat", "Jarak.")
    leader.press("Sampaikan").sees("menunggu telaah verifikator")


@SIZES
def test_a_quarter_from_entry_to_objection_to_final(
    visitor: Any, size: str, javascript: bool, adopted: dict[str, int], stopped: Any
) -> None:
    stopped.set(datetime(2027, 4, 5, 2, 0, tzinfo=UTC))
    editor = visitor("editor", size, javascript).take_up("baris unit Anda belum diisi", "Isi")
    enter(editor, "2")

    leader = visitor("leader", size, javascript)
    hand_in(leader)

    verifier = visitor("verifier", size, javascript).take_up("menunggu telaah Anda", "Telaah")
    verifier.choose("Temuan", "Tidak sesuai").fill("Catatan", "Laporannya menyebut tiga.")
    verifier.check_off("Dikembalikan").press("Terbitkan hasil telaah").sees("Laporannya menyebut tiga.")

    stopped.forward(hours=1)
    quarter = f"/hasil/{adopted['unit']}/2027/1"
    enter(editor.come_back().open(quarter), "3", "Satu dokumen terlewat.")
    hand_in(leader.come_back())
    verifier.come_back().take_up("menunggu telaah Anda", "Telaah")
    verifier.check_off("Divalidasi").press("Terbitkan hasil telaah").sees("Divalidasi")

    staff = visitor("staff", size, javascript).open("/hasil/").follow(AGENCY)
    staff.sees("rata-rata capaian kinerja 25,00 persen dari target tahun; 1 dari 1 baris dihitung")
    staff.follow("Triwulan I").follow("Ajukan keberatan")
    staff.fill("Keberatan Anda", "Satu di antaranya masih konsep.").press("Ajukan keberatan")
    staff.sees("Satu di antaranya masih konsep.")

    leader.come_back().take_up("menunggu jawaban Anda", "Jawab")
    leader.choose("Putusan", "Tidak diterima").fill("Jawaban", "Sudah ditandatangani.")
    leader.press("Terbitkan jawaban").sees("Sudah ditandatangani.")

    visitor(None, size, javascript).open("/data/hasil").sees("Belum ada yang final")
    stopped.forward(days=15)
    staff.come_back().open(quarter).sees("Final").sees_not("Ajukan keberatan")
    visitor(None, size, javascript).open("/data/hasil").sees("Hasil Renja 2027 (CSV)")


@SIZES
def test_a_lowered_target_stays_in_sight(
    visitor: Any,
    size: str,
    javascript: bool,
    adopted: dict[str, int],
    world: Any,
    ids: dict[str, int],
    stopped: Any,
) -> None:
    stopped.set(datetime(2027, 4, 5, 2, 0, tzinfo=UTC))
    editor = visitor("editor", size, javascript).open(f"/hasil/{adopted['unit']}/2027/1")
    enter(editor, "8")

    with world():
        change = make.plan(ids["unit:bkpsdm"], edition=1)
        line_id = make.line(change, unit_id=ids["unit:mutasi"], target=12).id
        plan_id = change.id
    stopped.set(datetime(2026, 6, 9, 2, 0, tzinfo=UTC))  # while the change can be written
    planner = visitor("planner", size, javascript).open(f"/baris/{line_id}/sunting")
    planner.fill("Target", "8").fill("Alasan perubahan", "Pagu dialihkan.")
    planner.press("Simpan sebagai versi 2").sees("Tersimpan sebagai versi 2")
    with world():
        make.snapshot(db.session.get_one(Plan, plan_id), datetime(2027, 8, 5, 3, 0, tzinfo=UTC))

    stopped.set(datetime(2027, 10, 4, 2, 0, tzinfo=UTC))
    staff = visitor("staff", size, javascript).open("/hasil/").follow("Target yang diturunkan")
    staff.sees("Semula 12, menjadi 8 Dokumen (Perubahan I").sees("terhadap target semula: 66,67 persen")
    staff.sees("Pagu dialihkan.")
    with staff.page.expect_download() as download:
        staff.press_here("Daftar (XLSX)")
    assert download.value.path().read_bytes().startswith(b"PK")
    staff.follow(LINE).sees("Dari tahun ke tahun")
    expect(staff.page.locator("svg.bullet .first")).to_have_count(1)
    staff.follow(AGENCY).sees("Satu target diturunkan.").unfold("Cara hitung")
    staff.sees("Triwulan dinilai dengan Renja yang berlaku pada hari terakhirnya.")
