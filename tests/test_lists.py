"""Every list can be searched, says so when nothing fits, and takes whatever is typed."""

from __future__ import annotations

import pytest

from tests import factories as make

pytestmark = pytest.mark.slow

LISTS = {
    # address: (name of the field, what is typed, what is then found, what is then not)
    "/rencana": ("q", "kepegawaian SUMBER", "Badan Kepegawaian", "Dinas Komunikasi"),
    "/usulan": ("q", "arsip", "Arsip tertata", "Loket pagi"),
    "/usulan/baru": ("q", "komunikasi", "Dinas Komunikasi", "Badan Kepegawaian"),
    "/pemungutan-suara": ("q", "SABTU loket", "loket dibuka pada hari Sabtu", "Apakah seragam diganti"),
    "/perubahan": ("q", "disatukan", "Loket kepegawaian disatukan", "Absensi lewat gawai"),
    "/pegawai": ("cari", "jendela", "Jendela Langit Contoh", "Gunung Sejuk Fiktif"),
    "/unit-kerja": ("cari", "mutasi", "Bidang Mutasi dan Promosi", "Bidang Aplikasi Informatika"),
}


@pytest.fixture
def filled(world, ids, stopped):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        make.plan(ids["unit:diskominfo"])
        for title in ("Arsip tertata", "Loket pagi"):
            make.proposal(plan, ids["staff"], stopped.instant, title)
        make.poll(ids["unit:regency"], ids["secretary"])
        make.poll(ids["unit:regency"], ids["secretary"], "Apakah seragam diganti?")
        make.notice(ids["unit:regency"], ids["secretary"])
        make.notice(ids["unit:regency"], ids["secretary"], "Absensi lewat gawai")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_searched(client_for, filled, path):
    name, typed, found, other = LISTS[path]
    steward = client_for("steward")
    whole = steward.page(path)
    assert found in whole.text
    assert other in whole.text
    [field] = [f for f in whole.all("input") if f.get("name") == name and f.get("type") == "search"]
    assert field.get("maxlength")
    page = steward.page(f"{path}?{name}={typed.replace(' ', '+')}")
    assert found in page.text
    assert other not in page.text
    assert page.find("input", name=name).get("value") == typed
    nothing = steward.page(f"{path}?{name}=zzzz").text
    assert found not in nothing
    assert "Tidak ditemukan" in nothing or "Tidak ada yang cocok" in nothing


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("typed", ["%25_", "%22%27%3C", "a" * 3000, "%F0%9F%8C%BE"])
def test_a_list_takes_whatever_is_typed(client_for, filled, path, typed):
    client_for("steward").page(f"{path}?{LISTS[path][0]}={typed}")
