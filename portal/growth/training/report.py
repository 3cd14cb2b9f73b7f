"""The training report of a year as XLSX and CSV: counts of trainings, never a person's name."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from io import BytesIO, StringIO

import xlsxwriter

from portal import clock, formatting
from portal.drafting.exporting import DANGEROUS
from portal.growth.training import hours, queries, rules
from portal.people import shares

HEADINGS = (
    "No", "Judul", "Topik", "Bentuk", "Mulai", "Selesai", "JP", "Tempat tersedia", "Pendaftar", "Peserta", "Selesai pelatihan",
    "Unit asal (jumlah)", "Sub kegiatan pembiayaan", "Nilai L1", "Dipakai setelah 90 hari (%)", "Keterangan",
)  # fmt: skip
WORDS = {"nearly_all": "hampir semua", "some": "sebagian", "few": "sebagian kecil"}
Cell = str | int | float | None


@dataclass(frozen=True)
class Report:
    year: int
    rows: list[list[Cell]]
    made_on: str

    @property
    def sha256(self) -> str:
        """Of the table as it stands in the CSV."""
        return hashlib.sha256(_table(self).encode()).hexdigest()


def _share(cell: shares.Cell | None) -> Cell:
    if cell is None:
        return None
    return WORDS[cell.word] if cell.word else float(cell.percent or 0)


def make(year: int) -> Report:
    """Scores stand from five answers on, a share where both sides have five, else a word."""
    reported = queries.list_reported(year)
    forms = {one.training.id: one.training.form for one in reported}
    earned = queries.hours_of_training(list(forms), forms)
    found: list[list[Cell]] = []
    for number, one in enumerate(reported, 1):
        training = one.training
        answers, mean = one.scores
        found.append(
            [
                number, training.title, training.topic, hours.rules()[training.form].form,
                training.starts_on.isoformat(), training.ends_on.isoformat(), earned.get(training.id, 0), training.seats,
                one.applied, one.seated, one.completed, one.units,
                f"{training.line.code} {training.line.name}" if training.line else "",
                round(mean, 2) if mean is not None and answers >= rules.SMALLEST else None,
                _share(one.used),
                "Dibatalkan" if training.cancellation else "",
            ]
        )  # fmt: skip
    return Report(year, found, formatting.moment(clock.now()))


def _cell(value: Cell) -> str:
    """A comma in a number; an apostrophe before what a spreadsheet would compute."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    text = str(value)
    return f"'{text}" if isinstance(value, str) and DANGEROUS.match(text) else text


def _table(report: Report) -> str:
    file = StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([_cell(value) for value in row] for row in report.rows)
    return file.getvalue()


def as_csv(report: Report) -> bytes:
    return ("\ufeff" + _table(report)).encode()


def as_xlsx(report: Report) -> bytes:
    """The table, and a sheet that says when and of what it was made."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Pelatihan")
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading, strong)
    for number, row in enumerate(report.rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write_number(number, column, value)
    sheet.freeze_panes(1, 2)
    sheet.set_column(1, 3, 30)
    about = book.add_worksheet("Keterangan")
    for number, (name, told) in enumerate(
        (
            ("Dibuat", report.made_on.replace("\u00a0", " ")),
            ("Saringan", f"Pelatihan yang mulai pada tahun {report.year}"),
            ("SHA-256", report.sha256),
            (
                "Kosong",
                "Nilai ditampilkan mulai lima jawaban, bagian mulai lima pada kedua sisi; selain itu dengan kata.",
            ),
        )
    ):
        about.write_string(number, 0, name, strong)
        about.write_string(number, 1, told)
    about.set_column(1, 1, 70)
    book.close()
    return file.getvalue()
