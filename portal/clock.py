"""The one clock. Call it as `clock.now()`, so that a test can stop it in one place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

DEFAULT_ZONE = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The installation's one time zone (PORTAL_TIME_ZONE)."""
    return current_app.config["TIME_ZONE"] if has_app_context() else DEFAULT_ZONE


def local(instant: datetime) -> datetime:
    return instant.astimezone(zone())


def day_of(instant: datetime) -> date:
    """The local date on which this instant falls."""
    return local(instant).date()


def today() -> date:
    return day_of(now())


def start_of(day: date) -> datetime:
    """The instant at which this local day begins, in UTC."""
    return datetime.combine(day, time.min, zone()).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The instant at which this local day ends: a deadline of that day still holds just before it."""
    return start_of(day + timedelta(days=1))
