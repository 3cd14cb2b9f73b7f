"""What every part stands on: the migration, marks, tokens, the audit chain, headers."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portal import audit
from portal.db import db


def test_audit_log_cannot_be_changed(app, world):
    with world():
        audit.record("tried", "unit:1")
    for statement in ("UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event"):
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
