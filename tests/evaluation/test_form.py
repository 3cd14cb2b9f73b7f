"""Form E.81: its 25 columns, means and ratings, the sheets beside it, and what is unknown left empty."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest

from portal.db import db
from portal.drafting.models import Line
from portal.evaluation.models import RenstraFigure
from portal.plans.models import Plan
from tests import factories as make
from tests.evaluation.test_quarter import at, enter, filed, full  # noqa: F401

pytestmark = pytest.mark.usefixtures("april")


def book(client: Any, at: str) -> Any:  # noqa: F811
    sent = client.send(f"{at}/unduh/e81.xlsx", {})
    assert sent.status_code == 200
    return openpyxl.load_workbook(BytesIO(sent.data))


def line_rows(sheet: Any) -> list[Any]:
    return [row for row in sheet.iter_rows(min_row=6) if isinstance(row[0].value, int | float)]


def test_the_form_has_its_columns_figures_and_means(filed, client_for, world, at, ids):  # noqa: F811
    with world():
        db.session.add(
            RenstraFigure(
                unit_id=ids["unit:bkpsdm"], code="5.03.02.2.02.0003", year=2027, target=60, realised_before=30,
                rupiah=600_000_000, rupiah_before=255_000_000,
            )
        )  # fmt: skip
    found = book(client_for("staff"), at)
    assert found.sheetnames == ["E.81", "Cara hitung", "Target semula"]
    sheet = found["E.81"]
    assert sheet.max_column == 25
    assert [sheet.cell(5, place).value or "" for place in range(5, 25)] == ["K", "Rp"] * 10
    assert [sheet.cell(4, place).value for place in (1, 5, 21, 23, 25)] == [
        "1",
        "5",
        "13 = 6 + 12",
        "14 = 13 ÷ 5 × 100 %",
        "15",
    ]
    first, second = line_rows(sheet)
    # (5) 60, (6) 30, (12) 3 of that quarter alone: (13) 33, (14) 55,00
    assert [first[place].value for place in (4, 6, 8, 10, 18, 20, 22)] == [60, 30, 12, 3, 3, 33, 55]
    assert [first[place].value for place in (9, 11, 19, 21, 23)] == [60e6, 45e6, 45e6, 300e6, 50]
    assert '"Dokumen"' in first[10].number_format and first[2].value.startswith("5.03.02.2.02.0003 ")
    assert second[22].value is None and second[22].comment is not None
    assert second[12].value is None  # the second quarter is not known, and no zero
    means = next(row for row in sheet.iter_rows() if row[0].value == "Rata-rata capaian kinerja (%)")
    assert [cell.value for cell in means[10:20]] == [32.5, 50, None, None, None, None, None, None, 32.5, 50]
    ratings = next(row for row in sheet.iter_rows() if row[0].value == "Predikat kinerja")
    assert ratings[10].value == "SR" and ratings[18].value == "SR"
    words = [str(row[0].value) for row in sheet.iter_rows()]
    assert "Faktor pendorong: Aplikasi dipakai." in words and "Tindak lanjut Renja berikutnya:" in words
    assert "Yang dihitung: 2 dari 2 baris." in [row[0].value for row in found["Cara hitung"].iter_rows()]


def test_a_lowered_target_stands_with_its_first_one(client_for, world, stopped, at, adopted, april, ids):  # noqa: F811
    with world():
        again = make.plan(ids["unit:bkpsdm"], edition=1)
        for line in db.session.query(Line).filter_by(plan_id=adopted["plan"]).all():
            make.line(
                again,
                line.code,
                line.unit_id,
                target=8 if line.target == 12 else line.target,
                ceiling=line.ceiling,
            )
        make.snapshot(again, april.replace(month=8))
        assert db.session.query(Plan).count() == 2
    stopped.set(april.replace(month=10))
    enter(client_for("editor"), at, adopted["first"], value="4")
    third = at[:-1] + "3"
    rows = list(book(client_for("staff"), third)["Target semula"].iter_rows(min_row=2, values_only=True))
    assert rows == [("5.03.02.2.02.0003", "Pengelolaan Promosi ASN", 12, 8, 50, 33.33)]
    # the first quarter is still judged by the target that was in force on its last day
    assert line_rows(book(client_for("staff"), at)["E.81"])[0][8].value == 12
    assert "Target semula 12; terhadap target semula" not in client_for("staff").page(at).text


def test_the_same_as_a_table_for_an_indonesian_spreadsheet(full, client_for, at):  # noqa: F811
    sent = client_for("staff").send(f"{at}/unduh/e81.csv", {})
    rows = list(csv.reader(StringIO(sent.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows[1]) == 25 and rows[1][10] == "Realisasi kinerja pada Triwulan I K"
    line = next(row for row in rows if row[0] == "1")
    assert (line[8], line[10], line[11], line[12]) == ("12", "3", "45000000", "")


def test_the_headings_stand_as_in_the_regulation(full, client_for, at):  # noqa: F811
    sheet = book(client_for("staff"), at)["E.81"]
    merged = {str(one) for one in sheet.merged_cells.ranges}
    assert {"A2:A3", "E2:F3", "K2:R2", "K3:L3", "M3:N3", "K4:L4", "Y2:Y3"} <= merged
    assert sheet["K2"].value == "Realisasi kinerja pada Triwulan"
    assert [sheet[f"{column}3"].value for column in "KMOQ"] == ["I", "II", "III", "IV"]
    assert [sheet[f"{column}4"].value for column in "EGIKMOQSUWY"] == [
        "5", "6", "7", "8", "9", "10", "11", "12", "13 = 6 + 12", "14 = 13 ÷ 5 × 100 %", "15",
    ]  # fmt: skip


def test_the_same_for_print(filed, client_for, world, at, adopted):  # noqa: F811
    sent = client_for("staff").send(f"{at}/unduh/e81.pdf", {})
    assert sent.status_code == 200 and sent.mimetype == "application/pdf"
    assert sent.data.startswith(b"%PDF-") and b"pdfuaid:part>1<" in sent.data and b"/Marked true" in sent.data
