"""The ballot box in pure functions: codes of witnesses, keys, envelopes, receipts, roots. No Flask, no database.

A ballot is sealed to a key of its poll (libsodium's SealedBox). The private half exists only wrapped for each
sufficient set of witnesses, nested one SealedBox a witness; each witness's key follows from seven words that
nobody stores.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.utils import random as random_bytes

VERSION = 1
INNER = 64
"""Bytes of every ballot before sealing: version 1, manifest 16, choices 32 (a bitmap), padding 15."""
SEALED = 112
SLOTS = "ABCDE"
WORDS_IN_CODE = 7
MEMORY = 64 * 1024 * 1024
PASSES = 3
SALT = argon2id.SALTBYTES

# 16 onsets × 5 vowels = 80 syllables; a word of two syllables is one of 6,400, seven of them carry 88 bits.
_ONSETS = ("b", "c", "d", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "w", "y")
_VOWELS = ("a", "e", "i", "o", "u")
SYLLABLES = tuple(onset + vowel for onset in _ONSETS for vowel in _VOWELS)


class WrongCode(Exception):
    """A code does not open its part of the key."""


class Tampered(Exception):
    """What is in the box is not what was put there; the message names the place, never a choice."""


def new_code() -> str:
    """Seven words of two syllables, at least 80 bits."""
    return " ".join(secrets.choice(SYLLABLES) + secrets.choice(SYLLABLES) for _ in range(WORDS_IN_CODE))


def plain_code(typed: str) -> str:
    """A code as typed, in one form: small letters, single spaces."""
    return " ".join("".join(sign if sign.isalpha() else " " for sign in typed.lower()).split())


def new_salt() -> bytes:
    return random_bytes(SALT)


def key_of_code(code: str, salt: bytes, memory: int = MEMORY) -> PrivateKey:
    """The witness's key pair; slow on purpose (Argon2id). The same code and salt give the same key."""
    seed = argon2id.kdf(PrivateKey.SIZE, plain_code(code).encode(), salt, opslimit=PASSES, memlimit=memory)
    return PrivateKey(seed)


def new_key() -> PrivateKey:
    """The key of a poll's box."""
    return PrivateKey.generate()


def wrap(key: PrivateKey, public_keys: Mapping[str, bytes], k: int) -> dict[str, bytes]:
    """The box's private key for each set of `k` witnesses, by slots such as `A+C`: one nested SealedBox a witness."""
    wraps = {}
    for slots in combinations(sorted(public_keys), k):
        sealed = bytes(key)
        for slot in slots:
            sealed = SealedBox(PublicKey(public_keys[slot])).encrypt(sealed)
        wraps["+".join(slots)] = sealed
    return wraps


def unwrap(wraps: Mapping[str, bytes], keys: Mapping[str, PrivateKey], pubkey: bytes) -> PrivateKey:
    """The box's private key from the keys of a sufficient set of witnesses; WrongCode otherwise."""
    for slots, sealed in wraps.items():
        names = slots.split("+")
        if not set(names) <= set(keys):
            continue
        try:
            for slot in reversed(names):
                sealed = SealedBox(keys[slot]).decrypt(sealed)
            found = PrivateKey(sealed)
        except CryptoError:
            continue
        if bytes(found.public_key) == pubkey:
            return found
    raise WrongCode


def manifest_hash(manifest: Mapping[str, Any]) -> bytes:
    """SHA-256 over all that was fixed at the opening."""
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def seal(pubkey: bytes, manifest: bytes, positions: Iterable[int]) -> bytes:
    """An envelope of always 112 bytes with the choices at these positions."""
    bitmap = bytearray(32)
    for position in positions:
        bitmap[position // 8] |= 1 << (position % 8)
    inner = bytes([VERSION]) + manifest[:16] + bytes(bitmap) + random_bytes(15)
    return SealedBox(PublicKey(pubkey)).encrypt(inner)


def unseal(key: PrivateKey, manifest: bytes, sealed: bytes) -> list[int]:
    """The positions that an envelope holds; Tampered when it is none of this poll."""
    try:
        inner = SealedBox(key).decrypt(sealed)
    except CryptoError:
        raise Tampered from None
    if len(inner) != INNER or inner[0] != VERSION or inner[1:17] != manifest[:16]:
        raise Tampered
    bitmap = inner[17:49]
    return [position for position in range(256) if bitmap[position // 8] >> (position % 8) & 1]


def env_hash(sealed: bytes) -> bytes:
    return hashlib.sha256(sealed).digest()


def mac(app_key: bytes, poll_id: int, person_id: int, digest: bytes) -> bytes:
    """What ties an envelope to its voter with a key that is not in the database."""
    return hmac.new(app_key, f"{poll_id}|{person_id}|".encode() + digest, hashlib.sha256).digest()


def receipt_text(digest: bytes) -> str:
    """The first 80 bits of an envelope's hash: ABCD-EFGH-JKLM-NPQR."""
    text = base64.b32encode(digest[:10]).decode()
    return "-".join(text[n : n + 4] for n in range(0, 16, 4))


def receipt_prefix(typed: str) -> bytes | None:
    """The first 10 bytes of the hash that a typed receipt stands for; None when it is no receipt."""
    text = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(text) != 16 or any(sign not in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" for sign in text):
        return None
    return base64.b32decode(text)


def root(leaves: Iterable[bytes]) -> bytes:
    """Merkle root over the sorted leaves; of none: the hash of nothing."""
    level = sorted(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in level]
    while len(level) > 1:
        pairs = [level[n : n + 2] for n in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\1" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs
        ]
    return level[0]


def seal_hash(poll_id: int, number: int, count: int, receipts: bytes, previous: bytes) -> bytes:
    """The link of the chain of seals."""
    return hashlib.sha256(f"{poll_id}|{number}|{count}|".encode() + receipts + previous).digest()


@dataclass(frozen=True)
class Ballot:
    """What the box holds for one voter."""

    person_id: int
    sealed: bytes
    digest: bytes
    mac: bytes


def open_all(
    ballots: Sequence[Ballot], key: PrivateKey, manifest: bytes, poll_id: int, app_key: bytes, options: int
) -> list[int]:
    """The chosen positions, sorted, of a box of single-choice ballots; Tampered names the first bad envelope."""
    choices = []
    for ballot in ballots:
        name = receipt_text(ballot.digest)
        if env_hash(ballot.sealed) != ballot.digest:
            raise Tampered(name)
        if not hmac.compare_digest(mac(app_key, poll_id, ballot.person_id, ballot.digest), ballot.mac):
            raise Tampered(name)
        try:
            positions = unseal(key, manifest, ballot.sealed)
        except Tampered:
            raise Tampered(name) from None
        if len(positions) != 1 or positions[0] >= options:
            raise Tampered(name)
        choices.append(positions[0])
    return sorted(choices)
