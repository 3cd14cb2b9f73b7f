"""Pieces of HTML kept in the process under everything that they show, so that a kept one is never out of date.

A list is mostly rows that nobody changed since the last reader. A key holds the language and every value that the macro
of the row reads; rows of proposals and the navigation are kept so.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from markupsafe import Markup

from portal import i18n

MOST = 8000
"""Pieces that are kept; then it begins anew. A row is 1 or 2 KB."""
_kept: dict[Hashable, Markup] = {}


def html(key: Hashable, make: Callable[[Any], Markup], shown: Any) -> Markup:
    """What `make(shown)` gives, made only where it is not kept under this key and language."""
    whole = (i18n.language(), key)
    found = _kept.get(whole)
    if found is None:
        if len(_kept) >= MOST:
            _kept.clear()
        found = _kept[whole] = make(shown)
    return found
