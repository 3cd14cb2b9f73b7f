"""The migrations make exactly the tables of the models, on this database."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select

from portal.db import Base, db, known_revisions, stored_revision
from portal.people.models import Unit


def test_models_match_migrations(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_database_stands_at_a_known_revision_with_its_regency(app):
    with app.app_context():
        assert stored_revision(db.session.connection()) in known_revisions()
        assert db.session.scalars(select(Unit.kind).where(Unit.parent_id.is_(None))).all() == ["regency"]


def test_no_table_holds_a_person_beside_a_choice(app):
    """Invariant I13: whoever reads the tables finds no name next to what was chosen."""
    with app.app_context():
        tables = inspect(db.engine)
        for name in tables.get_table_names():
            columns = {column["name"] for column in tables.get_columns(name)}
            assert not ({"person_id", "by_id"} & columns and {"choice", "option_position"} & columns), name
        envelope = {column["name"] for column in tables.get_columns("envelope")}
    assert not {name for name in envelope if name.endswith(("_at", "_on", "_ip"))}
    assert "id" not in envelope
