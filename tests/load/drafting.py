"""Writing together under load: overlapping saves, kept drafts, killed processes, open pages that ask for news."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.drafting import words
from portal.drafting.models import Line, Revision, Section
from portal.people.models import Draft, Duty
from portal.plans.models import Plan

EDITORS, SAVES, SECTIONS, KEEPERS = 8, 60, 6, 100
PLAN = 2
KILLS = 20
KEPT_EACH = 18
"""Drafts of each further person, within the forty a minute."""
POLLS = 1000
OPEN_PAGES, BEAT = 500, 4.5


class Tally:
    """What the server acknowledged, from all threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.texts: set[str] = set()
        self.drafts: dict[tuple[int, int], str] = {}
        self.save_seconds: list[float] = []
        self.saved = self.merged = self.clashes = self.acknowledged = self.failed = 0


def _retry(client: Any, path: str, form: dict[str, Any]) -> tuple[int, bytes]:
    """Send a form until it is answered: a killed process costs a second try with the same token."""
    for attempt in range(40):
        try:
            status, body, _headers = client.post(path, form)
            if status not in (502, 503, 429):
                return status, body
            time.sleep(0.2)
        except (OSError, http.client.HTTPException):
            client.close()
            client.connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
            time.sleep(0.02 * attempt)
    return 0, b""


def _version(client: Any, section: int) -> tuple[str, str]:
    """The version and the text that an editor opens."""
    for _attempt in range(200):
        try:
            status, body, _headers = client.get(f"/bagian/{section}/sunting?tanpa=draf")
            if status == 200:
                page = _text(body)
                return _hidden(page, "based_on"), _box(page)
        except (OSError, http.client.HTTPException):
            client.close()
            client.connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
        time.sleep(0.1)
    raise RuntimeError("the form did not open")


def _text(body: bytes) -> str:
    import gzip

    return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def _box(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="body"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    return found.group(1) if found else ""


def _edit(
    client: Any, tokens: Callable[[], dict[str, str]], sections: list[int], who: int, tally: Tally
) -> None:
    """Each save changes the line of this editor, and every fourth a line that all share."""
    for number in range(SAVES):
        section = sections[(number + who // 2) % len(sections)]
        based_on, text = _version(client, section)
        rows = text.split("\n")
        row = EDITORS if number % 4 == 3 else who
        mark = f"w{who}n{number}x{secrets.token_hex(4)}"
        rows[row * 2] = f"Baris {row} ditulis {mark} sampai di sini."
        body = "\n".join(rows)
        form = tokens() | {"body": body, "based_on": based_on}
        began = time.perf_counter()
        status, answer = _retry(client, f"/bagian/{section}/sunting", form)
        spent = time.perf_counter() - began
        with tally.lock:
            tally.saved += 1
            tally.save_seconds.append(spent)
            if status in (303, 409):
                tally.acknowledged += 1
                tally.texts.add(mark)
            else:
                tally.failed += 1
            tally.clashes += status == 409
        page = _text(answer) if status == 409 else ""
        if page and "Dua perubahan digabungkan" in page:
            form = tokens() | {
                "body": _box(page), "based_on": _hidden(page, "based_on"), "clash": _hidden(page, "clash"),
            }  # fmt: skip
            status, _answer = _retry(client, f"/bagian/{section}/sunting", form)
            with tally.lock:
                tally.merged += status == 303
                tally.acknowledged += status in (303, 409)


def _type(
    client: Any, tokens: Callable[[], dict[str, str]], person: int, section: int, tally: Tally, until: Any
) -> None:
    """One person beside the editors, whose draft grows."""
    for number in range(KEPT_EACH):
        body = f"Ketikan {person} ke-{number}"
        status, _body = _retry(
            client,
            f"/bagian/{section}/draf",
            tokens() | {"body": body, "isi": "tanggapan", "skrip": "1"},
        )
        if status == 200:
            with tally.lock:
                tally.acknowledged += 1
                tally.drafts[person, section] = body
        if until.wait(1.0):
            return


def _prepare(measured: Any, people: list[int], editors: list[int]) -> list[int]:
    """Six sections of nine lines, and a duty for each editor."""
    with measured.app.app_context(), writing():
        plan = db.session.get_one(Plan, PLAN)
        sections = list(
            db.session.scalars(
                select(Section).where(Section.plan_id == PLAN).order_by(Section.position).limit(SECTIONS)
            )
        )
        text = "\n".join("" if n % 2 else f"Baris {n // 2} masih semula." for n in range(EDITORS * 2 + 1))
        for section in sections:
            section.version += 1
            section.body = text
            db.session.add(
                Revision(section_id=section.id, number=section.version, based_on=section.version - 1, kind="save",
                         body=text, sha256="0" * 64, by_id=editors[0], at=clock.now())
            )  # fmt: skip
        for editor in editors:
            db.session.add(
                Duty(person_id=editor, role="planner", unit_id=plan.unit_id, standing="definitif",
                     from_on=clock.today())
            )  # fmt: skip
        db.session.commit()
        ids = [section.id for section in sections]
        db.session.remove()
        db.engine.dispose()
    measured.sign_in(people + editors)
    return ids


def _merge_ms() -> float:
    """Three versions of 8,000 words, changed in forty places apart."""
    base = [f"kata{n}" for n in range(8000)]
    mine, theirs = list(base), list(base)
    for n in range(0, 8000, 200):
        mine[n], theirs[n + 100] = "milikku", "miliknya"
    began = time.perf_counter()
    words.merge(" ".join(base), " ".join(mine), " ".join(theirs))
    return round((time.perf_counter() - began) * 1000, 1)


def _cpu(server: Any) -> float:
    """Seconds of processor that the server's processes have used."""
    ticks = 0
    for pid in [server.process.pid, *server.workers()]:
        parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(parts[11]) + int(parts[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _polls(server: Any, make_client: Callable[[str], Any], cookies: list[str]) -> dict[str, float]:
    """How many unchanged polls a second are answered, and what 500 open pages take of two cores."""
    urls = []
    for cookie in cookies:
        client = make_client(cookie)
        page = _text(client.get(f"/rencana/{PLAN}")[1])
        url = re.search(r'data-live="([^"]+)"', page).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
        _status, _body, headers = client._ask("GET", url, None, {"HX-Request": "true", "HX-PTag": "0"})
        urls.append((client, url, headers["HX-PTag"]))
    used, began, unchanged = _cpu(server), time.perf_counter(), 0
    for number in range(POLLS):
        client, url, tag = urls[number % len(urls)]
        status, _body, _headers = client._ask("GET", url, None, {"HX-Request": "true", "HX-PTag": tag})
        unchanged += status == 304
    spent = time.perf_counter() - began
    assert unchanged > POLLS * 0.95, unchanged
    each = (_cpu(server) - used) / POLLS
    return {
        "poll_304_per_s": round(POLLS / spent, 1),
        "cpu_share_500_open_pages": round(each * OPEN_PAGES / BEAT / 2, 3),
    }


def measure(measured: Any) -> dict[str, Any]:
    from tests.load.__main__ import Client, Server, p95, write_for

    editors = list(range(300, 300 + EDITORS))
    people = list(range(400, 400 + KEEPERS))
    sections = _prepare(measured, people, editors)
    tally, done = Tally(), threading.Event()
    result: dict[str, Any] = {"merge_ms_8000_words": _merge_ms()}
    floor = Server(measured.url, measured.instance, "tests.load.floor:app")
    try:
        cookies = [measured.cookies[person] for person in editors]
        result["floor_per_s"] = write_for(
            floor.port, cookies, lambda client, _n: client.post("/write", {})[0] == 200, 5.0
        )
    finally:
        floor.stop()
    server = Server(measured.url, measured.instance)
    kills = 0
    try:
        result |= _polls(
            server, lambda cookie: Client(server.port, cookie), [measured.cookies[p] for p in people[:8]]
        )
        threads = [
            threading.Thread(
                target=_edit,
                args=(Client(server.port, measured.cookies[editor]), measured.tokens, sections, n, tally),
            )
            for n, editor in enumerate(editors)
        ]
        threads += [
            threading.Thread(
                target=_type,
                args=(Client(server.port, measured.cookies[person]), measured.tokens, person,
                      sections[n % SECTIONS], tally, done),
            )
            for n, person in enumerate(people)
        ]  # fmt: skip
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        deadline = began + 150
        while (
            any(thread.is_alive() for thread in threads) or kills < KILLS
        ) and time.perf_counter() < deadline:
            time.sleep(1.0)
            for pid in server.workers()[:1] if kills < 2 * KILLS else ():
                os.kill(pid, signal.SIGKILL)
                kills += 1
        for thread in threads[:EDITORS]:
            thread.join(60)
        spent = time.perf_counter() - began
        done.set()
        for thread in threads[EDITORS:]:
            thread.join(30)
        result["plan_page_ms_p95"], result["plan_first_kb"] = _plan_page(
            Client(server.port, cookies[0]), measured
        )
    finally:
        done.set()
        server.stop()
    with measured.app.app_context():
        bodies = list(db.session.scalars(select(Revision.body).where(Revision.section_id.in_(sections))))
        everything = "\n".join(body or "" for body in bodies)
        lost = sum(mark not in everything for mark in tally.texts)
        stored = {
            (draft.person_id, int(draft.place.split(":")[1].split("/")[0])): draft.fields["body"]
            for draft in db.session.scalars(select(Draft).where(Draft.person_id.in_(people)))
        }
        # The last draft may have been followed by one that was kept but not acknowledged.
        lost += sum(
            int(stored.get(key, "ke--1").rsplit("-", 1)[1]) < int(body.rsplit("-", 1)[1])
            for key, body in tally.drafts.items()
        )
        db.session.remove()
        db.engine.dispose()
    return result | {
        "saves": tally.saved, "acknowledged": tally.acknowledged, "refused": tally.failed, "kills": kills,
        "lost": lost, "merged": tally.merged, "clashes_shown": tally.clashes,
        "save_ms_p95": p95(tally.save_seconds), "saves_per_s": round(tally.saved / spent, 1),
    }  # fmt: skip


def _plan_page(client: Any, measured: Any) -> tuple[float, float]:
    """p95 of the table of the plan with the most lines, and the kilobytes of it as sent."""
    from tests.load.__main__ import p95

    with measured.app.app_context():
        plan = db.session.execute(
            select(Line.plan_id).group_by(Line.plan_id).order_by(func.count().desc()).limit(1)
        ).scalar_one()
        db.session.remove()
    spent, size = [], 0
    for _time in range(30):
        began = time.perf_counter()
        status, body, _headers = client.get(f"/rencana/{plan}/tabel")
        spent.append(time.perf_counter() - began)
        assert status == 200
        size = len(body)
    return p95(spent), round(size / 1024, 1)
