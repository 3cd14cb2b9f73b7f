"""The nomenclature: read in, looked up, searched."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.plans import nomenclature
from portal.plans.models import SubActivity
from portal.tables import read_table
from tests import factories as make
from tests.plans.files import ENTRIES, entry, workbook

pytestmark = pytest.mark.slow


@pytest.fixture
def read_in(app, tmp_path):
    """Run the command on a workbook; returns exit code and the JSON."""

    def go(*entries):
        file = tmp_path / "nomenklatur.xlsx"
        file.write_bytes(workbook(*entries))
        result = app.test_cli_runner().invoke(args=["nomenclature", "import", str(file), "--json"])
        return result.exit_code, json.loads(result.stdout.strip().splitlines()[-1]), result.stderr

    return go


def load(world):
    with world():
        nomenclature.take_over(read_table(workbook(*ENTRIES), "a.xlsx", known=nomenclature.known_headings()))


def test_the_key_is_level_and_code_and_names_are_tidied(read_in, world):
    code, result, _err = read_in()
    assert (code, result["new"], result["errors"]) == (0, 7, 0)
    with world():
        row = db.session.scalars(
            select(SubActivity).where(SubActivity.level == "KABKOT", SubActivity.code == "5.03.02.2.02.0003")
        ).one()
        assert (row.name, row.measure_unit) == ("Pengelolaan Promosi ASN", "Dokumen")
        assert (row.programme_code, row.activity_code) == ("5.03.02", "5.03.02.2.02")
        assert db.session.scalar(select(func.count(SubActivity.id))) == 7


def test_the_same_file_again_changes_nothing(read_in):
    read_in()
    code, result, _err = read_in()
    assert code == 0
    assert {key: result[key] for key in ("new", "changed", "same", "gone", "errors")} == {
        "new": 0, "changed": 0, "same": 7, "gone": 0, "errors": 0,
    }  # fmt: skip


def test_a_newer_file_updates_names_and_marks_what_vanished(read_in, world):
    read_in()
    newer = [entry("5.03.02.2.02.0003", "Pengelolaan Promosi Aparatur"), *ENTRIES[3:]]
    _code, result, _err = read_in(*newer)
    assert (result["changed"], result["gone"], result["same"]) == (1, 1, 4)
    with world():
        gone = db.session.scalars(select(SubActivity).where(SubActivity.retired_on.is_not(None))).all()
        assert [row.code for row in gone] == ["5.03.02.2.03.0001"]  # the province's is no matter of this file
        assert nomenclature.resolve("5.03.02.2.03.0001") is None
    _code, result, _err = read_in()
    assert (result["new"], result["changed"], result["gone"]) == (0, 2, 0)
    with world():
        assert nomenclature.resolve("5.03.02.2.03.0001") is not None


def test_a_wrong_row_is_named_and_nothing_is_written(read_in, world):
    bad = list(entry("5.03.02.2.02.0009", "Baik"))
    bad[4] = "tanpa kode"
    code, result, stderr = read_in(ENTRIES[0], tuple(bad), ENTRIES[0])
    assert code == 1
    assert result["errors"] == 2
    assert "row 3" in stderr
    with world():
        assert db.session.scalar(select(func.count(SubActivity.id))) == 0


def test_a_code_is_found_as_it_stands_or_with_any_bidang(world):
    load(world)
    with world():
        own = nomenclature.resolve("5.03.02.2.02.0003")
        assert own is not None and own.level == "KABKOT" and own.name == "Pengelolaan Promosi ASN"
        shared = nomenclature.resolve("5.05.01.2.01.0001")
        assert shared is not None and shared.code == "X.XX.01.2.01.0001"
        assert nomenclature.resolve("5.03.99.2.01.0001") is None


def test_a_successor_is_offered_by_its_predecessor(world):
    load(world)
    with world():
        offers = nomenclature.successors(["5.03.02.2.04.0004", "5.03.02.2.02.0003"])
        assert {code: [row.code for row in rows] for code, rows in offers.items()} == {
            "5.03.02.2.04.0004": ["5.03.02.2.04.0099"]
        }


def test_searching_by_words_and_by_code(client_for, world):
    load(world)
    staff = client_for("staff")
    text = staff.page("/nomenklatur?q=promosi+asn").text
    assert "Pengelolaan Promosi ASN" in text and "Peningkatan Kapasitas" not in text
    assert "Nama lain di provinsi" not in text
    assert "5.03.01.2.06.0009" in staff.page("/nomenklatur?q=5.03.01.2.06").text
    assert "Tidak ditemukan" in staff.page("/nomenklatur?q=zzz").text
    assert "<html" not in staff.page("/nomenklatur?q=rapat", htmx=True).response.text


def test_picking_leads_back_with_the_code(client_for, world):
    load(world)
    page = client_for("staff").page("/nomenklatur?q=rapat&pilih=/rencana/7/baris/baru&bidang=5.03")
    [link] = [a for a in page.all("a") if "kode=" in (a.get("href") or "")]
    address = urlsplit(link.get("href"))
    assert (address.path, parse_qs(address.query)) == (
        "/rencana/7/baris/baru",
        {"kode": ["5.03.01.2.06.0009"]},
    )


def test_a_new_line_is_looked_for_in_the_bidang_of_its_plan(client_for, world, ids):
    load(world)
    with world():
        plan = make.plan(ids["unit:bkpsdm"]).id
    planner = client_for("planner")
    [link] = [
        a.get("href")
        for a in planner.page(f"/rencana/{plan}/baris/baru").all("a")
        if "/nomenklatur" in (a.get("href") or "")
    ]
    found = planner.page(f"{link}&q=rapat")
    [pick] = [a.get("href") for a in found.all("a") if "kode=" in (a.get("href") or "")]
    assert "kode=5.03.01.2.06.0009" in pick
    assert planner.page(pick).find("input", name="sub_activity").get("value") == "5.03.01.2.06.0009"


@pytest.mark.parametrize(
    "back", ["//jahat.example/", "https://jahat.example/", "javascript:alert(1)", "/\\x"]
)
def test_no_address_outside_is_led_back_to(client_for, world, back):
    load(world)
    page = client_for("staff").page(f"/nomenklatur?q=rapat&pilih={back}")
    assert not [a for a in page.all("a") if "kode=" in (a.get("href") or "")]


@pytest.mark.parametrize("query", ["q=%25", "q=" + "a" * 5000, "setelah=9-x&q=a", "bidang=x&pilih=%0a"])
def test_odd_queries_are_answered(client_for, world, query):
    load(world)
    client_for("staff").page(f"/nomenklatur?{query}")


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get("/nomenklatur").status_code == 303


def test_many_results_are_paged_and_quick(client_for, world, count_queries):
    with world():
        db.session.add_all(
            SubActivity(
                level="KABKOT", code=f"9.01.{n // 100:02d}.2.{n % 100:02d}.{n:04d}", programme_code="9.01.01",
                programme_name="Program", activity_code="9.01.01.2.01", activity_name="Kegiatan",
                name=f"Pengelolaan contoh nomor {n}", indicator="Jumlah contoh", measure_unit="Dokumen",
            )
            for n in range(3550)
        )  # fmt: skip
    staff = client_for("staff")
    seen: list[str] = []
    address = "/nomenklatur?q=pengelolaan+contoh"
    for _page in range(3):
        page = staff.page(address)
        seen += [element.text.strip() for element in page.all("p", class_="code")]
        address = next(a.get("href") for a in page.all("a") if "setelah=" in (a.get("href") or ""))
    assert len(seen) == len(set(seen)) == 90
    with world():
        nomenclature.search("contoh nomor")
        times = []
        for words in ("contoh 35", "9.01.03", "pengelolaan", "jumlah contoh", "tidak ada"):
            began = time.perf_counter()
            nomenclature.search(words)
            times.append(time.perf_counter() - began)
        assert sorted(times)[2] < 0.05
