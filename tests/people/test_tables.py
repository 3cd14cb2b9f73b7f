"""Files of every kind and oddity, and the bombs among them."""

from __future__ import annotations

import resource
from datetime import date, datetime

import pytest

from portal.tables import Table, Unreadable, read_table
from tests.people.files import archive, csv_file, sheet_bomb, xlsx_file

pytestmark = pytest.mark.rules


def spent() -> float:
    """Seconds of work by this process and its children so far: how busy the machine is does not count."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


ROWS = (("NIP", "Nama"), ("199001012015011101", "Contoh, Satu"), ("", ""), ("2", "Dua"))
NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [False, True])
def test_csv_of_every_kind_reads_the_same(delimiter, bom):
    table = read_table(csv_file(*ROWS, delimiter=delimiter, bom=bom), "a.csv")
    assert table.headings == ["NIP", "Nama"]
    assert [row.cells for row in table.rows] == [("199001012015011101", "Contoh, Satu"), ("2", "Dua")]
    assert [row.line for row in table.rows] == [2, 4]


def test_first_line_may_name_the_delimiter():
    table = read_table(b"sep=;\nNIP;Nama\n1;a, b\n", "a.csv")
    assert (table.headings, table.rows[0].cells, table.rows[0].line) == (["NIP", "Nama"], ("1", "a, b"), 3)


def test_xlsx_keeps_numbers_and_dates():
    table = read_table(
        xlsx_file(("a", "b", "c"), (1.5, date(2026, 1, 2), "t"), (7, datetime(2026, 1, 2, 8), None)), "a.xlsx"
    )
    assert [row.cells for row in table.rows] == [
        (1.5, date(2026, 1, 2), "t"),
        (7, datetime(2026, 1, 2, 8)),
    ]
    assert Table.unpack(table.pack()) == table


def test_a_title_may_stand_above_the_headings():
    file = xlsx_file(("Daftar pegawai contoh",), (), ("No", "NIP BARU", "NAMA"), (1, "x", "y"))
    table = read_table(file, "a.xlsx", known=("nip baru", "nama"))
    assert table.headings == ["No", "NIP BARU", "NAMA"]
    assert table.column("nip", "nip baru") == 1
    assert table.ignored([1, 2]) == ["No"]


BROKEN = {
    "empty": b"",
    "nothing but lines": b"\n\n\n",
    "too large": b"a" * (5 * 1024 * 1024 + 1),
    "utf-16": "NIP;Nama\n".encode("utf-16"),
    "latin-1": "Nama\nJos\xe9\n".encode("latin-1"),
    "NUL": b"a,b\n\0,c\n",
    "open quote": b'NIP,Nama\n1,"a\n' + b"2,b\n" * 9,
    "old xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100,
    "half a zip": xlsx_file(("a", "b"))[:2000],
    "zip, not xlsx": archive(readme_xml=b"hello"),
    "xlsx in name only": b"hello",
    "million columns": b"," * 1_000_000 + b"\n",
    "sixty columns": b"a;" * 60 + b"b\n",
    "too many rows": b"a,b\n" * 20_100,
    "ratio": archive(**{"[Content_Types]_xml": b"<a/>", "xl__worksheets__sheet1_xml": b" " * 20_000_000}),
    "sum": archive(**{"[Content_Types]_xml": b"<a/>", "xl__media__a": bytes(range(256)) * 220_000}),
    "many entries": archive(**{f"e{n}_xml": b"a" for n in range(400)}),
    "laughs": sheet_bomb(
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><worksheet '
        + NS
        + b'><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&d;</t></is></c></row></sheetData></worksheet>'
    ),
    "rows unfolded": sheet_bomb(
        b"<worksheet "
        + NS
        + b"><sheetData>"
        + b"".join(
            b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919 % 10007)
            for n in range(1, 400_000)
        )
        + b"</sheetData></worksheet>"
    ),
    "a column far away": sheet_bomb(
        b"<worksheet " + NS + b'><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
    ),
    "broken xml": sheet_bomb(b"<worksheet><sheetData><row"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", BROKEN)
def test_bombs_and_broken_files_are_refused_within_a_second(kind):
    name = "a.xlsx" if BROKEN[kind][:2] == b"PK" or "xlsx" in kind else "a.csv"
    before, grown = spent(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable) as refusal:
        read_table(BROKEN[kind], name)
    assert spent() - before < 1
    assert str(refusal.value).endswith(".")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown < 50 * 1024


@pytest.mark.slow
def test_a_roster_of_the_largest_size_is_read():
    rows = [
        ("NIP", "Nama", "Unit kerja"),
        *((f"1990010120150{n:05d}", f"Nama {n}", "Unit") for n in range(19_000)),
    ]
    before = spent()
    assert len(read_table(xlsx_file(*rows), "a.xlsx").rows) == 19_000
    assert spent() - before < 8
