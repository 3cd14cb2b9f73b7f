"""A database that is full, locked, read-only or away: a sentence with 503, the text still there, nothing written by half,
and work goes on by itself once the fault is over. On the portal as it is served."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from select import select as select_lines
from types import SimpleNamespace

import psycopg
import pysqlite3
import pytest
from sqlalchemy import select, text

from portal.db import db
from portal.drafting.models import Revision, Section
from portal.ledger import Submission
from portal.people.models import Draft
from tests import factories as make
from tests.served import Answer, Browser, Server, browser

pytestmark = pytest.mark.slow

LONG_TEXT = "Naskah rencana yang panjang, dengan <b>tanda</b> & “kutipan”.\n\n" * 300
"""About as long as a text may be."""
WAIT = 0.3


@pytest.fixture
def section(world, ids) -> int:
    with world():
        return make.section(make.plan(ids["unit:bkpsdm"]), body="Awal.").id


@pytest.fixture
def sqlite_only(store) -> None:
    if store.kind != "sqlite":
        pytest.skip("a fault of SQLite's files")


@pytest.fixture
def postgresql_only(store) -> None:
    if store.kind != "postgresql":
        pytest.skip("a fault of PostgreSQL's server")


def contents(world) -> tuple:
    with world():
        return tuple(
            db.session.scalars(select(column)).all()
            for column in (Section.version, Section.body, Revision.sha256, Submission.token, Draft.saved_at)
        )


def refused(planner, section: int, form: dict[str, str], token: str) -> None:
    """Both ways of sending say what is the matter and keep the text; so does the draft."""
    path = f"/bagian/{section}/sunting"
    whole = planner.send(path, form, token)
    assert whole.status == 503 and "Belum ada yang tersimpan" in whole.text, (whole.status, whole.text[:300])
    again = whole.form(path)
    assert again["kiriman"] == token, "sent again from there it is the same form"
    assert again["body"] == form["body"] and again["based_on"] == form["based_on"]
    assert whole.headers["Retry-After"]
    part = planner.send(path, form, token, htmx=True)
    assert part.status == 503 and "Belum ada yang tersimpan" in part.text
    assert part.headers["HX-Retarget"] == "find [data-message]" and "<html" not in part.text
    assert planner.send(f"/bagian/{section}/draf", form | {"skrip": "1"}).status == 503


def recovered(world, planner, section: int, form: dict[str, str], token: str) -> None:
    """The same form again is saved once, without a restart of the portal."""
    path = f"/bagian/{section}/sunting"
    assert planner.insist(path, form, token).status == 303
    assert (
        planner.insist(path, form, token).status == 303
    )  # another process finds out by itself, with one more 503
    with world():
        assert db.session.get_one(Section, section).version == 2
        assert (
            db.session.scalars(select(Revision.body).where(Revision.number == 2)).one()
            == form["body"].strip()
        )


FORM = {"based_on": "1", "body": LONG_TEXT, "reason": ""}


@pytest.mark.parametrize("size", [16_384, 1])
def test_disk_is_full(sqlite_only, app, store, world, ids, section, size) -> None:
    with Server(store, workers=2) as server:
        planner = browser(app, server, ids["planner"])
        planner.get(f"/bagian/{section}")
        before = contents(world)
        server.limit_files(size)
        refused(planner, section, FORM, "cakram-penuh-sekali")
        assert planner.get(f"/bagian/{section}").status == 200, "what is there is still read"
        assert contents(world) == before
        server.limit_files(None)
        recovered(world, planner, section, FORM, "cakram-penuh-sekali")
    with world():
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


@pytest.fixture
def small_disk(postgresql_only, store, world) -> Iterator[Path]:
    """A file system of 1 MB of its own that holds what a save and a draft write."""
    folder = store.server.folder / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True
    ).returncode:
        pytest.skip("no file system may be mounted here")
    login = {"host": str(store.server.folder), "user": "portal", "autocommit": True}
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        with psycopg.connect(dbname="test", **login) as other:
            other.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
            for table in ("revision", "draft"):
                other.execute(f"ALTER TABLE {table} SET TABLESPACE small")
        yield folder
        with world():
            db.engine.dispose()
        store.server.drop_database("test")
        with psycopg.connect(dbname="template", **login) as other:
            other.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_disk_of_the_database_server_is_full(small_disk, app, store, world, ids, section) -> None:
    # What does not compress needs pages of its own; hardly a digit, or eighteen of them stand in a row.
    words = (base64.b32encode(secrets.token_bytes(35)).decode() for _line in range(300))
    form = FORM | {"body": "\n".join(words)}
    with Server(store, workers=2) as server:
        planner = browser(app, server, ids["planner"])
        before = contents(world)
        with (small_disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
            while ballast.write(bytes(512)):
                pass
        refused(planner, section, form, "cakram-peladen-penuh")
        assert planner.get(f"/bagian/{section}").status == 200, "what is there is still read"
        assert contents(world) == before
        (small_disk / "ballast").unlink()
        recovered(world, planner, section, form, "cakram-peladen-penuh")


@contextmanager
def held(store, world):
    """Another program holds the database for itself."""
    if store.kind == "sqlite":
        other = pysqlite3.connect(store.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(host=str(store.server.folder), user="portal", dbname="test")
        other.execute("LOCK TABLE revision, draft, submission IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


@pytest.mark.parametrize("wait", [WAIT, pytest.param(10.0, marks=pytest.mark.long)])
def test_database_is_locked_by_another_program(app, store, world, ids, section, wait) -> None:
    """With the portal's own patience (10 s) the three forms meet a lock of 30 s."""
    with Server(store, workers=2, wait=wait) as server:
        planner = browser(app, server, ids["planner"])
        before = contents(world)
        with held(store, world):
            refused(planner, section, FORM, "terkunci-oleh-yang-lain")
        assert contents(world) == before
        recovered(world, planner, section, FORM, "terkunci-oleh-yang-lain")


def test_lock_that_ends_in_time_is_waited_for(app, store, world, ids, section) -> None:
    with Server(store, workers=2) as server:
        planner, answers = browser(app, server, ids["planner"]), []
        send = threading.Thread(
            target=lambda: answers.append(
                planner.send(f"/bagian/{section}/sunting", FORM, "menunggu-giliran-ini")
            )
        )
        with held(store, world):
            send.start()
            send.join(0.5)
            assert not answers
        send.join()
        assert answers[0].status == 303


def test_database_server_goes_away_and_comes_back(postgresql_only, app, store, world, ids, section) -> None:
    with world():
        db.session.execute(text("ALTER DATABASE test SET synchronous_commit = on"))
    with app.app_context():
        db.engine.dispose()  # a connection that is open already goes on without it, and a crash loses its session
    with Server(store, workers=2) as server:
        planner = browser(app, server, ids["planner"])
        planner.get(f"/bagian/{section}")
        before = contents(world)
        with app.app_context():
            db.engine.dispose()
        store.server.crash()
        try:
            refused(planner, section, FORM, "peladen-basis-data-mati")
            page = planner.get(f"/bagian/{section}")
            assert page.status == 503 and "Portal sedang sibuk" in page.text and "<h1" in page.text
        finally:
            store.server.start_again()
        assert planner.get(f"/bagian/{section}").status == 200
        assert contents(world) == before
        recovered(world, planner, section, FORM, "peladen-basis-data-mati")


@pytest.mark.parametrize(
    "code",
    ["53100", "53200", "53300", "25006", "40001", "40P01", "55P03", "57014", "57P01", "58030"],
    ids=[
        "full",
        "memory",
        "connections",
        "read-only",
        "order",
        "deadlock",
        "lock",
        "cancelled",
        "ended",
        "i-o",
    ],
)
def test_passing_fault_of_the_database_server(postgresql_only, app, client_for, world, section, code) -> None:
    """PostgreSQL's words for faults that pass, as an insert meets them."""
    with world():
        db.session.execute(text(
            f"CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'fault' USING ERRCODE = '{code}'; END $$"
        ))  # fmt: skip
        db.session.execute(
            text("CREATE TRIGGER fault BEFORE INSERT ON revision FOR EACH ROW EXECUTE FUNCTION fault()")
        )
    before = contents(world)
    client, path = client_for("planner"), f"/bagian/{section}/sunting"
    answer = client.send(path, FORM, token="gangguan-yang-berlalu")
    assert answer.status_code == 503 and Answer(text=answer.text).form(path)["body"] == LONG_TEXT
    assert contents(world) == before
    with world():
        db.session.execute(text("DROP TRIGGER fault ON revision"))
    assert client.send(path, FORM, token="gangguan-yang-berlalu").status_code == 303


def test_database_is_read_only(sqlite_only, app, store, world, ids, section) -> None:
    """Also the connections that were opened meanwhile write again."""
    file = Path(store.url.removeprefix("sqlite:///"))
    planner_cookie = browser(app, SimpleNamespace(port=0), ids["planner"])
    before = contents(world)
    if os.geteuid() == 0:
        shutil.chown(file, "nobody")
    file.chmod(0o444)
    with Server(store, workers=2, lowered=True) as server:
        planner = Browser(server.port, planner_cookie.cookie, planner_cookie.csrf)
        assert planner.get(f"/bagian/{section}").status == 200
        refused(planner, section, FORM, "hanya-dapat-dibaca-saja")
        assert contents(world) == before
        for one in file.parent.glob("test.sqlite*"):  # SQLite gives its further files the mode of the first
            one.chmod(0o666)
        recovered(world, planner, section, FORM, "hanya-dapat-dibaca-saja")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/bagian/{section}/tanggapan", {"body": "setuju"}),
        ("/bagian/{section}/tanggapan", {"body": "\n\nBaris kosong di depan."}),
        ("/bagian/{section}/pemulihan", {"number": "1"}),
    ],
    ids=["one-word", "blank-lines", "button"],
)
def test_whatever_was_sent_is_sent_again_from_the_page_of_the_fault(
    client_for, section, app, path, form
) -> None:
    """A short word, a text that begins with empty lines, a button alone."""
    client, path, token = client_for("planner"), path.format(section=section), "dikirim-lagi-dari-sini"
    client.csrf()

    def fail() -> None:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT * FROM no_such")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.submissions.claim", fail)
        patch.setattr("portal.errors.OperationalError", Exception)
        answer = client.send(path, form, token=token)
    assert answer.status_code == 503
    again = Answer(text=answer.text).form(path)
    assert again["kiriman"] == token and again.items() >= form.items()


HEAD = b"POST /masuk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
DRIPPING = {
    "its head": (b"GET /masuk HTTP/1.1\r\nX-Slow: ", b"408"),
    "its body": (HEAD + b"Content-Length: 100000\r\n\r\nnip=", b"400"),
    "a piece without end": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 20 + b"\r\nnip=", b"400"),
}


@pytest.mark.parametrize("part", DRIPPING)
def test_a_request_that_drips_in_gives_its_thread_back(store, part):
    """As many of them as the server has threads, a byte at a time: each is refused, and others are served again."""
    first, code = DRIPPING[part]
    with Server(store, workers=1, patience=1.0) as server, ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
            for _thread in range(8)
        ]
        for line in lines:
            line.sendall(first)
        waiting = list(lines)
        for _byte in range(200):
            answered, _w, _x = select_lines(waiting, [], [], 0.1)
            for line in answered:
                assert line.recv(65536).split()[1] == code
                waiting.remove(line)
            for line in waiting:
                line.sendall(b"1")
        assert not waiting
        assert Browser(server.port, "").get("/masuk").status == 200
