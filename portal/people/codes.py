"""Activation codes: 60 random bits, easy to type; only the hash is stored."""

from __future__ import annotations

import hashlib
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
LOOKALIKES = str.maketrans("OILU", "011V")


def new_code() -> str:
    """A fresh code of 12 signs out of 32, in three groups: "7K2M-9QXA-4T0D"."""
    return code_of(secrets.token_bytes(LENGTH))


def code_of(seed: bytes) -> str:
    """The code that these bytes stand for, five bits of each: the same seed gives the same code."""
    return in_groups("".join(ALPHABET[byte % 32] for byte in seed[:LENGTH]))


def in_groups(signs: str) -> str:
    """A bare code as one reads it aloud."""
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def bare_code(typed: str) -> str:
    """A code as typed: upper or lower case, with or without hyphens, O for 0 and I or L for 1."""
    return re.sub(r"[^0-9A-Z]", "", typed[:60].upper()).translate(LOOKALIKES)


def code_hash(typed: str) -> str:
    return hashlib.sha256(b"activation:" + bare_code(typed).encode()).hexdigest()
