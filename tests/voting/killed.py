"""A child process that sends one form to the portal and is killed at a chosen moment of it.

The moments are counted here, by listening to the database's own events: nothing in the portal knows of it.
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


def _send(
    folder: str, url: str, now: datetime, key: str, path: str, form: dict[str, Any], moment: str, n: int
) -> None:
    clock.now = lambda: now
    app = build(SimpleNamespace(folder=Path(folder)), url)
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
    os._exit(0 if answer.status_code == 303 else 1)


def is_killed(store, client, now: datetime, path: str, form: dict[str, Any], moment: str, n: int) -> bool:
    """Whether the child was killed at the n-th `moment` of sending the form; False: it got its answer first."""
    key = client.get_cookie("sesi").value
    child = CONTEXT.Process(
        target=_send, args=(str(store.folder), store.url, now, key, path, dict(form), moment, n)
    )
    child.start()
    child.join(60)
    assert child.exitcode in (-signal.SIGKILL, 0), child.exitcode
    return bool(child.exitcode)
