"""Threads as screens need them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.discussion.models import Comment, Hiding


@dataclass
class Remark:
    """A comment with its replies; `hidden` holds the reason of a moderator, if one hid it."""

    comment: Comment
    hidden: str | None = None
    replies: list[Remark] = field(default_factory=list)


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


def counts(thread_ids: Iterable[int]) -> dict[int, int]:
    """How many comments stand in each of these threads."""
    rows = db.session.execute(
        select(Comment.thread_id, func.count())
        .where(Comment.thread_id.in_(list(thread_ids)), Comment.struck_at.is_(None))
        .group_by(Comment.thread_id)
    )
    return dict(rows.all())


def get(comment_id: int) -> Comment:
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        abort(404)
    return comment
