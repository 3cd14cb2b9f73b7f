"""Backup while running, restore while stopped: `flask backup FILE`, `flask restore FILE`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pysqlite3
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.cli import Command, CommandError, report
from portal.db import db, known_revisions


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _own_file() -> Path:
    name = db.engine.url.database
    assert name is not None
    return Path(name)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CommandError(f"{name} is missing: install the PostgreSQL client of the server's version.")
    return found


def _run_tool(name: str, *arguments: str) -> str:
    """Run one of PostgreSQL's own tools; its password stays out of the command line. Returns what it printed."""
    environment = os.environ | {"PGPASSWORD": db.engine.url.password or ""}
    done = subprocess.run([_tool(name), *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise CommandError(f"{name} failed: {lines[0]}")
    return done.stdout


def _own_database() -> str:
    plain = db.engine.url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    return f"--dbname={plain}"


def backup(target: Path) -> None:
    """Write a consistent copy of the database to a new file; safe while the portal runs."""
    if target.exists():
        raise CommandError(f"{target.name} already exists; choose a new file.")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise CommandError(f"The folder {target.parent} is missing or not writable.")
    draft = target.with_name(f".{target.name}.part")
    draft.unlink(missing_ok=True)
    try:
        if _is_sqlite():
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")  # VACUUM stands outside of transactions
                connection.exec_driver_sql("VACUUM INTO ?", (str(draft),))
                connection.exec_driver_sql("BEGIN")
        else:
            _run_tool("pg_dump", "--format=custom", "--no-owner", f"--file={draft}", _own_database())
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        os.chmod(draft, 0o600)
        os.link(draft, target)  # fails rather than overwrite what appeared meanwhile
    except OSError as error:
        raise CommandError(f"The backup could not be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)


def restore(source: Path) -> None:
    """Put a backup in the place of the database; refuses while anything else has it open."""
    if not source.is_file():
        raise CommandError(f"{source.name} is not a file.")
    if _is_sqlite():
        _restore_sqlite(source)
    else:
        _restore_postgresql(source)


def _restore_sqlite(source: Path) -> None:
    _check_sqlite(source)
    own = _own_file()
    db.session.remove()
    db.engine.dispose()
    if own.exists():
        _refuse_if_open(own)
    draft = own.with_name(f".{own.name}.restored")
    try:
        own.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, draft)
        os.chmod(draft, 0o600)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        stamp = clock.now().strftime("%Y%m%dT%H%M%S")
        for suffix in ("-wal", "-shm", ""):
            old = own.with_name(own.name + suffix)
            if old.exists():
                old.rename(own.with_name(f"{own.name}.before-restore-{stamp}{suffix}"))
        draft.rename(own)
    except OSError as error:
        raise CommandError(f"The backup could not be put in place: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)


def _check_sqlite(source: Path) -> None:
    try:
        connection = pysqlite3.connect(f"file:{source}?mode=ro&immutable=1", uri=True)
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        finally:
            connection.close()
    except pysqlite3.Error:
        raise CommandError(f"{source.name} is not a backup of the portal.") from None
    if verdict != "ok" or broken:
        raise CommandError(f"{source.name} is damaged.")
    _refuse_if_newer(source, revision)


def _refuse_if_open(own: Path) -> None:
    """Leaving WAL needs the file for oneself alone: whoever has it open makes it fail."""
    connection = pysqlite3.connect(str(own), timeout=0)
    try:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except pysqlite3.OperationalError:
        mode = "locked"
    finally:
        connection.close()
    if mode != "delete":
        raise CommandError("The database is in use: stop the portal first.")


def _refuse_if_newer(source: Path, revision: str) -> None:
    if revision not in known_revisions():
        raise CommandError(f"{source.name} was made by a newer release of the portal.")


def _check_dump(source: Path) -> None:
    with source.open("rb") as file:
        is_dump = file.read(5) == b"PGDMP"
    words = (
        _run_tool("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(source))
        if is_dump
        else ""
    )
    rows = re.search(r"^COPY \S+alembic_version .*\n(\w+)$", words, re.MULTILINE)
    if rows is None:
        raise CommandError(f"{source.name} is not a backup of the portal.")
    _refuse_if_newer(source, rows[1])


def _restore_postgresql(source: Path) -> None:
    _check_dump(source)
    others = db.session.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    db.session.remove()
    db.engine.dispose()
    if others:
        raise CommandError("The database is in use: stop the portal first.")
    _run_tool(
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
        _own_database(), str(source),
    )  # fmt: skip


@click.command("backup", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def backup_command(file: Path, as_json: bool) -> None:
    """Write a consistent copy of the database to FILE; safe while the portal runs."""
    backup(file)
    report({"backup": file.name, "bytes": file.stat().st_size}, as_json)


@click.command("restore", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def restore_command(file: Path, as_json: bool) -> None:
    """Put the backup FILE in the place of the database; the portal must be stopped."""
    restore(file)
    report({"restored": file.name}, as_json)


def init_app(app: Flask) -> None:
    app.cli.add_command(backup_command)
    app.cli.add_command(restore_command)
