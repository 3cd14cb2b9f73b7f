"""What a row of a plan's table shows, as the key under which its HTML is kept (portal/kept.py)."""

from __future__ import annotations

from collections.abc import Hashable

from portal.drafting.models import Line
from portal.drafting.voices import Voices, words


def key_of(
    line: Line,
    year: int,
    voices: Voices,
    editable: bool,
    may_comment: bool,
    takes_suggestions: bool,
) -> Hashable:
    official = line.sub_activity.name if line.sub_activity else None
    unread = tuple((line.unread or {}).items())
    return (
        "line", line.id, line.version, line.code, line.name, official, line.target, line.measure_unit, line.ceiling,
        line.forward_ceiling, line.indicator, line.funding_source, line.location, line.unit.name, year,
        line.openness, line.openness_reason, unread, words(voices, line.version), editable, may_comment,
        takes_suggestions,
    )  # fmt: skip
