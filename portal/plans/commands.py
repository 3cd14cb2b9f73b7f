"""flask nomenclature import."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from portal import cli
from portal.plans import nomenclature
from portal.tables import Unreadable, read_table

nomenclature_commands = cli.Commands("nomenclature", help="The national nomenclature of sub-activities.")


@nomenclature_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def import_nomenclature(file: Path, as_json: bool) -> None:
    """Read the official workbook; all of it, or nothing."""
    try:
        table = read_table(file.read_bytes(), file.name, known=nomenclature.known_headings())
        with cli.deed():
            counts = nomenclature.take_over(table)
    except Unreadable as unreadable:
        raise cli.CommandError(str(unreadable)) from None
    except OSError as error:
        raise cli.CommandError(f"{file.name} cannot be read: {error.strerror}.") from None
    result = {
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
        "gone": counts.gone,
        "errors": len(counts.errors),
        "wrong": [{"line": line, "reason": reason} for line, reason in counts.errors[:100]],
    }
    cli.report(result, as_json)
    if counts.errors:
        cli.refuse_rows(len(counts.errors), *counts.errors[0])


def init_app(app: Flask) -> None:
    app.cli.add_command(nomenclature_commands)
