"""Pemeriksaan: what a verifier looks for in a plan's table; the rules are data, pure, and only advise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.drafting.models import Line
from portal.plans.nomenclature import all_bidang_of, bidang_of

SUPPORT_PROGRAMME = "01"
"""The third group of the code of a programme that supports the office itself (penunjang)."""


@dataclass(frozen=True)
class Context:
    """What a rule knows beside the line: the agency's bidang, how often each sub-activity stands, which lines were
    changed."""

    bidang: Collection[str] = ()
    times: Counter[Any] = field(default_factory=Counter)
    changed: Collection[int] = ()


@dataclass(frozen=True)
class Rule:
    """One check: `finds` says whether a line fails it; `field` is the cell to mend; `why` is for who reads it."""

    key: str
    label: Any
    why: Any
    field: str
    finds: Callable[[Any, Context], bool]


def _is_empty(name: str) -> Callable[[Any, Context], bool]:
    return lambda line, _context: getattr(line, name) in (None, "")


def is_support(code: str) -> bool:
    return code.split(".")[2:3] == [SUPPORT_PROGRAMME]


def _is_swapped(line: Any, _context: Context) -> bool:
    entry = line.sub_activity
    return entry is not None and is_support(entry.code) != is_support(line.code)


def _is_foreign(line: Any, context: Context) -> bool:
    own = bidang_of(line.code)
    return bool(context.bidang) and own is not None and own not in context.bidang


def _sub_activity(line: Any) -> Any:
    """What is planned, whatever code it stands under: an old code that was linked to its successor is the same."""
    return line.code if line.sub_activity_id is None else (bidang_of(line.code), line.sub_activity_id)


RULES: tuple[Rule, ...] = (
    Rule(
        "target",
        _l("Target kosong"),
        _l("Tanpa target, capaian tidak dapat dihitung."),
        "target",
        _is_empty("target"),
    ),
    Rule(
        "forward_target",
        _l("Target N+1 kosong"),
        _l("Prakiraan maju menjadi dasar rencana tahun berikutnya."),
        "forward_target",
        _is_empty("forward_target"),
    ),
    Rule(
        "forward_ceiling",
        _l("Pagu N+1 kosong"),
        _l("Prakiraan maju menjadi dasar pagu tahun berikutnya."),
        "forward_ceiling",
        _is_empty("forward_ceiling"),
    ),
    Rule(
        "location",
        _l("Lokasi kosong"),
        _l("Verifikator memeriksa di mana sub kegiatan dilaksanakan."),
        "location",
        _is_empty("location"),
    ),
    Rule(
        "funding_source",
        _l("Sumber dana kosong"),
        _l("Pagu tanpa sumber dana tidak dapat dianggarkan."),
        "funding_source",
        _is_empty("funding_source"),
    ),
    Rule(
        "target_group",
        _l("Kelompok sasaran kosong"),
        _l("Perlu jelas siapa yang menerima manfaat."),
        "target_group",
        _is_empty("target_group"),
    ),
    Rule(
        "unknown_code",
        _l("Kode tidak dikenal"),
        _l("Kode di luar nomenklatur ditolak ketika dimasukkan ke SIPD."),
        "name",
        lambda line, _context: line.sub_activity_id is None,
    ),
    Rule(
        "bidang",
        _l("Kode bidang urusan lain"),
        _l("Perangkat Daerah hanya merencanakan bidang urusannya sendiri."),
        "name",
        _is_foreign,
    ),
    Rule(
        "no_note",
        _l("Berubah tanpa catatan"),
        _l("Baris yang berubah sesudah Rancangan Awal wajib memiliki catatan pembahasan."),
        "note",
        lambda line, context: line.id in context.changed and not line.note,
    ),
    Rule(
        "swapped",
        _l("Penunjang dan urusan tertukar"),
        _l("Kode dan sub kegiatan yang dipilih harus sama-sama penunjang atau sama-sama urusan."),
        "name",
        _is_swapped,
    ),
    Rule(
        "twice",
        _l("Sub kegiatan tercantum lebih dari satu kali"),
        _l("Pagu sub kegiatan yang sama mudah terhitung ganda."),
        "ceiling",
        lambda line, context: context.times[_sub_activity(line)] > 1,
    ),
)


@dataclass(frozen=True)
class Found:
    """A rule and the lines that fail it."""

    rule: Rule
    lines: list[Line]


def check(lines: Sequence[Line], unit_code: str | None, changed: Collection[int] = ()) -> list[Found]:
    """The rules that some line fails, in the order of RULES; `changed` are ids of lines changed since the first draft."""
    context = Context(all_bidang_of(unit_code), Counter(map(_sub_activity, lines)), changed)
    found = [Found(rule, [line for line in lines if rule.finds(line, context)]) for rule in RULES]
    return [one for one in found if one.lines]


def support_total(lines: Sequence[Line]) -> int:
    """Whole rupiah of the lines that support the office itself; the rest of the plan is urusan."""
    return sum(line.ceiling or 0 for line in lines if is_support(line.code))


def over_ceiling(total: int, ceiling: int | None) -> int:
    """Whole rupiah by which the lines exceed the unit's ceiling; 0 where they do not or no ceiling was typed in."""
    return max(0, total - ceiling) if ceiling is not None else 0
