"""The ballot box's pure functions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from portal.voting import box

pytestmark = pytest.mark.rules
MANIFEST = box.manifest_hash({"poll": 1})
SMALL = 8 * 1024


def keys(count):
    return {slot: PrivateKey.generate() for slot in box.SLOTS[:count]}


def test_code_carries_eighty_bits():
    assert box.WORDS_IN_CODE * math.log2(len(box.SYLLABLES) ** 2) >= 80
    assert len(box.new_code().split()) == box.WORDS_IN_CODE


def test_same_code_same_key_however_typed():
    salt, code = box.new_salt(), box.new_code()
    typed = "  " + code.upper().replace(" ", " - ") + " "
    assert bytes(box.key_of_code(code, salt, SMALL)) == bytes(box.key_of_code(typed, salt, SMALL))
    assert bytes(box.key_of_code(code, salt, SMALL)) != bytes(box.key_of_code(code, box.new_salt(), SMALL))


@pytest.mark.parametrize(("k", "n"), [(1, 2), (2, 3), (3, 5)])
def test_every_sufficient_set_opens_and_no_smaller_one(k, n):
    from itertools import combinations

    key, holders = box.new_key(), keys(n)
    public = {slot: bytes(holder.public_key) for slot, holder in holders.items()}
    wraps = box.wrap(key, public, k)
    assert len(wraps) == math.comb(n, k)
    for slots in combinations(holders, k):
        found = box.unwrap(wraps, {slot: holders[slot] for slot in slots}, bytes(key.public_key))
        assert bytes(found) == bytes(key)
    for slots in combinations(holders, k - 1):
        with pytest.raises(box.WrongCode):
            box.unwrap(wraps, {slot: holders[slot] for slot in slots}, bytes(key.public_key))


@settings(max_examples=60)
@given(st.integers(0, 255))
def test_envelope_has_one_length_and_gives_back_the_choice(position):
    key = box.new_key()
    one = box.seal(bytes(key.public_key), MANIFEST, [position])
    other = box.seal(bytes(key.public_key), MANIFEST, [position])
    assert len(one) == len(other) == box.SEALED
    assert one != other
    assert box.unseal(key, MANIFEST, one) == [position]


def test_envelope_of_another_poll_is_refused():
    key = box.new_key()
    sealed = box.seal(bytes(key.public_key), MANIFEST, [0])
    with pytest.raises(box.Tampered):
        box.unseal(key, box.manifest_hash({"poll": 2}), sealed)


@given(st.lists(st.binary(min_size=4, max_size=8), unique=True), st.randoms())
@pytest.mark.slow
def test_root_knows_the_set_not_its_order(leaves, dice):
    shuffled = leaves[:]
    dice.shuffle(shuffled)
    assert box.root(leaves) == box.root(shuffled)
    if leaves:
        assert box.root(leaves) != box.root(leaves[1:])


def test_receipt_is_read_back():
    digest = box.env_hash(b"x")
    text = box.receipt_text(digest)
    assert box.receipt_prefix(text.lower().replace("-", " ")) == digest[:10]
    assert box.receipt_prefix("terlalu pendek") is None
