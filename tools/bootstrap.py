"""Make .venv from a hashed requirements file, then go on with `run` or `test`. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"


def stop(sentence: str) -> None:
    sys.exit(sentence)


def is_installed(requirements: Path) -> bool:
    stamp = VENV / f"{requirements.stem}.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted


def make_venv() -> None:
    """A virtual environment, whole or not at all."""
    import importlib.util

    if importlib.util.find_spec("ensurepip") is None:
        stop("Python's venv module is missing: install it with `apt install python3-venv`.")
    try:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True, capture_output=True, text=True)
    except (subprocess.CalledProcessError, OSError):
        shutil.rmtree(VENV, ignore_errors=True)
        stop(f"No virtual environment could be made in {TOP.name}: is the folder writable?")


def install(requirements: Path) -> None:
    """Install exactly what the file names; a changed file is installed again."""
    if is_installed(requirements):
        return
    if not os.access(TOP, os.W_OK):
        stop(f"The folder {TOP.name} is not writable.")
    fresh = not PYTHON.exists()
    if fresh:
        make_venv()
    print(f"Installing {requirements.name} …", flush=True)
    uv = shutil.which("uv")
    command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)] if uv else [
        str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
    ]  # fmt: skip
    done = subprocess.run(
        [*command, "--require-hashes", "-r", str(requirements)], capture_output=True, text=True
    )
    if done.returncode:
        if fresh:
            shutil.rmtree(VENV, ignore_errors=True)
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        stop(f"The libraries could not be installed: {reason}")
    (VENV / f"{requirements.stem}.sha256").write_text(hashlib.sha256(requirements.read_bytes()).hexdigest())


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 -- run by whatever python3 there is
        stop(f"Rembuk needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    task, rest = arguments[0], arguments[1:]
    if task == "run":
        install(TOP / "requirements.txt")
        os.execv(PYTHON, [str(PYTHON), "-m", "portal.serve", *rest])
    install(TOP / "requirements-dev.txt")
    os.execv(PYTHON, [str(PYTHON), str(TOP / "tools" / "check.py"), *rest])


if __name__ == "__main__":
    main(sys.argv[1:])
