"""The past of a plan: as it stood on a day, beside the year before, and who wrote which sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import defer

from portal import clock
from portal.db import db
from portal.drafting import queries
from portal.drafting.models import Line, Revision, Section
from portal.plans.models import Plan

MOST_VERSIONS = 200
SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]?[ \t]*\n*")
"""A sentence with the spaces after it; a point within 1.250.000 ends none."""


# As it stood on a day


@dataclass(frozen=True)
class Past:
    """A plan as it stood when a day ended: each piece with the revision that was its head."""

    sections: list[tuple[Section, Revision]]
    lines: list[tuple[Line, Revision]]

    @property
    def ceiling(self) -> int:
        return sum((revision.fields or {}).get("ceiling") or 0 for _line, revision in self.lines)


def as_of(plan: Plan, day: date) -> Past:
    """Two queries. A line that is struck now stands until the day on which it was struck."""
    end = clock.end_of(day)
    sections = _heads(Section, Revision.section_id, plan, end).order_by(Section.position)
    lines = (
        _heads(Line, Revision.line_id, plan, end)
        .where(or_(Line.dropped_at.is_(None), Line.dropped_at >= end))
        .order_by(Line.code, Line.position)
    )
    return Past(
        [(piece, revision) for piece, revision in db.session.execute(sections)],
        [(piece, revision) for piece, revision in db.session.execute(lines)],
    )


def _heads(piece: Any, key: Any, plan: Plan, end: Any) -> Any:
    last = (
        select(key.label("piece_id"), func.max(Revision.number).label("number"))
        .join(piece, piece.id == key)
        .where(piece.plan_id == plan.id, Revision.at < end)
        .group_by(key)
        .subquery()
    )
    return (
        select(piece, Revision)
        .join(last, last.c.piece_id == piece.id)
        .join(Revision, (key == piece.id) & (Revision.number == last.c.number))
    )


@dataclass(frozen=True)
class Change:
    """A piece that is not the same on two days; one of the revisions is None where it did not stand."""

    piece: Section | Line
    old: Revision | None
    new: Revision | None


def changes(old: Past, new: Past) -> list[Change]:
    """What differs between two days, sections first."""
    found = []
    for before, after in ((old.sections, new.sections), (old.lines, new.lines)):
        was = {piece.id: revision for piece, revision in before}  # type: ignore[attr-defined]
        now = {piece.id: revision for piece, revision in after}  # type: ignore[attr-defined]
        pieces = {piece.id: piece for piece, _revision in (*before, *after)}  # type: ignore[misc]
        for piece_id, piece in pieces.items():
            one, two = was.get(piece_id), now.get(piece_id)
            if one is None or two is None or one.sha256 != two.sha256:
                found.append(Change(piece, one, two))
    return found


# Beside the year before


@dataclass(frozen=True)
class Pair:
    """The lines of one code in two years; None where there is none."""

    code: str
    old: Line | None
    new: Line | None

    @property
    def kind(self) -> str:
        if self.old is None:
            return "new"
        if self.new is None:
            return "gone"
        same = (self.old.target, self.old.measure_unit, self.old.ceiling) == (
            self.new.target,
            self.new.measure_unit,
            self.new.ceiling,
        )
        return "same" if same else "changed"

    @property
    def difference(self) -> int:
        """By how much the ceiling grew, in rupiah."""
        return _ceiling(self.new) - _ceiling(self.old)


def _ceiling(line: Line | None) -> int:
    return (line.ceiling or 0) if line else 0


def before(plan: Plan) -> Select[Plan]:
    return (
        select(Plan)
        .where(Plan.unit_id == plan.unit_id, Plan.year == plan.year - 1)
        .order_by(Plan.edition.desc())
        .limit(1)
    )


def plan_before(plan: Plan) -> Plan | None:
    """The last edition of the same unit's plan of the year before."""
    return db.session.scalar(before(plan))


def pairs(old: Sequence[Line], new: Sequence[Line]) -> list[Pair]:
    """Lines matched by code; where several units own a code, by the owner first and then in their order."""
    found: list[Pair] = []
    left: dict[str, list[Line]] = {}
    for line in old:
        left.setdefault(line.code, []).append(line)
    unmatched = []
    for line in new:
        same = next((other for other in left.get(line.code, ()) if other.unit_id == line.unit_id), None)
        if same is None:
            unmatched.append(line)
        else:
            left[line.code].remove(same)
            found.append(Pair(line.code, same, line))
    for line in unmatched:
        others = left.get(line.code) or [None]  # type: ignore[list-item]
        found.append(Pair(line.code, others.pop(0), line))
    found += [Pair(line.code, line, None) for lines in left.values() for line in lines if line is not None]
    return sorted(found, key=lambda pair: pair.code)


# Who wrote this


@dataclass(frozen=True)
class Sentence:
    text: str
    revision: Revision
    """The version in which this sentence first stood, without a break since."""


def sentences(text: str) -> list[str]:
    """The text cut into sentences, nothing left out."""
    return [part for part in SENTENCE.findall(text) if part]


def blame(versions: Sequence[Revision]) -> list[Sentence]:
    """Each sentence of the last of these versions (oldest first) with the version that brought it; pure."""
    current: list[Sentence] = []
    for revision in versions:
        parts = sentences(revision.body or "")
        keys, before = [part.strip() for part in parts], [known.text.strip() for known in current]
        following = [Sentence(part, revision) for part in parts]
        for block in SequenceMatcher(None, before, keys, autojunk=False).get_matching_blocks():
            for step in range(block.size):
                place = block.b + step
                following[place] = Sentence(parts[place], current[block.a + step].revision)
        current = following
    return current


def list_versions(section: Section) -> list[Revision]:
    """The last versions of a section with their writers, oldest first."""
    rows = db.session.scalars(
        select(Revision)
        .where(Revision.section_id == section.id, Revision.number.is_not(None))
        .options(*queries.with_writers(), defer(Revision.fields))
        .order_by(Revision.number.desc())
        .limit(MOST_VERSIONS)
    )
    return list(rows)[::-1]
