"""Writing together under load: overlapping saves, kept drafts, killed processes, open pages that ask for news."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from portal import clock
from portal.db import db, writing
from portal.discussion.models import Thread
from portal.drafting import words
from portal.drafting.models import Line, Revision, Section
from portal.people.models import Draft, Duty
from portal.plans.models import Plan

EDITORS, SAVES, SECTIONS, KEEPERS = 8, 60, 6, 100
PLAN = 2
KILLS = 20
KEPT_EACH, PAUSE = 18, 3.0
"""Drafts of each further person, and the seconds between them: a page sends one 2.5 seconds after a pause."""
POLLS = 1000
LINES, CHAPTER = 600, 2500
"""Lines of the plan, and words of each of its chapters that nobody edits here."""
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
    met: Counter[Any] = Counter()
    for _attempt in range(200):
        try:
            status, body, _headers = client.get(f"/bagian/{section}/sunting?tanpa=draf")
            if status == 200:
                page = _text(body)
                return _hidden(page, "based_on"), _box(page)
            met[status] += 1
        except (OSError, http.client.HTTPException) as error:
            met[type(error).__name__] += 1
            client.close()
            client.connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
        time.sleep(0.1)
    raise RuntimeError(f"the form did not open: {dict(met)}")


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
            tokens() | {"body": body, "skrip": "1"},
        )
        if status == 200:
            with tally.lock:
                tally.acknowledged += 1
                tally.drafts[person, section] = body
        if until.wait(PAUSE):
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
        _lengthen(plan, sections)
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


def _lengthen(plan: Plan, but: list[Section]) -> None:
    """Lines up to LINES in ten programmes, and long chapters."""
    first = db.session.scalar(select(func.count(Line.id)).where(Line.plan_id == plan.id)) or 0
    like = db.session.scalars(select(Line).where(Line.plan_id == plan.id).limit(1)).one()
    same = {
        name: getattr(like, name)
        for name in Line.__table__.columns.keys()  # noqa: SIM118 -- iterating gives columns, not names
        if name not in ("id", "thread_id", "sub_activity_id", "code", "position")
    }
    threads = db.session.scalars(insert(Thread).returning(Thread.id), [{} for _ in range(first, LINES)]).all()
    rows = [
        same | {"thread_id": thread, "position": n, "code": f"5.03.{n // 60 + 3:02d}.2.{n // 10:02d}.{n:04d}"}
        for n, thread in enumerate(threads, first)
    ]
    db.session.execute(insert(Line), rows)
    for section in db.session.scalars(select(Section).where(Section.plan_id == plan.id)):
        if section not in but:
            section.body = "\n\n".join(
                " ".join(f"kata{n}" for n in range(100)) for _ in range(CHAPTER // 100)
            )


def _merge_ms() -> float:
    """Three versions of 8,000 words, changed in forty places apart."""
    base = [f"kata{n}" for n in range(8000)]
    mine, theirs = list(base), list(base)
    for n in range(0, 8000, 200):
        mine[n], theirs[n + 100] = "milikku", "miliknya"
    spent = []
    for _time in range(7):
        began = time.perf_counter()
        words.merge(" ".join(base), " ".join(mine), " ".join(theirs))
        spent.append(time.perf_counter() - began)
    return round(statistics.median(spent) * 1000, 1)


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


def _answers(port: int) -> bool:
    """Whether the server opens a page within two seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/masuk")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def measure(measured: Any) -> dict[str, Any]:
    from tests.load.__main__ import Client, Server, p95, write_for

    editors = list(range(300, 300 + EDITORS))
    people = list(range(400, 400 + KEEPERS))
    sections = _prepare(measured, people, editors)
    tally, done = Tally(), threading.Event()
    result: dict[str, Any] = {"merge_ms_8000_words": _merge_ms()}
    floor = Server(measured.url, measured.instance, "tests.load.floor")
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
        result |= _pages(Client(server.port, cookies[0]), measured.tokens())  # before processes are killed
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
            # A busy machine takes longer than that to begin a process: killed sooner, none would ever answer.
            if kills < 2 * KILLS and len(found := server.workers()) == 2 and _answers(server.port):
                os.kill(found[0], signal.SIGKILL)
                kills += 1
        for thread in threads[:EDITORS]:
            thread.join(60)
        spent = time.perf_counter() - began
        done.set()
        for thread in threads[EDITORS:]:
            thread.join(30)
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
        "cores": os.cpu_count(), "load_average": round(os.getloadavg()[0], 1), "saves": tally.saved, "acknowledged": tally.acknowledged, "refused": tally.failed, "kills": kills,
        "lost": lost, "merged": tally.merged, "clashes_shown": tally.clashes,
        "save_ms_p95": p95(tally.save_seconds), "saves_per_s": round(tally.saved / spent, 1),
    }  # fmt: skip


def _pages(client: Any, tokens: dict[str, str]) -> dict[str, float]:
    """p95 of the two pages of the long plan and the kilobytes of them as sent; the printed book, made for the first time."""
    from tests.load.__main__ import p95

    result: dict[str, float] = {}
    for name, path in (("plan", f"/rencana/{PLAN}/tabel"), ("text", f"/rencana/{PLAN}")):
        spent, size = [], 0
        for _time in range(30):
            began = time.perf_counter()
            status, body, _headers = client.get(path)
            spent.append(time.perf_counter() - began)
            assert status == 200
            size = len(body)
        result |= {f"{name}_page_ms_p95": p95(spent), f"{name}_first_kb": round(size / 1024, 1)}
    began = time.perf_counter()
    status, book, _headers = client.post(f"/rencana/{PLAN}/unduh/renja.pdf", tokens)
    assert status == 200
    assert book[:4] == b"%PDF"
    return result | {"pdf_600_lines_s": round(time.perf_counter() - began, 2), "pdf_kb": len(book) // 1024}
