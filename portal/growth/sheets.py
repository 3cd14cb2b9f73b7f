"""Tables taken out as CSV or XLSX; the last sheet says when, what was chosen, and the SHA-256 of the table."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO, StringIO

import xlsxwriter
from flask import Response, make_response

from portal import clock, formatting
from portal.db import db, stop_writing
from portal.drafting.exporting import DANGEROUS, MIMETYPES
from portal.drafting.revisions import plain
from portal.people.limits import note_export

Cell = str | int | Decimal | None


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(plain(value)).replace(".", ",")
    text = str(value)
    return f"'{text}" if DANGEROUS.match(text) else text


def _table(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return text.getvalue()


def about(headings: Sequence[str], rows: Sequence[Sequence[Cell]], chosen: str) -> list[tuple[str, str]]:
    """What the last sheet says; the SHA-256 is of the table as CSV in UTF-8, without these lines."""
    return [
        ("Dibuat", formatting.moment(clock.now())),
        ("Saringan", chosen),
        ("SHA-256", hashlib.sha256(_table(headings, rows).encode()).hexdigest()),
    ]


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[Cell]], chosen: str) -> bytes:
    """For spreadsheets set to Indonesian: semicolons and decimal commas; the lines about it stand last."""
    last = _table(["", ""], about(headings, rows, chosen))
    return (_table(headings, rows) + last).encode("utf-8-sig")


def as_xlsx(title: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]], chosen: str) -> bytes:
    """Two sheets; nothing in them is a formula."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    words = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    number = book.add_format({"valign": "top", "num_format": "#,##0.####"})
    sheet = book.add_worksheet(title)
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, head)
        longest = max([len(heading), *(len(_text(row[place])) for row in rows)])
        sheet.set_column(place, place, min(48, max(8, longest + 2)))
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, place, value, words)
            elif value is not None:
                sheet.write_number(line, place, float(value), number)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    last = book.add_worksheet("Keterangan")
    last.set_column(1, 1, 70)
    for line, (label, value) in enumerate(about(headings, rows, chosen)):
        last.write_string(line, 0, label, head)
        last.write_string(line, 1, value, words)
    book.close()
    return file.getvalue()


def answer(
    form: str, name: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]], chosen: str
) -> Response:
    """The file as an answer, counted among the files that this person took out."""
    note_export()
    db.session.commit()
    stop_writing()
    made = as_csv(headings, rows, chosen) if form == "csv" else as_xlsx(title, headings, rows, chosen)
    response = make_response(made)
    response.headers["Content-Type"] = MIMETYPES[form]
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return response
