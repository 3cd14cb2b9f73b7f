"""Requests at random: every route, with what people, programs and attackers send; the same seed gives the same ones."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from portal.submissions import FIELD
from tests import cast
from tests.drafting.files import XLSX_HEAD, XLSX_ROWS, csv_plan
from tests.input.table import ROWS, put
from tests.input.world import QUERY, World, values_of
from tests.input.wrong import MARKUP
from tests.people.files import HEAD, archive, csv_file, sheet_bomb, xlsx_file

PEOPLE = (
    None,
    "witness",
    *(name for name in cast.PEOPLE if name != "left"),
    "steward",
    "planner",
    "leader",
    "auditor",
)
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get", "X" * 300)
NUMBERS = (
    "0", "-0", "-1", "1", "2", "1.5", "1,5", "1.250.000", "0x10", "1e309", "-1e309", "NaN", "Infinity", "-inf", "٣", "²",
    "2147483647", "2147483648", "9223372036854775808", "9" * 40, "9" * 5000, "1_000", "+1", " 1 ", "1" + "0" * 300,
)  # fmt: skip
DAYS = (
    "2026-03-04", "2026-02-31", "0001-01-01", "9999-12-31", "10000-01-01", "2026-3-4", "04/03/2026", "-2026-01-01",
    "2026-03-04T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "2026-03-04T25:00", "2026-03-04T10:00:00+07:00",
)  # fmt: skip
TEXTS = (
    "", " ", "\t", "\n", "\r\n", "a", "None", "null", "true", "[]", "{}", "undefined", MARKUP, '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)", "{{ 7 * 7 }}", "{% raw %}", "%s%n%d", "%(name)s", "' OR 1=1 --", "'; DROP TABLE person; --",
    "../../etc/passwd", "//evil.example", "/\\evil.example", "a\r\nSet-Cookie: x=1", "=cmd|' /C calc'!A0", "199001012015012101",
    "\x00", "a\x00b", "\x07", "\x1b[31m", "\x7f", "\u202eterbalik", "\u2066a\u2069", "\ufeff", "\ufffe", "e\u0301" * 50,
    "\U0001f600" * 80, "\U000e0001", "\u0130", "\ufb03", "\u1e9e", "Z" + "\u0337" * 300, "%", "_", "\\", "%00", "%ff", "&#0;",
)  # fmt: skip
LONG = (
    "a",
    "kata ",
    "[",
    "*a_ ",
    "> ",
    "- a\n",
    "`",
    "<b>",
    "![](",
    "\u0301",
    "|a|b|\n",
    "\\",
    "1.250 ",
    "&amp;",
    "#",
)
"""What is repeated into long texts: some of it is hard work for what reads Markdown or compares words."""
BYTES = (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"%", b"%zz", b"\x80abc", b"\xf4\x90\x80\x80")
"""No text at all: lone surrogates, overlong and broken UTF-8."""
HEADERS = (
    ("HX-Request", "true"), ("HX-Request", "x" * 3000), ("HX-Request-Type", "partial"), ("HX-Request-Type", "full"),
    ("HX-History-Restore-Request", "true"), ("HX-PTag", "1"), ("HX-Target", "\xff"), ("HX-Current-URL", "http://[::1"),
    ("HX-Boosted", "true"), ("Host", "evil.example"), ("Host", "a" * 4000), ("Host", "localhost:99999999"), ("Host", ""),
    ("Host", "[::1"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-For", "9" * 500), ("X-Forwarded-Proto", "https, http"),
    ("Accept-Language", "en"), ("Accept-Language", "x" * 2000), ("Accept-Language", "id;q=NaN, en;q=1e999"),
    ("Accept-Encoding", "gzip"), ("Accept-Encoding", "gzip;q=zz, *"), ("Accept", "\xff/*"), ("Range", "bytes=9-1,-5"),
    ("If-None-Match", '"' * 99), ("If-Modified-Since", "kemarin"), ("Referer", "http://[x"), ("Referer", "\xe4" * 99),
    ("User-Agent", "\xff" * 999), ("User-Agent", ""), ("Authorization", "Basic \xff"), ("Content-Length", "-5"),
    ("Content-Encoding", "gzip"), ("Expect", "100-continue"), ("Origin", "null"), ("Upgrade", "websocket"),
    ("X-HTTP-Method-Override", "DELETE"), ("X-CSRFToken", "x" * 2000),
)  # fmt: skip
COOKIES = (
    "sesi=", "sesi=" + "a" * 60, "rembuk=" + "." * 60, "rembuk=eyJfX19fIjp7fX0.x.y", "a=b;" * 500, "sesi=\xff\xfe" + "a" * 40,
    ";;;=;", "x" * 8000, "sesi=%00" + "a" * 30, 'rembuk="\\', "__Host-sesi=1",
)  # fmt: skip
KINDS = (
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/json", "\xff",
    "multipart/form-data; boundary=" + "x" * 300, "text/plain", "application/x-www-form-urlencoded; charset=utf-7", "",
)  # fmt: skip
FILES = (
    b"", b"\x00" * 3000, b"PK\x03\x04" + b"\xff" * 500, b"a;b\n" * 900, b"\xff\xfe" + "NIP,Nama".encode("utf-16-le"),
    b'"' * 3000, b"," * 30_000, csv_plan(), csv_file(HEAD), xlsx_file(HEAD, (1.5, "x", None)), xlsx_file(XLSX_HEAD, *XLSX_ROWS),
    archive(xl__workbook_xml=b"<a>" * 999), sheet_bomb(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"), sheet_bomb(b"\xff<"),
    csv_file(("Kode", "Nama"), ("9" * 400, MARKUP), ("\x00", "\u202e")), csv_file(("Tanggal", "Nama"), ("9999-99-99", "a" * 9999)),
    csv_file(HEAD, ("199504042020041777", "N\x07ama", "", "", "", "", "x" * 5000, "@")),
)  # fmt: skip
NAMES = (
    "a.csv",
    "a.xlsx",
    "",
    "../a.csv",
    "a\x00.csv",
    "x" * 3000 + ".xlsx",
    MARKUP + ".csv",
    "\u202ecsv",
    "a.exe",
)
PARAMETERS = tuple(part.partition("=")[0] for part in QUERY.split("&")) + ("page", "next", "v", "deed")


@dataclass
class Asked:
    """One request, as it can be sent and as it can be read in a report."""

    by: str | None
    method: str
    path: str
    fields: list[tuple[str, Any]] = field(default_factory=list)
    files: list[tuple[str, bytes, str]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    cookie: str | None = None
    raw: tuple[bytes, str] | None = None

    def __str__(self) -> str:
        fields = [(name, f"{value!r:.120}") for name, value in self.fields]
        return (
            f"{self.method:.20} {self.path:.300} by {self.by}, fields {fields}, "
            f"files {[(n, f'{c[:40]!r}', f'{f:.40}') for n, c, f in self.files]}, headers {self.headers!s:.300}, "
            f"cookie {self.cookie!s:.60}, raw {self.raw!s:.200}"
        )

    def body(self) -> dict[str, Any]:
        """How the client sends it: as bytes where some field is no text, with its parts where there are files."""
        if self.raw is not None:
            return {"data": self.raw[0], "content_type": self.raw[1]}
        if self.files:
            parts: MultiDict[str, Any] = MultiDict(
                [
                    (name, value.decode("latin-1") if isinstance(value, bytes) else value)
                    for name, value in self.fields
                ]
            )
            for name, content, filename in self.files:
                parts.add(name, (BytesIO(content), filename))
            return {"data": parts}
        text = urlencode(self.fields, errors="replace").encode()
        return {"data": text, "content_type": "application/x-www-form-urlencoded"} if self.fields else {}


class Noise:
    """`next()` is the next request."""

    def __init__(self, random: Random, made: World, rules: list[Rule]) -> None:
        self.random, self.made, self.rules = random, made, rules

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def text(self) -> str | bytes:
        """One value of a field."""
        pick = self.random.choice
        kind = self.random.random()
        if kind < 0.25:
            return pick(NUMBERS)
        if kind < 0.35:
            return pick(DAYS)
        if kind < 0.62:
            return pick(TEXTS)
        if kind < 0.65:
            return "a" + pick("\x00\x07\u202e\ufffe'%_\\") + "b"
        if kind < 0.75:
            return pick(BYTES)
        if kind < 0.85:
            return pick(LONG) * self.random.choice((3, 50, 700, 5000, 20_000))
        if kind < 0.92:
            return str(pick(list(self.made.values())))
        points = [self.random.randrange(1, 0x11000) for _ in range(self.random.randrange(1, 300))]
        return "".join(chr(point) for point in points if not 0xD800 <= point < 0xE000)

    def query(self) -> str:
        names = self.random.sample(PARAMETERS, self.random.choice((0, 1, 4, 12)))
        return urlencode([(name, self.text()) for name in names], errors="replace")

    def next(self) -> Asked:
        asked = self._form() if self.often(0.6) else self._route()
        if self.often(0.15):
            asked.headers += self.random.sample(HEADERS, self.random.randrange(1, 4))
        if self.often(0.3):
            asked.headers += [("HX-Request", "true"), ("HX-Request-Type", "partial")]
        if self.often(0.04):
            asked.cookie = self.random.choice(COOKIES)
        if self.often(0.03):
            asked.path += quote(self.text())[:5000]
        if asked.method != "GET" and self.often(0.03):
            asked.raw = (
                self.random.choice((b"", b"&" * 3000, b"\xff" * 99, b"{", b"--x\r\n")),
                self.random.choice(KINDS),
            )
        return asked

    def _form(self) -> Asked:
        """A form that would be accepted, but for some of its fields."""
        row = self.random.choice(ROWS)
        path = row.path.format_map(self.made)
        asked = Asked(row.by if self.often(0.9) else self.random.choice(PEOPLE), "POST", path)
        values = {put(name, self.made): put(value, self.made) for name, value in row.valid.items()}
        form = row.form(self.made) if row.form else ()
        names = sorted({*values, *(f.name for f in form), "deed", "parent"})
        for name in self.random.sample(names, min(len(names), self.random.choice((0, 1, 1, 2, 5)))):
            values[name] = self.text() if self.often(0.9) else None
        if self.often(0.05):
            values["deed"] = self.random.choice(("draft", "keep"))
        for name, value in values.items():
            if name == "file" and not isinstance(value, str):
                files = [self.random.choice(FILES) if self.often(0.8) else value or b""]
                asked.files += [(name, content, self.random.choice(NAMES[:2] + NAMES)) for content in files]
            elif isinstance(value, list):
                asked.fields += [(name, one) for one in value]
            elif value is not None:
                asked.fields += [(name, value)] * (2 if self.often(0.03) else 1)
        if self.often(0.1):
            asked.files.append(
                (self.random.choice(names), self.random.choice(FILES), self.random.choice(NAMES))
            )
        return asked

    def _route(self) -> Asked:
        """Any route with any id, mostly opened as a page."""
        rule = self.random.choice(self.rules)
        path = rule.rule
        for argument in rule.arguments:
            known = self.random.choice(values_of(self.made, argument))
            value = known if self.often(0.85) else self.text()
            start = path.index("<", path[: path.index(argument + ">")].rindex("<"))
            path = (
                path[:start]
                + quote(value if isinstance(value, bytes) else str(value), safe="/")[:3000]
                + path[path.index(">", start) + 1 :]
            )
        method = "GET" if self.often(0.75) else self.random.choice(METHODS)
        asked = Asked(self.random.choice(PEOPLE), method, path)
        if query := self.query():
            asked.path += "?" + query
        if method not in ("GET", "HEAD") and self.often(0.7):
            asked.fields = [(self.random.choice(("body", "number", "line", "file", "choice")), self.text())]
        return asked

    def tokens(self, csrf: str) -> list[tuple[str, Any]]:
        """The hidden fields, nearly always right."""
        token = self.text() if self.often(0.03) else secrets.token_urlsafe(18)
        return [("csrf_token", self.text() if self.often(0.02) else csrf), (FIELD, token)]
