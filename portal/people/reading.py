"""Reading in units, people and holidays: what a file says beside what is known. Pure: no database, no Flask.

Each `compare_…` gives a `Comparison`: one `Entry` a row, of one kind, with its changes or its problems. Nothing may be
applied while an entry is `wrong`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.forms import FORBIDDEN
from portal.people.nip import read_nip
from portal.tables import Row, Table, Unreadable
from portal.xlsx_child import fold

ROSTER_COLUMNS: dict[str, tuple[str, ...]] = {
    "nip": ("NIP", "NIP baru", "NIP/NI PPPK", "NI PPPK", "Nomor induk pegawai"),
    "name": ("Nama", "Nama pegawai", "Nama lengkap"),
    "titles": ("Gelar", "Gelar belakang"),
    "status": ("Status", "Status kepegawaian", "Status pegawai", "Status ASN"),
    "rank": ("Golongan", "Gol", "Golongan ruang", "Pangkat golongan", "Pangkat"),
    "post": ("Jabatan", "Nama jabatan"),
    "unit": ("Unit kerja", "Unit", "Kode unit kerja", "Kode unit", "Nama unit kerja", "Nama unit", "Perangkat daerah", "OPD"),
    "email": ("Email", "E-mail", "Surel"),
}  # fmt: skip
UNIT_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("Kode", "Kode unit", "Kode unit kerja", "Kode organisasi", "Kode OPD", "Kode SKPD"),
    "name": ("Nama", "Organisasi", "Nama unit", "Nama unit kerja", "Nama organisasi", "Unit kerja", "Perangkat daerah", "Nama OPD", "Nama SKPD"),
    "parent": ("Induk", "Kode induk", "Unit induk", "Parent"),
    "kind": ("Jenis", "Jenis unit", "Kind"),
    "short_name": ("Singkatan", "Nama singkat", "Akronim"),
}  # fmt: skip
HOLIDAY_COLUMNS: dict[str, tuple[str, ...]] = {
    "on_date": ("Tanggal", "Hari", "Date"),
    "name": ("Nama", "Nama hari libur", "Keterangan", "Hari libur"),
}
LABELS = {
    "nip": _l("NIP"),
    "name": _l("Nama"),
    "titles": _l("Gelar"),
    "status": _l("Status"),
    "rank": _l("Golongan"),
    "post": _l("Jabatan"),
    "unit": _l("Unit kerja"),
    "email": _l("Surel"),
    "code": _l("Kode"),
    "parent": _l("Induk"),
    "kind": _l("Jenis"),
    "short_name": _l("Singkatan"),
    "on_date": _l("Tanggal"),
}
LONGEST = {
    "name": 200,
    "titles": 100,
    "status": 40,
    "rank": 40,
    "post": 200,
    "email": 254,
    "code": 60,
    "short_name": 60,
}
LONGEST_UNIT_NAME = 500
PLAIN = ("name", "titles", "status", "rank", "post", "email")
EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,180}\.[A-Za-z]{2,30}")
KINDS = {
    "agency": ("agency", "perangkat daerah", "opd", "skpd", "dinas", "badan", "kecamatan"),
    "division": ("division", "unit kerja", "unit", "bidang", "bagian", "subbagian", "sub bagian", "uptd", "seksi", "kelurahan", "sekretariat"),
}  # fmt: skip
MONTHS = (
    "januari", "februari", "maret", "april", "mei", "juni",
    "juli", "agustus", "september", "oktober", "november", "desember",
)  # fmt: skip
ROSTER_KINDS = ("wrong", "new", "changed", "moved", "back", "left", "same")
PLAIN_KINDS = ("wrong", "new", "changed", "same")


@dataclass(frozen=True)
class Entry:
    """One row of a file beside what is known: its kind, what changes, what is wrong."""

    line: int | None
    kind: str
    title: str
    second: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    known_id: int | None = None


@dataclass(frozen=True)
class Comparison:
    """All entries of a file, by kind."""

    entries: list[Entry]
    ignored: list[str]

    def of(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]

    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(ROSTER_KINDS, 0)
        for entry in self.entries:
            found[entry.kind] += 1
        return found

    @property
    def writes(self) -> int:
        """How many entries would change something."""
        return sum(entry.kind not in ("wrong", "same") for entry in self.entries)

    @property
    def warnings(self) -> list[tuple[int | None, str]]:
        return [(entry.line, warning) for entry in self.entries for warning in entry.warnings]

    def error_list(self) -> list[dict[str, Any]]:
        """Every problem with line, field and reason, for a command's JSON."""
        return [
            {"line": entry.line, "field": field_name, "reason": reason}
            for entry in self.of("wrong")
            for field_name, reason in entry.problems
        ]


def known_headings(columns: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [name for names in columns.values() for name in names]


def find_columns(
    table: Table, columns: Mapping[str, tuple[str, ...]], needed: Iterable[str]
) -> dict[str, int | None]:
    """Where each column stands; raises Unreadable when a needed one is missing."""
    places = {key: table.column(*names) for key, names in columns.items()}
    if missing := [columns[key][0] for key in needed if places[key] is None]:
        raise Unreadable(
            _(
                "Kolom ini tidak ditemukan: %(names)s; judul kolom ada di baris pertama, lihat templat.",
                names=", ".join(missing),
            )
        )
    return places


def _text_problem(key: str, value: str, longest: int) -> str | None:
    if len(value) > longest:
        return _("Paling panjang %(max)d huruf.", max=longest)
    if FORBIDDEN.search(value):
        return _("Ada huruf kendali yang tidak terlihat.")
    if key == "email" and value and not EMAIL.fullmatch(value):
        return _("Alamat surel ini tidak benar.")
    return None


@dataclass(frozen=True)
class Units:
    """The units that a roster may name: by code, and by name where it is the only one."""

    by_code: Mapping[str, int]
    by_name: Mapping[str, list[int]]
    names: Mapping[int, str]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str | None, str]]) -> Units:
        by_code: dict[str, int] = {}
        by_name: dict[str, list[int]] = {}
        names: dict[int, str] = {}
        for unit_id, code, name in rows:
            names[unit_id] = name
            by_name.setdefault(fold(name), []).append(unit_id)
            if code:
                by_code[fold(code)] = unit_id
        return cls(by_code, by_name, names)

    def find(self, text: str) -> tuple[int | None, str | None]:
        """The unit of this code or name, or why there is none."""
        if not text:
            return None, _("Unit kerja kosong.")
        if (unit_id := self.by_code.get(fold(text))) is not None:
            return unit_id, None
        found = self.by_name.get(fold(text), [])
        if len(found) == 1:
            return found[0], None
        shown = text[:80]
        if found:
            return None, _(
                "Ada %(n)d unit kerja bernama “%(name)s”; tulis kodenya.", n=len(found), name=shown
            )
        return None, _("Unit kerja “%(name)s” tidak dikenal.", name=shown)


@dataclass(frozen=True)
class Known:
    """A person as the portal knows them."""

    id: int
    nip: str
    name: str
    titles: str
    status: str
    rank: str
    post: str
    email: str | None
    unit_id: int
    left_on: date | None


def compare_roster(
    table: Table,
    people: Mapping[str, Known],
    units: Units,
    reach: Collection[int],
    today: date,
    full: bool = False,
) -> Comparison:
    """The roster of a file beside the people known (by NIP); `full` says that who is missing has left."""
    places = find_columns(table, ROSTER_COLUMNS, ("nip", "name", "unit"))
    if not table.rows:  # as a full roster it would say that everybody has left
        raise Unreadable(_("Berkas ini tidak berisi baris."))
    given = [key for key in PLAIN if places[key] is not None]
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for row in table.rows:
        entry = _roster_entry(row, places, given, people, units, reach, today, seen)
        entries.append(entry)
    if full:
        for nip, known in people.items():
            if nip not in seen and known.left_on is None and known.unit_id in reach:
                entries.append(
                    Entry(
                        None,
                        "left",
                        known.name,
                        f"…{nip[-3:]}",
                        {"unit_id": known.unit_id},
                        known_id=known.id,
                    )
                )
    return Comparison(entries, table.ignored(list(places.values())))


def _roster_entry(
    row: Row,
    places: Mapping[str, int | None],
    given: list[str],
    people: Mapping[str, Known],
    units: Units,
    reach: Collection[int],
    today: date,
    seen: dict[str, int],
) -> Entry:
    problems: list[tuple[str, str]] = []
    place = places["nip"]
    nip = read_nip(None if place is None else row[place], today)
    values: dict[str, Any] = {key: row.text(places[key]) for key in given}
    if nip.problem:
        problems.append((str(LABELS["nip"]), nip.problem))
    elif nip.digits in seen:
        problems.append(
            (str(LABELS["nip"]), _("NIP ini sudah ada di baris %(line)d.", line=seen[nip.digits]))
        )
    else:
        seen[nip.digits] = row.line
    if not values["name"]:
        problems.append((str(LABELS["name"]), _("Nama kosong.")))
    for key in given:
        if problem := _text_problem(key, values[key], LONGEST[key]):
            problems.append((str(LABELS[key]), problem))
    unit_id, problem = units.find(row.text(places["unit"]))
    known = people.get(nip.digits)
    if problem:
        problems.append((str(LABELS["unit"]), problem))
    elif unit_id not in reach:
        problems.append((str(LABELS["unit"]), _("Unit kerja itu di luar wewenang Anda.")))
    elif known is not None and known.unit_id not in reach:
        problems.append((str(LABELS["nip"]), _("Pegawai ini tercatat di unit kerja di luar wewenang Anda.")))
    title = values["name"][:120] or _("(tanpa nama)")
    second = f"…{nip.digits[-3:]}" if nip.digits else ""
    if problems or unit_id is None:
        return Entry(row.line, "wrong", title, second, problems=tuple(problems))
    warnings = (nip.warning,) if nip.warning else ()
    if "email" in values:
        values["email"] = values["email"] or None
    values |= {"nip": nip.digits, "unit_id": unit_id}
    if known is None:
        return Entry(row.line, "new", title, second, values, warnings=warnings)
    changes = [
        (str(LABELS[key]), str(getattr(known, key) or ""), str(values[key] or ""))
        for key in given
        if (getattr(known, key) or "") != (values[key] or "")
    ]
    moved = known.unit_id != unit_id
    if moved:
        changes.insert(0, (str(LABELS["unit"]), units.names.get(known.unit_id, ""), units.names[unit_id]))
    if known.left_on is not None:
        kind = "back"
    elif moved:
        kind = "moved"
    else:
        kind = "changed" if changes else "same"
    return Entry(row.line, kind, title, second, values, tuple(changes), warnings=warnings, known_id=known.id)


@dataclass(frozen=True)
class KnownUnit:
    """A unit as the portal knows it."""

    id: int
    code: str | None
    name: str
    kind: str
    parent_id: int | None
    short_name: str | None = None


def _kind_of(text: str, default: str) -> str | None:
    if not text:
        return default
    return next((kind for kind, names in KINDS.items() if fold(text) in names), None)


def compare_units(table: Table, units: Iterable[KnownUnit], regency_id: int) -> Comparison:
    """The units of a file beside those known. A row without a parent is an agency under the regency.

    `values["parent"]` is an id, or the code of another row of the file (a text).
    """
    places = find_columns(table, UNIT_COLUMNS, ("name",))
    known = list(units)
    by_code = {fold(unit.code): unit for unit in known if unit.code}
    by_name: dict[str, list[KnownUnit]] = {}
    by_place = {(unit.parent_id, fold(unit.name)): unit for unit in known}
    for unit in known:
        by_name.setdefault(fold(unit.name), []).append(unit)
    names = {unit.id: unit.name for unit in known}
    rows_by_code: dict[str, Row] = {}
    rows_by_name: dict[str, list[str]] = {}
    for row in table.rows:
        code, name = row.text(places["code"]), row.text(places["name"])
        if code:
            rows_by_code.setdefault(fold(code), row)
            rows_by_name.setdefault(fold(name), []).append(code)

    def parent_of(text: str) -> tuple[int | str | None, str | None]:
        key = fold(text)
        if not text:
            return regency_id, None
        if key in by_code:
            return by_code[key].id, None
        if key in rows_by_code:
            return rows_by_code[key].text(places["code"]), None
        found = [unit.id for unit in by_name.get(key, [])]
        coming = [] if found else rows_by_name.get(key, [])
        if len(found) + len(coming) == 1:
            return (found or coming)[0], None
        if found or coming:
            return None, _("Ada beberapa unit kerja bernama “%(name)s”; tulis kodenya.", name=text[:80])
        return None, _("Unit induk “%(name)s” tidak dikenal.", name=text[:80])

    def node(code: str) -> int | str:
        return by_code[code].id if code in by_code else code

    above: dict[int | str, int | str | None] = {unit.id: unit.parent_id for unit in known}
    if places["parent"] is not None:
        for code, row in rows_by_code.items():
            parent = parent_of(row.text(places["parent"]))[0]
            above[node(code)] = fold(parent) if isinstance(parent, str) else parent

    def is_circle(code: str) -> bool:
        seen: set[int | str] = set()
        here = above.get(node(code))
        while here is not None and here not in seen:
            seen.add(here)
            here = above.get(here)
        return node(code) in seen

    entries: list[Entry] = []
    seen_codes: dict[str, int] = {}
    seen_names: dict[tuple[int | str | None, str], int] = {}
    for row in table.rows:
        problems: list[tuple[str, str]] = []
        code, name = row.text(places["code"]), row.text(places["name"])
        short_name = row.text(places["short_name"])
        for key, value, longest in (
            ("code", code, LONGEST["code"]),
            ("name", name, LONGEST_UNIT_NAME),
            ("short_name", short_name, LONGEST["short_name"]),
        ):
            if problem := _text_problem(key, value, longest):
                problems.append((str(LABELS[key]), problem))
        if not name:
            problems.append((str(LABELS["name"]), _("Nama kosong.")))
        place = places["code"]
        if place is not None and isinstance(row[place], float | date):
            problems.append(
                (str(LABELS["code"]), _("Kode tersimpan sebagai angka atau tanggal; atur sebagai teks."))
            )
        parent_text = row.text(places["parent"])
        parent, parent_problem = parent_of(parent_text)
        if parent_problem:
            problems.append((str(LABELS["parent"]), parent_problem))
        elif code and is_circle(fold(code)):
            problems.append((str(LABELS["parent"]), _("Unit kerja ini menjadi induk bagi dirinya sendiri.")))
        kind = _kind_of(
            row.text(places["kind"]), "division" if parent_text and parent != regency_id else "agency"
        )
        if kind is None:
            problems.append((str(LABELS["kind"]), _("Jenisnya Perangkat Daerah atau Unit kerja.")))
        if code and fold(code) in seen_codes:
            where = seen_codes[fold(code)]
            problems.append((str(LABELS["code"]), _("Kode ini sudah ada di baris %(line)d.", line=where)))
        elif not code and (parent, fold(name)) in seen_names:
            where = seen_names[parent, fold(name)]
            problems.append((str(LABELS["name"]), _("Nama ini sudah ada di baris %(line)d.", line=where)))
        if code:
            seen_codes.setdefault(fold(code), row.line)
        seen_names.setdefault((parent, fold(name)), row.line)
        if code:
            existing = by_code.get(fold(code))
        else:
            existing = by_place.get((parent, fold(name))) if isinstance(parent, int) else None
        if existing is not None and existing.kind == "regency":
            problems.append((str(LABELS["code"]), _("Ini kabupaten sendiri; barisnya tidak diperlukan.")))
        if problems:
            entries.append(Entry(row.line, "wrong", name[:120] or code, code, problems=tuple(problems)))
            continue
        values = {
            "code": code or None,
            "name": name,
            "parent": parent,
            "kind": kind,
            "short_name": short_name or None,
        }
        if existing is None:
            entries.append(Entry(row.line, "new", name, code, values))
            continue
        changes = []
        if existing.name != name:
            changes.append((str(LABELS["name"]), existing.name, name))
        if places["parent"] is not None and existing.parent_id != parent:
            shown = names.get(parent, "") if isinstance(parent, int) else str(parent)
            changes.append((str(LABELS["parent"]), names.get(existing.parent_id or 0, ""), shown))
        if places["kind"] is not None and existing.kind != kind:
            changes.append((str(LABELS["kind"]), existing.kind, str(kind)))
        if places["short_name"] is None:
            values["short_name"] = existing.short_name
        elif existing.short_name != values["short_name"]:
            changes.append((str(LABELS["short_name"]), existing.short_name or "", short_name))
        if places["parent"] is None:
            values["parent"] = existing.parent_id
        if places["kind"] is None:
            values["kind"] = existing.kind
        entries.append(
            Entry(
                row.line,
                "changed" if changes else "same",
                name,
                code,
                values,
                tuple(changes),
                known_id=existing.id,
            )
        )
    return Comparison(entries, table.ignored(list(places.values())))


def read_day(value: object) -> date | None:
    """A day as a date, 2026-03-19, 19/3/2026 or 19 Maret 2026; None when it is none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = " ".join(str(value or "").lower().replace(",", " ").split())
    text = re.sub(r"^[a-z']+ (?=\d)", "", text)
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        year, month, day = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        day, month, year = map(int, found.groups())
    elif (found := re.fullmatch(r"(\d{1,2}) ([a-z]+) (\d{4})", text)) and found[2] in MONTHS:
        day, month, year = int(found[1]), MONTHS.index(found[2]) + 1, int(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def compare_holidays(table: Table, known: Mapping[date, str]) -> Comparison:
    """The holidays of a file beside those known."""
    places = find_columns(table, HOLIDAY_COLUMNS, ("on_date", "name"))
    entries: list[Entry] = []
    seen: dict[date, int] = {}
    for row in table.rows:
        problems: list[tuple[str, str]] = []
        place = places["on_date"]
        day, name = read_day(None if place is None else row[place]), row.text(places["name"])
        if day is None or not 2000 <= day.year <= 2100:
            problems.append(
                (str(LABELS["on_date"]), _("Tanggal ini tidak dapat dibaca; tulis misalnya 19/3/2026."))
            )
        elif day in seen:
            problems.append(
                (str(LABELS["on_date"]), _("Tanggal ini sudah ada di baris %(line)d.", line=seen[day]))
            )
        else:
            seen[day] = row.line
        if not name:
            problems.append((str(LABELS["name"]), _("Nama kosong.")))
        elif problem := _text_problem("name", name, 200):
            problems.append((str(LABELS["name"]), problem))
        if problems or day is None:
            entries.append(
                Entry(row.line, "wrong", name[:120] or _("(tanpa nama)"), problems=tuple(problems))
            )
            continue
        values = {"on_date": day, "name": name}
        second = day.isoformat()
        if day not in known:
            entries.append(Entry(row.line, "new", name, second, values))
        elif known[day] != name:
            change = (str(LABELS["name"]), known[day], name)
            entries.append(Entry(row.line, "changed", name, second, values, (change,)))
        else:
            entries.append(Entry(row.line, "same", name, second, values))
    return Comparison(entries, table.ignored(list(places.values())))
