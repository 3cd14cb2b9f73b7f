"""Form E.81: the evaluation of an agency's year in the 25 columns of the regulation, as XLSX, CSV and PDF.

Columns are named, never counted. What is not known is an empty cell, never a zero.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import select

from portal import clock, formatting
from portal.db import db
from portal.drafting.exporting import DANGEROUS, set_book
from portal.drafting.revisions import plain
from portal.evaluation import bands, figures, queries, rules
from portal.evaluation.figures import QUARTERS, Achievement
from portal.evaluation.models import RenstraFigure
from portal.evaluation.queries import Edition, Row, Sheet

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("no", "No", ""),
    ("goal", "Sasaran", ""),
    ("name", "Program/Kegiatan", ""),
    ("indicator", "Indikator Kinerja Program (outcome)/Kegiatan (output)", ""),
    ("strategic", "Target Renstra PD pada tahun {year} (akhir periode)", "K"),
    ("strategic_rp", "Target Renstra PD pada tahun {year} (akhir periode)", "Rp"),
    ("before", "Realisasi capaian Renstra s/d Renja tahun {before} (n-2)", "K"),
    ("before_rp", "Realisasi capaian Renstra s/d Renja tahun {before} (n-2)", "Rp"),
    ("target", "Target kinerja dan anggaran Renja tahun {year} (n-1) yang dievaluasi", "K"),
    ("ceiling", "Target kinerja dan anggaran Renja tahun {year} (n-1) yang dievaluasi", "Rp"),
    *(
        (f"q{quarter}{money}", f"Realisasi kinerja pada Triwulan {rules.ROMAN[quarter]}", unit)
        for quarter in QUARTERS
        for money, unit in (("", "K"), ("_rp", "Rp"))
    ),
    ("reached", "Realisasi capaian kinerja dan anggaran Renja yang dievaluasi", "K"),
    ("reached_rp", "Realisasi capaian kinerja dan anggaran Renja yang dievaluasi", "Rp"),
    ("renstra", "Realisasi kinerja dan anggaran Renstra PD s/d tahun {year}", "K"),
    ("renstra_rp", "Realisasi kinerja dan anggaran Renstra PD s/d tahun {year}", "Rp"),
    ("level", "Tingkat capaian kinerja dan realisasi anggaran Renstra (%)", "K"),
    ("level_rp", "Tingkat capaian kinerja dan realisasi anggaran Renstra (%)", "Rp"),
    ("unit", "Unit penanggung jawab", ""),
)
NUMBERS = (
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
    "13 = 6 + 12",
    "14 = 13 ÷ 5 × 100 %",
    "15",
)
"""What stands under the headings, one for each pair of columns."""
HEADS = 5
"""The rows above the first line: the title, the headings over two, their numbers, K and Rp."""
NAMES = tuple(name for name, _heading, _unit in COLUMNS)
MEANS = tuple(name for quarter in QUARTERS for name in (f"q{quarter}", f"q{quarter}_rp")) + (
    "reached",
    "reached_rp",
)
SIGNATURES = ("Disusun (Kepala PD)", "Dievaluasi (Kepala Bappeda)")
PRINT = Path(__file__).with_name("form.typ")
Cell = str | int | Decimal | None


@dataclass(frozen=True)
class Line:
    """One row of the form: a programme, an activity (words only) or a line with its figures."""

    level: str
    cells: dict[str, Cell]
    measure_unit: str = ""
    unknown: str = ""
    """Why a computed cell is empty."""


@dataclass(frozen=True)
class Form:
    """The whole form, ready to be written."""

    title: str
    year: int
    lines: list[Line]
    means: dict[str, Decimal | None]
    """Of the columns MEANS."""
    ratings: dict[str, str | None]
    remarks: list[tuple[str, str]]
    sheet: Sheet
    lowered: list[Row]


def _decimal(value: Fraction | None) -> Decimal | None:
    """A value as the form shows it, four decimals at most."""
    return None if value is None else figures.rounded(value * 100) / 100


def make(editions: Sequence[Edition], year: int, until: int) -> Form:
    """The form through a quarter: every quarter by the edition that was in force on its last day."""
    sheets = {
        quarter: queries.make_sheet(editions, year, quarter) for quarter in QUARTERS if quarter <= until
    }
    unit_id = sheets[until].unit.id
    strategic = {
        figure.code: figure
        for figure in db.session.scalars(
            select(RenstraFigure).where(RenstraFigure.unit_id == unit_id, RenstraFigure.year == year)
        )
    }
    evaluation, _course = queries.find_evaluation(unit_id, year, until)
    filings = queries.list_filings(evaluation.id) if evaluation else []
    follow_ups = queries.list_follow_ups(evaluation.id) if evaluation else []
    return lay_out(
        sheets,
        strategic,
        [
            ("Faktor pendorong", filings[0].driving if filings else ""),
            ("Faktor penghambat", filings[0].hindering if filings else ""),
            (
                "Tindak lanjut triwulan berikutnya",
                "\n".join(one.text for one in follow_ups if one.horizon == "quarter"),
            ),
            (
                "Tindak lanjut Renja berikutnya",
                "\n".join(one.text for one in follow_ups if one.horizon == "plan"),
            ),
        ],
    )


def lay_out(
    sheets: Mapping[int, Sheet], strategic: Mapping[str, RenstraFigure], remarks: list[tuple[str, str]]
) -> Form:
    """The rows of the form from the sheets of its quarters; pure."""
    until = max(sheets)
    sheet = sheets[until]
    lines: list[Line] = []
    seen: set[str] = set()
    for number, row in enumerate(sheet.rows, 1):
        entry = row.line.sub_activity
        if entry is not None:
            for level, code, name in (
                ("programme", entry.programme_code, entry.programme_name),
                ("activity", entry.activity_code, entry.activity_name),
            ):
                if code not in seen:
                    seen.add(code)
                    lines.append(Line(level, {"name": f"{code} {formatting.titled(name)}"}))
        lines.append(_line(row, number, strategic.get(row.line.code)))
    means: dict[str, Decimal | None] = dict.fromkeys(MEANS)
    for quarter, one in sheets.items():
        means[f"q{quarter}"], means[f"q{quarter}_rp"] = one.performance.percent, one.money.percent
    means["reached"], means["reached_rp"] = sheet.performance.percent, sheet.money.percent
    return Form(
        f"Evaluasi terhadap hasil Renja {sheet.unit.name} sampai Triwulan {rules.ROMAN[until]} tahun {sheet.year}",
        sheet.year,
        lines,
        means,
        {name: figures.rate(mean, bands.BANDS) for name, mean in means.items()},
        remarks,
        sheet,
        [row for row in sheet.rows if row.against_first is not None],
    )


def _line(row: Row, number: int, strategic: RenstraFigure | None) -> Line:
    given = {quarter: one for quarter, one in row.entered.items() if quarter <= row.until}
    target = strategic.target if strategic else row.line.strategic_target
    before = strategic.realised_before if strategic else row.line.realised_before
    reached = figures.strategic(row.measure, before, row.value)
    level = (
        figures.achieve(row.measure, reached, target)
        if target is not None
        else Achievement(None, "no_target")
    )
    before_rp = strategic.rupiah_before if strategic else None
    spent = None if row.rupiah is None and before_rp is None else (before_rp or 0) + (row.rupiah or 0)
    whole = strategic.rupiah if strategic else None
    cells: dict[str, Cell] = {
        "no": number,
        "goal": "",
        "name": f"{row.line.code} {row.line.name}",
        "indicator": row.line.indicator,
        "strategic": target,
        "strategic_rp": whole,
        "before": before,
        "before_rp": before_rp,
        "target": row.line.target,
        "ceiling": row.line.ceiling,
        **{f"q{quarter}": queries.entry_of(one).value for quarter, one in given.items()},
        **{f"q{quarter}_rp": one.rupiah for quarter, one in given.items()},
        "reached": _decimal(row.value),
        "reached_rp": row.rupiah,
        "renstra": _decimal(reached),
        "renstra_rp": spent,
        "level": level.percent,
        "level_rp": figures.spend(spent, whole).percent if whole else None,
        "unit": row.line.unit.name,
    }
    unknown = str(rules.WHY_NOT[level.why_not]) if level.why_not else ""
    return Line("line", cells, row.line.measure_unit, unknown)


def headings(form: Form) -> list[tuple[str, str]]:
    """The heading of each column and its K or Rp."""
    return [(heading.format(year=form.year, before=form.year - 1), unit) for _name, heading, unit in COLUMNS]


def groups(form: Form) -> list[tuple[str, str, int]]:
    """The headings as the form prints them: words, under them the quarter's numeral or nothing, and how many columns
    wide."""
    found: list[tuple[str, str, int]] = []
    for place, (heading, unit) in enumerate(headings(form)):
        if unit == "Rp":
            continue
        quarter = NAMES[place][1:] if NAMES[place] in MEANS[::2] and NAMES[place] != "reached" else ""
        part = rules.ROMAN[int(quarter)] if quarter else ""
        found.append((heading.removesuffix(f" {part}") if part else heading, part, 2 if unit else 1))
    return found


def how_computed(form: Form) -> list[str]:
    """The sheet “Cara hitung”: the rule, the bands, and which lines were left out."""
    edges = "; ".join(
        f"{bands.LABELS[band.key]} ({band.key}) "
        + (f"di atas {formatting.hundredths(band.over)}" if band.over is not None else "selebihnya")
        for band in bands.BANDS
    )
    mean = form.sheet.performance
    return [
        "Capaian = nilai ÷ target × 100; bila makin rendah makin baik, (2 × target − nilai) ÷ target × 100, paling rendah 0.",
        "Rata-rata dihitung atas baris, masing-masing satu kali dan paling tinggi 100.",
        "Pembulatan dua angka di belakang koma, satu kali pada akhir.",
        f"Predikat: {edges}.",
        f"Yang dihitung: {mean.counted} dari {mean.rows} baris.",
        *(
            f"Tidak dihitung: {row.line.code} {row.line.name}, {rules.WHY_NOT[row.year.why_not or 'no_entry']}."
            for row in form.sheet.left_out
        ),
        f"Dibuat {formatting.moment(clock.now())}.",
    ]


def lowered_targets(form: Form) -> list[list[Cell]]:
    """The sheet “Target semula”: code, name, first target, target now, achievement against each."""
    return [
        [
            row.line.code, row.line.name, row.first_target, row.line.target, row.year.percent,
            row.against_first.percent if row.against_first else None,
        ]
        for row in form.lowered
    ]  # fmt: skip


def as_csv(form: Form) -> bytes:
    """For spreadsheets set to Indonesian: semicolons, decimal commas, no cell that could run as a formula."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([form.title])
    writer.writerow([f"{heading} {unit}".strip() for heading, unit in headings(form)])
    for line in form.lines:
        writer.writerow([_csv_cell(line.cells.get(name)) for name in NAMES])
    for label, values in (("Rata-rata capaian kinerja (%)", form.means), ("Predikat kinerja", form.ratings)):
        writer.writerow([label, *(_csv_cell(values.get(name)) for name in NAMES[1:])])
    for label, words in form.remarks:
        writer.writerow([label, _csv_cell(words)])
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(plain(value)).replace(".", ",")
    text = str(value)
    return f"'{text}" if DANGEROUS.match(text) else text


def as_xlsx(form: Form) -> bytes:
    """Three sheets: the form, “Cara hitung”, “Target semula”. Codes are text, figures numbers; nothing is a formula."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    look = {"border": 1, "valign": "top", "text_wrap": True}
    styles = {
        "head": book.add_format(look | {"bold": True, "align": "center", "bg_color": "#E6EEF0"}),
        "words": book.add_format(look | {"num_format": "@"}),
        "strong": book.add_format(look | {"bold": True}),
        "money": book.add_format(look | {"num_format": "#,##0"}),
        "share": book.add_format(look | {"num_format": "0.00"}),
    }
    _write_form(book, book.add_worksheet("E.81"), form, styles, look)
    how = book.add_worksheet("Cara hitung")
    how.set_column(0, 0, 120)
    for number, sentence in enumerate(how_computed(form)):
        how.write_string(number, 0, sentence, styles["words"])
    first = book.add_worksheet("Target semula")
    first.set_column(1, 1, 50)
    for place, heading in enumerate(
        (
            "Kode",
            "Sub kegiatan",
            "Target semula",
            "Target sekarang",
            "Capaian (%)",
            "Terhadap target semula (%)",
        )
    ):
        first.write_string(0, place, heading, styles["head"])
    for number, row in enumerate(lowered_targets(form), 1):
        for place, value in enumerate(row):
            _write(first, number, place, value, styles["words"], styles["share"])
    book.close()
    return file.getvalue()


def _write(sheet: Any, number: int, place: int, value: Cell, words: Any, figure: Any) -> None:
    if value is None:
        sheet.write_blank(number, place, None, figure)
    elif isinstance(value, str):
        sheet.write_string(number, place, value, words)
    elif isinstance(value, Decimal) and Decimal(repr(float(value))) != value:
        sheet.write_string(number, place, _csv_cell(value), words)  # more digits than a number cell holds
    else:
        sheet.write_number(number, place, float(value), figure)


def _write_form(book: Any, sheet: Any, form: Form, styles: dict[str, Any], look: dict[str, Any]) -> None:
    last = len(NAMES) - 1
    head = styles["head"]
    sheet.merge_range(0, 0, 0, last, form.title, styles["strong"])
    place = 0
    for (heading, part, width), label in zip(groups(form), NUMBERS, strict=True):
        right = place + width - 1
        if not part:
            sheet.merge_range(1, place, 2, right, heading, head)
        elif part == rules.ROMAN[1]:
            sheet.merge_range(1, place, 1, place + 2 * len(QUARTERS) - 1, heading, head)
        if part:
            sheet.merge_range(2, place, 2, right, part, head)
        if width == 2:
            sheet.merge_range(3, place, 3, right, label, head)
        else:
            sheet.write_string(3, place, label, head)
        for offset in range(width):
            sheet.write_string(4, place + offset, COLUMNS[place + offset][2], head)
        place += width
    sheet.set_column(0, last, 13)
    for name, width in (("no", 5), ("name", 44), ("indicator", 40), ("unit", 26)):
        sheet.set_column(NAMES.index(name), NAMES.index(name), width)
    by_unit: dict[str, Any] = {}
    number = HEADS
    for line in form.lines:
        figure = styles["share"]
        if line.measure_unit:
            words = line.measure_unit.replace('"', "")
            figure = by_unit.setdefault(
                words, book.add_format(look | {"num_format": f'#,##0.#### "{words}"'})
            )
        for place, name in enumerate(NAMES):
            style = (
                styles["money"] if name == "ceiling" or (name.endswith("_rp") and name != "level_rp") or name == "no"
                else styles["share"] if name in ("level", "level_rp") else figure
            )  # fmt: skip
            words = styles["words"] if line.level == "line" else styles["strong"]
            _write(sheet, number, place, line.cells.get(name), words, style)
        if line.unknown and line.cells.get("level") is None and line.level == "line":
            sheet.write_comment(number, NAMES.index("level"), line.unknown)
        number += 1
    first, after = NAMES.index(MEANS[0]), NAMES.index(MEANS[-1]) + 1
    for label, values in (("Rata-rata capaian kinerja (%)", form.means), ("Predikat kinerja", form.ratings)):
        sheet.merge_range(number, 0, number, first - 1, label, styles["strong"])
        for place in range(first, after):
            _write(sheet, number, place, values[NAMES[place]], styles["words"], styles["share"])
        sheet.merge_range(number, after, number, last, "", styles["words"])
        number += 1
    for label, text in form.remarks:
        sheet.merge_range(
            number, 0, number, last, f"{label}: {text}" if text else f"{label}:", styles["words"]
        )
        number += 1
    for place, label in zip((1, after), SIGNATURES, strict=True):
        sheet.write_string(number + 1, place, label)
    sheet.freeze_panes(HEADS, 3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1, HEADS - 1)


def as_pdf(form: Form) -> bytes:
    """For print, on A3 across; the figures as they are read in Indonesian."""
    return set_book(
        {
            "title": form.title,
            "groups": [{"words": words, "part": part, "width": width} for words, part, width in groups(form)],
            "numbers": NUMBERS,
            "units": [unit for _name, _heading, unit in COLUMNS],
            "rows": [
                {"level": line.level, "cells": [_printed(line, name) for name in NAMES]}
                for line in form.lines
            ],
            "sums": [
                [
                    label,
                    [
                        formatting.hundredths(cell) if isinstance(cell, Decimal) else cell or ""
                        for cell in (values[name] for name in MEANS)
                    ],
                ]
                for label, values in (
                    ("Rata-rata capaian kinerja (%)", form.means),
                    ("Predikat kinerja", form.ratings),
                )
            ],
            "before": len(NAMES[: NAMES.index(MEANS[0])]),
            "remarks": form.remarks,
            "signatures": SIGNATURES,
            "how": how_computed(form),
        },
        PRINT,
    )


def _printed(line: Line, name: str) -> str:
    value = line.cells.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    if name in ("level", "level_rp"):
        return formatting.hundredths(Decimal(value))
    unit = (
        f" {line.measure_unit}"
        if line.measure_unit and not name.endswith("_rp") and name not in ("no", "ceiling")
        else ""
    )
    return f"{formatting.figure(value)}{unit}"
