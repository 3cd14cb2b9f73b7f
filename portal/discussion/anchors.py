"""Finding quoted words in today's text and marking them; pure.

A quote is bound to the words alone: it is looked for in the readable text, whatever markup or spaces stand between,
as whole words. Where they are gone nothing is marked, and where they return they are marked again, so nothing about
this is ever stored. Words that stand more than once are marked where they stand first.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

# What nh3 writes: tags whose values may hold anything but a quotation mark, references to a sign, and text.
PIECE = re.compile(r'<(?:[^>"]|"[^"]*")*>|&[#\w]+;|[^<&]|[<&]')
INLINE = re.compile(r"</?(?:a|strong|em|code)\b")
LONGEST = 600
"""Letters of a quote."""


@dataclass(frozen=True)
class Quote:
    """The words that a comment quotes."""

    comment_id: int
    words: str


@dataclass(frozen=True)
class _Sign:
    """A readable sign, where it stands in the HTML, and whether it stands apart from the one before."""

    text: str
    place: int
    apart: bool


def _pieces(source: str) -> list[str]:
    return PIECE.findall(source)


def _signs(pieces: list[str]) -> list[_Sign]:
    signs: list[_Sign] = []
    apart = True
    for place, piece in enumerate(pieces):
        if piece[0] == "<" and len(piece) > 1:
            apart = apart or not INLINE.match(piece)
            continue
        for sign in html.unescape(piece):
            if sign.isspace():
                apart = True
            else:
                signs.append(_Sign(sign, place, apart))
                apart = False
    return signs


def squeeze(words: str) -> str:
    """Words without the spaces between them: how a quote is compared."""
    return "".join(unicodedata.normalize("NFC", words).split())


def _whole(signs: list[_Sign], start: int, end: int) -> bool:
    """Whether no word is cut in two at either end."""

    def joined(place: int) -> bool:
        return (
            0 < place < len(signs)
            and not signs[place].apart
            and signs[place - 1].text.isalnum()
            and signs[place].text.isalnum()
        )

    return not joined(start) and not joined(end)


def _find(signs: list[_Sign], words: str) -> tuple[int, int] | None:
    wanted = squeeze(words)
    text = "".join(sign.text for sign in signs)
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        if _whole(signs, start, start + len(wanted)):
            return start, start + len(wanted)
        start = text.find(wanted, start + 1)
    return None


def stands(source: str, words: str) -> bool:
    """Whether the quoted words stand in this HTML."""
    return _find(_signs(_pieces(source)), words) is not None


def mark(source: str, quotes: Iterable[Quote], address: str = "") -> tuple[Markup, dict[int, int]]:
    """Sanitised HTML with the quoted words marked and numbered, and the number of each comment whose words stand.

    Only `mark`, `sup` and links to the comments are added, between the signs of the text, never inside a tag.
    """
    wanted = tuple(quotes)
    return _marked(str(source), wanted, address) if wanted else (Markup(source), {})


@lru_cache(maxsize=256)
def _marked(source: str, quotes: tuple[Quote, ...], address: str) -> tuple[Markup, dict[int, int]]:
    pieces = _pieces(source)
    signs = _signs(pieces)
    numbers: dict[int, int] = {}
    marked: set[int] = set()
    ends: dict[int, list[int]] = {}
    for quote in quotes:
        if (found := _find(signs, quote.words)) is not None:
            numbers[quote.comment_id] = len(numbers) + 1
            places = [sign.place for sign in signs[found[0] : found[1]]]
            marked.update(range(places[0], places[-1] + 1))
            ends.setdefault(places[-1], []).append(quote.comment_id)
    out: list[str] = []
    inside, linked = False, False
    for place, piece in enumerate(pieces):
        is_tag = piece[0] == "<" and len(piece) > 1
        # Between the signs of a quote spaces are marked too, tags never, nor the spaces between two blocks.
        begins = not is_tag and place in marked and (inside or not piece.isspace())
        if inside and not begins:
            out.append("</mark>")
        elif begins and not inside:
            out.append('<mark class="quoted">')
        inside = begins
        if is_tag and re.match(r"</?a\b", piece):
            linked = piece[1] != "/"
        out.append(piece)
        for comment_id in ends.get(place, ()):
            number, target = numbers[comment_id], f"{address}#tanggapan-{comment_id}"
            inner = str(number) if linked else f'<a href="{escape(target)}">{number}</a>'
            out.append(f'<sup class="quote-number">{inner}</sup>')
    if inside:
        out.append("</mark>")
    return Markup("".join(out)), numbers


def blocks(source: str) -> list[str]:
    """The paragraphs of HTML as plain text: what is chosen from where words cannot be selected."""
    parts = [""]
    for piece in _pieces(source):
        if piece[0] != "<" or len(piece) == 1:
            parts[-1] += html.unescape(piece)
        elif not INLINE.match(piece):
            parts.append("")
    return [words for part in parts if (words := " ".join(part.split()))]


def shortened(words: str) -> str:
    """As many whole words as a quote may hold."""
    return words if len(words) <= LONGEST else words[: LONGEST + 1].rsplit(" ", 1)[0][:LONGEST]
