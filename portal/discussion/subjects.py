"""What a thread is about is known to the package that owns it: here each registers how to find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort


@dataclass(frozen=True)
class Subject:
    """The thing that a thread is about: its page, its unit (whose planner moderates), the unit that owns the piece
    (whose editor also sets states), its present version and its history, where it has them, and its name."""

    address: str
    unit_id: int
    owner_id: int
    version: int | None = None
    history: str | None = None
    title: str = ""


Finder = Callable[[int, Any], str | Subject | None]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """`finder(thread_id, user)` gives the subject of this thread (or only the address of its page), or None where it
    is not one of the package's; 404 where this person may not know of it."""
    if finder not in _finders:
        _finders.append(finder)


def _find(thread_id: int, user: Any) -> str | Subject:
    for finder in _finders:
        if (found := finder(thread_id, user)) is not None:
            return found
    abort(404)


def address(thread_id: int, user: Any) -> str:
    """The page of a thread; 404 where there is none for this person."""
    found = _find(thread_id, user)
    return found.address if isinstance(found, Subject) else found


def of(thread_id: int, user: Any) -> Subject:
    """The thing a thread is about; 404 where this person may not know of it, or where it knows no moderation."""
    found = _find(thread_id, user)
    return found if isinstance(found, Subject) else abort(404)
