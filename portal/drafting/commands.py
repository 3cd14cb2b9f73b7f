"""flask plan import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select

from portal import audit, cli, clock
from portal.db import db
from portal.drafting import ceilings, exporting, importing, skeleton
from portal.people.models import Unit
from portal.plans import actions as plan_actions
from portal.plans import queries as plans
from portal.plans import stages
from portal.plans.models import Plan
from portal.tables import Table, Unreadable

plan_commands = cli.Commands("plan", help="Work plans.")


def _agency(code: str, name: str | None) -> Unit:
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        if not name:
            raise cli.CommandError(f"There is no unit with the code {code}; --create-unit NAME makes it.")
        name = " ".join(name.split())
        if not 1 <= len(name) <= 500 or not 1 <= len(code) <= 60:
            raise cli.CommandError("A unit's name has 1 to 500 letters, its code 1 to 60.")
        regency = db.session.scalars(select(Unit).where(Unit.kind == "regency")).one()
        unit = Unit(parent_id=regency.id, kind="agency", code=code, name=name, from_on=clock.today())
        db.session.add(unit)
        db.session.flush()
        audit.record("imported", f"unit:{unit.id}")
    if unit.kind != "agency":
        raise cli.CommandError(f"{code} is not an agency; a plan belongs to an agency.")
    if unit.has_ended(clock.today()):
        raise cli.CommandError(f"The agency {code} has ended.")
    return unit


def _plan(unit: Unit, year: int) -> Plan:
    plan_id = db.session.scalar(
        select(Plan.id)
        .where(Plan.unit_id == unit.id, Plan.year == year)
        .order_by(Plan.edition.desc())
        .limit(1)
    )
    if plan_id is None:
        made = plan_actions.create(unit.id, year, stages.default_starts(year), None)
        skeleton.make_sections(made)
        plan_id = made.id
    plan = plans.find(plan_id)
    assert plan is not None
    if plans.calendar_of(plan).adopted:
        raise cli.CommandError("This plan was adopted; a change is a new edition.")
    return plan


def _read(file: Path) -> Table:
    try:
        return importing.read(file.read_bytes(), file.name)
    except OSError as error:
        raise cli.CommandError(f"{file.name} cannot be read: {error.strerror}.") from None


def _result(plan: Plan, comparison: importing.Comparison, errors: int) -> dict[str, Any]:
    """Lines, ceiling and unresolved of the rows that stand in the plan; with errors, of those that stood before."""
    counts = comparison.counts()
    standing = [
        entry for entry in comparison.entries if entry.line is not None and entry.line.dropped_at is None
    ]
    return {
        "plan": plan.id,
        "stage": plans.stage_of(plan),
        "lines": len(standing),
        "ceiling": sum(entry.line.ceiling or 0 for entry in standing if entry.line),
        "unresolved": sum(1 for entry in standing if entry.line and entry.line.sub_activity_id is None),
        "new": counts["new"],
        "changed": counts["changed"],
        "same": counts["same"],
        "errors": errors,
        "wrong": [
            {"line": entry.row, "field": str(label), "reason": str(reason)}
            for entry in comparison.of("wrong")[:100]
            for label, reason in entry.problems
        ],
        "unread": len(comparison.marked),
        "ceiling_column": comparison.ceiling_column,
        "ignored": comparison.ignored,
        "left_out": comparison.left_out,
        "offers": {
            entry.code: [offer.code for offer in entry.offers]
            for entry in comparison.unresolved
            if entry.offers
        },
    }


@plan_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--unit", "code", required=True, help="code of the agency")
@click.option("--year", required=True, type=click.IntRange(2000, 2100))
@click.option("--ceiling-column", default=None, help="heading of the column that holds the ceiling")
@click.option("--create-unit", "name", default=None, help="name of the agency, made where it is missing")
@click.option("--json", "as_json", is_flag=True)
def import_plan(
    file: Path, code: str, year: int, ceiling_column: str | None, name: str | None, as_json: bool
) -> None:
    """Read a Renja from CSV or XLSX into the plan of an agency and a year; all of it, or nothing."""
    try:
        table = _read(file)
        with cli.deed():
            plan = _plan(_agency(code, name), year)
            importing.hold_plan(plan)
            comparison = importing.compare(plan, table, ceiling_column, hold=True)
            wrong = comparison.of("wrong")
            if not comparison.entries:
                raise cli.CommandError("There is no row of a sub-activity in this file.")
            if wrong:
                cli.report(_result(plan, comparison, len(wrong)), as_json)
                label, reason = wrong[0].problems[0]
                cli.refuse_rows(len(wrong), wrong[0].row, f"{label}: {reason}")
            importing.apply(comparison, plan, None, source=file.name)
            result = _result(plan, comparison, 0)
    except Unreadable as unreadable:
        raise cli.CommandError(str(unreadable)) from None
    except ceilings.OverCeiling as over:
        raise cli.CommandError(str(over.description)) from None
    cli.report(result, as_json)


@plan_commands.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--unit", "code", required=True, help="code of the agency")
@click.option("--year", required=True, type=click.IntRange(2000, 2100))
@click.option("--format", "form", type=click.Choice(list(exporting.MIMETYPES)), required=True)
@click.option("--json", "as_json", is_flag=True)
def export_plan(file: Path, code: str, year: int, form: str, as_json: bool) -> None:
    """Write the newest edition of an agency's plan of a year to a file."""
    plan_id = db.session.scalar(
        select(Plan.id)
        .join(Unit, Unit.id == Plan.unit_id)
        .where(Unit.code == code, Plan.year == year)
        .order_by(Plan.edition.desc())
        .limit(1)
    )
    plan = plans.find(plan_id) if plan_id is not None else None
    if plan is None:
        raise cli.CommandError(f"The unit {code} has no plan for {year}.")
    content = exporting.make(plan, form)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise cli.CommandError(f"{file.name} cannot be written: {error.strerror}.") from None
    cli.report({"plan": plan.id, "format": form, "bytes": len(content)}, as_json)


def init_app(app: Flask) -> None:
    app.cli.add_command(plan_commands)
