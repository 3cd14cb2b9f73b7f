"""`./test --load [SUBJECT]`: measure the production server on 127.0.0.1, on both databases, into build/load.json.

Bounded in time and count; ends only the processes that it started. The file is written anew after each subject.
"""

from __future__ import annotations

import gzip
import http.client
import itertools
import json
import os
import random
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event, func, select

from portal import clock, create_app
from portal.db import db, migrate, writing
from portal.discussion.models import Comment
from portal.drafting.models import Revision, Section
from portal.people.models import SignIn
from portal.people.sessions import _hash
from portal.proposals.models import Support
from portal.submissions import FIELD
from tests.load import after, drafting
from tests.load.regency import generate
from tests.postgres import Postgres

TOP = Path(__file__).resolve().parent.parent.parent
OUT = TOP / "build" / "load.json"
CLIENTS = 8
READS = 400
"""Requests of one kind, over all clients."""
ROUNDS, SECONDS = 4, 3.0
"""Each kind of write and its floor take turns, so that a busy moment of the machine falls on all of them."""
TURNS = 4
WARMED = 160
PLANNER = 61
"""The planner of the second plan, as the regency is generated."""
KILLS = 20
KILLING = 240.0
"""Seconds after which killing ends, whatever was reached."""
AT_LEAST = 2000
"""Writes that are acknowledged while the server's processes are killed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The server of ./run, on a free port."""

    def __init__(self, url: str, instance: Path, module: str = "wsgi") -> None:
        self.port = free_port()
        environment = os.environ | {
            "PORTAL_DATABASE_URL": url,
            "PORTAL_INSTANCE": str(instance),
            "PORTAL_ADDRESS": f"http://127.0.0.1:{self.port}",
            "PORTAL_LOG_LEVEL": "ERROR",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.load.serving", module, str(self.port)],
            cwd=TOP,
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                client = Client(self.port)
                client.get("/masuk")
                client.close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def workers(self) -> list[int]:
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(pid) for pid in found.stdout.split()]

    def rss_mb(self) -> float:
        sizes = [int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1))  # type: ignore[union-attr]
                 for pid in self.workers()]  # fmt: skip
        return round(max(sizes, default=0) / 1024, 1)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Client:
    """One browser: keeps its connection and its cookies."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port, self.cookie = port, cookie
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, bytes, Any]:
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip"} | headers
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response.status, response.read(), response.headers

    def get(self, path: str) -> tuple[int, bytes, Any]:
        return self._ask("GET", path, None, {})

    def post(self, path: str, form: dict[str, Any]) -> tuple[int, bytes, Any]:
        return self._ask("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def close(self) -> None:
        self.connection.close()


class Measured:
    """A database with the generated regency, and people of it who are signed in."""

    def __init__(self, name: str, url: str, instance: Path) -> None:
        self.name, self.url, self.instance = name, url, instance
        self.app = create_app(DATABASE_URL=url, INSTANCE=instance)
        migrate(self.app)
        with self.app.app_context():
            self.facts = generate()
            db.engine.dispose()
        self.cookies: dict[int, str] = {}
        raw = secrets.token_hex(20)
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        assert serializer is not None
        self.session = f"rembuk={serializer.dumps({'csrf_token': raw})}"
        self.csrf = str(URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(raw))

    def sign_in(self, people: list[int]) -> None:
        now = clock.now()
        with self.app.app_context(), writing():
            for person in people:
                key = secrets.token_urlsafe(32)
                db.session.add(
                    SignIn(key_hash=_hash(key), person_id=person, device="load", own_device=True, at=now, seen_at=now,
                           confirmed_at=now)
                )  # fmt: skip
                self.cookies[person] = f"sesi={key}; {self.session}"
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def tokens(self) -> dict[str, str]:
        return {"csrf_token": self.csrf, FIELD: secrets.token_urlsafe(18)}

    def all_pages(self, person: int) -> Iterator[tuple[str, int]]:
        """Every page that this person can open, of the things with number 1, and how many statements it takes."""
        return self.count_statements(
            person,
            [
                re.sub(r"<[^>]+>", "1", rule.rule)
                for rule in self.app.url_map.iter_rules()
                if "GET" in (rule.methods or ())
                and all(name.endswith("_id") or name in ("number", "version") for name in rule.arguments)
            ],
        )

    def count_statements(self, person: int, paths: list[str]) -> Iterator[tuple[str, int]]:
        """Those of the pages that this person can open, and how many statements each takes."""
        count = 0

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            nonlocal count
            count += not statement.startswith("BEGIN")

        client = self.app.test_client()
        for part in self.cookies[person].split("; "):
            key, value = part.split("=", 1)
            client.set_cookie(key, value)
        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        for path in paths:
            count = 0
            response = client.get(path)
            if response.status_code == 200 and response.mimetype == "text/html":
                yield f"{path} {person}", count
        event.remove(engine, "before_cursor_execute", note)
        with self.app.app_context():
            db.engine.dispose()


def p95(values: list[float]) -> float:
    return round(statistics.quantiles(values, n=20)[18] * 1000, 1)


def together(clients: list[Callable[[], None]]) -> float:
    """Let all clients work at the same time; the seconds until the last one is done. A failure of one is raised."""
    failed: list[BaseException] = []

    def work(client: Callable[[], None]) -> None:
        try:
            client()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    if failed:
        raise failed[0]
    return spent


def read_all(
    port: int, cookies: list[str], path_of: Callable[[int], str], count: int = READS
) -> tuple[list[float], float]:
    """The seconds of each request and those of all together, by eight clients."""
    spent: list[float] = []

    def work(cookie: str, share: range) -> None:
        client = Client(port, cookie)
        for number in share:
            began = time.perf_counter()
            status, _body, _headers = client.get(path_of(number))
            spent.append(time.perf_counter() - began)
            assert status == 200, (path_of(number), status)
        client.close()

    shares = [range(n, count, len(cookies)) for n in range(len(cookies))]
    clients = [partial(work, cookie, share) for cookie, share in zip(cookies, shares, strict=True)]
    return spent, together(clients)


def numbers() -> list[Iterator[int]]:
    """For each client numbers that no other one and no later deed has."""
    return [itertools.count(n, CLIENTS) for n in range(CLIENTS)]


def write_all(
    port: int,
    cookies: list[str],
    deed: Callable[[Client, int], bool],
    seconds: float,
    numbered: list[Iterator[int]],
) -> tuple[int, float]:
    """Acknowledged writes and the seconds they took, by eight clients."""
    done: list[int] = []
    until = time.perf_counter() + seconds

    def work(cookie: str, mine: Iterator[int]) -> None:
        client = Client(port, cookie)
        while time.perf_counter() < until:
            number = next(mine)
            if deed(client, number):
                done.append(number)
        client.close()

    clients = [partial(work, cookie, mine) for cookie, mine in zip(cookies, numbered, strict=True)]
    spent = together(clients)
    return len(done), spent


def write_for(port: int, cookies: list[str], deed: Callable[[Client, int], bool], seconds: float) -> float:
    """Acknowledged writes a second, by eight clients for so many seconds."""
    done, spent = write_all(port, cookies, deed, seconds, numbers())
    return round(done / spent, 1)


def first_visit(port: int) -> int:
    """Bytes of the sign-in page with all it loads, as sent to a browser that accepts gzip."""
    client = Client(port)
    _status, body, headers = client.get("/masuk")
    total = len(body)
    page = (gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body).decode()
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    style = next(address for address in addresses if "main.css" in address)
    _status, sheet, sheet_headers = client.get(style)
    css = (gzip.decompress(sheet) if sheet_headers.get("Content-Encoding") == "gzip" else sheet).decode()
    for found in re.findall(r'url\("\.\./([^")]+)"\)', css):
        if found.endswith(("woff2", "tapis.svg", "tapis-band.svg")):
            addresses.add(f"/static/{found}")
    for address in addresses:
        total += len(client.get(address)[1])
    client.close()
    return total


def portal(measured: Measured) -> dict[str, Any]:
    dice = random.Random(7)
    people = [dice.randint(200, measured.facts["people"]) for _ in range(CLIENTS - 1)] + [1]
    measured.sign_in([*people, PLANNER])
    cookies = [measured.cookies[person] for person in people]
    plans, proposals = measured.facts["plans"], measured.facts["proposals"]
    pages: dict[str, Callable[[int], str]] = {
        "inbox": lambda _n: "/menunggu-saya",
        "plan": lambda n: f"/rencana/{n % plans + 1}/tabel",
        "proposals": lambda n: "/usulan" if n % 2 else f"/usulan?rencana={n % plans + 1}",
        "proposal": lambda n: f"/usulan/{n * 37 % proposals + 1}",
    }
    result: dict[str, Any] = {}
    floor = Server(measured.url, measured.instance, "tests.load.floor")
    server = Server(measured.url, measured.instance)
    try:
        # Each page and the floor take turns, so that a busy moment of the machine falls on all of them.
        kinds = {
            "floor_read": (floor, lambda _n: "/read"),
            **{name: (server, page) for name, page in pages.items()},
        }
        spent: dict[str, list[float]] = {name: [] for name in kinds}
        taken = dict.fromkeys(kinds, 0.0)
        for on, path_of in kinds.values():
            read_all(on.port, cookies, path_of, WARMED)
        for _turn in range(TURNS):
            for name, (on, path_of) in kinds.items():
                each, all_together = read_all(on.port, cookies, path_of, READS // TURNS)
                spent[name] += each
                taken[name] += all_together
        for name in pages:
            result[f"{name}_ms_p95"] = p95(spent[name])
        for name in kinds:
            result[f"{name}_per_s"] = round(len(spent[name]) / taken[name], 1)
        result["proposals_of_floor"] = round(result["proposals_per_s"] / result["floor_read_per_s"], 3)
        result["first_visit_bytes"] = first_visit(server.port)
        result["rss_mb"] = server.rss_mb()
    finally:
        server.stop()
        floor.stop()
    counted = {
        path: count for person in (people[0], 1, PLANNER) for path, count in measured.all_pages(person)
    }
    result["queries_max"] = max(counted.values())
    result["pages_counted"] = len(counted)
    return result


def _kill_one(server: Server, killed: list[int]) -> None:
    for pid in server.workers()[:1]:
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)


def writes(measured: Measured) -> dict[str, Any]:
    dice = random.Random(11)
    people = sorted({dice.randint(200, measured.facts["people"]) for _ in range(CLIENTS * 3)})[:CLIENTS]
    planners = list(range(PLANNER, PLANNER + CLIENTS))  # of the plans 2 to 9, as the regency is generated
    measured.sign_in(people + planners)
    cookies = [measured.cookies[person] for person in people]
    proposals = measured.facts["proposals"]
    result: dict[str, Any] = {}
    acknowledged: set[str] = set()

    def support(client: Client, number: int) -> bool:
        return client.post(f"/usulan/{number % proposals + 1}/dukungan", measured.tokens())[0] == 303

    def comment(client: Client, number: int) -> bool:
        body = f"Tanggapan {secrets.token_hex(8)}"
        form = measured.tokens() | {"body": body}
        path = f"/usulan/{number * 53 % proposals + 1}/tanggapan"
        for _attempt in range(20):
            try:
                status = client.post(path, form)[0]
                if status == 303:
                    acknowledged.add(body)
                    return True
                if status != 503:
                    return False
            except (OSError, http.client.HTTPException):
                client.close()
                client.connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
                time.sleep(0.05)
        return False

    sections = [(plan - 1) * 17 + 1 for plan in range(2, 2 + CLIENTS)]
    with measured.app.app_context():
        current = select(Section.id, Section.version).where(Section.id.in_(sections))
        versions = {section: version for section, version in db.session.execute(current)}
        db.session.remove()
        db.engine.dispose()

    def save(client: Client, number: int) -> bool:
        section = sections[number % CLIENTS]
        words = f"Naskah {secrets.token_hex(8)} " + "kata " * 100
        form = measured.tokens() | {"body": words, "based_on": versions[section]}
        saved = client.post(f"/bagian/{section}/sunting", form)[0] == 303
        if saved:
            versions[section] += 1
        return saved

    def plain(client: Client, _number: int) -> bool:
        return client.post("/write", {})[0] == 200

    floor = Server(measured.url, measured.instance, "tests.load.floor")
    server = Server(measured.url, measured.instance)
    try:
        by_plan = [measured.cookies[planner] for planner in planners]
        kinds = {
            "floor": (floor, cookies, plain), "support": (server, cookies, support),
            "comment": (server, cookies, comment), "save": (server, by_plan, save),
        }  # fmt: skip
        done, taken = dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0.0)
        numbered = {name: numbers() for name in kinds}
        for turn in range(ROUNDS + 1):
            for name, (on, by, deed) in kinds.items():
                number, spent = write_all(on.port, by, deed, SECONDS, numbered[name])
                if turn:  # the first one warms
                    done[name] += number
                    taken[name] += spent
        for name in kinds:
            result[f"{name}_per_s"] = round(done[name] / taken[name], 1)
        for name in ("support", "comment", "save"):
            result[f"{name}_of_floor"] = round(result[f"{name}_per_s"] / result["floor_per_s"], 3)
        floor.stop()
        acknowledged.clear()
        result["kills"] = 0
        deadline = time.monotonic() + KILLING
        while (len(acknowledged) < AT_LEAST or result["kills"] < KILLS) and time.monotonic() < deadline:
            killed: list[int] = []
            killer = threading.Timer(1.0, _kill_one, (server, killed))
            killer.start()
            write_all(server.port, cookies, comment, 2.0, numbered["comment"])
            killer.join()
            result["kills"] += len(killed)
    finally:
        server.stop()
        floor.stop()
    with measured.app.app_context():
        stored = set(db.session.scalars(select(Comment.body).where(Comment.body.startswith("Tanggapan "))))
        result["acknowledged"] = len(acknowledged)
        result["lost"] = len(acknowledged - stored)
        assert db.session.scalar(select(func.count(Support.id))) is not None
        assert db.session.scalar(select(func.count(Revision.id))) is not None
        db.engine.dispose()
    return result


SUBJECTS: dict[str, Callable[[Measured], dict[str, Any]]] = {
    "portal": portal,
    "writes": writes,
    "drafting": drafting.measure,
    "after": after.measure,
}


def main(wanted: list[str]) -> int:
    if unknown := set(wanted) - set(SUBJECTS):
        print(
            f"There is no subject {', '.join(sorted(unknown))}: choose of {', '.join(SUBJECTS)}.",
            file=sys.stderr,
        )
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped
    figures: dict[str, Any] = json.loads(OUT.read_text()) if OUT.exists() else {}
    OUT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(fsync=True)
        server.start()
        try:
            server.create_database("load")
            sqlite = Measured("sqlite", f"sqlite:///{folder}/load.sqlite", Path(folder) / "a")
            postgresql = Measured("postgresql", server.url("load"), Path(folder) / "b")
            for subject in wanted or list(SUBJECTS):
                for measured in (sqlite, postgresql):
                    figures.setdefault(subject, {})[measured.name] = SUBJECTS[subject](measured)
                    OUT.write_text(json.dumps(figures, indent=2) + "\n")
                print(json.dumps({subject: figures[subject]}, indent=2), flush=True)
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
