"""How many people a post needs and how many it has; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

MINUTES_A_YEAR = 75_000
"""Effective minutes of one year: 1,250 hours (5 days 235 × 5 h 30, 6 days 287 × 4 h 30)."""
OLD_MINUTES_A_YEAR = 72_000
"""The older norm, 300 minutes a day, by which workload tables in use are still counted."""
PERIODS = {"per tahun": 1, "per bulan": 12, "per minggu": 48, "per hari": 240, "per jam": 1200}
"""How often a year each period of a workload table occurs by its own norm: 6,000 minutes a month, 1,500 a week."""

KINDS: dict[str, Any] = {
    "jpt": _l("Pimpinan tinggi"),
    "administrator": _l("Administrator"),
    "pengawas": _l("Pengawas"),
    "pelaksana": _l("Pelaksana"),
    "fungsional": _l("Fungsional"),
}
HEADS = ("jpt", "administrator", "pengawas")
"""Kinds that lead something: their post counts as one, whatever its tasks come to."""


def workload(tasks: Iterable[tuple[Decimal, Decimal]], norm: int = MINUTES_A_YEAR) -> Decimal:
    """The staff that tasks (quantity a year, minutes each) come to, with four decimals."""
    minutes = sum((quantity * each for quantity, each in tasks), Decimal(0))
    return (minutes / norm).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def required(
    kind: str, tasks: Iterable[tuple[Decimal, Decimal]], seats: int, norm: int = MINUTES_A_YEAR
) -> int:
    """The staff required, in whole people, half up; a head's post is one. A post without tasks needs its seats."""
    given = list(tasks)
    if kind in HEADS:
        return 1
    if not given:
        return seats
    return int(workload(given, norm).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Staffing:
    """A post's required staff against those who hold it."""

    required: int
    pns: int = 0
    pppk: int = 0
    acting: int = 0
    """Plt., Plh. and Pj.: shown, not counted as filled."""

    @property
    def filled(self) -> int:
        return self.pns + self.pppk

    @property
    def difference(self) -> int:
        """Filled less required: negative where people are missing."""
        return self.filled - self.required

    @property
    def vacant(self) -> int:
        return max(0, -self.difference)
