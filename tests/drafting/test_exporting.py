"""A plan taken out of the portal, and read in again."""

from __future__ import annotations

import json
import time
from datetime import date
from decimal import Decimal
from io import BytesIO

import docx
import openpyxl
import pytest
import typst
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock, forms
from portal.db import db
from portal.drafting import exporting, importing, queries, revisions, skeleton
from portal.drafting.models import Snapshot
from portal.people.models import Unit
from portal.plans import queries as plans
from tests import factories as make

pytestmark = pytest.mark.slow

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=40).map(
    forms.clean
)
texts = (
    words | st.sampled_from(["=1+1", "'=1+1", "-", "–", "+62", "@nama", "'", 'a;"b"', "14 Dokumen", "Jumlah"])
).filter(lambda text: not forms.FORBIDDEN.search(text) and not importing.NIP.search(text))
figures = st.none() | st.decimals(0, 10**12, places=4)
money = st.none() | st.integers(0, 10**13)
lines = st.fixed_dictionaries(
    {name: texts for name in revisions.TEXTS if name not in ("name", "note")}
    | dict.fromkeys(revisions.NUMBERS, figures)
    | dict.fromkeys(revisions.MONEY, money)
    | {name: st.sampled_from(list(choices)) for name, choices in importing.CHOSEN.items()}
    | {
        "name": texts.filter(bool),
        "note": st.lists(texts, max_size=3).map("\n".join).map(forms.clean),
    }
)


def again(plan, form, year):
    """The lines of a new plan that this one's export was read into."""
    table = importing.read(exporting.make(plan, form), f"renja.{form}")
    fresh = make.plan(plan.unit_id, year=year)
    comparison = importing.compare(fresh, table)
    assert not comparison.of("wrong"), [entry.problems for entry in comparison.of("wrong")]
    importing.apply(comparison, fresh, None, source="renja")
    return queries.list_lines(fresh.id)


@pytest.mark.parametrize(("form", "examples"), [("csv", 40), ("xlsx", 4)])
def test_what_is_exported_and_read_in_again_is_the_same_plan(world, ids, form, examples):
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(lines, min_size=1, max_size=4))
    def same(contents):
        with world():
            plan = make.plan(ids["unit:bkpsdm"], year=2050)
            for number, content in enumerate(contents):
                make.line(plan, f"5.03.02.2.02.9{number:03}", **content)
            db.session.flush()
            db.session.expire_all()
            kept = [(line.code, revisions.line_fields(line)) for line in queries.list_lines(plan.id)]
            read = [(line.code, revisions.line_fields(line)) for line in again(plan, form, 2051)]
            db.session.rollback()
        assert read == kept

    same()


def test_what_nobody_could_read_stays_unread(world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        make.line(plan, target=None, unread={"target": "2 dokumen, 3 orang"})
        assert again(plan, "csv", 2051)[0].unread == {"target": "2 dokumen, 3 orang"}
        db.session.rollback()


CODES = {"value_kind": "percent", "accumulation": "last", "direction": "lower"}
WORDS = ("Persen", "Nilai terakhir", "Makin rendah makin baik")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("codes", [False, True], ids=["words", "codes"])
def test_choices_are_written_in_indonesian_and_read_as_words_and_as_codes(
    world, ids, form, codes, monkeypatch
):
    if codes:  # a file as it was written before
        monkeypatch.setattr(exporting, "_value", lambda line, name: getattr(line, name) or "")
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        make.line(plan, **CODES)
        written = exporting.make(plan, form)
        [row] = importing.read(written, f"renja.{form}").rows
        [read] = again(plan, form, 2051)
        assert {name: getattr(read, name) for name in CODES} == CODES
        queries.list_lines(plan.id)[0].direction = "higher"
        changed = importing.compare(plan, importing.read(written, f"renja.{form}"))
        assert [row[1:] for row in changed.entries[0].changes] == [("Makin tinggi makin baik", WORDS[2])]
        db.session.rollback()
    assert set(CODES.values() if codes else WORDS) <= set(row.cells)


def test_a_csv_suits_indonesian_spreadsheets_and_runs_nothing(world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        make.line(plan, target=Decimal("12.5"), location='=HYPERLINK("x")')
        text = exporting.make(plan, "csv").decode("utf-8-sig")
        db.session.rollback()
    head, row = text.splitlines()
    assert head.startswith("Kode sub kegiatan;Nama sub kegiatan;")
    assert row.startswith("5.03.02.2.02.0003;") and ";12,5;310000000;" in row
    assert "\"'=HYPERLINK(" in row


def test_an_xlsx_keeps_codes_as_text_and_money_as_numbers(world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        make.line(plan, location="=1+1", name="kata " * 20, target=2, forward_target=Decimal("2.5"))
        content = exporting.make(plan, "xlsx")
        db.session.rollback()
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    head, row = sheet.iter_rows()
    cells = dict(zip([cell.value for cell in head], row, strict=True))
    assert cells["Kode sub kegiatan"].value == "5.03.02.2.02.0003"
    assert cells["Pagu indikatif N"].value == 310_000_000
    assert (cells["Lokasi"].value, cells["Lokasi"].data_type) == ("=1+1", "s")
    formats = [cells[name].number_format for name in ("Target N", "Target N+1")]
    assert formats == ["#,##0", "#,##0.####"], "no comma stands alone behind a whole number"
    assert sheet.row_dimensions[2].height == 45, "three lines of words are seen whole"


def test_a_book_of_600_lines_is_tagged_and_set_in_time(world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        skeleton.make_sections(plan)
        queries.list_sections(plan.id)[1].body = "# Judul\n\nSatu **tebal**.\n\n- butir #1 $x$"
        for number in range(600):
            make.line(plan, f"5.03.0{1 + number % 4}.2.0{1 + number % 7}.{number:04}")
        begun = time.process_time()
        pdf = exporting.make(plan, "pdf")
        took = time.process_time() - begun
        db.session.rollback()
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid:part>1<" in pdf and b"/Marked true" in pdf
    assert took < 6  # of processor time, over all its threads; waiting for others does not count


def test_no_heading_of_the_matrix_stands_last_on_a_page(world, ids, tmp_path):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        for activity in range(60):
            for number in range(1 + activity % 3):
                code = f"5.03.{2 + activity // 30:02}.2.{activity:02}.{number:04}"
                make.line(plan, code, name="kata " * (activity % 11))
        content = exporting.book(plan)
        db.session.rollback()
    tell = "#show table.cell.where(x: 0): it => { context metadata((it.y, here().page())); it }\n"
    marked = tmp_path / "book.typ"
    marked.write_text(tell + exporting.BOOK.read_text())
    sent = {"book": json.dumps(content)}
    told = json.loads(typst.query(str(marked), "metadata", field="value", sys_inputs=sent))
    pages = dict(told)
    heads = [y for y, row in enumerate(content["rows"], start=2) if row["level"] != "line"]
    assert len(heads) == 64 and len({pages[y] for y in heads}) > 3
    assert [content["rows"][y - 2]["cells"][0] for y in heads if pages[y] != pages[y + 1]] == []


def test_the_matrix_names_urusan_and_bidang_with_their_sums(world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        make.line(plan, "5.03.02.2.01.0001", ceiling=100)
        make.line(plan, "5.04.02.2.01.0001", ceiling=20)
        make.line(plan, "2.16.02.2.01.0001", ceiling=3)
        make.line(plan, "X.99.01.2.01.0001", ceiling=1)
        rows = [(row["level"], *row["cells"][:2], row["cells"][5]) for row in exporting.book(plan)["rows"]]
        db.session.rollback()
    assert [row[1:] for row in rows if row[0] == "urusan"] == [
        ("2", "URUSAN PEMERINTAHAN WAJIB YANG TIDAK BERKAITAN DENGAN PELAYANAN DASAR", "3"),
        ("2.16", "URUSAN PEMERINTAHAN BIDANG KOMUNIKASI DAN INFORMATIKA", "3"),
        ("5", "UNSUR PENUNJANG URUSAN PEMERINTAHAN", "120"),
        ("5.03", "KEPEGAWAIAN", "100"),
        ("5.04", "PENDIDIKAN DAN PELATIHAN", "20"),
    ]
    codes = [row[1] for row in rows]
    assert codes == sorted(codes), "each stands above what it sums"


def test_a_docx_holds_the_chapters_and_the_matrix_with_repeated_headings(world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        skeleton.make_sections(plan)
        queries.list_sections(plan.id)[1].body = "Satu **tebal** & <dua>.\n\n- butir"
        for number in range(600):
            make.line(
                plan, f"5.03.0{1 + number % 4}.2.0{1 + number % 7}.{number:04}", ceiling=1000, note="<b> & c"
            )
        begun = time.process_time()
        content = exporting.make(plan, "docx")
        took = time.process_time() - begun
        printed = exporting.book(plan)
        db.session.rollback()
    book = docx.Document(BytesIO(content))
    headings = [p.text for p in book.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:2] == ["I Pendahuluan", "I.1 Latar belakang"] and headings[-1] == printed["matrix_title"]
    assert [p.text for p in book.paragraphs if p.style.name == "List Bullet"] == ["butir"]
    assert "Satu tebal & <dua>." in [p.text for p in book.paragraphs]
    [table] = book.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0][3] == "Rencana tahun 2050" and rows[1] == printed["columns"]
    assert rows[2:-1] == [row["cells"] for row in printed["rows"]]
    assert rows[-1][0] == "Jumlah" and rows[-1][5] == "600.000"
    assert table._tbl.xml.count("<w:tblHeader/>") == 2
    for row, printed_row in zip(table.rows[2:], printed["rows"], strict=False):
        assert (row.cells[0].paragraphs[0].paragraph_format.keep_with_next is True) == (
            printed_row["level"] != "line"
        )
    assert book.sections[-1].page_width > book.sections[-1].page_height
    assert (book.core_properties.author, book.core_properties.language) == (printed["unit"], "id-ID")
    assert took < 4  # of processor time


def test_the_contents_of_a_docx_hold_the_page_of_each_heading_and_ask_nothing(world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        make.section(plan, heading="Isu <penting>")
        make.section(plan, heading="Penutup")
        book = docx.Document(BytesIO(exporting.make(plan, "docx")))
        db.session.rollback()
    led = {
        link.get(qn("w:anchor")): "".join(text.text or "" for text in link.iter(qn("w:t")))
        for link in book.element.body.iter(qn("w:hyperlink"))
    }
    marked = {
        mark.get(qn("w:name")): docx.text.paragraph.Paragraph(mark.getparent(), book).text
        for mark in book.element.body.iter(qn("w:bookmarkStart"))
    }
    assert led == marked and next(iter(led.values())) == "I.1 Isu <penting>" and len(led) == 3
    asked = [field.get(qn("w:instr")).split() for field in book.element.body.iter(qn("w:fldSimple"))]
    assert asked == [["PAGEREF", name, "\\h"] for name in led]
    assert "updateFields" not in book.settings.element.xml and "w:dirty" not in book.element.xml


def test_the_cover_of_an_adopted_plan_names_its_decree_and_its_hash(world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2050)
        assert exporting.book(plan)["state"] == "Belum ditetapkan"
        frozen = Snapshot(
            plan_id=plan.id, content={}, sha256="a1" * 32, decree_number="188.45/12/2026",
            decree_on=date(2026, 6, 9), at=clock.now(),
        )  # fmt: skip
        db.session.add(frozen)
        db.session.flush()
        cover = docx.Document(BytesIO(exporting.make(plan, "docx"))).paragraphs[:6]
        exporting.make(plan, "pdf")
        db.session.rollback()
    said = "Ditetapkan dengan Keputusan 188.45/12/2026 tanggal 9 Juni 2026. SHA-256 " + "a1" * 32
    assert said in " ".join(paragraph.text for paragraph in cover).replace("\xa0", " ")


def test_markdown_becomes_plain_paragraphs():
    made = exporting.blocks("# Judul\n\nSatu **tebal**\nbaris.\n\n- butir <b>")
    assert [(block.kind, block.text) for block in made] == [
        ("heading", "Judul"),
        ("paragraph", "Satu tebal\nbaris."),
        ("item", "butir <b>"),
    ]


def test_a_reader_downloads_the_plan(client_for, world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        make.line(plan)
        plan_id = plan.id
    staff = client_for("staff")
    html = staff.page(f"/rencana/{plan_id}/unduh").response.text
    for form in exporting.MIMETYPES:
        assert f"/rencana/{plan_id}/unduh/renja.{form}" in html
        answer = staff.send(f"/rencana/{plan_id}/unduh/renja.{form}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == exporting.MIMETYPES[form]
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=renja-2027-5.03")
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_command_writes_the_file(app, world, ids, tmp_path):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        make.line(plan)
        code = db.session.get(Unit, ids["unit:bkpsdm"]).code
        plan_id = plans.find(plan.id).id
    file = tmp_path / "renja.csv"
    arguments = ["plan", "export", str(file), "--unit", code, "--year", "2027", "--format", "csv", "--json"]
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    assert json.loads(done.output.splitlines()[-1])["plan"] == plan_id
    assert "Pengelolaan Promosi ASN" in file.read_text("utf-8-sig")
    missing = app.test_cli_runner().invoke(args=[*arguments[:5], "--year", "2031", "--format", "csv"])
    assert missing.exit_code == 1 and "no plan for 2031" in missing.output
