"""A partner's offer from the gap of a line over the call to half delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from tests import cast
from tests import factories as make
from tests.browser.conftest import Visitor

SIZES = pytest.mark.parametrize(
    ("size", "javascript"),
    [("phone", True), ("desk", True), ("phone", False)],
    ids=["phone", "desk", "plain"],
)
WHAT = "Empat puluh laptop"


@pytest.fixture
def line_id(world: Any, ids: dict[str, int]) -> int:
    with world():
        return int(make.line(make.plan(ids["unit:bkpsdm"]), unit_id=ids["unit:mutasi"]).id)


def fill(visitor: Visitor, **fields: str) -> Visitor:
    for name, text in fields.items():
        visitor.page.locator(f"[name={name}]").fill(text)
    return visitor


def state_no_interest(visitor: Visitor) -> None:
    visitor.follow("Isi pernyataan").check_off("Saya tidak mempunyai benturan kepentingan dengan mitra ini")
    visitor.press("Simpan pernyataan").sees("Pernyataan Anda tercatat")


@SIZES
def test_an_offer_from_call_to_half_delivered(
    visitor: Any, size: str, javascript: bool, line_id: int, stopped: Any
) -> None:
    editor = visitor("editor", size, javascript).open(f"/baris/{line_id}").follow("Catat kesenjangan")
    editor.choose("Yang kurang", "Peralatan")
    fill(editor, text="Laptop untuk pelatihan", quantity="40", measure_unit="unit")
    editor.press("Catat kesenjangan").sees("Kesenjangan tercatat")

    leader = visitor("leader", size, javascript).open("/undangan").follow("Undangan baru")
    leader.choose("Unit yang mengundang", cast.UNITS["bkpsdm"][2]).check_off("Laptop untuk pelatihan")
    until = clock.today() + timedelta(days=14)
    fill(leader, closes_on=until.isoformat(), text="Kami mengundang mitra.", contact="Sekretariat BKPSDM")
    leader.press("Terbitkan undangan").sees("dapat dibaca tanpa masuk")
    public = (
        visitor(None, size, javascript).open("/undangan").follow(f"{cast.UNITS['bkpsdm'][2]}, undangan ke-1")
    )
    public.sees("diperlukan 40 unit").sees("Uang tunai")

    steward = visitor("steward", size, javascript).open("/kesenjangan").follow("Catat tawaran")
    steward.choose("Jenis mitra", "Badan usaha")
    fill(
        steward, name="PT Rekaan Jaya", registration="99", what=WHAT, quantity="40", value="200.000.000",
        letter_number="7/2026", letter_on=clock.today().isoformat(),
    )  # fmt: skip
    steward.press("Catat tawaran").sees("Tawaran tercatat")
    steward.take_up("menunggu telaah Anda", "Telaah")
    state_no_interest(steward)
    steward.follow("Telaah")
    for item in range(1, 10):
        steward.page.locator(f"[name=t{item}-result][value=fits]").check()
    fill(steward, **{"t7-text": "Harga dari katalog elektronik."})
    steward.press("Simpan telaah").sees("Telaah tercatat")

    stopped.forward(days=15)
    leader.come_back().take_up("menunggu putusan Anda", "Baca tawaran")
    state_no_interest(leader)
    leader.follow("Putuskan").check_off("Diterima untuk disepakati")
    fill(leader, ground="Sesuai kebutuhan pelatihan.").press("Terbitkan putusan").sees("Putusan terbit")

    today = clock.today()
    steward.come_back().open("/tawaran").follow(WHAT).follow("Catat naskah")
    steward.choose("Jenis naskah", "Perjanjian kerja sama")
    fill(
        steward, number="11/PKS/2026", signed_on=today.isoformat(), from_on=today.isoformat(),
        until_on=(today + timedelta(days=10)).isoformat(), duties_theirs="Menyerahkan laptop.",
        duties_ours="Menyediakan ruang.",
    )  # fmt: skip
    steward.press("Catat naskah").follow("Catat penyerahan")
    fill(steward, what="Dua puluh laptop", quantity="20", on=today.isoformat())
    steward.press("Catat penyerahan").sees("20 dari 40 unit diserahkan")

    stopped.forward(days=11)
    public.open("/mitra").sees("Tidak terpenuhi").sees("20 dari 40 unit diserahkan")
