"""Throttling in the database, so that every process counts the same tries."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.db import db
from portal.errors import throttled
from portal.ledger import Attempt

TIMELESS = 10**12
"""Seconds of a window that never ends: a count under it says nothing of when."""


def _window(seconds: int) -> int:
    return int(clock.now().timestamp()) // seconds


def count(key: str, seconds: int) -> int:
    """How often `key` was noted in the present window of so many seconds and in the one before, weighed."""
    now = _window(seconds)
    share = 1 - (clock.now().timestamp() % seconds) / seconds
    rows = dict(
        db.session.execute(
            select(Attempt.window, Attempt.count).where(
                Attempt.key == key, Attempt.window.in_((now, now - 1))
            )
        ).all()
    )
    return int(rows.get(now, 0) + rows.get(now - 1, 0) * share)


def note(key: str, seconds: int) -> None:
    """Count one more try. Needs a writing transaction that is committed also when the try fails."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(
        insert(Attempt)
        .values(key=key, window=_window(seconds), count=1)
        .on_conflict_do_update(index_elements=["key", "window"], set_={"count": Attempt.count + 1})
    )


def limit(key: str, most: int, seconds: int, message: str) -> None:
    """Count one more of what this key counts; a 429 with this message where it is above so many in so many seconds.

    It is counted first, so that copies at the same moment wait for each other; what is refused is not committed.
    """
    note(key, seconds)
    if count(key, seconds) > most:
        raise throttled(message, int(wait(seconds).total_seconds()))


def forget(key: str) -> None:
    db.session.execute(delete(Attempt).where(Attempt.key == key))


def forget_all(key_prefix: str) -> None:
    db.session.execute(delete(Attempt).where(Attempt.key.startswith(key_prefix)))


def wait(seconds: int) -> timedelta:
    """Until the present window of so many seconds ends."""
    return timedelta(seconds=seconds - int(clock.now().timestamp()) % seconds)


def sweep(key_prefix: str, seconds: int) -> int:
    """Forget the windows of these keys that no one counts any more; returns how many."""
    result = db.session.execute(
        delete(Attempt).where(Attempt.key.startswith(key_prefix), Attempt.window < _window(seconds) - 1)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
