"""What is allowed with a proposal, and which state it is in; pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import Refusal
from portal.holidays import add_working_days
from portal.plans import stages
from portal.plans.stages import Calendar
from portal.proposals.models import Proposal

KINDS = ("accepted", "partly", "deferred", "declined", "returned")
"""The decisions that can be given so far."""
NEEDS_CONDITION = ("partly", "deferred", "declined")

STATES: dict[str, Any] = {
    "draft": _l("Draf"),
    "submitted": _l("Diajukan"),
    "answered": _l("Dijawab"),
    "withdrawn": _l("Ditarik"),
}
DECISIONS: dict[str, Any] = {
    "accepted": _l("Diterima"),
    "partly": _l("Diterima sebagian"),
    "joined": _l("Digabung"),
    "deferred": _l("Ditunda"),
    "declined": _l("Ditolak"),
    "forwarded": _l("Diteruskan"),
    "returned": _l("Dikembalikan"),
}
LOOKS = {
    "accepted": ("daun", "check"),
    "partly": ("daun", "circle-half-2"),
    "joined": ("nila", "arrow-merge"),
    "deferred": ("emas", "player-pause"),
    "declined": ("saga", "x"),
    "forwarded": ("sunk", "arrow-forward-up"),
    "returned": ("sunk", "arrow-back-up"),
}
"""Tone and icon of each decision's chip."""
GROUND_WORDS: dict[str, Any] = {
    "outside_authority": _l("Di luar kewenangan"),
    "no_ceiling": _l("Pagu tidak tersedia"),
    "already_planned": _l("Sudah direncanakan"),
    "barred_by_rule": _l("Terhalang aturan"),
    "better_alternative": _l("Ada pilihan lebih baik"),
    "needs_repair": _l("Perlu perbaikan"),
}


def is_open(proposal: Proposal) -> bool:
    """Submitted, not withdrawn, and no answer given in its present round."""
    return (
        proposal.submitted_at is not None
        and proposal.withdrawal is None
        and (not proposal.answers or proposal.answers[-1].at < proposal.submitted_at)
    )


def state(proposal: Proposal) -> str:
    if proposal.withdrawal is not None:
        return "withdrawn"
    if proposal.submitted_at is None:
        return "draft"
    return "submitted" if is_open(proposal) else "answered"


def due_on(submitted: date, answer_days: int, calendar: Calendar, holidays: Collection[date]) -> date:
    """The answer's last day: so many working days after submission, never after the last day of `draft`."""
    due = add_working_days(submitted, answer_days, holidays)
    last = calendar.ends_on("draft")
    return min(due, last) if last is not None and last >= submitted else due


def refuse_submit(person_id: int, proposal: Proposal, calendar: Calendar, today: date) -> Refusal | None:
    """The author hands in a draft while proposals are taken, or a returned one until `draft` ends."""
    if proposal.by_id != person_id:
        return Refusal(_("Hanya pengusul yang dapat mengajukan usulan ini."))
    if proposal.withdrawal is not None:
        return Refusal(_("Usulan ini sudah ditarik."))
    if proposal.submitted_at is None:
        return stages.refuse("propose", calendar, today)
    if not is_returned(proposal):
        return Refusal(_("Usulan ini sudah diajukan."))
    last = calendar.ends_on("draft")
    if last is not None and today > last:
        return Refusal(_("Perbaikan usulan ditutup bersama tahapan Rancangan."))
    return None


def is_returned(proposal: Proposal) -> bool:
    """Sent back for repair and not handed in again."""
    return state(proposal) == "answered" and proposal.answers[-1].kind == "returned"


def refuse_edit(person_id: int, proposal: Proposal, calendar: Calendar, today: date) -> Refusal | None:
    """A draft, or a returned proposal, is edited by its author; a submitted one by nobody."""
    if proposal.by_id != person_id:
        return Refusal(_("Hanya pengusul yang dapat menyunting usulan ini."))
    if state(proposal) == "draft":
        return None
    if is_returned(proposal):
        return refuse_submit(person_id, proposal, calendar, today)
    return Refusal(_("Usulan yang sudah diajukan tidak disunting. Anda dapat menariknya."))


def refuse_withdraw(person_id: int, proposal: Proposal) -> Refusal | None:
    if proposal.by_id != person_id:
        return Refusal(_("Hanya pengusul yang dapat menarik usulan ini."))
    if proposal.withdrawal is not None:
        return Refusal(_("Usulan ini sudah ditarik."))
    if state(proposal) == "answered" and not is_returned(proposal):
        return Refusal(_("Usulan ini sudah dijawab."))
    return None


def refuse_support(person_id: int, proposal: Any, calendar: Calendar, today: date) -> Refusal | None:
    """Everyone but the proposer supports a submitted proposal while the stage takes support."""
    if proposal.by_id == person_id:
        return Refusal(_("Ini usulan Anda sendiri."))
    if proposal.withdrawal is not None:
        return Refusal(_("Usulan ini sudah ditarik."))
    return stages.refuse("support", calendar, today)


def refuse_answer(
    person_id: int, roles: frozenset[str], proposal: Proposal, calendar: Calendar, today: date
) -> Refusal | None:
    """A leader over the unit answers, never their own proposal; a published answer is only followed by a new one."""
    if "leader" not in roles:
        return Refusal(_("Usulan dijawab oleh pimpinan unit ini."))
    if proposal.by_id == person_id:
        return Refusal(
            _("Anda tidak menjawab usulan Anda sendiri; jawabannya diberikan pimpinan di atasnya.")
        )
    if state(proposal) == "withdrawn":
        return Refusal(_("Usulan ini sudah ditarik."))
    if proposal.submitted_at is None:
        return Refusal(_("Usulan ini belum diajukan."))
    return stages.refuse("answer", calendar, today, roles)


def shows_supports(
    person_id: int,
    proposal: Proposal,
    *,
    has_duty: bool,
    has_supported: bool,
    has_commented: bool,
    calendar: Calendar,
    today: date,
) -> bool:
    """Whether this reader sees the number of supporters: hidden until they took part or support has ended."""
    return (
        has_duty
        or proposal.by_id == person_id
        or has_supported
        or has_commented
        or stages.refuse("support", calendar, today) is not None
    )
