"""Writing many sections and lines into a plan at once: a new edition from its snapshot, a year from the one before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from portal import audit, clock
from portal.db import db
from portal.discussion.models import Thread
from portal.drafting import past, queries, revisions
from portal.drafting.models import Line, Origin, QuarterTarget, Section, Snapshot
from portal.drafting.revisions import Piece, restored
from portal.people.authority import Held
from portal.plans import nomenclature
from portal.plans.models import Plan, SubActivity

Kept = dict[str, Any]
"""A section or a line as a snapshot keeps it (`adoption.content_of`)."""
FIGURES = ("forecast", "same")
"""What the figures of a year begin with: what the year before foresaw for it (N+1), or what that year had itself."""


Results = Callable[[int, int], Mapping[tuple[int, str], tuple[Decimal, bool]]]
"""What an agency's lines of a year reached, by owner and code, and whether the year is whole."""
results_of: list[Results] = []
"""Who knows it; what follows the plan registers here."""


# Writing


def carry(
    plan: Plan, sections: Sequence[Kept], lines: Sequence[Kept], source: str, user: Any, duty: Held
) -> int:
    """Write them as first versions with the origin `carry_over`; a chapter of the plan that is still empty takes the
    text of its number. Returns how many. A constant number of statements; the caller holds the plan."""
    chapters = {section.number: section for section in queries.list_sections(plan.id)}
    place = max((section.position for section in chapters.values()), default=0)
    line_place = db.session.scalar(select(func.max(Line.position)).where(Line.plan_id == plan.id)) or 0
    made: list[tuple[Piece, Any]] = []
    for kept in sections:
        section = chapters.get(kept["number"])
        if section is None:
            place += 1
            section = Section(
                plan_id=plan.id, position=place, number=kept["number"], heading=kept["heading"],
                thread=Thread(), version=0, body="",
            )  # fmt: skip
        _around(section, kept, plan)
        made.append((section, kept["body"] or ""))
    for position, kept in enumerate(lines, start=line_place + 1):
        line = Line(
            plan_id=plan.id,
            position=position,
            code=kept["code"],
            name=kept["name"],
            thread=Thread(),
            version=0,
        )
        _around(line, kept, plan)
        made.append((line, kept))
    db.session.add_all(piece for piece, _kept in made)
    db.session.flush()
    linked = {kept.get("sub_activity_id") for kept in lines} - {None}
    known = set(db.session.scalars(select(SubActivity.id).where(SubActivity.id.in_(linked))))
    contents = [(piece, _whole(piece, content, known)) for piece, content in made]
    revisions.save_first(contents, user.id, duty.duty_id)
    db.session.add_all(
        QuarterTarget(line_id=piece.id, quarter=quarter, value=restored("target", value), rupiah=rupiah)
        for piece, kept in made
        if isinstance(piece, Line)
        for quarter, value, rupiah in kept.get("quarters", ())
    )
    db.session.add_all(
        Origin(kind="carry_over", text=source, by_id=user.id, at=clock.now(), **revisions.key_of(piece))
        for piece, _content in made
    )
    db.session.flush()
    return len(made)


def _around(piece: Piece, kept: Kept, plan: Plan) -> None:
    """Its owner, and its openness where it is carried; else it stays as it was chosen, and begins as consulted."""
    piece.unit_id = kept.get("unit_id", plan.unit_id)
    piece.openness = kept.get("openness", piece.openness or "consult")
    piece.openness_reason = kept.get("openness_reason", piece.openness_reason)


def _whole(piece: Piece, kept: Any, known: Collection[int]) -> Any:
    """The content of a first version; an entry that is no longer there is not linked to."""
    if isinstance(piece, Section):
        return kept
    fields = revisions.line_fields(piece) | {
        name: kept[name] for name in revisions.LINE_FIELDS if name in kept
    }
    return fields if fields["sub_activity_id"] in known else fields | {"sub_activity_id": None}


# The year before


@dataclass(frozen=True)
class Start:
    """What the plan of the year before offers to one that begins."""

    before: Plan
    snapshot: Snapshot | None
    sections: list[Section]
    lines: list[Line]
    struck: list[Line]
    standing: int
    """Lines that this plan has already; they are not offered."""

    @property
    def source(self) -> str:
        edition = f", Perubahan ke-{self.before.edition}" if self.before.edition else ""
        decree = f", Keputusan {self.snapshot.decree_number}" if self.snapshot else ""
        return f"Renja {self.before.year}{edition}{decree}"


def find_start(plan: Plan) -> Start | None:
    """What can be taken over; None where the year before has no plan. Text is offered for chapters still empty."""
    found = db.session.execute(
        past.before(plan).add_columns(Snapshot).outerjoin(Snapshot, Snapshot.plan_id == Plan.id)
    ).first()
    if found is None:
        return None
    before, snapshot = found
    empty = {
        section.number: not section.body and section.version == 0
        for section in queries.list_sections(plan.id)
    }
    taken = {
        (line.unit_id, line.code) for line in db.session.scalars(select(Line).where(Line.plan_id == plan.id))
    }
    owners = {unit_id for unit_id, _name in queries.units_of(plan)}

    def offered(lines: Sequence[Line]) -> list[Line]:
        found, seen = [], set(taken)
        for line in lines:
            key = (line.unit_id if line.unit_id in owners else plan.unit_id, line.code)
            if key not in seen:
                seen.add(key)
                found.append(line)
        return found

    lines = queries.list_lines(before.id)
    struck = queries.list_struck(before.id)
    left = offered([*lines, *struck])
    return Start(
        before=before,
        snapshot=snapshot,
        sections=[
            section
            for section in queries.list_sections(before.id)
            if section.body and empty.get(section.number, True)
        ],
        lines=[line for line in left if line.dropped_at is None],
        struck=[line for line in left if line.dropped_at is not None],
        standing=len(lines) + len(struck) - len(left),
    )


def take_over(
    plan: Plan, start: Start, chosen: Collection[str], figures: str, user: Any, duty: Held
) -> tuple[int, int]:
    """Carry the chosen places (`line:7`) of the year before; the caller holds the plan. How many sections and lines."""
    owners = {unit_id for unit_id, _name in queries.units_of(plan)}
    sections = [section for section in start.sections if revisions.place_of(section) in chosen]
    lines = [line for line in (*start.lines, *start.struck) if revisions.place_of(line) in chosen]
    known = nomenclature.resolve_all(line.code for line in lines)
    retired = _retired(lines)
    two_before, one_before = (_results(plan, plan.year - years) for years in (2, 1))

    def piece(of: Piece) -> Kept:
        return {"unit_id": of.unit_id if of.unit_id in owners else plan.unit_id}

    def entry_of(line: Line) -> int | None:
        if line.sub_activity_id is not None and line.sub_activity_id not in retired:
            return line.sub_activity_id
        return known[line.code].id if line.code in known else None

    carry(
        plan,
        [{"number": one.number, "heading": one.heading, "body": one.body} | piece(one) for one in sections],
        [
            {"code": line.code} | next_year(revisions.line_fields(line), figures)
            | {"sub_activity_id": entry_of(line)} | piece(line)
            | {
                "realised_before": revisions.plain(two_before.get((line.unit_id, line.code), (None, True))[0]),
                "expected_now": revisions.plain(_whole_year(one_before.get((line.unit_id, line.code)))),
            }
            for line in lines
        ],
        start.source,
        user,
        duty,
    )  # fmt: skip
    audit.record(
        "took over", f"plan:{plan.id}", before=start.before.id, after=sorted(chosen), duty_id=duty.duty_id
    )
    return len(sections), len(lines)


def _results(plan: Plan, year: int) -> dict[tuple[int, str], tuple[Decimal, bool]]:
    return {key: result for known in results_of for key, result in known(plan.unit_id, year).items()}


def _whole_year(result: tuple[Decimal, bool] | None) -> Decimal | None:
    """What a line reached, once its year is over; what it will reach nobody guesses."""
    return result[0] if result and result[1] else None


def openness_before(before: Plan) -> dict[Any, tuple[str, str]]:
    """Openness and reason of each section (by number) and line (by code) of the year before; two queries."""
    found: dict[Any, tuple[str, str]] = {}
    pieces: list[Piece] = [*queries.list_sections(before.id), *queries.list_lines(before.id)]
    for piece in pieces:
        found[key_between_years(piece)] = piece.openness, piece.openness_reason or ""
    return found


def key_between_years(piece: Piece) -> Any:
    """By what a section or line is the same in the next year."""
    return piece.number if isinstance(piece, Section) else (piece.unit_id, piece.code)


def _retired(lines: Sequence[Line]) -> set[int]:
    """Entries of the nomenclature that these lines are linked to and that are no longer in force."""
    linked = {line.sub_activity_id for line in lines} - {None}
    return set(
        db.session.scalars(
            select(SubActivity.id).where(SubActivity.id.in_(linked), SubActivity.retired_on.is_not(None))
        )
    )


def next_year(fields: Kept, figures: str) -> Kept:
    """A line's fields as the next year's begin: with what was foreseen for it, or with the same figures. What was
    realised and is expected comes from the results, and the note of its discussion is that year's own."""
    made = fields | {"realised_before": None, "expected_now": None, "note": ""}
    unread = {name: text for name, text in (fields["unread"] or {}).items() if made[name] is None}
    if figures == "forecast":
        for now, foreseen in (("target", "forward_target"), ("ceiling", "forward_ceiling")):
            made[now] = fields[foreseen] if fields[foreseen] is not None else fields[now]
            made[foreseen] = None
    cleared = ("realised_before", "expected_now", "forward_target", "forward_ceiling")
    kept = {name: text for name, text in unread.items() if name not in cleared and made[name] is None}
    return made | {"unread": kept or None}
