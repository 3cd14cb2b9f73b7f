"""What every part stands on: the migration, marks, tokens, the audit chain, headers."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from portal import audit, clock
from portal.db import db
from portal.drafting.models import Snapshot
from portal.ledger import AuditEvent
from portal.people.models import Person
from tests import factories as make


def test_what_breaks_a_constraint_is_named_without_its_values(app, world, ids):
    with world():
        nip = db.session.get_one(Person, ids["staff"]).nip
        db.session.add(Person(nip=nip, name="Kembar Contoh", unit_id=ids["unit:mutasi"]))
        with pytest.raises(IntegrityError) as caught:
            db.session.flush()
        db.session.rollback()
    told = "".join(traceback.format_exception(caught.value))
    assert "nip" in told
    assert nip not in told


APPEND_ONLY = ("audit_event", "audit_seal", "revision", "snapshot")
REPLACED = (
    "REPLACE INTO audit_event SELECT * FROM audit_event",
    "REPLACE INTO audit_seal SELECT * FROM audit_seal",
    "REPLACE INTO audit_seal (number, event_id, hash) SELECT number + 1, event_id, 'x' FROM audit_seal",
    "REPLACE INTO revision SELECT * FROM revision",
    "REPLACE INTO revision (id, section_id, number, kind, body, sha256, at) "
    "SELECT id + 1, section_id, number, kind, 'x', sha256, at FROM revision WHERE section_id IS NOT NULL",
    "REPLACE INTO revision (id, line_id, number, kind, fields, sha256, at) "
    "SELECT id + 2, line_id, number, kind, '{}', sha256, at FROM revision WHERE line_id IS NOT NULL",
    "REPLACE INTO snapshot SELECT * FROM snapshot",
    "REPLACE INTO snapshot (plan_id, content, sha256, decree_number, decree_on, at) "
    "SELECT plan_id, '{}', sha256, 'x', decree_on, at FROM snapshot",
)


def test_what_is_append_only_cannot_be_changed_by_sql(app, world, ids):
    """Nor replaced, by whichever of its keys."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        make.section(plan)
        make.line(plan)
        frozen = {"content": {}, "sha256": audit.sha(1), "decree_number": "1", "decree_on": clock.today()}
        db.session.add(Snapshot(plan_id=plan.id, at=clock.now(), **frozen))
        audit.record("tried", "unit:1")
        db.session.flush()
        audit.seal()
        forbidden = [f"DELETE FROM {table}" for table in APPEND_ONLY]
        forbidden += [f"UPDATE {table} SET {column} = 'x'" for table, column in
                      zip(APPEND_ONLY, ("verb", "hash", "body", "decree_number"), strict=True)]  # fmt: skip
        if db.engine.dialect.name == "sqlite":
            forbidden += REPLACED
        else:
            forbidden += [f"TRUNCATE {table} CASCADE" for table in APPEND_ONLY]
    for statement in forbidden:
        with world():
            with pytest.raises(Exception, match="append-only"):
                db.session.execute(text(statement))
            db.session.rollback()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "other"),
        ("subject", "unit:99"),
        ("at", "2026-03-03 01:00:00"),
        ("by_id", None),
        ("duty_id", None),
        ("before_sha", "0" * 64),
        ("after_sha", "0" * 64),
        ("request_id", "x"),
    ],
)
def test_chain_holds_and_breaks_where_it_was_changed(app, world, ids, column, value):
    with world():
        for number in range(5):
            event = AuditEvent(
                at=clock.now(), by_id=ids["leader"], duty_id=ids["duty:leader"], verb="tried",
                subject=f"unit:{number}", before_sha=audit.sha(1), after_sha=audit.sha(2), request_id="a",
            )  # fmt: skip
            db.session.add(event)
            db.session.flush()
        third = event.id - 2
    with world():
        assert audit.seal() == 5
    with world():
        assert audit.verify() == audit.Verdict(5, 0)
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("DROP TRIGGER audit_event_no_update"))
        else:
            db.session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change"))
        db.session.execute(
            text(f"UPDATE audit_event SET {column} = :value WHERE id = :id"), {"value": value, "id": third}
        )
    with world():
        assert audit.verify().broken_at == third


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
