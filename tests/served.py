"""The portal as it is served: gunicorn with several processes on 127.0.0.1, for tests that race, kill or starve them.

The server is forked from a process that has the portal imported already, so that it stands within a second. Its clock
stands still like that of the tests.
"""

from __future__ import annotations

import ctypes
import http.client
import multiprocessing
import os
import resource
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

import html5lib
from itsdangerous import URLSafeTimedSerializer

from portal import clock
from portal.submissions import FIELD
from tests import cast
from tests.conftest import build, new_session

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
BOUND = 60
"""Seconds after which a server or an answer counts as hanging."""


def _obey_modes() -> None:
    """Root may open any file; from here on this process obeys the modes of files like everybody."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    assert libc.capget(header, sets) == 0
    for place in range(3):
        sets[place] &= ~(1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH)
    assert libc.capset(header, sets) == 0


def _serve(
    folder: str, url: str, port: int, workers: int, wait: float, lowered: bool, patience: float
) -> None:
    from gunicorn.app.base import BaseApplication

    from portal import db as database
    from portal import gunicorn_worker

    os.setsid()
    clock.now = lambda: cast.NOW
    database.WAIT, gunicorn_worker.PATIENCE = wait, patience
    app = build(SimpleNamespace(folder=Path(folder)), url)

    if lowered:
        _obey_modes()

    class Server(BaseApplication):
        def load_config(self) -> None:
            settings = {
                "bind": f"127.0.0.1:{port}", "worker_class": "portal.gunicorn_worker.Worker", "workers": workers,
                "threads": 8, "graceful_timeout": 1, "timeout": BOUND, "loglevel": "critical", "keepalive": 15,
                "control_socket_disable": True, "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,
            }  # fmt: skip
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    Server().run()


def _is_alive(pid: int) -> bool:
    """Whether a thread of this process still runs; its first one may be over before the others."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return any((one / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX" for one in threads)
    except OSError:
        return Path(f"/proc/{pid}/task").exists()


class Server:
    """`with Server(store) as server`: it ends with all its processes, whatever the test does."""

    def __init__(
        self, store: Any, workers: int = 3, wait: float = 10.0, lowered: bool = False, patience: float = 15.0
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.store = store
        self.process = CONTEXT.Process(
            target=_serve, args=(str(store.folder), store.url, self.port, workers, wait, lowered, patience)
        )

    def __enter__(self) -> Server:
        self.process.start()
        deadline = time.monotonic() + BOUND
        while True:
            try:
                assert Browser(self.port, "").get("/masuk").status == 200
                return self
            except OSError:
                assert self.process.is_alive() and time.monotonic() < deadline, "the server did not start"
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        workers = self.workers()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self.process.kill()
        self.process.join()
        deadline = time.monotonic() + BOUND
        while any(map(_is_alive, workers)):  # what was killed holds its files open for a moment more
            assert time.monotonic() < deadline, "a killed process is still there"
            time.sleep(0.01)

    def workers(self) -> list[int]:
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(pid) for pid in found.stdout.split()]

    def limit_files(self, size: int | None) -> None:
        """No file of the server may grow beyond so many bytes, as on a full disk; None: there is room again."""
        _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        for pid in self.workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


class Answer(SimpleNamespace):
    """What came back: `status`, `text`, `headers`, `path` (where a redirect leads)."""

    @property
    def path(self) -> str:
        return urlsplit(self.headers.get("Location") or self.headers.get("HX-Redirect") or "").path

    def form(self, action: str) -> dict[str, str]:
        """What the form that posts to this address would send: hidden fields and boxes of text."""
        tree = html5lib.parse(self.text, treebuilder="etree", namespaceHTMLElements=False)
        [form] = [one for one in tree.iter("form") if one.get("action") == action]
        hidden = {
            one.get("name"): one.get("value") for one in form.iter("input") if one.get("type") == "hidden"
        }
        return hidden | {one.get("name"): one.text or "" for one in form.iter("textarea")}


class Browser:
    """One browser of one person; every request is a connection of its own."""

    def __init__(self, port: int, cookie: str, csrf: str = "") -> None:
        self.port, self.cookie, self.csrf = port, cookie, csrf

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BOUND)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie} | headers)
            response = connection.getresponse()
            return Answer(
                status=response.status,
                text=response.read().decode("utf-8", "replace"),
                headers=response.headers,
            )
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def send(
        self, path: str, form: dict[str, Any] | None = None, token: str | None = None, htmx: bool = False
    ) -> Answer:
        """Send a form with its two tokens."""
        content = {"csrf_token": self.csrf, FIELD: token or secrets.token_urlsafe(18)} | (form or {})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if htmx:
            headers |= {"HX-Request": "true", "HX-Request-Type": "partial"}
        return self._ask("POST", path, urlencode(content), headers)

    def insist(self, path: str, form: dict[str, Any], token: str, **more: Any) -> Answer:
        """Send a form until it is answered: whoever lost an answer sends the same form again."""
        deadline = time.monotonic() + BOUND
        while True:
            try:
                answer = self.send(path, form, token, **more)
                if answer.status not in (502, 503):
                    return answer
            except (OSError, http.client.HTTPException):
                pass
            assert time.monotonic() < deadline, "no answer"


def browser(app: Any, server: Server, person_id: int) -> Browser:
    """A browser in which this person has signed in."""
    raw = "0123456789abcdef" * 2
    serializer = app.session_interface.get_signing_serializer(app)
    csrf = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)
    cookie = f"sesi={new_session(app, person_id)}; rembuk={serializer.dumps({'csrf_token': raw})}"
    return Browser(server.port, cookie, str(csrf))


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all at once, each in a thread behind one barrier; what each gave, in order. A fault of one is raised here."""
    barrier = threading.Barrier(len(deeds))
    given: list[Any] = [None] * len(deeds)
    faults: list[BaseException] = []

    def go(place: int, deed: Callable[[], Any]) -> None:
        try:
            barrier.wait(BOUND)
            given[place] = deed()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=go, args=one) for one in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return given
