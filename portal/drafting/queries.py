"""A plan's text and table as screens need them; a constant number of queries, however many rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import abort
from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import defer, joinedload

from portal.db import db
from portal.drafting.models import Line, Origin, QuarterTarget, Revision, Section, Suggestion, Verification
from portal.drafting.revisions import Piece
from portal.people import authority
from portal.plans import queries as plans
from portal.plans.models import Plan, SubActivity

PAGE = 40


def list_sections(plan_id: int) -> list[Section]:
    return list(
        db.session.scalars(
            select(Section)
            .where(Section.plan_id == plan_id)
            .options(joinedload(Section.unit))
            .order_by(Section.position)
        )
    )


def list_lines(plan_id: int) -> list[Line]:
    """The lines that stand, in the order of their activities, and in these as the planner placed them."""
    lines = list(
        db.session.scalars(
            select(Line)
            .where(Line.plan_id == plan_id, Line.dropped_at.is_(None))
            .options(
                joinedload(Line.unit),
                joinedload(Line.sub_activity).load_only(
                    SubActivity.code, SubActivity.name, SubActivity.programme_name, SubActivity.activity_name
                ),
            )
            .order_by(Line.code, Line.position)
        )
    )
    return sorted(lines, key=lambda line: (activity_of(line.code), line.position))


def activity_of(code: str) -> str:
    """The code of the activity in which a line of this code stands."""
    return ".".join(code.split(".")[:5])


def list_struck(plan_id: int) -> list[Line]:
    """The lines that were struck, the last one first."""
    return list(
        db.session.scalars(
            select(Line)
            .where(Line.plan_id == plan_id, Line.dropped_at.is_not(None))
            .options(joinedload(Line.unit), joinedload(Line.dropped_by))
            .order_by(Line.dropped_at.desc(), Line.id)
        )
    )


@cache
def _section() -> Any:
    return select(Section).where(Section.id == bindparam("section")).options(joinedload(Section.unit))


def get_section(section_id: int, user: Any) -> Section:
    """The section with its plan, or 404."""
    section = db.session.scalar(_section(), {"section": section_id})
    if section is None:
        abort(404)
    section.plan = plans.get_visible(section.plan_id, user)
    return section


def get_line(line_id: int, user: Any) -> Line:
    """The line with its plan, or 404."""
    line = db.session.scalar(
        select(Line).where(Line.id == line_id).options(joinedload(Line.unit), joinedload(Line.sub_activity))
    )
    if line is None:
        abort(404)
    line.plan = plans.get_visible(line.plan_id, user)
    return line


def list_quarter_targets(plan_id: int) -> dict[int, list[QuarterTarget]]:
    """The targets of quarters of a plan's lines, by line."""
    found: dict[int, list[QuarterTarget]] = {}
    for target in db.session.scalars(
        select(QuarterTarget)
        .join(Line, Line.id == QuarterTarget.line_id)
        .where(Line.plan_id == plan_id)
        .order_by(QuarterTarget.line_id, QuarterTarget.quarter)
    ):
        found.setdefault(target.line_id, []).append(target)
    return found


@dataclass
class Group:
    """A programme or an activity of the table: its place, code and name, its lines and activities, its sums."""

    place: str
    code: str
    name: str
    lines: list[Line] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    ceiling: int = 0
    forward_ceiling: int = 0


@dataclass
class Table:
    programmes: list[Group]
    count: int
    ceiling: int
    forward_ceiling: int
    place: str = "semua"

    def around(self, line_id: int) -> list[Group]:
        """The programme and the activity in which a line stands."""
        groups = (group for programme in self.programmes for group in (programme, *programme.groups))
        return [group for group in groups if any(line.id == line_id for line in group.lines)]


def table_of(lines: list[Line]) -> Table:
    """Lines under programme and activity, with sums; names come from the nomenclature where the code is known."""
    names: dict[str, str] = {}
    programmes: dict[str, Group] = {}
    activities: dict[str, Group] = {}
    total = Table([], len(lines), 0, 0)
    for line in lines:
        parts = line.code.split(".")
        programme_code, activity_code = ".".join(parts[:3]), ".".join(parts[:5])
        if line.sub_activity is not None:
            names.setdefault(programme_code, line.sub_activity.programme_name)
            names.setdefault(activity_code, line.sub_activity.activity_name)
        programme = programmes.get(programme_code)
        if programme is None:
            programme = programmes[programme_code] = Group(f"{len(programmes) + 1}", programme_code, "")
            total.programmes.append(programme)
        activity = activities.get(activity_code)
        if activity is None:
            activity = activities[activity_code] = Group(
                f"{programme.place}-{len(programme.groups) + 1}", activity_code, ""
            )
            programme.groups.append(activity)
        programme.lines.append(line)
        activity.lines.append(line)
        for group in (programme, activity, total):
            group.ceiling += line.ceiling or 0
            group.forward_ceiling += line.forward_ceiling or 0
    for group in (*programmes.values(), *activities.values()):
        group.name = names.get(group.code, "")
    return total


@dataclass(frozen=True)
class Sum:
    lines: int
    ceiling: int


def plan_sums(plan_ids: Iterable[int]) -> dict[int, Sum]:
    """Lines and their ceilings of each plan, one query."""
    rows = db.session.execute(
        select(Line.plan_id, func.count(), func.coalesce(func.sum(Line.ceiling), 0))
        .where(Line.plan_id.in_(list(plan_ids)), Line.dropped_at.is_(None))
        .group_by(Line.plan_id)
    )
    return {plan_id: Sum(count, int(ceiling or 0)) for plan_id, count, ceiling in rows}


def was_returned(plan_id: int) -> bool:
    """Whether the last verification sent the plan back."""
    last = db.session.scalar(
        select(Verification.outcome)
        .where(Verification.plan_id == plan_id)
        .order_by(Verification.number.desc())
        .limit(1)
    )
    return last == "returned"


@dataclass(frozen=True)
class Honesty:
    """What the head of a plan's pages counts: pieces opened to the staff, those of them that an input changed,
    suggestions that nobody ruled on yet, and the lines (with their ceilings) by where they come from."""

    opened: int
    changed: int
    suggestions: int
    sources: dict[str, Sum]


def source_of_line() -> Any:
    """Where Line comes from: `voice` (a proposal, a suggestion) before the declared kinds, else `none`."""
    voice = exists(select(Origin.id).where(Origin.line_id == Line.id, Origin.kind == "proposal")) | exists(
        select(Revision.id).where(Revision.line_id == Line.id, Revision.kind == "suggestion")
    )
    declared = (
        (exists(select(Origin.id).where(Origin.line_id == Line.id, Origin.kind == kind)), literal(kind))
        for kind in ("mandate", "carry_over", "direction")
    )
    return case((voice, literal("voice")), *declared, else_=literal("none"))


@cache
def _honesty() -> Any:
    plan_id = bindparam("plan", type_=Integer)
    opened, changed = [], []
    for piece, origin_key, revision_key in (
        (Section, Origin.section_id, Revision.section_id),
        (Line, Origin.line_id, Revision.line_id),
    ):
        stands = [piece.plan_id == plan_id, piece.openness != "fixed"]
        if piece is Line:
            stands.append(Line.dropped_at.is_(None))
        by_input = exists(
            select(Origin.id).where(origin_key == piece.id, Origin.kind == "proposal")
        ) | exists(select(Revision.id).where(revision_key == piece.id, Revision.kind == "suggestion"))
        opened.append(select(func.count()).select_from(piece).where(*stands).scalar_subquery())
        changed.append(select(func.count()).select_from(piece).where(*stands, by_input).scalar_subquery())
    of_section = Suggestion.section_id.in_(select(Section.id).where(Section.plan_id == plan_id))
    of_line = Suggestion.line_id.in_(select(Line.id).where(Line.plan_id == plan_id))
    waiting = (
        select(func.count(Suggestion.id))
        .where(Suggestion.ruling.is_(None), of_section | of_line)
        .scalar_subquery()
    )
    lines = (
        select(source_of_line().label("source"), Line.ceiling)
        .where(Line.plan_id == plan_id, Line.dropped_at.is_(None))
        .subquery()
    )
    by_source = select(
        lines.c.source, func.count(), cast(func.coalesce(func.sum(lines.c.ceiling), 0), BigInteger)
    ).group_by(lines.c.source)
    counted = (
        select(literal(what, String), number, literal(0, BigInteger))
        for what, number in (
            ("opened", opened[0] + opened[1]),
            ("changed", changed[0] + changed[1]),
            ("waiting", waiting),
        )
    )
    return union_all(*counted, by_source)


def honesty(plan_id: int) -> Honesty:
    """Counted from the pieces: changed is one with a proposal as its origin or a suggestion among its versions;
    one query."""
    found = {
        what: Sum(n, int(ceiling)) for what, n, ceiling in db.session.execute(_honesty(), {"plan": plan_id})
    }
    opened, changed, waiting = (found.pop(what).lines for what in ("opened", "changed", "waiting"))
    return Honesty(opened, changed, waiting, found)


def units_of(plan: Plan) -> list[tuple[int, str]]:
    """The agency and everything under it, as owners to choose from."""
    tree = authority.tree()
    own = tree.below([plan.unit_id])
    return sorted(((unit_id, tree.names[unit_id]) for unit_id in own), key=lambda row: row[1])


def find_clash(piece: Piece, revision_id: int) -> Revision | None:
    """What somebody sent on an old version of this piece."""
    column = Revision.section_id if isinstance(piece, Section) else Revision.line_id
    return db.session.scalar(
        select(Revision).where(Revision.id == revision_id, column == piece.id, Revision.kind == "clash")
    )


def with_writers() -> tuple[Any, ...]:
    """Load beside Revision whom `revisions.writer` names."""
    suggestion = joinedload(Revision.suggestion)
    return (
        joinedload(Revision.by),
        suggestion.load_only(Suggestion.voice, Suggestion.ruling),
        suggestion.joinedload(Suggestion.by),
    )


def list_revisions(piece: Piece, before: int | None = None) -> list[Revision]:
    """The history of a piece, newest first, clashes included."""
    column = Revision.section_id if isinstance(piece, Section) else Revision.line_id
    query = (
        select(Revision)
        .where(column == piece.id)
        .options(*with_writers(), defer(Revision.body), defer(Revision.fields))
        .order_by(Revision.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Revision.id < before)
    return list(db.session.scalars(query))


def list_plan_revisions(
    plan: Plan, before: int | None = None
) -> list[tuple[Revision, Section | None, Line | None]]:
    """What was changed in a plan, newest first."""
    query = (
        select(Revision, Section, Line)
        .outerjoin(Section, Section.id == Revision.section_id)
        .outerjoin(Line, Line.id == Revision.line_id)
        .where(
            or_(
                Revision.section_id.in_(select(Section.id).where(Section.plan_id == plan.id)),
                Revision.line_id.in_(select(Line.id).where(Line.plan_id == plan.id)),
            ),
            Revision.number.is_not(None),
        )
        .options(*with_writers(), defer(Revision.body), defer(Revision.fields), defer(Section.body))
        .order_by(Revision.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Revision.id < before)
    return [tuple(row) for row in db.session.execute(query)]  # type: ignore[misc]
