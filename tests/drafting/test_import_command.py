"""flask plan import: a Renja read in from a file."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.drafting import importing
from portal.drafting.models import Line, Revision, Section, Snapshot
from portal.people.models import Unit
from portal.plans import nomenclature
from portal.plans.models import Plan
from portal.tables import read_table
from tests.drafting.files import (
    CSV_ROWS,
    MATRIX_HEAD,
    MATRIX_ROWS,
    XLSX_HEAD,
    XLSX_ROWS,
    csv_plan,
    csv_row,
    matrix_plan,
    xlsx_plan,
    xlsx_row,
)
from tests.people.files import csv_file, xlsx_file
from tests.plans.files import ENTRIES, workbook

pytestmark = pytest.mark.slow

CODE = "5.03.0.00.0.00.01.0000"


@pytest.fixture(autouse=True)
def entries(world):
    with world():
        nomenclature.take_over(read_table(workbook(*ENTRIES), "a.xlsx", known=nomenclature.known_headings()))


@pytest.fixture
def read_in(app, tmp_path):
    """Run the command on a file; returns exit code, JSON, and what was said on stderr."""

    def go(content, *options, name="renja.csv", code=CODE, year="2027"):
        file = tmp_path / name
        file.write_bytes(content)
        arguments = ["plan", "import", str(file), "--unit", code, "--year", year, "--json", *options]
        result = app.test_cli_runner().invoke(args=arguments)
        lines = result.stdout.strip().splitlines()
        return result.exit_code, json.loads(lines[-1]) if lines else None, result.stderr

    return go


def lines_of(world):
    with world():
        return {line.code: line for line in db.session.scalars(select(Line))}


def figures(result, *names):
    return tuple(result[name] for name in names)


def test_a_csv_is_read_by_its_headings(read_in, world):
    code, result, _err = read_in(csv_plan())
    assert code == 0
    assert figures(result, "lines", "ceiling", "unresolved", "new", "changed", "same", "errors") == (
        3, 311_000_000, 0, 3, 0, 0, 0,
    )  # fmt: skip
    assert result["ceiling_column"] == "pagu_rkpd"
    assert set(result["ignored"]) == {"pagu_apbd", "penanggung_jawab"}
    line = lines_of(world)["5.03.01.2.01.0001"]
    assert (line.target, line.measure_unit, line.value_kind) == (Decimal(14), "Dokumen", "number")
    assert (line.ceiling, line.forward_ceiling) == (1_000_000, 3_000_000)
    assert line.indicator == "Jumlah Dokumen Contoh"  # the nomenclature's
    assert (line.funding_source, line.location) == ("Dana Contoh", "Kab. Contoh, Semua Kec.")


def test_another_spelling_of_the_name_resolves_and_is_kept(read_in, world):
    read_in(csv_plan())
    line = lines_of(world)["5.05.01.2.06.0009"]
    assert line.name == "Rapat Koordinasi dan Konsultasi"
    with world():
        line = db.session.get(Line, line.id)
        assert line.sub_activity.name == "Penyelenggaraan Rapat Koordinasi"


def test_another_ceiling_column(read_in):
    _code, result, _err = read_in(csv_plan(), "--ceiling-column", "PAGU APBD")
    assert figures(result, "ceiling", "ceiling_column") == (6_000_000, "pagu_apbd")
    code, _result, stderr = read_in(csv_plan(), "--ceiling-column", "pagu_lain")
    assert code == 1 and "pagu_lain" in stderr


def test_a_spreadsheet_with_its_oddities(read_in, world):
    code, result, _err = read_in(xlsx_plan(), name="renja.xlsx")
    assert code == 0
    assert figures(result, "lines", "ceiling", "unresolved", "errors") == (5, 339_593_200, 2, 0)
    assert {"TOLAK UKUR HASIL", "TARGET KINERJA HASIL"} <= set(result["ignored"])
    assert result["offers"] == {"5.03.02.2.04.0004": ["5.03.02.2.04.0099"]}
    lines = lines_of(world)
    percent = lines["5.03.01.2.01.0001"]
    assert (percent.target, percent.value_kind, percent.measure_unit) == (Decimal(96), "percent", "%")
    assert percent.name == "Penyusunan Dokumen Perencanaan Perangkat Daerah"
    output = lines["5.03.02.2.02.0003"]
    assert (output.indicator, output.target, output.measure_unit) == ("Jumlah Laporan Promosi", 1, "Laporan")
    bare = lines["5.03.02.2.03.0001"]
    assert (bare.indicator, bare.target, bare.measure_unit, bare.ceiling) == (
        "Jumlah ASN yang Meningkat", None, "Orang", 0,
    )  # fmt: skip
    replaced = lines["5.03.02.2.04.0004"]
    assert replaced.sub_activity_id is None and replaced.name == "Pemberian Penghargaan Pegawai"
    old = lines["5.03.02.2.09.0001"]
    assert (old.sub_activity_id, old.name, old.target, old.measure_unit) == (
        None,
        "Kode Lama Contoh",
        200,
        "Org",
    )


@pytest.mark.parametrize(("content", "name"), [(csv_plan(), "a.csv"), (xlsx_plan(), "a.xlsx")])
def test_the_same_file_again_changes_nothing(read_in, world, content, name):
    _code, first, _err = read_in(content, name=name)
    with world():
        revisions = db.session.scalar(select(func.count(Revision.id)))
    code, again, _err = read_in(content, name=name)
    assert code == 0
    assert figures(again, "new", "changed", "same") == (0, 0, first["lines"])
    assert figures(again, "lines", "ceiling", "unresolved") == figures(
        first, "lines", "ceiling", "unresolved"
    )
    with world():
        assert db.session.scalar(select(func.count(Revision.id))) == revisions == first["lines"]


def test_a_changed_cell_is_one_revision_and_an_empty_one_nothing(read_in, world):
    read_in(csv_plan())
    changed = (csv_row("5.03.01.2.01.0001", CSV_ROWS[0][1], "2500000", ""), *CSV_ROWS[1:])
    _code, result, _err = read_in(csv_plan(*changed))
    assert figures(result, "new", "changed", "same") == (0, 1, 2)
    line = lines_of(world)["5.03.01.2.01.0001"]
    assert (line.version, line.ceiling, line.target) == (2, 2_500_000, 14)
    with world():
        last = db.session.scalars(
            select(Revision).where(Revision.line_id == line.id, Revision.number == 2)
        ).one()
        assert last.fields["ceiling"] == 2_500_000 and "renja.csv" in (last.reason or "")


def test_what_cannot_be_read_stays_as_text_and_is_marked(read_in, world):
    content = csv_plan(csv_row("5.03.02.2.02.0003", "Promosi", "menyusul", "tersebar di 3 lokasi"))
    code, result, _err = read_in(content)
    assert figures(result, "lines", "ceiling", "unread") == (1, 0, 1) and code == 0
    line = lines_of(world)["5.03.02.2.02.0003"]
    assert line.unread == {"target": "tersebar di 3 lokasi", "ceiling": "menyusul"}
    assert (line.target, line.ceiling) == (None, None)
    _code, again, _err = read_in(content)
    assert figures(again, "changed", "same") == (0, 1)
    _code, mended, _err = read_in(csv_plan(csv_row("5.03.02.2.02.0003", "Promosi", "5000", "3 Lokasi")))
    assert figures(mended, "changed", "unread", "ceiling") == (1, 0, 5000)
    assert lines_of(world)["5.03.02.2.02.0003"].unread is None


def test_parents_sums_and_half_empty_rows_are_left_out(read_in):
    rows = (
        csv_row("5.03", "BIDANG", "999", ""),
        csv_row("5.03.02", "PROGRAM", "999", ""),
        csv_row("5.03.02.2.02", "Kegiatan", "999", ""),
        *CSV_ROWS,
        ("", "", "", "", "", "", "", "", ""),
        ("", "JUMLAH", "311000000", "", "", "", "", "", ""),
        ("Total", "", "311000000", "", "", "", "", "", ""),
    )
    _code, result, _err = read_in(csv_plan(*rows))
    assert figures(result, "lines", "ceiling", "left_out") == (3, 311_000_000, 5)


def test_order_of_columns_separator_and_bom_do_not_matter(read_in):
    head = ("Pagu Indikatif", "Kode", "Target", "Satuan", "Sub Kegiatan")
    rows = [("Rp1.500.000", "5.03.02.2.02.0003 ", "3", "Dokumen", "Promosi")]
    _code, result, _err = read_in(csv_file(head, *rows, delimiter=";", bom=True))
    assert figures(result, "lines", "ceiling", "unresolved") == (1, 1_500_000, 0)


def test_headings_may_stand_below_a_title(read_in):
    content = xlsx_file(("RENJA CONTOH",), (), XLSX_HEAD, *XLSX_ROWS)
    _code, result, _err = read_in(content, name="a.xlsx")
    assert result["lines"] == 5


MATRIX_CSV = csv_file(*((cell or "" for cell in row) for row in (*MATRIX_HEAD, *MATRIX_ROWS)))


@pytest.mark.parametrize(
    ("content", "name"),
    [(matrix_plan(), "a.xlsx"), (matrix_plan(merged=False), "a.xlsx"), (MATRIX_CSV, "a.csv")],
)
def test_headings_may_be_spread_over_two_rows(read_in, world, content, name):
    code, result, _err = read_in(content, name=name)
    assert code == 0
    assert figures(result, "lines", "ceiling", "errors", "ignored") == (2, 345_000_000, 0, [])
    line = lines_of(world)["5.03.02.2.02.0003"]
    assert (line.indicator, line.target, line.measure_unit) == ("Jumlah dokumen promosi", 2, "Dokumen")
    assert (line.ceiling, line.location, line.funding_source) == (310_000_000, "Kab. Contoh", "Dana Contoh")
    assert (line.forward_target, line.forward_ceiling, line.note) == (3, 320_000_000, "Lanjutan")


@pytest.mark.parametrize(
    ("group", "name", "heading"),
    [
        ("Kode", "", "Kode"),
        ("", "Lokasi", "Lokasi"),
        ("Rencana Tahun 2027", "Lokasi", "Lokasi"),
        ("PERKIRAAN MAJU (TAHUN 2028)", "Target", "PRAKIRAAN MAJU Target"),
        ("Keluaran", "Tolok Ukur", "Tolok Ukur Keluaran"),
        ("Prakiraan Maju", "Lokasi", "Prakiraan Maju Lokasi"),
        ("Capaian", "Pagu", "Capaian Pagu"),
    ],
)
def test_two_headings_as_one(group, name, heading):
    assert importing.join_headings(group, name) == heading


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((CSV_ROWS[0], CSV_ROWS[0]), "already in row 2"),
        ((csv_row("abc", "Nama"),), "cannot be read"),
        ((csv_row("", "Nama tanpa kode"),), "code is empty"),
        ((csv_row("5.03.99.2.01.0001", ""),), "name is empty"),
        ((csv_row("5.03.02.2.02.0003", "NIP 199001012015012101"),), "18 digits in a row"),
        ((csv_row("5.03.02.2.02.0003", "Nama \u202e terbalik"),), "characters"),
        ((csv_row("5.03.02.2.02.0003", "x" * 1001),), "1000 characters"),
    ],
)  # fmt: skip
def test_wrong_rows_are_named_and_nothing_is_written(read_in, world, rows, said):
    code, result, stderr = read_in(csv_plan(*rows))
    assert code == 1 and result["errors"] >= 1 and said in stderr
    assert any(said in wrong["reason"] for wrong in result["wrong"])
    with world():
        assert db.session.scalar(select(func.count(Line.id))) == 0
        assert db.session.scalar(select(func.count(Plan.id))) == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"kode\n", csv_file(("a", "b"), ("1", "2")), csv_file(("Kode", "Nama")), b"PK\x03\x04 no"],
)
def test_files_without_a_plan_are_one_sentence(read_in, world, content):
    code, _result, stderr = read_in(content)
    assert code == 1 and stderr.strip() and "Traceback" not in stderr
    with world():
        assert db.session.scalar(select(func.count(Plan.id))) == 0


def test_a_missing_file_unit_or_a_division_is_one_sentence(app, read_in, tmp_path):
    arguments = ["plan", "import", str(tmp_path / "none.csv"), "--unit", CODE, "--year", "2027"]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 1
    assert "--create-unit" in read_in(csv_plan(), code="9.99")[2]
    assert "not an agency" in read_in(csv_plan(), code="5.03.0.00.0.00.01.0001")[2]


def test_a_missing_agency_is_made_with_its_plan_and_chapters(read_in, world):
    code, result, _err = read_in(
        csv_plan(), "--create-unit", "Badan Contoh  Rekaan", code="9.99", year="2024"
    )
    assert (code, result["stage"]) == (0, "final_draft")
    with world():
        plan = db.session.get_one(Plan, result["plan"])
        assert (plan.unit.name, plan.unit.kind, plan.year) == ("Badan Contoh Rekaan", "agency", 2024)
        assert plan.unit.parent.kind == "regency"
        assert len(plan.stages) == 6
        assert db.session.scalar(select(func.count(Section.id)).where(Section.plan_id == plan.id)) > 5
    read_in(csv_plan(), "--create-unit", "Nama lain", code="9.99", year="2024")
    with world():
        assert db.session.scalar(select(func.count(Unit.id)).where(Unit.code == "9.99")) == 1


def test_every_stage_but_adopted(read_in, world, ids):
    _code, result, _err = read_in(csv_plan())
    with world():
        db.session.add(
            Snapshot(
                plan_id=result["plan"], content={}, sha256="0" * 64, decree_number="1",
                decree_on=clock.today(), by_id=ids["leader"], at=clock.now(),
            )
        )  # fmt: skip
    code, _result, stderr = read_in(csv_plan())
    assert code == 1 and "adopted" in stderr


def test_a_struck_line_is_taken_up_again_and_other_lines_stay(read_in, world, ids):
    read_in(csv_plan())
    with world():
        line = db.session.scalars(select(Line).where(Line.code == "5.03.02.2.02.0003")).one()
        line.dropped_at, line.dropped_by_id, line.drop_reason = clock.now(), ids["planner"], "Uji"
    _code, result, _err = read_in(csv_plan(*CSV_ROWS[1:]))
    assert figures(result, "lines", "new", "changed", "same") == (2, 0, 1, 1)
    lines = lines_of(world)
    assert len(lines) == 3 and lines["5.03.02.2.02.0003"].dropped_at is None


def test_a_line_that_a_unit_below_owns_is_the_same_line(read_in, world, ids):
    read_in(csv_plan())
    with world():
        line = db.session.scalars(select(Line).where(Line.code == "5.03.02.2.02.0003")).one()
        line.unit_id = ids["unit:mutasi"]
    _code, result, _err = read_in(csv_plan())
    assert figures(result, "new", "same") == (0, 3)


def test_what_was_typed_in_the_portal_stands_over_what_nobody_could_read(read_in, world):
    content = xlsx_plan(xlsx_row("5.03.02.2.02.0003", "Promosi", output=("Jumlah Dokumen", "secukupnya")))
    read_in(content, name="a.xlsx")
    with world():
        line = db.session.scalars(select(Line)).one()
        line.target, line.unread = Decimal(7), None
    _code, result, _err = read_in(content, name="a.xlsx")
    assert figures(result, "changed", "same", "unread") == (0, 1, 0)


def test_a_successor_that_was_put_in_by_hand_stays(read_in, world):
    read_in(xlsx_plan(), name="a.xlsx")
    with world():
        line = db.session.scalars(select(Line).where(Line.code == "5.03.02.2.04.0004")).one()
        offer = nomenclature.resolve("5.03.02.2.04.0099")
        line.sub_activity_id, line.name = offer.id, offer.name
    _code, result, _err = read_in(xlsx_plan(), name="a.xlsx")
    assert figures(result, "unresolved", "changed", "same") == (1, 0, 5)
