"""Spending as the planning system exports it: one row a document and account, read in by month.

A row is paid when it has the day of its payment order (SP2D); the others are “belum cair” and not counted as spent.
The amount of the whole document, which is repeated on each of its rows, is never read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, insert, select

from portal import audit, clock, jobs
from portal.db import db
from portal.evaluation import rules
from portal.evaluation.models import Spending, SpendingImport
from portal.ledger import Job, Upload
from portal.plans import nomenclature
from portal.tables import LARGEST_FILE, Row, Table, Unreadable, read_table

CODE, ACCOUNT = ("kode_sub_giat", "kode sub kegiatan"), ("kode_rekening", "kode rekening")
DOCUMENT, PAID = ("tanggal_dokumen", "tanggal dokumen"), ("tanggal_sp2d", "tanggal sp2d")
RUPIAH, RETURNED = ("nilai_realisasi", "nilai realisasi"), ("nilai_setoran", "nilai setoran")
KNOWN = {name for names in (CODE, ACCOUNT, DOCUMENT, PAID, RUPIAH, RETURNED) for name in names}
PERIOD = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
NOTHING = {"", "null", "-"}
BATCH = 2_000
MOST_ROWS = 200_000
LARGEST_ON_SERVER = 128 * 1024 * 1024
"""Of a file that the server's keeper reads in; one that is handed in is no larger than any."""


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

    def pack(self) -> bytes:
        """The rows, to be kept until their preview is applied."""
        rows = [
            [e.code, e.account, str(e.document_on or ""), str(e.paid_on or ""), e.rupiah, e.returned]
            for e in self.entries
        ]
        return json.dumps({"rows": rows, "wrong": self.wrong}, ensure_ascii=False).encode()

    @classmethod
    def unpack(cls, content: bytes) -> Reading:
        kept = json.loads(content)
        return cls(
            [
                Entry(code, account, _kept_day(document), _kept_day(paid), money, returned)
                for code, account, document, paid, money, returned in kept["rows"]
            ],
            [(line, reason) for line, reason in kept["wrong"]],
        )

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


def _kept_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def read_file(content: bytes, name: str, largest: int = LARGEST_FILE) -> Table:
    """The rows of an export; raises Unreadable."""
    return read_table(content, name, known=KNOWN, rows=MOST_ROWS, largest=largest)


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


def is_known(unit_id: int, period: str, sha256: str) -> bool:
    """Whether this very file of the month was read in before and nothing newer since."""
    newest = db.session.scalar(
        select(SpendingImport.sha256)
        .where(SpendingImport.unit_id == unit_id, SpendingImport.period == period)
        .order_by(SpendingImport.id.desc())
        .limit(1)
    )
    return newest == sha256


def take_over(
    unit_id: int, period: str, reading: Reading, by_id: int | None = None, duty_id: int | None = None
) -> bool:
    """Keep the rows of a month; the newest file of a month counts. False where it is what stands."""
    sha256 = reading.sha256()
    if is_known(unit_id, period, sha256):
        return False
    made = SpendingImport(unit_id=unit_id, sha256=sha256, period=period, by_id=by_id, at=clock.now())
    db.session.add(made)
    db.session.flush()
    rows = [entry.__dict__ | {"import_id": made.id} for entry in reading.entries]
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(Spending), rows[start : start + BATCH])
    audit.record(
        "imported",
        f"spending:{made.id}",
        after={"period": period, "sha256": sha256},
        duty_id=duty_id,
        by_id=by_id,
    )
    return True


# As a job


KIND = "spending import"


def order(payload: dict[str, Any], token: str) -> int:
    """Have a month written by the worker; the number of the job. The same form again is the same job."""
    key = f"spending:{payload['by_id']}:{token}"
    jobs.enqueue(KIND, key, payload)
    job = jobs.find(key)
    assert job is not None
    return job.id


@jobs.handler(KIND, _l("Membaca belanja"))
def import_spending(job: Job) -> None:
    """Write a month that somebody applied, all of it or nothing; a second run finds it written."""
    payload = job.payload
    upload = db.session.get(Upload, payload["upload_id"])
    if upload is None:  # a former run had come to its end, or somebody threw the file away
        if not is_known(payload["unit_id"], payload["period"], payload["sha256"]):
            job.payload = payload | {"refused": True}
            db.session.add(job)
        return
    reading = Reading.unpack(upload.content)
    jobs.progress(job, 30)
    take_over(payload["unit_id"], payload["period"], reading, payload["by_id"], payload["duty_id"])
    db.session.delete(upload)


# What was read in


@dataclass(frozen=True)
class Month:
    """What stands of one month: when it was read in, rows and whole rupiah paid and not yet, and how many files it
    replaced."""

    period: str
    at: datetime
    rows: int
    paid: int
    unpaid: int
    unpaid_rows: int
    replaced: int


def list_months(unit_id: int, year: int) -> list[Month]:
    """The months of a year that were read in, the first one first; one statement."""
    newest = (
        select(
            SpendingImport.period,
            func.max(SpendingImport.id).label("id"),
            func.count().label("files"),
        )
        .where(SpendingImport.unit_id == unit_id, SpendingImport.period.startswith(f"{year}-"))
        .group_by(SpendingImport.period)
        .subquery()
    )
    money, is_paid = Spending.rupiah - Spending.returned, Spending.paid_on.is_not(None)
    found = db.session.execute(
        select(
            newest.c.period,
            SpendingImport.at,
            func.count(Spending.id),
            func.coalesce(func.sum(case((is_paid, money), else_=0)), 0),
            func.coalesce(func.sum(case((is_paid, 0), else_=money)), 0),
            func.coalesce(func.sum(case((is_paid, 0), else_=1)), 0),
            newest.c.files - 1,
        )
        .join(SpendingImport, SpendingImport.id == newest.c.id)
        .join(Spending, Spending.import_id == newest.c.id)
        .group_by(newest.c.period, SpendingImport.at, newest.c.files)
        .order_by(newest.c.period)
    )
    return [Month(period, at, *map(int, numbers)) for period, at, *numbers in found]


def month_words(period: str) -> str:
    """A period as a month: Januari 2025."""
    return str(format_date(date.fromisoformat(f"{period}-01"), "MMMM yyyy"))


def months_of(year: int, quarter: int) -> list[str]:
    """The periods of a quarter."""
    return [f"{year}-{month:02d}" for month in range(quarter * 3 - 2, quarter * 3 + 1)]


@dataclass(frozen=True)
class Imported:
    """What files of spending say of one quarter: the months that they are of, and paid rupiah by sub-activity."""

    months: list[str]
    paid: dict[str, int]


def newest_of(unit_id: int, year: int) -> Any:
    """The imports of a year that count: of each month the newest one."""
    return (
        select(func.max(SpendingImport.id))
        .where(SpendingImport.unit_id == unit_id, SpendingImport.period.startswith(f"{year}-"))
        .group_by(SpendingImport.period)
    )


def list_known(unit_id: int, year: int) -> list[str]:
    """The periods of a year that were read in."""
    return sorted(
        db.session.scalars(
            select(SpendingImport.period)
            .where(SpendingImport.unit_id == unit_id, SpendingImport.period.startswith(f"{year}-"))
            .distinct()
        )
    )


def of_quarter(unit_id: int, year: int, quarter: int) -> Imported | None:
    """None where no month of the quarter was read in and nothing read in was paid in it; two statements."""
    paid = _paid_in(unit_id, year, quarter)
    known = {period for period in list_known(unit_id, year) if period in months_of(year, quarter)}
    periods = sorted(known | {period for period, _code, _rupiah in paid})
    return Imported([month_words(one) for one in periods], _sums(paid)) if periods else None


def sums_of(unit_id: int, year: int, quarter: int) -> dict[str, int]:
    """Rupiah by sub-activity that were paid on the days of a quarter, whatever the month of their documents."""
    return _sums(_paid_in(unit_id, year, quarter))


def _paid_in(unit_id: int, year: int, quarter: int) -> Sequence[Any]:
    """Period of the document, sub-activity, and rupiah paid on the days of a quarter."""
    return db.session.execute(
        select(SpendingImport.period, Spending.code, func.sum(Spending.rupiah - Spending.returned))
        .join(SpendingImport, SpendingImport.id == Spending.import_id)
        .where(
            SpendingImport.id.in_(newest_of(unit_id, year)),
            Spending.paid_on.between(date(year, quarter * 3 - 2, 1), rules.last_day(year, quarter)),
        )
        .group_by(SpendingImport.period, Spending.code)
    ).all()


def _sums(paid: Sequence[Any]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for _period, code, rupiah in paid:
        found[code] += int(rupiah)
    return {code: max(0, rupiah) for code, rupiah in found.items()}
