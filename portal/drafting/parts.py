"""Which part of a long plan its page shows at once; the rest comes when it is scrolled to, or by a plain link. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.drafting.models import Line, Section
from portal.drafting.queries import Group, Table

FIRST = 24
"""Lines that a page shows at once."""
MORE = 40
"""Lines that come at a time after that."""
LETTERS = 9_000
"""Letters of the text that a page shows at once."""


@dataclass(frozen=True)
class Rest:
    """Lines that are not shown yet: the first one, how many, and the shown line before which they end, if any."""

    first: Line
    count: int
    until: Line | None


@dataclass(frozen=True)
class Part:
    """What is shown of a programme: lines under their activities, and what was left out before and after."""

    programme: Group
    before: Rest | None
    activities: list[tuple[Group, list[Line]]]
    after: Rest | None

    @property
    def lines(self) -> list[Line]:
        return [line for _activity, lines in self.activities for line in lines]


def _end(programme: Group, start: int, most: int, whole: bool = False) -> int:
    """Where a part of at most so many lines ends: behind an activity, or (not `whole`) within one that is longer."""
    end, at = start, 0
    for activity in programme.groups:
        at += len(activity.lines)
        if start < at <= start + most:
            end = at
    return end if end > start or whole else min(start + most, len(programme.lines))


def _part(programme: Group, start: int, end: int, stop: int, before: bool = True) -> Part:
    """The lines from `start` up to `end` of a programme, of which those behind `stop` are shown already."""
    lines, shown, at = programme.lines, [], 0
    for activity in programme.groups:
        if here := activity.lines[max(start - at, 0) : max(end - at, 0)]:
            shown.append((activity, here))
        at += len(activity.lines)

    def rest(first: int, last: int) -> Rest | None:
        return Rest(lines[first], last - first, (*lines, None)[last]) if first < last else None

    return Part(programme, rest(0, start) if before else None, shown, rest(end, stop))


def page(table: Table, line_id: int | None = None) -> Iterator[Part]:
    """A part of each programme: from where this line stands (else from the first one) as many as a page shows."""
    ids = [[line.id for line in programme.lines] for programme in table.programmes]
    home = next((n for n, own in enumerate(ids) if line_id in own), 0)
    left = FIRST
    for number, programme in enumerate(table.programmes):
        start = 0
        if line_id in ids[number]:
            while line_id not in ids[number][start : (following := _end(programme, start, FIRST))]:
                start = following
        end = start
        if number >= home and left > 0:
            end = _end(programme, start, left, whole=left < FIRST)
            left = left - (end - start) if end == len(programme.lines) else 0
        yield _part(programme, start, end, len(programme.lines))


def rest(table: Table, line_id: int, until_id: int | None) -> Part | None:
    """What comes next: from this line on, up to one that is shown already; None where it no longer stands."""
    for programme in table.programmes:
        ids = [line.id for line in programme.lines]
        if line_id in ids:
            start = ids.index(line_id)
            stop = ids.index(until_id, start) if until_id in ids[start:] else len(ids)
            return _part(programme, start, min(_end(programme, start, MORE), stop), stop, before=False)
    return None


def shown_whole(sections: Sequence[Section], section_id: int | None = None) -> set[int]:
    """The ids of the sections that a page shows whole: until its letters are used up, and the one asked for."""
    whole, left = set(), LETTERS
    for section in sections:
        if left > 0 or section.id == section_id:
            whole.add(section.id)
        left -= len(section.body)
    return whole
