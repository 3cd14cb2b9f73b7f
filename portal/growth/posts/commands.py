"""flask posts read."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from portal import cli
from portal.growth.posts import reading, rules
from portal.tables import Unreadable, read_table

posts_commands = cli.Commands("posts", help="The map of posts.")


@posts_commands.command("read")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--norm", default=rules.MINUTES_A_YEAR, type=click.IntRange(1), help="effective minutes of a year"
)
@click.option("--json", "as_json", is_flag=True)
def read_posts(file: Path, norm: int, as_json: bool) -> None:
    """Say what a map of posts or a workload table comes to; writes nothing and needs no database."""
    try:
        table = read_table(file.read_bytes(), file.name, known=reading.KNOWN)
        found = reading.read(table)
    except Unreadable as unreadable:
        raise cli.CommandError(str(unreadable)) from None
    except OSError as error:
        raise cli.CommandError(f"{file.name} cannot be read: {error.strerror}.") from None
    if found.wrong:
        cli.refuse_rows(len(found.wrong), *found.wrong[0])
    required = sum(
        rules.required(post.kind, [(many, each) for _text, many, each in post.tasks], post.seats, norm)
        for post in found.posts
    )
    cli.report({**found.figures(), "required": required}, as_json)


def init_app(app: Flask) -> None:
    app.cli.add_command(posts_commands)
