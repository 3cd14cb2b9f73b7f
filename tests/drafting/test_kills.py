"""E8. The server is killed (kill -9) anywhere between a keystroke and the answer: what was acknowledged is there, the rest is
all or nothing, and the same form sent again ends as if nothing had happened.

./test tries a sample of the statements and every commit; `./test --long` every statement, and 50 kills of a served portal.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.drafting import revisions
from portal.drafting.models import Revision, Section
from portal.ledger import Submission
from portal.people.models import Draft
from tests import factories as make
from tests.conftest import path_of
from tests.drafting.test_invariants import Accepted, check
from tests.served import Server, browser

pytestmark = pytest.mark.slow

MOMENTS = [
    "commit",
    "committed",
    pytest.param(("statement", 4), id="statements"),
    pytest.param(("statement", 1), id="every-statement", marks=pytest.mark.long),
]


def points(moment):
    kind, stride = moment if isinstance(moment, tuple) else (moment, 1)
    return ((kind, n) for n in range(1, 200, stride))


@pytest.fixture
def section(world, ids) -> int:
    with world():
        return make.section(make.plan(ids["unit:bkpsdm"]), body="Awal.").id


def state(world, section: int):
    """Version and text of the head, and how often each text stands in the history; the head is its revision."""
    with world():
        piece = db.session.get_one(Section, section)
        rows = db.session.scalars(select(Revision).where(Revision.section_id == section)).all()
        numbers = sorted(row.number for row in rows if row.number is not None)
        assert numbers == list(range(1, piece.version + 1))
        head = next(row for row in rows if row.number == piece.version)
        assert (head.body, head.sha256) == (piece.body, revisions.sha256_of(piece.body))
        drafts = [row.fields["body"] for row in db.session.scalars(select(Draft))]
        return piece.version, piece.body, len(rows), drafts


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_saving(client_for, host, world, section, moment) -> None:
    client, path = client_for("planner"), f"/bagian/{section}/sunting"
    kills = 0
    for kind, n in points(moment):
        words, token = f"Tulisan {kind} {n}.", f"dimatikan-{kind}-{n:03d}-kali"
        client.send(f"/bagian/{section}/draf", {"based_on": "1", "body": words, "skrip": "1"})
        before = state(world, section)
        assert before[3] == [words]
        form = {"based_on": str(before[0]), "body": words, "kiriman": token}
        killed = host.kills(client, path, form, kind, n)
        kills += killed
        saved = (before[0] + 1, words, before[2] + 1, [])
        after = state(world, section)
        assert after in (before, saved), "text and draft: both as before, or saved and gone"
        assert killed or after == saved, "answered, so it is there"
        again = client.send(path, form, token=token)
        assert again.status_code == 303 and state(world, section) == saved, (
            "once, whether or not it was there"
        )
        if not killed:
            break
    assert not killed and kills >= 2, "every point was passed"


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_meeting_a_clash(client_for, host, world, section, moment) -> None:
    """What was sent on an old version stands beside the text, once."""
    client, path = client_for("planner"), f"/bagian/{section}/sunting"
    client.send(path, {"based_on": "1", "body": "Orang lain lebih dahulu."})
    kills = 0
    for kind, n in points(moment):
        words, token = f"Tulisan lama {kind} {n}.", f"bentrok-{kind}-{n:03d}-kali"
        before = state(world, section)
        form = {"based_on": "1", "body": words, "kiriman": token}
        killed = host.kills(client, path, form, kind, n)
        kills += killed
        kept = (2, "Orang lain lebih dahulu.", before[2] + 1, [])
        assert state(world, section) in (before, kept)
        again = client.send(path, form, token=token)
        if again.status_code == 303:
            assert path_of(again).startswith(f"/bagian/{section}/"), "to what was kept"
        else:
            assert again.status_code == 409
        assert state(world, section) == kept
        with world():
            assert db.session.scalar(select(func.count(Revision.id)).where(Revision.body == words)) == 1
        if not killed:
            break
    assert not killed and kills >= 2


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_keeping_a_draft(client_for, host, world, section, moment, stopped) -> None:
    client, path = client_for("planner"), f"/bagian/{section}/draf"
    kills, before = 0, state(world, section)
    for kind, n in points(moment):
        words = f"Ketikan {kind} {n}"
        form = {"based_on": "1", "body": words, "skrip": "1", "kiriman": f"draf-{kind}-{n:03d}-kali-ini"}
        stopped.forward(seconds=30)
        killed = host.kills(client, path, form, kind, n)
        kills += killed
        after = state(world, section)
        assert after[:3] == before[:3], "a draft never touches the text"
        assert after[3] in (before[3], [words])
        assert killed or after[3] == [words], "“tersimpan sebagai draf” was said"
        client.send(path, form, token=form["kiriman"])
        before = state(world, section)
        assert before[3] == [words]
        if not killed:
            break
    assert not killed and kills >= 2


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.long)])
def test_processes_killed_while_many_write(app, store, world, ids, kills) -> None:
    """T1, small: processes of the served portal die at random; every answer that arrived was true."""
    with world():
        sections = [
            make.section(make.plan(ids["unit:bkpsdm"], year=2030 + n), body="Awal.").id for n in range(3)
        ]
        threads_of = {section: db.session.get_one(Section, section).thread_id for section in sections}
    accepted, last, over = Accepted(), {}, threading.Event()
    chance = random.Random(kills)

    def write(hand, section) -> None:
        version = 1
        while not over.is_set():
            words = f"Bagian {section} versi {version + 1}."
            draft = {"body": words, "skrip": "1"}
            answer = hand.insist(
                f"/draf/percakapan/{threads_of[section]}", draft, f"draf-bagian-{section}-{version:05d}"
            )
            if answer.status == 200:  # not throttled
                last[section] = words
            token = f"bagian-{section}-versi-{version:05d}"
            assert accepted.save(hand, Section, section, version, words, token) == 303
            version += 1

    with Server(store, workers=3) as server:
        hands = [browser(app, server, ids["planner"]) for _section in sections]
        faults: list[BaseException] = []

        def run(hand, section) -> None:
            try:
                write(hand, section)
            except BaseException as fault:
                faults.append(fault)
                over.set()

        threads = [threading.Thread(target=run, args=pair) for pair in zip(hands, sections, strict=True)]
        for thread in threads:
            thread.start()
        done = 0
        while done < kills and not over.is_set():
            seen = len(accepted.rows)
            deadline = time.monotonic() + 30
            while len(accepted.rows) < seen + 3 and not over.is_set() and time.monotonic() < deadline:
                time.sleep(chance.random() / 50)
            if workers := server.workers():
                with suppress(ProcessLookupError):  # the last one killed may have stood in the list yet
                    os.kill(chance.choice(workers), signal.SIGKILL)
                    done += 1
        over.set()
        for thread in threads:
            thread.join()
    assert not faults and done == kills, faults
    assert len(accepted.rows) >= 3 * kills
    check(world, accepted)
    with world():
        if store.kind == "sqlite":
            assert db.session.execute(db.text("PRAGMA integrity_check")).scalar() == "ok"
        kept = {row.place: row.fields["body"] for row in db.session.scalars(select(Draft))}
        assert kept == {f"thread:{threads_of[section]}": words for section, words in last.items()}
        assert db.session.scalar(select(func.count()).select_from(Submission)) == len(accepted.rows)
