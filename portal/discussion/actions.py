"""What changes a thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import bindparam, select, update

from portal import audit, clock
from portal.db import db, hold, run
from portal.discussion.models import Comment, CommentState, Hiding, Mention, Report, Thread
from portal.errors import Conflict

_ANSWERED = (
    update(cast(Any, Mention.__table__))
    .where(
        Mention.person_id == bindparam("me"),
        Mention.seen_at.is_(None),
        Mention.comment_id.in_(select(Comment.id).where(Comment.thread_id == bindparam("thread"))),
    )
    .values(seen_at=bindparam("now"))
)
"""Who answers in a thread has seen what named them there."""


def new_thread() -> Thread:
    thread = Thread()
    db.session.add(thread)
    db.session.flush()
    return thread


def add(
    thread_id: int,
    user: Any,
    body: str,
    parent_id: int | None = None,
    quote: str | None = None,
    on_revision: int | None = None,
    mentions: Iterable[int] = (),
) -> Comment:
    """Say something in a thread; a reply to a reply stands under the first remark. Who answers has seen what named
    them there."""
    if parent_id is not None:
        parent = db.session.get(Comment, parent_id)
        if parent is None or parent.thread_id != thread_id:
            raise Conflict(_("Tanggapan yang Anda balas tidak ada dalam percakapan ini."))
        parent_id = parent.parent_id or parent.id
    comment = Comment(
        thread_id=thread_id,
        parent_id=parent_id,
        by_id=user.id,
        unit_id=user.unit_id,
        voice="named",
        body=body,
        quote=quote,
        on_revision=on_revision,
        at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    db.session.add_all(Mention(comment_id=comment.id, person_id=person_id) for person_id in mentions)
    run(_ANSWERED, {"me": user.id, "thread": thread_id, "now": comment.at})
    audit.record("commented", f"comment:{comment.id}")
    return comment


def edit(comment: Comment, body: str) -> None:
    """Change the words within the first minutes; that it was done stays visible."""
    if comment.body != body:
        comment.body = body
        comment.edited_at = clock.now()
        audit.record("edited", f"comment:{comment.id}")


def strike(comment: Comment) -> None:
    """Take the words back; they stay readable, struck."""
    comment.struck_at = clock.now()
    audit.record("struck", f"comment:{comment.id}")


def _see(person_id: int, comments: Any) -> None:
    db.session.execute(
        update(Mention)
        .where(Mention.person_id == person_id, Mention.seen_at.is_(None), Mention.comment_id.in_(comments))
        .values(seen_at=clock.now())
    )


def see(comment: Comment, person_id: int) -> None:
    """The mentioned colleague opened the comment."""
    _see(person_id, [comment.id])


def set_state(
    comment: Comment, kind: str, number: int | None, user: Any, duty_id: int | None
) -> CommentState | None:
    """What became of a comment; the same again changes nothing."""
    last = db.session.scalar(
        select(CommentState)
        .where(CommentState.comment_id == comment.id)
        .order_by(CommentState.id.desc())
        .limit(1)
    )
    number = number if kind == "changed" else None
    if last is not None and (last.kind, last.revision_number) == (kind, number):
        return None
    state = CommentState(
        comment_id=comment.id, kind=kind, revision_number=number, by_id=user.id, at=clock.now()
    )
    db.session.add(state)
    audit.record(f"called {kind}", f"comment:{comment.id}", duty_id=duty_id)
    return state


def report(comment: Comment, user: Any, reason: str) -> bool:
    """Tell the moderators of a comment; False where this person did so before."""
    hold(comment)
    before = select(Report.id).where(Report.comment_id == comment.id, Report.by_id == user.id)
    if db.session.scalar(before) is not None:
        return False
    db.session.add(Report(comment_id=comment.id, by_id=user.id, reason=reason, at=clock.now()))
    audit.record("reported", f"comment:{comment.id}")
    return True


def hiding_of(comment: Comment) -> Hiding | None:
    """The hiding in force, held until the transaction ends."""
    hold(comment)
    return db.session.scalar(
        select(Hiding).where(Hiding.comment_id == comment.id, Hiding.lifted_at.is_(None))
    )


def hide(comment: Comment, user: Any, reason: str, duty_id: int) -> None:
    """Hide the words from everybody but their author, the moderators and the auditor."""
    if hiding_of(comment) is None:
        db.session.add(Hiding(comment_id=comment.id, by_id=user.id, reason=reason, at=clock.now()))
        audit.record("hid", f"comment:{comment.id}", duty_id=duty_id)


def show(comment: Comment, duty_id: int) -> None:
    """Lift the hiding."""
    hiding = hiding_of(comment)
    if hiding is not None:
        hiding.lifted_at = clock.now()
        audit.record("showed again", f"comment:{comment.id}", duty_id=duty_id)


def leave(comment: Comment, user: Any, reason: str, duty_id: int) -> None:
    """Decide that a reported comment stays as it is."""
    if hiding_of(comment) is None:
        now = clock.now()
        db.session.add(Hiding(comment_id=comment.id, by_id=user.id, reason=reason, at=now, lifted_at=now))
        audit.record("left shown", f"comment:{comment.id}", duty_id=duty_id)
