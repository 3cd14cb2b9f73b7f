"""What happened to the pieces of all plans a short while ago, and who edits them now, kept in the process.

Hundreds of open pages ask every few seconds. The audit log is read once for all of them (at most twice a second),
each event once, so that an answer "nothing new" costs no query of its own.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from flask import g
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

from portal import clock
from portal.db import UTCDateTime, db
from portal.discussion.models import Comment
from portal.drafting.models import Line, Section, Suggestion
from portal.ledger import AuditEvent
from portal.people.models import Person, Presence

FRESH = 0.5
"""Seconds for which what was read is good enough."""
OVERLAP = 200
"""Ids are given before the commit, so that a smaller one may appear later: so many are looked at again."""
BACK = 3000
"""How far the first reading goes back, in events."""
MOST = 500
"""Events that are kept for one plan."""


@dataclass(frozen=True)
class Event:
    id: int
    by_id: int | None
    place: str


@dataclass(frozen=True)
class Editing:
    place: str
    person_id: int
    name: str
    since: datetime
    until: datetime


@dataclass
class Feed:
    started: bool = False
    latest: int = 0
    at: float = -1e9
    seen: set[int] = field(default_factory=set)
    plans: dict[int, deque[Event]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST)))
    editing: list[Editing] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


_feed = Feed()


def forget() -> None:
    """Begin anew: another database stands behind this process."""
    global _feed
    _feed = Feed()


_no_instant = type_coerce(cast(null(), DateTime(timezone=True)), UTCDateTime())


def _and_present(events: Any) -> Any:
    """These events and who edits now, in the columns of one statement."""
    present = (
        select(literal(0, Integer), Presence.person_id, Presence.place, Person.name, Presence.since, Presence.until)
        .join(Person, Person.id == Presence.person_id)
        .where(Presence.until > bindparam("now", type_=UTCDateTime()))
    )  # fmt: skip
    return union_all(events, present)


def _events() -> Any:
    return select(
        AuditEvent.id,
        AuditEvent.by_id.label("by_id"),
        AuditEvent.subject.label("place"),
        cast(null(), String).label("name"),
        _no_instant.label("since"),
        _no_instant.label("until"),
    )


@cache
def _news() -> Any:
    return _and_present(_events().where(AuditEvent.id > bindparam("after", type_=Integer)))


@cache
def _first_news() -> Any:
    """What a process begins with."""
    newest = select(func.max(AuditEvent.id)).scalar_subquery()
    return _and_present(_events().where(AuditEvent.id > newest - BACK))


def _pieces(new: list[Any]) -> dict[str, tuple[int, str]]:
    """Plan and place of the subjects of these events, as far as they belong to a piece; one query."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in new:
        kind, _colon, number = row.place.partition(":")
        if number.isdigit():
            ids[kind].add(int(number))
    asked = []
    for kind, model, suggested in (
        ("section", Section, Suggestion.section_id),
        ("line", Line, Suggestion.line_id),
    ):
        for subject, column, join in (
            (kind, model.id, None),
            ("comment", Comment.id, model.thread_id == Comment.thread_id),
            ("suggestion", Suggestion.id, model.id == suggested),
        ):
            if ids[subject]:
                query = select(literal(subject), literal(kind), column, model.plan_id, model.id)
                query = query.where(column.in_(ids[subject]))
                asked.append(query if join is None else query.join(model, join))
    rows = db.session.execute(union_all(*asked)) if asked else ()
    return {
        f"{subject}:{number}": (plan_id, f"{kind}:{piece_id}")
        for subject, kind, number, plan_id, piece_id in rows
    }


def _read(feed: Feed) -> None:
    now = clock.now()
    if feed.started:
        found = db.session.execute(_news(), {"after": max(feed.latest - OVERLAP, 0), "now": now}).all()
    else:
        found = db.session.execute(_first_news(), {"now": now}).all()
        feed.started = True
    rows = sorted((row for row in found if row.id), key=lambda row: row.id)
    new = [row for row in rows if row.id not in feed.seen]
    if new:
        pieces = _pieces(new)
        for row in new:
            if row.place in pieces:
                plan_id, place = pieces[row.place]
                feed.plans[plan_id].append(Event(row.id, row.by_id, place))
        feed.latest = max(feed.latest, rows[-1].id)
        feed.seen = {row.id for row in rows if row.id > feed.latest - OVERLAP}
    present = [Editing(row.place, row.by_id, row.name, row.since, row.until) for row in found if not row.id]
    feed.editing = sorted(present, key=lambda one: (one.since, one.person_id))
    feed.at = time.monotonic()


def refresh(now: bool = False) -> Feed:
    """The feed, read again where it is older than FRESH (once a request), or where `now` asks for it."""
    feed = _feed
    stale = "feed_is_read" not in g and time.monotonic() - feed.at > FRESH
    if (now or stale) and feed.lock.acquire(blocking=now):
        g.feed_is_read = True
        try:
            _read(feed)
        finally:
            feed.lock.release()
    return feed


def _others(feed: Feed, plan_id: int, place: str | None, me: int, floor: int) -> int:
    return sum(
        event.id > floor and event.by_id != me and (place is None or event.place == place)
        for event in list(feed.plans.get(plan_id, ()))
    )


def mark(plan_id: int, place: str | None, me: int) -> str:
    """Where a page begins that is made now: a number of the log and what of others it knows above that."""
    feed = refresh(now=True)
    floor = max(feed.latest - OVERLAP, 0)
    return f"{floor}.{_others(feed, plan_id, place, me, floor)}"


def news(plan_id: int, place: str | None, me: int, since: str) -> int:
    """How many changes others made since the mark of a page; 0 for a mark that is none."""
    floor, _dot, known = since.partition(".")
    if not (floor.isascii() and floor.isdigit() and known.isascii() and known.isdigit()):
        return 0
    return max(_others(refresh(), plan_id, place, me, int(floor)) - int(known), 0)


def editing(plan_id: int, place: str | None, me: int) -> list[Editing]:
    """Who else edits this piece now, or any piece of the plan."""
    wanted = f"plan:{plan_id}/{place or ''}"
    now = clock.now()
    return [
        one
        for one in refresh().editing
        if one.person_id != me
        and one.until > now
        and (one.place == wanted if place else one.place.startswith(wanted))
    ]
