"""flask spending import."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from portal import cli
from portal.db import db
from portal.evaluation import spending
from portal.people.models import Unit
from portal.tables import Unreadable, read_table

spending_commands = cli.Commands("spending", help="Spending, month by month.")


@spending_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--unit", "code", required=True, help="code of the agency")
@click.option("--period", required=True, help="month, as 2025-01")
@click.option("--json", "as_json", is_flag=True)
def import_spending(file: Path, code: str, period: str, as_json: bool) -> None:
    """Read the planning system's export of one month; all of it, or nothing."""
    if not spending.PERIOD.fullmatch(period):
        raise cli.CommandError("A period is a month, as 2025-01.")
    try:
        table = read_table(file.read_bytes(), file.name, known=spending.KNOWN)
        with cli.deed():
            unit = db.session.scalar(select(Unit).where(Unit.code == code))
            if unit is None:
                raise cli.CommandError(f"There is no unit with the code {code}.")
            found = spending.read(table, unit.code, period)
            if found.wrong:
                cli.refuse_rows(len(found.wrong), *found.wrong[0])
            spending.take_over(unit, period, found)
            result = found.figures()
    except Unreadable as unreadable:
        raise cli.CommandError(str(unreadable)) from None
    except OSError as error:
        raise cli.CommandError(f"{file.name} cannot be read: {error.strerror}.") from None
    cli.report(dict(result), as_json)


def init_app(app: Flask) -> None:
    app.cli.add_command(spending_commands)
