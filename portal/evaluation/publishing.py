"""Lists of results as files: lowered targets as XLSX and CSV, and the open data of quarters that are final, as CSV."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from flask_babel import lazy_gettext as _l

from portal import clock, formatting
from portal.drafting.exporting import DANGEROUS
from portal.drafting.revisions import plain
from portal.evaluation.yearly import Final, Lowered

LOWERED = (
    "Perangkat Daerah", "Kode", "Sub kegiatan", "Indikator", "Satuan", "Target semula", "Target sekarang", "Perubahan ke",
    "Ditetapkan", "Alasan", "Capaian (%)", "Terhadap target semula (%)",
)  # fmt: skip
OPEN: dict[str, Any] = {
    "tahun": _l("Tahun Renja."),
    "triwulan": _l("1 sampai 4."),
    "kode_perangkat_daerah": _l("Kode perangkat daerah dalam struktur kabupaten."),
    "perangkat_daerah": _l("Nama perangkat daerah."),
    "kode": _l("Kode sub kegiatan menurut nomenklatur."),
    "sub_kegiatan": _l("Nama sub kegiatan."),
    "indikator": _l("Apa yang diukur."),
    "satuan": _l("Satuan target dan realisasi."),
    "arah": _l("higher: makin tinggi makin baik; lower: makin rendah makin baik."),
    "cara_menjumlah": _l("sum: angka triwulan dijumlahkan; last: posisi terakhir; average: rata-rata."),
    "target": _l("Target setahun menurut Renja yang berlaku pada akhir triwulan."),
    "pagu": _l("Pagu setahun, rupiah bulat."),
    "keadaan": _l("measured: sudah diukur; not_started: belum dimulai; not_measured: belum diukur."),
    "realisasi": _l("Angka triwulan itu, kosong bila tidak diukur."),
    "rupiah": _l("Belanja triwulan itu, rupiah bulat."),
    "capaian": _l("Persen dari target setahun sampai triwulan itu, kosong bila tidak dapat dihitung."),
    "perubahan": _l("0: Renja yang pertama; 1 dan seterusnya: perubahannya."),
    "sha256_penyampaian": _l("Sidik dokumen yang disampaikan pimpinan."),
}
"""The columns of the open data, with what each means."""


def _plain(value: Any) -> str:
    """A cell of a CSV for spreadsheets set to Indonesian; none can run as a formula."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(plain(value)).replace(".", ",")
    text = str(value)
    return f"'{text}" if DANGEROUS.match(text) else text


def _csv(heads: Iterable[str], rows: Iterable[Sequence[Any]], more: Iterable[Sequence[Any]] = ()) -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_plain(value) for value in row] for row in rows)
    writer.writerows([_plain(value) for value in row] for row in more)
    return text.getvalue().encode("utf-8-sig")


def lowered_rows(lowered: Iterable[Lowered]) -> list[list[Any]]:
    return [
        [
            one.unit.name, one.row.line.code, one.row.line.name, one.row.line.indicator, one.row.line.measure_unit,
            one.first, one.row.line.target, one.edition, formatting.day(one.day), one.reason, one.row.year.percent,
            one.row.against_first.percent if one.row.against_first else None,
        ]
        for one in lowered
    ]  # fmt: skip


def about(rows: Sequence[Sequence[Any]], year: int) -> list[tuple[str, str]]:
    """What stands on the last sheet: when and from what the list was made, and the hash of its rows as a CSV."""
    return [
        ("Dibuat", formatting.moment(clock.now())),
        ("Saringan", f"Tahun {year}, semua perangkat daerah"),
        ("Baris", str(len(rows))),
        ("SHA-256", hashlib.sha256(_csv(LOWERED, rows)).hexdigest()),
    ]


def lowered_csv(lowered: Iterable[Lowered], year: int) -> bytes:
    rows = lowered_rows(lowered)
    return _csv(LOWERED, rows, [(), *about(rows, year)])


def lowered_xlsx(lowered: Iterable[Lowered], year: int) -> bytes:
    """Two sheets: the list, and what it was made from. Codes are text, figures numbers; nothing is a formula."""
    rows = lowered_rows(lowered)
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    head = book.add_format(
        {"bold": True, "text_wrap": True, "bg_color": "#E6EEF0", "border": 1, "valign": "top"}
    )
    words = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    figure = book.add_format({"num_format": "#,##0.####", "valign": "top"})
    sheet = book.add_worksheet("Target diturunkan")
    for place, heading in enumerate(LOWERED):
        sheet.set_column(place, place, 40 if place in (0, 2, 3, 9) else 16)
        sheet.write_string(0, place, heading, head)
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, int | Decimal):
                sheet.write_number(number, place, float(value), figure)
            else:
                sheet.write_string(number, place, value or "", words)
    sheet.freeze_panes(1, 3)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    source = book.add_worksheet("Keterangan")
    source.set_column(0, 0, 14)
    source.set_column(1, 1, 72)
    for number, (label, value) in enumerate(about(rows, year)):
        source.write_string(number, 0, label, head)
        source.write_string(number, 1, value, words)
    book.close()
    return file.getvalue()


def _open_rows(year: int, final: Iterable[Final]) -> Iterator[list[Any]]:
    for one in final:
        line, given = one.line, one.given
        yield [
            year, one.quarter, one.unit.code, one.unit.name, given["code"], line.name if line else None,
            line.indicator if line else None, line.measure_unit if line else None, line.direction if line else None,
            line.accumulation if line else None, _decimal(given["target"]), given["ceiling"], given["status"],
            _decimal(given["value"]), given["rupiah"], _decimal(given["achievement"]), one.edition, one.sha256,
        ]  # fmt: skip


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def open_csv(year: int, final: Iterable[Final]) -> bytes:
    return _csv(OPEN, _open_rows(year, final))
