"""An internal vacancy: who meets what, how a blind panel's scores add up, and when a decision needs its reason; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from flask_babel import gettext as _

from portal.access import Refusal

APART = 30
"""Points between the lowest and the highest score of an aspect, over which the panel may score it once more."""
SMALLEST = 5
"""Applicants under which no number of them is published."""
PANEL = 3
RANKS = tuple(
    f"{roman}/{letter}"
    for roman, letters in (("I", "abcd"), ("II", "abcd"), ("III", "abcd"), ("IV", "abcde"))
    for letter in letters
)
"""The seventeen ranks of a PNS, the lowest first."""
CONTRACT_RANKS = (
    "I",
    "II",
    "III",
    "IV",
    "V",
    "VI",
    "VII",
    "VIII",
    "IX",
    "X",
    "XI",
    "XII",
    "XIII",
    "XIV",
    "XV",
    "XVI",
    "XVII",
)
"""The ranks of a PPPK: another list, never compared with the first."""
EDUCATION = ("SD", "SMP", "SMA", "D-I", "D-II", "D-III", "D-IV", "S1", "S2", "S3")
SAME_AS = {"D-IV": "S1", "SMK": "SMA", "SLTA": "SMA"}


def _reached(order: Sequence[str], held: str | None, wanted: str) -> str:
    if held not in order or wanted not in order:
        return "unknown"
    return "met" if order.index(held) >= order.index(wanted) else "unmet"


def rank_at_least(held: str | None, wanted: str) -> str:
    """`met`, `unmet`, or `unknown` where the two are of different lists."""
    return _reached(RANKS if wanted in RANKS else CONTRACT_RANKS, held, wanted)


def education_at_least(held: str | None, wanted: str) -> str:
    return _reached(EDUCATION[:6] + EDUCATION[7:], SAME_AS.get(held or "", held), SAME_AS.get(wanted, wanted))


def months_between(first: date, last: date) -> int:
    """Whole months from one day through another."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def years_as(held: Sequence[tuple[date, date | None]] | None, years: int, on: date) -> str:
    """Whether posts held from and through days add up to so many years on a day; unknown where nothing is recorded."""
    if held is None:
        return "unknown"
    months = sum(months_between(first, min(last or on, on)) for first, last in held if first <= on)
    return "met" if months >= years * 12 else "unmet"


def known(value: bool | None) -> str:
    """What is recorded of a yes or no: not recorded is not unmet."""
    return "unknown" if value is None else "met" if value else "unmet"


def self_check(results: Sequence[str]) -> str:
    """“Anda memenuhi 3 dari 5; 1 belum, 1 belum diketahui”."""
    words = _("Anda memenuhi %(n)s dari %(all)s", n=results.count("met"), all=len(results))
    rest = []
    if unmet := results.count("unmet"):
        rest.append(_("%(n)s belum", n=unmet))
    if unknown := results.count("unknown"):
        rest.append(_("%(n)s belum diketahui", n=unknown))
    return f"{words}; {', '.join(rest)}" if rest else words


@dataclass(frozen=True)
class AspectScores:
    """The scores of one aspect by all panelists, of the round that counts."""

    weight: int
    points: tuple[int, ...]

    @property
    def median(self) -> Decimal:
        return Decimal(str(median(self.points)))

    @property
    def needs_second_round(self) -> bool:
        return max(self.points) - min(self.points) > APART


def total(aspects: Sequence[AspectScores]) -> Decimal:
    """Σ weight × median ÷ 100, two decimals, half up."""
    exact = sum((aspect.weight * aspect.median for aspect in aspects), Decimal(0)) / 100
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def wrong_vacancy(weights: Sequence[int], panel: int, opens_on: date, closes_on: date) -> Mapping[str, str]:
    """What is wrong with a vacancy before it is published, by field."""
    found: dict[str, str] = {}
    if not 3 <= len(weights) <= 6 or sum(weights) != 100:
        found["aspects"] = _("Tiga sampai enam aspek, dan bobotnya berjumlah 100.")
    if panel < PANEL or panel % 2 == 0:
        found["panel"] = _("Panel paling sedikit tiga orang dan berjumlah ganjil.")
    if (closes_on - opens_on).days < 10:
        found["closes_on"] = _("Paling sedikit 10 hari sesudah dibuka.")
    return found


def refuse_decide(recommended: Sequence[Any], decided: Any, reason: str) -> Refusal | None:
    """Why a decision is not taken down: somebody else than recommended, and no reason."""
    if decided is not None and decided not in recommended and not reason.strip():
        return Refusal(_("Keputusan ini lain dari rekomendasi. Mohon tulis alasannya; alasannya terbit."))
    return None


def applicants_in_public(applicants: int) -> str:
    """How many applied, as everybody may read it."""
    if applicants == 0:
        return _("tidak ada peminat")
    if applicants < SMALLEST:
        return _("kurang dari 5 pelamar")
    return _("%(n)s pelamar", n=applicants)
