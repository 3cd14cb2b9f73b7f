"""What every part stands on: the migration, marks, tokens, the audit chain, headers."""

from __future__ import annotations

import pytest
from sqlalchemy import text

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
