"""Small files as people hand them in; every name is invented."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import openpyxl

HEAD = ("NIP", "Nama", "Gelar", "Status", "Golongan", "Jabatan", "Unit kerja", "Email")


def csv_file(*rows: tuple[Any, ...], delimiter: str = ",", bom: bool = False) -> bytes:
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + "\r\n"
    return text.encode("utf-8-sig" if bom else "utf-8")


def xlsx_file(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    """An archive that calls itself XLSX."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


def sheet_bomb(xml: bytes) -> bytes:
    """A workbook whose one sheet is this XML."""
    source = BytesIO(xlsx_file(("a", "b")))
    file = BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = xml if entry.filename == "xl/worksheets/sheet1.xml" else old.read(entry.filename)
            new.writestr(entry.filename, content)
    return file.getvalue()


def nip(serial: int, sex: int = 1, born: str = "19900101", since: str = "201501") -> str:
    return f"{born}{since}{sex}{serial:03d}"
