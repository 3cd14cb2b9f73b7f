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
KIND_WORDS: dict[str, Any] = {
    "merge": _l("penggabungan"),
    "restore": _l("pemulihan"),
    "suggestion": _l("saran perubahan"),
    "clash": _l("tidak menjadi versi"),
}
ORIGIN_WORDS: dict[str, Any] = {
    "mandate": _l("Amanat"),
    "carry_over": _l("Lanjutan"),
    "direction": _l("Arahan pimpinan"),
}
WIDTH = {"fixed": 0, "consult": 1, "decide": 2}
"""How open each openness is; it may be widened freely, narrowed only with a reason."""


def refuse_edit(
    calendar: Calendar,
    today: date,
    *,
    plans_unit: bool,
    edits_piece: bool,
    returned: bool = False,
    dropped: bool = False,
) -> Refusal | None:
    """Planners edit all of their plan, editors the pieces that their unit owns, each in the stages of the table."""
    if dropped:
        return Refusal(_("Baris ini sudah dicoret. Menambahkan kode yang sama memakainya kembali."))
    roles = {role for role, held in (("planner", plans_unit), ("editor", edits_piece)) if held}
    if not roles:
        return Refusal(_("Teks dan angka ini disunting oleh perencana dan penyusun unit pemiliknya."))
    return stages.refuse("edit", calendar, today, roles, returned=returned)


def refuse_start(calendar: Calendar, today: date, *, plans_unit: bool) -> Refusal | None:
    """The planner takes over what the year before leaves, in `preparation`."""
    if not plans_unit:
        return Refusal(_("Rencana dilanjutkan dari tahun lalu oleh perencana unit ini."))
    if calendar.stage(today) != "preparation":
        return Refusal(_("Rencana dilanjutkan dari tahun lalu pada tahapan Persiapan."))
    return None


def refuse_openness(calendar: Calendar, *, plans_unit: bool) -> Refusal | None:
    """The planner sets it, until the plan is adopted."""
    if not plans_unit:
        return Refusal(_("Keterbukaan ditetapkan oleh perencana unit ini."))
    if calendar.adopted:
        return Refusal(_("Rencana ini sudah ditetapkan."))
    return None


def reason_missing(stage: str, old: str, new: str, reason: str) -> Refusal | None:
    """`fixed` always says why; after `preparation` openness is widened freely, narrowed only with a reason."""
    if reason:
        return None
    if new == "fixed":
        return Refusal(_("“Tetap” memerlukan alasan yang dapat dibaca semua pegawai."))
    if stage != "preparation" and WIDTH[new] < WIDTH[old]:
        return Refusal(_("Sesudah pegawai diundang, mempersempit keterbukaan memerlukan alasan."))
    return None


def refuse_input(openness: str, deed: str) -> Refusal | None:
    """What a piece takes from the staff: `comment` always, `suggestion` and `proposal` unless it is fixed, `poll`
    only where it is decided together."""
    if deed == "comment" or openness == "decide" or (openness == "consult" and deed != "poll"):
        return None
    if openness == "fixed":
        return Refusal(_("Bagian ini tetap; hanya tanggapan yang dibuka."))
    return Refusal(_("Bagian ini dikonsultasikan, tidak diputuskan bersama."))


def drop_reason_missing(stage: str, reason: str) -> Refusal | None:
    """After `preparation` a line is struck only with a reason; it is never deleted."""
    if reason or stage == "preparation":
        return None
    return Refusal(_("Sesudah tahapan Persiapan, mencoret baris memerlukan alasan."))


STANDING_UNITS = {"persen", "persentase", "%", "indeks", "nilai", "skor", "predikat", "rasio", "angka"}


def usual_measure(measure_unit: str) -> tuple[str, str]:
    """How figures of a unit of measure usually add up, and in which direction: documents add up, shares stand."""
    return ("last" if measure_unit.strip().lower() in STANDING_UNITS else "sum"), "higher"
