"""Where the databases of tests live: in memory where there is room, since a fresh one for each test is mostly files made."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes that must be free there."""


def folder(prefix: str) -> Path:
    """A new folder with a short name (a socket's path holds 107 characters); who asks takes it away."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if roomy else "/tmp"))
