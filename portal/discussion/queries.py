"""Threads as screens need them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from flask import abort
from sqlalchemy import (
    DateTime,
    Integer,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased, joinedload

from portal.db import UTCDateTime, db
from portal.discussion.anchors import Quote
from portal.discussion.models import Comment, CommentState, Hiding, Mention, Report
from portal.people.models import Person


@dataclass(frozen=True)
class State:
    """What became of a comment, in which version, and who said so when."""

    kind: str
    revision_number: int | None
    by: str
    at: datetime


@dataclass
class Remark:
    """A comment with its replies; `hidden` holds the reason of a moderator, if one hid it, `state` what became of
    it, `reports` why it was reported and not ruled on yet."""

    comment: Comment
    hidden: str | None = None
    replies: list[Remark] = field(default_factory=list)
    state: State | None = None
    named: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    known: bool = False
    """Whether the words are shown to this person although they are hidden."""

    @property
    def is_settled(self) -> bool:
        return self.state is not None and self.state.kind == "settled"


@dataclass(frozen=True)
class Moderated:
    """The public count of a thread."""

    reported: int
    hidden: int
    shown_again: int


def list_comments(thread_ids: Iterable[int]) -> dict[int, list[Remark]]:
    """The remarks of these threads, oldest first, replies under theirs; one query for all of them."""
    wanted = list(thread_ids)
    threads: dict[int, list[Remark]] = {thread_id: [] for thread_id in wanted}
    by_id: dict[int, Remark] = {}
    rows = db.session.execute(
        select(Comment, Hiding.reason)
        .outerjoin(Hiding, (Hiding.comment_id == Comment.id) & Hiding.lifted_at.is_(None))
        .where(Comment.thread_id.in_(wanted))
        .options(joinedload(Comment.by), joinedload(Comment.unit))
        .order_by(Comment.thread_id, Comment.id)
    )
    for comment, reason in rows:
        remark = Remark(comment, reason)
        by_id[comment.id] = remark
        above = by_id.get(comment.parent_id) if comment.parent_id else None
        (above.replies if above else threads[comment.thread_id]).append(remark)
    return threads


def latest(thread_ids: Iterable[int], number: int = 2) -> dict[int, list[Comment]]:
    """The last few remarks that stand in each of these threads, oldest first; one query."""
    place = func.row_number().over(partition_by=Comment.thread_id, order_by=Comment.id.desc())
    ranked = (
        select(Comment.id, place.label("place"))
        .outerjoin(Hiding, (Hiding.comment_id == Comment.id) & Hiding.lifted_at.is_(None))
        .where(
            Comment.thread_id.in_(list(thread_ids)),
            Comment.parent_id.is_(None),
            Comment.struck_at.is_(None),
            Hiding.id.is_(None),
        )
        .subquery()
    )
    found: dict[int, list[Comment]] = {}
    for comment in db.session.scalars(
        select(Comment)
        .join(ranked, ranked.c.id == Comment.id)
        .where(ranked.c.place <= number)
        .options(joinedload(Comment.by), joinedload(Comment.unit))
        .order_by(Comment.id)
    ):
        found.setdefault(comment.thread_id, []).append(comment)
    return found


def get(comment_id: int) -> Comment:
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        abort(404)
    return comment


THREAD = bindparam("thread", type_=Integer)
_no_instant = type_coerce(sql_cast(null(), DateTime(timezone=True)), UTCDateTime())


def _beside(
    what: str, row: Any, person: Any, words: Any, number: Any = None, at: Any = None, until: Any = None
) -> Any:
    """What stands beside the comments of the thread THREAD, in the columns that all kinds share."""
    here = select(Comment.id).where(Comment.thread_id == THREAD)
    return (
        select(
            literal(what, String).label("what"),
            row.comment_id.label("comment_id"),
            (row.id if hasattr(row, "id") else literal(0, Integer)).label("ref"),
            Person.name.label("name"),
            sql_cast(words, String).label("words"),
            sql_cast(number if number is not None else null(), Integer).label("number"),
            type_coerce(at if at is not None else _no_instant, UTCDateTime()).label("at"),
            type_coerce(until if until is not None else _no_instant, UTCDateTime()).label("until"),
        )
        .join(Person, Person.id == person)
        .where(row.comment_id.in_(here))
    )


@cache
def _standing() -> Any:
    """States, mentions, reports and hidings of a thread in one statement, built once."""
    state = CommentState
    parts = (
        _beside("state", state, state.by_id, state.kind, state.revision_number, state.at),
        _beside("mention", Mention, Mention.person_id, null()),
        _beside("report", Report, Report.by_id, Report.reason, None, Report.at),
        _beside("hiding", Hiding, Hiding.by_id, Hiding.reason, None, Hiding.at, Hiding.lifted_at),
    )
    together = union_all(*parts).subquery()
    return select(together).order_by(together.c.at, together.c.ref, together.c.name)


def standing(thread_id: int, remarks: Iterable[Remark]) -> Moderated:
    """Write state, mentions and open reports beside the remarks of one thread; returns its public count.
    Without remarks nothing is asked."""
    by_id = {one.comment.id: one for top in remarks for one in (top, *top.replies)}
    reported = hidden = shown_again = 0
    ruled: dict[int, datetime] = {}
    if not by_id:
        return Moderated(0, 0, 0)
    rows = db.session.execute(_standing(), {"thread": thread_id}).all()
    for row in (row for row in rows if row.what == "hiding"):
        ruled[row.comment_id] = row.at
        if row.until != row.at:
            shown_again += row.until is not None
            hidden += row.until is None
    for row in rows:
        one = by_id[row.comment_id]
        if row.what == "state":
            one.state = State(row.words, row.number, row.name, row.at)
        elif row.what == "mention":
            one.named.append(row.name)
        elif row.what == "report":
            reported += 1
            if row.comment_id not in ruled or ruled[row.comment_id] < row.at:
                one.reports.append(row.words)
    return Moderated(reported, hidden, shown_again)


def quotes_of(remarks: Iterable[Remark]) -> list[Quote]:
    """What these remarks quote, as far as it `is_quoting`."""
    return [
        Quote(one.comment.id, one.comment.quote)
        for one in remarks
        if one.comment.quote and one.comment.struck_at is None and one.hidden is None and not one.is_settled
    ]


def is_quoting() -> Any:
    """The condition that Comment quotes words that are to be marked: it is neither struck, hidden nor settled."""
    later = aliased(CommentState)
    return and_(
        Comment.quote.is_not(None),
        Comment.struck_at.is_(None),
        ~exists().where(Hiding.comment_id == Comment.id, Hiding.lifted_at.is_(None)),
        ~exists().where(
            CommentState.comment_id == Comment.id,
            CommentState.kind == "settled",
            ~exists().where(later.comment_id == Comment.id, later.id > CommentState.id),
        ),
    )


def list_colleagues(words: str, chosen: Iterable[int], me: int, among: Any) -> list[Person]:
    """Those chosen, and the first few people in post whose name holds all of these words; `among` is the condition,
    beside Person, that one may read the conversation."""
    kept = list(chosen)
    asked = [Person.name.icontains(word, autoescape=True) for word in words.split()[:6]]
    wanted = or_(Person.id.in_(kept), and_(*asked)) if asked else Person.id.in_(kept)
    if not asked and not kept:
        return []
    return list(
        db.session.scalars(
            select(Person)
            .where(Person.left_on.is_(None), Person.id != me, wanted, among)
            .options(joinedload(Person.unit))
            .order_by(Person.id.in_(kept).desc(), Person.name, Person.id)
            .limit(len(kept) + 12)
        )
    )


def list_beside(user: Any, among: Any) -> list[Person]:
    """The first few colleagues of one's own unit, of whom `among` holds."""
    beside = select(Person).where(
        Person.left_on.is_(None), Person.unit_id == user.unit_id, Person.id != user.id, among
    )
    ordered = beside.options(joinedload(Person.unit)).order_by(Person.name, Person.id).limit(12)
    return list(db.session.scalars(ordered))


def is_hidden(comment: Comment) -> bool:
    found = select(Hiding.id).where(Hiding.comment_id == comment.id, Hiding.lifted_at.is_(None))
    return db.session.scalar(found) is not None


def list_reports(comment: Comment) -> list[str]:
    """Why a comment was reported, in order."""
    reasons = select(Report.reason).where(Report.comment_id == comment.id).order_by(Report.id)
    return list(db.session.scalars(reasons))
