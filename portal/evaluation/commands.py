"""flask evaluation import, flask spending import."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from portal import cli
from portal.db import db
from portal.evaluation import intake, spending
from portal.people.models import Unit
from portal.tables import Unreadable

evaluation_commands = cli.Commands("evaluation", help="Results, quarter by quarter.")
spending_commands = cli.Commands("spending", help="Spending, month by month.")


def _unit(code: str) -> Unit:
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise cli.CommandError(f"There is no unit with the code {code}.")
    return unit


@evaluation_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--unit", "code", required=True, help="code of the agency")
@click.option("--year", required=True, type=click.IntRange(2000, 2100))
@click.option(
    "--cumulative/--single",
    "cumulative",
    default=None,
    help="whether a cell holds the year so far, or its quarter alone",
)
@click.option("--json", "as_json", is_flag=True)
def import_quarters(file: Path, code: str, year: int, cumulative: bool | None, as_json: bool) -> None:
    """Read an agency's quarterly table; all of it, or nothing. Without an adopted plan it is only computed."""
    if cumulative is None:
        raise cli.CommandError(
            "Say --cumulative or --single: whether a cell holds the year so far, or its quarter alone."
        )
    try:
        rows = intake.read(file.read_bytes(), file.name)
        with cli.deed():
            around = intake.look_around(_unit(code), year)
            comparison = intake.compare(rows, around, cumulative=cumulative)
            if around.editions:
                intake.hold(around, comparison)
                around = intake.look_around(around.unit, year)
                comparison = intake.compare(rows, around, cumulative=cumulative)
            if wrong := comparison.of("wrong"):
                cli.refuse_rows(len(wrong), wrong[0].row, wrong[0].problems[0])
            if around.editions:
                intake.apply(comparison, around, file.name[:120], None)
            result = comparison.figures()
    except Unreadable as unreadable:
        raise cli.CommandError(str(unreadable)) from None
    except OSError as error:
        raise cli.CommandError(f"{file.name} cannot be read: {error.strerror}.") from None
    if not around.editions:
        click.echo(
            f"{code} has no adopted plan of {year}: computed by the file's own targets, nothing was written.",
            err=True,
        )
    cli.report(result, as_json)


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
        table = spending.read_file(file.read_bytes(), file.name, spending.LARGEST_ON_SERVER)
        with cli.deed():
            unit = _unit(code)
            found = spending.read(table, unit.code, period)
            if found.wrong:
                cli.refuse_rows(len(found.wrong), *found.wrong[0])
            spending.take_over(unit.id, period, found)
            result = found.figures()
    except Unreadable as unreadable:
        raise cli.CommandError(str(unreadable)) from None
    except OSError as error:
        raise cli.CommandError(f"{file.name} cannot be read: {error.strerror}.") from None
    cli.report(dict(result), as_json)


def init_app(app: Flask) -> None:
    app.cli.add_command(evaluation_commands)
    app.cli.add_command(spending_commands)
