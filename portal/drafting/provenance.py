"""Asal-usul: how a piece came to be what it is, from the first remark to today's words, and where a plan's lines come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import joinedload

from portal import audit, clock
from portal.access import Refusal
from portal.db import db
from portal.discussion.models import Comment, Hiding
from portal.drafting.models import Line, Origin, Revision, Section, Suggestion
from portal.drafting.revisions import Piece
from portal.people.authority import Held
from portal.people.models import Person
from portal.plans import queries as plans
from portal.plans.stages import Calendar
from portal.proposals import rules as proposal_rules
from portal.proposals.models import Answer, Proposal, ProposalRevision, Support

KINDS = {
    "proposal": _l("Usulan"),
    "comment": _l("Tanggapan"),
    "suggestion": _l("Saran perubahan"),
    "source": _l("Sumber yang dinyatakan"),
    "version": _l("Versi"),
}
"""What a step of the timeline can be, in the order of its numbers."""
SOURCES = {
    "voice": _l("Masukan pegawai"),
    "mandate": _l("Amanat"),
    "carry_over": _l("Lanjutan"),
    "direction": _l("Arahan pimpinan"),
    "none": _l("Belum dinyatakan"),
}
"""Where a line can come from; the first that holds counts."""
DECLARED = ("mandate", "carry_over", "direction")


@dataclass(frozen=True)
class Step:
    """One step of the timeline: when, what, whose, and where to read it."""

    at: datetime
    kind: str
    head: str
    who: str
    url: str
    text: str = ""
    tone: str = "nila"
    notes: tuple[str, ...] = field(default=())


def _of(model: Any, piece: Piece) -> Any:
    return (model.section_id if isinstance(piece, Section) else model.line_id) == piece.id


def _named(voice: str, by: Person | None) -> str:
    if by is None:
        return _("Penjaga peladen")
    return by.full_name if voice == "named" else _("Pegawai")


def _versions(piece: Piece, history_url: str) -> list[Step]:
    rows = db.session.execute(
        select(Revision.number, Revision.kind, Revision.reason, Revision.at, Person)
        .outerjoin(Person, Person.id == Revision.by_id)
        .where(_of(Revision, piece), Revision.number.is_not(None))
    )
    return [
        Step(
            at,
            "version",
            _("Versi %(n)s", n=number),
            _named("named", by),
            f"{history_url}?ke={number}&dari={number - 1}" if number and number > 1 else history_url,
            reason or "",
            "daun" if kind == "suggestion" else "nila",
        )
        for number, kind, reason, at, by in rows
    ]


def _comments(piece: Piece, page_url: str) -> list[Step]:
    rows = db.session.execute(
        select(Comment, Hiding.id)
        .outerjoin(Hiding, and_(Hiding.comment_id == Comment.id, Hiding.lifted_at.is_(None)))
        .where(Comment.thread_id == piece.thread_id, Comment.struck_at.is_(None))
        .options(joinedload(Comment.by), joinedload(Comment.unit))
    )
    return [
        Step(
            comment.at,
            "comment",
            _("Tanggapan"),
            f"{_named(comment.voice, comment.by)}, {comment.unit.name}",
            f"{page_url}#tanggapan-{comment.id}",
            _("Disembunyikan oleh moderator.") if hidden else comment.body[:240],
            "emas",
        )
        for comment, hidden in rows
    ]


def _suggestions(piece: Piece, page_url: str) -> list[Step]:
    rulings = {
        "accepted": _("diterima"),
        "partly": _("diterima dengan perubahan"),
        "declined": _("tidak diterima"),
        "withdrawn": _("ditarik"),
        None: _("belum diputuskan"),
    }
    rows = db.session.execute(
        select(Suggestion, Person).join(Person, Person.id == Suggestion.by_id).where(_of(Suggestion, piece))
    )
    return [
        Step(
            suggestion.at,
            "suggestion",
            _("Saran perubahan, %(ruling)s", ruling=rulings[suggestion.ruling]),
            _named(suggestion.voice, by),
            f"{page_url}#saran-{suggestion.id}",
            suggestion.ruling_reason or suggestion.reason,
            "daun" if suggestion.ruling in ("accepted", "partly") else "emas",
        )
        for suggestion, by in rows
    ]


def _origins(piece: Piece, user: Any) -> list[Step]:
    """Proposals taken up, with how they were supported (where this reader may know) and answered; declared sources."""
    supports = (
        select(func.count(Support.id)).where(Support.proposal_id == Origin.proposal_id).scalar_subquery()
    )
    supported_too = exists().where(Support.proposal_id == Origin.proposal_id, Support.person_id == user.id)
    commented_too = exists().where(Comment.thread_id == Proposal.thread_id, Comment.by_id == user.id)
    decision = (
        select(Answer.kind)
        .where(Answer.proposal_id == Origin.proposal_id)
        .order_by(Answer.round.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Origin, Proposal, ProposalRevision.title, supports, supported_too, commented_too, decision, Person
        )
        .outerjoin(Proposal, Proposal.id == Origin.proposal_id)
        .outerjoin(
            ProposalRevision,
            and_(ProposalRevision.proposal_id == Proposal.id, ProposalRevision.number == Proposal.version),
        )
        .outerjoin(Person, Person.id == Proposal.by_id)
        .where(_of(Origin, piece))
    )
    steps = []
    for origin, proposal, title, supported, has_supported, has_commented, decided, by in rows:
        if proposal is None:
            steps.append(Step(origin.at, "source", str(SOURCES[origin.kind]), "", "", origin.text, "sunk"))
            continue
        notes = []
        # A proposal of a former edition went on with it: that edition is adopted, and its number open.
        if proposal.plan_id != piece.plan_id or proposal_rules.shows_supports(
            user.id,
            proposal,
            has_duty=user.authority.any_over(piece.plan.unit_id) is not None,
            has_supported=has_supported,
            has_commented=has_commented,
            calendar=plans.calendar_of(piece.plan),
            today=clock.today(),
        ):
            notes.append(_("didukung %(n)s pegawai", n=supported))
        if decided:
            notes.append(str(proposal_rules.DECISIONS[decided]))
        steps.append(
            Step(
                proposal.submitted_at or origin.at,
                "proposal",
                _("Usulan nomor %(n)s", n=proposal.number),
                _named(proposal.voice, by),
                url_for("proposals.show", proposal_id=proposal.id),
                title,
                "daun",
                tuple(notes),
            )
        )
    return steps


def timeline(piece: Piece, page_url: str, history_url: str, user: Any) -> list[Step]:
    """Every step of a piece as this reader may see it, oldest first; four queries."""
    steps = [
        *_origins(piece, user),
        *_comments(piece, page_url),
        *_suggestions(piece, page_url),
        *_versions(piece, history_url),
    ]
    return sorted(steps, key=lambda step: step.at)


def numbers(steps: Sequence[Step]) -> dict[str, int]:
    """How many steps of each kind, in the order of KINDS."""
    counted = Counter(step.kind for step in steps)
    return {kind: counted[kind] for kind in KINDS if counted[kind]}


def refuse_declare(calendar: Calendar, *, plans_unit: bool) -> Refusal | None:
    """The planner says where a line without a voice comes from, until the plan is adopted."""
    if not plans_unit:
        return Refusal(_("Sumber dinyatakan oleh perencana unit ini."))
    if calendar.adopted:
        return Refusal(_("Rencana ini sudah ditetapkan."))
    return None


def declare(piece: Piece, kind: str, text: str, user: Any, duty: Held | None) -> None:
    """Add a declared source with its document; the former ones stay."""
    key = "section_id" if isinstance(piece, Section) else "line_id"
    db.session.add(Origin(**{key: piece.id}, kind=kind, text=text, by_id=user.id, at=clock.now()))
    audit.record(
        "declared the source of",
        f"{'section' if key == 'section_id' else 'line'}:{piece.id}",
        duty_id=duty.duty_id if duty else None,
    )


@dataclass
class Share:
    """The lines of a plan that come from one source, with their ceilings in rupiah."""

    kind: str
    label: str
    lines: list[Line]
    ceiling: int
    percent_of_lines: float
    percent_of_ceiling: float


def sources(plan_id: int) -> list[Share]:
    """A plan's standing lines by where they come from, all sources named even where empty; three queries."""
    lines = list(
        db.session.scalars(
            select(Line).where(Line.plan_id == plan_id, Line.dropped_at.is_(None)).order_by(Line.code)
        )
    )
    ids = [line.id for line in lines]
    declared: dict[int, set[str]] = {}
    for line_id, kind in db.session.execute(
        select(Origin.line_id, Origin.kind).where(Origin.line_id.in_(ids))
    ):
        declared.setdefault(line_id or 0, set()).add("voice" if kind == "proposal" else kind)
    suggested = set(
        db.session.scalars(
            select(Revision.line_id)
            .where(Revision.line_id.in_(ids), Revision.kind == "suggestion")
            .distinct()
        )
    )
    groups: dict[str, list[Line]] = {kind: [] for kind in SOURCES}
    for line in lines:
        kinds = declared.get(line.id, set()) | ({"voice"} if line.id in suggested else set())
        groups[next((kind for kind in SOURCES if kind in kinds), "none")].append(line)
    total = sum(line.ceiling or 0 for line in lines)
    return [
        Share(
            kind,
            str(SOURCES[kind]),
            ones,
            ceiling := sum(line.ceiling or 0 for line in ones),
            100 * len(ones) / len(lines) if lines else 0,
            100 * ceiling / total if total else 0,
        )
        for kind, ones in groups.items()
    ]
