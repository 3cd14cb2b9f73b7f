"""What stands behind the pieces of a page: proposals and declared sources, comments with their quotes, suggestions and
votes. One statement for all pieces, and one for the votes where there are proposals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import (
    DateTime,
    Integer,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from portal.db import UTCDateTime, db
from portal.discussion.anchors import Quote
from portal.discussion.models import Comment
from portal.discussion.queries import is_quoting
from portal.drafting import rules
from portal.drafting.models import Line, Origin, Section, Suggestion
from portal.drafting.revisions import Piece
from portal.proposals.models import Proposal


@dataclass(frozen=True)
class Source:
    """A proposal that was taken up, or a source that was declared with its document."""

    kind: str
    proposal_id: int | None
    number: int | None
    text: str
    at: datetime


@dataclass(frozen=True)
class Vote:
    """How an announced poll went for a proposal that stood in it as an option."""

    proposal_id: int
    poll_id: int
    question: str
    option: str
    number: int
    ballots: int
    at: datetime
    url: str

    @property
    def words(self) -> str:
        return _("suara %(n)s dari %(all)s", n=self.number, all=self.ballots)


votes_known: list[Callable[[Iterable[int], Any], list[Vote]]] = []
"""Who can say how proposals (their ids) were voted on, as far as this person may know: a higher package registers here."""


def votes_on(proposal_ids: Iterable[int], user: Any) -> dict[int, list[Vote]]:
    """The votes on each of these proposals, the earliest first; no statement where there are no proposals."""
    ids = set(proposal_ids)
    found: dict[int, list[Vote]] = {}
    for know in votes_known if ids else ():
        for vote in know(ids, user):
            found.setdefault(vote.proposal_id, []).append(vote)
    return found


@dataclass
class Voices:
    """What stands behind one piece. `waiting` counts those of its `suggestions` that nobody ruled on."""

    sources: list[Source] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    comments: int = 0
    suggestions: int = 0
    waiting: int = 0
    votes: list[Vote] = field(default_factory=list)

    @property
    def last_vote(self) -> tuple[int, int] | None:
        """Of the last poll on proposals that are behind the piece: the votes they received, and all ballots."""
        if not self.votes:
            return None
        last = max(self.votes, key=lambda vote: (vote.at, vote.poll_id))
        return sum(vote.number for vote in self.votes if vote.poll_id == last.poll_id), last.ballots


def words(voices: Voices, version: int) -> str:
    """What a piece came from: "2 usulan, 12 tanggapan, suara 41 dari 58, v5"; a declared source by its own word."""
    kinds = [source.kind for source in voices.sources]
    said = [str(rules.ORIGIN_WORDS[kind]) for kind in rules.ORIGIN_WORDS if kind in kinds]
    if proposals := kinds.count("proposal"):
        said.append(ngettext("%(num)s usulan", "%(num)s usulan", proposals))
    if voices.suggestions:
        said.append(ngettext("%(num)s saran", "%(num)s saran", voices.suggestions))
    if voices.comments:
        said.append(ngettext("%(num)s tanggapan", "%(num)s tanggapan", voices.comments))
    if (vote := voices.last_vote) is not None:
        said.append(_("suara %(n)s dari %(all)s", n=vote[0], all=vote[1]))
    if version:
        said.append(_("v%(n)s", n=version))
    return ", ".join(said)


IDS: Any = bindparam("ids", expanding=True)


def _arm(what: Any, piece: Any, number: Any, ref: Any, text: Any, at: Any = None, order: Any = None) -> Any:
    """A part of the statement: every part has the same columns."""
    no_instant = cast(null(), DateTime(timezone=True))
    return select(
        cast(what, String).label("what"),
        cast(piece, Integer).label("piece"),
        cast(number if number is not None else null(), Integer).label("number"),
        cast(ref if ref is not None else null(), Integer).label("ref"),
        cast(text if text is not None else null(), String).label("text"),
        type_coerce(at if at is not None else no_instant, UTCDateTime()).label("at"),
        cast(order if order is not None else literal(0), Integer).label("place"),
    )


@cache
def _statement(model: Any, quoted: bool) -> Any:
    origin, suggestion = (
        (Origin.section_id, Suggestion.section_id)
        if model is Section
        else (Origin.line_id, Suggestion.line_id)
    )
    in_thread = model.thread_id == Comment.thread_id
    parts = [
        _arm(Origin.kind, origin, Proposal.number, Origin.proposal_id, Origin.text, Origin.at, Origin.id)
        .select_from(Origin)
        .outerjoin(Proposal, Proposal.id == Origin.proposal_id)
        .where(origin.in_(IDS)),
        _arm(literal("comments"), model.id, func.count(Comment.id), None, None)
        .select_from(model)
        .join(Comment, in_thread)
        .where(model.id.in_(IDS), Comment.struck_at.is_(None))
        .group_by(model.id),
        _arm(
            literal("suggestions"),
            suggestion,
            func.count(Suggestion.id),
            func.count(Suggestion.id).filter(Suggestion.ruling.is_(None)),
            None,
        )
        .where(suggestion.in_(IDS))
        .group_by(suggestion),
    ]
    if quoted:
        parts.append(
            _arm(literal("quote"), model.id, None, Comment.id, Comment.quote, order=Comment.id)
            .select_from(model)
            .join(Comment, in_thread)
            .where(model.id.in_(IDS), is_quoting())
        )
    together = union_all(*parts).subquery()
    return select(together).order_by(together.c.place)


def of(pieces: Sequence[Piece], user: Any, quoted: bool = False) -> dict[int, Voices]:
    """What stands behind each of these pieces (all sections, or all lines), by their id."""
    found = {piece.id: Voices() for piece in pieces}
    if not pieces:
        return found
    model = Section if isinstance(pieces[0], Section) else Line
    for row in db.session.execute(_statement(model, quoted), {"ids": list(found)}):
        voices = found[row.piece]
        if row.what == "comments":
            voices.comments = row.number
        elif row.what == "suggestions":
            voices.suggestions, voices.waiting = row.number, row.ref
        elif row.what == "quote":
            voices.quotes.append(Quote(row.ref, row.text))
        else:
            voices.sources.append(Source(row.what, row.ref, row.number, row.text, row.at))
    behind = {source.proposal_id for one in found.values() for source in one.sources if source.proposal_id}
    votes = votes_on(behind, user)
    for voices in found.values():
        for source in voices.sources:
            voices.votes += votes.get(source.proposal_id or 0, ())
    return found
