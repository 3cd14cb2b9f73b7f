"""Spending as the planning system exports it: one row a document and account, read in by month.

A row is paid when it has the day of its payment order (SP2D); the others are “belum cair” and not counted as spent.
The amount of the whole document, which is repeated on each of its rows, is never read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from portal import audit, clock
from portal.db import db
from portal.evaluation.models import Spending, SpendingImport
from portal.people.models import Unit
from portal.plans import nomenclature
from portal.tables import Row, Table, Unreadable

CODE, ACCOUNT = ("kode_sub_giat", "kode sub kegiatan"), ("kode_rekening", "kode rekening")
DOCUMENT, PAID = ("tanggal_dokumen", "tanggal dokumen"), ("tanggal_sp2d", "tanggal sp2d")
RUPIAH, RETURNED = ("nilai_realisasi", "nilai realisasi"), ("nilai_setoran", "nilai setoran")
KNOWN = {name for names in (CODE, ACCOUNT, DOCUMENT, PAID, RUPIAH, RETURNED) for name in names}
PERIOD = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
NOTHING = {"", "null", "-"}
BATCH = 2_000


@dataclass(frozen=True)
class Entry:
    """One row of the file."""

    code: str
    account: str
    document_on: date | None
    paid_on: date | None
    rupiah: int
    returned: int


@dataclass
class Reading:
    """A file as it was understood."""

    entries: list[Entry] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    """Line of the file and what is wrong with it."""

    @property
    def paid(self) -> int:
        return sum(entry.rupiah - entry.returned for entry in self.entries if entry.paid_on)

    @property
    def unpaid(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.paid_on is None]

    @property
    def codes(self) -> list[str]:
        return sorted({entry.code for entry in self.entries})

    def sha256(self) -> str:
        """Of what was understood, whatever the file's form."""
        rows = sorted(
            f"{e.code}|{e.account}|{e.document_on}|{e.paid_on}|{e.rupiah}|{e.returned}" for e in self.entries
        )
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    def figures(self) -> dict[str, int]:
        """What the command prints: whole rupiah and counts; `unresolved` are sub-activities that no nomenclature has."""
        known = nomenclature.resolve_all(self.codes)
        return {
            "rows": len(self.entries),
            "paid": self.paid,
            "unpaid": sum(entry.rupiah - entry.returned for entry in self.unpaid),
            "unpaid_rows": len(self.unpaid),
            "sub_activities": len(self.codes),
            "unresolved": sum(code not in known for code in self.codes),
        }


def _day(row: Row, place: int | None) -> date | None:
    """A day, as ISO with or without its midnight; raises ValueError."""
    text = row.text(place)
    return None if text.lower() in NOTHING else date.fromisoformat(text[:10])


def _money(row: Row, place: int | None) -> int:
    """Whole rupiah as the system writes them, 149744; raises ValueError for a sign, a fraction, or two ways of writing."""
    text = row.text(place)
    if text.lower() in NOTHING:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ValueError("not whole rupiah")
    return int(text)


def read(table: Table, unit_code: str | None, period: str) -> Reading:
    """Understand a file of one month (`2025-01`); every wrong row is named, nothing is written.

    Raises Unreadable where it is no such export at all.
    """
    places = {
        name: table.column(*names)
        for name, names in (
            ("code", CODE), ("account", ACCOUNT), ("document", DOCUMENT), ("paid", PAID), ("rupiah", RUPIAH),
            ("returned", RETURNED),
        )
    }  # fmt: skip
    missing = [name[0] for key, name in (("code", CODE), ("document", DOCUMENT), ("paid", PAID), ("rupiah", RUPIAH)) if places[key] is None]  # fmt: skip
    if missing:
        raise Unreadable(_("Kolom %(names)s tidak ada dalam berkas ini.", names=", ".join(missing)))
    owner = table.column("kode_skpd", "kode skpd")
    found = Reading()
    for row in table.rows:
        code = row.text(places["code"])
        if not code:
            found.wrong.append((row.line, _("Kode sub kegiatan kosong.")))
            continue
        if owner is not None and unit_code and not _is_of(row.text(owner), unit_code):
            found.wrong.append((row.line, _("Baris ini milik unit lain: %(code)s.", code=row.text(owner))))
            continue
        try:
            document_on, paid_on = _day(row, places["document"]), _day(row, places["paid"])
        except ValueError:
            found.wrong.append((row.line, _("Tanggalnya tidak dapat dibaca.")))
            continue
        if document_on is None or f"{document_on:%Y-%m}" != period:
            found.wrong.append((row.line, _("Tanggal dokumen di luar bulan %(period)s.", period=period)))
            continue
        try:
            rupiah, returned = _money(row, places["rupiah"]), _money(row, places["returned"])
        except ValueError:
            found.wrong.append((row.line, _("Nilainya bukan rupiah bulat.")))
            continue
        found.entries.append(
            Entry(code[:40], row.text(places["account"])[:60], document_on, paid_on, rupiah, returned)
        )
    if not found.entries and not found.wrong:
        raise Unreadable(_("Tidak ada baris belanja dalam berkas ini."))
    return found


def _is_of(code: str, unit_code: str) -> bool:
    """Whether a unit's code in the file is this unit; the numbers count, not how they are separated."""
    return re.sub(r"\D", "", code) == re.sub(r"\D", "", unit_code)


def take_over(unit: Unit, period: str, reading: Reading, user: Any = None) -> bool:
    """Keep the rows of a month; the newest file of a month counts. False where this very file was read in before."""
    sha256 = reading.sha256()
    known = db.session.scalar(
        select(func.count())
        .select_from(SpendingImport)
        .where(
            SpendingImport.unit_id == unit.id,
            SpendingImport.period == period,
            SpendingImport.sha256 == sha256,
        )
    )
    if known:
        return False
    made = SpendingImport(
        unit_id=unit.id, sha256=sha256, period=period, by_id=user.id if user else None, at=clock.now()
    )
    db.session.add(made)
    db.session.flush()
    rows = [entry.__dict__ | {"import_id": made.id} for entry in reading.entries]
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(Spending), rows[start : start + BATCH])
    audit.record("imported", f"spending:{made.id}", after={"period": period, "sha256": sha256})
    return True


def sums_of(unit_id: int, periods: Sequence[str]) -> dict[str, int]:
    """Paid rupiah by sub-activity in some months, of the newest file of each."""
    newest = (
        select(func.max(SpendingImport.id))
        .where(SpendingImport.unit_id == unit_id, SpendingImport.period.in_(periods))
        .group_by(SpendingImport.period)
    )
    found = db.session.execute(
        select(Spending.code, func.sum(Spending.rupiah - Spending.returned))
        .where(Spending.import_id.in_(newest), Spending.paid_on.is_not(None))
        .group_by(Spending.code)
    )
    return {code: max(0, int(rupiah)) for code, rupiah in found}
