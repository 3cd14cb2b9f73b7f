"""on SQLite a row that may not change was replaced by its other unique keys"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

KEYS = {
    "audit_seal": (("event_id",),),
    "revision": (("section_id", "number"), ("line_id", "number")),
}
"""The unique keys beside the primary one, by table."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # there is no REPLACE
    for table, keys in KEYS.items():
        for number, columns in enumerate(keys, 2):
            same = " AND ".join(f"{column} = NEW.{column}" for column in columns)
            op.execute(
                f"CREATE TRIGGER {table}_no_replace_{number} BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
