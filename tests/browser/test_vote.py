"""A whole vote before real screens: prepared, witnessed, opened, cast, changed, closed, opened, checked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests import factories as make

QUESTION = "Apakah loket pelayanan dibuka pada hari Sabtu?"


@pytest.fixture
def voters(world, ids):
    with world():
        make.crowd(ids["unit:mutasi"], 3)


def choose_witness(leader, words, name):
    """Search, and tick who was found."""
    leader.page.get_by_label("Nama, NIP, atau unit", exact=True).fill(words)
    if not leader.javascript:
        leader.press("Cari")
    leader.page.get_by_role("checkbox", name=name).check()


@pytest.mark.parametrize("javascript", [True, False])
def test_whole_vote(visitor, size, voters, stopped, javascript):
    def enter(who):
        somebody = visitor(who, size, javascript)
        somebody.javascript = javascript
        return somebody

    leader = enter("leader").open("/pemungutan-suara/baru").fill("Pertanyaan", QUESTION)
    leader.page.get_by_label("Pemilih: pegawai unit ini dan di bawahnya").select_option(
        label="Bidang Mutasi dan Promosi"
    )
    leader.fill("Dibuka mulai", "2026-03-03T08:00").fill("Ditutup pada", "2026-03-03T16:00")
    leader.page.get_by_label("Saksi", exact=True).select_option("1-2")
    choose_witness(leader, "titik koma", "Titik Koma Misal")
    choose_witness(leader, "107", "Menara Sinyal Umpama")
    if javascript:
        leader.fill("Nama, NIP, atau unit", "Melati")
        expect(leader.page.get_by_role("checkbox", name="Melati Angin Rekaan")).to_be_disabled()
        leader.check()
    leader.press("Siapkan").sees("Belum semua saksi").check()
    poll = re.search(r"/pemungutan-suara/\d+", leader.page.url).group()

    for who in ("neighbour", "other_leader"):
        witness = enter(who).open(f"{poll}/saksi").press("Tampilkan kode satu kali")
        code = witness.page.locator(".code-words").inner_text()
        witness.check().fill("Ketik kembali tujuh kata itu", code).press("Uji kode").sees(
            "Kode Anda benar"
        ).check()
    leader.open(poll).press("Buka pemungutan suara").sees("Daftar pemilih sudah tetap").check()

    receipts = []
    staff = enter("staff")
    for choice in ("Setuju", "Tidak setuju"):
        staff.open(f"{poll}/amplop").page.get_by_label(choice, exact=True).check()
        staff.press("Masukkan ke dalam kotak").sees("Suara Anda sudah di dalam kotak").check()
        receipts.append(staff.page.locator(".receipt-code").inner_text())
    assert receipts[0] != receipts[1]
    enter("colleague").open(f"{poll}/amplop").press("Masukkan ke dalam kotak").sees(
        "Mohon pilih satu jawaban"
    ).check()

    stopped.forward(hours=8)
    enter("staff").open(poll).sees("Masa periksa berlangsung").sees(receipts[1].replace(" ", "-"))
    enter("colleague").open(poll).sees("Tidak ada amplop Anda di kotak ini")
    stopped.forward(hours=24)
    witness = (
        enter("other_leader").open(f"{poll}/pembukaan").fill("Kode Menara Sinyal Umpama, S.Sos.", "salah")
    )
    witness.press("Buka kotak").sees("belum cukup untuk membuka kotak").check()
    witness.fill("Kode Menara Sinyal Umpama, S.Sos.", code).press("Buka kotak").sees(
        "Kotak sudah dibuka"
    ).check()
    witness.sees("Kurang dari lima suara").sees("musnahkan kertas kode Anda")

    anyone = visitor(None, size, javascript).open("/tanda-terima")
    anyone.fill("Tanda terima, 16 huruf dan angka", receipts[0]).press("Cari").sees(
        "tercatat di kotak ini"
    ).check()
