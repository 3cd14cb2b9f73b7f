"""The readable text of a piece in one of its versions: what a comment can quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Integer, bindparam, exists, select

from portal.db import rows
from portal.discussion import anchors
from portal.discussion.models import Comment, CommentState
from portal.discussion.queries import is_quoting
from portal.drafting import revisions
from portal.drafting.forms import LineForm
from portal.drafting.models import Line, Revision, Section
from portal.drafting.revisions import MONEY, NUMBERS, TEXTS, Piece
from portal.formatting import markdown

FIELDS = (*TEXTS, *NUMBERS, *MONEY)
"""What is quoted of a line. Its choices are left out: their words change with the language of the screen."""


def text(piece: Piece, version: int) -> str | None:
    """The version as safe HTML; None where there is none."""
    if version == piece.version:
        content = revisions.content_of(piece)
    elif (revision := revisions.find(piece, version)) is not None:
        content = revision.body if isinstance(piece, Section) else revision.fields
    else:
        return "" if version == 0 else None
    return _readable(content)


def _readable(content: Any) -> str:
    """A body, or the fields of a line, as safe HTML."""
    if isinstance(content, str):
        return str(markdown(content))
    form = LineForm(formdata=None)
    values = (form.shown(name, (content or {}).get(name)) for name in FIELDS)
    return str(Markup("").join(Markup("<p>{}</p>").format(escape(value)) for value in values if value != "–"))


@dataclass(frozen=True)
class Changed:
    """A comment whose quoted words stand no longer in the present version of its section or line."""

    comment_id: int
    quote: str
    title: str
    version: int
    at: datetime


@cache
def _moved_on(piece: Any, key: Any, title: Any) -> Any:
    """The comments of a person that quote an older version than the present one, which somebody else wrote, and whose
    state does not say already that they changed the text."""
    me = bindparam("me", type_=Integer)
    said = exists(
        select(CommentState.id).where(CommentState.comment_id == Comment.id, CommentState.kind == "changed")
    )
    return (
        select(Comment.id, Comment.quote, title, piece.version, Revision.at, Revision.body, Revision.fields)
        .select_from(Comment)
        .join(piece, piece.thread_id == Comment.thread_id)
        .join(Revision, (key == piece.id) & (Revision.number == piece.version))
        .where(
            Comment.by_id == me,
            is_quoting(),
            Comment.on_revision < piece.version,
            Revision.by_id.is_distinct_from(me),
            ~said,
        )
        .order_by(Revision.at.desc())
        .limit(bindparam("most", type_=Integer))
    )


def list_changed(user: Any, limit: int) -> list[Changed]:
    """The latest of this person's quotes whose words changed; two queries."""
    found = []
    for piece, key, title in (
        (Section, Revision.section_id, Section.heading),
        (Line, Revision.line_id, Line.name),
    ):
        for *told, body, fields in rows(_moved_on(piece, key, title), {"me": user.id, "most": limit}):
            changed = Changed(*told)
            if not anchors.stands(_readable(fields if body is None else body), changed.quote):
                found.append(changed)
    return found
