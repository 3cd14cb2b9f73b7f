"""a figure that the server's keeper read in was entered by nobody who could sign in; a month's file may come back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

REMADE = {
    "realisation": (("id",), ("evaluation_id", "unit_id", "code", "number")),
    "spending_import": (("id",),),
}
"""The tables that SQLite makes anew, without what kept their rows from being changed, and their unique keys."""


def upgrade() -> None:
    with op.batch_alter_table("realisation") as batch:
        batch.alter_column("by_id", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("spending_import") as batch:
        batch.drop_constraint("uq_spending_import_unit_id_period_sha256", type_="unique")
        batch.create_index("ix_spending_import_unit_id_period", ["unit_id", "period"])
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, keys in REMADE.items():
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for deed in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} {refusal}")
        same = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in keys)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refusal}"
        )
