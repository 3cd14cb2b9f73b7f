"""revoked duties and short names of units"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("duty", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("unit", sa.Column("short_name", sa.String(length=60), nullable=True))
