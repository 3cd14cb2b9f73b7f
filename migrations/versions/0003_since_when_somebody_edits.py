"""since when somebody edits a piece"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Who is there now is forgotten within a minute anyway, so that nobody needs a past.
    op.execute("DELETE FROM presence")
    with op.batch_alter_table("presence") as table:
        table.add_column(sa.Column("since", sa.DateTime(timezone=True), nullable=False))
