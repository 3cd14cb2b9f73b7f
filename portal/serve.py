"""`./run`: migrate, load the demo on a new database, and serve with web processes and the job worker."""

from __future__ import annotations

import argparse
import ctypes
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from portal import config
from portal.config import TOP, ConfigError

GRACE = 4.0
"""Seconds from TERM until what still runs is killed."""


class Failure(Exception):
    """One sentence; nothing was left half-made."""


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Serve Rembuk.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
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


def check_folder(instance: Path) -> None:
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"The instance folder cannot be made ({error.strerror}).") from None
    if not os.access(instance, os.W_OK | os.X_OK):
        raise Failure("The instance folder is not writable.")


def prepare(options: argparse.Namespace) -> list[str]:
    """Check everything, migrate, load the demo where it belongs; returns the lines to print."""
    settings = config.read(os.environ)
    check_port(options.host, options.port)
    check_folder(settings["INSTANCE"])

    from sqlalchemy.exc import OperationalError

    from portal import create_app, demo
    from portal.db import NewerDatabase, migrate

    app = create_app()
    try:
        migrate(app)
    except NewerDatabase:
        raise Failure(
            "The database was made by a newer release of the portal: install that release."
        ) from None
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise Failure(f"The database cannot be opened: {reason}") from None
    lines: list[str] = []
    with app.app_context():
        from portal.db import db
        from portal.people.models import Person

        is_new = db.session.query(Person.id).first() is None
        db.session.remove()
        if is_new and not options.empty:
            if not is_loopback(options.host):
                raise Failure("The demo is served on 127.0.0.1 only: use --empty for another --host.")
            print("Loading the demo …", flush=True)
            demo.load(app)
        if demo.present():
            if not is_loopback(options.host):
                raise Failure("Demo people are in this database: it is served on 127.0.0.1 only.")
            lines = demo.sign_in_lines()
        db.session.remove()
        db.engine.dispose()
    return lines


def _die_with_parent() -> None:
    """Linux ends this child when its supervisor is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def commands(options: argparse.Namespace) -> dict[str, list[str]]:
    settings = config.read(os.environ)
    host = f"[{options.host}]" if ":" in options.host else options.host
    return {
        "server": [
            sys.executable, "-m", "gunicorn", "--bind", f"{host}:{options.port}", "--worker-class", "gthread",
            "--workers", str(settings["WORKERS"]), "--threads", str(settings["THREADS"]), "--graceful-timeout", "3",
            "--timeout", "60", "--keep-alive", "15", "--log-level", "warning", "--preload",
            "--worker-tmp-dir", "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp", "wsgi:app",
        ],
        "worker": [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"],
    }  # fmt: skip


def supervise(options: argparse.Namespace) -> int:
    """Run the web processes and the job worker until TERM or INT; a dead worker is started again."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    wanted = commands(options)
    start = {
        name: lambda command=command: subprocess.Popen(  # type: ignore[misc]
            command, cwd=TOP, preexec_fn=_die_with_parent, start_new_session=True
        )
        for name, command in wanted.items()
    }
    for name in wanted:
        running[name] = start[name]()
    code = 0
    while not stopping:
        time.sleep(0.2)
        if running["server"].poll() is not None:
            code = 1
            break
        if running["worker"].poll() is not None and not stopping:
            time.sleep(1)
            running["worker"] = start["worker"]()
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return code


def main(given: list[str]) -> int:
    options = arguments(given)
    if options.database:
        os.environ["PORTAL_DATABASE_URL"] = options.database
    if options.port != 8000 or "PORTAL_ADDRESS" not in os.environ:
        os.environ.setdefault("PORTAL_ADDRESS", f"http://127.0.0.1:{options.port}")
    try:
        lines = prepare(options)
    except (Failure, ConfigError) as failure:
        print(failure, file=sys.stderr)
        return 1
    shown = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host
    print(f"Rembuk: http://{shown}:{options.port}")
    print(f"Masuk:  http://{shown}:{options.port}/masuk")
    for line in lines:
        print(f"  {line}")
    print("Ctrl-C ends it.", flush=True)
    return supervise(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
