"""The rows of a plan's table as HTML, kept in the process by all that they show.

A table of sixty lines is mostly rows that nobody changed since the last reader; the key holds every value that the
template of a row reads (templates/drafting/rows.html), so that a kept row is never out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from markupsafe import Markup

from portal import i18n
from portal.drafting.models import Line, Origin

MOST = 5000
"""Rows that are kept; then it begins anew. A row is about 2 KB."""
_kept: dict[Hashable, Markup] = {}


def key_of(
    line: Line, year: int, origins: Sequence[Origin], comments: int, editable: bool, may_comment: bool
) -> Hashable:
    official = line.sub_activity.name if line.sub_activity else None
    unread = tuple((line.unread or {}).items())
    return (
        i18n.language(), line.id, line.version, line.code, line.name, official, line.target, line.measure_unit, line.ceiling,
        line.forward_ceiling, line.indicator, line.funding_source, line.location, line.unit.name, year,
        line.openness, line.openness_reason, unread, tuple(origin.kind for origin in origins), comments, editable, may_comment,
    )  # fmt: skip


def row(key: Hashable, make: Callable[[Any], Markup], line: Line) -> Markup:
    """The row under this key; made by the macro of the template where it is not kept."""
    html = _kept.get(key)
    if html is None:
        if len(_kept) >= MOST:
            _kept.clear()
        html = _kept[key] = make(line)
    return html
