"""What may be done with a comment; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import Refusal
from portal.discussion.models import Comment

EDITABLE = timedelta(minutes=15)
STATES: dict[str, Any] = {
    "open": _l("Terbuka"),
    "answered": _l("Ditanggapi"),
    "changed": _l("Mengubah teks"),
    "settled": _l("Selesai"),
}
VOICE_WORDS: dict[str, Any] = {
    "named": _l("Nama ditampilkan"),
    "unit": _l("Unit saja"),
    "withheld": _l("Nama dirahasiakan"),
}


def refuse_edit(person_id: int, comment: Comment, now: datetime) -> Refusal | None:
    """Only its author, in the first 15 minutes; later it can only be struck."""
    if comment.by_id != person_id:
        return Refusal(_("Hanya penulisnya yang dapat menyunting tanggapan ini."))
    if comment.struck_at is not None:
        return Refusal(_("Tanggapan ini sudah dicoret."))
    if now - comment.at > EDITABLE:
        return Refusal(_("Tanggapan dapat disunting selama 15 menit. Anda masih dapat mencoretnya."))
    return None


def refuse_strike(person_id: int, comment: Comment) -> Refusal | None:
    """Only its author; the struck words stay readable."""
    if comment.by_id != person_id:
        return Refusal(_("Hanya penulisnya yang dapat mencoret tanggapan ini."))
    if comment.struck_at is not None:
        return Refusal(_("Tanggapan ini sudah dicoret."))
    return None


def states_for(person_id: int, comment: Comment, keeps: bool) -> list[str]:
    """The states that this person may give: the keeper of the piece each, the author only `settled`."""
    if comment.parent_id is not None or comment.struck_at is not None:
        return []
    if keeps:
        return ["answered", "changed", "settled"]
    return ["settled"] if comment.by_id == person_id else []


def refuse_state(
    allowed: list[str], kind: str, number: int | None, version: int | None, read: int | None
) -> Refusal | None:
    """A changed text names one of its versions, later than the one that was commented on."""
    if kind not in allowed:
        return Refusal(_("Keadaan ini ditetapkan oleh perencana atau penyusun bagiannya."))
    if kind == "changed" and (number is None or version is None or not (read or 0) < number <= version):
        return Refusal(_("Sesudah tanggapan ini ditulis, teksnya belum berubah menjadi versi itu."))
    return None


def refuse_report(person_id: int, comment: Comment, hidden: bool) -> Refusal | None:
    """Anybody reports what another wrote, once, while it is shown."""
    if comment.by_id == person_id:
        return Refusal(_("Tanggapan sendiri tidak perlu dilaporkan; Anda dapat mencoretnya."))
    if hidden:
        return Refusal(_("Tanggapan ini sudah disembunyikan."))
    return None


def refuse_moderation(moderates: bool) -> Refusal | None:
    """The planner of the unit hides, leaves and shows again."""
    if not moderates:
        return Refusal(_("Tanggapan disembunyikan dan ditampilkan kembali oleh perencana unit ini."))
    return None
