"""What is open in which stage, as data in one place; pure, read by rules, pages and tests alike.

A stage starts on its local day and lasts until the next one does. Only `adopted` is a deed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import Refusal
from portal.formatting import day
from portal.plans.models import DATED_STAGES, STAGES

LABELS: dict[str, Any] = {
    "preparation": _l("Persiapan"),
    "initial_draft": _l("Rancangan Awal"),
    "forum": _l("Forum Perangkat Daerah"),
    "draft": _l("Rancangan"),
    "verification": _l("Verifikasi"),
    "final_draft": _l("Rancangan Akhir"),
    "adopted": _l("Ditetapkan"),
}

EVERYONE = frozenset({"everyone"})
NOBODY: frozenset[str] = frozenset()
_EDITORS = frozenset({"planner", "editor"})
_PLANNER = frozenset({"planner"})

# Deed × stage → who may. `everyone` is every employee; else one of these duties over the unit is needed.
ALLOWED: dict[str, dict[str, frozenset[str]]] = {
    "propose": {"initial_draft": EVERYONE, "forum": EVERYONE},
    "support": {"initial_draft": EVERYONE, "forum": EVERYONE},
    "comment": {
        "initial_draft": EVERYONE,
        "forum": EVERYONE,
        "draft": EVERYONE,
        "verification": frozenset({"verifier"}),
        "final_draft": EVERYONE,
        "adopted": EVERYONE,
    },
    "suggest": {"initial_draft": EVERYONE, "forum": EVERYONE, "draft": EVERYONE},
    "edit": {
        "preparation": _PLANNER,
        "initial_draft": _EDITORS,
        "forum": _PLANNER,
        "draft": _EDITORS,
        "verification": _PLANNER,  # only while the last verification returned the plan: `returned`
        "final_draft": _PLANNER,
    },
    "poll": {"forum": EVERYONE},
    "answer": {
        stage: frozenset({"leader"})
        for stage in ("initial_draft", "forum", "draft", "verification", "final_draft")
    },
}

DEEDS: dict[str, Any] = {
    "propose": _l("Usulan"),
    "support": _l("Dukungan"),
    "comment": _l("Tanggapan"),
    "suggest": _l("Saran perubahan"),
    "edit": _l("Penyuntingan"),
    "poll": _l("Pemungutan suara"),
    "answer": _l("Jawaban resmi"),
}

Starts = Mapping[str, date]
"""The day on which each dated stage starts."""


@dataclass(frozen=True)
class Calendar:
    """The stages of one plan, as rules and pages need them."""

    starts: Starts
    adopted: bool = False

    def stage(self, today: date) -> str:
        return stage_at(self.starts, today, self.adopted)

    def ends_on(self, kind: str) -> date | None:
        return ends_on(self.starts, kind)


def stage_at(starts: Starts, today: date, adopted: bool = False) -> str:
    """The current stage: the last one that has started; `preparation` before all, `adopted` by the deed."""
    if adopted:
        return "adopted"
    begun = [kind for kind in DATED_STAGES if kind in starts and starts[kind] <= today]
    return begun[-1] if begun else "preparation"


def ends_on(starts: Starts, kind: str) -> date | None:
    """The last day of a stage; None for the last one, which ends by adoption."""
    if kind not in DATED_STAGES or kind == DATED_STAGES[-1]:
        return None
    following = starts.get(DATED_STAGES[DATED_STAGES.index(kind) + 1])
    return following - timedelta(days=1) if following else None


def has_begun(starts: Starts, kind: str, today: date) -> bool:
    """Whether a stage has started, whatever came after it."""
    return kind in starts and starts[kind] <= today


def is_public(starts: Starts, today: date) -> bool:
    """From `initial_draft` on every employee may read the plan."""
    return has_begun(starts, "initial_draft", today)


def is_late(year: int, starts: Starts, today: date, adopted: bool) -> bool:
    """Whether a plan should have been adopted: its year has begun and it is not."""
    return not adopted and today >= date(year, 1, 1)


def who_may(deed: str, stage: str) -> frozenset[str]:
    return ALLOWED[deed].get(stage, NOBODY)


def allows(
    deed: str, stage: str, roles: frozenset[str] | set[str] = NOBODY, *, returned: bool = False
) -> bool:
    """Whether the table permits a deed to who holds these roles over the unit.

    `returned`: the last verification sent the plan back, which opens editing in `verification`.
    """
    if deed == "edit" and stage == "verification" and not returned:
        return False
    allowed = who_may(deed, stage)
    return "everyone" in allowed or bool(allowed & roles)


def next_opening(deed: str, starts: Starts, today: date) -> date | None:
    """The next day on which a stage starts that permits the deed to anyone."""
    coming = [
        starts[kind]
        for kind in DATED_STAGES
        if kind in starts and starts[kind] > today and who_may(deed, kind)
    ]
    return min(coming, default=None)


def refuse(
    deed: str,
    calendar: Calendar,
    today: date,
    roles: frozenset[str] | set[str] = NOBODY,
    *,
    returned: bool = False,
) -> Refusal | None:
    """Why the stage does not permit a deed, and when it will; None where it does."""
    stage = calendar.stage(today)
    if allows(deed, stage, roles, returned=returned):
        return None
    what, where = DEEDS[deed], LABELS[stage]
    if who_may(deed, stage) and not (deed == "edit" and stage == "verification"):
        return Refusal(_("%(what)s pada tahapan %(where)s hanya bagi yang bertugas.", what=what, where=where))
    opening = None if calendar.adopted else next_opening(deed, calendar.starts, today)
    if opening is None:
        return Refusal(_("%(what)s sudah ditutup pada tahapan %(where)s.", what=what, where=where))
    return Refusal(
        _(
            "%(what)s tidak dibuka pada tahapan %(where)s; dibuka %(day)s.",
            what=what,
            where=where,
            day=day(opening),
        )
    )


def default_starts(year: int) -> dict[str, date]:
    """Sensible days for the plan of a year, which is written in the year before."""
    before = year - 1
    return {
        "preparation": date(before - 1, 12, 15),
        "initial_draft": date(before, 1, 20),
        "forum": date(before, 2, 20),
        "draft": date(before, 3, 20),
        "verification": date(before, 4, 20),
        "final_draft": date(before, 7, 1),
    }


def refuse_starts(starts: Starts) -> Refusal | None:
    """Stages start one after the other, never two on a day."""
    for earlier, later in pairwise(DATED_STAGES):
        if starts[earlier] >= starts[later]:
            return Refusal(
                _(
                    "%(later)s harus dimulai sesudah %(earlier)s.",
                    later=LABELS[later],
                    earlier=LABELS[earlier],
                )
            )
    return None


def refuse_move(calendar: Calendar, kind: str, to_on: date, today: date) -> Refusal | None:
    """Only a start that is still to come may be moved, to a day that is still to come, in the same order."""
    if calendar.adopted:
        return Refusal(_("Rencana ini sudah ditetapkan."))
    if calendar.starts[kind] <= today:
        return Refusal(_("Tahapan ini sudah dimulai, sehingga tanggalnya tidak dapat diubah."))
    if to_on <= today:
        return Refusal(_("Tanggal baru paling cepat besok."))
    return refuse_starts({**calendar.starts, kind: to_on})


__all__ = ["ALLOWED", "DATED_STAGES", "LABELS", "STAGES", "Calendar", "refuse"]
