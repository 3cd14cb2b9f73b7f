"""What changes a plan's text and table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.db import db
from portal.discussion.actions import new_thread
from portal.drafting import queries, revisions, words
from portal.drafting.models import Line, Revision, Section
from portal.drafting.revisions import Piece, plain
from portal.errors import Conflict
from portal.people.authority import Held
from portal.plans.models import Plan, SubActivity

LONGEST_REASON = 200
"""Of a revision, in letters; the whole reason of a struck line stands on the line."""


@dataclass(frozen=True)
class Clash:
    """Somebody saved in between. `revision` keeps what I sent, `head` is their last version; `merged` is both
    sides, `conflicts` names the fields (or, for prose, `body`) that both changed differently and where `merged`
    holds mine."""

    revision: Revision
    head: Revision | None
    base: Any
    theirs: Any
    merged: Any
    conflicts: list[str]


def save(
    piece: Piece,
    content: Any,
    based_on: int,
    reason: str | None,
    user: Any,
    duty: Held | None,
    settles: bool = False,
) -> Revision | None:
    """Save on the version that was opened; None where nothing changed.

    Where somebody saved in between, the head stays as it is and what was sent is kept as a revision of the kind
    `clash`. `settles`: the text was merged and confirmed.
    """
    revisions.lock(piece)
    if isinstance(piece, Line):
        content = revisions.line_fields(piece) | {name: plain(value) for name, value in content.items()}
        content["unread"] = {
            name: text
            for name, text in (content["unread"] or {}).items()
            if name not in content or content[name] in (None, "")
        } or None
    if based_on == piece.version:
        if content == revisions.content_of(piece):
            return None
        return revisions.save(
            piece,
            content,
            user.id,
            kind="merge" if settles else "save",
            based_on=based_on,
            reason=reason,
            duty_id=duty.duty_id if duty else None,
        )
    if content == revisions.content_of(piece):
        return None
    revision = revisions.keep_clash(piece, content, user.id, based_on, reason)
    audit.record("met a clash", revisions.place_of(piece), after=content)
    return revision


def clash_of(piece: Piece, revision: Revision) -> Clash:
    """A kept clash against the head as it stands now."""
    base_row = revisions.find(piece, revision.based_on or 0)
    head = revisions.find(piece, piece.version)
    if isinstance(piece, Section):
        base = (base_row.body if base_row else "") or ""
        merged = words.merge(base, revision.body or "", piece.body)
        return Clash(revision, head, base, piece.body, merged.text, ["body"] if merged.clashes else [])
    theirs = revisions.line_fields(piece)
    mine = revision.fields or {}
    base_fields = (base_row.fields if base_row else None) or {}
    result, conflicts = dict(theirs), []
    for name, value in mine.items():
        if value == theirs.get(name) or value == base_fields.get(name):
            continue
        result[name] = value
        if theirs.get(name) != base_fields.get(name):
            conflicts.append(name)
    return Clash(revision, head, base_fields, theirs, result, conflicts)


def restore(
    piece: Piece, revision: Revision, user: Any, duty: Held | None, only_from: int | None = None
) -> Revision | None:
    """A former version as a new one; None where it says what the head says. `only_from`: the version that is undone,
    beside which nobody may have written a newer one."""
    revisions.lock(piece)
    if only_from not in (None, piece.version):
        raise Conflict(_("Sudah ada versi yang lebih baru, sehingga tidak ada yang diurungkan."))
    content = (
        revision.body
        if isinstance(piece, Section)
        else revisions.line_fields(piece) | (revision.fields or {})
    )
    if content == revisions.content_of(piece):
        return None
    reason = f"Memulihkan versi {revision.number}"
    return revisions.save(
        piece,
        content,
        user.id,
        kind="restore",
        based_on=piece.version,
        reason=reason,
        duty_id=duty.duty_id if duty else None,
    )


def add_line(
    plan: Plan,
    unit_id: int,
    code: str,
    name: str,
    sub_activity: SubActivity | None,
    user: Any,
    duty: Held | None,
) -> Line:
    """A new line of the table; a struck one of the same code and owner is taken up again."""
    revisions.hold_open(plan.id)
    line = db.session.scalar(
        select(Line)
        .where(Line.plan_id == plan.id, Line.unit_id == unit_id, Line.code == code)
        .with_for_update()
    )
    if line is not None and line.dropped_at is None:
        raise Conflict(_("Kode %(code)s sudah ada pada tabel rencana ini.", code=code))
    if line is not None:
        take_up(line, user, duty)
        return line
    position = (db.session.scalar(select(func.max(Line.position)).where(Line.plan_id == plan.id)) or 0) + 1
    line = Line(
        plan_id=plan.id,
        unit_id=unit_id,
        thread_id=new_thread().id,
        code=code,
        sub_activity_id=sub_activity.id if sub_activity else None,
        name=sub_activity.name if sub_activity else name,
        indicator=sub_activity.indicator if sub_activity else "",
        measure_unit=sub_activity.measure_unit if sub_activity else "",
        openness="consult",
        position=position,
        version=0,
    )
    try:
        with db.session.begin_nested():
            db.session.add(line)
    except IntegrityError:
        raise Conflict(_("Kode %(code)s sudah ada pada tabel rencana ini.", code=code)) from None
    revisions.save(
        line, revisions.line_fields(line), user.id, reason=None, duty_id=duty.duty_id if duty else None
    )
    return line


def drop(line: Line, reason: str, user: Any, duty: Held | None) -> None:
    """Strike a line; its row and its history stay."""
    revisions.lock(line)
    if line.dropped_at is not None:
        return
    line.dropped_at = clock.now()
    line.dropped_by_id = user.id
    line.drop_reason = reason or None
    _say(line, f"Dicoret. {reason}" if reason else "Dicoret.", user, duty)
    audit.record("struck", f"line:{line.id}", duty_id=duty.duty_id if duty else None)


def take_up(line: Line, user: Any, duty: Held | None) -> None:
    """Put a struck line back; that it was struck, and why, stays in its history."""
    revisions.lock(line)
    if line.dropped_at is None:
        return
    line.dropped_at = line.dropped_by_id = line.drop_reason = None
    _say(line, "Dipakai kembali.", user, duty)
    audit.record("took up again", f"line:{line.id}", duty_id=duty.duty_id if duty else None)


def _say(line: Line, words: str, user: Any, duty: Held | None) -> None:
    """A version of the same figures, so that the history says what happened to the line."""
    revisions.save(
        line,
        revisions.line_fields(line),
        user.id,
        based_on=line.version,
        reason=words[:LONGEST_REASON],
        duty_id=duty.duty_id if duty else None,
    )


def copy_line(
    line: Line, unit_id: int, code: str, sub_activity: SubActivity | None, user: Any, duty: Held | None
) -> Line:
    """A line of its own code or owner with the words and figures of another; its official name is its code's."""
    made = add_line(line.plan, unit_id, code, line.name, sub_activity, user, duty)
    content = revisions.line_fields(line) | {
        "sub_activity_id": made.sub_activity_id,
        "name": made.name if made.sub_activity_id else line.name,
    }
    if content != revisions.line_fields(made):
        reason = f"Salinan dari {line.code}"
        revisions.save(
            made,
            content,
            user.id,
            based_on=made.version,
            reason=reason,
            duty_id=duty.duty_id if duty else None,
        )
    return made


def move(line: Line, step: int, duty: Held | None) -> bool:
    """Put a line one place up (-1) or down (1) within its activity; the caller holds the plan. False at its end."""
    activity = queries.activity_of(line.code)
    near = [row for row in queries.list_lines(line.plan_id) if queries.activity_of(row.code) == activity]
    ids = [row.id for row in near]
    if line.id not in ids:
        return False
    before = ids.index(line.id)
    if not 0 <= before + step < len(near):
        return False
    near[before], near[before + step] = near[before + step], near[before]
    for position, row in enumerate(near, 1):
        row.position = position
    audit.record(
        "moved", f"line:{line.id}", before=before + 1, after=before + step + 1,
        duty_id=duty.duty_id if duty else None,
    )  # fmt: skip
    return True


def set_openness(piece: Piece, openness: str, reason: str, duty: Held | None) -> None:
    """How open a piece is; a reason stays until the openness changes or another one is given."""
    revisions.lock(piece)
    before = piece.openness
    if openness != before or reason:
        piece.openness_reason = reason or None
    piece.openness = openness
    audit.record(
        f"opened {openness}", revisions.place_of(piece), before=before, after=openness,
        duty_id=duty.duty_id if duty else None,
    )  # fmt: skip


def give(piece: Piece, unit_id: int, duty: Held | None) -> None:
    """Name the unit that owns the piece, whose editors may edit it."""
    if piece.unit_id == unit_id:
        return
    revisions.lock(piece)
    before, piece.unit_id = piece.unit_id, unit_id
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError:
        raise Conflict(_("Unit itu sudah memiliki baris dengan kode yang sama.")) from None
    db.session.expire(piece, ["unit"])
    audit.record(
        "gave", revisions.place_of(piece), before=before, after=unit_id,
        duty_id=duty.duty_id if duty else None,
    )  # fmt: skip
