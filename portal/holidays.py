"""Working days: Saturdays, Sundays and the rows of Holiday do not count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select

from portal.db import db
from portal.ledger import Holiday


def between(first: date, last: date) -> frozenset[date]:
    """The holidays from `first` through `last`."""
    return frozenset(db.session.scalars(select(Holiday.on_date).where(Holiday.on_date.between(first, last))))


def add_working_days(start: date, days: int, holidays: Collection[date]) -> date:
    """The day that lies so many working days after `start`, which itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return day


def working_days(first: date, last: date) -> int:
    """How many working days lie after `first`, through `last`."""
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    return sum(day.weekday() < 5 for day in set(days) - between(first, last))


def due_on(start: date, days: int) -> date:
    """`add_working_days` with the holidays of the database."""
    return add_working_days(start, days, between(start, start + timedelta(days=days * 3 + 30)))
