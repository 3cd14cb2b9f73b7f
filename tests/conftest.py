"""What tests stand on: one app a process, a fresh copy of the migrated database with the cast for each test,
a clock that stands still, and a client that checks every page it opens."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from flask import Flask, has_request_context
from hypothesis import HealthCheck, settings
from itsdangerous import URLSafeTimedSerializer
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from werkzeug.test import Client as WerkzeugClient
from werkzeug.test import TestResponse

from portal import clock, create_app
from portal import db as portal_db
from portal.db import db, migrate, writing
from portal.drafting import feed
from portal.people import sessions
from portal.people.models import SignIn
from portal.people.passwords import hash_password
from portal.submissions import FIELD
from tests import cast, scratch

# Generating examples is slow on a busy machine, and that is no fault.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.addoption("--real", default=None, help="folder of the real files")
    parser.addoption("--seed", type=int, default=None, help="of the random requests")


class Stopped:
    """The clock of a test: it stands until it is set or moved."""

    def __init__(self, now: datetime) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def set(self, now: datetime) -> None:
        self.instant = now

    def forward(self, **length: float) -> None:
        self.instant += timedelta(**length)


@pytest.fixture(autouse=True)
def feed_is_read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long ago the last page was made does not decide how many questions this one asks."""
    monkeypatch.setattr(feed, "FRESH", -1.0)


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch) -> Stopped:
    """Time stands at 3 March 2026, 09.00 WIB."""
    stop = Stopped(cast.NOW)
    monkeypatch.setattr(clock, "now", stop.now)
    return stop


class Store:
    """Where the databases of this test process live."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder, kind
        self.server: Any = None
        if kind == "postgresql":
            from tests.postgres import Postgres

            self.server = Postgres()
            self.server.start()
            self.server.create_database("template")
            self.template_url = self._url("template")
        else:
            self.template_url = f"sqlite:///{folder / 'template.sqlite'}"
        self.url = self._url("test") if kind == "postgresql" else f"sqlite:///{folder / 'test.sqlite'}"

    def _url(self, name: str) -> str:
        return str(self.server.url(name))

    def fresh(self, source: str = "template") -> None:
        """Put a copy of the template (or of what was kept by a name) in the place of the test's database."""
        self._copy(source, "test")

    def keep(self, name: str) -> None:
        """Keep the test's database as it stands, for `fresh(name)`; no connection may be open."""
        self._copy("test", name)

    def _copy(self, source: str, target: str) -> None:
        if self.kind == "postgresql":
            self.server.drop_database(target)
            self.server.create_database(target, template=source)
            return
        for suffix in ("", "-wal", "-shm"):
            (self.folder / f"{target}.sqlite{suffix}").unlink(missing_ok=True)
            if (self.folder / f"{source}.sqlite{suffix}").exists():
                shutil.copyfile(
                    self.folder / f"{source}.sqlite{suffix}", self.folder / f"{target}.sqlite{suffix}"
                )

    def close(self) -> None:
        if self.server is not None:
            self.server.stop()


@pytest.fixture(scope="session")
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    made = Store(scratch.folder("rembuk"), request.config.getoption("--database"))
    yield made
    made.close()
    shutil.rmtree(made.folder)


class Compiled(FileSystemBytecodeCache):
    """Templates as they were compiled; on a full disk they are compiled again."""

    def dump_bytecode(self, bucket: Any) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def build(store: Store, url: str) -> Flask:
    """The portal on this database. Its templates are compiled once for all processes of the tests."""
    app = create_app(
        DATABASE_URL=url,
        INSTANCE=store.folder / "instance",
        DEVELOPMENT=True,
        TESTING=False,
        ARGON2_MEMORY=8,
        CODE_MEMORY=8 * 1024,
        PROPAGATE_EXCEPTIONS=False,
    )
    compiled = store.folder / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = Compiled(str(compiled))
    return app


@pytest.fixture(scope="session")
def template(store: Store) -> dict[str, int]:
    """The ids of the cast, after the template database was migrated and filled."""
    patch = pytest.MonkeyPatch()
    patch.setattr(clock, "now", lambda: cast.NOW)
    app = build(store, store.template_url)
    migrate(app)
    with app.app_context(), writing():
        ids = cast.load()
        from portal.people.models import Person

        hashed = hash_password(cast.PASSWORD)
        for person in db.session.query(Person):
            person.password_hash = hashed
        db.session.commit()
        db.session.remove()
        if store.kind == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    patch.undo()
    return ids


def writes_only_when_it_said_so(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    """A request that reads has no transaction on PostgreSQL: what it wrote could not be taken back."""
    if has_request_context() and not portal_db._writes.get():
        assert statement.startswith(("SELECT", "WITH", "BEGIN", "PRAGMA")), statement


@pytest.fixture(scope="session")
def one_app(store: Store, template: dict[str, int]) -> Flask:
    app = build(store, store.url)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", writes_only_when_it_said_so)
    return app


@pytest.fixture
def app(one_app: Flask, store: Store) -> Iterator[Flask]:
    with one_app.app_context():
        db.engine.dispose()
        store.fresh()
    feed.forget()
    yield one_app
    with one_app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def host(app: Flask, store: Store) -> Iterator[Any]:
    """A process that builds the portal once and forks the ones that are killed."""
    from tests.killed import Host

    with Host(store) as made:
        yield made


@pytest.fixture
def ids(template: dict[str, int]) -> dict[str, int]:
    """The cast's ids: `ids["staff"]`, `ids["unit:mutasi"]`, `ids["duty:leader"]`."""
    return template


@pytest.fixture
def world(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """`with world():` arrange or look at the database; commits at its end.

    Clients act outside of it: inside, their requests would share its `g`.
    """

    @contextmanager
    def enter() -> Iterator[None]:
        with app.app_context(), writing():
            yield
            db.session.commit()
            db.session.remove()

    return enter


@dataclass
class Page:
    """A parsed answer. `find` and `all` take an element name and wanted attributes; `text` is all words."""

    response: TestResponse
    tree: Any

    def all(self, tag: str, **wanted: str) -> list[Any]:
        names = {key.rstrip("_").replace("_", "-"): value for key, value in wanted.items()}
        return [
            element
            for element in self.tree.iter(tag)
            if all(element.get(name) == value for name, value in names.items())
        ]

    def find(self, tag: str, **wanted: str) -> Any:
        found = self.all(tag, **wanted)
        assert found, f"no <{tag} {wanted}> on the page: {self.text[:600]}"
        return found[0]

    @property
    def text(self) -> str:
        return words(self.tree)

    def errors(self) -> dict[str, str]:
        """The message beside each field, by the field's name."""
        found = {}
        for element in self.tree.iter():
            described = element.get("aria-describedby") if isinstance(element.tag, str) else None
            if described and element.get("aria-invalid") == "true":
                for name in described.split():
                    for other in self.tree.iter():
                        if isinstance(other.tag, str) and other.get("id") == name and name.endswith("-error"):
                            found[element.get("name") or name.removesuffix("-error")] = words(other)
        return found


def words(element: Any) -> str:
    return re.sub(r"\s+", " ", " ".join(element.itertext())).strip()


def parse(body: str) -> Any:
    return html5lib.parse(body, treebuilder="etree", namespaceHTMLElements=False)


def new_session(app: Flask, person_id: int) -> str:
    """Write a session of this person that begins now; returns what its cookie holds."""
    key = secrets.token_urlsafe(32)
    with app.app_context(), writing():
        now = clock.now()
        db.session.add(
            SignIn(
                key_hash=sessions._hash(key), person_id=person_id, device="tests", at=now, seen_at=now,
                confirmed_at=now,
            )
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    return key


class Client(WerkzeugClient):
    """A browser without eyes: signs people in, sends forms whole, and checks each page it opens."""

    app: Flask
    ids: dict[str, int]

    def sign_in(self, who: str | int) -> Client:
        """Become one of the cast (or any person by id), by a session row, not by the form."""
        person_id = self.ids[who] if isinstance(who, str) else who
        self.set_cookie("sesi", new_session(self.app, person_id))
        return self

    def csrf(self) -> str:
        raw = "0123456789abcdef" * 2
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        assert serializer is not None
        current = self.get_cookie("rembuk")
        content = serializer.loads(current.value) if current else {}
        content.setdefault("csrf_token", raw)
        self.set_cookie("rembuk", serializer.dumps(content))
        return str(
            URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(content["csrf_token"])
        )

    def send(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        htmx: bool = False,
        token: str | None = None,
        **kw: Any,
    ) -> TestResponse:
        """POST a form with its CSRF token and a one-time token (a new one unless given)."""
        form = {"csrf_token": self.csrf(), FIELD: token or secrets.token_urlsafe(18)} | (data or {})
        headers = dict(kw.pop("headers", {}))
        if htmx:
            headers |= {"HX-Request": "true", "HX-Request-Type": "partial"}
        return self.post(path, data=form, headers=headers, **kw)

    def page(self, path: str, status: int = 200, *, htmx: bool = False) -> Page:
        """GET a page, parse and check it."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
        response = self.get(path, headers=headers)
        assert response.status_code == status, (path, response.status_code, response.text[:800])
        return read(response, whole=not htmx)


def read(response: TestResponse, whole: bool = True) -> Page:
    """Parse an answer and check what must hold on each page."""
    page = Page(response, parse(response.text))
    ids_seen = [element.get("id") for element in page.tree.iter() if element.get("id")]
    twice = {name for name in ids_seen if ids_seen.count(name) > 1}
    assert not twice, f"ids more than once: {twice}"
    for element in page.tree.iter():
        assert element.get("style") is None, "inline style"
        assert not [name for name in element.attrib if name.startswith("on")], "inline handler"
    if whole:
        assert len(page.all("h1")) == 1, f"{len(page.all('h1'))} h1"
        assert words(page.find("title")), "no title"
        labels = {label.get("for") for label in page.all("label")}
        for tag in ("input", "select", "textarea"):
            for control in page.all(tag):
                if control.get("type") in ("hidden", "submit", "button"):
                    continue
                named = (
                    control.get("id") in labels or control.get("aria-label") or control.get("aria-labelledby")
                )
                assert named, f"a control without a label: {control.attrib}"
    return page


@pytest.fixture
def client_for(app: Flask, ids: dict[str, int]) -> Callable[[str | int | None], Client]:
    """Make a client of its own for each person: `client_for("staff")`, `client_for(None)`."""

    def make(who: str | int | None = None) -> Client:
        client = Client(app)
        client.app, client.ids = app, ids
        if who is not None:
            client.sign_in(who)
        return client

    return make


@pytest.fixture
def client(client_for: Callable[[str | int | None], Client]) -> Client:
    """Somebody who has not signed in."""
    return client_for(None)


def path_of(response: TestResponse) -> str:
    """Where a redirect (or htmx's own header) leads."""
    location = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    return urlsplit(location).path


@pytest.fixture
def count_queries(app: Flask) -> Iterator[Callable[[], int]]:
    """How many statements ran since the last call."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)

    def count() -> int:
        number = len(statements)
        statements.clear()
        return number

    yield count
    event.remove(engine, "before_cursor_execute", note)
