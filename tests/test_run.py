"""./run as a newcomer meets it: it serves, ends with all it started, and says in one sentence why it cannot."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from portal import config
from portal.db import engine_options
from tests.test_headers import ALWAYS

TOP = Path(__file__).resolve().parent.parent
BOUND = 90
"""Seconds after which a command of these tests counts as hanging."""
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24
pytestmark = pytest.mark.slow


@pytest.fixture
def database(store, tmp_path) -> Iterator[str]:
    """The address of an empty database of its own."""
    if store.kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'run.sqlite'}"
        return
    store.server.create_database("run")
    yield store.server.url("run")
    store.server.drop_database("run")


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """What ./run finds around it: an instance folder of its own, and no settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return kept | {"PORTAL_INSTANCE": str(tmp_path / "instance")}


@pytest.fixture
def serve(environment, port) -> Iterator[Callable[..., Served]]:
    """Start ./run with these arguments; whatever the test does, none of its processes outlives it."""
    running: list[Served] = []

    def start(*arguments: str) -> Served:
        running.append(Served(environment, port, *arguments))
        return running[-1].wait()

    yield start
    for served in running:
        served.close()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refused(environment, *arguments, top=TOP, **options) -> str:
    """Run it, see it refuse with one sentence; returns the sentence."""
    done = subprocess.run(
        [str(top / "run"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=BOUND,
        **options,
    )
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def descendants(pid: int) -> set[int]:
    """The processes that this one started, and those that they started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it ended while we looked
    found, waiting = set(), [pid]
    while waiting:
        above = waiting.pop()
        children = {child for child, parent in parents.items() if parent == above} - found
        found |= children
        waiting.extend(children)
    return found


class Served:
    """A running ./run, and what it printed until it listened."""

    def __init__(self, environment: dict[str, str], port: int, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [str(TOP / "run"), "--port", str(port), *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.address = f"http://127.0.0.1:{port}"
        self.printed = ""

    def wait(self) -> Served:
        """Until it listens; its words are in `printed`."""
        assert self.process.stdout is not None
        while "Ctrl-C ends it." not in self.printed:
            line = self.process.stdout.readline()
            assert line, self.printed
            self.printed += line
        return self

    def status(self, path: str) -> int:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=20) as answer:
            return int(answer.status)

    def end(self, number: signal.Signals) -> tuple[int, float, set[int]]:
        """Exit code, seconds it took, and which of its processes are still there."""
        family = descendants(self.process.pid)
        began = time.monotonic()
        os.killpg(self.process.pid, number)
        code = self.process.wait(BOUND)
        took = time.monotonic() - began
        return code, took, {pid for pid in family if Path(f"/proc/{pid}").exists()}

    def close(self) -> None:
        if self.process.poll() is None:
            for pid in (*descendants(self.process.pid), self.process.pid):
                os.kill(pid, signal.SIGKILL)
            self.process.wait(BOUND)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_an_empty_portal_and_ends_with_all_its_processes(serve, database, number):
    served = serve("--empty", "--database", database)
    assert served.status("/masuk") == 200
    assert len(descendants(served.process.pid)) >= 3, "server, its processes, and the worker of jobs"
    assert "peragaan" not in served.printed
    code, took, left = served.end(number)
    assert (code, left) == (0, set())
    assert took < 5


HOST = b"Host: 127.0.0.1\r\nConnection: close\r\n"
PIECES = b"POST /masuk HTTP/1.1\r\n%bTransfer-Encoding: chunked\r\n%b\r\n" % (
    b"Content-Type: application/x-www-form-urlencoded\r\n",
    HOST,
)
GARBLED = {
    b"GET /%b HTTP/1.1\r\n%b\r\n" % (b"a" * 9000, HOST): b"414",
    b"GET / HTTP/1.1\r\nCookie: sesi=%b\r\n%b\r\n" % (b"a" * 9000, HOST): b"431",
    b"%b / HTTP/1.1\r\n%b\r\n" % (b"X" * 300, HOST): b"400",
    b"GET /ma\0suk HTTP/1.1\r\n%b\r\n" % HOST: b"400",
    b"GET / HTTP/9.9\r\n%b\r\n" % HOST: b"400",
    b"POST /masuk HTTP/1.1\r\nContent-Length: -1\r\n%b\r\n" % HOST: b"400",
    b"POST /masuk HTTP/1.1\r\nTransfer-Encoding: foo\r\n%b\r\n" % HOST: b"400",
    PIECES + b"zz\r\nabc\r\n": b"400",
    PIECES + b"3\r\nabcdef\r\n": b"400",
}


def test_what_is_no_request_is_refused_with_the_headers_of_every_answer(serve, database, port):
    serve("--empty", "--database", database)
    for sent, code in GARBLED.items():
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(sent)
            answer = b""
            while piece := line.recv(65536):
                answer += piece
        assert answer.split()[1] == code, (sent[:60], answer[:200])
        for name, value in ALWAYS.items():
            assert f"\r\n{name}: {value}\r\n".encode() in answer, (sent[:60], name)


def test_the_demo_is_served_on_loopback_only(serve, environment, database, port):
    served = serve("--database", database)
    assert "Kata sandi semua akun peragaan" in served.printed
    assert "Loading the demo" in served.printed
    served.end(signal.SIGTERM)
    said = refused(environment, "--host", "0.0.0.0", "--port", str(port), "--empty", "--database", database)
    assert "The demo is served on 127.0.0.1 only" in said


def test_no_demo_is_made_for_all_the_world(environment, database, port, tmp_path):
    said = refused(environment, "--host", "0.0.0.0", "--port", str(port), "--database", database)
    assert "The demo is served on 127.0.0.1 only" in said
    assert not (tmp_path / "instance").exists()
    if database.startswith("sqlite"):
        assert not Path(database.removeprefix("sqlite:///")).exists()
        return
    engine = create_engine(database, **engine_options(database))
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("host", ["::1x", "", "nirwana.invalid", "999.1.1.1"])
def test_a_host_that_is_no_address(environment, tmp_path, host):
    assert f"“{host}” is no address of this machine" in refused(environment, "--host", host)
    assert not (tmp_path / "instance").exists()


def test_an_embedded_database_is_readable_by_its_owner_alone(serve, tmp_path):
    assert (
        serve("--empty", "--database", f"sqlite:///{tmp_path / 'elsewhere.sqlite'}").status("/masuk") == 200
    )
    files = list(tmp_path.glob("elsewhere.sqlite*"))
    assert len(files) == 3, "with its log and its index"
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///:memory:", "sqlite:///a?mode=memory", "mysql://x"]
)
def test_a_database_that_cannot_be_kept(environment, tmp_path, address):
    assert "PORTAL_DATABASE_URL must" in refused(environment, "--database", address)
    assert not (tmp_path / "instance").exists()


def test_a_port_that_is_taken(environment, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        said = refused(environment, "--port", str(number))
    assert f"Port {number} on 127.0.0.1 cannot be used" in said
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize("arguments", [("--port", "0"), ("--port", "x"), ("--prot", "8000")])
def test_a_wrong_argument(environment, tmp_path, arguments):
    refused(environment, *arguments)
    assert not (tmp_path / "instance").exists()


def test_an_unknown_setting(environment, tmp_path):
    said = refused(environment | {"PORTAL_PROT": "8000"})
    assert said == "PORTAL_PROT is not a setting of the portal.\n"
    assert not (tmp_path / "instance").exists()


def test_a_database_newer_than_the_code(environment, database, port, tmp_path):
    engine = create_engine(database, **engine_options(database))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    said = refused(environment, "--port", str(port), "--database", database)
    assert "made by a newer release" in said
    assert not (tmp_path / "instance").exists()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


def without_root_rights() -> None:
    """Root may write everywhere by two capabilities; a child that gives them up meets folders like anybody else."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "capability cannot be given up")


@pytest.fixture
def as_anybody(tmp_path) -> dict[str, object]:
    """Options of subprocess with which a folder without the write bit cannot be written, also by root."""
    options = {"preexec_fn": without_root_rights} if os.geteuid() == 0 else {}
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    try:
        trial = subprocess.run(["touch", str(closed / "file")], capture_output=True, **options)
    except subprocess.SubprocessError:
        pytest.skip("root may not give up its capabilities here")
    assert trial.returncode != 0, "a folder without the write bit could be written"
    return options


def test_an_instance_folder_that_cannot_be_written(environment, tmp_path, port, as_anybody):
    folder = tmp_path / "closed"
    said = refused(environment | {"PORTAL_INSTANCE": str(folder)}, "--port", str(port), **as_anybody)
    assert said == f"The instance folder {folder} is not writable.\n"
    said = refused(environment | {"PORTAL_INSTANCE": str(folder / "x")}, "--port", str(port), **as_anybody)
    assert "cannot be made" in said
    assert not list(folder.iterdir())


# Before there is an environment: a copy of what makes it, with a python3 that is not as it should be.


@pytest.fixture
def clone(tmp_path) -> Path:
    """What stands in a fresh clone as far as ./run gets here."""
    top = tmp_path / "clone"
    (top / "tools").mkdir(parents=True)
    for name in ("run", "requirements.txt", "tools/bootstrap.py"):
        shutil.copy(TOP / name, top / name)
    return top


def with_python(environment: dict[str, str], folder: Path, change: str) -> dict[str, str]:
    """An environment in which `python3` is ours, changed by this statement before it runs its script."""
    program = f"import sys, runpy, importlib.util; {change}; sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
    stub = folder / "bin" / "python3"
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\nexec \'{sys.executable}\' -c "{program}" "$@"\n')
    stub.chmod(0o755)
    return environment | {"PATH": f"{stub.parent}:/usr/bin:/bin"}


def test_a_python_that_is_too_old(environment, clone, tmp_path):
    old = with_python(environment, tmp_path, "sys.version_info = (3, 9, 2); sys.version = '3.9.2 (default)'")
    said = refused(old, top=clone)
    assert said == "Rembuk needs Python 3.11 or newer; this is 3.9.2.\n"
    assert not (clone / ".venv").exists()


def test_a_missing_venv_module(environment, clone, tmp_path):
    change = "find = importlib.util.find_spec; importlib.util.find_spec = lambda name: name != 'ensurepip' and find(name) or None"
    said = refused(with_python(environment, tmp_path, change), top=clone)
    assert said == "Python's venv module is missing: install it with `apt install python3-venv`.\n"
    assert not (clone / ".venv").exists()


def test_a_clone_that_cannot_be_written(environment, clone, as_anybody):
    clone.chmod(0o500)
    said = refused(environment, top=clone, **as_anybody)
    assert said == f"The folder {clone} is not writable.\n"


def test_every_setting_has_its_row_in_the_readme():
    readme = (TOP / "README.md").read_text()
    assert [name for name in config.SETTINGS if f"`PORTAL_{name}`" not in readme] == []
