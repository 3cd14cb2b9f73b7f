"""Configuration by environment variables with the prefix PORTAL_; validated at start, secrets made on first start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

TOP = Path(__file__).resolve().parent.parent


class ConfigError(Exception):
    """One sentence saying which setting is wrong and how."""


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def _database(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("is not a database address") from None
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:") or url.query:
            raise ValueError("must name a file: sqlite:////FOLDER/FILE")
        return value
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    raise ValueError("must begin with sqlite:/// or postgresql://")


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is not a time zone such as Asia/Jakarta") from None


def _flag(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError("must be 0 or 1")
    return value == "1"


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return parse


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("must be an address such as https://rembuk.example.go.id")
    return f"{parts.scheme}://{parts.netloc}"


def _level(value: str) -> str:
    if value not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value


@dataclass(frozen=True)
class Setting:
    default: str
    parse: Callable[[str], Any]
    meaning: str


SETTINGS: dict[str, Setting] = {
    "DATABASE_URL": Setting("", _database, "database; empty: SQLite under the instance folder"),
    "INSTANCE": Setting("", _text, "folder of secrets and of the embedded database; empty: instance/"),
    "REGENCY": Setting("Kabupaten Lampung Utara", _text, "name of the regency"),
    "TIME_ZONE": Setting("Asia/Jakarta", _zone, "the installation's one time zone"),
    "ADDRESS": Setting(
        "http://127.0.0.1:8000", _address, "the portal's own address; https makes cookies secure"
    ),
    "PROXY_HOPS": Setting("0", _number(0, 5), "number of proxies in front whose headers are believed"),
    "WORKERS": Setting("2", _number(1, 64), "web processes"),
    "THREADS": Setting("8", _number(1, 64), "threads a web process"),
    "DEVELOPMENT": Setting("0", _flag, "1 shows /pola"),
    "LOG_LEVEL": Setting("INFO", _level, "how much is logged"),
}


def read(environment: Mapping[str, str]) -> dict[str, Any]:
    """Settings of this environment by name; raises ConfigError for an unknown or a wrong one."""
    given = {
        key.removeprefix("PORTAL_"): value for key, value in environment.items() if key.startswith("PORTAL_")
    }
    if unknown := sorted(set(given) - set(SETTINGS)):
        raise ConfigError(f"PORTAL_{unknown[0]} is not a setting of the portal.")
    settings: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        value = given.get(name, setting.default)
        if value == "" and setting.default == "":
            settings[name] = ""
            continue
        try:
            settings[name] = setting.parse(value)
        except ValueError as error:
            raise ConfigError(f"PORTAL_{name} {error}.") from None
    settings["INSTANCE"] = Path(settings["INSTANCE"]).resolve() if settings["INSTANCE"] else TOP / "instance"
    url = make_url(settings["DATABASE_URL"] or "sqlite:///rembuk.sqlite")
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(settings["INSTANCE"] / str(url.database)))
    settings["DATABASE_URL"] = url.render_as_string(hide_password=False)
    return settings


def secret(folder: Path, name: str) -> bytes:
    """The 32 secret bytes kept in this file (mode 0600), made when it is missing.

    Two processes that start at once end with the same bytes: the file is linked into place whole, once.
    """
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    value = path.read_bytes()
    if len(value) != 32:
        raise ConfigError(f"{name} in the instance folder is damaged: it must hold 32 bytes.")
    return value
