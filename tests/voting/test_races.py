"""What voters, witnesses and leaders do at the same moment, by real threads on a barrier."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.voting import actions, box
from portal.voting.models import Board, Envelope, Poll
from tests import factories as make
from tests.people.test_races import together
from tests.voting.steps import VOTERS, cast, codes_of, open_box, prepared
from tests.voting.test_invariants import check

pytestmark = pytest.mark.slow

COPIES = 8


def ready(client_for, voters):
    """A client for each, who has a session and a CSRF token already."""
    clients = [client_for(voter) for voter in voters]
    for client in clients:
        client.csrf()
    return clients


def test_same_voter_many_times_at_once(opened, client_for, voters, world):
    """I1, I6. Breaks (on PostgreSQL, with an error page) when the ballot is looked for and then inserted."""
    poll, _codes = opened
    clients = ready(client_for, [voters[0]] * COPIES)
    answers = together(
        *(lambda c=client, n=n: cast(c, poll, n % 3).status_code for n, client in enumerate(clients))
    )
    assert answers == [303] * COPIES
    with world():
        assert db.session.scalars(select(Envelope.rev)).all() == [COPIES]
        assert check(poll) == COPIES


def test_same_form_many_times_at_once(opened, client_for, voters, world):
    """I5, also for the first envelope."""
    poll, _codes = opened
    for rev in (1, 2):
        clients = ready(client_for, [voters[0]] * COPIES)
        token = f"satu-kiriman-nomor-{rev}"
        answers = together(*(lambda c=client, t=token: cast(c, poll, 0, t).status_code for client in clients))
        assert answers == [303] * COPIES
        with world():
            assert db.session.scalars(select(Envelope.rev)).all() == [rev]
            assert check(poll) == rev


@pytest.mark.slow
def test_fifty_voters_at_once_twice_each(client_for, ids, witnesses, world):
    with world():
        voters = [person.id for person in make.crowd(ids["unit:mutasi"], 50)]
    poll = prepared(client_for, ids, witnesses)
    codes_of(client_for, poll, witnesses)
    client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara")
    clients = ready(client_for, voters)
    for receipts in (50, 100):
        answers = together(
            *(lambda c=client, n=n: cast(c, poll, n % 3).status_code for n, client in enumerate(clients))
        )
        assert answers == [303] * 50
        with world():
            assert db.session.scalar(select(func.count()).select_from(Envelope)) == 50
            assert check(poll) == receipts


@pytest.mark.slow
def test_changing_while_the_box_closes(opened, client_for, voters, stopped, world, app):
    """I7. Who got an answer lies in the box; who came late was told so."""
    poll, _codes = opened
    stopped.forward(hours=30, minutes=59)
    clients = ready(client_for, voters) + ready(client_for, voters)
    for client in clients[:VOTERS]:
        cast(client, poll, 0)
    answers, closed = [], []
    barrier = threading.Barrier(len(clients) + 1)

    def change(client):
        barrier.wait()
        for n in range(4):
            answers.append(cast(client, poll, n % 3).status_code)

    def close():
        barrier.wait()
        while len(answers) < len(clients):  # some ballots are in, others on their way
            pass
        with world():
            stopped.forward(minutes=1)
            closed.append(actions.close_due())
            check(poll)

    threads = [threading.Thread(target=change, args=(client,)) for client in clients]
    threads.append(threading.Thread(target=close))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert closed == [1]
    assert set(answers) == {303, 403}, answers
    with world():
        assert check(poll) == VOTERS + answers.count(303), (
            "each answer has its receipt, and each receipt its answer"
        )


def test_closing_waits_for_a_ballot_on_its_way(opened, client_for, voters, stopped, world, monkeypatch):
    """I7. Breaks on PostgreSQL without the shared hold on the poll."""
    poll, _codes = opened
    (client,) = ready(client_for, voters[:1])
    sealing, closed, seal = threading.Event(), threading.Event(), box.seal

    def slow_seal(*arguments):
        sealing.set()
        closed.wait(0.7)
        return seal(*arguments)

    def close():
        assert sealing.wait(10)
        with world():
            stopped.forward(days=1, hours=8)
            count = actions.close_due()
        closed.set()
        return count

    monkeypatch.setattr(box, "seal", slow_seal)
    assert together(lambda: cast(client, poll, 0).status_code, close) == [1, 303]
    with world():
        check(poll)
        assert db.session.get(Poll, poll).final_count == 1


def test_two_witnesses_open_at_once(opened, client_for, voters, witnesses, stopped, world):
    poll, codes = opened
    for voter in voters:
        cast(client_for(voter), poll, 0)
    stopped.forward(days=2, hours=8)
    clients = ready(client_for, witnesses[:2])
    form = {"code-A": codes[0], "code-B": codes[1]}
    answers = together(
        *(
            lambda c=client: c.send(f"/pemungutan-suara/{poll}/pembukaan", form).status_code
            for client in clients
        )
    )
    assert answers == [303, 403]
    with world():
        assert db.session.scalar(select(func.count()).select_from(Board)) == VOTERS
        check(poll)


def test_leader_opens_the_poll_in_two_tabs(client_for, ids, voters, witnesses, world):
    poll = prepared(client_for, ids, witnesses)
    codes_of(client_for, poll, witnesses)
    clients = ready(client_for, ["leader", "secretary"])
    answers = together(
        *(
            lambda c=client: c.send(f"/pemungutan-suara/{poll}/pembukaan-suara").status_code
            for client in clients
        )
    )
    assert answers == [303, 403]
    with world():
        check(poll)


def test_witness_fetches_in_two_tabs(client_for, ids, voters, witnesses):
    poll = prepared(client_for, ids, witnesses)
    clients = ready(client_for, [witnesses[0]] * 2)
    answers = [None, None]

    def fetch(n):
        answers[n] = clients[n].send(f"/pemungutan-suara/{poll}/saksi")
        return answers[n].status_code

    codes = together(lambda: fetch(0), lambda: fetch(1))
    assert codes in ([200, 409], [200, 200]), "one after the other, or the slower is told to look again"
    test = f"/pemungutan-suara/{poll}/saksi/uji"
    shown = [found[1] for answer in answers if (found := re.search(r'code-words">([^<]+)<', answer.text))]
    fits = [clients[0].send(test, {"code": code}).status_code for code in shown]
    assert fits.count(303) == 1, "of the codes on screens exactly one is the witness's"


def test_two_leaders_depart_at_once(opened, client_for, voters, witnesses, stopped, world):
    poll, codes = opened
    for voter in voters:
        cast(client_for(voter), poll, 0)
    stopped.forward(days=2, hours=8)
    open_box(client_for, poll, codes, witnesses)
    clients = ready(client_for, ["leader", "secretary"])
    form = {"reason": "Petugas loket tidak cukup untuk hari Sabtu."}
    answers = together(
        *(
            lambda c=client: c.send(f"/pemungutan-suara/{poll}/penyimpangan", form).status_code
            for client in clients
        )
    )
    assert answers == [303, 409]
