"""Who may thank, share and answer, and why not; pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import Refusal
from portal.growth.careers.models import Share

CORRECTION_DAYS = 14
"""In which the steward answers."""
LONGEST = timedelta(days=365)
"""For which a copy may be shared."""
MOST_SHARES = 20
"""Copies of one person that are open at a time."""
MOST_REQUESTS = 10
"""Requests of one person that may wait at a time."""

SHARE_STATES: dict[str, Any] = {
    "open": _l("Terbuka"),
    "ended": _l("Berakhir"),
    "revoked": _l("Dicabut"),
}
OUTCOMES: dict[str, Any] = {
    "corrected": _l("Diperbaiki"),
    "partly": _l("Diperbaiki sebagian"),
    "declined": _l("Tidak diperbaiki"),
}
TONES = {"open": "daun", "corrected": "daun", "partly": "emas", "declined": "saga"}
"""Of the chips; the others are quiet."""


def share_state(share: Share, today: date) -> str:
    """A copy may be read through its last day."""
    if share.revoked_at is not None:
        return "revoked"
    return "open" if today <= share.until_on else "ended"


def refuse_thank(*, leads: bool, is_own: bool, is_named: bool, counts: bool, thanked: bool) -> Refusal | None:
    """A leader, of what somebody else did under their own name; once for each thing.

    Where the name is withheld everybody gets one answer, so that none tells whose leader or whose own it is.
    """
    if not is_named:
        return Refusal(_("Ucapan terima kasih tercatat pada nama; di sini namanya tidak ditampilkan."))
    if is_own:
        return Refusal(_("Ucapan terima kasih diberikan kepada orang lain."))
    if not leads:
        return Refusal(_("Ucapan terima kasih dicatat oleh pimpinan unit yang bersangkutan."))
    if not counts:
        return Refusal(_("Yang ditarik tidak diberi ucapan terima kasih."))
    return Refusal(_("Anda sudah mengucapkan terima kasih untuk ini.")) if thanked else None


def refuse_share(open_shares: int) -> Refusal | None:
    if open_shares >= MOST_SHARES:
        return Refusal(
            _("Paling banyak %(n)s salinan terbuka. Silakan cabut salah satu dahulu.", n=MOST_SHARES)
        )
    return None


def refuse_request(waiting: int) -> Refusal | None:
    if waiting >= MOST_REQUESTS:
        return Refusal(
            _("Paling banyak %(n)s permintaan menunggu jawaban. Silakan tunggu jawabannya.", n=MOST_REQUESTS)
        )
    return None


def refuse_answer(*, is_own: bool, answered: bool) -> Refusal | None:
    """A steward of the person's unit, never of their own record; once."""
    if is_own:
        return Refusal(_("Permintaan Anda sendiri dijawab oleh pengelola kepegawaian yang lain."))
    return Refusal(_("Permintaan ini sudah dijawab.")) if answered else None
