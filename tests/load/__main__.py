"""`./test --load [SUBJECT]`: measure the production server on 127.0.0.1, on both databases, into build/load.json.

Bounded in time and count; ends only the processes that it started. The file is written anew after each subject.
"""

from __future__ import annotations

import gzip
import http.client
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
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event, func, select

from portal import clock, create_app
from portal.db import db, migrate, writing
from portal.discussion.models import Comment
from portal.drafting.models import Revision
from portal.people.models import SignIn
from portal.people.sessions import _hash
from portal.proposals.models import Support
from portal.submissions import FIELD
from tests.load import drafting
from tests.load.regency import generate
from tests.postgres import Postgres

TOP = Path(__file__).resolve().parent.parent.parent
OUT = TOP / "build" / "load.json"
CLIENTS = 8
READS = 400
"""Requests of one kind, over all clients."""
SECONDS = 12.0
"""How long one kind of write is measured."""
KILLS = 20
AT_LEAST = 2000
"""Writes that are acknowledged while the server's processes are killed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """gunicorn as ./run starts it, on a free port."""

    def __init__(self, url: str, instance: Path, module: str = "wsgi:app") -> None:
        self.port = free_port()
        environment = os.environ | {
            "PORTAL_DATABASE_URL": url,
            "PORTAL_INSTANCE": str(instance),
            "PORTAL_ADDRESS": f"http://127.0.0.1:{self.port}",
            "PORTAL_LOG_LEVEL": "ERROR",
        }
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "portal.gunicorn_worker.Worker",
                "--workers", "2", "--threads", "8", "--graceful-timeout", "3", "--keep-alive", "15", "--log-level",
                "critical", "--preload", module,
            ],
            cwd=TOP, env=environment, start_new_session=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
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

    def queries(self, path: str, person: int) -> int:
        """How many statements one page takes, counted in this process."""
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
        status = client.get(path).status_code
        event.remove(engine, "before_cursor_execute", note)
        assert status == 200, (path, status)
        return count


def p95(values: list[float]) -> float:
    return round(statistics.quantiles(values, n=20)[18] * 1000, 1)


def read_all(
    port: int, cookies: list[str], path_of: Callable[[int], str], count: int = READS
) -> tuple[float, float]:
    """p95 in milliseconds and requests a second, by eight clients."""
    spent: list[float] = []
    lock = threading.Lock()

    def work(cookie: str, share: range) -> None:
        client = Client(port, cookie)
        mine = []
        for number in share:
            began = time.perf_counter()
            status, _body, _headers = client.get(path_of(number))
            mine.append(time.perf_counter() - began)
            assert status == 200, (path_of(number), status)
        client.close()
        with lock:
            spent.extend(mine)

    began = time.perf_counter()
    threads = [
        threading.Thread(target=work, args=(cookie, range(n, count, len(cookies))))
        for n, cookie in enumerate(cookies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(spent) == count
    return p95(spent), round(count / (time.perf_counter() - began), 1)


def write_for(port: int, cookies: list[str], deed: Callable[[Client, int], bool], seconds: float) -> float:
    """Acknowledged writes a second, by eight clients for so many seconds."""
    done = 0
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def work(cookie: str, number: int) -> None:
        nonlocal done
        client = Client(port, cookie)
        mine = 0
        while time.perf_counter() < until:
            if deed(client, number):
                mine += 1
            number += len(cookies)
        client.close()
        with lock:
            done += mine

    threads = [threading.Thread(target=work, args=(cookie, n)) for n, cookie in enumerate(cookies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(done / seconds, 1)


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
    measured.sign_in(people)
    cookies = [measured.cookies[person] for person in people]
    result: dict[str, Any] = {}
    floor = Server(measured.url, measured.instance, "tests.load.floor:app")
    try:
        result["floor_read_per_s"] = read_all(floor.port, cookies, lambda _n: "/read", 2000)[1]
    finally:
        floor.stop()
    server = Server(measured.url, measured.instance)
    try:
        plans, proposals = measured.facts["plans"], measured.facts["proposals"]
        pages: dict[str, Callable[[int], str]] = {
            "inbox": lambda _n: "/menunggu-saya",
            "plan": lambda n: f"/rencana/{n % plans + 1}/tabel",
            "proposals": lambda n: "/usulan" if n % 2 else f"/usulan?rencana={n % plans + 1}",
            "proposal": lambda n: f"/usulan/{n * 37 % proposals + 1}",
        }
        for name, path_of in pages.items():
            read_all(server.port, cookies, path_of, 40)
            result[f"{name}_ms_p95"], result[f"{name}_per_s"] = read_all(server.port, cookies, path_of)
        result["first_visit_bytes"] = first_visit(server.port)
        result["rss_mb"] = server.rss_mb()
    finally:
        server.stop()
    asked = ["/menunggu-saya", "/rencana", "/rencana/1", "/rencana/1/tabel", "/rencana/1/riwayat", "/rencana/1/tahapan",
             "/usulan", "/usulan/1", "/usulan/baru", "/perubahan", "/pemungutan-suara", "/akun", "/bagian/1",
             "/baris/1"]  # fmt: skip
    result["queries_max"] = max(measured.queries(path, people[0]) for path in asked)
    return result


def writes(measured: Measured) -> dict[str, Any]:
    dice = random.Random(11)
    people = sorted({dice.randint(200, measured.facts["people"]) for _ in range(CLIENTS * 3)})[:CLIENTS]
    planners = list(range(61, 61 + CLIENTS))  # of the plans 2 to 9, as the regency is generated
    measured.sign_in(people + planners)
    cookies = [measured.cookies[person] for person in people]
    proposals = measured.facts["proposals"]
    result: dict[str, Any] = {}
    floor = Server(measured.url, measured.instance, "tests.load.floor:app")
    try:
        result["floor_per_s"] = write_for(
            floor.port, cookies, lambda client, _n: client.post("/write", {})[0] == 200, SECONDS
        )
    finally:
        floor.stop()

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

    versions: dict[int, int] = {}

    def save(client: Client, number: int) -> bool:
        plan = number % CLIENTS + 2
        section = (plan - 1) * 17 + 1
        based_on = versions.setdefault(section, 1)
        form = measured.tokens() | {"body": f"Naskah {number} " + "kata " * 100, "based_on": based_on}
        saved = client.post(f"/bagian/{section}/sunting", form)[0] == 303
        if saved:
            versions[section] += 1
        return saved

    server = Server(measured.url, measured.instance)
    try:
        result["support_per_s"] = write_for(server.port, cookies, support, SECONDS)
        result["comment_per_s"] = write_for(server.port, cookies, comment, SECONDS)
        by_plan = [measured.cookies[planner] for planner in planners]
        result["save_per_s"] = write_for(server.port, by_plan, save, SECONDS)
        acknowledged.clear()
        result |= {"kills": 0}
        deadline = time.monotonic() + 120
        while (len(acknowledged) < AT_LEAST or result["kills"] < KILLS) and time.monotonic() < deadline:
            killer = threading.Timer(
                1.0, lambda: [os.kill(pid, signal.SIGKILL) for pid in server.workers()[:1]]
            )
            killer.start()
            write_for(server.port, cookies, comment, 2.0)
            killer.join()
            result["kills"] += 1
    finally:
        server.stop()
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
}


def main(wanted: list[str]) -> int:
    if unknown := set(wanted) - set(SUBJECTS):
        print(
            f"There is no subject {', '.join(sorted(unknown))}: choose of {', '.join(SUBJECTS)}.",
            file=sys.stderr,
        )
        return 1
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
