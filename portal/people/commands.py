"""flask steward add · flask unit import · flask roster import · flask holiday import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select

from portal import audit, cli, clock
from portal.db import db
from portal.people import actions, roster
from portal.people.authority import in_force, tree
from portal.people.models import Duty, Person, Unit
from portal.people.nip import read_nip
from portal.people.reading import (
    HOLIDAY_COLUMNS,
    ROSTER_COLUMNS,
    UNIT_COLUMNS,
    Comparison,
    known_headings,
)
from portal.tables import Table, Unreadable, read_table

FILE = click.Path(path_type=Path)
steward_commands = cli.Commands("steward", help="Personnel stewards.")
unit_commands = cli.Commands("unit", help="Units.")
roster_commands = cli.Commands("roster", help="The list of employees.")
holiday_commands = cli.Commands("holiday", help="Holidays.")


@steward_commands.command("add")
@click.argument("nip")
@click.argument("name")
@click.option("--unit", "code", required=True, help="code of the unit; - for the regency itself")
@click.option("--json", "as_json", is_flag=True)
def add_steward(nip: str, name: str, code: str, as_json: bool) -> None:
    """Make a steward and print the activation code."""
    read = read_nip(nip, clock.today())
    if read.problem:
        raise cli.CommandError(read.problem)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200:
        raise cli.CommandError("The name must have 1 to 200 letters.")
    with cli.deed():
        wanted = Unit.kind == "regency" if code == "-" else Unit.code == code
        unit = db.session.scalar(select(Unit).where(wanted))
        if unit is None:
            raise cli.CommandError(f"There is no unit with the code {code}; - stands for the regency itself.")
        person = db.session.scalar(select(Person).where(Person.nip == read.digits))
        if person is None:
            person = Person(nip=read.digits, name=name, unit_id=unit.id)
            db.session.add(person)
            db.session.flush()
            audit.record("imported", f"person:{person.id}")
        elif person.left_on is not None:
            raise cli.CommandError("This person has left; bring them back with a roster first.")
        held = db.session.scalar(
            select(Duty.id).where(
                Duty.person_id == person.id,
                Duty.unit_id == unit.id,
                Duty.role == "steward",
                in_force(clock.today()),
            )
        )
        if held is None:
            actions.give_duty(person, unit.id, "steward", "definitif", clock.today(), None, None)
        [(_person, activation_code, activation)] = actions.give_codes([person], None)
        result = {
            "person": person.id,
            "name": person.name,
            "unit": unit.name,
            "code": activation_code,
            "expires_at": activation.expires_at.isoformat(),
        }
    cli.report(result, as_json)


def _read(path: Path, columns: dict[str, tuple[str, ...]]) -> Table:
    try:
        return read_table(path.read_bytes(), path.name, known=known_headings(columns))
    except Unreadable as unreadable:
        raise cli.CommandError(str(unreadable)) from None
    except OSError as error:
        raise cli.CommandError(f"{path.name} cannot be read: {error.strerror}.") from None


def _finish(comparison: Comparison, result: dict[str, Any], as_json: bool) -> None:
    cli.report(result, as_json)
    if errors := comparison.error_list():
        first = errors[0]
        cli.refuse_rows(len(errors), first["line"], f"{first['field']}: {first['reason']}")


def _plain_result(comparison: Comparison) -> dict[str, Any]:
    counts = comparison.counts()
    return {
        "new": counts["new"],
        "changed": counts["changed"],
        "same": counts["same"],
        "errors": len(comparison.error_list()),
        "ignored": comparison.ignored,
        "wrong": comparison.error_list()[:100],
    }


@unit_commands.command("import")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True)
def import_units(file: Path, as_json: bool) -> None:
    """Read units from CSV or XLSX; all of them, or none."""
    table = _read(file, UNIT_COLUMNS)
    with cli.deed():
        try:
            comparison, _digest = roster.compare_with_units(table)
        except Unreadable as unreadable:
            raise cli.CommandError(str(unreadable)) from None
        if not comparison.of("wrong"):
            roster.apply_units(comparison)
    _finish(comparison, _plain_result(comparison), as_json)


@holiday_commands.command("import")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True)
def import_holidays(file: Path, as_json: bool) -> None:
    """Read holidays from CSV or XLSX; all of them, or none."""
    table = _read(file, HOLIDAY_COLUMNS)
    with cli.deed():
        try:
            comparison, _digest = roster.compare_with_holidays(table)
        except Unreadable as unreadable:
            raise cli.CommandError(str(unreadable)) from None
        if not comparison.of("wrong"):
            roster.apply_holidays(comparison)
    _finish(comparison, _plain_result(comparison), as_json)


@roster_commands.command("import")
@click.argument("file", type=FILE)
@click.option("--apply", "write", is_flag=True, help="write it; without, only the preview is printed")
@click.option("--full", is_flag=True, help="the file lists everybody: who is missing has left")
@click.option("--json", "as_json", is_flag=True)
def import_roster(file: Path, write: bool, full: bool, as_json: bool) -> None:
    """Compare a roster with the people known; --apply writes it, all or nothing."""
    table = _read(file, ROSTER_COLUMNS)
    with cli.deed():
        roster.hold()
        try:
            comparison, _digest = roster.compare_people(table, set(tree().names), full)
        except Unreadable as unreadable:
            raise cli.CommandError(str(unreadable)) from None
        applied = write and not comparison.of("wrong")
        if applied:
            entries = roster.chosen(comparison, leave=full)
            if refused := roster.refuse_leaving(entries):
                raise cli.CommandError(str(refused))
            for start in range(0, len(entries), roster.CHUNK):
                roster.apply_people(entries[start : start + roster.CHUNK], None, None, None)
    counts = comparison.counts()
    result = {
        "new": counts["new"],
        "changed": counts["changed"],
        "moved": counts["moved"],
        "back": counts["back"],
        "left": counts["left"],
        "same": counts["same"],
        "wrong": counts["wrong"],
        "errors": comparison.error_list()[:1000],
        "warnings": [{"line": line, "reason": reason} for line, reason in comparison.warnings[:1000]],
        "ignored": comparison.ignored,
        "applied": applied,
    }
    _finish(comparison, result, as_json)


def init_app(app: Flask) -> None:
    for group in (steward_commands, unit_commands, roster_commands, holiday_commands):
        app.cli.add_command(group)
