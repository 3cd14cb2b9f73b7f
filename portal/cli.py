"""Commands of the server's keeper: `.venv/bin/flask …`. Exit 0 when done, 1 with one sentence, nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy.exc import DBAPIError

from portal import audit, jobs, submissions
from portal.db import db, writing


class CommandError(click.ClickException):
    """One sentence on standard error, exit 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True)


@contextmanager
def _told() -> Iterator[None]:
    """Whatever goes wrong outside of a command's own rules is one sentence too."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError as error:
        known = ", ".join(error.ctx.to_info_dict()["command"]["commands"])
        raise CommandError(f"Missing command ({known}); --help says more.") from None
    except click.UsageError as error:
        fault, _end, hint = " ".join(error.format_message().split()).removesuffix(".").partition(". ")
        hint = f" ({hint[0].lower()}{hint[1:]})" if hint else ""
        raise CommandError(f"{fault}{hint}; --help says more.") from None
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise CommandError(
            f"The database cannot be used ({reason}); `flask db upgrade` makes an empty or older one ready."
        ) from None


class Told:
    """A command, or a group of them, that ends with 0, or with 1 and one sentence."""

    def make_context(self, *given: Any, **more: Any) -> click.Context:
        with _told():
            return super().make_context(*given, **more)  # type: ignore[misc, no-any-return]

    def invoke(self, context: click.Context) -> Any:
        with _told():
            return super().invoke(context)  # type: ignore[misc]


class Command(Told, click.Command):
    """A command that belongs to no group."""


class Commands(Told, AppGroup):
    """A group of commands. They speak English; what they write does not (sheets, reasons of the history)."""

    def command(self, *given: Any, **named: Any) -> Callable[[Callable[..., Any]], click.Command]:  # type: ignore[override]
        wrap = super().command(*given, **named)
        return lambda function: wrap(force_locale("en")(function))


class Everything(AppGroup):
    """All commands of the portal, below those that Flask itself has."""

    def get_command(self, context: click.Context, name: str) -> click.Command:
        known = super().get_command(context, name)
        if known is None:
            raise CommandError(f"No such command '{name}'; --help says more.")
        return known

    def add_command(self, command: click.Command, name: str | None = None) -> None:
        """A library's group ends as ours do."""
        if isinstance(command, click.Group) and not isinstance(command, Told):
            parts = ("help", "commands", "params", "callback")
            command = Commands(command.name, **{part: getattr(command, part) for part in parts})
        super().add_command(command, name)


@contextmanager
def deed() -> Iterator[None]:
    """One writing transaction around a command: all of it, or nothing."""
    with writing():
        db.session.commit()
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
    db.session.remove()
    db.engine.dispose()


def report(result: dict[str, Any], as_json: bool) -> None:
    """The outcome of a command: with --json one object on the last line, else a line a figure."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        for key, value in result.items():
            click.echo(f"{key}: {value}")


def refuse_rows(count: int, row: int, reason: str) -> NoReturn:
    """End with a file's errors: how many, and the first."""
    errors = "1 error" if count == 1 else f"{count} errors"
    raise CommandError(f"{errors}, nothing was written; the first in row {row}: {reason}")


audit_commands = Commands("audit", help="The audit log.")
job_commands = Commands("jobs", help="Work that outlives its request.")


@audit_commands.command("verify")
@click.option("--json", "as_json", is_flag=True)
def verify_audit(as_json: bool) -> None:
    """Walk the chain: 0 when it holds, 1 with the place where it breaks."""
    verdict = audit.verify()
    report({"sealed": verdict.sealed, "unsealed": verdict.unsealed, "broken_at": verdict.broken_at}, as_json)
    if verdict.broken_at is not None:
        raise CommandError(f"The audit log breaks at event {verdict.broken_at}: {verdict.reason}.")


@audit_commands.command("seal")
@click.option("--json", "as_json", is_flag=True)
def seal_audit(as_json: bool) -> None:
    """Seal now what the worker would seal within a minute."""
    with deed():
        sealed = audit.seal()
    report({"sealed": sealed}, as_json)


@job_commands.command("work")
def work() -> None:
    """Do jobs and periodic work until ended."""
    jobs.work(current_app._get_current_object())  # type: ignore[attr-defined]


jobs.every("old jobs", 3600)(jobs.sweep)
jobs.every("old form tokens", 3600)(submissions.sweep)


@jobs.every("audit seals", 60)
def seal_all() -> None:
    while audit.seal() == audit.BATCH:
        db.session.commit()


def init_app(app: Flask) -> None:
    """To be called before anything adds a command."""
    app.cli = Everything(app.name)
    app.cli.add_command(audit_commands)
    app.cli.add_command(job_commands)
