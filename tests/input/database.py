"""What the database holds, to see whether a request changed anything."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from sqlalchemy import select

from portal.db import db

UNGUARDED = {"submission", "sign_in", "attempt"}
"""What a refused form may write: its token, when the session was seen, that something was tried."""


def contents(
    but: Collection[str] = UNGUARDED, but_columns: Collection[str] = ()
) -> dict[str, tuple[int, str]]:
    """The number of rows and a hash of all values, by table; needs an app context."""
    found = {}
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            if table.name in but:
                continue
            columns = [column for column in table.columns if f"{table.name}.{column.name}" not in but_columns]
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
            found[table.name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def changed(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    """The tables that are not as they were."""
    return [name for name in before if before[name] != after[name]]
