"""Reads one sheet of an XLSX file in a process of its own, with bounded memory and time.

Started by `portal.tables` as a plain script, so that it imports nothing of the portal. The file comes on standard
input, the limits as JSON in the first argument; the answer is one JSON object on standard output.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

LONGEST_CELL = 32_767
LARGEST_ANSWER = 24 * 1024 * 1024
TAGS = (b"<row", b"<c", b"<si")


class Refused(Exception):
    """The file goes beyond a limit; the word says which."""


def fold(text: str) -> str:
    """A heading as it is compared: lower case, one space, without signs at its ends."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())


def count_tags(file: bytes, limits: dict[str, int]) -> None:
    """Refuse by a quick count of rows, cells and texts, before anything is parsed."""
    most = {
        b"<row": limits["rows"] + 20,
        b"<c": limits["rows"] * 20 + 10_000,
        b"<si": limits["rows"] * 15 + 10_000,
    }
    with zipfile.ZipFile(BytesIO(file)) as archive:
        for entry in archive.infolist():
            name = entry.filename.lower()
            if not name.startswith("xl/worksheets/") and not name.endswith("sharedstrings.xml"):
                continue
            found = dict.fromkeys(TAGS, 0)
            tail = b""
            with archive.open(entry) as stream:
                while block := stream.read(1 << 20):
                    block = tail + block
                    tail = block[-8:]
                    for tag in TAGS:
                        for end in (b" ", b">"):
                            found[tag] += block.count(tag + end) - tail.count(tag + end)
            if any(found[tag] > most[tag] for tag in TAGS):
                raise Refused("rows")


def plain(value: Any) -> Any:
    """A cell as JSON: text, number, or {"d": a date}."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        whole = value.time() == time.min
        return {"d": value.date().isoformat()} if whole else {"t": value.isoformat(timespec="seconds")}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, int):
        return value if abs(value) < 10**30 else str(value)
    if isinstance(value, float):
        return value if value == value and abs(value) < 1e30 else str(value)
    text = str(value)
    if len(text) > LONGEST_CELL:
        raise Refused("cell")
    return text if text.strip() else None


def rows_of(sheet: Any, limits: dict[str, int]) -> list[list[Any]]:
    """The rows that hold something: [number, [cells]]."""
    found: list[list[Any]] = []
    size = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > limits["rows"] * 4:
            raise Refused("rows")
        cells = [plain(value) for value in row[: limits["columns"] + 1]]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if len(cells) > limits["columns"] or any(
            value not in (None, "") for value in row[limits["columns"] + 1 :]
        ):
            raise Refused("columns")
        size += sum(len(value) if isinstance(value, str) else 10 for value in cells) + 10
        if len(found) > limits["rows"] or size > LARGEST_ANSWER:
            raise Refused("rows")
        found.append([number, cells])
    return found


def read(file: bytes, limits: dict[str, int], known: set[str]) -> list[list[Any]]:
    """The rows of the first sheet with known headings, else of the first that holds anything."""
    count_tags(file, limits)
    from openpyxl import DEFUSEDXML, load_workbook

    if not DEFUSEDXML:
        raise Refused("guard")
    book = load_workbook(BytesIO(file), read_only=True, data_only=True, keep_links=False)
    first: list[list[Any]] = []
    for sheet in book.worksheets[:20]:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        rows = rows_of(sheet, limits)
        heads = [{fold(cell) for cell in row[1] if isinstance(cell, str)} for row in rows[:20]]
        if rows and (not known or any(len(head & known) >= 2 for head in heads)):
            return rows
        first = first or rows
    return first


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (512 * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    settings = json.loads(sys.argv[1])
    try:
        answer: dict[str, Any] = {
            "rows": read(sys.stdin.buffer.read(), settings["limits"], set(settings["known"]))
        }
    except Refused as refused:
        answer = {"error": str(refused)}
    except MemoryError:
        answer = {"error": "memory"}
    except Exception as error:  # whatever a broken file makes the parser raise
        answer = {"error": "broken", "kind": type(error).__name__}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
