"""What must hold of every box at every moment (I1–I20 of the ballot box), on both databases."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from sqlalchemy import delete, func, insert, select, update

from portal.db import db
from portal.records import backup
from portal.voting import actions, box
from portal.voting.models import (
    Board,
    Envelope,
    EnvelopeArchive,
    KeyWrap,
    Option,
    Poll,
    Receipt,
    Result,
    Seal,
    VoterRoll,
    Witness,
)
from tests.people.test_races import together
from tests.records.test_backup import tools  # noqa: F401 (pg_dump and pg_restore of the server's version)
from tests.voting.steps import VOTERS, cast, open_box

pytestmark = pytest.mark.slow


def check(poll_id):
    """I1 to I10 and I15, from the tables as they stand."""
    poll = db.session.get(Poll, poll_id)
    envelopes = db.session.scalars(select(Envelope).where(Envelope.poll_id == poll_id)).all()
    receipts = set(db.session.scalars(select(Receipt.env_hash).where(Receipt.poll_id == poll_id)))
    roll = db.session.scalars(select(VoterRoll.person_id).where(VoterRoll.poll_id == poll_id)).all()
    assert len({e.person_id for e in envelopes}) == len(envelopes), "I1"
    assert {e.person_id for e in envelopes} <= set(roll), "I2"
    assert {e.env_hash for e in envelopes} <= receipts, "I4"
    assert all(len(e.sealed) == box.SEALED for e in envelopes), "I15"
    assert len({e.sealed for e in envelopes}) == len(envelopes), "I15"
    assert box.root(str(person).encode() for person in roll) == poll.roll_root, "I10"
    assert box.manifest_hash(actions._manifest(poll, poll.roll_root, len(roll))) == poll.manifest_hash, "I10"
    previous, held = actions.GENESIS, set()
    seals = db.session.scalars(select(Seal).where(Seal.poll_id == poll_id).order_by(Seal.n)).all()
    for n, seal in enumerate(seals):
        rows = select(Receipt.env_hash).where(Receipt.poll_id == poll_id, Receipt.seal_n <= n)
        then = set(db.session.scalars(rows))
        assert then >= held and (seal.n, seal.receipt_count, seal.prev_hash) == (n, len(then), previous), (
            "I10"
        )
        assert box.root(then) == seal.receipt_root, "I10"
        previous, held = seal.seal_hash, then
        assert previous == box.seal_hash(poll_id, n, len(then), seal.receipt_root, seal.prev_hash), "I10"
    if poll.closed_at is not None and poll.announced_at is None:
        assert poll.final_count == len(envelopes), "I7"
        assert poll.final_root == box.root(e.env_hash for e in envelopes), "I7, I10"
    if poll.announced_at is not None:
        board = db.session.scalars(
            select(Board.choice).where(Board.poll_id == poll_id).order_by(Board.seq)
        ).all()
        archive = db.session.scalars(
            select(EnvelopeArchive.env_hash).where(EnvelopeArchive.poll_id == poll_id)
        ).all()
        voted = db.session.scalar(
            select(func.count()).select_from(VoterRoll).where(VoterRoll.poll_id == poll_id, VoterRoll.voted)
        )
        assert not envelopes and poll.final_count == len(board) == len(archive) == voted, "I8"
        assert box.root(archive) == poll.final_root and set(archive) <= receipts, "I3, I10"
        assert board == sorted(board), "I8"
        tally = dict(
            db.session.execute(
                select(Result.option_position, Result.n).where(Result.poll_id == poll_id)
            ).all()
        )
        assert sum(tally.values()) == len(board), "I9"
        assert Counter(int(choice) for choice in board) == Counter({k: n for k, n in tally.items() if n}), (
            "I9"
        )
        assert poll.board_root == box.root(f"{n}|{choice}".encode() for n, choice in enumerate(board)), "I10"
    return len(receipts)


@pytest.mark.parametrize("seed", range(3))
def test_invariants_hold_after_every_step_of_a_random_vote(
    opened, client_for, voters, witnesses, stopped, world, seed
):
    poll, codes = opened
    dice = random.Random(seed)
    clients = {voter: client_for(voter) for voter in voters}
    last, tokens, shown = {}, {}, set()
    for n in range(25):
        voter, choice = dice.choice(voters), dice.randrange(3)
        again = voter in tokens and dice.random() < 0.3
        token = tokens[voter] if again else f"kiriman-nomor-{seed}-{n:04d}"
        with world():
            before = db.session.get(Envelope, (poll, voter))
            before = (before.rev, before.env_hash) if before else (0, None)
        assert cast(clients[voter], poll, choice, token).status_code == 303
        with world():
            after = db.session.get(Envelope, (poll, voter))
            shown.add(after.env_hash)
            if again:
                assert (after.rev, after.env_hash) == before, "I5"
            else:
                assert after.rev == before[0] + 1, "I6"
                tokens[voter], last[voter] = token, choice
            assert check(poll) == len(shown), "I3, I4"
    stopped.forward(days=1, hours=8)
    with world():
        actions.close_due()
    for voter in last:
        client = clients[voter].sign_in(voter)
        assert cast(client, poll, 0).status_code == 403, "I7"
        assert cast(client, poll, 0, tokens[voter]).status_code == 303, "I19"
    with world():
        check(poll)
    stopped.forward(days=1)
    assert open_box(client_for, poll, codes, witnesses).status_code == 303
    with world():
        assert check(poll) == len(shown), "I3"
        tally = dict(db.session.execute(select(Result.option_position, Result.n)).all())
        assert {k: n for k, n in tally.items() if n} == Counter(last.values())
    for digest in shown:
        page = client_for(None).page(f"/tanda-terima?kotak={poll}&kode={box.receipt_text(digest)}")
        assert "tercatat di kotak ini" in page.text, "I3"


def another_envelope(poll):
    """Stuffing: a sealed ballot beside a voter who cast none, with a mac of another key."""
    row = db.session.get(Poll, poll)
    absent = db.session.scalar(
        select(VoterRoll.person_id).where(
            VoterRoll.poll_id == poll,
            VoterRoll.person_id.not_in(select(Envelope.person_id).where(Envelope.poll_id == poll)),
        )
    )
    sealed = box.seal(row.pubkey, row.manifest_hash, [0])
    digest = box.env_hash(sealed)
    db.session.add(Receipt(poll_id=poll, env_hash=digest))
    db.session.add(
        Envelope(
            poll_id=poll, person_id=absent, rev=1, form_token="disusupkan-orang-dalam", sealed=sealed,
            env_hash=digest, mac=box.mac(b"another key", poll, absent, digest),
        )
    )  # fmt: skip


def one(poll):
    return Envelope.poll_id == poll, Envelope.person_id == select(
        func.min(Envelope.person_id)
    ).scalar_subquery()


CHANGES = {
    "sealed": lambda p: update(Envelope).where(*one(p)).values(sealed=bytes(box.SEALED)),
    "hash": lambda p: update(Envelope).where(*one(p)).values(env_hash=bytes(32)),
    "mac": lambda p: update(Envelope).where(*one(p)).values(mac=bytes(32)),
    "removed": lambda p: delete(Envelope).where(*one(p)),
    "receipt": lambda p: delete(Receipt).where(Receipt.env_hash == select(func.min(Receipt.env_hash)).scalar_subquery()),
    "foreign receipt": lambda p: insert(Receipt).values(poll_id=p, env_hash=bytes(32)),
    "option": lambda p: update(Option).where(Option.poll_id == p, Option.position == 0).values(text="Menolak"),
    "question": lambda p: update(Poll).where(Poll.id == p).values(question="Apakah gaji dinaikkan?"),
    "key": lambda p: update(Witness).where(Witness.poll_id == p, Witness.slot == "C").values(public_key=bytes(32)),
    "roll": lambda p: delete(VoterRoll).where(VoterRoll.person_id == select(func.max(VoterRoll.person_id)).scalar_subquery()),
}  # fmt: skip


@pytest.mark.parametrize(
    ("when", "change"),
    [("after closing", change) for change in (*CHANGES, "stuffed")]
    + [("before closing", change) for change in ("sealed", "option", "roll", "stuffed")],
)
def test_i11_what_was_changed_by_sql_stops_the_opening(
    opened, client_for, voters, witnesses, stopped, world, when, change
):
    """Only what is taken out before closing shows in no table: its voter finds it, on the page of the check period."""
    poll, codes = opened
    for n, voter in enumerate(voters[:-1]):
        cast(client_for(voter), poll, n % 2)
    if when == "after closing":
        stopped.forward(days=1, hours=8)
        with world():
            actions.close_due()
    with world():
        if change == "stuffed":
            another_envelope(poll)
        else:
            db.session.execute(CHANGES[change](poll).execution_options(synchronize_session=False))
    stopped.forward(days=2, hours=8)
    answer = open_box(client_for, poll, codes, witnesses)
    assert answer.status_code == 409, answer.text
    assert "kotak tidak dibuka" in answer.text
    assert not [code for code in codes if code in answer.text], "no code goes back to a screen"
    with world():
        assert db.session.scalar(select(func.count()).select_from(Board)) == 0
        assert db.session.get(Poll, poll).announced_at is None


def test_older_envelope_put_back_shows_another_receipt(opened, client_for, voters, stopped, world):
    """Threat 7b: its mac is right, so the voter finds it in the check period."""
    poll, _codes = opened
    client = client_for(voters[0])
    cast(client, poll, 0)
    columns = [c for c in Envelope.__table__.columns if c.name not in ("poll_id", "person_id")]
    with world():
        old = dict(db.session.execute(select(*columns)).mappings().one())
    cast(client, poll, 1)
    kept = re.search(
        r'receipt-code">([^<]+)<', client.get(f"/pemungutan-suara/{poll}/tanda-terima").text
    ).group(1)
    with world():
        db.session.execute(update(Envelope).values(**old))
    stopped.forward(days=1, hours=8)
    page = client.sign_in(voters[0]).page(f"/pemungutan-suara/{poll}")
    assert "bila berbeda, sampaikan kepada saksi" in page.text
    assert kept.replace(" ", "-") not in page.text
    assert box.receipt_text(old["env_hash"]) in page.text


def test_removed_envelope_is_seen_by_its_voter(opened, client_for, voters, stopped, world):
    poll, _codes = opened
    client = client_for(voters[0])
    cast(client, poll, 0)
    with world():
        db.session.execute(delete(Envelope))
    stopped.forward(days=1, hours=8)
    page = client_for(voters[0]).page(f"/pemungutan-suara/{poll}")
    assert "Tidak ada amplop Anda di kotak ini" in page.text


def test_i16_no_single_code_opens_by_any_field(opened, client_for, voters, witnesses, stopped, world):
    poll, codes = opened
    cast(client_for(voters[0]), poll, 0)
    stopped.forward(days=2, hours=8)
    for n, slot in enumerate("ABC"):
        tries = [
            {f"code-{slot}": codes[n]},
            {f"code-{other}": codes[n] for other in "ABC"},
            {f"code-{slot}": codes[n], "code-D": codes[n]},
            {f"code-{slot}": codes[n], "code-B" if slot != "B" else "code-A": " ".join(codes)},
        ]
        for typed in tries:
            answer = client_for(witnesses[n]).send(f"/pemungutan-suara/{poll}/pembukaan", typed)
            assert answer.status_code == 422
            assert codes[n] not in answer.text
    outsider = client_for(voters[0]).send(
        f"/pemungutan-suara/{poll}/pembukaan", {"code-A": codes[0], "code-B": codes[1]}
    )
    assert outsider.status_code == 403
    with world():
        assert db.session.get(Poll, poll).announced_at is None


def test_i17_before_the_opening_no_page_depends_on_the_choices(
    client_for, ids, witnesses, voters, stopped, world
):
    from tests.voting.steps import codes_of, prepared

    polls = [prepared(client_for, ids, witnesses) for _ in range(2)]
    for poll, choices in zip(polls, ((0, 0, 0, 0, 0, 1), (1, 2, 1, 2, 1, 2)), strict=True):
        codes_of(client_for, poll, witnesses)
        client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara")
        for voter, choice in zip(voters, choices, strict=True):
            assert cast(client_for(voter), poll, choice).status_code == 303

    def page(who, path):
        answer = client_for(who).get(path)
        return re.sub(r"\b[0-9a-f]{8}( [0-9a-f]{8})+|\w{4}([- ]\w{4}){3}|[\w.-]{16,}|\d+", "#", answer.text)

    for length in (0, 32, 56):
        stopped.forward(hours=length)
        for who in (voters[0], "staff", "leader", "planner", "secretary", "auditor", witnesses[0]):
            for path in ("", "/amplop", "/tanda-terima", "/pembukaan", "/saksi"):
                first, second = (page(who, f"/pemungutan-suara/{poll}{path}") for poll in polls)
                assert first == second
            assert "Jumlah suara" not in page(who, f"/pemungutan-suara/{polls[0]}")


@pytest.mark.parametrize(("ballots", "shown"), [(0, False), (4, False), (5, True), (6, True)])
def test_i18_totals_only_with_five_ballots(
    opened, client_for, voters, witnesses, stopped, world, ballots, shown
):
    poll, codes = opened
    for voter in voters[:ballots]:
        cast(client_for(voter), poll, 1)
    stopped.forward(days=2, hours=8)
    assert open_box(client_for, poll, codes, witnesses).status_code == 303
    for who in ("staff", "leader", "auditor", witnesses[0]):
        page = client_for(who).page(f"/pemungutan-suara/{poll}")
        assert ("Jumlah suara" in page.text) is shown
        assert ("Kurang dari lima suara" in page.text) is not shown
        assert f"Kehadiran suara, {ballots} dari 9" in page.text


def test_i20_restored_backup_opens_to_the_tally_of_its_moment(
    app, opened, client_for, voters, witnesses, stopped, world, tmp_path
):
    poll, codes = opened
    for voter in voters:
        cast(client_for(voter), poll, 0)
    with app.app_context():
        backup.backup(tmp_path / "cadangan")
        db.session.remove()
        db.engine.dispose()
    for voter in voters:
        cast(client_for(voter), poll, 1)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        backup.restore(tmp_path / "cadangan")
        db.engine.dispose()
    stopped.forward(days=2, hours=8)
    assert open_box(client_for, poll, codes, witnesses).status_code == 303
    with world():
        check(poll)
        assert dict(db.session.execute(select(Result.option_position, Result.n)).all()) == {
            0: VOTERS,
            1: 0,
            2: 0,
        }


def test_old_ballot_sent_again_exchanges_nothing(opened, client_for, voters, world):
    """Back, and sent again, after the vote was changed: a conflict with a fresh ballot, not a third envelope."""
    poll, _codes = opened
    client = client_for(voters[0])
    cast(client, poll, 0, "surat-suara-pertama", receipt="")
    with world():
        first = box.receipt_text(db.session.get(Envelope, (poll, voters[0])).env_hash)
    assert first in client.get(f"/pemungutan-suara/{poll}/amplop").text
    cast(client, poll, 1, "surat-suara-kedua-ini", receipt=first)
    again = cast(client, poll, 0, "surat-suara-pertama", receipt="")
    assert again.status_code == 409
    assert "dibuka sebelum suara terakhir Anda" in again.text
    with world():
        assert db.session.get(Envelope, (poll, voters[0])).rev == 2
        fresh = box.receipt_text(db.session.get(Envelope, (poll, voters[0])).env_hash)
    assert f'value="{fresh}"' in again.text


def test_cancelled_box_holds_neither_key_nor_envelope(opened, client_for, voters, witnesses, stopped, world):
    poll, codes = opened
    cast(client_for(voters[0]), poll, 0)
    assert client_for("leader").send(f"/pemungutan-suara/{poll}/pembatalan").status_code == 303
    with world():
        for table in (KeyWrap, Envelope):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0
    stopped.forward(days=2, hours=8)
    assert open_box(client_for, poll, codes, witnesses).status_code == 403


def test_box_is_either_opened_or_cancelled(opened, client_for, voters, witnesses, stopped, world):
    poll, codes = opened
    for voter in voters:
        cast(client_for(voter), poll, 0)
    stopped.forward(days=2, hours=8)
    answers = together(
        lambda: open_box(client_for, poll, codes, witnesses).status_code,
        lambda: client_for("leader").send(f"/pemungutan-suara/{poll}/pembatalan").status_code,
    )
    assert answers == [303, 403]
    with world():
        row = db.session.get(Poll, poll)
        assert (row.announced_at is None) is not (row.cancelled_at is None)
