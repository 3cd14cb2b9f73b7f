"""A vote from preparation to the opened box, by its own screens."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from portal.db import db
from portal.ledger import Attempt, AuditEvent
from portal.people.models import Person
from portal.submissions import FIELD
from portal.voting import actions, box
from portal.voting.models import Board, Envelope, KeyWrap, Poll, Receipt, Result, VoterRoll, Witness
from tests.voting.steps import VOTERS, cast, codes_of, open_box, prepared

pytestmark = pytest.mark.slow


def test_whole_vote(opened, client_for, voters, witnesses, stopped, world):
    poll, codes = opened
    for n, voter in enumerate(voters):
        client = client_for(voter)
        assert cast(client, poll, n % 2).status_code == 303
        page = client.page(f"/pemungutan-suara/{poll}/tanda-terima")
        assert "Suara Anda sudah di dalam kotak" in page.text
    stopped.forward(days=1, hours=8)
    assert cast(client_for(voters[0]), poll, 0).status_code == 403
    assert open_box(client_for, poll, codes, witnesses).status_code == 403, "the check period"
    stopped.forward(days=1)
    assert open_box(client_for, poll, codes, witnesses).status_code == 303
    with world():
        assert db.session.scalar(select(func.count()).select_from(Envelope)) == 0
        assert db.session.scalars(select(Board.choice).order_by(Board.seq)).all() == ["0"] * 3 + ["1"] * 3
        assert dict(db.session.execute(select(Result.option_position, Result.n)).all()) == {0: 3, 1: 3, 2: 0}
        voted = db.session.scalar(select(func.count()).select_from(VoterRoll).where(VoterRoll.voted))
        assert voted == VOTERS == db.session.get(Poll, poll).final_count
    text = client_for("staff").page(f"/pemungutan-suara/{poll}").text
    assert "bersifat masukan" in text and "Suara terbanyak berimbang: Setuju, Tidak setuju." in text
    assert open_box(client_for, poll, codes, witnesses).status_code == 403, "opened once"


def test_same_form_again_gives_same_receipt(opened, client_for, voters, world):
    poll, _codes = opened
    client = client_for(voters[0])
    cast(client, poll, 0, token="sekali-saja-sekali-saja")
    with world():
        before = db.session.get(Envelope, (poll, voters[0])).env_hash
    cast(client, poll, 1, token="sekali-saja-sekali-saja")
    with world():
        envelope = db.session.get(Envelope, (poll, voters[0]))
        assert (envelope.env_hash, envelope.rev) == (before, 1)
        assert len(envelope.sealed) == box.SEALED


def test_changing_exchanges_the_envelope_and_keeps_both_receipts(opened, client_for, voters, world):
    poll, _codes = opened
    client = client_for(voters[0])
    for choice in (0, 1):
        cast(client, poll, choice)
    with world():
        assert db.session.get(Envelope, (poll, voters[0])).rev == 2
        hashes = db.session.scalars(select(Receipt.env_hash)).all()
    assert len(hashes) == 2
    for digest in hashes:
        found = client_for(None).page(f"/tanda-terima?kotak={poll}&kode={box.receipt_text(digest)}")
        assert "Amplop ini tercatat di kotak ini" in found.text
    missing = client_for(None).page(f"/tanda-terima?kotak={poll}&kode=AAAA-AAAA-AAAA-AAAA")
    assert "Tidak ditemukan" in missing.text


def test_public_page_tells_no_question_to_who_may_not_know_of_it(opened, client_for, voters):
    poll, _codes = opened
    cast(client_for(voters[0]), poll, 0)
    for who, told in ((None, False), ("neighbour", False), (voters[0], True), ("leader", True)):
        page = client_for(who).page("/tanda-terima")
        assert f"Nomor {poll}" in page.text, who
        assert ("Apakah loket dibuka pada hari Sabtu?" in page.text) is told, who
    assert (
        f"Pemungutan suara nomor {poll}"
        in client_for(voters[0]).page(f"/pemungutan-suara/{poll}/tanda-terima").text
    )


def test_stranger_to_the_roll_cannot_vote(opened, client_for):
    poll, _codes = opened
    assert cast(client_for("neighbour"), poll, 0).status_code == 404
    assert cast(client_for("secretary"), poll, 0).status_code == 403


def test_nothing_chosen_is_told_and_nothing_is_cast(opened, client_for, voters, world):
    poll, _codes = opened
    for choice in ("", "9", "x", "-1", "99999999999"):
        response = cast(client_for(voters[0]), poll, choice)
        assert response.status_code == 422
        assert "Mohon pilih satu" in response.text
    with world():
        assert db.session.get(Envelope, (poll, voters[0])) is None


def test_answer_does_not_depend_on_the_choice(opened, client_for, voters):
    poll, _codes = opened
    lengths = {
        (answer.status_code, len(answer.data), answer.headers.get("Content-Encoding"))
        for choice in (0, 1, 2)
        for answer in [cast(client_for(voters[choice]), poll, choice)]
    }
    assert len(lengths) == 1


def test_no_event_names_the_voter(opened, client_for, voters, world):
    poll, _codes = opened
    cast(client_for(voters[0]), poll, 0)
    with world():
        assert not db.session.scalars(select(AuditEvent.id).where(AuditEvent.by_id == voters[0])).all()


@pytest.mark.parametrize("field", ["sealed", "mac", "removed"])
def test_tampered_box_is_not_opened(opened, client_for, voters, witnesses, stopped, world, field):
    poll, codes = opened
    for voter in voters:
        cast(client_for(voter), poll, 0)
    stopped.forward(days=2, hours=8)
    with world():
        actions.close_due()
    with world():
        one = db.session.scalars(select(Envelope)).first()
        if field == "removed":
            db.session.delete(one)
        else:
            value = bytes(box.SEALED) if field == "sealed" else bytes(32)
            db.session.execute(
                update(Envelope).where(Envelope.person_id == one.person_id).values({field: value})
            )
    assert open_box(client_for, poll, codes, witnesses).status_code == 409
    with world():
        assert db.session.scalar(select(func.count()).select_from(Board)) == 0


def test_one_code_does_not_open(opened, client_for, voters, witnesses, stopped, world):
    poll, codes = opened
    cast(client_for(voters[0]), poll, 0)
    stopped.forward(days=2, hours=8)
    response = client_for(witnesses[0]).send(f"/pemungutan-suara/{poll}/pembukaan", {"code-A": codes[0]})
    assert response.status_code == 422
    with world():
        assert db.session.get(Poll, poll).announced_at is None


def test_under_five_ballots_no_counts_are_shown(opened, client_for, voters, witnesses, stopped):
    poll, codes = opened
    for voter in voters[:3]:
        cast(client_for(voter), poll, 0)
    stopped.forward(days=2, hours=8)
    assert open_box(client_for, poll, codes, witnesses).status_code == 303
    assert "Kurang dari lima suara" in client_for("staff").page(f"/pemungutan-suara/{poll}").text


def test_failure_while_opening_leaves_all_as_it_was(
    opened, client_for, voters, witnesses, stopped, world, monkeypatch
):
    poll, codes = opened
    for voter in voters:
        cast(client_for(voter), poll, 0)
    stopped.forward(days=2, hours=8)

    def fail(*_args, **_kwargs):
        raise RuntimeError("the machine stops here")

    with monkeypatch.context() as patch:
        patch.setattr(actions.audit, "record", fail)
        assert open_box(client_for, poll, codes, witnesses).status_code == 500
    with world():
        assert db.session.scalar(select(func.count()).select_from(Envelope)) == VOTERS
        assert db.session.scalar(select(func.count()).select_from(Board)) == 0


def test_cancelled_box_can_never_be_opened(opened, client_for, world):
    poll, _codes = opened
    assert client_for("leader").send(f"/pemungutan-suara/{poll}/pembatalan").status_code == 303
    with world():
        assert db.session.scalar(select(func.count()).select_from(KeyWrap)) == 0
    assert "dihapus tanpa dibaca" in client_for("staff").page(f"/pemungutan-suara/{poll}").text


def test_unit_that_became_small_has_no_vote(client_for, ids, witnesses, voters, world):
    poll = prepared(client_for, ids, witnesses)
    codes_of(client_for, poll, witnesses)
    with world():
        for person in voters[:5]:
            db.session.get(Person, person).left_on = date(2026, 3, 2)
    response = client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara")
    assert response.status_code == 403
    assert "paling sedikit lima pegawai" in response.text
    assert "paling sedikit lima pegawai" in client_for("staff").page(f"/pemungutan-suara/{poll}").text


def test_cannot_open_before_codes_are_tested(client_for, ids, witnesses, voters, world):
    poll = prepared(client_for, ids, witnesses)
    assert client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara").status_code == 403
    with world():
        assert (
            db.session.scalars(select(Witness.public_key).where(Witness.poll_id == poll)).all() == [None] * 3
        )


def test_employee_cannot_prepare(client_for):
    assert client_for("staff").get("/pemungutan-suara/baru").status_code == 403


def test_time_until_opening_follows_the_clock(opened, client_for, voters, stopped, world):
    poll, _codes = opened
    cast(client_for(voters[0]), poll, 0)
    stopped.forward(hours=40)
    with world():
        assert actions.close_due() == 1
        row = db.session.get(Poll, poll)
        assert row.closed_at - row.closes_at < timedelta(days=1)
    with world():
        assert actions.close_due() == 0


def test_only_so_many_ballots_a_minute(opened, client_for, voters, stopped, world):
    """And the counter says neither who nor when, and is forgotten."""
    poll, _codes = opened
    client = client_for(voters[0])
    for n in range(actions.A_MINUTE):
        assert cast(client, poll, n % 3).status_code == 303
    refused = cast(client, poll, 1)
    assert refused.status_code == 429
    assert "Suara Anda terlalu sering diganti." in refused.text
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert cast(client_for(voters[1]), poll, 1).status_code == 303
    with world():
        assert db.session.scalar(select(Envelope.rev).where(Envelope.person_id == voters[0])) == 20
        counts = db.session.execute(select(Attempt.key, Attempt.window, Attempt.count)).all()
        assert sorted((window, count) for _key, window, count in counts) == [(0, 1), (0, 20)]
    stopped.forward(minutes=1)
    assert cast(client, poll, 2).status_code == 303
    with world():
        later = db.session.scalars(select(Attempt.key)).all()
        assert len(set(later)) == 3, "the same person has another name in another minute"
        actions.forget_counts()
        assert db.session.scalar(select(Attempt.key)) is None


def test_head_of_the_ballot_casts_nothing(opened, client_for, voters, world):
    """A HEAD stands for a GET: it carries no CSRF token, and what is sent along is no form."""
    poll, _codes = opened
    form = {FIELD: "satu-kiriman-lewat-kepala", "choice": "0"}
    answer = client_for(voters[0]).open(f"/pemungutan-suara/{poll}/amplop", method="HEAD", data=form)
    assert answer.status_code == 200
    assert not answer.data
    with world():
        assert db.session.scalar(select(Envelope.rev)) is None
