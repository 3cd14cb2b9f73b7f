"""Tables that people hand in: CSV and XLSX alike, as headings and rows of text, numbers and dates.

    table = read_table(content, filename, known=("nip", "nama", "unit kerja"))
    table.headings            # ["NIP", "Nama", ...] as they stand in the file
    table.column("nip", "nip asn")   # position of the first heading of these names, or None
    for row in table.rows:    # row.line: the line in the file, for messages
        row[3]                # str | int | float | date | datetime | None

Raises `Unreadable` with a sentence for the person who handed it in. A CSV has text only (`,` or `;`, UTF-8 with or
without BOM); a number or a date can only come from XLSX, which is read in a child process with bounded memory
(512 MB) and time (10 s). Limits of threat 17: 5 MiB a file, 50 MiB unpacked, ratio 100, 20,000 rows, 50 columns.
"""

from __future__ import annotations

import csv
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from portal.formatting import count
from portal.xlsx_child import LONGEST_CELL, fold

Join = Callable[[str, str], str]
"""A heading over two rows as one: from the name of a group of columns and the name of a column in it."""
Cell = str | int | float | date | datetime | None

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 50 * 1024 * 1024
LARGEST_RATIO = 100
MOST_ENTRIES = 300
MOST_ROWS = 20_000
MOST_COLUMNS = 50
CHILD = Path(__file__).with_name("xlsx_child.py")


class Unreadable(Exception):
    """The file cannot be read; the message is a sentence for whoever handed it in."""


@dataclass(frozen=True)
class Row:
    """One row and the line on which it stands in the file."""

    line: int
    cells: tuple[Cell, ...]

    def __getitem__(self, position: int) -> Cell:
        return self.cells[position] if position < len(self.cells) else None

    def text(self, position: int | None) -> str:
        """The cell as text with single spaces; empty where there is none. A whole number has no decimals."""
        value = None if position is None else self[position]
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return " ".join(str(value).split())


@dataclass(frozen=True)
class Table:
    """A table as handed in; empty rows are left out."""

    headings: list[str]
    rows: list[Row]
    _places: dict[str, int] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for position, heading in enumerate(self.headings):
            if fold(heading):
                self._places.setdefault(fold(heading), position)

    def column(self, *names: str) -> int | None:
        """The position of the first of these headings that stands in the table; case and signs do not matter."""
        return next((self._places[fold(name)] for name in names if fold(name) in self._places), None)

    def ignored(self, used: Collection[int | None]) -> list[str]:
        """The headings whose columns are not among the used ones."""
        return [
            heading for position, heading in enumerate(self.headings) if heading and position not in set(used)
        ]

    def pack(self) -> bytes:
        """The table as JSON, to be kept until its preview is applied."""
        rows = [[row.line, [_packed(cell) for cell in row.cells]] for row in self.rows]
        return json.dumps({"headings": self.headings, "rows": rows}, ensure_ascii=False).encode()

    @classmethod
    def unpack(cls, content: bytes) -> Table:
        stored = json.loads(content)
        return cls(stored["headings"], _rows(stored["rows"]))


def _packed(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return {"t": cell.isoformat()}
    return {"d": cell.isoformat()} if isinstance(cell, date) else cell


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        return date.fromisoformat(value["d"]) if "d" in value else datetime.fromisoformat(value["t"])
    return value  # type: ignore[no-any-return]


def _rows(stored: list[list[Any]]) -> list[Row]:
    return [Row(line, tuple(_cell(value) for value in cells)) for line, cells in stored]


def read_table(
    content: bytes,
    filename: str,
    *,
    known: Collection[str] = (),
    rows: int = MOST_ROWS,
    columns: int = MOST_COLUMNS,
    largest: int = LARGEST_FILE,
    join: Join | None = None,
) -> Table:
    """Read a CSV or XLSX file; raises Unreadable. The headings are the first row of the first twenty in which at
    least two of the `known` names stand, else the first row that is not empty; with `join` they may be spread over
    two rows."""
    found = read_rows(content, filename, known=known, rows=rows, columns=columns, largest=largest)
    return Table(*_divided(found, {fold(name) for name in known}, join))


def pack_rows(rows: Sequence[Row]) -> bytes:
    """Rows as JSON, to be kept until their preview is applied."""
    return Table([], list(rows)).pack()


def unpack_rows(content: bytes) -> list[Row]:
    return Table.unpack(content).rows


def read_rows(
    content: bytes,
    filename: str,
    *,
    known: Collection[str] = (),
    rows: int = MOST_ROWS,
    columns: int = MOST_COLUMNS,
    largest: int = LARGEST_FILE,
) -> list[Row]:
    """All rows of a CSV or XLSX file that hold something, titles and headings too; raises Unreadable."""
    if not content:
        raise Unreadable(_("Berkas ini kosong."))
    if len(content) > largest:
        raise Unreadable(_("Berkas ini terlalu besar; paling besar %(n)d MB.", n=largest >> 20))
    wanted = {fold(name) for name in known}
    if content[:4] == b"PK\x03\x04":
        found = _read_xlsx(content, wanted, rows, columns)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable(
            _("Berkas ini XLS lama atau dilindungi kata sandi; silakan simpan sebagai XLSX tanpa kata sandi.")
        )
    elif filename.lower().endswith((".xlsx", ".xlsm")):
        raise Unreadable(_("Berkas ini bukan XLSX yang utuh; silakan simpan ulang, lalu unggah kembali."))
    else:
        found = list(_read_csv(content, rows, columns))
    if not found:
        raise Unreadable(_("Berkas ini tidak berisi baris."))
    return found


def _divided(found: list[Row], wanted: set[str], join: Join | None) -> tuple[list[str], list[Row]]:
    """The headings, and the rows below them."""
    for number, row in enumerate(found[:20]):
        known = len({fold(cell) for cell in row.cells if isinstance(cell, str)} & wanted)
        below = found[number + 1] if number + 1 < len(found) else None
        if join and below and (joined := _joined(row, below, wanted, join, known)):
            return joined, found[number + 2 :]
        if known >= 2:
            return _texts(row), found[number + 1 :]
    return _texts(found[0]), found[1:]


def _texts(row: Row) -> list[str]:
    return [row.text(position) for position in range(len(row.cells))]


def _joined(upper: Row, lower: Row, wanted: set[str], join: Join, alone: int) -> list[str] | None:
    """The headings over two rows, where these know more names than the `alone` of the upper one. A merged cell
    stands in its first column only, and reaches over those to its right that have a name below it."""
    groups, names = _texts(upper), _texts(lower)
    if len([group for group in groups if group]) < 2:
        return None  # a title
    headings: list[str] = []
    second, group = 0, ""
    for position in range(max(len(groups), len(names))):
        above, name = _at(groups, position), _at(names, position)
        group = above or (group if name else "")
        headings.append(join(group, name))
        second += bool(name) and fold(headings[-1]) in wanted
    together = len({fold(heading) for heading in headings} & wanted)
    return headings if second >= 2 and together > alone else None


def _at(texts: Sequence[str], position: int) -> str:
    return texts[position] if position < len(texts) else ""


def _too_many(rows: int) -> Unreadable:
    return Unreadable(_("Baris berkas ini terlalu banyak; paling banyak %(rows)s baris.", rows=count(rows)))


def _too_wide(columns: int) -> Unreadable:
    return Unreadable(_("Kolom berkas ini terlalu banyak; paling banyak %(columns)d kolom.", columns=columns))


def _read_csv(content: bytes, rows: int, columns: int) -> Iterator[Row]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(_("Berkas ini bukan UTF-8; silakan simpan sebagai “CSV UTF-8”."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(
            _("Berkas ini bukan CSV UTF-8 atau XLSX; silakan simpan ulang, lalu unggah kembali.")
        ) from None
    if "\0" in text:
        raise Unreadable(_("Berkas ini bukan CSV atau XLSX."))
    first, _end, rest = text.partition("\n")
    if first.lower().startswith("sep="):
        delimiter, text, skipped = (first.strip()[4:5] or ";"), rest, 1
    else:
        delimiter, skipped = _delimiter(text), 0
    lines = StringIO(text, newline="")

    def narrow() -> Iterator[str]:
        for line in lines:
            if line.count(delimiter) > columns * 40:
                raise _too_wide(columns)
            yield line

    reader = csv.reader(narrow(), delimiter=delimiter, strict=True)
    count = 0
    try:
        for cells in reader:
            values: list[Cell] = [cell if cell.strip() else None for cell in cells]
            while values and values[-1] is None:
                values.pop()
            if not values:
                continue
            count += 1
            if count > rows + 1:
                raise _too_many(rows)
            if len(values) > columns:
                raise _too_wide(columns)
            if any(isinstance(value, str) and len(value) > LONGEST_CELL for value in values):
                raise Unreadable(_("Ada sel yang terlalu panjang di baris %(line)d.", line=reader.line_num))
            yield Row(reader.line_num + skipped, tuple(values))
    except csv.Error:
        raise Unreadable(
            _(
                "Tanda kutip atau pemisah di sekitar baris %(line)d tidak lengkap; "
                "silakan simpan ulang, lalu unggah kembali.",
                line=reader.line_num + skipped,
            )
        ) from None


def _delimiter(text: str) -> str:
    """The one that stands most often in the first line; in the first twenty where that is a title."""
    lines = text[:20_000].split("\n", 20)[:20]
    if ";" in lines[0] or "\t" in lines[0]:
        lines = lines[:1]
    return max((";", ",", "\t"), key=lambda one: max(line.count(one) for line in lines))


def _check_archive(content: bytes) -> None:
    """Refuse by what the archive itself declares, before anything is unpacked."""
    bomb = _(
        "Berkas ini menjadi terlalu besar bila dibuka; silakan simpan ulang dengan lembar yang diperlukan saja."
    )
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    # zipfile raises NotImplementedError for an archive of a version that it cannot read
    except (zipfile.BadZipFile, struct.error, ValueError, OverflowError, NotImplementedError):
        raise Unreadable(_("Berkas XLSX ini rusak; silakan simpan ulang, lalu unggah kembali.")) from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED:
        raise Unreadable(bomb)
    if any(
        entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1)
        for entry in entries
        if entry.file_size > 1 << 20
    ):
        raise Unreadable(bomb)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(_("Berkas ini dilindungi kata sandi; silakan simpan tanpa kata sandi."))
    if not any(entry.filename.lower() == "[content_types].xml" for entry in entries):
        raise Unreadable(_("Berkas ini bukan XLSX."))


def _read_xlsx(content: bytes, known: set[str], rows: int, columns: int) -> list[Row]:
    _check_archive(content)
    settings = {"limits": {"rows": rows, "columns": columns}, "known": sorted(known)}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", str(CHILD), json.dumps(settings)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            env={},
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"error": "memory"}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {"error": "memory"}
    match str(answer.get("error", "")):
        case "":
            return _rows(answer["rows"])
        case "rows":
            raise _too_many(rows)
        case "columns":
            raise _too_wide(columns)
        case "cell":
            raise Unreadable(_("Ada sel yang terlalu panjang di berkas ini."))
        case "memory":
            raise Unreadable(_("Berkas ini terlalu rumit untuk dibaca; silakan simpan sebagai CSV UTF-8."))
    raise Unreadable(_("Berkas XLSX ini rusak; silakan simpan ulang, lalu unggah kembali."))
