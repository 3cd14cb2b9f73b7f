"""Opening a page changes nothing, whoever opens it: a dump of all tables before and after is the same."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import update

from portal import clock
from portal.db import db
from portal.people.models import SignIn
from tests import cast
from tests.conftest import read
from tests.input.database import changed, contents
from tests.input.world import QUERY, values_of

PEOPLE = (
    "signed_out",
    "ended",
    "witness",
    *(name for name in cast.PEOPLE if name not in ("left", "colleague")),
)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
MAY_WRITE = {"but": {"reading"}, "but_columns": {"sign_in.seen_at"}}
"""When a session was last used, and what was read."""


def addresses(app, made):
    """Every GET route with all its addresses."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods:
            names = sorted(rule.arguments)
            with app.test_request_context():
                every = product(*(values_of(made, name) for name in names))
                yield [rule.build(dict(zip(names, values, strict=True)))[1] for values in every]


@pytest.mark.slow
@pytest.mark.parametrize("person", PEOPLE)
def test_opening_a_page_changes_nothing(person, app, built, world, client_for, stopped):
    who = {"signed_out": None, "ended": "staff"}.get(person, built.get(person))
    client = client_for(who)
    with world():
        ended = clock.now() if person == "ended" else None
        db.session.execute(update(SignIn).values(ended_at=ended, seen_at=clock.now() - timedelta(minutes=2)))
    with app.app_context():
        before = contents(**MAY_WRITE)
    found, opened = [], 0
    query = QUERY.format_map(built)
    for paths in addresses(app, built):
        answers = [client.get(path) for path in paths]
        answers += [client.get(f"{path}?{query}", headers=PARTIAL) for path in paths[:2]] + [
            client.head(paths[0])
        ]
        found += [f"{a.request.path}: {a.status_code}" for a in answers if a.status_code >= 500]
        pages = [a for a in answers[: len(paths)] if a.status_code == 200 and a.mimetype == "text/html"]
        if pages:
            read(pages[0])
        opened += len(pages)
        for answer in answers:
            answer.close()
        with app.app_context():
            after = contents(**MAY_WRITE)
        found += [f"{paths[0]} wrote {table}" for table in changed(before, after)]
        before = after
    assert not found, "\n".join(found)
    assert opened > (30 if who and person != "ended" else 2)
