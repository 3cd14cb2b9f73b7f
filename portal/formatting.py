"""How money, numbers, dates and text look on a screen. Indonesian first; English where chosen.

Figures are written the Indonesian way in both languages (1.250.000,5): they are typed so, and the same sum must never
be read as another.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import nh3
from babel import Locale
from babel.dates import format_date, get_timezone_name
from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from flask import Flask, has_request_context
from flask_babel import get_locale, gettext, ngettext
from markdown_it import MarkdownIt
from markupsafe import Markup

from portal import clock, kept

NO_BREAK = "\u00a0"
INDONESIAN = Locale("id")


def _locale() -> Locale:
    return get_locale() or INDONESIAN


# The same figures and days stand on every page of a plan, and Babel spells them anew each time: they are kept.
_spelt_number = lru_cache(maxsize=8192)(format_decimal)
_spelt_date = lru_cache(maxsize=4096)(format_date)


def figure(value: int | Decimal | None) -> str:
    """A number: 1.949.000.000; nothing for None."""
    return "" if value is None else _spelt_number(value, "#,##0.####", INDONESIAN)


def count(value: int) -> str:
    """A number in a sentence that a command says too: there with the separators of its language."""
    return _spelt_number(value, "#,##0", INDONESIAN if has_request_context() else _locale())


def number_words(value: int) -> str:
    """A small number at the beginning of a sentence: Tiga; from eleven on in figures."""
    words = (
        gettext("Nol"), gettext("Satu"), gettext("Dua"), gettext("Tiga"), gettext("Empat"), gettext("Lima"),
        gettext("Enam"), gettext("Tujuh"), gettext("Delapan"), gettext("Sembilan"), gettext("Sepuluh"),
    )  # fmt: skip
    return words[value] if value < len(words) else figure(value)


SMALL = {"dan", "atau", "di", "ke", "dari", "dalam", "bagi", "untuk", "dengan", "yang", "serta", "pada", "oleh", "atas", "terhadap"}  # fmt: skip
INITIALS = {"ASN", "B3", "DAS", "DIY", "DPRD", "KB", "KS", "KSP", "LLAJ", "MAA", "MHA", "MPU", "MRP", "PHA", "PPLH", "PSU", "SDA", "SDM", "UMKM", "USP"}  # fmt: skip
"""Abbreviations in the national nomenclature's names of programmes, which it writes in capitals throughout."""


@lru_cache(maxsize=2048)
def titled(name: str | None) -> str:
    """A programme's name as one reads it: Program Kepegawaian Daerah, not PROGRAM KEPEGAWAIAN DAERAH."""
    if not name or not name.startswith("PROGRAM "):
        return name or ""
    return re.sub(
        r"[^\W_]+",
        lambda word: (
            word[0]
            if word[0] in INITIALS
            else word[0].lower()
            if word[0].lower() in SMALL
            else word[0].capitalize()
        ),
        name,
    )


def rupiah(value: int | None) -> str:
    """Whole rupiah: Rp1.949.000.000."""
    return "" if value is None else f"Rp{figure(value)}"


def short_rupiah(value: int) -> str:
    """Rupiah where there is little room, in a picture: 1,95 miliar, 45 juta."""
    if value >= 1_000_000_000:
        return gettext("%(number)s miliar", number=figure(round(Decimal(value) / 1_000_000_000, 2)))
    if value >= 1_000_000:
        return gettext("%(number)s juta", number=figure(round(Decimal(value) / 1_000_000, 2)))
    return figure(value)


def month_name(number: int, short: bool = False) -> str:
    """September; Sep in a picture."""
    return _date(date(2000, number, 1), "MMM" if short else "MMMM")


def percent(value: float | Decimal | None) -> str:
    """A share already counted in percent, with one decimal: 85,5 persen."""
    if value is None:
        return ""
    number = _spelt_number(round(Decimal(str(value)), 1), "#,##0.#", INDONESIAN)
    return gettext("%(number)s persen", number=number).replace(" ", NO_BREAK)


def hundredths(value: Decimal | None) -> str:
    """A computed share with its two decimals: 83,33."""
    return "" if value is None else _spelt_number(value, "#,##0.00", INDONESIAN)


def bullets(text: str) -> str:
    """A list's dashes as the dots that one reads, where text is shown as it was typed."""
    return re.sub(r"(^|\n)[-*] ", "\\1•\u2002", text)


def _date(value: date, pattern: str) -> str:
    return _spelt_date(value, pattern, _locale()).replace(" ", NO_BREAK)


def day(value: date | None) -> str:
    """16 Juli 2026."""
    return "" if value is None else _date(value, "d MMMM y")


def weekday(value: date | None) -> str:
    """Selasa, 17 Maret 2026."""
    return "" if value is None else f"{_date(value, 'EEEE')}, {_date(value, 'd MMMM y')}"


def weekday_name(value: date) -> str:
    return _date(value, "EEEE")


def day_month(value: date) -> str:
    """17 Maret."""
    return _date(value, "d MMMM")


def short_day(value: date) -> str:
    """5 Mar; in the agenda only."""
    return _date(value, "d MMM")


def hour(value: datetime | None) -> str:
    """14.30, in the installation's time zone."""
    return "" if value is None else clock.local(value).strftime("%H.%M")


def moment(value: datetime | None) -> str:
    """16 Juli 2026 pukul 14.30 WIB."""
    if value is None:
        return ""
    here = clock.local(value)
    zone = get_timezone_name(here, width="short", locale=INDONESIAN)
    return _held(
        gettext("%(day)s pukul %(hour)s %(zone)s", day=day(here.date()), hour=hour(value), zone=zone)
    )


def _held(moment: str) -> str:
    """Day and time each hold together; a narrow column may break between them."""
    return re.sub(" (?!pukul|at)", NO_BREAK, moment)


def day_and_hour(value: datetime) -> str:
    """2 Maret pukul 09.14."""
    here = clock.local(value)
    return _held(gettext("%(day)s pukul %(hour)s", day=day_month(here.date()), hour=hour(value)))


def days_until(value: date) -> int:
    """Days from today to a day: 0 today, negative when past."""
    return (value - clock.today()).days


def due_words(value: date) -> str:
    """How far a deadline is: "7 hari lagi, 10 Maret", "Besok, 4 Maret", "Lewat 4 hari, 27 Februari"."""
    return _due_words(value, clock.today(), _locale())


@lru_cache(maxsize=4096)
def _due_words(value: date, today: date, _language: Locale) -> str:
    left = (value - today).days
    when = day_month(value) if value.year == today.year else day(value)
    if left == 0:
        words = gettext("Hari ini")
    elif left == 1:
        words = gettext("Besok")
    elif left > 1:
        words = ngettext("%(num)s hari lagi", "%(num)s hari lagi", left)
    else:
        words = ngettext("Lewat %(num)s hari", "Lewat %(num)s hari", -left)
    return f"{words.replace(' ', NO_BREAK)}, {when}"


def filesize(value: int) -> str:
    return (
        f"{figure(round(Decimal(value) / 1024))}{NO_BREAK}KB"
        if value < 1024**2
        else (f"{figure(round(Decimal(value) / 1024**2, 1))}{NO_BREAK}MB")
    )


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a", "h3", "h4", "h5", "h6",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@contextmanager
def _collector_paused() -> Iterator[None]:
    """The many small objects of a text all stay until its end; looking through them for garbage takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@lru_cache(maxsize=2048)
def _rendered(text: str) -> str:
    with _collector_paused():
        html = _markdown.render(text)
    html = html.replace("<h1", "<h3").replace("</h1", "</h3")
    html = html.replace("<h2", "<h4").replace("</h2", "</h4")
    return nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes={"https", "http"}
    )


def markdown(text: str | None) -> Markup:
    """Light Markdown as safe HTML; htmx ignores what stands inside."""
    return Markup(f"<div hx-ignore>{_rendered(text or '')}</div>")


def read_number(text: str) -> Decimal:
    """A number as typed in Indonesian (1.250.000,5); raises ValueError."""
    try:
        number = parse_decimal(text.strip(), locale="id", strict=True)
    except (NumberFormatError, ArithmeticError):
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def init_app(app: Flask) -> None:
    filters: dict[str, Any] = {
        "rupiah": rupiah,
        "figure": figure,
        "percent": percent,
        "short_rupiah": short_rupiah,
        "month_name": month_name,
        "number_words": number_words,
        "hundredths": hundredths,
        "titled": titled,
        "bullets": bullets,
        "day": day,
        "weekday": weekday,
        "weekday_name": weekday_name,
        "day_month": day_month,
        "short_day": short_day,
        "moment": moment,
        "day_and_hour": day_and_hour,
        "hour": hour,
        "clock": hour,
        "due_words": due_words,
        "days_until": days_until,
        "bytes": filesize,
        "markdown": markdown,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        kept_html=kept.html, today=clock.today, days_until=days_until, day_of=clock.day_of
    )
