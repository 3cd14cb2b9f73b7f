"""The sections of a career record. Each package that knows something of a person registers its own.

A section never shows what was done with the name withheld, and holds nothing that compares a person with another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One thing of a record: what, more of it in a line, when, and where it stands."""

    title: str
    more: str = ""
    on: date | None = None
    url: str | None = None
    words: str | None = None
    """What somebody wrote, shown as written."""


@dataclass(frozen=True)
class Section:
    """A part of the record that may be shared by itself."""

    key: str
    title: Any
    empty: Any
    """The sentence where there is nothing yet."""
    entries: Callable[[int], Sequence[Entry]]
    """Of the person with this id, the newest first; a fixed number of statements."""
    note: Any = None
    """Said to the person, on their own page."""
    caveat: Any = None
    """Said to whoever reads it, in a shared copy too."""
    position: int = 50


@dataclass(frozen=True)
class Stay:
    """The time of a person in a unit; without a first day where nobody wrote it down."""

    unit_id: int
    from_on: date | None = None
    until_on: date | None = None


_sections: dict[str, Section] = {}
stays_known: list[Callable[[int], Sequence[Stay]]] = []
"""Who knows when somebody was where (placements); the first one with an answer is believed."""


def register(section: Section) -> None:
    _sections[section.key] = section


def every() -> list[Section]:
    """All sections in the order of the page."""
    return sorted(_sections.values(), key=lambda one: (one.position, one.key))
