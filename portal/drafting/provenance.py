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
from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased, defer, joinedload

from portal import audit, clock
from portal.access import Refusal
from portal.db import db
from portal.discussion import threads
from portal.discussion.models import Comment, CommentState, Hiding
from portal.drafting import queries, revisions, voices
from portal.drafting.models import Line, Origin, Revision, Section, Suggestion
from portal.drafting.revisions import Piece
from portal.people.authority import Held
from portal.people.models import Person, Unit
from portal.plans.stages import Calendar
from portal.proposals import rules as proposal_rules
from portal.proposals.models import Answer, Proposal, ProposalRevision

KINDS = {
    "proposal": _l("Usulan"),
    "comment": _l("Tanggapan"),
    "suggestion": _l("Saran perubahan"),
    "vote": _l("Pemungutan suara"),
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
    rows = db.session.scalars(
        select(Revision)
        .where(_of(Revision, piece), Revision.number.is_not(None))
        .options(*queries.with_writers(), defer(Revision.body), defer(Revision.fields))
    )
    return [
        Step(
            row.at,
            "version",
            _("Versi %(n)s", n=row.number),
            revisions.writer(row),
            f"{history_url}?ke={row.number}&dari={row.number - 1}"
            if row.number and row.number > 1
            else history_url,
            row.reason or "",
            "daun" if row.kind == "suggestion" else "nila",
        )
        for row in rows
    ]


def _comments(piece: Piece, page_url: str) -> list[Step]:
    later = aliased(CommentState)
    latest = and_(
        CommentState.comment_id == Comment.id,
        ~exists().where(later.comment_id == Comment.id, later.id > CommentState.id),
    )
    rows = db.session.execute(
        select(Comment, Hiding.id, CommentState)
        .select_from(Comment)
        .outerjoin(CommentState, latest)
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
            "daun" if state and state.kind == "changed" else "emas",
            (threads.state_words(state),) if state else (),
        )
        for comment, hidden, state in rows
    ]


def _suggestions(piece: Piece) -> list[Step]:
    rulings = {
        "accepted": _("diterima"),
        "partly": _("diterima dengan perubahan"),
        "declined": _("tidak diterima"),
        "withdrawn": _("ditarik"),
        None: _("belum diputuskan"),
    }
    rows = db.session.execute(
        select(Suggestion, Person, Unit.name, Revision.number)
        .join(Person, Person.id == Suggestion.by_id)
        .join(Unit, Unit.id == Suggestion.unit_id)
        .outerjoin(Revision, Revision.suggestion_id == Suggestion.id)
        .where(_of(Suggestion, piece))
    )
    return [
        Step(
            suggestion.at,
            "suggestion",
            _("Saran perubahan, %(ruling)s", ruling=rulings[suggestion.ruling]),
            f"{_named(suggestion.voice, by)}, {unit}",
            url_for("suggestions.show", suggestion_id=suggestion.id),
            suggestion.ruling_reason or suggestion.reason,
            "daun" if suggestion.ruling in ("accepted", "partly") else "emas",
            (_("menjadi versi %(n)s", n=number),) if number else (),
        )
        for suggestion, by, unit, number in rows
    ]


def _origins(piece: Piece, user: Any) -> list[Step]:
    """Proposals taken up, with how they were answered and voted on; declared sources. Not how many support them:
    supporters are counted, never listed, and each number here opens what it counts."""
    decision = (
        select(Answer.kind)
        .where(Answer.proposal_id == Origin.proposal_id)
        .order_by(Answer.round.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Origin,
            Proposal,
            ProposalRevision.title,
            decision,
            Person,
            Unit.name,
        )
        .outerjoin(Proposal, Proposal.id == Origin.proposal_id)
        .outerjoin(
            ProposalRevision,
            and_(ProposalRevision.proposal_id == Proposal.id, ProposalRevision.number == Proposal.version),
        )
        .outerjoin(Person, Person.id == Proposal.by_id)
        .outerjoin(Unit, Unit.id == Proposal.unit_id)
        .where(_of(Origin, piece))
    )
    steps = []
    proposals = []
    for origin, proposal, title, decided, by, unit in rows:
        if proposal is None:
            steps.append(Step(origin.at, "source", str(SOURCES[origin.kind]), "", "", origin.text, "sunk"))
            continue
        proposals.append(proposal.id)
        steps.append(
            Step(
                proposal.submitted_at or origin.at,
                "proposal",
                _("Usulan nomor %(n)s", n=proposal.number),
                f"{_named(proposal.voice, by)}, {unit}",
                url_for("proposals.show", proposal_id=proposal.id),
                title,
                "daun",
                (str(proposal_rules.DECISIONS[decided]),) if decided else (),
            )
        )
    polls: dict[int, list[voices.Vote]] = {}
    for vote in (vote for votes in voices.votes_on(proposals, user).values() for vote in votes):
        polls.setdefault(vote.poll_id, []).append(vote)
    for votes in polls.values():
        notes = [f"{vote.option}: {vote.words}" for vote in votes]
        steps.append(Step(votes[0].at, "vote", votes[0].question, "", votes[0].url, "", "daun", tuple(notes)))
    return steps


def timeline(piece: Piece, page_url: str, history_url: str, user: Any) -> list[Step]:
    """Every step of a piece as this reader may see it, oldest first; four queries, and one where it came from
    proposals."""
    steps = [
        *_origins(piece, user),
        *_comments(piece, page_url),
        *_suggestions(piece),
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
    """A plan's standing lines by where they come from, all sources named even where empty; one query."""
    rows = db.session.execute(
        select(Line, queries.source_of_line())
        .where(Line.plan_id == plan_id, Line.dropped_at.is_(None))
        .order_by(Line.code)
    ).all()
    lines = [line for line, _kind in rows]
    groups: dict[str, list[Line]] = {kind: [] for kind in SOURCES}
    for line, kind in rows:
        groups[kind].append(line)
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
