"""A process that sends one form to the portal and is killed at a chosen moment of it.

The moments are counted here, by listening to the database's own events: nothing in the portal knows of it. A host
builds the portal once and forks a process for each form.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import event

from portal import clock
from portal.db import db
from tests.conftest import Client, build

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
MOMENTS = {"statement": "before_cursor_execute", "commit": "commit", "committed": "after_commit"}
BOUND = 60


def _send(app: Any, now: datetime, key: str, path: str, form: dict[str, Any], moment: str, n: int) -> None:
    clock.now = lambda: now
    client = Client(app)
    client.app, client.ids = app, {}
    client.set_cookie("sesi", key)
    left = n

    def step(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        event.listen(db.session if moment == "committed" else db.engine, MOMENTS[moment], step)
    token = form.pop("kiriman")
    answer = client.send(path, form, token=token)
    os._exit(0 if answer.status_code in (200, 303, 409) else 1)


def _host(folder: str, url: str, line: Any) -> None:
    """Fork a process for each form that comes through the line; ends when the line does."""
    app = build(SimpleNamespace(folder=Path(folder)), url)
    while True:
        try:
            order = line.recv()
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            try:
                _send(app, *order)
            finally:
                os._exit(1)
        line.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


class Host:
    """`with Host(store) as host: host.kills(…)`."""

    def __init__(self, store: Any) -> None:
        self.line, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_host, args=(str(store.folder), store.url, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()
        self.process.join(5)
        self.process.kill()

    def kills(self, client: Any, path: str, form: dict[str, Any], moment: str, n: int) -> bool:
        """Whether a process was killed at the n-th `moment` of sending the form; False: it got its answer first."""
        self.line.send((clock.now(), client.get_cookie("sesi").value, path, dict(form), moment, n))
        assert self.line.poll(BOUND), "no answer and no death"
        code = self.line.recv()
        assert code in (-signal.SIGKILL, 0), code
        return bool(code)
