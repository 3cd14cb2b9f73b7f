"""What who reads the database, its journal, its copies or the answers tries to learn from them (T16, I13–I15)."""

from __future__ import annotations

import shutil

import pysqlite3
import pytest
from sqlalchemy import inspect, select, text

from portal import jobs
from portal.db import Base, db
from portal.voting.models import Board, EnvelopeArchive, VoterRoll
from tests.voting.steps import VOTERS, cast, codes_of, open_box, prepared

pytestmark = pytest.mark.slow

PATTERNS = ((0, 1, 0, 1, 0, 1), (1, 0, 1, 0, 1, 0), (0, 0, 0, 1, 1, 1))
"""Who chose what, in three votes of the same people: the tally is the same in all."""


def voted(client_for, ids, witnesses, voters, stopped, choices, *, opens=True):
    """A whole vote in which the voters choose this, in the order of their names; returns its number."""
    poll = prepared(client_for, ids, witnesses)
    codes = codes_of(client_for, poll, witnesses)
    client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara")
    for voter, choice in zip(voters, choices, strict=True):
        assert cast(client_for(voter), poll, choice).status_code == 303
    if opens:
        now = stopped.now()
        stopped.forward(days=2, hours=8)
        assert open_box(client_for, poll, codes, witnesses).status_code == 303
        stopped.set(now)
    return poll


def stored(poll, tables=("board", "result", "voter_roll"), physical=""):
    """Every row of these tables for a poll, in the order in which the database gives or keeps them."""
    return [
        [
            tuple(row)[1:]
            for row in db.session.execute(text(f"SELECT * FROM {t} WHERE poll_id = {poll} {physical}"))
        ]
        for t in tables
    ]


def physical_order():
    return "ORDER BY rowid" if db.engine.dialect.name == "sqlite" else "ORDER BY ctid"


def test_what_stays_depends_on_the_tally_alone(client_for, ids, witnesses, voters, stopped, world):
    """Rows and their physical order are the same whoever chose what, so that no order gives a hint."""
    polls = [voted(client_for, ids, witnesses, voters, stopped, pattern) for pattern in PATTERNS]
    with world():
        first, *others = [stored(poll, physical=physical_order()) for poll in polls]
        assert others == [first, first]
        archive = db.session.scalars(
            select(EnvelopeArchive.env_hash).where(EnvelopeArchive.poll_id == polls[0])
        ).all()
        assert archive == sorted(archive), "the sealed envelopes lie in the order of their hashes"
        assert len(archive) == VOTERS


def test_one_transaction_wrote_every_row_that_stays(
    client_for, ids, witnesses, voters, stopped, world, store
):
    """The join on PostgreSQL's hidden column pairs each voter with each ballot: it says nothing."""
    if store.kind != "postgresql":
        pytest.skip("only PostgreSQL keeps the transaction beside each row")
    voted(client_for, ids, witnesses, voters, stopped, PATTERNS[0])
    with world():
        for table in ("board", "envelope_archive", "result"):
            count = db.session.scalar(text(f"SELECT count(DISTINCT xmin::text) FROM {table}"))
            assert count == 1, table
        pairs = db.session.execute(
            text(
                "SELECT r.person_id, b.choice FROM voter_roll r JOIN board b"
                " ON b.xmin::text::bigint - r.xmin::text::bigint BETWEEN 0 AND 3 WHERE r.voted"
            )
        ).all()
    assert len(pairs) == VOTERS * VOTERS, "every voter beside every ballot"


def commits(journal: bytes):
    """Where each committed transaction of a WAL ends, in bytes."""
    size = int.from_bytes(journal[8:12], "big")
    salt, place = journal[16:24], 32
    while place + 24 + size <= len(journal) and journal[place + 8 : place + 16] == salt:
        place += 24 + size
        if int.from_bytes(journal[place - size - 20 : place - size - 16], "big"):
            yield place


def test_replaying_the_journal_shows_no_ballot_alone(
    app, client_for, ids, witnesses, voters, stopped, store, tmp_path
):
    """The WAL commit by commit: names without choices until the opening, then all choices at once without names."""
    if store.kind != "sqlite":
        pytest.skip("SQLite's journal; PostgreSQL's holds the same two transactions")
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(store.folder / "test.sqlite", tmp_path / "base.sqlite")
    reader = pysqlite3.connect(str(store.folder / "test.sqlite"), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM poll").fetchone()  # as long as it reads, the journal only grows
    voted(client_for, ids, witnesses, voters, stopped, PATTERNS[0])
    journal = (store.folder / "test.sqlite-wal").read_bytes()
    reader.close()
    seen = []
    for end in commits(journal):
        copy = tmp_path / "copy.sqlite"
        for suffix in ("", "-wal", "-shm"):
            copy.with_name(f"copy.sqlite{suffix}").unlink(missing_ok=True)
        shutil.copyfile(tmp_path / "base.sqlite", copy)
        copy.with_name("copy.sqlite-wal").write_bytes(journal[:end])
        connection = pysqlite3.connect(str(copy))
        counts = "envelope", "board", "result", "envelope_archive", "voter_roll WHERE voted"
        seen.append(tuple(connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in counts))
        connection.close()
    before = [state for state in seen if state[0]]
    assert before == sorted(before) and before[-1][0] == VOTERS, "the journal was really replayed"
    assert {state[1:] for state in before} == {(0, 0, 0, 0)}
    after = seen[len(seen) - seen[::-1].index(before[-1]) :]
    assert {*after} == {(0, VOTERS, 3, VOTERS, VOTERS)}


def everything():
    """All rows of all tables, by table."""
    return {
        table.name: {tuple(row) for row in db.session.execute(select(table))}
        for table in Base.metadata.sorted_tables
    }


def test_two_snapshots_around_a_ballot_differ_alike_for_every_choice(
    client_for, ids, witnesses, voters, stopped, world
):
    poll = voted(client_for, ids, witnesses, voters, stopped, PATTERNS[0], opens=False)
    shapes = set()
    for choice in (0, 1, 2):
        client = client_for(voters[0])
        client.csrf()
        with world():
            old = everything()
        cast(client, poll, choice, f"kiriman-yang-nomor-{choice}")
        with world():
            new = everything()
        differing = {name for name in new if new[name] != old[name]}
        assert differing == {"attempt", "envelope", "receipt"}, "and no event, no time, no job"
        added = sorted(
            (name, *(len(value) if isinstance(value, bytes) else type(value).__name__ for value in row))
            for name in differing
            for row in new[name] - old[name]
        )
        shapes.add(repr(added))
    assert len(shapes) == 1


def test_after_the_opening_no_row_joins_a_name_with_an_envelope(
    app, client_for, ids, witnesses, voters, stopped, world
):
    poll = voted(client_for, ids, witnesses, voters, stopped, PATTERNS[0])
    with app.app_context():
        jobs.run_due()
        db.session.remove()
    with world():
        tables = inspect(db.session.connection())
        for table in tables.get_table_names():
            columns = {column["name"] for column in tables.get_columns(table)}
            if columns & {"env_hash", "sealed", "choice", "option_position"}:
                assert not columns & {"person_id", "by_id"} or not stored(poll, (table,))[0], table
        assert db.session.scalars(select(VoterRoll.stratum).distinct()).all() == [None]
        assert db.session.scalars(select(Board.stratum).distinct()).all() == [None]


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip, deflate, br"}])
def test_answers_have_one_length_and_are_never_compressed(
    opened, client_for, voters, witnesses, stopped, headers
):
    """Also what refuses: nothing chosen, no token, an old ballot, a closed box, an ended session."""
    poll, _codes = opened
    path = f"/pemungutan-suara/{poll}/amplop"

    def answers(choice, who, **form):
        client = client_for(who)
        sent = client.send(path, {"choice": choice} | form, headers=headers)
        shown = [
            client.get(f"/pemungutan-suara/{poll}{end}", headers=headers)
            for end in ("", "/amplop", "/tanda-terima")
        ]
        for answer in (sent, *shown):
            assert "Content-Encoding" not in answer.headers, answer.request.path
        return [(a.status_code, len(a.data), a.headers.get("Content-Length")) for a in (sent, *shown)]

    for form in ({}, {"receipt": "AAAA-AAAA-AAAA-AAAA"}, {"kiriman": "x"}, {"csrf_token": "x"}):
        lengths = {repr(answers(choice, voters[choice], **form)) for choice in (0, 1, 2)}
        assert len(lengths) == 1, lengths
    public = client_for(None).get(f"/tanda-terima?kotak={poll}&kode=AAAA-AAAA-AAAA-AAAA", headers=headers)
    assert "Content-Encoding" not in public.headers
    signed_out = {len(client_for(None).send(path, {"choice": c}, headers=headers).data) for c in (0, 1, 2)}
    assert len(signed_out) == 1
    stopped.forward(days=1, hours=8)
    assert len({repr(answers(choice, voters[choice])) for choice in (0, 1, 2)}) == 1
