"""What may be done with a comment; pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from portal.access import Refusal
from portal.discussion.models import Comment

EDITABLE = timedelta(minutes=15)


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
