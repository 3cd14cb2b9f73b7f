"""flask training draw-check."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import Flask

from portal import cli
from portal.growth import draw

training_commands = cli.Commands("training", help="Trainings.")
LARGEST = 20 * 1024 * 1024
"""Bytes of a published draw; one of 15,000 people has less than 1 MiB."""


@training_commands.command("draw-check")
@click.argument("file", type=click.Path(path_type=Path))
def check_draw(file: Path) -> None:
    """Recompute a published draw: 0 and “sesuai”, or 1 and the first thing that differs. Needs no database."""
    try:
        if file.stat().st_size > LARGEST:
            raise cli.CommandError(f"{file.name} is larger than a draw can be.")
        published = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise cli.CommandError(f"{file.name} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise cli.CommandError(f"{file.name} is no JSON.") from None
    if difference := draw.find_difference(published):
        raise cli.CommandError(difference)
    click.echo("sesuai")


def init_app(app: Flask) -> None:
    app.cli.add_command(training_commands)
