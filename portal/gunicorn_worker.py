"""gunicorn's worker with threads, so that new connections go to the process that has the fewest."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HESITATION = 0.0004
"""Seconds for each connection that a process holds already."""
LONGEST = 0.004


@cache
def _read_templates(app: Any) -> None:
    """Once, before a process is forked: each would spend its first page on it."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


class Worker(ThreadWorker):  # type: ignore[misc]
    """All processes wake for a new connection, and the busiest is often the first to take it.

    A browser keeps its connection, so that a few dozen of them could share one processor while the other one idles.
    A process that holds connections hesitates for an instant; meanwhile an idle one has taken it.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        if self.cfg.preload_app:
            _read_templates(self.app.wsgi())

    def accept(self, listener: Any) -> None:
        if self.nr_conns:
            time.sleep(min(self.nr_conns * HESITATION, LONGEST))
        super().accept(listener)
