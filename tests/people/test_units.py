"""Units: the tree, its vacancies, reading them in; and holidays."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from sqlalchemy import func, select

from portal.db import db
from portal.ledger import AuditEvent, Holiday
from portal.people.models import Duty, Person, Unit
from tests import factories
from tests.conftest import path_of
from tests.people.files import csv_file, xlsx_file


def hand_in(client, path, content, name="unit.csv"):
    return client.send(path, {"file": (BytesIO(content), name)})


def test_a_vacant_unit_says_who_stands_in(client_for, ids):
    text = client_for("staff").page(f"/unit-kerja/{ids['unit:mutasi']}").text
    assert "Pimpinan kosong" in text
    assert "Bintang Purnama Rekaan" in text
    text = client_for("staff").page("/unit-kerja").text
    assert "Pimpinan kosong. Digantikan Bintang Purnama Rekaan" in text
    assert "Gunung Sejuk Fiktif" in text


def test_a_leader_who_left_leads_no_more(client_for, world, ids):
    with world():
        db.session.get(Person, ids["leader"]).left_on = date(2026, 3, 1)
    text = client_for("staff").page(f"/unit-kerja/{ids['unit:bkpsdm']}").text
    assert "Pimpinan kosong" in text
    assert "Gunung Sejuk Fiktif" in text


def test_an_acting_leader_is_gone_at_midnight(client_for, world, ids, stopped):
    with world():
        db.session.get(Duty, ids["duty:leader"]).until_on = date(2026, 3, 3)
    page = f"/unit-kerja/{ids['unit:bkpsdm']}"
    assert "Selama kosong" not in client_for("staff").page(page).text
    stopped.forward(hours=15)
    assert "Selama kosong" in client_for("staff").page(page).text


def test_unknown_unit_is_not_found(client_for):
    client_for("staff").page("/unit-kerja/99999", 404)


def test_the_tree_asks_the_same_number_of_questions_however_large(client_for, world, ids, count_queries):
    staff = client_for("staff")
    staff.page("/unit-kerja")
    count_queries()
    staff.page("/unit-kerja")
    few = count_queries()
    with world():
        for number in range(30):
            made = factories.unit(ids["unit:regency"], f"Dinas Contoh {number}", "agency", f"9.{number}")
            factories.unit(made.id, f"Bidang {number}")
    count_queries()
    staff.page("/unit-kerja")
    assert count_queries() == few <= 8


def test_units_are_read_in_after_a_preview(client_for, world, ids):
    steward = client_for("steward")
    content = csv_file(
        ("Kode", "Nama", "Induk", "Jenis"),
        ("8.01.01", "Bidang Contoh", "8.01", ""),
        ("8.01", "Dinas Contoh", "", ""),
        delimiter=";",
    )
    address = path_of(hand_in(steward, "/unit-kerja/impor", content))
    assert "Bidang Contoh" in steward.page(address).text
    with world():
        assert db.session.scalar(select(func.count(Unit.id))) == 8
    assert path_of(steward.send(f"{address}/penerapan")) == "/unit-kerja"
    with world():
        agency = db.session.scalars(select(Unit).where(Unit.code == "8.01")).one()
        division = db.session.scalars(select(Unit).where(Unit.code == "8.01.01")).one()
        assert (agency.kind, agency.parent_id) == ("agency", ids["unit:regency"])
        assert (division.kind, division.parent_id) == ("division", agency.id)
        assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "imported")).all()) == 2
    address = path_of(hand_in(steward, "/unit-kerja/impor", content))
    assert "Tidak berubah 2" in steward.page(address).text


def test_short_names_are_read_in_and_kept_where_a_file_has_none(client_for, world, ids):
    steward = client_for("steward")
    code = "5.03.0.00.0.00.01.0000"
    for content, short in (
        (csv_file(("Kode", "Nama", "Singkatan"), (code, "Badan Contoh", "BKPSDM")), "BKPSDM"),
        (csv_file(("Kode", "Nama"), (code, "Badan Contoh Rekaan")), "BKPSDM"),
        (csv_file(("Kode", "Nama", "Singkatan"), (code, "Badan Contoh Rekaan", "")), None),
    ):
        address = path_of(hand_in(steward, "/unit-kerja/impor", content))
        assert "Berubah 1" in steward.page(address).text
        steward.send(f"{address}/penerapan")
        with world():
            assert db.session.get(Unit, ids["unit:bkpsdm"]).short_name == short
    long = csv_file(("Kode", "Nama", "Singkatan"), (code, "Badan Contoh", "x" * 61))
    assert "Singkatan" in steward.page(path_of(hand_in(steward, "/unit-kerja/impor", long))).text


def test_units_changed_meanwhile_refuse(client_for, world, ids):
    steward = client_for("steward")
    address = path_of(
        hand_in(steward, "/unit-kerja/impor", csv_file(("Kode", "Nama"), ("8.01", "Dinas Contoh")))
    )
    with world():
        db.session.get(Unit, ids["unit:mutasi"]).name = "Bidang Lain"
    assert steward.send(f"{address}/penerapan").status_code == 409


def test_holidays_are_read_in(client_for, world):
    steward = client_for("steward")
    content = xlsx_file(
        ("Tanggal", "Nama"), (date(2026, 3, 19), "Hari Contoh"), ("20/3/2026", "Cuti bersama contoh")
    )
    address = path_of(hand_in(steward, "/hari-libur", content, "libur.xlsx"))
    assert path_of(steward.send(f"{address}/penerapan")) == "/hari-libur"
    text = steward.page("/hari-libur").text
    assert "Hari Contoh" in text
    assert "Kamis, 19 Maret 2026" in text
    with world():
        assert db.session.get(Holiday, date(2026, 3, 20)).name == "Cuti bersama contoh"
    assert (
        "Tidak berubah 2"
        in steward.page(path_of(hand_in(steward, "/hari-libur", content, "libur.xlsx"))).text
    )


def test_only_the_steward_of_the_regency_reads_in_units(client_for, world, ids):
    with world():
        db.session.add(
            Duty(
                person_id=ids["planner"], unit_id=ids["unit:bkpsdm"], role="steward", standing="definitif",
                from_on=date(2026, 1, 1),
            )
        )  # fmt: skip
    small = client_for("planner")
    assert hand_in(small, "/unit-kerja/impor", b"Kode,Nama\n1,A\n").status_code == 403
    assert hand_in(small, "/hari-libur", b"Tanggal,Nama\n").status_code == 403
    assert "seluruh kabupaten" in small.page("/hari-libur").text
