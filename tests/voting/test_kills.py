"""A server killed at any point of a vote or of an opening leaves all or nothing, and a repetition ends the same way.

The gate tries a sample of the statements and every commit; `./test --long` tries every statement.
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.ledger import Job, Submission
from portal.voting.models import Board, Envelope, EnvelopeArchive, Poll, Receipt, Result, VoterRoll
from tests.conftest import path_of
from tests.voting.steps import VOTERS, cast
from tests.voting.test_invariants import check

MOMENTS = [
    "commit",
    "committed",
    pytest.param(("statement", 5), id="statements"),
    pytest.param(("statement", 1), id="every-statement", marks=pytest.mark.long),
]


def points(moment):
    kind, stride = moment if isinstance(moment, tuple) else (moment, 1)
    return ((kind, n) for n in range(1, 200, stride))


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_voting(opened, client_for, voters, host, world, moment):
    """I12 for a ballot, and I19: what was committed but not answered is answered, not repeated."""
    poll, _codes = opened
    client = client_for(voters[0])
    path = f"/pemungutan-suara/{poll}/amplop"

    def state():
        with world():
            check(poll)
            own = db.session.get(Envelope, (poll, voters[0]))
            receipts = db.session.scalar(select(func.count()).select_from(Receipt))
            return (own.rev, own.form_token, own.env_hash) if own else (0, "", b""), receipts

    before, kills = state(), 0
    for kind, n in points(moment):
        token = f"dimatikan-{kind}-{n:03d}-kali"
        form = {"choice": n % 3, "kiriman": token}
        killed = host.kills(client, path, form, kind, n)
        kills += killed
        after = state()
        assert after == before or (after[0][:2], after[1]) == ((before[0][0] + 1, token), before[1] + 1)
        assert killed or after != before, "answered, so it is in the box"
        assert cast(client, poll, 0, token).status_code == 303
        again = state()
        assert (again[0][:2], again[1]) == ((before[0][0] + 1, token), before[1] + 1)
        assert after == before or again == after, "the same receipt"
        before = again
        if not killed:
            break
    assert not killed and kills >= 2, "every point was passed"


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_opening_the_box(opened, client_for, voters, witnesses, stopped, host, world, moment):
    """I12: either the envelopes with their names, or the board without any; never both, never neither."""
    poll, codes = opened
    for n, voter in enumerate(voters):
        cast(client_for(voter), poll, n % 2)
    stopped.forward(days=2, hours=8)
    client = client_for(witnesses[0])
    path, token = f"/pemungutan-suara/{poll}/pembukaan", "membuka-kotak-satu-kali"
    form = {"code-A": codes[0], "code-B": codes[1]}

    def is_open():
        with world():
            check(poll)
            counts = [
                db.session.scalar(select(func.count()).select_from(table))
                for table in (Envelope, Board, EnvelopeArchive, Result, Job)
            ]
            voted = db.session.scalar(select(func.count()).select_from(VoterRoll).where(VoterRoll.voted))
            row = db.session.get(Poll, poll)
            state = [*counts, voted, row.announced_at is not None, row.closed_at is not None]
            assert state in (
                [VOTERS, 0, 0, 0, 0, 0, False, False],
                [0, VOTERS, VOTERS, 3, 1, VOTERS, True, True],
            )
            return row.announced_at is not None

    kills = 0
    for kind, n in points(moment):
        killed = host.kills(client, path, form | {"kiriman": token}, kind, n)
        kills += killed
        if is_open() or not killed:
            break
    assert is_open() and kills >= 2
    answer = client.send(path, form, token=token)
    assert (answer.status_code, path_of(answer)) == (303, f"/pemungutan-suara/{poll}"), "the first result"
    with world():
        assert (
            db.session.scalar(select(func.count()).select_from(Submission).where(Submission.token == token))
            == 1
        )
