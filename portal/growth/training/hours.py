"""Training hours (JP): how minutes, days and times become hours, up to which cap, in which year. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

MINUTES = 45
"""Of one JP."""
LEAST, MOST = 20, 24
"""JP a year: what a PNS has a right to at least (PP 11/2017), a PPPK at most (PP 49/2018 article 40)."""
SOURCE, SOURCE_YEAR = "Tabel konversi sebuah lembaga nasional", 2019
"""Of `hours_rules.csv`: the only full table that was found, one agency's own. BKPSDM sets its own there."""


@dataclass(frozen=True)
class HoursRule:
    """How a form of learning becomes hours: by `basis` (menit, hari, kali, semester), capped a day or a month."""

    code: str
    form: str
    basis: str
    hours: int
    cap: int | None
    per: str


@cache
def rules() -> dict[str, HoursRule]:
    """Every form of learning, by its code."""
    with Path(__file__).with_name("hours_rules.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kode"]: HoursRule(
                row["kode"],
                row["bentuk"],
                row["dasar"],
                int(row["jp"] or 0),
                int(row["batas"]) if row["batas"] else None,
                row["per"],
            )
            for row in csv.DictReader(file, delimiter=";")
        }


def of_minutes(minutes: int) -> int:
    """JP of an activity's minutes altogether, rounded down."""
    return minutes // MINUTES


def of_training(form: str, meetings: Iterable[tuple[date, int]]) -> int:
    """JP of a training with these meetings (day, minutes), by the rule of its form."""
    held = list(meetings)
    rule = rules()[form]
    if rule.basis == "hari":
        return rule.hours * len({day for day, _minutes in held})
    if rule.basis == "menit":
        return of_minutes(sum(minutes for _day, minutes in held))
    return rule.hours if held else 0


@dataclass(frozen=True)
class Activity:
    """Something learnt. `hours` as the certificate prints them; `settled` once the steward has, or the portal itself."""

    key: str
    form: str
    starts_on: date
    ends_on: date
    hours: int
    settled: bool = False


@dataclass(frozen=True)
class Counted:
    """What of an activity counts, and why not more."""

    activity: Activity
    hours: int
    why: str | None = None

    @property
    def year(self) -> int:
        """Hours count in the year in which the activity ended."""
        return self.activity.ends_on.year


def count(activities: Iterable[Activity]) -> list[Counted]:
    """Every activity with the hours that count, the earliest first. A settled one is never cut."""
    used: dict[tuple[str, int, int], int] = {}
    found = []
    for one in sorted(activities, key=lambda a: (a.ends_on, a.key)):
        rule = rules().get(one.form)
        if one.settled or rule is None or rule.cap is None:
            if rule and rule.per == "bulan":
                month = (one.form, one.ends_on.year, one.ends_on.month)
                used[month] = used.get(month, 0) + one.hours
            found.append(Counted(one, one.hours))
            continue
        if rule.per == "bulan":
            month = (one.form, one.ends_on.year, one.ends_on.month)
            counted = max(0, min(one.hours, rule.cap - used.get(month, 0)))
            used[month] = used.get(month, 0) + counted
            why = _("paling banyak %(n)s JP sebulan untuk bentuk ini", n=rule.cap)
        else:
            days = (one.ends_on - one.starts_on).days + 1
            counted = min(one.hours, rule.cap * days)
            why = _("%(n)s JP di atas batas bentuk ini", n=one.hours - counted)
        found.append(Counted(one, counted, why if counted < one.hours else None))
    return found


def total(counted: Sequence[Counted], year: int) -> int:
    """JP of a year."""
    return sum(one.hours for one in counted if one.year == year)


def in_words(hours: int, status: str) -> str:
    """“12 JP dari 20” for a PNS, “12 JP (batas 24)” for a PPPK: an entitlement's ceiling is nothing to fall short of."""
    words = status.upper()
    if words.startswith("PPPK"):
        if "PARUH" in words:
            return _("%(n)s JP", n=hours)
        return _("%(n)s JP (batas %(most)s)", n=hours, most=MOST)
    if words.startswith(("PNS", "CPNS")):
        return _("%(n)s JP dari %(least)s", n=hours, least=LEAST)
    return _("%(n)s JP", n=hours)


def is_enough(attended: int, held: int, least: int) -> bool:
    """Whether so many of the minutes held are at least `least` percent of them."""
    return held > 0 and attended * 100 >= held * least
