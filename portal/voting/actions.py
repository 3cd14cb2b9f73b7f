"""What changes a poll and its box. Every step is one transaction: all of it, or nothing."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from nacl.public import PrivateKey
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import audit, clock, jobs, throttle
from portal.db import db, hold
from portal.discussion.actions import new_thread
from portal.errors import Conflict, throttled
from portal.ledger import Job
from portal.people.authority import Held
from portal.people.models import Person
from portal.voting import box, queries, rules
from portal.voting.models import (
    Board,
    Departure,
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

GENESIS = b"\0" * 32
A_MINUTE, MINUTE = 20, 60
"""So many envelopes a person may put into boxes within a minute: each of them leaves a receipt for ever."""
COUNTED = "suara:"


def memory() -> int:
    """Bytes that deriving a witness's key takes; tests set it lower."""
    return int(current_app.config.get("CODE_MEMORY", box.MEMORY))


def prepare(
    unit_id: int,
    plan_id: int | None,
    question: str,
    options: list[tuple[str, int | None]],
    opens_at: datetime,
    closes_at: datetime,
    k: int,
    witnesses: list[Person],
    quorum: int | None,
    user: Any,
    duty: Held,
) -> Poll:
    """Write a question down with its options, each with the proposal it stands for if it does, and its witnesses."""
    poll = Poll(
        unit_id=unit_id,
        plan_id=plan_id,
        thread_id=new_thread().id,
        by_id=user.id,
        duty_id=duty.duty_id,
        question=question,
        kind="single",
        opens_at=opens_at,
        closes_at=closes_at,
        k=k,
        n=len(witnesses),
        quorum=quorum,
        min_cell=rules.SMALLEST,
    )
    db.session.add(poll)
    db.session.flush()
    db.session.add_all(
        Option(poll_id=poll.id, position=n, text=text, proposal_id=proposal_id)
        for n, (text, proposal_id) in enumerate(options)
    )
    db.session.add_all(
        Witness(poll_id=poll.id, slot=box.SLOTS[n], person_id=person.id, salt=box.new_salt())
        for n, person in enumerate(witnesses)
    )
    db.session.flush()
    audit.record("prepared", f"poll:{poll.id}", duty_id=duty.duty_id, after=question)
    return poll


def store_key(witness: Witness, public_key: bytes) -> None:
    """Keep the public half of a witness's key; the code itself is never stored."""
    changed = db.session.execute(
        update(Witness)
        .where(
            Witness.poll_id == witness.poll_id,
            Witness.slot == witness.slot,
            Witness.code_tested_at.is_(None),
            Witness.public_key.is_not_distinct_from(witness.public_key),
        )
        .values(public_key=public_key)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("Kode Anda baru saja ditampilkan di tempat lain. Silakan muat ulang halaman ini."))
    audit.record("fetched a code", f"poll:{witness.poll_id}")


def mark_tested(witness: Witness) -> None:
    """The code that was compared is this witness's for good; Conflict where a new one was fetched meanwhile."""
    changed = db.session.execute(
        update(Witness)
        .where(
            Witness.poll_id == witness.poll_id,
            Witness.slot == witness.slot,
            Witness.public_key == witness.public_key,
        )
        .values(code_tested_at=clock.now())
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("Kode Anda baru saja diganti. Silakan uji kode yang baru."))
    audit.record("tested a code", f"poll:{witness.poll_id}")


def lock(poll: Poll) -> None:
    """Hold the poll's row until the transaction ends, and read it as it stands now."""
    hold(poll)


def _manifest(poll: Poll, roll_root: bytes, roll_count: int) -> dict[str, Any]:
    return {
        "poll": poll.id,
        "question": poll.question,
        "options": [option.text for option in poll.options],
        "opens_at": poll.opens_at.astimezone(UTC).isoformat(),
        "closes_at": poll.closes_at.astimezone(UTC).isoformat(),
        "k": poll.k,
        "n": poll.n,
        "quorum": poll.quorum,
        "roll_count": roll_count,
        "roll_root": roll_root.hex(),
        "pubkey": (poll.pubkey or b"").hex(),
        "witnesses": {w.slot: (w.public_key or b"").hex() for w in poll.witnesses},
    }


def open_poll(poll: Poll, people: list[int], duty: Held) -> None:
    """Freeze question and roll, make the box's key and wrap it to the witnesses; the bare key is forgotten."""
    key = box.new_key()
    poll.pubkey = bytes(key.public_key)
    public_keys = {witness.slot: witness.public_key or b"" for witness in poll.witnesses}
    for slots, wrapped in box.wrap(key, public_keys, poll.k).items():
        db.session.add(KeyWrap(poll_id=poll.id, slots=slots, wrapped=wrapped))
    del key
    db.session.execute(
        insert(VoterRoll), [{"poll_id": poll.id, "person_id": person, "voted": False} for person in people]
    )
    poll.roll_count = len(people)
    poll.roll_root = box.root(str(person).encode() for person in people)
    poll.manifest_hash = box.manifest_hash(_manifest(poll, poll.roll_root, len(people)))
    poll.opened_at = clock.now()
    db.session.flush()
    _seal(poll)
    audit.record("opened", f"poll:{poll.id}", duty_id=duty.duty_id, after=poll.manifest_hash.hex())


def _seal(poll: Poll) -> None:
    """Chain a root over all receipts so far."""
    last = db.session.scalar(select(Seal).where(Seal.poll_id == poll.id).order_by(Seal.n.desc()).limit(1))
    number, previous = (last.n + 1, last.seal_hash) if last else (0, GENESIS)
    db.session.execute(
        update(Receipt).where(Receipt.poll_id == poll.id, Receipt.seal_n.is_(None)).values(seal_n=number)
    )
    hashes = list(db.session.scalars(select(Receipt.env_hash).where(Receipt.poll_id == poll.id)))
    receipts = box.root(hashes)
    db.session.add(
        Seal(
            poll_id=poll.id,
            n=number,
            receipt_count=len(hashes),
            receipt_root=receipts,
            prev_hash=previous,
            seal_hash=box.seal_hash(poll.id, number, len(hashes), receipts, previous),
            sealed_at=clock.now(),
        )
    )
    db.session.flush()


def cast(poll: Poll, person_id: int, token: str, position: int, before: str | None = None) -> bytes:
    """Put an envelope into the box, or exchange it; the same token again changes nothing. Returns its hash.

    `before` is the receipt of the voter's last envelope when the ballot was handed out ("" for none): an older ballot,
    sent again by mistake, is a Conflict. The caller holds the poll's row, and has seen that the box is open.
    """
    assert poll.pubkey is not None
    assert poll.manifest_hash is not None
    own = queries.own_envelope(poll, person_id)
    if own is not None and own.form_token == token:
        return own.env_hash
    if before is not None and before != (box.receipt_text(own.env_hash) if own else ""):
        raise Conflict(_("Surat suara ini dibuka sebelum suara terakhir Anda, sehingga tidak dimasukkan."))
    sealed = box.seal(poll.pubkey, poll.manifest_hash, [position])
    digest = box.env_hash(sealed)
    values = {
        "form_token": token,
        "sealed": sealed,
        "env_hash": digest,
        "mac": box.mac(current_app.config["BALLOT_KEY"], poll.id, person_id, digest),
    }
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    accepted = db.session.scalar(
        dialect.insert(Envelope)
        .values(poll_id=poll.id, person_id=person_id, rev=1, **values)
        .on_conflict_do_update(
            index_elements=["poll_id", "person_id"],
            set_={"rev": Envelope.rev + 1, **values},
            where=Envelope.form_token != token,
        )
        .returning(Envelope.rev)
    )
    if accepted is None:  # a copy of this form was quicker
        own = queries.own_envelope(poll, person_id)
        assert own is not None
        return own.env_hash
    db.session.execute(insert(Receipt).values(poll_id=poll.id, env_hash=digest))
    return digest


def count_cast(person_id: int) -> None:
    """Count one more envelope of this person in this minute, or raise a 429. The counter holds neither name nor time:
    without the key that ties envelopes to voters nobody can tell whose it is, or of when."""
    minute = int(clock.now().timestamp()) // MINUTE
    name = hmac.new(
        current_app.config["BALLOT_KEY"], f"{COUNTED}{person_id}|{minute}".encode(), hashlib.sha256
    )
    key = COUNTED + name.hexdigest()
    throttle.note(key, throttle.TIMELESS)  # first, so that copies at the same moment wait for each other
    if throttle.count(key, throttle.TIMELESS) > A_MINUTE:
        raise throttled(
            _("Suara Anda terlalu sering diganti. Silakan tunggu satu menit, lalu kirim kembali."),
            int(throttle.wait(MINUTE).total_seconds()),
        )


def forget_counts() -> None:
    """Forget how often people voted within a minute."""
    throttle.forget_all(COUNTED)


def hold_for_cast(poll: Poll) -> None:
    """Share the poll's row with other voters, and shut out its closing, until the transaction ends."""
    hold(poll, shared=True)


def close(poll: Poll) -> None:
    """Freeze the number and the root of the envelopes; done by the worker, or by whatever comes first."""
    lock(poll)
    if poll.closed_at is not None or poll.opened_at is None or poll.cancelled_at is not None:
        return
    hashes = list(db.session.scalars(select(Envelope.env_hash).where(Envelope.poll_id == poll.id)))
    poll.final_count = len(hashes)
    poll.final_root = box.root(hashes)
    poll.closed_at = clock.now()
    _seal(poll)
    audit.record("closed", f"poll:{poll.id}", anonymous=True, after=poll.final_root.hex())


def close_due() -> int:
    """Close every poll whose time is over; returns how many."""
    due = db.session.scalars(
        select(Poll).where(
            Poll.opened_at.is_not(None),
            Poll.closed_at.is_(None),
            Poll.cancelled_at.is_(None),
            Poll.closes_at <= clock.now(),
        )
    ).all()
    for poll in due:
        close(poll)
    return len(due)


def cancel(poll: Poll, duty: Held) -> None:
    """End a poll unread: the wraps of its key and the envelopes are destroyed. The caller holds the poll's row."""
    db.session.execute(delete(KeyWrap).where(KeyWrap.poll_id == poll.id))
    db.session.execute(delete(Envelope).where(Envelope.poll_id == poll.id))
    poll.cancelled_at = clock.now()
    audit.record("cancelled", f"poll:{poll.id}", duty_id=duty.duty_id)
    jobs.enqueue("scrub", f"scrub:{poll.id}", {})


def open_box(poll: Poll, keys: dict[str, PrivateKey]) -> None:
    """Open all envelopes into a board without names; any fault stops the whole opening.

    WrongCode: the codes are not of a sufficient set. Conflict: what is in the box is not what was put there.
    The caller holds the poll's row.
    """
    close(poll)
    wraps = {
        slots: wrapped
        for slots, wrapped in db.session.execute(
            select(KeyWrap.slots, KeyWrap.wrapped).where(KeyWrap.poll_id == poll.id)
        )
    }
    assert poll.pubkey is not None
    assert poll.manifest_hash is not None
    key = box.unwrap(wraps, keys, poll.pubkey)
    envelopes = db.session.scalars(select(Envelope).where(Envelope.poll_id == poll.id)).all()
    ballots = [box.Ballot(e.person_id, e.sealed, e.env_hash, e.mac) for e in envelopes]
    _refuse_altered(poll, ballots)
    try:
        choices = box.open_all(
            ballots, key, poll.manifest_hash, poll.id, current_app.config["BALLOT_KEY"], len(poll.options)
        )
    except box.Tampered as fault:
        raise Conflict(_("Amplop %(code)s tidak utuh; kotak tidak dibuka.", code=str(fault))) from None
    _publish(poll, choices, sorted((b.digest, b.sealed) for b in ballots))


def _refuse_altered(poll: Poll, ballots: list[box.Ballot]) -> None:
    """Conflict when question, roll, envelopes or receipts are not those that were frozen at opening and at closing."""
    roll = list(db.session.scalars(select(VoterRoll.person_id).where(VoterRoll.poll_id == poll.id)))
    roll_root = box.root(str(person).encode() for person in roll)
    if roll_root != poll.roll_root or len(roll) != poll.roll_count:
        raise Conflict(_("Daftar pemilih tidak sama dengan saat dibuka; kotak tidak dibuka."))
    if box.manifest_hash(_manifest(poll, roll_root, len(roll))) != poll.manifest_hash:
        raise Conflict(
            _("Pertanyaan, pilihan, atau saksinya tidak sama dengan saat dibuka; kotak tidak dibuka.")
        )
    if len(ballots) != poll.final_count or box.root(b.digest for b in ballots) != poll.final_root:
        raise Conflict(_("Isi kotak tidak sama dengan saat ditutup; kotak tidak dibuka."))
    receipts = set(db.session.scalars(select(Receipt.env_hash).where(Receipt.poll_id == poll.id)))
    sealed = db.session.scalar(
        select(Seal.receipt_root).where(Seal.poll_id == poll.id).order_by(Seal.n.desc()).limit(1)
    )
    if box.root(receipts) != sealed or not {b.digest for b in ballots} <= receipts:
        raise Conflict(_("Daftar tanda terima tidak sama dengan saat ditutup; kotak tidak dibuka."))


def _publish(poll: Poll, choices: list[int], archive: list[tuple[bytes, bytes]]) -> None:
    """Write board, tally and archive, each sorted, and take the envelopes with their names away."""
    if choices:
        db.session.execute(
            insert(Board),
            [{"poll_id": poll.id, "seq": n, "choice": str(choice)} for n, choice in enumerate(choices)],
        )
        db.session.execute(
            insert(EnvelopeArchive),
            [{"poll_id": poll.id, "env_hash": digest, "sealed": sealed} for digest, sealed in archive],
        )
    db.session.execute(
        insert(Result),
        [
            {"poll_id": poll.id, "stratum": "", "option_position": o.position, "n": choices.count(o.position)}
            for o in poll.options
        ],
    )
    db.session.execute(
        update(VoterRoll)
        .where(
            VoterRoll.poll_id == poll.id,
            VoterRoll.person_id.in_(select(Envelope.person_id).where(Envelope.poll_id == poll.id)),
        )
        .values(voted=True)
    )
    db.session.execute(delete(Envelope).where(Envelope.poll_id == poll.id))
    poll.board_root = box.root(f"{n}|{choice}".encode() for n, choice in enumerate(choices))
    poll.announced_at = clock.now()
    audit.record("announced", f"poll:{poll.id}", after=poll.board_root.hex())
    jobs.enqueue("scrub", f"scrub:{poll.id}", {})
    db.session.flush()


@jobs.handler("scrub", _l("Membersihkan sisa kotak suara"))
def scrub(_job: Job) -> None:
    """Overwrite what the database still holds of destroyed envelopes in its free pages and its journal.

    A job, so that it comes also when the server is killed after the opening, and makes nobody wait.
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # VACUUM stands outside of transactions
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
            connection.exec_driver_sql("BEGIN")
        if busy:
            raise TimeoutError("a reader kept the journal from being emptied")
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET lock_timeout = '3s'"))  # voters of another poll would wait behind it
        try:
            connection.execute(text("VACUUM (FULL) envelope, key_wrap, voter_roll"))
        finally:
            connection.execute(text("RESET lock_timeout"))


def depart(poll: Poll, reason: str, user: Any, duty: Held) -> None:
    """A leader decides otherwise than the result, and says why."""
    lock(poll)
    if queries.departure(poll) is not None:
        raise Conflict(_("Alasan menyimpang sudah ditulis dan tidak diubah."))
    db.session.add(
        Departure(poll_id=poll.id, reason=reason, by_id=user.id, duty_id=duty.duty_id, at=clock.now())
    )
    audit.record("departed", f"poll:{poll.id}", duty_id=duty.duty_id, after=reason)
