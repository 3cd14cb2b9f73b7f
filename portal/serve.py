"""`./run`: check, migrate, load the demo on a new database, then serve until told to end.

The portal is imported once, in the supervisor; the web server and the job worker are forked from it.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import ipaddress
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from flask import Flask
from sqlalchemy import URL, create_engine, inspect, make_url, select

from portal import config
from portal.config import ConfigError

GRACE = 3
"""Seconds that a request under way has to end in."""
DEADLINE = 4.0
"""Seconds from TERM until what still runs is killed."""
ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Failure(Exception):
    """One sentence; nothing was left half-made."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Failure(f"./run: {message}; see ./run --help.")


def arguments(given: list[str]) -> argparse.Namespace:
    parser = Parser(prog="./run", description="Serve Rembuk.")
    parser.add_argument("--port", type=int, default=8000, metavar="N")
    parser.add_argument("--host", default="127.0.0.1", help="only loopback while demo people exist")
    parser.add_argument("--empty", action="store_true", help="no demo")
    parser.add_argument("--database", metavar="URL", help="another database than the embedded one")
    return parser.parse_args(given)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_host(host: str) -> None:
    try:
        ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise Failure(
            f"“{host}” is no address of this machine: name one, such as 127.0.0.1 or ::1."
        ) from None


def place(host: str, port: int) -> str:
    """host:port as it stands in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_port(host: str, port: int) -> None:
    if not 1 <= port <= 65535:
        raise Failure(f"{port} is not a port: choose a number from 1 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failure(
                f"Port {port} on {host} cannot be used ({error.strerror}): choose another with --port."
            ) from None


def check_folder(instance: Path, url: URL) -> None:
    """The instance folder, and an embedded database in it or elsewhere, can be written; nothing is made yet."""
    standing = next(folder for folder in (instance, *instance.parents) if folder.exists())
    if not (standing.is_dir() and os.access(standing, os.W_OK | os.X_OK)):
        fault = "is not writable" if standing == instance else "cannot be made"
        raise Failure(f"The instance folder {instance} {fault}.")
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        if file.parent != instance and not os.access(file.parent, os.W_OK | os.X_OK):
            raise Failure(f"The folder {file.parent} of the database is missing or not writable.")
        if file.exists() and not (file.is_file() and os.access(file, os.R_OK | os.W_OK)):
            raise Failure(f"The database {file} is not writable.")


def look(url: URL) -> tuple[bool, bool]:
    """Whether people, and whether demo people, are in this database; it is only looked at, before anything is made."""
    from portal import demo
    from portal.db import engine_options, known_revisions, stored_revision
    from portal.people.models import Person

    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return False, False
    engine = create_engine(url, **engine_options(url.drivername))
    with engine.connect() as connection:
        if (stored := stored_revision(connection)) is not None and stored not in known_revisions():
            raise Failure(
                "The database was made by a newer release of the portal: install that release, or restore a backup."
            )
        if not inspect(connection).has_table("person"):
            return False, False
        known = connection.scalar(select(Person.id).limit(1)) is not None
        shown = bool(connection.scalar(demo.PRESENT))
    engine.dispose()
    return known, shown


def prepare(options: argparse.Namespace) -> tuple[Flask, dict[str, Any], list[str]]:
    """Check everything, migrate, load the demo where it belongs: the portal, its settings, how to sign in."""
    settings = config.read(os.environ)
    url = make_url(settings["DATABASE_URL"])
    check_port(options.host, options.port)
    check_folder(settings["INSTANCE"], url)

    from pysqlite3 import Error as SQLiteError
    from sqlalchemy.exc import DBAPIError

    from portal import create_app, demo
    from portal.db import db, migrate

    try:
        has_people, has_demo = look(url)
        wants_demo = not has_people and not options.empty
        if not is_loopback(options.host) and (wants_demo or has_demo):
            raise Failure(
                "The demo is served on 127.0.0.1 only, as its people have invented numbers and one password; "
                "another --host needs --empty and a database without them."
            )
        app = create_app()
        migrate(app)
        lines: list[str] = []
        with app.app_context():
            if wants_demo:
                print("Loading the demo …", flush=True)
                demo.load(app)
            if wants_demo or has_demo:
                lines = demo.sign_in_lines()
            db.engine.dispose()
    except (DBAPIError, SQLiteError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise Failure(f"The database cannot be used: {reason}.") from None
    except OSError as error:
        raise Failure(f"The instance folder cannot be used ({error.strerror}).") from None
    return app, settings, lines


def serve(app: Flask, settings: dict[str, Any], bind: str, lines: list[str]) -> None:
    """Answer requests until TERM; prints the lines once it listens."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in {
                "bind": bind,
                "worker_class": "portal.gunicorn_worker.Worker",
                "workers": settings["WORKERS"],
                "threads": settings["THREADS"],
                "graceful_timeout": GRACE,
                "timeout": 60,
                "keepalive": 15,
                "loglevel": "warning",
                "control_socket_disable": True,
                "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,
                "when_ready": lambda _server: print("\n".join(lines), flush=True),
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    Server().run()


def work(app: Flask) -> None:
    """Do jobs and periodic work until TERM."""
    from portal import jobs

    jobs.work(app)


def fork(task: Callable[[], None]) -> int:
    """Start a child of its own process group for this task; it ends when the supervisor is gone."""
    parent = os.getpid()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*ENDING, signal.SIGCHLD})
        if os.getppid() == parent:
            task()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def has_ended(pid: int) -> bool:
    """Whether this child is over; it is not reaped, so that its number stays its own."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def clear(pid: int) -> None:
    """Kill what is left of this child and of the processes that it started, and reap it."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)  # it had no time to make its group
    os.waitpid(pid, 0)


def supervise(server: Callable[[], None], worker: Callable[[], None]) -> None:
    """Keep both running until TERM, INT or HUP. A worker that died is started again; the server's end is ours."""

    def again() -> None:
        time.sleep(1)
        worker()

    nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    ending = ENDING - {signal.SIGHUP} if nohup else ENDING
    signal.pthread_sigmask(signal.SIG_BLOCK, {*ending, signal.SIGCHLD})
    serving, working = fork(server), fork(worker)
    died = False
    while signal.sigwait({*ending, signal.SIGCHLD}) not in ending:
        if has_ended(serving):
            died = True
            break
        if has_ended(working):
            clear(working)
            working = fork(again)
    for pid in (serving, working):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and not (has_ended(serving) and has_ended(working)):
        time.sleep(0.05)
    clear(serving)
    clear(working)
    if died:
        raise Failure("The web server ended by itself; its reason stands above.")


def main(given: list[str]) -> int:
    try:
        options = arguments(given)
        check_host(options.host)
        known_as = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1", "::1": "localhost"}
        shown = f"http://{place(known_as.get(options.host, options.host), options.port)}"
        os.environ.setdefault("PORTAL_ADDRESS", shown)
        if options.database is not None:
            os.environ["PORTAL_DATABASE_URL"] = options.database
        app, settings, sign_in = prepare(options)
        lines = [f"Rembuk: {shown}", f"Masuk:  {shown}/masuk", *(f"  {line}" for line in sign_in)]
        lines.append("Ctrl-C ends it.")
        gc.freeze()  # what is loaded by now stays shared with the job worker too
        supervise(lambda: serve(app, settings, place(options.host, options.port), lines), lambda: work(app))
    except (Failure, ConfigError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
