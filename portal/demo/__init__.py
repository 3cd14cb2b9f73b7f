"""The demo: an invented regency that ./run loads into an empty database."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import exists, select

from portal.db import db
from portal.people.models import Person

MARKER = "19000101"
"""A birth date that no employee has: the demo's people are known by it."""
PRESENT = select(exists().where(Person.nip.startswith(MARKER)))


def present() -> bool:
    """Whether demo people are in this database."""
    return bool(db.session.scalar(PRESENT))


def load(app: Flask) -> None:
    """Load the demo into a database without people."""
    from portal.demo import loading

    loading.load(app)


def sign_in_lines() -> list[str]:
    """How to sign in as each role of the demo, for the terminal."""
    from portal.demo import loading, scenario

    path = loading.passwords_file()
    if not path.exists():
        return ["Kata sandi peragaan tidak ditemukan lagi di folder instance."]
    numbers = {row[0]: (n, row[7]) for n, row in enumerate(scenario.PEOPLE, start=1)}
    lines = [f"Kata sandi semua akun peragaan: {path.read_text()}"]
    for key, label in scenario.SIGN_IN:
        number, sex = numbers[key]
        lines.append(f"{label:24} NIP {MARKER} 200001 {sex} {number:03d}")
    return lines
