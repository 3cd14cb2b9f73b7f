"""Who may change what of a plan's text and table; pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import Refusal
from portal.plans import stages
from portal.plans.stages import Calendar

OPENNESS_WORDS: dict[str, Any] = {
    "fixed": _l("Tetap"),
    "consult": _l("Dikonsultasikan"),
    "decide": _l("Diputuskan bersama"),
}
WIDTH = {"fixed": 0, "consult": 1, "decide": 2}
"""How open each openness is; it may be widened freely, narrowed only with a reason."""


def refuse_edit(
    calendar: Calendar, today: date, *, plans_unit: bool, edits_piece: bool, returned: bool = False
) -> Refusal | None:
    """Planners edit all of their plan, editors the pieces that their unit owns, each in the stages of the table."""
    roles = {role for role, held in (("planner", plans_unit), ("editor", edits_piece)) if held}
    if not roles:
        return Refusal(_("Bagian ini disunting oleh perencana dan penyusun unit pemiliknya."))
    return stages.refuse("edit", calendar, today, roles, returned=returned)


def refuse_openness(
    calendar: Calendar, today: date, old: str, new: str, reason: str, *, plans_unit: bool
) -> Refusal | None:
    """Set freely in `preparation`; later widened freely, narrowed only with a reason. `fixed` always has a reason."""
    if not plans_unit:
        return Refusal(_("Keterbukaan ditetapkan oleh perencana unit ini."))
    if calendar.stage(today) == "adopted":
        return Refusal(_("Rencana ini sudah ditetapkan."))
    if new == "fixed" and not reason:
        return Refusal(_("“Tetap” memerlukan alasan yang dapat dibaca semua pegawai."))
    if calendar.stage(today) != "preparation" and WIDTH[new] < WIDTH[old] and not reason:
        return Refusal(_("Sesudah pegawai diundang, mempersempit keterbukaan memerlukan alasan."))
    return None


def refuse_drop(calendar: Calendar, today: date, reason: str, *, plans_unit: bool) -> Refusal | None:
    """A line is struck, never deleted; after `preparation` only with a reason."""
    refusal = refuse_edit(calendar, today, plans_unit=plans_unit, edits_piece=False)
    if refusal is None and calendar.stage(today) != "preparation" and not reason:
        return Refusal(_("Sesudah tahapan Persiapan, mencoret baris memerlukan alasan."))
    return refusal
