"""Migrations run inside the app, on its own engine."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from portal import packages
from portal.db import Base, writing

packages.load_models()


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
    )
    with writing(), context.begin_transaction():
        context.run_migrations()


def connect() -> Connection:
    try:
        return current_app.extensions["migrate"].db.engine.connect()  # type: ignore[no-any-return]
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise RuntimeError(f"The database cannot be used: {reason}.") from None


with connect() as connection:
    if connection.dialect.name == "sqlite":
        # A table that is altered is made anew: with foreign keys on, that would touch its children.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
    run(connection)
    connection.commit()
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(f"foreign keys are broken after the migration: {broken[:3]}")
