"""Small plans as agencies keep them, with the oddities of the real ones; figures and names are invented."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl

from tests.people.files import csv_file, xlsx_file

CSV_HEAD = (
    "kode_sub_kegiatan", "nama_sub_kegiatan_nomenklatur_2027", "pagu_rkpd", "pagu_apbd", "target", "sumber_dana",
    "pagu_n1", "lokasi", "penanggung_jawab",
)  # fmt: skip
XLSX_HEAD = (
    "KODE SUB KEGIATAN", "PROGRAM DAN KEGIATAN", "TOLAK UKUR CAPAIAN KEG.", "TARGET KINERJA CAPAIAN KEG.",
    "TOLAK UKUR KELUARAN", "TARGET KINERJA KELUARAN", "TOLAK UKUR HASIL", "TARGET KINERJA HASIL", "SUMBER DANA",
    "LOKASI", "KELUARAN SUB KEG.", "AWAL PELAKSANAAN", "AKHIR PELAKSANAAN", "JUMLAH PAGU", "KETERANGAN",
)  # fmt: skip


def csv_row(
    code: str, name: str = "Nama Contoh", ceiling: str = "1000000", target: str = "14 Dokumen"
) -> tuple[str, ...]:
    return (
        code,
        name,
        ceiling,
        "2000000",
        target,
        "Dana Contoh",
        "3000000",
        "Kab. Contoh, Semua Kec.",
        "Badan",
    )


CSV_ROWS = (
    csv_row("5.03.01.2.01.0001", "Penyusunan Dokumen Perencanaan Perangkat Daerah"),
    csv_row("5.05.01.2.06.0009", "Rapat Koordinasi dan Konsultasi", "0", "102 Laporan"),
    csv_row("5.03.02.2.02.0003", "Pengelolaan Promosi ASN", "310000000", "2 Dokumen"),
)
PERCENTAGE = "Persentase penunjang urusan berjalan"


def xlsx_row(
    code: Any,
    name: str | None,
    achievement: tuple[Any, Any] = (None, None),
    output: tuple[Any, Any] = (None, None),
    ceiling: Any = 1_000_000,
) -> tuple[Any, ...]:
    day = datetime(2026, 1, 1)
    return (code, name, *achievement, *output, "Terpenuhinya contoh", "12 Bulan", "1.2.1.01.02",
            "Kab. Contoh,", output[0], day, day, ceiling, None)  # fmt: skip


XLSX_ROWS = (
    xlsx_row("5.03.01.2.01.0001", "Penyusunan  Dokumen  Perencanaan Perangkat Daerah", (PERCENTAGE, 0.96), ceiling=3_752_200),
    xlsx_row(
        "5.03.02.2.02.0003", "Pengelolaan Promosi ASN", (PERCENTAGE, 0.96),
        ("Jumlah Laporan Promosi", "1 Laporan"), 235_841_000,
    ),
    xlsx_row("5.03.02.2.03.0001", "Peningkatan Kapasitas Kinerja ASN", ceiling=0),
    xlsx_row("5.03.02.2.04.0004", "Pemberian  Penghargaan Pegawai", ceiling=40_000_000),
    xlsx_row("5.03.02.2.09.0001", "Kode Lama Contoh", ("Terfasilitasinya contoh", "200 Org"), ceiling=60_000_000),
)  # fmt: skip


MATRIX_HEAD = (
    ("Kode", "Urusan/Bidang Urusan/Program/Kegiatan/Sub Kegiatan", "Indikator Kinerja Program/Kegiatan",
     "Rencana Tahun 2027 (Tahun Rencana)", None, None, None, "Catatan Penting",
     "Prakiraan Maju Rencana Tahun 2028", None),
    (None, None, None, "Lokasi", "Target Capaian Kinerja", "Kebutuhan Dana/Pagu Indikatif", "Sumber Dana", None,
     "Target Capaian Kinerja", "Kebutuhan Dana/Pagu Indikatif"),
    tuple(f"({number})" for number in range(1, 11)),
)  # fmt: skip
"""The heading of form T-C.33, over two rows, and the row that counts its columns."""
MATRIX_ROWS = (
    ("5.03", "Kepegawaian", None, None, None, 345_000_000, None, None, None, None),
    ("5.03.02.2.02.0003", "Pengelolaan Promosi ASN", "Jumlah dokumen promosi", "Kab. Contoh", "2 Dokumen",
     310_000_000, "Dana Contoh", "Lanjutan", "3 Dokumen", 320_000_000),
    ("5.03.02.2.03.0001", "Peningkatan Kapasitas Kinerja ASN", "Jumlah laporan", "Kab. Contoh", "1 Laporan",
     35_000_000, "Dana Contoh", None, "4 Laporan", 36_000_000),
)  # fmt: skip


def matrix_plan(*, merged: bool = True) -> bytes:
    """Form T-C.33 as a workbook with merged headings, under its title."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("Tabel T-C.33. Rencana Tahun 2027",), (), *MATRIX_HEAD, *MATRIX_ROWS):
        sheet.append(list(row))
    for place in ("A3:A4", "B3:B4", "C3:C4", "D3:G3", "H3:H4", "I3:J3") if merged else ():
        sheet.merge_cells(place)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def csv_plan(*rows: tuple[Any, ...], **options: Any) -> bytes:
    return csv_file(CSV_HEAD, *(rows or CSV_ROWS), **options)


def xlsx_plan(*rows: tuple[Any, ...]) -> bytes:
    return xlsx_file(XLSX_HEAD, *(rows or XLSX_ROWS))
