"""What leaders do to a notice at the same moment, by real threads on a barrier."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.changes.models import Acknowledgement, Concern, NoticeRevision, Reply
from portal.db import db
from tests import factories as make
from tests.people.test_races import together

pytestmark = pytest.mark.slow
COPIES = 8
PARTS = {"what": "Loket menjadi satu.", "why": "Antrean panjang.", "benefit": "Satu antrean.", "when": "Mulai April.", "still_open": "Jam bukanya."}  # fmt: skip


@pytest.fixture
def notice(world, ids):
    with world():
        return make.notice(ids["unit:bkpsdm"], ids["leader"]).id


def many(client_for, *people):
    clients = [client_for(person) for person in people]
    for client in clients:
        client.csrf()
    return clients


def test_two_versions_at_once(client_for, notice, world):
    clients = many(client_for, *["leader", "secretary"] * (COPIES // 2))
    form = PARTS | {"number": "1", "material": "y"}
    answers = together(
        *(
            lambda c=client: c.send(f"/pemberitahuan/{notice}/versi/baru", form).status_code
            for client in clients
        )
    )
    assert answers == [303] + [409] * (COPIES - 1)
    with world():
        numbers = select(NoticeRevision.number).order_by(NoticeRevision.number)
        assert db.session.scalars(numbers).all() == [1, 2]


def test_many_replies_at_once(client_for, notice, ids, world):
    with world():
        concern = make.concern(db.session.get_one(make.Notice, notice), ids["staff"]).id
    clients = many(client_for, *["leader", "secretary"] * (COPIES // 2))
    form = {"opened": "0", "kind": "answered", "text": "Petugasnya dua orang."}
    answers = together(
        *(lambda c=client: c.send(f"/kekhawatiran/{concern}/balasan", form).status_code for client in clients)
    )
    assert answers == [303] + [409] * (COPIES - 1)
    with world():
        assert db.session.scalars(select(Reply.number)).all() == [1]


def test_one_person_answers_a_notice_in_many_tabs(client_for, notice, world):
    clients = many(client_for, *["staff"] * COPIES)
    form = {"number": "1", "kind": "understood", "body": "", "voice": "named"}
    answers = together(
        *(
            lambda c=client: c.send(f"/pemberitahuan/{notice}/tanda-paham", form).status_code
            for client in clients
        )
    )
    assert answers == [303] * COPIES
    with world():
        assert len(db.session.scalars(select(Acknowledgement.id)).all()) == 1
        assert db.session.scalar(select(Concern.id)) is None
