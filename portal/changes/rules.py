"""What is allowed with notices and concerns; and shares that never show a small unit. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import Refusal

SMALLEST = 5
"""People under which a unit's shares are not shown."""
ANSWER_DAYS = 5
"""Working days within which a concern is answered."""

KINDS: dict[str, Any] = {
    "understood": _l("Saya paham"),
    "concerned": _l("Saya paham, ada kekhawatiran"),
    "unclear": _l("Belum paham"),
}
REPLIES: dict[str, Any] = {
    "answered": _l("Dijawab"),
    "changed": _l("Mengubah rencana"),
    "accepted_risk": _l("Risiko diterima"),
}
VOICE_WORDS: dict[str, Any] = {
    "named": _l("Nama ditampilkan"),
    "unit": _l("Unit saja"),
    "withheld": _l("Nama dirahasiakan"),
}


def refuse_publish(leads_unit: bool) -> Refusal | None:
    """Only a leader over the initiative's unit writes and publishes its notices."""
    return None if leads_unit else Refusal(_("Pemberitahuan diterbitkan oleh pimpinan unit ini."))


def refuse_acknowledge(is_in_audience: bool) -> Refusal | None:
    if is_in_audience:
        return None
    return Refusal(_("Pemberitahuan ini tidak ditujukan kepada unit Anda."))


def refuse_reply(leads_unit: bool, is_own: bool) -> Refusal | None:
    """The leader replies, never to their own concern."""
    if is_own:
        return Refusal(_("Anda tidak membalas kekhawatiran Anda sendiri."))
    return None if leads_unit else Refusal(_("Kekhawatiran dibalas oleh pimpinan unit ini."))


@dataclass(frozen=True)
class Share:
    """How many of a unit's staff gave which answer; `counts` is None where the unit is too small to show."""

    people: int
    counts: Mapping[str, int] | None

    @property
    def silent(self) -> int:
        return self.people - sum((self.counts or {}).values())


def shares(people: Mapping[int, int], answers: Mapping[int, Mapping[str, int]]) -> dict[int, Share]:
    """Shares by unit, hiding units under five and, where a difference would reveal them, one more.

    The whole is shown elsewhere: one hidden unit alone could be reckoned back by subtraction, so that the
    smallest shown unit is hidden with it, until the hidden ones together have five people.
    """
    hidden = {unit for unit, count in people.items() if count < SMALLEST}
    shown = sorted((count, unit) for unit, count in people.items() if unit not in hidden)
    while hidden and shown and sum(people[unit] for unit in hidden) < SMALLEST:
        hidden.add(shown.pop(0)[1])
    return {
        unit: Share(count, None if unit in hidden else dict(answers.get(unit, {})))
        for unit, count in people.items()
    }
