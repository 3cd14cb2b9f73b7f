"""Comparing and merging prose word by word; pure.

The text is cut into words, spaces and single signs; each different token becomes one code point, on which the
well-known diff runs. A three-way merge keeps both sides' changes where they are apart.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from diff_match_patch import diff_match_patch

TOKEN = re.compile(r"\s+|[^\W_]+(?:[-.,'’][^\W_]+)*|.", re.DOTALL)
FIRST = 0x10000  # above the surrogates, so that every number is a character
Part = tuple[str, str]
"""An operation (`=` kept, `-` removed, `+` added) and its text."""


def tokens(text: str) -> list[str]:
    """Words (with inner hyphens, points and commas: Rp1.250.000), runs of spaces, single signs; in NFC."""
    return TOKEN.findall(unicodedata.normalize("NFC", text))


PATIENCE = 40_000
"""Steps of one comparison, about a twentieth of a second. What is not told apart by then counts as rewritten: a hostile
text costs no more than that, and the outcome depends on the texts alone, never on how busy the machine is."""


class _Steps:
    """The deadline of one search of the engine, in steps instead of seconds; all searches of a comparison share `spent`."""

    def __init__(self, spent: list[int]) -> None:
        self.spent, self.distance = spent, 0

    def __lt__(self, _now: float) -> bool:
        """Asked once for each distance that the search tries, which takes as many steps."""
        self.distance += 1
        self.spent[0] += self.distance
        return self.spent[0] > PATIENCE


class _Engine(diff_match_patch):
    def diff_bisect(self, text1: str, text2: str, deadline: _Steps) -> Any:
        return super().diff_bisect(text1, text2, _Steps(deadline.spent))


def _anchors(one: str, other: str) -> list[tuple[int, int]]:
    """Where tokens stand that each side has once, as many as keep their order: what lies between them is compared by itself."""
    counts, others = Counter(one), Counter(other)
    places = {sign: place for place, sign in enumerate(other) if others[sign] == 1}
    pairs = [(place, places[sign]) for place, sign in enumerate(one) if counts[sign] == 1 and sign in places]
    ends: list[int] = []  # the smallest last place of a rising run of each length
    last: list[int] = []  # of which pair it is
    before: list[int] = []
    for number, (_place, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [place], [number]
    found, number = [], last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _compared(one: str, other: str) -> tuple[diff_match_patch, list[tuple[int, str]]]:
    engine, steps = _Engine(), _Steps([0])
    found: list[tuple[int, str]] = []
    left = right = 0
    for start, begin in [*_anchors(one, other), (len(one), len(other))]:
        found += engine.diff_main(one[left:start], other[right:begin], False, steps)
        found.append((0, one[start : start + 1]))
        left, right = start + 1, begin + 1
    engine.diff_cleanupMerge(found)
    return engine, found


def _coded(*sides: list[str]) -> tuple[list[str], list[str]]:
    """Each side as a string of one character a token, and the tokens by character."""
    signs: dict[str, str] = {}
    strings = [
        "".join([signs.get(token) or signs.setdefault(token, chr(FIRST + len(signs))) for token in side])
        for side in sides
    ]
    return strings, list(signs)


def diff(old: str, new: str) -> list[Part]:
    """What changed from `old` to `new`, word by word."""
    strings, names = _coded(tokens(old), tokens(new))
    engine, found = _compared(*strings)
    engine.diff_cleanupSemantic(found)
    marks = {-1: "-", 0: "=", 1: "+"}
    return [(marks[op], "".join(names[ord(sign) - FIRST] for sign in run)) for op, run in found]


def excerpt(parts: Sequence[Part], kept: int = 120) -> list[Part]:
    """The changed places with about `kept` letters around them; what is left out becomes an ellipsis."""
    short: list[Part] = []
    for place, (op, text) in enumerate(parts):
        if op == "=" and len(text) > 2 * kept + 20:
            before = "" if place == 0 else text[:kept].rsplit(" ", 1)[0] + " "
            after = "" if place == len(parts) - 1 else " " + text[-kept:].split(" ", 1)[-1]
            text = f"{before}…{after}"
        short.append((op, text))
    return short


@dataclass(frozen=True)
class Merged:
    """The merged text; `clashes` counts the places where both sides changed the same words differently (there
    `text` holds mine)."""

    text: str
    clashes: int


@dataclass(frozen=True)
class _Change:
    start: int
    end: int
    new: tuple[str, ...]


def _changes(base: str, side: str, names: list[str]) -> list[_Change]:
    """The places of the coded `base` (from, to) that the coded side replaced, in order."""
    found: list[_Change] = []
    at = 0
    start, removed, added = None, 0, []
    for op, run in _compared(base, side)[1]:
        if op == 0:
            if start is not None:
                found.append(_Change(start, start + removed, tuple(added)))
                start, removed, added = None, 0, []
            at += len(run)
            continue
        if start is None:
            start = at
        if op == -1:
            removed += len(run)
            at += len(run)
        else:
            added += [names[ord(sign) - FIRST] for sign in run]
    if start is not None:
        found.append(_Change(start, start + removed, tuple(added)))
    return found


def places(base: str, side: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Which words of `base` (from, to) became which words of `side`."""
    (before, after), names = _coded(tokens(base), tokens(side))
    return [(one.start, one.end, one.new) for one in _changes(before, after, names)]


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Both sides' changes of `base`, where they are apart; touching changes are a clash unless they are the same."""
    if mine == theirs or theirs == base:
        return Merged(unicodedata.normalize("NFC", mine), 0)
    if mine == base:
        return Merged(unicodedata.normalize("NFC", theirs), 0)
    origin = tokens(base)
    strings, names = _coded(origin, tokens(mine), tokens(theirs))
    left, right = (_changes(strings[0], side, names) for side in strings[1:])
    out: list[str] = []
    at, clashes = 0, 0
    while left or right:
        first = min((side[0].start for side in (left, right) if side), default=0)
        out += origin[at:first]
        # Gather everything that overlaps or touches, from both sides.
        group: tuple[list[_Change], list[_Change]] = ([], [])
        end = first
        moved = True
        while moved:
            moved = False
            for side, taken in ((left, group[0]), (right, group[1])):
                while side and side[0].start <= end:
                    change = side.pop(0)
                    taken.append(change)
                    end = max(end, change.end)
                    moved = True
        mine_text = _applied(origin, first, end, group[0])
        their_text = _applied(origin, first, end, group[1])
        if not group[1] or mine_text == their_text:
            out += mine_text
        elif not group[0]:
            out += their_text
        else:
            clashes += 1
            out += mine_text
        at = end
    out += origin[at:]
    return Merged("".join(out), clashes)


def _applied(origin: list[str], start: int, end: int, changes: list[_Change]) -> list[str]:
    out: list[str] = []
    at = start
    for change in changes:
        out += origin[at : change.start] + list(change.new)
        at = change.end
    return out + origin[at:end]
