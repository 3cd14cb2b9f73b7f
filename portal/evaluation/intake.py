"""Quarterly tables as agencies keep them: read by their headings, compared with the plan, and only then written.

A table has a row a sub-activity and, for each quarter, a figure (K), rupiah (Rp) or both, under headings over one to four
rows. An empty cell says nothing. Whoever reads it in says whether the cells are of each quarter alone (`single`) or of
the year so far (`cumulative`); what is kept is always of the quarter alone where figures add up.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import select

from portal import audit, clock
from portal.db import db
from portal.drafting import importing
from portal.drafting.models import Line
from portal.drafting.revisions import plain
from portal.drafting.rules import usual_measure
from portal.errors import Conflict
from portal.evaluation import actions, bands, figures, queries, rules
from portal.evaluation.figures import QUARTERS, Achievement, Measure
from portal.evaluation.models import Evaluation, Evidence, Realisation
from portal.evaluation.queries import Edition, Key
from portal.formatting import figure, rupiah
from portal.forms import EIGHTEEN_DIGITS, FORBIDDEN
from portal.people.models import Unit
from portal.tables import Cell, Row, Unreadable, read_rows
from portal.xlsx_child import fold

KINDS = ("wrong", "new", "same")
MOST_ROWS = 2000
LONGEST_NOTE = 1000

NUMERALS = {
    "i": 1, "1": 1, "satu": 1, "pertama": 1, "kesatu": 1, "ii": 2, "2": 2, "dua": 2, "kedua": 2,
    "iii": 3, "3": 3, "tiga": 3, "ketiga": 3, "iv": 4, "4": 4, "empat": 4, "keempat": 4,
}  # fmt: skip
_QUARTER = re.compile(
    r"\b(?:tri ?wulan|tw|trw|kuartal)\s?(?:ke\s?)?("
    + "|".join(sorted(NUMERALS, key=len, reverse=True))
    + r")\b"
)
_SO_FAR = re.compile(r"\b(?:s d|sd|sampai|kumulatif|hingga)\b")
_MONEY = re.compile(r"\b(?:rp|rupiah|anggaran|keuangan|belanja|dana|penyerapan)\b")
_VALUE = re.compile(r"\b(?:k|kinerja|fisik|volume|output|keluaran)\b")
_LEADING_CODE = re.compile(r"\d{1,2}(?:\.(?:X{1,2}|\d{1,4}))+", re.IGNORECASE | re.ASCII)
_YEARS = re.compile(r"\b(?:tahun|ta|t a)(?:\s+(?:anggaran|rencana))?\s+(20\d\d)\b")
_AGENCY = ("kode skpd", "kode perangkat daerah", "kode pd", "kode opd", "kode unit", "kode unit kerja")
_OWNER = ("unit penanggung jawab", "penanggung jawab", "unit kerja", "bidang penanggung jawab", "unit")
_NOTE = ("catatan", "keterangan", "alasan", "penjelasan", "ket")
KNOWN = {
    *importing.COLUMNS["code"], *importing.COLUMNS["name"], "Satuan", "Target", "Pagu", "No", "Program/Kegiatan",
    "Sasaran", "Unit penanggung jawab", "Keterangan",
}  # fmt: skip


# The table, pure


@dataclass
class Entry:
    """One line of the file beside the line of the plan."""

    row: int
    code: str
    name: str
    measure: Measure | None = None
    ceiling: int | None = None
    values: dict[int, Decimal] = field(default_factory=dict)
    rupiah: dict[int, int] = field(default_factory=dict)
    note: str = ""
    owner: str = ""
    measure_unit: str = ""
    problems: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    line: Line | None = None
    before: dict[int, Realisation] = field(default_factory=dict)
    """The figures that stand, by quarter."""
    writes: set[int] = field(default_factory=set)
    """The quarters that get a new figure."""

    @property
    def kind(self) -> str:
        return "wrong" if self.problems else "new" if self.writes else "same"

    @property
    def quarters(self) -> list[int]:
        """Those of which the file says anything."""
        return sorted(self.values.keys() | self.rupiah.keys())

    def entries(self) -> dict[int, figures.Entry]:
        """Every figure of the year as it will stand; one that a file replaces loses its fraction."""
        found = {}
        for quarter in QUARTERS:
            stood = self.before.get(quarter)
            kept = queries.entry_of(stood) if stood is not None else None
            if quarter in self.values and (kept is None or kept.value != self.values[quarter]):
                found[quarter] = figures.Entry(self.values[quarter])
            elif kept is not None:
                found[quarter] = kept
        return found

    def spent(self) -> int | None:
        given = dict(self.rupiah)
        for quarter, stood in self.before.items():
            if stood.rupiah is not None:
                given.setdefault(quarter, stood.rupiah)
        return sum(given.values()) if given else None

    @property
    def achieved(self) -> Achievement:
        assert self.measure is not None
        return figures.achieve_year(self.measure, self.entries())


@dataclass
class Comparison:
    entries: list[Entry]
    ignored: list[str]
    year: int
    missing: list[Line] = field(default_factory=list)
    """Lines of the plan that the file does not name."""

    def of(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]

    def counts(self) -> dict[str, int]:
        return {kind: len(self.of(kind)) for kind in KINDS}

    @property
    def quarters(self) -> list[int]:
        return sorted({quarter for entry in self.entries for quarter in entry.quarters})

    def figures(self) -> dict[str, Any]:
        """Of the lines of the file: how many, whole rupiah planned and spent, the capped mean of achievement with
        two decimals, its rating, and how many lines it leaves out."""
        mean = figures.mean(entry.achieved for entry in self.entries if entry.measure is not None)
        return {
            "lines": len(self.entries),
            "ceiling": sum(entry.ceiling or 0 for entry in self.entries),
            "realised": sum(entry.spent() or 0 for entry in self.entries),
            "mean": None if mean.percent is None else float(mean.percent),
            "rating": figures.rate(mean.percent, bands.BANDS),
            "left_out": len(self.entries) - mean.counted,
        }

    def digest(self) -> str:
        """What a preview was compared with: it no longer holds once this differs."""
        seen = [
            (
                entry.code, entry.kind, sorted(entry.writes), entry.line and entry.line.id, entry.note,
                [(q, plain(v)) for q, v in sorted(entry.values.items())], sorted(entry.rupiah.items()),
                [(q, one.number) for q, one in sorted(entry.before.items())],
            )
            for entry in self.entries
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


@dataclass(frozen=True)
class _Column:
    """What a column holds: a role, and for figures of a quarter which one."""

    role: str
    quarter: int = 0
    is_so_far: bool = False


@dataclass(frozen=True)
class Sheet:
    """A quarterly table, its columns understood."""

    titles: list[str]
    columns: dict[int, _Column]
    rows: list[Row]
    ignored: list[str]

    def place(self, role: str, quarter: int = 0) -> int | None:
        return next(
            (place for place, one in self.columns.items() if one.role == role and one.quarter == quarter),
            None,
        )


def read(content: bytes, filename: str) -> list[Row]:
    """The rows of a file, titles and headings too; raises Unreadable."""
    return read_rows(content, filename, known=KNOWN, rows=MOST_ROWS)


def understand(rows: Sequence[Row], *, cumulative: bool, targets: bool = False) -> Sheet:
    """Find titles, headings and columns; Unreadable where this is no quarterly table. `targets`: the quarters' targets
    are read, not what was realised."""
    start = next((n for n, row in enumerate(rows[:30]) if _is_data(row)), None)
    if start is None:
        raise Unreadable(_("Tidak ada baris sub kegiatan dalam berkas ini."))
    first = next((n for n, row in enumerate(rows[:start]) if sum(map(bool, _texts(row))) >= 3), None)
    if first is None:
        raise Unreadable(_("Judul kolom tidak ditemukan."))
    heads = [row for row in rows[first:start] if not _is_numbering(row)]
    names = _spread(heads)
    columns = {place: one for place, texts in enumerate(names) if (one := _column(texts, targets))}
    ignored = [" ".join(texts) for place, texts in enumerate(names) if texts and place not in columns]
    ignored = [name for name in ignored if fold(name) not in ("no", "nomor")]
    columns = _paired(columns)
    for role in ("value", "rupiah"):
        wrong = [one for one in columns.values() if one.role == role and one.is_so_far != cumulative]
        right = [one for one in columns.values() if one.role == role and one.is_so_far == cumulative]
        if wrong and right:  # both stand in the file
            columns = {place: one for place, one in columns.items() if one not in wrong}
        elif wrong and not cumulative:
            raise Unreadable(
                _("Judul kolom berkas ini menyebut angka sampai dengan triwulan. Silakan pilih “kumulatif”.")
            )
    if not any(one.role in ("value", "rupiah") for one in columns.values()):
        raise Unreadable(_("Kolom triwulan (TW I sampai TW IV) tidak ditemukan."))
    if not any(one.role in ("code", "name") for one in columns.values()):
        raise Unreadable(_("Kolom kode sub kegiatan tidak ditemukan."))
    titles = [text for row in rows[:first] for text in _texts(row) if text]
    return Sheet(titles, columns, list(rows[start:]), ignored)


def _texts(row: Row) -> list[str]:
    return [row.text(place) for place in range(len(row.cells))]


def _is_numbering(row: Row) -> bool:
    """The row of column numbers: 1, 2, 3 … from the first column."""
    texts = [text for text in _texts(row) if text]
    return (
        len(texts) >= 3 and texts[0].strip("()") == "1" and all(re.match(r"\(?\d{1,2}\b", t) for t in texts)
    )


def _is_data(row: Row) -> bool:
    """Whether it is below the headings: it begins with a code, or holds words and figures."""
    texts = _texts(row)
    if any(_LEADING_CODE.match(text) for text in texts[:6]):
        return True
    numbers = [text for text in texts if re.fullmatch(r"-?[\d.,]+", text)]
    words = [text for text in texts if re.search(r"[^\W\d]{3}", text)]
    return len(numbers) >= 2 and bool(words) and not _is_numbering(row)


def _spread(heads: Sequence[Row]) -> list[list[str]]:
    """The words above each column, from the top; a merged cell reaches over those to its right that begin no cell of
    their own above and have a name below."""
    width = max((len(row.cells) for row in heads), default=0)
    texts = [[row.text(place) for place in range(width)] for row in heads]
    found: list[list[str]] = [[] for _place in range(width)]
    for level, row in enumerate(texts):
        group = ""
        for place in range(width):
            begins_above = any(texts[above][place] for above in range(level))
            below = any(texts[under][place] for under in range(level + 1, len(texts)))
            group = row[place] or ("" if begins_above or not below else group)
            if group:
                found[place].append(group)
    return found


def _column(texts: Sequence[str], targets: bool) -> _Column | None:
    """What stands under these headings; None for what is not read."""
    folded = [fold(text) for text in texts]
    whole, raw = " ".join(folded), " ".join(texts)
    if not whole:
        return None
    quarter = _quarter(folded)
    if quarter:
        names_target = "target" in whole or ("rencana" in whole and "realisasi" not in whole)
        if "realisasi" in whole if targets else names_target:
            return None
        if "%" in raw or re.search(r"\b(?:persen|persentase|tingkat|sisa|predikat)\b", whole):
            return None
        return _Column(_kind(folded), quarter, bool(_SO_FAR.search(whole)))
    if "+1" in raw or re.search(r"\b(?:prakiraan|renstra|realisasi|sumber)\b", whole):
        return None
    if "target" in whole:
        return _Column("target" if _kind(folded) != "rupiah" else "ceiling")
    if whole == "tahun":
        return _Column("year")
    for role, names in (("agency", _AGENCY), ("owner", _OWNER), ("note", _NOTE)):
        if whole in names:
            return _Column(role)
    for role in ("code", "name", "measure_unit", "accumulation", "direction"):
        if whole in {fold(name) for name in importing.COLUMNS[role]}:
            return _Column(role)
    if whole.startswith("program kegiatan") or "sub kegiatan" in whole:
        return _Column("name")
    return _Column("ceiling") if "pagu" in whole or _kind(folded) == "rupiah" else None


def _quarter(folded: Sequence[str]) -> int:
    """The quarter that the headings name, in figures, numerals or words; 0 where they name none."""
    for text in reversed(folded):
        if found := _QUARTER.search(text):
            return NUMERALS[found[1]]
    named = any(re.search(r"\b(?:tri ?wulan|tw|trw|kuartal)\b", text) for text in folded)
    return next((NUMERALS[text] for text in folded if named and text in NUMERALS), 0)


def _kind(folded: Sequence[str]) -> str:
    """value, rupiah, or either; what stands lowest decides, and in it the last word."""
    for text in reversed(folded):
        last = text.split()[-1] if text else ""
        if last in ("rp", "rupiah"):
            return "rupiah"
        if last == "k":
            return "value"
        money, value = _MONEY.search(text), _VALUE.search(text)
        if money and not value:
            return "rupiah"
        if value and not money:
            return "value"
    return "either"


def _paired(columns: dict[int, _Column]) -> dict[int, _Column]:
    """A quarter's columns without K and Rp: the first is the figure, the second the rupiah. A second column of the same
    role is not read."""
    found: dict[int, _Column] = {}
    for place, one in columns.items():
        if one.role == "either":
            one = replace(one, role="value")
            if one in found.values():
                one = replace(one, role="rupiah")
        if one not in found.values():
            found[place] = one
    return found


# Cells


class _Numbers:
    """Reads the figures of one file, in which comma and point must not both part the decimals."""

    def __init__(self, sheet: Sheet) -> None:
        places = [
            p for p, one in sheet.columns.items() if one.role in ("value", "rupiah", "target", "ceiling")
        ]
        signs = [
            sign for row in sheet.rows for place in places if (sign := _decimal_sign(row[place])) is not None
        ]
        self.sign = max(("," , "."), key=signs.count) if signs else None  # fmt: skip

    def number(self, cell: Cell, *, money: bool) -> Decimal:
        """A figure of a cell; ValueError with a sentence where it is none."""
        if isinstance(cell, str):
            text = cell.strip()
            if re.match(r"(?:rp\.?\s*)?[-–(]\s*[\d.,]", text, re.IGNORECASE):
                raise ValueError(_("Angka negatif tidak dapat dipakai."))
            if (sign := _decimal_sign(text)) and sign != self.sign:
                raise ValueError(_("Koma dan titik bercampur dalam berkas ini: %(text)s.", text=text[:40]))
            if money:
                text = re.sub(r",-?$", "", re.sub(r"^rp\.?\s*", "", text, flags=re.IGNORECASE))
            elif match := importing.WITH_UNIT.fullmatch(text):
                text = match[1]
            cell = text
        elif isinstance(cell, int | float) and cell < 0:
            raise ValueError(_("Angka negatif tidak dapat dipakai."))
        try:
            number = importing.read_figure(cell)
        except ValueError:
            raise ValueError(_("Tidak terbaca sebagai angka: %(text)s.", text=str(cell)[:40])) from None
        if money and abs(number - number.to_integral_value()) > Decimal("0.005"):
            raise ValueError(_("Bukan rupiah bulat: %(text)s.", text=str(cell)[:40]))
        return number.to_integral_value() if money else number.quantize(Decimal("0.0001"))


def _decimal_sign(cell: Cell) -> str | None:
    """The sign that can only part the decimals of a figure; None where there is none, or it may part thousands."""
    if not isinstance(cell, str):
        return None
    text = re.sub(r"[^\d.,]", "", cell)
    found = re.search(r"([.,])(\d+)$", text)
    if found is None or not text[: found.start()]:
        return None
    whole, sign = text[: found.start()], found[1]
    other = "." if sign == "," else ","
    if other in whole:
        return sign
    return sign if len(found[2]) != 3 and sign not in whole else None


# Rows


def _is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip() in importing.EMPTY)


def read_entries(sheet: Sheet, year: int, unit_code: str | None, *, cumulative: bool) -> list[Entry]:
    """What each row of a sub-activity says; whatever is wrong stands beside it."""
    numbers, found = _Numbers(sheet), []
    seen: dict[tuple[str, str], int] = {}
    places = {role: sheet.place(role) for role in ("code", "name", "agency", "owner", "note", "year", "target", "ceiling", "measure_unit", "accumulation", "direction")}  # fmt: skip
    for row in sheet.rows:
        code, name = _named(row, places)
        if not _is_line(code, name, row, sheet):
            continue
        entry = Entry(row.line, code, name[:500], owner=row.text(places["owner"]))
        found.append(entry)
        if not code and not name:
            entry.problems.append(_("Kode dan nama sub kegiatan kosong."))
        entry.measure_unit = row.text(places["measure_unit"])
        agency = row.text(places["agency"])
        if agency and unit_code and re.sub(r"\D", "", agency) != re.sub(r"\D", "", unit_code):
            entry.problems.append(_("Baris ini milik unit lain: %(code)s.", code=agency[:60]))
        stated = row.text(places["year"])
        if stated and stated != str(year):
            entry.problems.append(_("Baris ini untuk tahun %(year)s.", year=stated[:10]))
        key = (code or fold(name), fold(entry.owner))
        if key in seen:
            entry.problems.append(_("Sub kegiatan ini sudah ada di baris %(line)s berkas.", line=seen[key]))
        seen.setdefault(key, row.line)
        entry.note = row.text(places["note"])
        if len(entry.note) > LONGEST_NOTE:
            entry.problems.append(_("Catatan paling banyak %(n)s huruf.", n=LONGEST_NOTE))
        if FORBIDDEN.search(entry.note) or EIGHTEEN_DIGITS.search(entry.note):
            entry.problems.append(_("Catatan berisi karakter atau nomor yang tidak diizinkan."))
        target, scale = _target(row, places["target"], entry, numbers)
        entry.ceiling = _money(row, places["ceiling"], entry, numbers)
        accumulation, direction = usual_measure(entry.measure_unit or _unit_in(row, places["target"]))
        stated_sum, stated_way = row.text(places["accumulation"]), row.text(places["direction"])
        entry.measure = Measure(
            stated_sum if stated_sum in importing.CHOSEN["accumulation"] else accumulation,
            stated_way if stated_way in importing.CHOSEN["direction"] else direction,
            target,
        )
        _figures(row, sheet, entry, numbers, scale)
    if not found:
        raise Unreadable(_("Tidak ada baris sub kegiatan dalam berkas ini."))
    return found


def _named(row: Row, places: Mapping[str, int | None]) -> tuple[str, str]:
    """Code and name of a row, where the code stands in a column of its own or before the name."""
    code = row.text(places["code"]).replace(" ", "").rstrip(".").upper()
    name = row.text(places["name"])
    if not code and (match := _LEADING_CODE.match(name)):
        code, name = match[0].upper(), name[match.end() :].strip(" .:–-")
    return code[:40], name


def _is_line(code: str, name: str, row: Row, sheet: Sheet) -> bool:
    """Rows of parents, sums, means and remarks are left out."""
    if code and importing.CODE.fullmatch(code):
        return code.count(".") >= importing.SUB_ACTIVITY_GROUPS - 1
    words = " ".join(text for text in _texts(row)[:4] if text)
    if importing.SUM_ROW.match(words) or re.match(
        r"(?:rata[- ]rata|predikat|faktor|tindak lanjut)", words, re.IGNORECASE
    ):
        return False
    return any(
        not _is_empty(row[place]) for place, one in sheet.columns.items() if one.role in ("value", "rupiah")
    )


def _unit_in(row: Row, place: int | None) -> str:
    match = importing.WITH_UNIT.fullmatch(row.text(place))
    return " ".join((match[2] or "").split()) if match else ""


def _target(row: Row, place: int | None, entry: Entry, numbers: _Numbers) -> tuple[Decimal | None, int]:
    """The target, and by what figures of this row are multiplied: 0.95 of a percentage is 95."""
    if place is None or _is_empty(row[place]):
        return None, 1
    try:
        target = numbers.number(row[place], money=False)
    except ValueError as wrong:
        entry.problems.append(_("Target: %(why)s", why=str(wrong)))
        return None, 1
    is_share = (entry.measure_unit or _unit_in(row, place)).lower() in importing.PERCENT_UNITS
    scale = 100 if is_share and isinstance(row[place], float) and 0 < target <= 1 else 1
    return target * scale, scale


def _money(row: Row, place: int | None, entry: Entry, numbers: _Numbers) -> int | None:
    if place is None or _is_empty(row[place]):
        return None
    try:
        return int(numbers.number(row[place], money=True))
    except ValueError as wrong:
        entry.problems.append(_("Pagu: %(why)s", why=str(wrong)))
        return None


def _figures(row: Row, sheet: Sheet, entry: Entry, numbers: _Numbers, scale: int) -> None:
    for place, one in sheet.columns.items():
        if one.role not in ("value", "rupiah") or _is_empty(row[place]):
            continue
        try:
            number = numbers.number(row[place], money=one.role == "rupiah")
        except ValueError as wrong:
            entry.problems.append(f"TW {rules.ROMAN[one.quarter]}: {wrong}")
            continue
        if one.role == "rupiah":
            entry.rupiah[one.quarter] = int(number)
        else:
            entry.values[one.quarter] = number * scale


Number = TypeVar("Number", int, Decimal)


def _split(
    given: dict[int, Number], standing: Mapping[int, Number | None], entry: Entry, what: str
) -> dict[int, Number]:
    """Of each quarter alone what was given as of the year so far; of a quarter that the file skips, what stands."""
    found: dict[int, Number] = {}
    so_far: Any = 0
    for quarter in QUARTERS:
        if quarter not in given:
            so_far += standing.get(quarter) or 0
            continue
        if given[quarter] < so_far:
            entry.problems.append(
                _("TW %(n)s: %(what)s lebih kecil daripada triwulan sebelumnya, padahal kumulatif.", n=rules.ROMAN[quarter], what=what)
            )  # fmt: skip
            return given
        found[quarter] = given[quarter] - so_far
        so_far = given[quarter]
    return found


def part(entry: Entry) -> None:
    """Turn cumulative cells into those of each quarter, by how the line's figures add up."""
    money = {quarter: stood.rupiah for quarter, stood in entry.before.items()}
    entry.rupiah = _split(entry.rupiah, money, entry, _("rupiahnya"))
    if entry.measure is not None and entry.measure.accumulation == "sum":
        values = {quarter: queries.entry_of(stood).value for quarter, stood in entry.before.items()}
        entry.values = _split(entry.values, values, entry, _("angkanya"))


# Beside the plan


@dataclass(frozen=True)
class Around:
    """What a file is compared with: an agency's year as it stands."""

    unit: Unit
    year: int
    editions: list[Edition]
    lines: dict[int, list[tuple[Line, dict[int, Decimal]]]]
    realised: dict[Key, dict[int, Realisation]]
    courses: dict[int, rules.Course]

    def line_of(self, key: Key, quarter: int) -> Line | None:
        """The line of the edition by which a quarter is judged."""
        edition = queries.edition_of(self.editions, self.year, quarter)
        return next(
            (
                line
                for line, _targets in self.lines.get(edition.plan.id, ())
                if (line.unit_id, line.code) == key and line.dropped_at is None
            ),
            None,
        )


def look_around(unit: Unit, year: int) -> Around:
    """What stands of an agency's year; without an adopted plan there are no editions."""
    editions = queries.list_editions(unit.id, year)
    return Around(
        unit,
        year,
        editions,
        queries.list_lines([one.plan.id for one in editions]) if editions else {},
        queries.list_realisations(unit.id, year) if editions else {},
        queries.list_courses(unit.id, year),
    )


def compare(
    rows: Sequence[Row],
    around: Around,
    *,
    cumulative: bool,
    edits: Callable[[int], bool] | None = None,
    today: date | None = None,
) -> Comparison:
    """Each row beside the plan's line. `edits` says of which units' lines this person may enter figures."""
    sheet = understand(rows, cumulative=cumulative)
    _check_titles(sheet, around)
    entries = read_entries(sheet, around.year, around.unit.code, cumulative=cumulative)
    newest = around.editions[-1].plan.id if around.editions else 0
    standing = [pair for pair in around.lines.get(newest, ()) if pair[0].dropped_at is None]
    for entry in entries:
        if around.editions:
            _match(entry, standing)
        if entry.line is not None:
            entry.before = around.realised.get((entry.line.unit_id, entry.line.code), {})
        if cumulative:
            part(entry)
        _beside(entry, around, edits, today or clock.today())
    _no_line_twice(entries)
    taken = {entry.line.id for entry in entries if entry.line is not None}
    return Comparison(
        entries,
        sheet.ignored,
        around.year,
        [line for line, _targets in standing if line.id not in taken],
    )


def _check_titles(sheet: Sheet, around: Around) -> None:
    """Unreadable where the titles name another year, or another agency and not this one."""
    titles = fold(" ".join(sheet.titles))
    years = set(_YEARS.findall(titles))
    if years and str(around.year) not in years:
        raise Unreadable(
            _("Berkas ini untuk tahun %(other)s, bukan %(year)s.", other=min(years), year=around.year)
        )
    if titles and fold(around.unit.name) not in titles:
        names = db.session.scalars(select(Unit.name).where(Unit.kind == "agency", Unit.id != around.unit.id))
        other = next((name for name in names if re.search(rf"\b{re.escape(fold(name))}\b", titles)), None)
        if other is not None:
            raise Unreadable(
                _("Berkas ini milik %(other)s, bukan %(unit)s.", other=other, unit=around.unit.name)
            )


def _match(entry: Entry, standing: Sequence[tuple[Line, dict[int, Decimal]]]) -> None:
    """The plan's line of this code (or name) and, where two units have it, of this owner."""
    same = [
        pair
        for pair in standing
        if (pair[0].code == entry.code if entry.code else fold(pair[0].name) == fold(entry.name))
    ]
    owned = [pair for pair in same if fold(pair[0].unit.name) == fold(entry.owner)]
    found = owned if len(owned) == 1 else same
    if not found:
        entry.problems.append(_("Sub kegiatan ini tidak ada dalam Renja yang ditetapkan."))
    elif len(found) > 1:
        entry.problems.append(
            _("Beberapa unit memiliki sub kegiatan ini. Mohon isi unit penanggung jawabnya.")
        )
    else:
        line, targets = found[0]
        if entry.measure is not None and entry.measure.target not in (None, line.target):
            entry.hints.append(
                _("Target di berkas %(file)s, dalam Renja %(plan)s; yang dipakai Renja.", file=figure(entry.measure.target), plan=figure(line.target) or "–")
            )  # fmt: skip
        if entry.ceiling not in (None, line.ceiling):
            entry.hints.append(
                _("Pagu di berkas %(file)s, dalam Renja %(plan)s; yang dipakai Renja.", file=rupiah(entry.ceiling), plan=rupiah(line.ceiling) or "–")
            )  # fmt: skip
        entry.line, entry.ceiling = line, line.ceiling
        entry.measure, entry.name = queries.measure_of(line, targets), line.name


def _no_line_twice(entries: Sequence[Entry]) -> None:
    seen: dict[int, int] = {}
    for entry in entries:
        if entry.line is None or entry.problems:
            continue
        if seen.setdefault(entry.line.id, entry.row) != entry.row:
            entry.problems.append(
                _("Sub kegiatan ini sudah ada di baris %(line)s berkas.", line=seen[entry.line.id])
            )


def _beside(entry: Entry, around: Around, edits: Callable[[int], bool] | None, today: date) -> None:
    """What the row changes, and why it may not."""
    if entry.line is not None:
        key = (entry.line.unit_id, entry.line.code)
        if edits is not None and not edits(entry.line.unit_id):
            entry.problems.append(_("Baris ini milik %(unit)s.", unit=entry.line.unit.name))
        for quarter in entry.quarters:
            stood = entry.before.get(quarter)
            same = stood is not None and all(
                given is None or given == kept
                for given, kept in (
                    (entry.values.get(quarter), queries.entry_of(stood).value),
                    (entry.rupiah.get(quarter), stood.rupiah),
                )
            )
            if same:
                continue
            entry.writes.add(quarter)
            course = around.courses[quarter]
            if refusal := rules.refuse_enter(course, today, edits=True):
                entry.problems.append(f"TW {rules.ROMAN[quarter]}: {refusal}")
            elif course.judged_at is not None and not entry.note:
                entry.problems.append(
                    _("TW %(n)s sudah ditelaah. Mohon isi kolom Keterangan dengan alasan perubahannya.", n=rules.ROMAN[quarter])
                )  # fmt: skip
            elif around.line_of(key, quarter) is None:
                entry.problems.append(_("TW %(n)s: baris ini belum ada dalam Renja saat itu.", n=rules.ROMAN[quarter]))  # fmt: skip
    spent = entry.spent()
    if (
        spent is not None
        and (entry.line is not None or entry.ceiling is not None)
        and spent > (entry.ceiling or 0)
    ):
        if entry.note:
            entry.hints.append(_("Belanja melampaui pagu, dengan alasan di kolom Keterangan."))
        elif not entry.problems:
            entry.problems.append(
                _("Belanja %(spent)s melampaui pagu %(ceiling)s. Mohon isi alasannya di kolom Keterangan, atau pilih “kumulatif” bila angkanya sampai dengan triwulan.", spent=rupiah(spent), ceiling=rupiah(entry.ceiling or 0))
            )  # fmt: skip


def hold(around: Around, comparison: Comparison) -> None:
    """Make and lock the quarters that the file writes, so that nobody files or enters beside it."""
    for quarter in comparison.quarters:
        edition = queries.edition_of(around.editions, around.year, quarter)
        actions.begin(around.unit.id, around.year, quarter, edition.snapshot.id)


def apply(
    comparison: Comparison,
    around: Around,
    source: str,
    by_id: int | None,
    duty_of: Callable[[int], int | None] | None = None,
) -> int:
    """Write what the comparison found, one number a figure; returns how many. Nothing may be wrong in it, and the
    quarters are held."""
    if comparison.of("wrong"):
        raise Conflict(_("Masih ada baris yang salah. Perbaiki berkasnya, lalu unggah kembali."))
    evaluations: dict[int, int] = dict(
        db.session.execute(
            select(Evaluation.quarter, Evaluation.id).where(
                Evaluation.unit_id == around.unit.id, Evaluation.year == around.year
            )
        ).all()
    )
    proofs = _proofs_of(comparison)
    deeds, now = [], clock.now()
    for entry in comparison.of("new"):
        assert entry.line is not None
        key = (entry.line.unit_id, entry.line.code)
        duty_id = duty_of(entry.line.unit_id) if duty_of else None
        for quarter in sorted(entry.writes):
            stood, line = entry.before.get(quarter), around.line_of(key, quarter)
            assert line is not None
            counted = queries.entry_of(stood).value if stood else None
            stays = stood is not None and entry.values.get(quarter, counted) == counted
            value = stood.value if stood and stays else entry.values.get(quarter)
            status = "measured" if value is not None else stood.status if stood else "not_measured"
            made = Realisation(
                evaluation_id=evaluations[quarter],
                unit_id=key[0],
                code=key[1],
                number=stood.number + 1 if stood else 1,
                line_id=line.id,
                status=status,
                value=value,
                numerator=stood.numerator if stood and stays else None,
                denominator=stood.denominator if stood and stays else None,
                rupiah=entry.rupiah.get(quarter, stood.rupiah if stood else None),
                note=entry.note or (stood.note if stood else None),
                reason=entry.note or (stood.reason if stood and status != "measured" else None),
                by_id=by_id,
                duty_id=duty_id,
                at=now,
                evidence=[
                    Evidence(**{name: getattr(one, name) for name in PROOF})
                    for one in proofs.get(stood.id, ())
                ]
                if stood and stays
                else [],
            )
            db.session.add(made)
            after = {"code": key[1], "number": made.number, "value": plain(value), "rupiah": made.rupiah}
            deeds.append((f"evaluation:{evaluations[quarter]}", None, after | {"source": source}, duty_id))
    db.session.flush()
    for duty_id in {deed[3] for deed in deeds}:
        audit.record_all(
            "entered a figure", [deed[:3] for deed in deeds if deed[3] == duty_id], duty_id=duty_id
        )
    return len(deeds)


PROOF = ("kind", "title", "reference", "dated_on", "kept_by")


def _proofs_of(comparison: Comparison) -> dict[int, list[Evidence]]:
    """The evidence of the figures that stand where one is written, by figure."""
    standing = [
        entry.before[quarter].id
        for entry in comparison.of("new")
        for quarter in entry.writes
        if quarter in entry.before
    ]
    found: dict[int, list[Evidence]] = {}
    for proof in db.session.scalars(
        select(Evidence).where(Evidence.realisation_id.in_(standing)).order_by(Evidence.id)
    ):
        found.setdefault(proof.realisation_id, []).append(proof)
    return found
