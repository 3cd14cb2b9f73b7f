"""What a thread is about is known to the package that owns it: here each registers how to find the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort

Finder = Callable[[int, Any], str | None]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """`finder(thread_id, user)` gives the address of the page with this thread, or None where it is not one
    of the package's or this person may not know of it."""
    if finder not in _finders:
        _finders.append(finder)


def address(thread_id: int, user: Any) -> str:
    """The page of a thread; 404 where there is none for this person."""
    for finder in _finders:
        if (found := finder(thread_id, user)) is not None:
            return found
    abort(404)
