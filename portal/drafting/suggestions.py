"""Suggestions: other wording or figures for a section or a line, and what the editors make of them.

Kept is the version it was written on and the whole proposed text; it is always shown against today's text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import Integer, and_, bindparam, delete, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from portal import audit, clock, holidays
from portal.access import Refusal
from portal.db import db, hold
from portal.discussion.actions import new_thread
from portal.drafting import queries, revisions, rules, words
from portal.drafting.models import Line, Revision, Section, Suggestion, SuggestionSupport
from portal.drafting.revisions import Piece, plain
from portal.errors import Conflict
from portal.people.authority import Held
from portal.people.models import Person
from portal.plans import queries as plans
from portal.plans import stages
from portal.plans.models import Plan
from portal.plans.stages import Calendar

MOST = 200
"""Suggestions that one page lists."""
NOTICE_DAYS = 3
"""Working days before the end of a stage from which on the planner is told what is left."""
LONGEST_NOTICE = timedelta(days=30)
"""Three working days are never longer."""


# Who may


def refuse_suggestion(piece: Piece, calendar: Calendar) -> Refusal | None:
    """Every reader, where the piece is open and the stage takes suggestions."""
    if isinstance(piece, Line) and piece.dropped_at is not None:
        return Refusal(_("Baris ini sudah dicoret."))
    refusal = stages.refuse("suggest", calendar, clock.today())
    return refusal or rules.refuse_input(piece.openness, "suggestion")


def refuse_ruling(suggestion: Suggestion, user_id: int, edit_refusal: Refusal | None) -> Refusal | None:
    """Who may edit the piece rules on what others suggest for it, never on their own."""
    if suggestion.ruling is not None:
        return Refusal(_("Saran perubahan ini sudah diputuskan."))
    if suggestion.by_id == user_id:
        return Refusal(_("Saran Anda sendiri diputuskan oleh penyusun lain."))
    return edit_refusal


def refuse_support(suggestion: Suggestion, user_id: int, calendar: Calendar) -> Refusal | None:
    """Others support it while it waits and the stage takes suggestions."""
    if suggestion.ruling is not None:
        return Refusal(_("Saran perubahan ini sudah diputuskan."))
    if suggestion.by_id == user_id:
        return Refusal(_("Anda tidak dapat mendukung saran sendiri."))
    return stages.refuse("suggest", calendar, clock.today())


def rule_until(plan: Plan) -> date | None:
    """The day until which editors rule on suggestions: the last one before the verification."""
    calendar = plans.calendar_of(plan)
    return None if calendar.adopted else calendar.ends_on("draft")


@dataclass(frozen=True)
class Left:
    """Suggestions that nobody ruled on when suggesting closes, or closed: the last day of the stage, None after it."""

    number: int
    ends_on: date | None
    why_not_now: Refusal | None = None
    """Why none of them can be decided at present, and when it can."""


def left_at_closing(plan: Plan, waiting: int, edit_refusal: Refusal | None) -> Left | None:
    """What the planner is told before a stage ends (within three working days) and after suggesting is closed."""
    calendar, today = plans.calendar_of(plan), clock.today()
    stage = calendar.stage(today)
    if not waiting or calendar.adopted:
        return None
    if not stages.allows("suggest", stage):
        return Left(waiting, None, edit_refusal)
    ends_on = calendar.ends_on(stage)
    if ends_on is None or ends_on - today > LONGEST_NOTICE:
        return None
    if holidays.working_days(today, ends_on) > NOTICE_DAYS:
        return None
    return Left(waiting, ends_on)


def answerable(shown: Iterable[Shown], editable: Collection[Piece], user_id: int) -> set[int]:
    """The ids of those suggestions that this person, who may edit these pieces, may rule on."""
    return {
        one.suggestion.id
        for one in shown
        if one.piece in editable and refuse_ruling(one.suggestion, user_id, None) is None
    }


# Against today's text


@dataclass(frozen=True)
class Today:
    """A suggestion put on the text as it stands. `clashes` names the fields (for prose: `body`) that were changed
    since, in the same words; there `content` holds the suggestion."""

    content: Any
    clashes: tuple[str, ...]


def on_today(piece: Piece, suggestion: Suggestion, base: Revision | None) -> Today:
    """Three-way: what was suggested on its own version, carried over to the text of today."""
    if isinstance(piece, Section):
        merged = words.merge((base.body if base else "") or "", suggestion.body or "", piece.body)
        return Today(merged.text, ("body",) if merged.clashes else ())
    now, before = revisions.line_fields(piece), (base.fields if base else None) or {}
    content, clashes = dict(now), []
    for name, value in (suggestion.fields or {}).items():
        if value == before.get(name) or value == now.get(name):
            continue
        content[name] = value
        if now.get(name) != before.get(name):
            clashes.append(name)
    return Today(content, tuple(clashes))


def _changes(piece: Piece, content: Any) -> list[tuple[Any, Any, Any]]:
    """What a content changes of today's: from where to where, and into what; figures by their name."""
    if isinstance(piece, Section):
        return words.places(piece.body, content)
    now = revisions.line_fields(piece)
    return [(name, name, content[name]) for name in now if name != "unread" and content[name] != now[name]]


def _compete(mine: list[tuple[Any, Any, Any]], others: list[tuple[Any, Any, Any]]) -> bool:
    """Whether two sets of changes touch the same words or figures and want different things there."""
    return any(one[0] <= other[1] and other[0] <= one[1] and one != other for one in mine for other in others)


# Reading


@dataclass
class Shown:
    """A suggestion as pages show it."""

    suggestion: Suggestion
    piece: Piece
    by: Person
    supports: int
    supported: bool
    ruled_by: Person | None
    base: Revision | None
    today: Today | None = None
    rivals: tuple[int, ...] = ()
    made: Revision | None = None

    @property
    def is_contained(self) -> bool:
        """Whether today's text says already what it wants."""
        return self.today is not None and self.today.content == revisions.content_of(self.piece)

    @property
    def moved(self) -> bool:
        return self.suggestion.ruling is None and self.suggestion.based_on != self.piece.version


def _query(*where: Any) -> Any:
    supports = (
        select(func.count())
        .where(SuggestionSupport.suggestion_id == Suggestion.id)
        .correlate(Suggestion)
        .scalar_subquery()
    )
    mine = exists(
        select(SuggestionSupport.suggestion_id).where(
            SuggestionSupport.suggestion_id == Suggestion.id,
            SuggestionSupport.person_id == bindparam("me", type_=Integer),
        )
    )
    base = and_(
        Revision.number == Suggestion.based_on,
        or_(
            Revision.section_id == Suggestion.section_id,
            Revision.line_id == Suggestion.line_id,
        ),
    )
    return (
        select(Suggestion, Section, Line, Person, supports, mine, Revision)
        .join(Person, Person.id == Suggestion.by_id)
        .outerjoin(Section, Section.id == Suggestion.section_id)
        .outerjoin(Line, Line.id == Suggestion.line_id)
        .outerjoin(Revision, base)
        .where(*where)
        .order_by(Suggestion.ruling.is_not(None), Suggestion.id.desc())
        .limit(MOST)
    )


def _shown(statement: Any, me: int) -> list[Shown]:
    found = [
        Shown(suggestion, section or line, by, supports, mine, None, base)
        for suggestion, section, line, by, supports, mine, base in db.session.execute(statement, {"me": me})
    ]
    ruled = [one.suggestion for one in found if one.suggestion.ruling is not None]
    people, made = _rulers_and_versions(ruled) if ruled else ({}, {})
    for one in found:
        one.ruled_by = people.get(one.suggestion.ruled_by_id or 0)
        one.made = made.get(one.suggestion.id)
        if one.suggestion.ruling is None:
            one.today = on_today(one.piece, one.suggestion, one.base)
    _mark_rivals(found)
    return found


def _rulers_and_versions(ruled: Sequence[Suggestion]) -> tuple[dict[int, Person], dict[int, Revision]]:
    """Who ruled, by their id, and the version that came of it, by the id of the suggestion."""
    people = db.session.scalars(select(Person).where(Person.id.in_({one.ruled_by_id for one in ruled})))
    versions = db.session.scalars(
        select(Revision).where(Revision.suggestion_id.in_([one.id for one in ruled]))
    )
    return {one.id: one for one in people}, {one.suggestion_id or 0: one for one in versions}


def _mark_rivals(found: Sequence[Shown]) -> None:
    """Of the open suggestions for one piece, those that change the same words or figures differently."""
    waiting = [(one, _changes(one.piece, one.today.content)) for one in found if one.today is not None]
    for one, mine in waiting:
        one.rivals = tuple(
            other.suggestion.id
            for other, theirs in waiting
            if other is not one and other.piece is one.piece and _compete(mine, theirs)
        )


def get(suggestion_id: int, user: Any) -> Shown:
    """A suggestion with its piece, its plan and the rivals it meets, or 404."""
    suggestion = db.session.get(Suggestion, suggestion_id)
    if suggestion is None:
        abort(404)
    piece: Piece = (
        queries.get_section(suggestion.section_id, user)
        if suggestion.section_id
        else queries.get_line(suggestion.line_id or 0, user)
    )
    same = Suggestion.section_id == piece.id if isinstance(piece, Section) else Suggestion.line_id == piece.id
    wanted = and_(same, or_(Suggestion.ruling.is_(None), Suggestion.id == suggestion.id))
    return next(one for one in _shown(_query(wanted), user.id) if one.suggestion.id == suggestion.id)


def _of_plan(plan_id: Any) -> Any:
    return or_(
        Suggestion.section_id.in_(select(Section.id).where(Section.plan_id == plan_id)),
        Suggestion.line_id.in_(select(Line.id).where(Line.plan_id == plan_id)),
    )


def list_of_plan(plan: Plan, user: Any) -> list[Shown]:
    """The suggestions for a plan, what waits first, newest first."""
    return _shown(_query(_of_plan(plan.id)), user.id)


def waiting_for(ids: Iterable[int], kind: str, user: Any) -> dict[int, list[Shown]]:
    """What waits for each of these sections or lines, by their id."""
    found: dict[int, list[Shown]] = {}
    key = Suggestion.section_id if kind == "section" else Suggestion.line_id
    for one in _shown(_query(key.in_(list(ids)), Suggestion.ruling.is_(None)), user.id):
        found.setdefault(one.piece.id, []).append(one)
    return found


def mine_waiting(piece: Piece, user: Any) -> Suggestion | None:
    """My own unruled suggestion for a piece; there is one at most."""
    same = Suggestion.section_id == piece.id if isinstance(piece, Section) else Suggestion.line_id == piece.id
    return db.session.scalar(
        select(Suggestion).where(same, Suggestion.by_id == user.id, Suggestion.ruling.is_(None))
    )


# Deeds


def content_from(piece: Piece, base: Any, sent: Any) -> Any:
    """What was typed as the whole content of the piece: a line's fields over those of `base`."""
    if isinstance(piece, Section):
        return sent
    return (base or {}) | {name: plain(value) for name, value in sent.items()}


def suggest(piece: Piece, content: Any, based_on: int, reason: str, user: Any) -> Suggestion:
    """Keep a suggestion; a second unruled one of the same person for the same piece is refused."""
    is_section = isinstance(piece, Section)
    suggestion = Suggestion(
        section_id=piece.id if is_section else None,
        line_id=None if is_section else piece.id,
        thread_id=new_thread().id,
        based_on=based_on,
        body=content if is_section else None,
        fields=None if is_section else content,
        reason=reason,
        by_id=user.id,
        unit_id=user.unit_id,
        voice="named",
        at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(suggestion)
    except IntegrityError:
        raise Conflict(_("Saran Anda sebelumnya untuk bagian ini masih menunggu putusan.")) from None
    audit.record("suggested", f"suggestion:{suggestion.id}", after=content)
    return suggestion


def _hold_unruled(suggestion: Suggestion) -> None:
    hold(suggestion)
    if suggestion.ruling is not None:
        raise Conflict(_("Saran perubahan ini baru saja diputuskan. Silakan baca putusannya."))


def _rule(suggestion: Suggestion, ruling: str, reason: str | None, user: Any, duty: Held | None) -> None:
    suggestion.ruling = ruling
    suggestion.ruling_reason = reason or None
    suggestion.ruled_by_id = user.id
    suggestion.ruled_at = clock.now()
    audit.record(
        f"ruled {ruling}", f"suggestion:{suggestion.id}", duty_id=duty.duty_id if duty else None
    )  # fmt: skip


def accept(
    shown: Shown, content: Any, seen: int, reason: str | None, user: Any, duty: Held | None
) -> Revision | None:
    """Make it the next version; `partly` where the editor changed it; `content` None takes it as it is on today's text.
    Where the text says it already, the version that does. None where the text moved on since `seen`, where the same
    words were changed and nobody looked, or where nothing would change: then nothing is ruled."""
    piece, suggestion = shown.piece, shown.suggestion
    revisions.lock(piece)
    _hold_unruled(suggestion)
    today = on_today(piece, suggestion, shown.base)
    if piece.version != seen or (content is None and today.clashes):
        return None
    content = today.content if content is None else content
    as_suggested = content == today.content
    if content == revisions.content_of(piece):
        if not as_suggested:
            return None
        _rule(suggestion, "accepted", reason, user, duty)
        return revisions.find(piece, piece.version)
    made = revisions.save(
        piece,
        content,
        user.id,
        kind="suggestion",
        based_on=seen,
        reason=reason,
        duty_id=duty.duty_id if duty else None,
        suggestion_id=suggestion.id,
    )
    _rule(suggestion, "accepted" if as_suggested else "partly", reason, user, duty)
    return made


def decline(suggestion: Suggestion, reason: str, user: Any, duty: Held | None) -> None:
    _hold_unruled(suggestion)
    _rule(suggestion, "declined", reason, user, duty)


def withdraw(suggestion: Suggestion, user: Any) -> None:
    """Taken back by its author; it stays readable."""
    _hold_unruled(suggestion)
    _rule(suggestion, "withdrawn", None, user, None)


def support(suggestion: Suggestion, user: Any) -> None:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    added = db.session.execute(
        insert(SuggestionSupport)
        .values(suggestion_id=suggestion.id, person_id=user.id, at=clock.now())
        .on_conflict_do_nothing()
        .returning(SuggestionSupport.person_id)
    ).scalar()
    if added is not None:
        audit.record("supported", f"suggestion:{suggestion.id}")


def unsupport(suggestion: Suggestion, user: Any) -> None:
    gone = db.session.execute(
        delete(SuggestionSupport).where(
            SuggestionSupport.suggestion_id == suggestion.id, SuggestionSupport.person_id == user.id
        )
    )
    if gone.rowcount:  # type: ignore[attr-defined]
        audit.record("took back support", f"suggestion:{suggestion.id}")
