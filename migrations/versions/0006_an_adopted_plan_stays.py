"""what was adopted could be changed in the database"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

TABLE = "snapshot"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        same = " OR ".join(f"{key} = NEW.{key}" for key in ("id", "plan_id"))
        replaces = f"INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE {same})"
        for name, deed in (
            ("update", f"UPDATE ON {TABLE}"),
            ("delete", f"DELETE ON {TABLE}"),
            ("replace", replaces),
        ):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {deed} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )
        return
    for name, deed, each in ("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {deed} ON {TABLE} "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
