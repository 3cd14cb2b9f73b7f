"""gunicorn's worker with threads: new connections go to the process that has the fewest, and what is no HTTP is refused in
the portal's own manner."""

from __future__ import annotations

import gc
import socket
import threading
import time
from contextlib import suppress
from functools import cache
from typing import Any

from gunicorn.http import get_parser
from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.http.unreader import SocketUnreader
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from portal import headers

LONGEST_TURN = 0.05
"""Seconds that a request of the same process is waited for."""
HESITATION = 0.0004
"""Seconds for each connection that a process holds already."""
LONGEST = 0.004
PATIENCE = 15.0
"""Seconds that a request may take to arrive, and one more for each SLOWEST bytes of it."""
SLOWEST = 16 * 1024
LINGER = 0.5


class TooSlow(ParseException):  # type: ignore[misc]
    """The request drips in; it must not keep one of the few threads from everybody else."""


REFUSALS = {
    TooSlow: "408 Request Timeout",
    LimitRequestLine: "414 URI Too Long",
    LimitRequestHeaders: "431 Request Header Fields Too Large",
    ExpectationFailed: "417 Expectation Failed",
}
YOUNG = 10_000
"""New objects after which the collector looks for garbage: a page makes some thousands, and nearly all die by themselves."""
SENTENCE = "Permintaan ini tidak dapat dibaca.\n"
"""Nobody's language is known yet."""


class Patient(SocketUnreader):  # type: ignore[misc]
    """Reads a request as long as it comes at a bearable pace; gunicorn alone would wait for ever."""

    def begin(self) -> None:
        self.until = time.monotonic() + PATIENCE

    def chunk(self, size_hint: int | None = None) -> bytes:
        if self.sock.gettimeout() is not None:  # what nobody read is thrown away, in gunicorn's own time
            return super().chunk(size_hint)  # type: ignore[no-any-return]
        if (left := self.until - time.monotonic()) <= 0:
            raise TooSlow
        self.sock.settimeout(left)
        try:
            piece: bytes = super().chunk(size_hint)
        except TimeoutError:
            raise TooSlow from None
        finally:
            self.sock.settimeout(None)
        self.until += len(piece) / SLOWEST
        return piece


def _take_leave(line: socket.socket) -> None:
    """Let the last words arrive. gunicorn waits for it too, but on the one thread that takes in all connections."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_WR)
        until = time.monotonic() + LINGER
        while (left := until - time.monotonic()) > 0:
            line.settimeout(left)
            if not line.recv(65536):
                break
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


@cache
def _read_templates(app: Any) -> None:
    """Once, before a process is forked: each would spend its first page on it."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


class Turns:
    """The requests of a process one after the other, on SQLite: its driver lets the interpreter go at every row, and
    threads that wrest it from each other take half as much time again for the same work. A request that takes long, or
    waits, is not waited for. On PostgreSQL a thread that waits for the server leaves the processor to the others.
    """

    def __init__(self, app: Any) -> None:
        self._app, self._turn = app, threading.Lock()
        self.config = app.config

    def take(self) -> threading.Lock:
        turn = self._turn
        if not turn.acquire(timeout=LONGEST_TURN):
            turn = threading.Lock()
            turn.acquire()
            self._turn = turn
        return turn

    def __call__(self, environ: Any, start_response: Any) -> Any:
        turn = self.take()
        try:
            return self._app(environ, start_response)
        finally:
            turn.release()


class Worker(ThreadWorker):  # type: ignore[misc]
    """All processes wake for a new connection, and the busiest is often the first to take it.

    A browser keeps its connection, so that a few dozen of them could share one processor while the other one idles.
    A process that holds connections hesitates for an instant; meanwhile an idle one has taken it.
    """

    wsgi: Any

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        if self.cfg.preload_app:
            _read_templates(self.app.wsgi())
            gc.freeze()  # what is loaded by now is never garbage; it also stays shared between the processes

    def init_process(self) -> None:
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        if getattr(self.wsgi, "config", {}).get("SQLALCHEMY_DATABASE_URI", "").startswith("sqlite"):
            self.wsgi = Turns(self.wsgi)

    def accept(self, listener: Any) -> None:
        if self.nr_conns:
            time.sleep(min(self.nr_conns * HESITATION, LONGEST))
        super().accept(listener)

    def handle(self, conn: Any) -> Any:
        if conn.parser is None:
            conn.parser = get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = Patient(conn.sock)
        conn.parser.unreader.begin()
        kept = super().handle(conn)
        if not kept:
            _take_leave(conn.sock)
        return kept

    def handle_error(self, request: Any, client: Any, address: Any, error: BaseException) -> None:
        """Refuse what could not be read as a request, with the headers that every answer carries; never a 5xx for it."""
        if not isinstance(error, ParseException) or isinstance(
            error, InvalidResponseHeader | InvalidResponseHeaderName
        ):
            super().handle_error(request, client, address, error)
            return
        self.log.debug("refused what is no request: %s", type(error).__name__)
        lines = [
            f"HTTP/1.1 {REFUSALS.get(type(error), '400 Bad Request')}",
            "Connection: close",
            "Cache-Control: no-store",
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(SENTENCE)}",
            *(f"{name}: {value}" for name, value in headers.always(self.wsgi.config["SECURE"]).items()),
        ]
        with suppress(OSError):  # who asked may be gone
            write_nonblock(client, ("\r\n".join(lines) + "\r\n\r\n" + SENTENCE).encode())
