"""What is allowed with notices and concerns; pure."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import Refusal

ANSWER_DAYS = 5
"""Working days within which a concern is answered."""

PARTS: dict[str, Any] = {
    "what": _l("Apa yang berubah"),
    "why": _l("Mengapa"),
    "benefit": _l("Manfaatnya bagi Anda"),
    "when": _l("Kapan"),
    "still_open": _l("Apa yang masih terbuka"),
}
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
