"""The calendar feed (RFC 5545) of a person's trainings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line over 75 bytes; a longer one goes on behind a space, never within a character."""
    parts, rest = [], line
    room = 75
    while len(rest.encode()) > room:
        cut = room
        while len(rest[:cut].encode()) > room:
            cut -= 1
        parts.append(rest[:cut])
        rest, room = rest[cut:], 74
    return "\r\n ".join([*parts, rest])


def _zone(zone: ZoneInfo, year: int) -> list[str]:
    """The installation's zone; in Indonesia clocks have not changed since 1964, so one part says all."""
    moment = datetime(year, 1, 1, tzinfo=zone)
    offset = moment.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    words = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    return [
        "BEGIN:VTIMEZONE",
        f"TZID:{zone.key}",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        f"TZOFFSETFROM:{words}",
        f"TZOFFSETTO:{words}",
        f"TZNAME:{moment.tzname()}",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


class Event:
    """Something on a calendar: a time of so many minutes, or whole days."""

    def __init__(
        self, uid: str, title: str, place: str, start: datetime | date, length: int, url: str
    ) -> None:
        self.uid, self.title, self.place, self.start, self.length, self.url = (
            uid, title, place, start, length, url,
        )  # fmt: skip
        """`length` in minutes of an instant, in days of a day."""

    def lines(self, zone: ZoneInfo, now: datetime) -> list[str]:
        if isinstance(self.start, datetime):
            begin = self.start.astimezone(zone)
            end = begin + timedelta(minutes=self.length)
            times = [
                f"DTSTART;TZID={zone.key}:{begin:%Y%m%dT%H%M%S}",
                f"DTEND;TZID={zone.key}:{end:%Y%m%dT%H%M%S}",
            ]
        else:
            times = [
                f"DTSTART;VALUE=DATE:{self.start:%Y%m%d}",
                f"DTEND;VALUE=DATE:{self.start + timedelta(days=self.length):%Y%m%d}",
            ]
        return [
            "BEGIN:VEVENT",
            f"UID:{self.uid}",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            *times,
            f"SUMMARY:{_escaped(self.title)}",
            f"LOCATION:{_escaped(self.place)}",
            f"URL:{self.url}",
            "END:VEVENT",
        ]


def feed(name: str, events: Sequence[Event], zone: ZoneInfo, now: datetime) -> bytes:
    """The whole file, with its line ends."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rembuk//Pelatihan//ID",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(name)}",
        f"X-WR-TIMEZONE:{zone.key}",
        *_zone(zone, now.year),
        *(line for one in events for line in one.lines(zone, now)),
        "END:VCALENDAR",
    ]
    return ("\r\n".join(map(_folded, lines)) + "\r\n").encode()
