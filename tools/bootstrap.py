"""Make .venv from a hashed requirements file, then go on with `run` or `test`. Standard library only."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = TOP / "requirements.txt"
DEVELOPMENT = TOP / "requirements-dev.txt"
"""Holds everything of requirements.txt, in the same versions."""


@contextmanager
def alone() -> Iterator[None]:
    """Two commands at once on a fresh clone: the second waits for the first."""
    folder = os.open(TOP, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def stamp_of(requirements: Path) -> Path:
    """The file in .venv that says which requirements stand in it."""
    return VENV / f"{requirements.stem}.sha256"


def wanted(requirements: Path) -> str:
    """What the stamp says when all is installed."""
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def fits() -> bool:
    """Whether .venv was made for the Python that it points to (a new Debian brings a new one)."""
    name = Path(os.path.realpath(PYTHON)).name
    return PYTHON.exists() and (not name.startswith("python3.") or (VENV / "lib" / name).is_dir())


def is_installed(requirements: Path) -> bool:
    stamp = stamp_of(requirements)
    return fits() and stamp.exists() and stamp.read_text() == wanted(requirements)


def is_usable(uv: str | None) -> bool:
    """Whether an earlier command left an environment that can be installed into."""
    if not fits():
        return False
    trial = [str(PYTHON), "-c", "pass" if uv else "import pip"]
    return subprocess.run(trial, capture_output=True).returncode == 0


def make_venv() -> None:
    """A virtual environment, whole or not at all."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("Python's venv module is missing: install it with `apt install python3-venv`.")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        reason = (made.stdout + made.stderr).strip().splitlines() or ["no reason given"]
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"No virtual environment could be made: {reason[-1]}")


def install(requirements: Path) -> None:
    """Install exactly what the file names, unless it stands there already; a failure leaves no new .venv."""
    if is_installed(requirements):
        return
    if not os.access(TOP, os.W_OK | os.X_OK):
        sys.exit(f"The folder {TOP} is not writable.")
    with alone():
        if is_installed(requirements):
            return
        uv = shutil.which("uv")
        fresh = not is_usable(uv)
        print(f"Installing what {requirements.name} names …", flush=True)
        if fresh:
            make_venv()
        for stamp in VENV.glob("*.sha256"):
            stamp.unlink()
        command = (
            [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
            if uv
            else [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        )
        done = subprocess.run(
            [*command, "--require-hashes", "-r", str(requirements)], capture_output=True, text=True
        )
        if done.returncode:
            if fresh:
                shutil.rmtree(VENV, ignore_errors=True)
            reason = done.stderr.strip().splitlines() or ["no reason given"]
            sys.exit(f"The libraries could not be installed: {reason[-1]}")
        for file in {requirements, RUNTIME}:
            stamp_of(file).write_text(wanted(file))


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 -- run by whatever python3 there is
        sys.exit(f"Rembuk needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    task, rest = arguments[0], arguments[1:]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without compiled modules a start takes twice as long
    install(RUNTIME if task == "run" else DEVELOPMENT)
    program = ["-m", "portal.serve"] if task == "run" else [str(TOP / "tools" / "check.py")]
    os.execv(PYTHON, [str(PYTHON), *program, *rest])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"The virtual environment cannot be written: {error.strerror or error}.")
