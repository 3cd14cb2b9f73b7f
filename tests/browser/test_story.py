"""One whole cycle as its people walk it, a paragraph a test, on a phone (in the dark) and on a desk (in the light)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from portal.db import db
from portal.people import slips
from portal.people.models import Duty, Person
from portal.plans import nomenclature
from portal.plans.models import Plan
from portal.proposals.models import Answer
from portal.tables import read_table
from portal.voting import actions as voting
from portal.voting.models import Poll, VoterRoll
from tests import cast
from tests import factories as make
from tests.browser.conftest import Keyboard
from tests.drafting.files import csv_plan, csv_row
from tests.people.files import HEAD, csv_file, nip
from tests.plans.files import ENTRIES, workbook
from tests.voting import steps


def hand_in(somebody, name, content):
    """Put a file into the form at hand."""
    somebody.page.get_by_label("Berkas CSV atau XLSX").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    return somebody.press("Bandingkan")


@pytest.fixture
def printed(monkeypatch):
    """What stands on the slips that came out of the printer."""
    sheets = []
    print_pdf = slips.pdf

    def note_and_print(sheet):
        sheets.extend(sheet["slips"])
        return print_pdf(sheet)

    monkeypatch.setattr(slips, "pdf", note_and_print)
    return sheets


def test_steward_reads_in_the_roster_and_a_newcomer_gets_in(visitor, size, world, printed):
    newcomer_nip, password = nip(301, born="19750412", since="200003"), "tujuh perahu menepi senja"
    row = (newcomer_nip, "Danau Tenang Contoh", "S.H.", "PNS", "IV/a", "Inspektur", "Inspektorat", "")
    vacancy = "Inspektorat belum memiliki pimpinan yang bertugas."

    steward = visitor("steward", size).is_awaited(vacancy).go("Pegawai").follow("Baca daftar pegawai")
    hand_in(steward, "pegawai.csv", csv_file(HEAD, row)).sees("Danau Tenang Contoh")
    with world():
        assert db.session.scalar(select(Person).where(Person.nip == newcomer_nip)) is None
    steward.press("Terapkan").sees("1 baris sudah diterapkan.")

    steward.take_up(vacancy, "Beri penugasan").follow("Inspektorat")
    with steward.page.expect_download() as download:
        steward.press_here("Cetak lembar kode (PDF)")
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    [slip] = [slip for slip in printed if "Danau Tenang Contoh" in slip["name"]]

    newcomer = visitor(None, size).open("/").follow("Aktifkan akun")
    newcomer.fill("NIP", newcomer_nip).fill("Kode aktivasi", slip["code"])
    newcomer.fill("Kata sandi baru", password).fill("Ulangi kata sandi baru", password)
    newcomer.press("Aktifkan akun").sees("Tidak ada yang menunggu Anda.")
    newcomer.go("Akun saya").press("Keluar")
    newcomer.open("/").follow("Masuk").sign_in(newcomer_nip, password)

    steward.open("/menunggu-saya").take_up(vacancy, "Beri penugasan").follow("Inspektorat")
    steward.follow("Lihat pegawainya").follow("Danau Tenang Contoh, S.H.").follow("Beri penugasan")
    steward.choose("Peran", "Pimpinan").press("Beri penugasan").sees("Pimpinan")
    steward.is_not_awaited(vacancy)
    newcomer.open("/menunggu-saya").sign_in(newcomer_nip, password).go("Meja pimpinan")


@pytest.fixture
def new_plan(world, ids):
    """A plan in preparation, without a line; staff are not invited yet."""
    with world():
        nomenclature.take_over(read_table(workbook(*ENTRIES), "a.xlsx", known=nomenclature.known_headings()))
        make.plan(ids["unit:bkpsdm"], starts={"initial_draft": date(2026, 3, 9), "forum": date(2026, 3, 12)})


PROMOTION = "5.03.02.2.02.0003 Pengelolaan Promosi ASN"


def open_promotion(somebody):
    """Unfold the line in the plan's table."""
    somebody.page.get_by_role("main").get_by_text("Pengelolaan Promosi ASN").first.click()
    somebody.sees("Indikator").check()
    return somebody


def test_planner_reads_in_the_plan_and_two_edit_one_line(visitor, size, new_plan, stopped):
    agency, division = cast.UNITS["bkpsdm"][2], cast.UNITS["mutasi"][2]
    planner = visitor("planner", size).go("Rencana").follow(agency)
    planner.follow("Tabel").sees("Tabel ini belum berisi baris").follow("Baca tabel dari berkas")
    rows = csv_row("5.03.02.2.02.0003", "Pengelolaan Promosi ASN", "310000000", "2 Dokumen")
    hand_in(planner, "renja.csv", csv_plan(rows)).sees("Rp310.000.000")
    planner.press("Terapkan").sees("1 baris sudah diterapkan.").sees("Pengelolaan Promosi ASN")

    planner.follow("Kartu kejujuran").unfold("5.03.02")
    planner.choose(f"Keterbukaan {PROMOTION}", "Diputuskan bersama").press("Tetapkan keterbukaan")
    planner.follow("Naskah").follow("Tabel").sees("Diputuskan bersama")
    open_promotion(planner).follow("Semua isian").unfold("Keterbukaan dan pemilik")
    planner.choose("Pemilik", division).press("Tetapkan").sees("pemilik baris")

    # Rancangan Awal begins: from here on the line's own editor may write too.
    stopped.forward(days=6)
    planner.come_back().go("Rencana").follow(agency)
    colleague = visitor("editor", size).go("Rencana").follow(agency).follow("Tabel")
    open_promotion(colleague).follow("Semua isian").follow("Sunting")
    colleague.fill("Pagu indikatif (rupiah)", "290.000.000").fill("Kelompok sasaran", "Semua ASN")
    open_promotion(planner.follow("Tabel")).page.get_by_role("link", name="Sunting", exact=True).click()
    planner.fill("Pagu indikatif (rupiah)", "305.000.000").check()
    planner.press_here("Simpan sebagai versi 2").sees("305.000.000")

    # The same figure was changed by both: both are shown, and nothing is lost.
    colleague.press_here("Simpan sebagai versi 2").sees("Bagian yang sama diubah dua orang").check()
    clash = colleague.page.get_by_role("alert").get_by_role("row").filter(has_text="diubah keduanya")
    expect(clash).to_have_text(re.compile(r"310\.000\.000\s*305\.000\.000\s*290\.000\.000"))
    expect(colleague.page.get_by_label("Pagu indikatif (rupiah)")).to_have_value("290.000.000")
    expect(colleague.page.get_by_label("Kelompok sasaran")).to_have_value("Semua ASN")
    colleague.fill("Pagu indikatif (rupiah)", "300.000.000").press("Simpan sebagai versi 3")

    # Far apart: the two changes are merged, shown, and saved by one press.
    open_promotion(colleague).follow("Semua isian").follow("Sunting").fill("Lokasi", "Kota Contoh")
    open_promotion(planner.follow("Tabel")).follow("Semua isian").follow("Sunting")
    planner.fill("Sumber dana", "DAU").press("Simpan sebagai versi 4")
    colleague.press_here("Simpan sebagai versi 4").sees("Dua perubahan digabungkan").check()
    colleague.press("Simpan sebagai versi 5")
    open_promotion(colleague).sees("Kota Contoh").sees("DAU").sees("300.000.000")


@pytest.fixture
def forum_plan(world, ids):
    """A plan in its forum, with one line."""
    with world():
        nomenclature.take_over(read_table(workbook(*ENTRIES), "a.xlsx", known=nomenclature.known_headings()))
        return make.line(make.plan(ids["unit:bkpsdm"]), openness="consult").plan_id


TITLE = "Kriteria promosi diumumkan lebih awal"


def write_proposal(somebody):
    """From the list of proposals to a draft of one's own."""
    somebody.go("Usulan").follow("Tulis usulan").go("Renja Badan Kepegawaian")
    somebody.fill("Judul usulan", TITLE).fill("Masalah", "Peserta tidak mengetahui bobot penilaian.")
    somebody.fill("Gagasan", "Bobot diumumkan 30 hari sebelum pendaftaran.")
    somebody.fill("Manfaat", "Peserta dapat menyiapkan diri.")
    return somebody.fill("Kode sub kegiatan", "5.03.02.2.03.0001").press("Simpan draf")


def test_staff_propose_and_the_proposal_becomes_a_line(visitor, size, forum_plan):
    draft, unanswered = f"Draf usulan Anda “{TITLE}”", f"Usulan “{TITLE}” menunggu jawaban resmi dari Anda."
    homeless = f"Usulan “{TITLE}” diterima dan belum menjadi baris."

    staff = visitor("staff", size).is_not_awaited(draft)
    staff.go("Rencana").follow("1 baris, Rp310.000.000")
    open_promotion(staff).follow("Tanggapi").fill("Tanggapan Anda", "Bobotnya belum diketahui peserta.")
    staff.press_here("Kirim tanggapan").sees("Bobotnya belum diketahui peserta.").check()
    write_proposal(staff).take_up(draft, "Lanjutkan").sees("Draf, hanya Anda yang melihat")
    leader = visitor("leader", size).is_not_awaited(unanswered)
    staff.press("Ajukan usulan").sees("Diajukan").is_not_awaited(draft)

    neighbour = visitor("neighbour", size).go("Usulan").follow(TITLE)
    neighbour.sees("Jumlah dukungan tampil setelah Anda mendukung").press_here("Dukung usulan ini")
    neighbour.sees("1 pegawai mendukung usulan ini.").fill("Tanggapan Anda", "Di dinas kami juga terjadi.")
    neighbour.press_here("Kirim tanggapan").sees("Di dinas kami juga terjadi.").check()
    staff.go("Menunggu saya").sees("Titik Koma Misal menanggapi usulan Anda").follow("Baca tanggapan")

    leader.go("Meja pimpinan").sees("1 usulan belum dijawab.").sees("didukung 1")
    planner = visitor("planner", size).is_not_awaited(homeless)
    leader.take_up(unanswered, "Tulis jawaban").choose("Putusan", "Diterima sebagian")
    leader.fill("Jawaban", "Diterima dan ditampung pada rencana.").press("Terbitkan jawaban")
    leader.sees("Selain diterima, putusan memerlukan dasar.").choose("Putusan", "Diterima")
    leader.press("Terbitkan jawaban").sees("Jawaban resmi, 3 Maret 2026").sees(
        "Plt. pimpinan"
    ).is_not_awaited(unanswered)
    leader.go("Meja pimpinan").sees("Tidak ada usulan yang menunggu")

    planner.take_up(homeless, "Tampung").press("Jadikan baris baru 5.03.02.2.03.0001")
    planner.is_not_awaited(homeless).go("Usulan").follow(TITLE).follow("Menjadi baris")
    planner.sees("Peningkatan Kapasitas Kinerja ASN").follow("Usulan nomor 1").sees(TITLE)
    staff.go("Menunggu saya").sees("Diterima").sees("tercantum pada Peningkatan Kapasitas Kinerja ASN")
    staff.follow("Lihat barisnya").follow("Menjadi baris").sees("Asal-usul")


QUESTION = "Apakah loket dibuka pada hari Sabtu?"


@pytest.fixture
def voters(world, ids):
    """Enough people for a secret vote; the names of three witnesses of another agency."""
    with world():
        make.crowd(ids["unit:mutasi"], 4)
        return [(person.id, person.name) for person in make.crowd(ids["unit:aplikasi"], 3)]


def cast_all_but(world, person_id):
    """The others on the roll vote: one for, the others against."""
    with world():
        poll = db.session.scalars(select(Poll)).one()
        others = db.session.scalars(select(VoterRoll.person_id).where(VoterRoll.person_id != person_id))
        for number, other in enumerate(others.all()):
            voting.cast(poll, other, f"amplop-pegawai-nomor-{number:03d}", min(number, 1))


def receipt_of(somebody):
    return somebody.page.locator(".receipt-code").inner_text()


def test_vote_from_preparation_to_the_checked_receipt(visitor, size, voters, world, ids, stopped):
    asked = f"Pemungutan suara “{QUESTION}” menunggu suara Anda."
    planner = visitor("planner", size).go("Suara").follow("Siapkan pemungutan suara")
    planner.choose("Pemilih: pegawai unit ini dan di bawahnya", cast.UNITS["mutasi"][2])
    planner.fill("Pertanyaan", QUESTION).fill("Dibuka mulai", "2026-03-03T08:00")
    planner.fill("Ditutup pada", "2026-03-04T16:00").fill("Kuorum (persen pemilih, boleh kosong)", "50")
    planner.fill("Nama, NIP, atau unit", "aplikasi informatika")
    for _person, name in voters:
        planner.page.get_by_role("checkbox", name=name).check()
    planner.check().press("Siapkan").sees("7 pegawai akan menjadi pemilih.")

    # Each witness fetches a code and tests it; only then the leader may open.
    ready = f"Pemungutan suara “{QUESTION}” siap dibuka."
    leader, codes, witnesses = visitor("leader", size), {}, []
    for person, name in voters:
        leader.is_not_awaited(ready)
        witness = visitor(person, size)
        witness.take_up(f"Anda menjadi saksi pemungutan suara “{QUESTION}”.", "Ambil kode")
        witness.press("Tampilkan kode satu kali")
        codes[name] = witness.page.locator(".code-words").inner_text()
        witness.take_up(f"Kode saksi Anda untuk “{QUESTION}” belum diuji.", "Uji kode").sees_not(codes[name])
        witness.fill("Ketik kembali tujuh kata itu", codes[name]).press("Uji kode").sees("Kode Anda benar.")
        witness.is_not_awaited(QUESTION)
        witnesses.append(witness)
    staff = visitor("staff", size).is_not_awaited(asked)
    leader.take_up(ready, "Buka").press("Buka pemungutan suara").sees("Daftar pemilih sudah tetap.")
    leader.is_not_awaited(ready)

    staff.take_up(asked, "Beri suara").follow("Beri suara").press("Masukkan ke dalam kotak")
    staff.sees("Mohon pilih satu jawaban.").check_off("Setuju").press("Masukkan ke dalam kotak")
    staff.sees("Suara Anda sudah di dalam kotak.")
    first = receipt_of(staff)
    staff.is_not_awaited(asked).go("Suara").follow(QUESTION).sees(first.replace(" ", "-")).follow(
        "Ubah suara"
    )
    staff.check_off("Tidak setuju").press("Masukkan ke dalam kotak")
    second = receipt_of(staff)
    assert second != first
    cast_all_but(world, ids["staff"])

    # Closed; nobody sees a count before the witnesses open the box, a day later.
    stopped.set(datetime(2026, 3, 4, 9, 1, tzinfo=UTC))
    staff.come_back().is_not_awaited(asked).go("Suara").follow(QUESTION).sees("Kotak ditutup")
    staff.sees("Masa periksa berlangsung sampai").sees(second.replace(" ", "-")).sees_not("suara masuk")
    openable = f"Kotak suara “{QUESTION}” dapat dibuka oleh para saksi."
    witnesses[0].come_back().is_not_awaited(openable)
    stopped.forward(days=1)
    witnesses[0].come_back().take_up(openable, "Buka kotak")
    (_first, one), (_second, two), _third = voters
    witnesses[0].fill(f"Kode {one}", codes[one]).press("Buka kotak").sees("belum cukup untuk membuka kotak")
    witnesses[0].fill(f"Kode {one}", codes[one]).fill(f"Kode {two}", codes[two]).press("Buka kotak")
    witnesses[0].sees("Hasil (bersifat masukan)").is_not_awaited(openable)
    staff.come_back().go("Suara").follow(QUESTION).sees("Kuorum 50 persen tercapai")
    staff.sees("“Tidak setuju” mendapat suara terbanyak, 6 dari 7.").sees("85,7 persen")

    anyone = visitor(None, size).open("/").follow("Cari tanda terima").choose("Pemungutan suara", "Nomor 1")
    for code, answer in ((second, "tercatat di kotak ini"), ("ABCD EFGH", "Tidak ditemukan")):
        anyone.fill("Tanda terima, 16 huruf dan angka", code).press("Cari").sees(answer)


def test_notice_is_answered_revised_and_asked_again(visitor, size, ids):
    title, worry = "Penyatuan loket kepegawaian", "Siapa yang berjaga pada jam istirahat?"
    asked = f"Pemberitahuan “{title}” menunggu tanda paham Anda."
    asked_again = f"Pemberitahuan “{title}” berubah menjadi versi 2 dan menunggu tanda paham Anda."
    unreplied = f"Kekhawatiran atas “{title}” menunggu balasan Anda."

    leader, staff = visitor("leader", size), visitor("staff", size).is_not_awaited(asked)
    leader.go("Perubahan").follow("Inisiatif baru").fill("Nama inisiatif", title).press("Catat inisiatif")
    leader.follow("Tulis pemberitahuan").fill("Judul pemberitahuan", title)
    for label, text in (
        ("Apa yang berubah", "Dua loket menjadi satu."),
        ("Mengapa", "Pegawai mengantre dua kali."),
        ("Manfaatnya bagi Anda", "Satu antrean."),
        ("Kapan", "Mulai 1 April 2026."),
        ("Apa yang masih terbuka", "Jam buka loket."),
    ):
        leader.fill(label, text)
    leader.check_off(cast.UNITS["mutasi"][2]).fill("Mohon ditanggapi sebelum", "2026-03-10")
    leader.press("Terbitkan pemberitahuan").sees("Dua loket menjadi satu.").is_not_awaited(unreplied)

    staff.take_up(asked, "Baca").unfold("Saya paham, ada kekhawatiran").fill("Kekhawatiran Anda", worry)
    staff.check().page.get_by_role("button", name="Kirim jawaban").locator("visible=true").click()
    staff.sees(worry).is_not_awaited(asked)

    leader.take_up(unreplied, "Tulis balasan").sees(worry).choose(
        "Keadaan sesudah balasan", "Mengubah rencana"
    )
    leader.fill("Balasan", "Dua petugas bergantian; tertulis pada versi 2.").press("Terbitkan balasan")
    leader.is_not_awaited(unreplied)
    staff.go("Menunggu saya").sees("Kekhawatiran Anda atas").follow("Baca balasan").sees(
        "Dua petugas bergantian"
    )

    staff.is_not_awaited(asked_again)
    leader.go("Perubahan").follow(title).follow(title).follow("Terbitkan versi baru")
    leader.fill("Apa yang berubah", "Dua loket menjadi satu, dijaga dua petugas.").press("Terbitkan versi 2")
    staff.take_up(asked_again, "Baca versi 2").sees("yang Anda baca, ditandai pada teks")
    expect(staff.page.get_by_role("insertion").filter(has_text="dijaga dua petugas")).to_be_visible()
    staff.press("Saya paham Isi dan dampaknya jelas bagi saya.").is_not_awaited(asked_again)


def test_acting_heads_duty_ends_at_midnight(visitor, size, world, ids, stopped, forum_plan):
    with world():
        plan = db.session.get_one(Plan, forum_plan)
        make.proposal(plan, ids["staff"], stopped.now(), TITLE)
        db.session.get_one(Duty, ids["duty:leader"]).until_on = date(2026, 3, 3)
    stopped.set(datetime(2026, 3, 3, 16, 50, tzinfo=UTC))  # 23.50 in local time
    unanswered = f"Usulan “{TITLE}” menunggu jawaban resmi dari Anda."
    acting, secretary = visitor("leader", size), visitor("secretary", size).is_not_awaited(unanswered)
    acting.take_up(unanswered, "Tulis jawaban").choose("Putusan", "Diterima")
    acting.fill("Jawaban", "Diterima pada menit terakhir.")

    stopped.forward(minutes=11)
    acting.press("Terbitkan jawaban").sees("Usulan dijawab oleh pimpinan unit ini.")
    expect(acting.page.get_by_label("Tulisan Anda")).to_have_value("Diterima pada menit terakhir.")
    with world():
        assert db.session.scalar(select(func.count()).select_from(Answer)) == 0
    acting.open("/menunggu-saya").is_not_awaited(unanswered).go("Usulan").follow(TITLE)
    expect(acting.page.get_by_role("link", name="Tulis jawaban")).to_have_count(0)
    secretary.is_awaited(unanswered).go("Usulan").follow(TITLE).follow("Tulis jawaban")


@pytest.fixture
def open_poll(client_for, ids, voters):
    witnesses = [person for person, _name in voters]
    poll = steps.prepared(client_for, ids, witnesses)
    steps.codes_of(client_for, poll, witnesses)
    assert client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara").status_code == 303


@pytest.fixture
def notice(world, ids):
    with world():
        make.notice(ids["unit:bkpsdm"], ids["leader"], "Loket kepegawaian disatukan")


def test_main_path_without_javascript(visitor, forum_plan, open_poll, notice):
    def arrive(who):
        somebody = visitor(None, "phone", javascript=False).open("/").follow("Masuk")
        return somebody.sign_in(cast.PEOPLE[who][2])

    staff = write_proposal(arrive("staff")).press("Ajukan usulan").sees("Diajukan")
    staff.take_up(f"Pemungutan suara “{QUESTION}” menunggu", "Beri suara").follow("Beri suara")
    staff.check_off("Setuju").press("Masukkan ke dalam kotak").sees("Suara Anda sudah di dalam kotak.")
    staff.take_up("“Loket kepegawaian disatukan” menunggu tanda paham", "Baca").unfold("Belum paham")
    staff.fill("Pertanyaan Anda", "Sampai pukul berapa?").page.get_by_text("Unit saja").last.click()
    staff._leave_by(staff.page.get_by_role("button", name="Kirim jawaban").locator("visible=true"))
    staff.sees("Sampai pukul berapa?").go("Menunggu saya").sees("Tidak ada yang menunggu Anda.")

    colleague = arrive("colleague").go("Usulan").follow(TITLE).press("Dukung usulan ini")
    colleague.sees("1 pegawai mendukung usulan ini.").fill("Tanggapan Anda", "Saya setuju.")
    colleague.press("Kirim tanggapan").sees("Saya setuju.")
    leader = arrive("leader").take_up(f"“{TITLE}” menunggu jawaban", "Tulis jawaban")
    leader.choose("Putusan", "Diterima").fill("Jawaban", "Diterima.").press("Terbitkan jawaban")
    planner = arrive("planner").take_up(f"“{TITLE}” diterima", "Tampung")
    planner._leave_by(planner.page.get_by_role("button", name=re.compile("^Tautkan ke ")).first)
    planner.go("Usulan").follow(TITLE).follow("Menjadi baris").sees("Usulan nomor 1")


def test_main_path_by_keyboard_alone(visitor, world, ids, stopped, forum_plan, open_poll, notice):
    with world():
        make.proposal(db.session.get_one(Plan, forum_plan), ids["colleague"], stopped.now(), TITLE)
    staff = visitor(None).open("/")
    keys = Keyboard(staff)
    keys.to_link("Masuk").enter().to_field("NIP").type(cast.PEOPLE["staff"][2])
    keys.to_field("Kata sandi").type(cast.PASSWORD).to_button("Masuk").enter()
    keys.to_link("Langsung ke isi").press("Enter")

    staff.sees(f"Pemungutan suara “{QUESTION}” menunggu suara Anda.")
    keys.to_link("Beri suara").enter().to_link("Beri suara").enter()
    keys.to_field("Setuju").press("ArrowDown")
    expect(staff.page.get_by_label("Tidak setuju")).to_be_checked()
    keys.to_button("Masukkan ke dalam kotak").enter()
    staff.sees("Suara Anda sudah di dalam kotak.").sees_not("Tidak setuju")

    keys.to_link("Kembali ke Menunggu saya").enter().to_link("Baca").enter()
    keys.to(staff.page.locator("summary", has_text="Saya paham, ada kekhawatiran")).press("Enter")
    keys.to_field("Kekhawatiran Anda").type("Siapa yang berjaga pada jam istirahat?")
    keys.to_field("Nama ditampilkan").press("ArrowDown").press("Space").to_button("Kirim jawaban").enter()
    staff.sees("Siapa yang berjaga pada jam istirahat?")
    expect(staff.page.get_by_role("main")).not_to_contain_text(cast.PEOPLE["staff"][0])
    keys.to(staff.page.get_by_role("link", name="Menunggu saya")).enter()
    staff.sees("Tidak ada yang menunggu Anda.")

    keys.to(staff.page.get_by_role("link", name="Usulan").first).enter()
    keys.to(staff.page.get_by_role("link", name=TITLE)).enter().to_button("Dukung usulan ini").press("Enter")
    staff.sees("1 pegawai mendukung usulan ini.")
    keys.to_field("Tanggapan Anda").type("Saya setuju.").to_button("Kirim tanggapan").press("Enter")
    staff.sees("Saya setuju.").check()
