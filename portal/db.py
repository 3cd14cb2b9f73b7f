"""The one database set-up, for SQLite and PostgreSQL alike: engine, column types, base class, migration."""

from __future__ import annotations

import contextvars
import os
import select as sockets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import pysqlite3
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from flask import Flask, has_request_context, request
from flask_migrate import Migrate
from flask_migrate import upgrade as upgrade_database
from flask_sqlalchemy import SQLAlchemy
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    CursorResult,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Text,
    bindparam,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.state import InstanceState
from sqlalchemy.types import TypeDecorator
from werkzeug.exceptions import BadRequest

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

PREPARED = 300
"""Statements that a connection keeps ready."""

# From this SQLite on, the race that could lose a committed write when the WAL is reset is mended.
WAL_IS_SAFE = pysqlite3.sqlite_version_info >= (3, 51, 3)


WAIT = 10.0
"""Seconds that a statement waits for somebody else's lock; then the answer is a 503."""
LOOK_AGAIN = 0.001
"""Seconds after which a writer on SQLite looks again whether the place is free."""


def _name_attributes() -> None:
    """Tell Python every attribute of SQLAlchemy's record of an object before the first such record is made.

    Python 3.11 keeps attributes that it met early without a dictionary. A late one makes a dictionary, which may wake the
    garbage collector; where that takes the very object whose record is being written, SQLAlchemy's farewell writes into the
    record too, and the process dies by a segmentation fault. From Python 3.12 on the collector does not wake there.
    """
    first: Any = InstanceState.__new__(InstanceState)
    for name in InstanceState.__annotations__:
        setattr(first, name, None)


_name_attributes()


class UTCDateTime(TypeDecorator[datetime]):
    """An instant, always aware and in UTC, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone was about to be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table. Constraints are named by rule, so that a migration can drop them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime,
        date: Date,
        str: Text,
        bytes: LargeBinary,
        Decimal: Numeric(20, 4),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


Id = Annotated[int, mapped_column(Integer, primary_key=True)]
Rupiah = Annotated[int, mapped_column(BigInteger)]
"""Whole rupiah."""
Label = Annotated[str, mapped_column(String(200))]
Name = Annotated[str, mapped_column(String(500))]
Word = Annotated[str, mapped_column(String(60))]
Sha256 = Annotated[str, mapped_column(String(64))]


def choice(name: str, *values: str) -> Enum:
    """A column of one of a few words, held by a named check constraint."""
    return Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def to(target: str, *, index: bool = True, **options: Any) -> Any:
    """A foreign key column without cascade, indexed unless a wider index serves it."""
    return mapped_column(ForeignKey(target), index=index, **options)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
migration = Migrate()

_writes: contextvars.ContextVar[bool] = contextvars.ContextVar("writes", default=False)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin inside may write: on SQLite they take the writers' place at once."""
    marker = _writes.set(True)
    try:
        yield
    finally:
        _writes.reset(marker)


def begin_writing() -> None:
    """End the reading transaction of this request; the next one may write. Nothing slow belongs inside it."""
    db.session.commit()
    _writes.set(True)


def stop_writing() -> None:
    """After the commit a page is rendered in an ordinary reading transaction."""
    _writes.set(False)


def run(statement: Any, bound: dict[str, Any] | list[dict[str, Any]] | None = None) -> CursorResult[Any]:
    """Run a statement of columns, or one that writes, past the ORM, whose part costs more than all the rest of it."""
    session = db.session()
    session.flush()
    return session.connection().execute(statement, bound)


def rows(statement: Any, bound: dict[str, Any] | None = None) -> Sequence[Any]:
    """All rows of a statement of columns."""
    return run(statement, bound).all()


def add(model: Any, row: dict[str, Any]) -> bool:
    """Insert this row unless one with its key stands already; whether it is new."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return run(_adding(model, dialect.insert), row).first() is not None


@cache
def _adding(model: Any, insert: Any) -> Any:
    # The number of rows of an INSERT is not told alike by the drivers; a row that comes back is.
    table = model.__table__
    return insert(table).on_conflict_do_nothing().returning(*table.primary_key)


def _name_no_values(context: Any) -> None:
    """PostgreSQL says which values broke a constraint, in a second line; they stay out of every log."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])


def configure_engine(engine: Engine) -> None:
    """Give every connection of this engine the settings that durability and ballots rely on."""
    (_configure_sqlite if engine.dialect.name == "sqlite" else _configure_postgresql)(engine)


def _configure_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def make(_dialect: Any, _record: Any, given: list[Any], _named: Any) -> None:
        """A new file is readable by its owner alone, and so is what SQLite lays beside it."""
        with suppress(OSError):  # it stands already, or the connection tells why it cannot be made
            os.close(os.open(given[0], os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin by ourselves; the driver must not guess
        for pragma in (
            f"busy_timeout={int(WAIT * 1000)}",
            f"journal_mode={'WAL' if WAL_IS_SAFE else 'TRUNCATE'}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if _writes.get():
            _take_place(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _take_place(connection: Any) -> None:
    """Begin as the one writer as soon as the place is free. SQLite itself would look again after ever longer pauses, in
    which whoever comes later overtakes."""
    raw, until = connection.connection.dbapi_connection, time.monotonic() + WAIT
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except pysqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != pysqlite3.SQLITE_BUSY:
                    break
                time.sleep(LOOK_AGAIN)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # refused once more, it is told like any other fault
    finally:
        raw.execute(f"PRAGMA busy_timeout={int(WAIT * 1000)}")


def _configure_postgresql(engine: Engine) -> None:
    event.listen(engine, "handle_error", _name_no_values)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # Statements stay planned. The driver keeps one for each width of its integers, unless all have the same.
        connection.prepare_threshold = 2
        connection.prepared_max = PREPARED
        connection.adapters.register_dumper(int, Int8Dumper)

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        """A server that went away has closed its end of an idle connection: looked at, not asked."""
        poll = sockets.poll()
        if not connection.closed:
            poll.register(connection, sockets.POLLIN)
        if connection.closed or poll.poll(0):
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        """A request that reads needs no transaction: in READ COMMITTED each statement sees what is committed when it
        begins, in one or not. It saves two ways to the server, and a ROLLBACK would make the driver forget its plans."""
        if "isolation_level" in connection.get_execution_options():
            return
        reads = has_request_context() and not _writes.get()
        if connection.connection.dbapi_connection.autocommit != reads:
            connection.connection.dbapi_connection.autocommit = reads


def engine_options(url: str) -> dict[str, Any]:
    """Arguments of create_engine for this address; parameters never appear in an error text."""
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        options |= {
            "module": pysqlite3,
            "pool_use_lifo": True,
            "pool_size": 10,
            "max_overflow": 10,
            "connect_args": {"timeout": WAIT, "cached_statements": PREPARED},
        }
    else:
        # Planning and compiling take longer than any of our statements runs: they are planned once, never compiled.
        options |= {
            "pool_use_lifo": True,
            "pool_size": 10,
            "max_overflow": 10,
            "connect_args": {
                "options": f"-c jit=off -c plan_cache_mode=force_generic_plan -c lock_timeout={int(WAIT * 1000)}",
                "connect_timeout": 5,
            },
        }
    return options


def init_app(app: Flask) -> None:
    db.init_app(app)
    migration.init_app(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        configure_engine(db.engine)

    @app.before_request
    def refuse_nul() -> None:
        """No text of PostgreSQL holds a NUL, so nothing is looked for with one."""
        sent = request.args.items(multi=True) if request.endpoint else ()
        if any("\0" in value for _name, value in sent):
            raise BadRequest

    @app.teardown_request
    def end_request(_error: BaseException | None) -> None:
        stop_writing()


def hold(row: Any, *, shared: bool = False) -> None:
    """Lock a row until the transaction ends and read its columns as they stand now; relations stay as loaded.

    Whoever waited for the lock is given the row as the other left it. SQLite needs no lock of its own here: a writing
    transaction is alone from its beginning.
    """
    key = {f"key_{n}": value for n, value in enumerate(inspect(row).identity)}
    names, statement = _held(inspect(row).mapper, shared)
    for name, value in zip(names, rows(statement, key)[0], strict=True):
        set_committed_value(row, name, value)


@cache
def _held(mapper: Any, shared: bool) -> tuple[list[str], Any]:
    key = [column == bindparam(f"key_{n}") for n, column in enumerate(mapper.primary_key)]
    names = [attribute.key for attribute in mapper.column_attrs]
    return names, select(*(getattr(mapper.class_, name) for name in names)).where(*key).with_for_update(
        read=shared
    )


def _script() -> ScriptDirectory:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def known_revisions() -> set[str]:
    """The migrations that this release has."""
    return {revision.revision for revision in _script().walk_revisions()}


def stored_revision(connection: Connection) -> str | None:
    """The migration that the database stands at; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(app: Flask) -> None:
    """Bring the database of this app up to the code."""
    with app.app_context():
        with db.engine.connect() as connection:
            stored = stored_revision(connection)
        if stored != _script().get_current_head():
            upgrade_database(directory=str(MIGRATIONS))
        db.engine.dispose()


# pysqlite3 raises its own classes; nothing of ours uses the interpreter's sqlite3, which may be an older build.
assert pysqlite3.Error is not sqlite3.Error

__all__ = ["Base", "Session", "UTCDateTime", "db"]
