"""Word diff and three-way merge: nothing is lost, nothing is invented."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.drafting.words import diff, excerpt, merge, tokens

pytestmark = pytest.mark.rules

WORDS = st.lists(
    st.sampled_from(
        ["loket", "antrean", "Rp1.250.000", "undang-undang", "data,", "berkas.", "e\u0301", "\n\n"]
    ),
    max_size=14,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("undang-undang baru", ["undang-undang", " ", "baru"]),
        ("Rp1.250.000, lalu", ["Rp1.250.000", ",", " ", "lalu"]),
        ("a  b\n\nc", ["a", "  ", "b", "\n\n", "c"]),
        ("", []),
    ],
)
def test_words_stay_whole(text: str, wanted: list[str]) -> None:
    assert tokens(text) == wanted


@given(WORDS, WORDS)
def test_a_diff_holds_both_texts(old: str, new: str) -> None:
    parts = diff(old, new)
    assert "".join(t for op, t in parts if op != "+") == unicodedata.normalize("NFC", old)
    assert "".join(t for op, t in parts if op != "-") == unicodedata.normalize("NFC", new)


@given(WORDS, WORDS)
def test_who_changed_nothing_gets_the_others_text(base: str, other: str) -> None:
    wanted = unicodedata.normalize("NFC", other)
    assert (
        merge(base, base, other).text
        == merge(base, other, base).text
        == merge(base, other, other).text
        == wanted
    )
    assert merge(base, other, other).clashes == 0


@settings(max_examples=300)
@given(WORDS, WORDS, WORDS)
@pytest.mark.slow
def test_a_merge_without_a_clash_is_the_same_from_both_sides(base: str, mine: str, theirs: str) -> None:
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert one.clashes == other.clashes
    if not one.clashes:
        assert one.text == other.text


def test_changes_apart_are_both_kept_and_the_same_words_clash() -> None:
    base = "Loket dibuka pagi. Berkas dibawa sendiri."
    mine, theirs = base.replace("pagi", "siang"), base.replace("sendiri", "bersama")
    assert merge(base, mine, theirs).text == "Loket dibuka siang. Berkas dibawa bersama."
    clash = merge(base, mine, base.replace("pagi", "sore"))
    assert clash.clashes == 1
    assert clash.text == mine


def test_eight_thousand_words_are_merged_within_a_second() -> None:
    base = [f"kata{n % 700}" for n in range(8000)]
    mine, theirs = list(base), list(base)
    mine[100], theirs[7000] = "milikku", "miliknya"
    began = time.monotonic()
    merged = merge(" ".join(base), " ".join(mine), " ".join(theirs))
    assert time.monotonic() - began < 1
    assert merged.clashes == 0
    assert "milikku" in merged.text and "miliknya" in merged.text


def test_an_excerpt_shortens_only_what_stayed() -> None:
    parts = diff("kata " * 200 + "lama " + "akhir " * 200, "kata " * 200 + "baru " + "akhir " * 200)
    short = excerpt(parts)
    assert [part for part in short if part[0] != "="] == [part for part in parts if part[0] != "="]
    assert sum(len(text) for _op, text in short) < 600
