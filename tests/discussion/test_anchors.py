"""Quoted words in a text that changes: marked where they stand, never inside a tag, found again when they return."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.discussion import anchors
from portal.discussion.anchors import Quote
from portal.formatting import markdown

pytestmark = pytest.mark.rules

WORD = st.sampled_from(
    ["data", "unit", "kerja", "baru", "*baru*", "**selisih**", "Rp1.250.000", "<b>", "a&b", "`x`"]
)
TEXT = st.lists(st.lists(WORD, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=5).map(
    "\n\n".join
)


def plain(source: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", source))


def without_marks(source: str) -> str:
    source = re.sub(r'<sup class="quote-number">.*?</sup>', "", source)
    return re.sub(r"</?mark[^>]*>", "", source)


@given(TEXT, st.data())
@pytest.mark.slow
def test_marks_change_nothing_but_themselves_and_every_quoted_word_is_in_one(text, data):
    source = str(markdown(text))
    words = " ".join(anchors.blocks(source)).split()
    start = data.draw(st.integers(0, len(words) - 1))
    quoted = " ".join(words[start : start + data.draw(st.integers(1, 8))])
    marked, numbers = anchors.mark(source, [Quote(7, quoted)])
    assert numbers == {7: 1}
    assert without_marks(marked) == source
    bare = re.sub(r'<sup class="quote-number">.*?</sup>', "", marked)
    shown = "".join(plain(part) for part in re.findall(r"<mark[^>]*>(.*?)</mark>", bare, re.DOTALL))
    assert anchors.squeeze(shown) == anchors.squeeze(quoted)


@given(TEXT, TEXT, TEXT, st.data())
@pytest.mark.slow
def test_edits_elsewhere_keep_the_quote_and_an_edit_of_its_words_loses_it_until_they_return(
    before, text, after, data
):
    blocks = anchors.blocks(str(markdown(text)))
    quoted = data.draw(st.sampled_from(blocks))
    around = str(markdown(f"{before}\n\n{text}\n\n{after}"))
    assert anchors.stands(around, quoted), "written around it"
    changed = f"{before}\n\nsama sekali lain\n\n{after}"
    again = str(markdown(changed))
    if anchors.squeeze(quoted) not in anchors.squeeze(plain(again)):
        assert not anchors.stands(again, quoted)
    returned = changed.replace("sama sekali lain", text)
    assert anchors.stands(str(markdown(returned)), quoted)


@given(TEXT, st.lists(st.text(max_size=20), max_size=4))
def test_whatever_is_quoted_the_text_stays_what_it_was(text, quotes):
    source = str(markdown(text))
    marked, _numbers = anchors.mark(source, [Quote(n, words) for n, words in enumerate(quotes)])
    assert without_marks(marked) == source


def test_a_quote_crosses_markup_and_paragraphs():
    source = str(
        markdown("Antrean **panjang** dan [selisih](https://contoh.go.id/?a=1&b=2) data.\n\nLalu lain.")
    )
    marked, numbers = anchors.mark(source, [Quote(3, "panjang dan selisih data. Lalu")])
    assert numbers == {3: 1}
    assert '<strong><mark class="quoted">panjang</mark></strong>' in marked
    assert (
        '<p><mark class="quoted">Lalu<sup class="quote-number"><a href="#tanggapan-3">1</a></sup></mark> lain.</p>'
        in marked
    )


def test_a_quote_that_ends_in_a_link_puts_no_link_into_the_link():
    marked, _numbers = anchors.mark(
        str(markdown("Baca [pedoman](https://contoh.go.id).")), [Quote(3, "pedoman")]
    )
    assert '<sup class="quote-number">1</sup></mark></a>' in marked


def test_two_quotes_that_overlap_are_both_numbered():
    marked, numbers = anchors.mark(
        "<p>satu dua tiga empat</p>", [Quote(1, "satu dua tiga"), Quote(2, "dua tiga empat")]
    )
    assert numbers == {1: 1, 2: 2}
    assert marked.count("<mark") == 1


@pytest.mark.parametrize(
    ("text", "words"), [("112 dokumen", "12"), ("pekerjaan", "kerja"), ("kerjasama", "kerja")]
)
def test_part_of_a_word_is_not_the_word(text, words):
    assert not anchors.stands(str(markdown(text)), words)


def test_a_hostile_text_of_20_kb_is_marked_quickly():
    import time

    source = str(markdown("a" * 10_000 + " <&" * 3_000))
    begun = time.process_time()
    anchors.mark(source, [Quote(n, "a" * 300 + "b") for n in range(30)] + [Quote(99, "a" * 300)])
    assert time.process_time() - begun < 0.5
