"""Small workbooks with the oddities of the official ones; every entry is invented or a typed-over code."""

from __future__ import annotations

from tests.people.files import xlsx_file

HEAD = (
    "JENIS PEMDA", "BIDANG", "PROGRAM", "KEGIATAN", "SUBKEGIATAN", "KINERJA", "INDIKATOR", "SATUAN", "TAG",
    "DEFINISI OPERASIONAL", "PELAKSANA", "SPM", "JENIS", "SUBKEGIATAN SEBELUMNYA",
)  # fmt: skip


def entry(
    code: str,
    name: str,
    indicator: str = "Jumlah Dokumen Contoh",
    unit: str = "Dokumen",
    level: str = "KABKOT",
    predecessor: str | None = None,
) -> tuple[object, ...]:
    groups = code.split(".")
    programme, activity = ".".join(groups[:3]), ".".join(groups[:5])
    return (
        level, "5.03 BIDANG CONTOH", f"{programme} PROGRAM CONTOH {programme}", f"{activity} Kegiatan Contoh",
        f"{code} {name}", "Kinerja", indicator, unit, "[null]", None, "bidang", "NON-SPM", "Layanan", predecessor,
    )  # fmt: skip


ENTRIES = (
    entry("5.03.02.2.02.0003", "Pengelolaan  Promosi\nASN", "Jumlah Dokumen Hasil Promosi ASN", "Dokumen "),
    entry("5.03.02.2.02.0003", "Nama lain di provinsi", level="PROV"),
    entry("5.03.02.2.03.0001", "Peningkatan Kapasitas Kinerja ASN", "Jumlah ASN yang Meningkat", "Orang"),
    entry("X.XX.01.2.01.0001", "Penyusunan Dokumen Perencanaan Perangkat Daerah"),
    entry("X.XX.01.2.06.0009", "Penyelenggaraan Rapat Koordinasi", "Jumlah Laporan Rapat", "Laporan"),
    entry(
        "5.03.02.2.04.0099", "Pengelolaan Penghargaan", predecessor="5.03.02.2.04.0004 Pemberian Penghargaan"
    ),
    entry("2.16.02.2.01.0025", "Pelayanan Informasi Publik", "Persentase permohonan yang diselesaikan", "%"),
)


def workbook(*entries: tuple[object, ...]) -> bytes:
    return xlsx_file(HEAD, *(entries or ENTRIES))
