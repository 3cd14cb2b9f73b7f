"""Writing a revision: the one way in which a section or a line changes. Nothing is ever overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from portal import audit, clock
from portal.db import db, hold, rows
from portal.drafting import ceilings
from portal.drafting.models import Line, Revision, Section, Snapshot
from portal.errors import Conflict
from portal.plans.models import Plan

Piece = Section | Line

NUMBERS = ("target", "target_upper", "forward_target", "strategic_target", "realised_before", "expected_now")
MONEY = ("ceiling", "forward_ceiling")
TEXTS = (
    "name",
    "indicator",
    "measure_unit",
    "funding_source",
    "location",
    "target_group",
    "national_priority",
    "regional_priority",
    "urgency",
    "note",
)
CHOICES = ("accumulation", "direction", "value_kind")
LINE_FIELDS = (*TEXTS, *NUMBERS, *MONEY, *CHOICES, "sub_activity_id", "unread", "scale")
"""The columns of a line that a revision keeps whole."""


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it: decimals as text without idle zeros."""
    if isinstance(value, Decimal):
        text = format(value.normalize(), "f")
        return "0" if text in ("-0", "") else text
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def line_fields(line: Line) -> dict[str, Any]:
    """The whole row of a line, as a revision keeps it."""
    return {name: plain(getattr(line, name)) for name in LINE_FIELDS}


def restored(name: str, value: Any) -> Any:
    """A value of a revision as its column takes it."""
    return Decimal(value) if name in NUMBERS and value is not None else value


def sha256_of(content: Any) -> str:
    """SHA-256 of a body, or of the fields of a line as canonical JSON."""
    if not isinstance(content, str):
        content = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def content_of(piece: Piece) -> Any:
    return piece.body if isinstance(piece, Section) else line_fields(piece)


_ALONE = select(Plan.id).where(Plan.id == bindparam("plan")).with_for_update()
_SHARED = select(Plan.id).where(Plan.id == bindparam("plan")).with_for_update(read=True)
_FROZEN = select(Snapshot.id).where(Snapshot.plan_id == bindparam("plan"))


class Adopted(Conflict):
    """The plan was adopted while somebody was writing in it."""


def hold_open(plan_id: int) -> None:
    """Let nobody adopt the plan until the transaction ends; Adopted where somebody has.

    Adoption holds the plan's row alone, everyone who writes shares it, so that nothing changes beside a snapshot.
    In `final_draft` one writes after the other, so that two sums do not pass the ceiling beside each other.
    """
    if db.engine.dialect.name == "postgresql":  # on SQLite a writing transaction is alone from its beginning
        rows(_ALONE if ceilings.is_final(plan_id) else _SHARED, {"plan": plan_id})
    if rows(_FROZEN, {"plan": plan_id}):
        raise Adopted(_("Rencana ini baru saja ditetapkan, sehingga tidak dapat diubah lagi."))


def lock(piece: Piece) -> None:
    """Hold the head until the transaction ends, and read it as it stands now; Adopted where the plan is."""
    hold_open(piece.plan_id)
    hold(piece)


def _row(piece: Piece, content: Any, **values: Any) -> Revision:
    is_section = isinstance(piece, Section)
    revision = Revision(
        section_id=piece.id if is_section else None,
        line_id=None if is_section else piece.id,
        body=content if is_section else None,
        fields=None if is_section else content,
        sha256=sha256_of(content),
        at=clock.now(),
        **values,
    )
    db.session.add(revision)
    return revision


def _put(piece: Piece, content: Any, number: int) -> None:
    """Make this version the head."""
    if isinstance(piece, Section):
        piece.body = content
    else:
        for name in LINE_FIELDS:
            setattr(piece, name, restored(name, content[name]))
    piece.version = number


def key_of(piece: Piece) -> dict[str, int]:
    """The column by which other rows name the piece."""
    return {"section_id" if isinstance(piece, Section) else "line_id": piece.id}


def place_of(piece: Piece) -> str:
    return f"section:{piece.id}" if isinstance(piece, Section) else f"line:{piece.id}"


def save(
    piece: Piece,
    content: Any,
    by_id: int | None,
    *,
    kind: str = "save",
    based_on: int | None = None,
    reason: str | None = None,
    duty_id: int | None = None,
    suggestion_id: int | None = None,
    weighs: bool = True,
) -> Revision:
    """Write the next numbered revision and make it the head; the caller holds the lock of the head.

    `content` is the body of a section, or the LINE_FIELDS of a line. OverCeiling where the plan must not carry it;
    who writes many lines at once says `weighs=False` and asks `ceilings.weigh` once.
    """
    if weighs and isinstance(piece, Line):
        ceilings.weigh_line(piece, content["ceiling"])
    before = content_of(piece)
    number = piece.version + 1
    revision = _row(
        piece,
        content,
        number=number,
        kind=kind,
        based_on=based_on,
        reason=reason or None,
        by_id=by_id,
        suggestion_id=suggestion_id,
    )
    _put(piece, content, number)
    db.session.flush()
    audit.record(f"saved version {number}", place_of(piece), before=before, after=content, duty_id=duty_id)
    return revision


def save_first(contents: Sequence[tuple[Piece, Any]], by_id: int | None, duty_id: int | None) -> None:
    """The first versions of many new pieces, in a few statements; `contents` are as `save` takes them."""
    deeds = []
    for piece, content in contents:
        deeds.append((place_of(piece), content_of(piece), content))
        _row(piece, content, number=1, kind="save", by_id=by_id)
        _put(piece, content, 1)
    audit.record_all("saved version 1", deeds, duty_id=duty_id)


def keep_clash(piece: Piece, content: Any, by_id: int, based_on: int, reason: str | None) -> Revision:
    """Keep what was sent on an old version: it stays in the history, without a number."""
    revision = _row(
        piece, content, number=None, kind="clash", based_on=based_on, reason=reason or None, by_id=by_id
    )
    db.session.flush()
    return revision


def writer(revision: Revision) -> str:
    """Who wrote a version: its editor; of one that came from a suggestion both who suggested and who accepted it."""
    editor = revision.by.full_name if revision.by else _("Penjaga peladen")
    suggestion = revision.suggestion
    if suggestion is None:
        return editor
    author = suggestion.by.full_name if suggestion.voice == "named" else _("Pegawai")
    if suggestion.ruling == "partly":
        return _(
            "Disarankan %(author)s, diterima dengan perubahan oleh %(editor)s", author=author, editor=editor
        )
    return _("Disarankan %(author)s, diterima oleh %(editor)s", author=author, editor=editor)


def find(piece: Piece, number: int) -> Revision | None:
    """The revision of a piece with this number."""
    column = Revision.section_id if isinstance(piece, Section) else Revision.line_id
    return db.session.scalar(select(Revision).where(column == piece.id, Revision.number == number))
