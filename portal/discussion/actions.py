"""What changes a thread."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from portal import audit, clock
from portal.db import db
from portal.discussion.models import Comment, Thread
from portal.errors import Conflict


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
) -> Comment:
    """Say something in a thread; a reply to a reply stands under the first remark."""
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
