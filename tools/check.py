"""Everything that `./test` runs, in its order, inside the virtual environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest"]


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def step(name: str, command: list[str]) -> bool:
    """Run one step and say how long it took."""
    print(f"── {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, cwd=TOP).returncode
    print(f"   {'ok' if code == 0 else 'FAILED'}, {time.monotonic() - began:.1f} s", flush=True)
    return code == 0


def ensure_chromium() -> None:
    """Debian's own browser; installed with apt where that is allowed."""
    if shutil.which("chromium"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing chromium …", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "chromium"], env=environment, stdout=subprocess.DEVNULL
        )
    if not shutil.which("chromium"):
        sys.exit(
            "The browser tests need chromium: install it with `apt install chromium`, or use ./test --fast."
        )


def catalogues() -> list[str]:
    """Fails when a string on a screen is not in the catalogue."""
    pot = Path(tempfile.mkdtemp()) / "messages.pot"
    subprocess.run(
        tool("pybabel", "-q", "extract", "-F", "babel.cfg", "-k", "_l", "--omit-header", "--no-location", "-o",
             str(pot), "."),
        cwd=TOP, check=True,
    )  # fmt: skip
    return tool(
        "pybabel",
        "-q",
        "update",
        "--check",
        "--ignore-pot-creation-date",
        "-i",
        str(pot),
        "-d",
        "translations",
    )


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--load"]:
        return subprocess.run([sys.executable, "-m", "tests.load", *arguments[1:]], cwd=TOP).returncode
    if arguments[:1] == ["--mutants"]:
        return subprocess.run([sys.executable, "-m", "tests.mutants", *arguments[1:]], cwd=TOP).returncode
    if arguments[:1] == ["--long"]:
        return subprocess.run([*PYTEST, "-m", "long", "tests", *arguments[1:]], cwd=TOP).returncode
    if arguments[:1] == ["--real"]:
        if len(arguments) < 2:
            sys.exit("./test --real needs the folder of the real files.")
        folder = str(Path(arguments[1]).resolve())
        return subprocess.run([*PYTEST, "tests/real", "--real", folder, *arguments[2:]], cwd=TOP).returncode
    if arguments and arguments != ["--fast"]:
        return subprocess.run([*PYTEST, *arguments], cwd=TOP).returncode
    fast = arguments == ["--fast"]
    if not fast:
        ensure_chromium()
    sound = [
        step("format", tool("ruff", "format", "--check", "--quiet", ".")),
        step("lint", tool("ruff", "check", "--quiet", ".")),
        step("types", tool("mypy")),
        step("import contracts", tool("lint-imports", "--no-cache")),
        step("templates", tool("djlint", "--lint", "--quiet", "templates")),
        step("catalogues", catalogues()),
    ]
    left_out = "not (browser or long or real" + (" or slow)" if fast else ")")
    workers = ["-n", "2", "-q"]
    sound.append(step("tests on SQLite", [*PYTEST, *workers, "-m", left_out, "tests"]))
    if not fast:
        left_out = "not (browser or long or real or rules)"
        sound.append(
            step(
                "tests on PostgreSQL",
                [*PYTEST, *workers, "--database", "postgresql", "-m", left_out, "tests"],
            )
        )
        sound.append(step("browser", [*PYTEST, *workers, "-m", "browser", "tests/browser"]))
    return 0 if all(sound) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
