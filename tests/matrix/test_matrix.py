"""Every route × person × ownership, by real requests, against the tables beside this file."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from portal import clock
from portal.db import db
from portal.people.models import SignIn
from tests import cast
from tests.matrix import world as things_of_matrix

pytestmark = pytest.mark.slow

TABLES = sorted(Path(__file__).parent.glob("*.toml"))
OUTSIDE = ("signed_out", "left", "ended")
MOST_STATEMENTS = 12
"""Of one page, whoever opens it."""
PEOPLE = (*OUTSIDE, *(name for name in cast.PEOPLE if name != "left"))
PASSIVE = {"HEAD", "OPTIONS"}


def matrix() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {}
    for path in TABLES:
        for route, cells in tomllib.loads(path.read_text()).items():
            assert route not in table, f"{route} stands twice"
            table[route] = cells
    return table


def routes(app) -> list[tuple[str, Any, str]]:
    return [
        (f"{method} {rule.rule}", rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - PASSIVE)
    ]


def expected(cells: dict[str, Any], person: str, ownership: str, method: str) -> int:
    if person in OUTSIDE and not cells.get("public"):
        return 303 if method == "GET" else 401
    cell = cells.get(f"{person}.{ownership}")
    if cell is not None:
        return int(cell)
    if cells.get(ownership) == 404:
        return 404
    if person in cells:
        return int(cells[person])
    if "only" in cells and person not in cells["only"]:
        return 403
    return int(cells.get(ownership, cells["default"]))


def test_every_route_stands_in_a_table(app):
    listed, there = set(matrix()), {name for name, _rule, _method in routes(app)}
    assert not there - listed, f"routes in no table: {sorted(there - listed)}"
    assert not listed - there, f"tables without a route: {sorted(listed - there)}"


@pytest.mark.parametrize("person", PEOPLE)
def test_person_meets_what_the_table_says(person, app, store, ids, world, client_for, count_queries):
    def prepare():
        with app.app_context():
            db.engine.dispose()
            store.fresh()
        with world():
            found = things_of_matrix.build(ids)
        client = client_for(None if person == "signed_out" else "staff" if person == "ended" else person)
        if person == "ended":
            with world():
                db.session.execute(update(SignIn).values(ended_at=clock.now() - timedelta(minutes=1)))
        return found, client

    things, client = prepare()
    wrong = []
    for name, rule, method in sorted(routes(app), key=lambda route: route[0]):
        cells = matrix().get(name)
        if cells is None:
            continue
        argument = next((a for a in sorted(rule.arguments) if a in things), None)
        ownerships = list(things[argument]) if argument else ["own"]
        for ownership in ownerships:
            want = expected(cells, person, ownership, method)
            values = {
                a: things[a].get(ownership, things_of_matrix.MISSING) for a in rule.arguments if a in things
            }
            values |= cells.get("path", {})
            with app.test_request_context():
                built = rule.build(values)
            assert built is not None, f"{name}: no value for {rule.arguments - set(values)}"
            path = built[1]
            count_queries()
            if method == "GET":
                response = client.get(path + cells.get("query", ""))
                asked = count_queries()
                if response.mimetype == "text/html" and asked > MOST_STATEMENTS:
                    wrong.append(f"{name} as {person}, {ownership}: {asked} statements")
            else:
                response = client.send(path, cells.get("form"))
            if response.status_code != want:
                wrong.append(f"{name} as {person}, {ownership}: {response.status_code}, table says {want}")
            response.close()
            if method != "GET" and response.status_code < 400:
                things, client = prepare()
    assert not wrong, "\n".join(wrong)
