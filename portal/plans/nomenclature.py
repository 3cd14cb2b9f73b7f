"""The national nomenclature of sub-activities: read in from the official workbook, looked up, searched.

Key is (level, code): the same code may stand for different things in a province and in a regency. A code that
begins with `X.XX` stands for any bidang urusan, whose own two groups are put in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, case, func, insert, or_, select, update

from portal import audit, clock
from portal.db import db
from portal.plans.models import SubActivity
from portal.tables import Row, Table, Unreadable

UPDATE_OF = 2027
"""The year of the update of the nomenclature that unresolved codes are measured by."""

LEVEL = "KABKOT"
ANY = ("X", "XX")
COLUMNS: dict[str, tuple[str, ...]] = {
    "level": ("Jenis Pemda", "Jenis pemerintah daerah", "Level"),
    "programme": ("Program",),
    "activity": ("Kegiatan",),
    "sub_activity": ("Subkegiatan", "Sub kegiatan"),
    "indicator": ("Indikator",),
    "measure_unit": ("Satuan",),
    "predecessor": ("Subkegiatan sebelumnya", "Sub kegiatan sebelumnya"),
}
FIELDS = (
    "programme_code",
    "programme_name",
    "activity_code",
    "activity_name",
    "name",
    "indicator",
    "measure_unit",
    "predecessor",
)
CODED = re.compile(r"((?:X|\d{1,2})(?:\.(?:XX|\d{1,4}))+)\s+(\S.*)")
CODE = re.compile(r"(?:X|\d)(?:\.(?:XX|\d{1,4}))*\.?", re.IGNORECASE)
PAGE = 30


@dataclass
class Counts:
    """What an import did, row by row of the file; `gone` are those that the file no longer has."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


def known_headings() -> set[str]:
    return {name for names in COLUMNS.values() for name in names}


def _text(value: str) -> str:
    return "" if value.lower() in ("[null]", "null", "-") else value


def _entry(row: Row, places: dict[str, int | None]) -> dict[str, Any] | str:
    """The columns of one row of the workbook, or why it cannot be read."""
    level = row.text(places["level"]).upper()
    if level not in ("PROV", "KABKOT"):
        return _("Jenis pemda bukan PROV atau KABKOT.")
    found = {}
    for name in ("programme", "activity", "sub_activity"):
        match = CODED.fullmatch(row.text(places[name]))
        if match is None:
            return _("Kolom %(column)s tidak berisi kode dan nama.", column=COLUMNS[name][0])
        found[name] = match
    predecessor = CODED.fullmatch(_text(row.text(places["predecessor"])))
    measure_unit = _text(row.text(places["measure_unit"]))
    if len(found["sub_activity"][1]) > 40 or len(measure_unit) > 200:
        return _("Kode atau satuan terlalu panjang.")
    return {
        "level": level,
        "code": found["sub_activity"][1],
        "programme_code": found["programme"][1],
        "programme_name": found["programme"][2],
        "activity_code": found["activity"][1],
        "activity_name": found["activity"][2],
        "name": found["sub_activity"][2],
        "indicator": _text(row.text(places["indicator"])),
        "measure_unit": measure_unit,
        "predecessor": predecessor[1] if predecessor else None,
    }


def take_over(table: Table) -> Counts:
    """Bring the nomenclature to what the workbook says; nothing is deleted, and nothing written where a row is
    wrong. Only the levels that the workbook has can lose entries. Raises Unreadable without the columns."""
    places = {name: table.column(*names) for name, names in COLUMNS.items()}
    missing = [COLUMNS[name][0] for name in COLUMNS if name != "predecessor" and places[name] is None]
    if missing:
        raise Unreadable(_("Kolom berikut tidak ditemukan: %(names)s.", names=", ".join(missing)))
    counts = Counts()
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for row in table.rows:
        entry = _entry(row, places)
        if isinstance(entry, str):
            counts.errors.append((row.line, entry))
        elif (key := (entry["level"], entry["code"])) in entries:
            counts.errors.append((row.line, _("Kode %(code)s ada dua kali.", code=entry["code"])))
        else:
            entries[key] = entry
    columns = [SubActivity.id, SubActivity.level, SubActivity.code, SubActivity.retired_on]
    columns += [getattr(SubActivity, name) for name in FIELDS]
    known = {(row.level, row.code): row for row in db.session.execute(select(*columns))}
    added, changed = [], []
    for key, entry in entries.items():
        old = known.get(key)
        if old is None:
            added.append(entry | {"retired_on": None})
        elif old.retired_on is not None or any(getattr(old, name) != entry[name] for name in FIELDS):
            changed.append({"id": old.id, "retired_on": None, **{name: entry[name] for name in FIELDS}})
        else:
            counts.same += 1
    levels = {level for level, _code in entries}
    gone = [
        {"id": old.id, "retired_on": clock.today()}
        for key, old in known.items()
        if key not in entries and key[0] in levels and old.retired_on is None
    ]
    counts.new, counts.changed, counts.gone = len(added), len(changed), len(gone)
    if counts.errors:
        return counts
    if added:
        db.session.execute(insert(SubActivity), added)
    for rows in (changed, gone):
        if rows:
            db.session.execute(update(SubActivity), rows)
    if added or changed or gone:
        audit.record("imported", "nomenclature", after=[counts.new, counts.changed, counts.gone])
    return counts


def general(code: str) -> str:
    """The code with `X.XX` for its bidang: 5.03.01.2.01.0001 → X.XX.01.2.01.0001."""
    return ".".join((*ANY, *code.split(".")[2:]))


def for_bidang(code: str, bidang: str | None) -> str:
    """The code of an entry as a unit of this bidang (such as 5.03) writes it."""
    groups = code.split(".")
    return ".".join((bidang, *groups[2:])) if bidang and tuple(groups[:2]) == ANY else code


def resolve_all(codes: Iterable[str]) -> dict[str, SubActivity]:
    """The entries at level KABKOT of these codes, as they stand or with `X.XX` for their bidang; one query."""
    wanted = set(codes)
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(SubActivity).where(
            SubActivity.level == LEVEL,
            SubActivity.retired_on.is_(None),
            SubActivity.code.in_(wanted | {general(code) for code in wanted}),
        )
    )
    found = {entry.code: entry for entry in rows}
    answers = {code: found.get(code) or found.get(general(code)) for code in wanted}
    return {code: entry for code, entry in answers.items() if entry is not None}


def resolve(code: str) -> SubActivity | None:
    """The entry of a code at level KABKOT, as it stands or with `X.XX` for its bidang."""
    return resolve_all([code]).get(code)


def successors(codes: Iterable[str]) -> dict[str, list[SubActivity]]:
    """The entries that name one of these codes as their predecessor: to be offered, never put in; one query."""
    wanted = set(codes)
    if not wanted:
        return {}
    found: dict[str, list[SubActivity]] = {}
    for entry in db.session.scalars(
        select(SubActivity)
        .where(
            SubActivity.level == LEVEL,
            SubActivity.retired_on.is_(None),
            SubActivity.predecessor.in_(wanted | {general(code) for code in wanted}),
        )
        .order_by(SubActivity.code)
    ):
        for code in wanted:
            if entry.predecessor in (code, general(code)):
                found.setdefault(code, []).append(entry)
    return found


@dataclass(frozen=True)
class Found:
    """A page of search results and the key behind which the next one begins."""

    entries: list[SubActivity]
    following: str | None


def search(words: str, after: str = "", bidang: str | None = None) -> Found:
    """Sub-activities of the regency by words (all must occur) or by the beginning of a code, 30 at a time; those of
    the bidang (and those of any) first."""
    given = " ".join(words.split())[:200]
    if not given:
        return Found([], None)
    if CODE.fullmatch(given):
        code = given.upper()
        condition: Any = SubActivity.code.startswith(code, autoescape=True)
        if code.count(".") >= 2:
            condition = or_(condition, SubActivity.code.startswith(general(code), autoescape=True))
        rank: Any = case((SubActivity.code.startswith("X.XX"), 0), else_=1)
    else:
        text = func.lower(SubActivity.name + " " + SubActivity.activity_name + " " + SubActivity.indicator)
        every = [word.lower() for word in given.split()[:8]]
        condition = and_(*(text.contains(word, autoescape=True) for word in every))
        name = func.lower(SubActivity.name)
        rank = case((and_(*(name.contains(word, autoescape=True) for word in every)), 0), else_=1)
    if bidang:
        own = or_(SubActivity.code.startswith(f"{bidang}."), SubActivity.code.startswith("X.XX."))
        rank = rank + case((own, 0), else_=2)
    query = (
        select(SubActivity, rank.label("rank"))
        .where(SubActivity.level == LEVEL, SubActivity.retired_on.is_(None), condition)
        .order_by(rank, SubActivity.code)
        .limit(PAGE + 1)
    )
    place, _dash, key = after.partition("-")
    if place in ("0", "1", "2", "3") and key:
        query = query.where(or_(rank > int(place), and_(rank == int(place), SubActivity.code > key)))
    rows = list(db.session.execute(query))
    following = None
    if len(rows) > PAGE:
        rows = rows[:PAGE]
        following = f"{rows[-1].rank}-{rows[-1][0].code}"
    return Found([row[0] for row in rows], following)


def bidang_of(code: str | None) -> str | None:
    """The bidang urusan at the beginning of the code of a unit or sub-activity: 5.03.0.00… → 5.03."""
    match = re.match(r"\d\.\d{2}(?=\.|$)", code or "")
    return match[0] if match else None


def all_bidang_of(unit_code: str | None) -> tuple[str, ...]:
    """Every bidang urusan of an agency; its code has room for three: 5.03.5.04.0.00.01.0000 → 5.03, 5.04."""
    groups = re.split(r"[.-]", unit_code or "")[:6]
    pairs = (".".join(groups[at : at + 2]) for at in (0, 2, 4))
    return tuple(pair for pair in pairs if bidang_of(pair) and pair != "0.00")
