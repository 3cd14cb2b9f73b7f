"""The main path, as people walk it: on a phone and on a desk, and once without JavaScript."""

from __future__ import annotations

import pytest

from portal import clock
from tests import factories as make


@pytest.fixture
def plan(world, ids):
    with world():
        made = make.plan(ids["unit:bkpsdm"])
        make.section(
            made, body="Antrean loket memanjang setiap awal bulan.", heading="Isu penting", number="II.3"
        )
        make.line(made)
        return made.id


@pytest.fixture
def proposal(world, ids, plan):
    from portal.db import db
    from portal.plans.models import Plan

    with world():
        return make.proposal(
            db.session.get_one(Plan, plan), ids["colleague"], clock.now(), "Satu tempat unggah"
        ).id


def write_proposal(somebody, plan):
    somebody.open(f"/usulan/baru?rencana={plan}")
    somebody.fill("Judul usulan", "Kriteria promosi diumumkan lebih awal")
    somebody.fill("Masalah", "Peserta tidak mengetahui bobot penilaian.")
    somebody.fill("Gagasan", "Bobot diumumkan 30 hari sebelum pendaftaran.")
    somebody.fill("Manfaat", "Peserta dapat menyiapkan diri.")
    somebody.press("Simpan draf").sees("Draf, hanya Anda yang melihat")
    somebody.check().press("Ajukan usulan").sees("Diajukan")
    return somebody.check()


def test_staff_proposes_and_leader_answers(visitor, size, plan):
    write_proposal(visitor("staff", size), plan)
    leader = visitor("leader", size)
    leader.sees("menunggu jawaban resmi dari Anda").follow("Tulis jawaban")
    leader.page.get_by_label("Putusan", exact=True).select_option("accepted")
    leader.fill("Jawaban", "Diterima dan ditampung pada Pengelolaan Promosi ASN.")
    leader.press("Terbitkan jawaban").sees("Jawaban resmi")
    leader.check().open("/menunggu-saya").sees_not("menunggu jawaban resmi dari Anda")
    planner = visitor("planner", size)
    planner.sees("diterima dan belum menjadi baris").follow("Tampung")
    planner.press("Tautkan").sees("Menjadi baris")
    planner.check().open("/menunggu-saya").sees_not("belum menjadi baris")
    visitor("staff", size).sees("Baca jawaban resmi")


def test_colleague_supports_and_comments(visitor, size, proposal):
    colleague = visitor("neighbour", size).open(f"/usulan/{proposal}")
    colleague.sees("Jumlah dukungan tampil setelah Anda mendukung")
    colleague.press("Dukung usulan ini").sees("1 pegawai mendukung usulan ini.")
    colleague.fill("Tanggapan Anda", "Di dinas kami hal yang sama terjadi.")
    colleague.press("Kirim tanggapan").sees("Di dinas kami hal yang sama terjadi.")
    colleague.check()


def test_planner_edits_the_text(visitor, size, plan):
    planner = visitor("planner", size).open(f"/rencana/{plan}")
    planner.sees("Antrean loket memanjang").follow("Sunting")
    planner.fill("Naskah", "Antrean loket memanjang setiap awal bulan dan awal semester.")
    planner.page.get_by_role("button", name="Simpan sebagai versi 2").click()
    planner.sees("awal semester").check()
    planner.open(f"/rencana/{plan}/tabel").open(f"/rencana/{plan}/riwayat").sees("versi 2")


def test_notice_is_acknowledged_with_a_concern_and_answered(visitor, size, world, ids):
    with world():
        notice = make.notice(ids["unit:bkpsdm"], ids["leader"]).id
    staff = visitor("staff", size)
    staff.sees("menunggu tanda paham Anda").open(f"/pemberitahuan/{notice}")
    staff.page.get_by_text("Saya paham, ada kekhawatiran", exact=True).first.click()
    staff.page.get_by_label("Kekhawatiran Anda").fill("Siapa yang berjaga pada jam istirahat?")
    staff.page.get_by_role("button", name="Kirim jawaban").locator("visible=true").click()
    staff.sees("Siapa yang berjaga pada jam istirahat?")
    staff.open("/menunggu-saya").sees_not("menunggu tanda paham Anda")
    leader = visitor("leader", size)
    leader.sees("menunggu balasan Anda").follow("Tulis balasan")
    leader.page.get_by_label("Keadaan sesudah balasan").select_option("answered")
    leader.fill("Balasan", "Dua petugas bergantian.")
    leader.press("Terbitkan balasan").sees("Dua petugas bergantian.")
    leader.check()


def test_acting_head_ends_at_midnight(visitor, world, ids, proposal, stopped):
    from datetime import date

    from sqlalchemy import update

    from portal.db import db
    from portal.people.models import Duty

    with world():
        db.session.execute(
            update(Duty).where(Duty.id == ids["duty:leader"]).values(until_on=date(2026, 3, 3))
        )
    leader = visitor("leader").open(f"/usulan/{proposal}").sees("Tulis jawaban")
    stopped.forward(hours=15, minutes=1)
    # Past local midnight of the last day: the session goes on, the authority does not.
    visitor("secretary").open(f"/usulan/{proposal}").sees("Tulis jawaban")
    assert leader.page.url.endswith(f"/usulan/{proposal}")


def test_main_path_without_javascript(visitor, plan):
    staff = visitor("staff", javascript=False)
    staff.open(f"/usulan/baru?rencana={plan}")
    staff.fill("Judul usulan", "Kriteria promosi diumumkan lebih awal")
    staff.fill("Masalah", "Peserta tidak mengetahui bobot penilaian.")
    staff.fill("Gagasan", "Bobot diumumkan 30 hari sebelum pendaftaran.")
    staff.fill("Manfaat", "Peserta dapat menyiapkan diri.")
    staff.press("Simpan draf").press("Ajukan usulan").sees("Diajukan")
    other = visitor("colleague", javascript=False)
    other.open("/usulan").follow("Kriteria promosi diumumkan lebih awal")
    other.press("Dukung usulan ini").sees("1 pegawai mendukung usulan ini.")
    other.fill("Tanggapan Anda", "Saya setuju.").press("Kirim tanggapan").sees("Saya setuju.")


def test_sign_in_by_keyboard_alone(visitor, address):
    somebody = visitor(None).open("/masuk")
    keyboard = somebody.page.keyboard
    from tests import cast

    somebody.page.get_by_label("NIP", exact=True).focus()
    keyboard.type(cast.PEOPLE["staff"][2])
    keyboard.press("Tab")
    keyboard.type(cast.PASSWORD)
    keyboard.press("Enter")
    somebody.sees("Menunggu saya")
    somebody.page.keyboard.press("Tab")
    focused = somebody.page.evaluate("document.activeElement.textContent")
    assert "Langsung ke isi" in focused


@pytest.mark.parametrize(
    "path",
    ["/", "/masuk", "/aktivasi", "/lupa-kata-sandi", "/tanda-terima", "/pelindungan-data", "/tidak-ada"],
)
def test_pages_without_signing_in(visitor, size, path):
    visitor(None, size).open(path)


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("staff", ["/rencana", "/usulan", "/perubahan", "/pemungutan-suara", "/akun", "/bantuan"]),
        ("steward", ["/pegawai", "/unit-kerja", "/pegawai/impor", "/unit-kerja/impor", "/hari-libur"]),
        ("auditor", ["/log-audit"]),
        ("leader", ["/meja", "/perubahan/baru", "/pemungutan-suara/baru"]),
        ("planner", ["/rencana/baru"]),
    ],
)
def test_pages_of_each_role(visitor, size, plan, who, paths):
    somebody = visitor(who, size)
    for path in paths:
        somebody.open(path)
