"""Talking about a proposal: replies, edits within minutes, struck words, another's comment."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.discussion.models import Comment
from tests import factories as make
from tests.conftest import read


@pytest.fixture
def proposal(world, ids):
    with world():
        return make.proposal(make.plan(ids["unit:bkpsdm"]), ids["colleague"], clock.now()).id


@pytest.fixture
def comment(client_for, proposal, world):
    client_for("staff").send(f"/usulan/{proposal}/tanggapan", {"body": "Saya mengalami hal yang sama."})
    with world():
        return db.session.scalars(select(Comment.id)).one()


def test_author_edits_within_fifteen_minutes_and_it_stays_visible(client_for, proposal, comment, stopped):
    client = client_for("staff")
    stopped.forward(minutes=14)
    assert (
        client.send(f"/tanggapan/{comment}/sunting", {"body": "Kami mengalami hal yang sama."}).status_code
        == 303
    )
    text = client.page(f"/usulan/{proposal}").text
    assert "Kami mengalami" in text
    assert "disunting" in text


def test_later_it_can_only_be_struck_and_stays_readable(client_for, proposal, comment, stopped):
    stopped.forward(minutes=16)
    client = client_for("staff")
    refused = client.send(f"/tanggapan/{comment}/sunting", {"body": "Lain."})
    assert refused.status_code == 403
    assert "15 menit" in refused.text
    assert client.send(f"/tanggapan/{comment}/coretan").status_code == 303
    text = client.page(f"/usulan/{proposal}").text
    assert "Saya mengalami hal yang sama." in text
    assert "dicoret penulisnya" in text
    assert client.send(f"/tanggapan/{comment}/coretan").status_code == 403


@pytest.mark.parametrize("who", ["colleague", "leader", "planner", "steward"])
def test_nobody_else_edits_or_strikes(client_for, comment, who):
    for deed in ("sunting", "coretan"):
        assert client_for(who).send(f"/tanggapan/{comment}/{deed}", {"body": "Lain."}).status_code == 403


def test_reply_to_a_reply_stands_under_the_first_remark(client_for, proposal, comment, world):
    path = f"/usulan/{proposal}/tanggapan"
    client_for("leader").send(path, {"body": "Terima kasih.", "parent": comment})
    with world():
        reply = db.session.scalars(select(Comment.id).where(Comment.parent_id == comment)).one()
    client_for("staff").send(path, {"body": "Sama-sama.", "parent": reply})
    with world():
        parents = db.session.scalars(select(Comment.parent_id).order_by(Comment.id)).all()
    assert parents == [None, comment, comment]


def test_reply_into_another_thread_is_a_conflict(client_for, comment, world, ids):
    with world():
        other = make.proposal(make.plan(ids["unit:diskominfo"]), ids["neighbour"], clock.now()).id
    response = client_for("staff").send(
        f"/usulan/{other}/tanggapan", {"body": "Salah alamat.", "parent": comment}
    )
    assert response.status_code == 409
    assert "Salah alamat." in response.text, "what was typed is kept"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "Mohon tulis"),
        ("x" * 4001, "4000"),
        ("a\x00b", "huruf kendali"),
        ("1990 0101 2015 0121 01", "NIP"),
    ],
)
def test_bad_words_are_told_beside_the_field(client_for, proposal, world, body, said):
    response = client_for("staff").send(f"/usulan/{proposal}/tanggapan", {"body": body})
    assert response.status_code == 422
    assert said in read(response).errors()["body"]
    with world():
        assert db.session.scalars(select(Comment.id)).all() == []


def test_ended_stage_says_why(client_for, ids, world):
    from datetime import date

    with world():
        plan = make.plan(
            ids["unit:bkpsdm"], starts={"draft": date(2026, 2, 20), "verification": date(2026, 3, 1)}
        )
        proposal = make.proposal(plan, ids["colleague"], clock.now()).id
    response = client_for("staff").send(f"/usulan/{proposal}/tanggapan", {"body": "Terlambat."})
    assert response.status_code == 403
    assert "hanya bagi yang bertugas" in response.text
