"""A map of posts as agencies keep it: a list of posts with seats, or a workload table with a row for each task. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _

from portal.growth.posts.rules import OLD_MINUTES_A_YEAR, PERIODS
from portal.tables import Row, Table, Unreadable
from portal.xlsx_child import fold

TITLE = ("Jabatan", "Nama jabatan")
UNIT = ("Unit kerja", "Unit", "Lokasi", "Unit penempatan", "Perangkat daerah")
SEATS = ("Jumlah formasi", "Jumlah", "Formasi", "Kebutuhan")
TASK = ("Tahapan", "Uraian tugas", "Tugas")
QUANTITY = ("Jumlah hasil", "Volume", "Beban kerja")
MINUTES = ("Waktu menit", "Waktu penyelesaian", "Waktu penyelesaian menit")
PERIOD = ("Per", "Periode", "Satuan waktu")
EFFECTIVE = ("Waktu efektif menit", "Waktu efektif")
KNOWN = (*TITLE, *UNIT, *SEATS, *TASK, *QUANTITY, *MINUTES, *PERIOD, *EFFECTIVE)
LEVEL = re.compile(r"\s+((?:ahli\s+)?(?:pertama|muda|madya|utama)|pemula|terampil|mahir|penyelia)$", re.I)


@dataclass
class ReadPost:
    """A post as the file names it; its tasks are (text, how many a year, minutes each)."""

    title: str
    units: tuple[str, ...]
    """The path of its unit, the highest first."""
    seats: int = 0
    tasks: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)

    @property
    def level(self) -> str | None:
        found = LEVEL.search(self.title)
        return " ".join(found[1].split()).capitalize() if found else None

    @property
    def kind(self) -> str:
        """What the title says; whoever keeps the map confirms it."""
        words = fold(self.title)
        if self.level:
            return "fungsional"
        if re.match(r"(kepala (dinas|badan)|sekretaris daerah|asisten|inspektur)\b", words):
            return "jpt"
        if re.match(r"(kepala (bidang|bagian)|sekretaris|camat)\b", words):
            return "administrator"
        if re.match(r"(kepala (seksi|sub ?bagian|sub ?bidang|uptd)|lurah)\b", words):
            return "pengawas"
        return "pelaksana"


@dataclass(frozen=True)
class Reading:
    posts: list[ReadPost]
    doubles: list[int]
    """Lines of the file that repeat another one word for word."""
    wrong: list[tuple[int, str]]
    """Line and sentence for what cannot be read."""

    def figures(self) -> dict[str, int]:
        return {
            "posts": len(self.posts),
            "titles": len({fold(post.title) for post in self.posts}),
            "seats": sum(post.seats for post in self.posts),
            "tasks": sum(len(post.tasks) for post in self.posts),
            "doubles": len(self.doubles),
            "wrong": len(self.wrong),
        }


def _number(text: str) -> Decimal:
    """A figure of a cell: `1.250`, `0,5` and `0.9096` alike; raises ValueError."""
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", text):
        text = text.replace(".", "")
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite() or number < 0:
        raise ValueError(text)
    return number


def read(table: Table) -> Reading:
    """Posts with their seats and tasks; the same post in several rows is one. Raises Unreadable without its columns."""
    title, unit = table.column(*TITLE), table.column(*UNIT)
    if title is None or unit is None:
        raise Unreadable(_("Kolom jabatan atau unit kerja tidak ditemukan."))
    seats, quantity, minutes = (table.column(*names) for names in (SEATS, QUANTITY, MINUTES))
    if seats is None and (quantity is None or minutes is None):
        raise Unreadable(_("Kolom jumlah, atau volume dan waktu penyelesaian, tidak ditemukan."))
    posts: dict[tuple[str, ...], ReadPost] = {}
    seen: set[tuple[str, ...]] = set()
    doubles: list[int] = []
    wrong: list[tuple[int, str]] = []
    for row in table.rows:
        whole = tuple(row.text(place) for place in range(len(table.headings)))
        if whole in seen:
            doubles.append(row.line)
            continue
        seen.add(whole)
        name = row.text(title)
        path = tuple(part.strip() for part in row.text(unit).split("|") if part.strip())
        if not name or not path:
            wrong.append((row.line, _("Jabatan atau unit kerjanya kosong.")))
            continue
        try:
            task = None if quantity is None or minutes is None else _task(table, row, quantity, minutes)
            places = None if seats is None else _number(row.text(seats))
        except (ValueError, KeyError):
            wrong.append((row.line, _("Angkanya tidak terbaca.")))
            continue
        if places is not None and places != places.to_integral_value():
            wrong.append((row.line, _("Jumlah pegawai ditulis tanpa pecahan.")))
            continue
        post = posts.setdefault((fold(name), *map(fold, path)), ReadPost(name, path))
        post.seats += int(places or 0)
        if task is not None:
            post.tasks.append(task)
    return Reading(list(posts.values()), doubles, wrong)


def _task(table: Table, row: Row, quantity: int, minutes: int) -> tuple[str, Decimal, Decimal]:
    """Text, how many a year, minutes each: what is counted per month, week or hour becomes a year's."""
    many, each = _number(row.text(quantity)), _number(row.text(minutes))
    if effective := row.text(table.column(*EFFECTIVE)):
        if not (period := _number(effective)):
            raise ValueError(effective)
        times = OLD_MINUTES_A_YEAR / period
    else:
        times = Decimal(PERIODS[fold(row.text(table.column(*PERIOD))) or "per tahun"])
    return row.text(table.column(*TASK)), many * times, each
