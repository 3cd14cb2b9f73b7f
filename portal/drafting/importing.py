"""Reading a Renja as agencies keep it, from CSV or XLSX, by its headings: read, compared with the plan, applied.

An empty cell says nothing and changes nothing. What cannot be read as a figure stays as text in `unread`. Rows of
programmes and activities and sums are left out: money stands only at sub-activities, the rest is added up.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import audit
from portal.db import db
from portal.discussion.actions import new_thread
from portal.drafting import ceilings, revisions
from portal.drafting.forms import LineForm
from portal.drafting.models import Line
from portal.forms import FORBIDDEN, clean
from portal.plans import nomenclature
from portal.plans.models import Plan, SubActivity
from portal.tables import Cell, Row, Table, Unreadable, read_table
from portal.xlsx_child import fold

COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("Kode sub kegiatan", "Kode subkegiatan", "Kode", "Kode rekening", "Kode program/kegiatan/sub kegiatan"),
    "name": ("Nama sub kegiatan nomenklatur 2027", "Nama sub kegiatan", "Sub kegiatan", "Subkegiatan", "Program dan kegiatan", "Nama", "Uraian", "Urusan/Bidang urusan/Program/Kegiatan/Sub kegiatan", "Urusan/Bidang urusan pemerintahan daerah dan program/kegiatan/sub kegiatan"),
    "indicator": ("Indikator", "Indikator kinerja", "Indikator sub kegiatan", "Indikator kinerja tolok ukur", "Indikator kinerja tolak ukur", "Indikator kinerja program/kegiatan", "Indikator kinerja program/kegiatan/sub kegiatan"),
    "target": ("Target", "Target N", "Target kinerja", "Target capaian kinerja", "Indikator kinerja target"),
    "output_indicator": ("Tolak ukur keluaran", "Indikator keluaran", "Tolok ukur keluaran"),
    "output_target": ("Target kinerja keluaran", "Target keluaran"),
    "achievement_indicator": ("Tolak ukur capaian keg", "Tolak ukur capaian", "Indikator capaian", "Tolok ukur capaian"),
    "achievement_target": ("Target kinerja capaian keg", "Target kinerja capaian", "Target capaian"),
    "measure_unit": ("Satuan",),
    "ceiling": ("pagu_rkpd", "Jumlah pagu", "Pagu indikatif", "Pagu indikatif N", "Pagu", "Pagu N", "Kebutuhan dana/pagu indikatif", "Kebutuhan dana"),
    "forward_target": ("Target N+1", "target_n1", "Prakiraan maju target", "Prakiraan maju target capaian kinerja", "Target prakiraan maju"),
    "forward_ceiling": ("Pagu N+1", "pagu_n1", "Pagu indikatif N+1", "Prakiraan maju pagu", "Prakiraan maju pagu indikatif", "Prakiraan maju kebutuhan dana/pagu indikatif", "Prakiraan maju kebutuhan dana", "Pagu prakiraan maju"),
    "strategic_target": ("Target akhir Renstra",),
    "realised_before": ("Realisasi N-2", "Realisasi Renja N-2"),
    "expected_now": ("Prakiraan capaian N-1",),
    "target_upper": ("Batas atas target",),
    "funding_source": ("Sumber dana",),
    "location": ("Lokasi",),
    "target_group": ("Kelompok sasaran",),
    "national_priority": ("Prioritas nasional",),
    "regional_priority": ("Prioritas daerah",),
    "urgency": ("Urgensi",),
    "note": ("Catatan pembahasan", "Catatan", "Catatan penting", "Keterangan"),
    "value_kind": ("Jenis nilai",),
    "accumulation": ("Cara menjumlah",),
    "direction": ("Arah",),
}  # fmt: skip
FOLDED = {fold(name) for names in COLUMNS.values() for name in names}
PAIRS = (
    ("indicator", "target"),
    ("output_indicator", "output_target"),
    ("achievement_indicator", "achievement_target"),
)
"""Where indicator and target are looked for; the first pair that holds anything is taken."""
TEXTS = {
    "funding_source": 500,
    "location": 1000,
    "target_group": 1000,
    "national_priority": 500,
    "regional_priority": 500,
    "urgency": 500,
    "note": 4000,
}
PLAIN_FIGURES = ("target_upper", "forward_target", "strategic_target", "realised_before", "expected_now")
LONGEST_NAME, LONGEST_INDICATOR, LONGEST_UNIT, LONGEST_UNREAD = 1000, 1000, 200, 500
MOST = Decimal(10**15)
MOST_ROWS = 2000
CODE = re.compile(r"(?:X|\d{1,2})(?:\.(?:X{1,2}|\d{1,4}))*", re.IGNORECASE | re.ASCII)
SUB_ACTIVITY_GROUPS = 6
EMPTY = ("", "-", "–")
SUM_ROW = re.compile(r"(?:sub\s*)?(?:jumlah|total|grand total)\b", re.IGNORECASE)
COUNTING_ROW = re.compile(r"\(\d{1,2}\)")
PERCENTAGE = re.compile(r"\b(?:persentase|prosentase|presentase|persen)\b|%", re.IGNORECASE)
PERCENT_UNITS = ("%", "persen", "persentase", "prosentase")
WITH_UNIT = re.compile(r"([\d.,]+)\s*(%|[^\W\d_].*)?", re.DOTALL)
NIP = re.compile(r"\d{18}")
OF_A_YEAR = re.compile(r"\s*\(?\b(?:rencana\s+)?tahun\b.*", re.IGNORECASE | re.DOTALL)
CHOSEN = {
    "value_kind": {
        "number": "Angka",
        "percent": "Persen",
        "index": "Indeks",
        "text": "Teks",
        "date": "Tanggal",
    },
    "accumulation": {"sum": "Dijumlahkan", "last": "Nilai terakhir", "average": "Rata-rata"},
    "direction": {"higher": "Makin tinggi makin baik", "lower": "Makin rendah makin baik"},
}
"""What only a file made by this portal names, in its words; older files name the codes. Where it names the kind of a
value nothing is guessed."""
CODES = {
    name: {fold(said): code for code, word in words.items() for said in (code, word)}
    for name, words in CHOSEN.items()
}
QUOTED = re.compile(r"'+[=+\-@]")
KINDS = ("wrong", "new", "changed", "same")
OTHER_LABELS: dict[str, Any] = {
    "name": _l("Nama sub kegiatan"),
    "value_kind": _l("Jenis nilai"),
    "target_upper": _l("Batas atas target"),
    "scale": _l("Skala peringkat"),
    "sub_activity_id": _l("Tautan nomenklatur"),
    "unread": _l("Belum terbaca"),
}


def label_of(name: str) -> Any:
    """A field of a line as screens call it."""
    return OTHER_LABELS[name] if name in OTHER_LABELS else getattr(LineForm, name).args[0]


def known_headings() -> set[str]:
    return {name for names in COLUMNS.values() for name in names}


def read(content: bytes, filename: str) -> Table:
    """The table of a Renja, also with headings over two rows as in form T-C.33; raises Unreadable."""
    return read_table(content, filename, known=known_headings(), rows=MOST_ROWS, join=join_headings)


def join_headings(group: str, name: str) -> str:
    """“Rencana Tahun 2027” over “Lokasi” is the location; “Prakiraan Maju Rencana Tahun 2028” over “Target” is the
    target of the year after. A column of any other group keeps both words, so that it is not taken for another."""
    if not group or not name:
        return group or name
    group = OF_A_YEAR.sub("", group).replace("Perkiraan", "Prakiraan").replace("PERKIRAAN", "PRAKIRAAN")
    both = (f"{group} {name}".strip(), f"{name} {group}".strip())
    return next((heading for heading in both if fold(heading) in FOLDED), both[0])


# Cells, pure


def read_figure(cell: Cell) -> Decimal:
    """A number cell, or a number as typed in Indonesian or by a machine; ValueError where it is neither."""
    if isinstance(cell, int | float):
        number = Decimal(str(cell))
    else:
        text = str(cell).strip() if isinstance(cell, str) else ""
        if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", text, re.ASCII):
            number = Decimal(text.replace(".", "").replace(",", "."))
        elif re.fullmatch(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?", text, re.ASCII):
            number = Decimal(text.replace(",", ""))
        elif re.fullmatch(r"\d{1,20}(?:[.,]\d{1,20})?", text, re.ASCII):
            number = Decimal(text.replace(",", "."))
        else:
            raise ValueError("not a number")
    if not (number.is_finite() and 0 <= number <= MOST):
        raise ValueError("out of range")
    return number


def read_money(cell: Cell) -> int:
    """Whole rupiah; ValueError where the cell holds none."""
    if isinstance(cell, str):
        cell = re.sub(r",-?$", "", re.sub(r"^rp\.?\s*", "", cell.strip(), flags=re.IGNORECASE))
    number = read_figure(cell)
    whole = number.to_integral_value()
    if abs(number - whole) > Decimal("0.005"):
        raise ValueError("not whole")
    return int(whole)


@dataclass(frozen=True)
class Target:
    value: Decimal
    measure_unit: str | None = None
    is_percent: bool = False


def read_target(cell: Cell, indicator: str, measure_unit: str) -> Target:
    """“14 Dokumen” is 14 and its unit; with an indicator or unit of percentage 0.96 is 96 percent."""
    unit = ""
    if isinstance(cell, str):
        match = WITH_UNIT.fullmatch(cell.strip())
        if match is None:
            raise ValueError("not a number")
        cell, unit = match[1], " ".join((match[2] or "").split())
        if re.search(r"[\s,;]\d", unit) or len(unit) > LONGEST_UNIT:
            raise ValueError("more than a number and its unit")
    number = read_figure(cell)
    if unit.lower() in PERCENT_UNITS:
        return Target(_four(number), "%", True)
    wanted = unit or measure_unit
    if unit == "" and (wanted.lower() in PERCENT_UNITS or PERCENTAGE.search(indicator)):
        return Target(_four(number * 100 if number <= 1 else number), "%", True)
    return Target(_four(number), unit or None, False)


def _four(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.0001"))


# Rows


@dataclass
class Entry:
    """One row of the file beside what stands in the plan."""

    row: int
    code: str
    name: str
    kind: str = "same"
    values: dict[str, Any] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[Any, Any]] = field(default_factory=list)
    changes: list[tuple[Any, Any, Any]] = field(default_factory=list)
    sub_activity: SubActivity | None = None
    offers: list[SubActivity] = field(default_factory=list)
    line: Line | None = None
    content: dict[str, Any] = field(default_factory=dict)
    """Every field of the line as it will stand."""

    @property
    def official_name(self) -> str | None:
        """The name in the nomenclature where the file spells it otherwise."""
        return self.sub_activity.name if self.sub_activity and self.sub_activity.name != self.name else None


@dataclass
class Comparison:
    entries: list[Entry]
    ignored: list[str]
    ceiling_column: str | None
    left_out: int

    def of(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]

    def counts(self) -> dict[str, int]:
        return {kind: len(self.of(kind)) for kind in KINDS}

    @property
    def writes(self) -> int:
        return len(self.of("new")) + len(self.of("changed"))

    @property
    def ceiling(self) -> int:
        """What the lines of the file carry once they stand in the plan."""
        return sum(entry.content.get("ceiling") or 0 for entry in self.entries if entry.kind != "wrong")

    def total_after(self, total: int) -> int:
        """What all standing lines of the plan, now `total`, carry once this is applied."""
        replaced = sum(
            entry.line.ceiling or 0 for entry in self.entries if entry.line and entry.line.dropped_at is None
        )
        return total - replaced + self.ceiling

    @property
    def unresolved(self) -> list[Entry]:
        return [
            entry
            for entry in self.entries
            if entry.kind != "wrong" and entry.content["sub_activity_id"] is None
        ]

    @property
    def marked(self) -> list[Entry]:
        """Rows with cells that stay as text."""
        return [entry for entry in self.entries if entry.unread]

    def digest(self) -> str:
        """What a preview was compared with: it no longer holds once this differs."""
        seen = [
            (entry.code, entry.kind, entry.content, entry.line and (entry.line.id, entry.line.version))
            for entry in self.entries
        ]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def places_of(table: Table, ceiling_column: str | None = None) -> dict[str, int | None]:
    """Where each column stands; Unreadable without a code, or without the ceiling column that was asked for."""
    places = {name: table.column(*names) for name, names in COLUMNS.items()}
    if places["code"] is None:
        raise Unreadable(_("Kolom kode sub kegiatan tidak ditemukan."))
    if ceiling_column:
        places["ceiling"] = table.column(ceiling_column)
        if places["ceiling"] is None:
            raise Unreadable(_("Kolom pagu “%(name)s” tidak ditemukan.", name=ceiling_column[:60]))
        for name, place in places.items():
            if name != "ceiling" and place == places["ceiling"]:
                raise Unreadable(_("Kolom “%(name)s” bukan kolom pagu.", name=ceiling_column[:60]))
    return places


def _code(row: Row, places: Mapping[str, int | None]) -> str:
    return row.text(places["code"]).replace(" ", "").rstrip(".").upper()


def _is_left_out(row: Row, places: Mapping[str, int | None], code: str) -> bool:
    """Rows of parents, sums and column numbers, and rows without a word."""
    if code:
        is_parent = CODE.fullmatch(code) is not None and code.count(".") < SUB_ACTIVITY_GROUPS - 1
        return is_parent or COUNTING_ROW.fullmatch(code) is not None or SUM_ROW.match(code) is not None
    words = [cell for cell in row.cells if isinstance(cell, str)]
    return row.text(places["name"]) == "" or any(SUM_ROW.match(cell.strip()) for cell in words)


def _read_row(row: Row, places: Mapping[str, int | None], code: str, known: SubActivity | None) -> Entry:
    """What one row says; an empty cell says nothing."""
    if fold(row.text(places["value_kind"])) in CODES["value_kind"]:
        row = Row(row.line, tuple(_unquoted(cell) for cell in row.cells))
        own_file = True
    else:
        own_file = False
    entry = Entry(row.line, code, row.text(places["name"]) or (known.name if known else ""))
    entry.sub_activity = known
    if own_file and isinstance(name := row[places["name"] or 0], str) and places["name"] is not None:
        entry.name = clean(name) or entry.name

    def cell(name: str) -> Cell:
        place = places[name]
        value = None if place is None else row[place]
        return None if isinstance(value, str) and value.strip() in (("",) if own_file else EMPTY) else value

    def take_text(name: str, source: str, longest: int) -> None:
        text = row.text(places[source]) if cell(source) is not None else ""
        if own_file and isinstance(kept := cell(source), str):
            text = clean(kept) or ""
        if len(text) > longest:
            entry.problems.append((label_of(name), _("Paling banyak %(n)s huruf.", n=longest)))
        elif text:
            entry.values[name] = text

    def keep_unread(name: str, source: str) -> None:
        entry.unread[name] = _shown(cell(source))[:LONGEST_UNREAD]

    pair = next((pair for pair in PAIRS if any(cell(name) is not None for name in pair)), PAIRS[0])
    take_text("indicator", pair[0], LONGEST_INDICATOR)
    take_text("measure_unit", "measure_unit", LONGEST_UNIT)
    for name, longest in TEXTS.items():
        take_text(name, name, longest)
    if cell(pair[1]) is not None:
        indicator = entry.values.get("indicator") or (known.indicator if known else "")
        own = "indicator" not in entry.values and known is not None
        unit = entry.values.get("measure_unit") or (known.measure_unit if known and own else "")
        try:
            target = (
                Target(_four(read_figure(cell(pair[1]))))
                if own_file
                else read_target(cell(pair[1]), indicator, unit)
            )
        except ValueError:
            keep_unread("target", pair[1])
        else:
            entry.values["target"] = target.value
            entry.values["value_kind"] = "percent" if target.is_percent else "number"
            if target.measure_unit:
                entry.values["measure_unit"] = target.measure_unit
    if own_file:
        for name, codes in CODES.items():
            if code_of := codes.get(fold(row.text(places[name]))):
                entry.values[name] = code_of
    for name in PLAIN_FIGURES:
        if cell(name) is not None:
            try:
                entry.values[name] = read_target(cell(name), "", "").value
            except ValueError:
                keep_unread(name, name)
    for name in revisions.MONEY:
        if cell(name) is not None:
            try:
                entry.values[name] = read_money(cell(name))
            except ValueError:
                keep_unread(name, name)
    if CODE.fullmatch(code) is None or len(code) > 40:
        entry.problems.append(
            (_("Kode"), _("Kode sub kegiatan tidak terbaca.") if code else _("Kode kosong."))
        )
    if not entry.name:
        entry.problems.append((label_of("name"), _("Nama kosong, dan kodenya tidak ada di nomenklatur.")))
    elif len(entry.name) > LONGEST_NAME:
        entry.problems.append((label_of("name"), _("Paling banyak %(n)s huruf.", n=LONGEST_NAME)))
    entry.values["name"] = entry.name
    for name, value in (*entry.values.items(), *entry.unread.items()):
        if isinstance(value, str) and FORBIDDEN.search(value):
            entry.problems.append((label_of(name), _("Ada karakter yang tidak diizinkan.")))
        elif isinstance(value, str) and NIP.search(value):
            entry.problems.append((label_of(name), _("Ada 18 angka berurutan yang mungkin NIP seseorang.")))
    return entry


def _unquoted(cell: Cell) -> Cell:
    """A text without the sign that kept a spreadsheet from running it as a formula."""
    return cell[1:] if isinstance(cell, str) and QUOTED.match(cell) else cell


def _shown(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else " ".join(str(cell).split())


# Beside the plan


def compare(plan: Plan, table: Table, ceiling_column: str | None = None, *, hold: bool = False) -> Comparison:
    """Each row beside the plan's line of its code. `hold`: lock the lines until the transaction ends."""
    places = places_of(table, ceiling_column)
    coded = [(row, _code(row, places)) for row in table.rows]
    rows = [(row, code) for row, code in coded if not _is_left_out(row, places, code)]
    known = nomenclature.resolve_all(code for _row, code in rows)
    lines = _lines(plan, hold)
    seen: dict[str, int] = {}
    entries = []
    for row, code in rows:
        entry = _read_row(row, places, code, known.get(code))
        if code and code in seen:
            entry.problems.append(
                (_("Kode"), _("Kode ini sudah ada di baris %(line)s berkas.", line=seen[code]))
            )
        seen.setdefault(code, row.line)
        _beside(entry, _line_for(lines, code, plan))
        entries.append(entry)
    offers = nomenclature.successors(entry.code for entry in entries if entry.sub_activity is None)
    for entry in entries:
        entry.offers = offers.get(entry.code, [])
    used = [place for place in places.values() if place is not None]
    ceiling = places["ceiling"]
    return Comparison(
        entries,
        table.ignored(used),
        None if ceiling is None else table.headings[ceiling],
        len(coded) - len(rows),
    )


def _lines(plan: Plan, hold: bool) -> dict[str, list[Line]]:
    query = select(Line).where(Line.plan_id == plan.id).order_by(Line.id)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: dict[str, list[Line]] = {}
    for line in db.session.scalars(query):
        found.setdefault(line.code, []).append(line)
    return found


def _line_for(lines: Mapping[str, list[Line]], code: str, plan: Plan) -> Line | None:
    """The agency's own line of this code, else the only one that a unit below it owns."""
    same = lines.get(code, [])
    own = next((line for line in same if line.unit_id == plan.unit_id), None)
    standing = [line for line in same if line.dropped_at is None]
    if standing and (own is None or own.dropped_at is not None):
        return standing[0] if len(standing) == 1 else own
    return own


def _beside(entry: Entry, line: Line | None) -> None:
    """Find out what the row changes."""
    known = entry.sub_activity
    before = revisions.line_fields(line) if line else None
    content = dict(before or dict.fromkeys(revisions.LINE_FIELDS))
    values = {name: revisions.plain(value) for name, value in entry.values.items()}
    if before and values.get("value_kind") == "number" and before["value_kind"] != "percent":
        del values["value_kind"]  # an index or a date that somebody chose in the portal stays
    if before and known is None and before["sub_activity_id"] is not None:
        del values["name"]  # somebody put the successor in by hand
    content.update(values)
    if known is not None:
        content["sub_activity_id"] = known.id
        for name in ("indicator", "measure_unit"):
            content[name] = content[name] or getattr(known, name)
    for name in revisions.TEXTS:
        content[name] = content[name] or ""
    if before:
        # A figure that was typed in the portal stands over a cell that nobody could read.
        entry.unread = {name: text for name, text in entry.unread.items() if content.get(name) is None}
        kept = {name: text for name, text in (before["unread"] or {}).items() if name not in entry.values}
    else:
        kept = {}
    content["unread"] = (kept | entry.unread) or None
    entry.line, entry.content = line, content
    if entry.problems:
        entry.kind = "wrong"
    elif line is None or before is None:
        entry.kind = "new"
    else:
        entry.changes = [
            (label_of(name), *(CHOSEN.get(name, {}).get(one[name], one[name]) for one in (before, content)))
            for name in revisions.LINE_FIELDS
            if before[name] != content[name] and name not in ("sub_activity_id", "unread")
        ]
        taken_up = line.dropped_at is not None
        entry.kind = "changed" if taken_up or content != before else "same"


def apply(
    comparison: Comparison, plan: Plan, by_id: int | None, duty_id: int | None = None, *, source: str
) -> int:
    """Write what the comparison found, one revision a line; returns how many. Nothing may be wrong in it.

    OverCeiling where all of it together leaves the plan over its ceiling in `final_draft`.
    """
    assert not comparison.of("wrong")
    reason = f"Dibaca dari berkas {source[:100]}"
    position = db.session.scalar(select(func.max(Line.position)).where(Line.plan_id == plan.id)) or 0
    before = ceilings.total_of(plan.id)
    for entry in comparison.entries:
        if entry.kind == "same":
            continue
        line = entry.line
        if line is None:
            position += 1
            line = entry.line = Line(
                plan_id=plan.id,
                unit_id=plan.unit_id,
                thread_id=new_thread().id,
                code=entry.code,
                name=entry.name,
                openness="consult",
                position=position,
                version=0,
            )
            db.session.add(line)
            db.session.flush()
            entry.content = {**revisions.line_fields(line), **_given(entry.content)}
        if line.dropped_at is not None:
            line.dropped_at = line.dropped_by_id = line.drop_reason = None
            audit.record("took up again", f"line:{line.id}", duty_id=duty_id)
        if line.version == 0 or entry.content != revisions.line_fields(line):
            revisions.save(
                line,
                entry.content,
                by_id,
                based_on=line.version or None,
                reason=reason,
                duty_id=duty_id,
                weighs=False,
            )
    db.session.flush()
    ceilings.weigh(plan.id, before)
    return comparison.writes


def _given(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}


def hold_plan(plan: Plan) -> None:
    """One import of a plan at a time."""
    db.session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
    revisions.hold_open(plan.id)
