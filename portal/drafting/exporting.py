"""A plan taken out of the portal: its table as XLSX or CSV, the whole as a printed book (PDF) or DOCX.

A table file has one row a line, in the order in which the operator of the regency's system types it in. It names the kind of each
value, so that reading it in again (`importing`) gives exactly the same figures and words. No name of a person is in any of them.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import typst
import xlsxwriter
from flask import current_app
from markdown_it import MarkdownIt
from sqlalchemy import select

from portal import clock, formatting
from portal.db import db
from portal.drafting import importing, queries, revisions
from portal.drafting.exporting_docx import set_docx
from portal.drafting.models import Line, Snapshot
from portal.plans import urusan
from portal.plans.models import Plan

FONTS = Path(__file__).resolve().parent.parent / "fonts"
BOOK = Path(__file__).with_name("book.typ")
MIMETYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ORDER = (
    "code", "name", "indicator", "measure_unit", "strategic_target", "realised_before", "expected_now", "target",
    "ceiling", "location", "funding_source", "national_priority", "regional_priority", "target_group",
    "forward_target", "forward_ceiling", "urgency", "note", "target_upper", "value_kind", "accumulation", "direction",
)  # fmt: skip
"""The order of the matrix, then what only this portal asks for."""
OWN_HEADINGS = {
    "name": "Nama sub kegiatan",
    "target": "Target N",
    "ceiling": "Pagu indikatif N",
    "forward_ceiling": "Pagu indikatif N+1",
}
COLUMN, WIDE_COLUMN = 18, 44
"""Widths of a sheet's columns, in characters."""
WIDE = ("name", "indicator", "location", "target_group", "note")
DANGEROUS = re.compile(r"'*[=+\-@]")
ALREADY_QUOTED = re.compile(r"'+[=+\-@]")


def headings() -> list[str]:
    """A name by which `importing` knows each column, and who answers for the line."""
    return [*(OWN_HEADINGS.get(name, importing.COLUMNS[name][0]) for name in ORDER), "Penanggung jawab"]


def _value(line: Line, name: str) -> Any:
    """A cell: what nobody could read as a figure stays as the text it was, a choice is its word."""
    value = getattr(line, name)
    if value is None:
        return (line.unread or {}).get(name, "")
    return importing.CHOSEN[name][value] if name in importing.CHOSEN else value


def rows(lines: list[Line]) -> list[list[Any]]:
    return [[*(_value(line, name) for name in ORDER), line.unit.name] for line in lines]


def as_csv(lines: list[Line]) -> bytes:
    """For spreadsheets set to Indonesian: semicolons, decimal commas, and no cell that could run as a formula."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings())
    for row in rows(lines):
        writer.writerow([_csv_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(revisions.plain(value)).replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if DANGEROUS.match(value) else str(value)


def as_xlsx(lines: list[Line]) -> bytes:
    """Codes and words are text cells, figures are numbers; nothing is a formula."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("T-C.33")
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E6EEF0", "border": 1}
    )
    words = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    money = book.add_format({"num_format": "#,##0", "valign": "top"})
    figure = book.add_format({"num_format": "#,##0.####", "valign": "top"})
    sheet.set_row(0, 30)
    for position, heading in enumerate(headings()):
        name = ORDER[position] if position < len(ORDER) else "name"
        sheet.set_column(position, position, WIDE_COLUMN if name in WIDE else COLUMN)
        sheet.write_string(0, position, heading, head)
    for number, row in enumerate(rows(lines), start=1):
        sheet.set_row(number, 15 * _lines_in(row))
        for position, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, position, value, money)
            elif isinstance(value, Decimal) and Decimal(repr(float(value))) == value:
                sheet.write_number(number, position, float(value), figure if value % 1 else money)
            elif isinstance(value, Decimal):
                sheet.write_string(number, position, _csv_cell(value), words)
            elif value:
                sheet.write_string(
                    number, position, f"'{value}" if ALREADY_QUOTED.match(value) else value, words
                )
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(lines), len(headings()) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    book.close()
    return file.getvalue()


def _lines_in(row: list[Any]) -> int:
    """How many lines of words the tallest cell of a row takes; not every program finds that out by itself."""
    return max(
        sum(len(part) // ((WIDE_COLUMN if name in WIDE else COLUMN) - 2) + 1 for part in value.split("\n"))
        for name, value in zip([*ORDER, "name"], row, strict=False)
        if isinstance(value, str)
    )


# The book


@dataclass(frozen=True)
class Block:
    kind: str
    """paragraph, item, or heading"""
    text: str


_parser = MarkdownIt("commonmark", {"html": False})


def blocks(body: str) -> list[Block]:
    """The paragraphs, items and headings of a text, without its marks."""
    found: list[Block] = []
    kind, depth = "paragraph", 0
    for token in _parser.parse(body):
        if token.type == "heading_open":
            kind = "heading"
        elif token.type in ("list_item_open", "list_item_close"):
            depth += 1 if token.type == "list_item_open" else -1
            kind = "item" if depth else "paragraph"
        elif token.type in ("inline", "fence", "code_block"):
            text = (
                token.content
                if token.children is None
                else "".join(_plain(child) for child in token.children)
            )
            found.append(Block(kind, text.strip()))
            kind = "item" if depth else "paragraph"
    return [block for block in found if block.text]


def _plain(token: Any) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else str(token.content)


def _matrix(table: queries.Table) -> list[dict[str, Any]]:
    """The rows of T-C.33: each urusan, bidang, programme and activity with its sums, then the lines."""
    made: list[dict[str, Any]] = []
    above: dict[str, queries.Group] = {}
    for programme in table.programmes:
        for code in urusan.above(programme.code):
            group = above.setdefault(code, queries.Group("", code, urusan.NAMES[code]))
            group.ceiling += programme.ceiling
            group.forward_ceiling += programme.forward_ceiling

    def parent(group: queries.Group, level: str) -> None:
        now, later = formatting.figure(group.ceiling), formatting.figure(group.forward_ceiling)
        cells = ["", "", "", now, "", "", "", later]
        made.append({"level": level, "cells": [group.code, group.name or "Di luar nomenklatur", *cells]})

    for programme in table.programmes:
        for code in urusan.above(programme.code):
            if code in above:
                parent(above.pop(code), "urusan")
        parent(programme, "programme")
        for activity in programme.groups:
            parent(activity, "activity")
            made += [{"level": "line", "cells": _matrix_cells(line)} for line in activity.lines]
    return made


def _matrix_cells(line: Line) -> list[str]:
    def shown(name: str) -> str:
        value = _value(line, name)
        return formatting.figure(value) if isinstance(value, int | Decimal) else str(value)

    def target(name: str) -> str:
        text = shown(name)
        return f"{text} {line.measure_unit}".strip() if text and getattr(line, name) is not None else text

    return [
        line.code, line.name, line.indicator, line.location, target("target"), shown("ceiling"), line.funding_source,
        line.note, target("forward_target"), shown("forward_ceiling"),
    ]  # fmt: skip


def _state(snapshot: Snapshot | None) -> str:
    """Whether the plan is adopted, by which decree, and the hash by which its frozen text is known."""
    if snapshot is None:
        return "Belum ditetapkan"
    day = formatting.day(snapshot.decree_on)
    return f"Ditetapkan dengan Keputusan {snapshot.decree_number} tanggal {day}. SHA-256 {snapshot.sha256}"


def book(plan: Plan) -> dict[str, Any]:
    """What stands in the printed plan, as plain text; Indonesian, whoever prints it."""
    table = queries.table_of(queries.list_lines(plan.id))
    snapshot = db.session.scalar(select(Snapshot).where(Snapshot.plan_id == plan.id))
    return {
        "title": f"Rencana Kerja (Renja) Tahun {plan.year}",
        "edition": f"Perubahan ke-{plan.edition}" if plan.edition else "",
        "unit": plan.unit.name,
        "regency": current_app.config["REGENCY"],
        "state": _state(snapshot),
        "printed": f"Dicetak {formatting.moment(clock.now())}",
        "contents": "Daftar isi",
        "chapters": [
            {
                "number": section.number,
                "heading": section.heading,
                "level": section.number.count(".") + 1,
                "blocks": [[block.kind, block.text] for block in blocks(section.body)],
            }
            for section in queries.list_sections(plan.id)
        ],
        "matrix_title": "Tabel T-C.33 Rumusan rencana program dan kegiatan, dan prakiraan maju",
        "groups": [f"Rencana tahun {plan.year}", f"Prakiraan maju tahun {plan.year + 1}"],
        "columns": [
            "Kode", "Urusan, bidang urusan, program, kegiatan, dan sub kegiatan", "Indikator kinerja", "Lokasi", "Target", "Pagu (Rp)",
            "Sumber dana", "Catatan penting", "Target", "Pagu (Rp)",
        ],
        "rows": _matrix(table),
        "sums": ["Jumlah", formatting.figure(table.ceiling), formatting.figure(table.forward_ceiling)],
    }  # fmt: skip


def set_book(content: dict[str, Any], source: Path = BOOK) -> bytes:
    """The tagged PDF (PDF/UA-1) of what a Typst file makes of this content."""
    return typst.compile(
        source,
        font_paths=[FONTS] if FONTS.is_dir() else [],
        sys_inputs={"book": json.dumps(content, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
    )


def make(plan: Plan, form: str) -> bytes:
    """The plan in this form: pdf, docx, xlsx or csv."""
    if form in ("pdf", "docx"):
        return set_book(book(plan)) if form == "pdf" else set_docx(book(plan))
    lines = queries.list_lines(plan.id)
    return as_csv(lines) if form == "csv" else as_xlsx(lines)


def filename(plan: Plan, form: str) -> str:
    edition = f"-perubahan-{plan.edition}" if plan.edition else ""
    return f"renja-{plan.year}-{plan.unit.code or plan.unit_id}{edition}.{form}".replace("/", "-")
