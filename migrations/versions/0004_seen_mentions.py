"""when a mentioned colleague saw the comment"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("mention", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
