"""A repeated form answers with the first result and does nothing twice."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.discussion.models import Comment
from portal.proposals.models import Support
from tests import factories as make
from tests.conftest import path_of


@pytest.fixture
def proposal(world, ids):
    with world():
        return make.proposal(make.plan(ids["unit:bkpsdm"]), ids["colleague"], clock.now()).id


def comments(world):
    with world():
        return db.session.scalar(select(func.count(Comment.id)))


def test_same_token_twice_writes_once(client_for, proposal, world):
    client = client_for("staff")
    path, token = f"/usulan/{proposal}/tanggapan", "satu-kiriman-satu-kali"
    first = client.send(path, {"body": "Setuju."}, token=token)
    second = client.send(path, {"body": "Setuju."}, token=token)
    assert path_of(first) == path_of(second) == f"/usulan/{proposal}"
    assert comments(world) == 1


def test_same_token_twice_by_htmx_leads_to_the_first_result(client_for, proposal, world):
    client = client_for("staff")
    path, token = f"/usulan/{proposal}/tanggapan", "satu-kiriman-satu-kali"
    client.send(path, {"body": "Setuju."}, token=token, htmx=True)
    second = client.send(path, {"body": "Setuju."}, token=token, htmx=True)
    assert path_of(second) == f"/usulan/{proposal}"
    assert comments(world) == 1


def test_another_person_may_use_the_same_token(client_for, proposal, world):
    for who in ("staff", "editor"):
        client_for(who).send(
            f"/usulan/{proposal}/tanggapan", {"body": "Ya."}, token="token-yang-kebetulan-sama"
        )
    assert comments(world) == 2


def test_refused_form_may_be_sent_again(client_for, proposal, world):
    client = client_for("staff")
    path, token = f"/usulan/{proposal}/tanggapan", "satu-kiriman-satu-kali"
    refused = client.send(path, {"body": ""}, token=token)
    assert refused.status_code == 422
    assert token in refused.text, "the form keeps its token"
    assert client.send(path, {"body": "Setuju."}, token=token).status_code == 303
    assert comments(world) == 1


@pytest.mark.slow
def test_ten_at_once_write_once(client_for, proposal, world):
    """Breaks when the claim of the token is not the first statement of the writing transaction."""
    clients = [client_for("staff") for _ in range(10)]
    ready = threading.Barrier(10)
    codes = []

    def send(client):
        ready.wait()
        codes.append(
            client.send(f"/usulan/{proposal}/tanggapan", {"body": "Ya."}, token="sepuluh-kali-sekaligus")
        )

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {response.status_code for response in codes} == {303}
    assert comments(world) == 1


@pytest.mark.slow
def test_ten_supports_at_once_count_one(client_for, proposal, world):
    """Different tokens, one person: the database's own constraint holds."""
    clients = [client_for("staff") for _ in range(10)]
    ready = threading.Barrier(10)
    codes = []

    def send(client):
        ready.wait()
        codes.append(client.send(f"/usulan/{proposal}/dukungan").status_code)

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) == {303}
    with world():
        assert db.session.scalar(select(func.count(Support.id))) == 1
