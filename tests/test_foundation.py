"""What every part stands on: the migration, marks, tokens, the audit chain, headers."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portal import audit
from portal.db import db
from tests import factories as make

APPEND_ONLY = ("audit_event", "audit_seal", "revision")
REPLACED = (
    "REPLACE INTO audit_event SELECT * FROM audit_event",
    "REPLACE INTO audit_seal SELECT * FROM audit_seal",
    "REPLACE INTO audit_seal (number, event_id, hash) SELECT number + 1, event_id, 'x' FROM audit_seal",
    "REPLACE INTO revision SELECT * FROM revision",
    "REPLACE INTO revision (id, section_id, number, kind, body, sha256, at) "
    "SELECT id + 1, section_id, number, kind, 'x', sha256, at FROM revision WHERE section_id IS NOT NULL",
    "REPLACE INTO revision (id, line_id, number, kind, fields, sha256, at) "
    "SELECT id + 2, line_id, number, kind, '{}', sha256, at FROM revision WHERE line_id IS NOT NULL",
)


def test_what_is_append_only_cannot_be_changed_by_sql(app, world, ids):
    """Nor replaced, by whichever of its keys."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        make.section(plan)
        make.line(plan)
        audit.record("tried", "unit:1")
        db.session.flush()
        audit.seal()
        forbidden = [f"DELETE FROM {table}" for table in APPEND_ONLY]
        forbidden += [f"UPDATE {table} SET {column} = 'x'" for table, column in
                      zip(APPEND_ONLY, ("verb", "hash", "body"), strict=True)]  # fmt: skip
        if db.engine.dialect.name == "sqlite":
            forbidden += REPLACED
        else:
            forbidden += [f"TRUNCATE {table} CASCADE" for table in APPEND_ONLY]
    for statement in forbidden:
        with world():
            with pytest.raises(Exception, match="append-only"):
                db.session.execute(text(statement))
            db.session.rollback()


def test_chain_holds_and_breaks_where_it_was_changed(app, world):
    with world():
        for number in range(5):
            audit.record("tried", f"unit:{number}")
    with world():
        assert audit.seal() == 5
    with world():
        assert audit.verify() == audit.Verdict(5, 0)
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("DROP TRIGGER audit_event_no_update"))
        else:
            db.session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change"))
        db.session.execute(text("UPDATE audit_event SET verb = 'other' WHERE subject = 'unit:2'"))
    with world():
        assert audit.verify().broken_at is not None


def test_signed_out_is_sent_to_sign_in(client):
    assert client.get("/masuk").status_code == 200


def test_a_database_that_was_started_anew_costs_nobody_a_page(client_for, app):
    """Every connection that waits is dead: it is seen before it is used."""
    staff = client_for("staff")
    assert staff.get("/menunggu-saya").status_code == 200
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("an embedded database has no server")
        with create_engine(db.engine.url, poolclass=NullPool).connect() as other:
            ended = text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                         " AND datname = current_database()")  # fmt: skip
            assert all(other.scalars(ended).all())
    assert staff.get("/menunggu-saya").status_code == 200
