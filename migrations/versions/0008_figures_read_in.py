"""a figure that the server's keeper read in from a file was entered by nobody who could sign in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TABLE = "realisation"
UNIQUE = (("id",), ("evaluation_id", "unit_id", "code", "number"))


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.alter_column("by_id", existing_type=sa.Integer(), nullable=True)
    if op.get_bind().dialect.name != "sqlite":
        return
    # SQLite makes the table anew, without what kept its rows from being changed.
    refusal = f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    for deed in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {TABLE}_no_{deed.lower()} BEFORE {deed} ON {TABLE} {refusal}")
    same = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in UNIQUE)
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE {same}) {refusal}"
    )
