"""Argon2id, and which passwords are refused with which reason."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

from portal.people.models import Person

SHORTEST, LONGEST = 10, 128
PORTAL_WORDS = ("rembuk", "kotabumi", "lampung", "katasandi", "password", "indonesia")


@lru_cache(maxsize=2)
def _hasher(memory: int) -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=memory, parallelism=1)


def hasher() -> PasswordHasher:
    """19 MiB, two passes; tests set ARGON2_MEMORY lower."""
    return _hasher(current_app.config.get("ARGON2_MEMORY", 19 * 1024))


def hash_password(password: str) -> str:
    """Slow on purpose: call it before the writing transaction."""
    return hasher().hash(password)


@lru_cache(maxsize=2)
def _nobody(memory: int) -> str:
    return _hasher(memory).hash("nobody has this password")


def is_right(stored: str | None, password: str) -> bool:
    """Compare; takes as long for a person without a password or an unknown one."""
    nobody = _nobody(current_app.config.get("ARGON2_MEMORY", 19 * 1024))
    try:
        return hasher().verify(stored or nobody, password[: LONGEST * 4]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def refuse_password(password: str, person: Person) -> str | None:
    """Why this password may not be chosen by this person; None when it may."""
    plain = "".join(password.lower().split())
    if len(password) < SHORTEST:
        return _("Paling sedikit %(n)d huruf. Beberapa kata yang mudah Anda ingat sudah cukup.", n=SHORTEST)
    if len(password) > LONGEST:
        return _("Paling panjang %(n)d huruf.", n=LONGEST)
    if plain in _common() or plain.rstrip("0123456789!.") in _common():
        return _("Kata sandi ini termasuk yang paling sering dipakai orang, sehingga mudah ditebak.")
    if len(set(plain)) < 5:
        return _("Kata sandi ini terlalu sering mengulang huruf yang sama.")
    digits = "".join(letter for letter in plain if letter.isdigit())
    nip, birth = person.nip, person.nip[:8]
    parts = {nip[start : start + 6] for start in range(len(nip) - 5)} | {birth[6:] + birth[4:6] + birth[2:4]}
    if any(part in digits for part in parts | {birth[6:] + birth[4:6] + birth[:4]}):
        return _("Kata sandi ini memuat bagian NIP atau tanggal lahir Anda.")
    words = [word.lower() for word in person.name.split() + person.unit.name.split() if len(word) >= 4]
    rest = plain
    for word in (*words, *PORTAL_WORDS):
        rest = rest.replace(word, "")
    if len(rest) < 5:
        return _("Kata sandi ini terlalu dekat dengan nama, unit kerja, atau nama portal.")
    return None
