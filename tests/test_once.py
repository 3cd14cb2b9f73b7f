"""A repeated form answers with the first result and does nothing twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock, jobs, submissions
from portal.db import db
from portal.discussion.models import Comment
from portal.ledger import Attempt, AuditEvent, Job, Submission
from portal.people.models import SignIn
from portal.proposals.models import Support
from tests import factories as make
from tests.cast import PASSWORD
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


NEW = "tujuh perahu menepi senja"
RENEWING = {
    "/konfirmasi": ({"password": PASSWORD, "next": "/usulan"}, "/usulan", "confirmed password"),
    "/akun/kata-sandi": (
        {"password": PASSWORD, "new_password": NEW, "repeat": NEW}, "/akun", "changed password",
    ),
}  # fmt: skip
"""Forms after which the session goes on under a new id."""


def twins(client_for, who, number):
    """Clients with the same cookies: copies of one form leave one browser before any answer came."""
    clients = [client_for(who) for _ in range(number)]
    clients[0].csrf()
    for client in clients[1:]:
        for name in ("sesi", "rembuk"):
            client.set_cookie(name, clients[0].get_cookie(name).value)
    return clients


def deeds(world):
    with world():
        return (
            list(db.session.scalars(select(AuditEvent.verb))),
            db.session.scalar(select(func.coalesce(func.sum(Attempt.count), 0))),
        )


@pytest.mark.slow
@pytest.mark.parametrize("path", RENEWING)
def test_copies_at_once_of_a_form_that_renews_the_session(client_for, world, path):
    """Breaks when the token is claimed after the password was compared, or when the new id is a random one."""
    form, onward, verb = RENEWING[path]
    clients = twins(client_for, "staff", 8)
    former = clients[0].get_cookie("sesi").value
    ready, answers = threading.Barrier(8), []

    def send(client):
        ready.wait()
        answers.append(client.send(path, form, token="delapan-kali-sekaligus"))

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(one.status_code, path_of(one)) for one in answers] == [(303, onward)] * 8
    assert len({client.get_cookie("sesi").value for client in clients} - {former}) == 1
    for client in clients:
        client.page("/akun")
    assert deeds(world) == ([verb], 0), "one deed, and no try in vain"


@pytest.mark.parametrize("path", RENEWING)
def test_copy_that_was_let_in_before_the_session_was_renewed(client_for, monkeypatch, path):
    """It came in by the former id, and finds the first result: it must be given the new id too."""
    form, onward, _verb = RENEWING[path]
    first, second = twins(client_for, "staff", 2)
    led_to = submissions.led_to

    def meanwhile(person_id, token):
        monkeypatch.setattr(submissions, "led_to", led_to)
        thread = threading.Thread(target=first.send, args=(path, form), kwargs={"token": token})
        thread.start()
        thread.join()
        return led_to(person_id, token)

    monkeypatch.setattr(submissions, "led_to", meanwhile)
    answer = second.send(path, form, token="dua-kali-hampir-sekaligus")
    assert (answer.status_code, path_of(answer)) == (303, onward)
    second.page("/akun")


@pytest.mark.parametrize("path", RENEWING)
def test_late_copy_of_a_form_that_renewed_the_session(client_for, world, stopped, path):
    form, onward, verb = RENEWING[path]
    first, lost, other, late = twins(client_for, "staff", 4)
    token = "jawabannya-tidak-sampai"
    first.send(path, form, token=token)
    again = lost.send(path, form, token=token)
    assert (again.status_code, path_of(again)) == (303, onward)
    assert lost.get_cookie("sesi").value == first.get_cookie("sesi").value
    assert deeds(world) == ([verb], 0)
    assert path_of(other.get("/akun")) == "/masuk", "the former id opens nothing"
    assert other.send(path, form).status_code == 401, "nor does it with another form's token"
    stopped.forward(minutes=16)
    assert late.send(path, form, token=token).status_code == 401


def test_form_that_was_overtaken_by_another_leaves_its_id(client_for, world, monkeypatch):
    """Breaks when a form renews a session that another has renewed since."""
    staff, claim = client_for("staff"), submissions.claim

    def overtaken():
        with world():
            db.session.scalars(select(SignIn)).one().key_hash = "f" * 64
        return claim()

    monkeypatch.setattr(submissions, "claim", overtaken)
    assert path_of(staff.send("/konfirmasi", RENEWING["/konfirmasi"][0])) == "/usulan"
    with world():
        assert db.session.scalars(select(SignIn.key_hash)).all() == ["f" * 64]


@pytest.mark.parametrize("path", ["/keluar", "/akun/sesi/{}/akhir"])
def test_copy_of_a_form_that_ended_its_session(client_for, world, path):
    first, copy, other = twins(client_for, "staff", 3)
    with world():
        path = path.format(db.session.scalars(select(SignIn.id).order_by(SignIn.id)).first())
    for client in (first, copy):
        answer = client.send(path, token="berakhir-satu-kali")
        assert answer.status_code == 303 and path_of(answer) in ("/masuk", "/akun")
    assert other.send(path).status_code == 401
    assert len(deeds(world)[0]) == 1


def test_tokens_and_done_jobs_are_forgotten_in_time(app, world, ids, stopped):
    with world():
        for days in (8, 6):
            at = clock.now() - timedelta(days=days)
            db.session.add(Submission(person_id=ids["staff"], token=f"kiriman-{days}-hari-lalu", at=at))
        for days in (3, 1):
            due = clock.now() - timedelta(days=days)
            db.session.add(Job(key=f"a:{days}", kind="scrub", payload={}, state="done", due_at=due))
    with app.app_context():
        jobs.run_periodic({})
    with world():
        assert db.session.scalars(select(Submission.token)).all() == ["kiriman-6-hari-lalu"]
        assert db.session.scalars(select(Job.key)).all() == ["a:1"]
