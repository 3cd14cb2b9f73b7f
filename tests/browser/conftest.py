"""A real browser against the portal in this process, so that the tests' one clock is the server's too."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from werkzeug.serving import make_server

from tests import cast
from tests.conftest import new_session

SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
CURRENT = """Math.max(0, ...Array.from(document.querySelectorAll("nav"),
  (nav) => nav.querySelectorAll("[aria-current=page]").length))"""
SHAPE = r"""document.documentElement.outerHTML
  .replace(/ (value|href|action|aria-label|hx-[a-z:]+)="[^"]+"/g, "").replace(/>[^<]+</g, "> <").replace(/\d+/g, "")"""
"""A page without its words, numbers and addresses."""
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
clean: set[tuple[str, str]] = set()
"""Shapes of pages, by size, in which axe found nothing: it takes most of the time, and once for each will do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {
        "executable_path": shutil.which("chromium"),
        "args": [
            "--no-sandbox",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--no-first-run",
        ],
    }


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the portal of this test is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


class Visitor:
    """Somebody before a screen, who finds things by role and label and goes by links and buttons.

    `go`, `follow`, `press` and `take_up` lead to another page and check it; `press_here` changes the page at hand,
    so wait for its effect with `sees`.
    """

    def __init__(self, page: Page, address: str, app: Flask, person_id: int | None) -> None:
        self.page, self.address, self.app, self.person_id = page, address, app, person_id
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.faults.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )

    def open(self, path: str) -> Visitor:
        self.page.goto(self.address + path)
        return self.check()

    def check(self) -> Visitor:
        """No fault on the page, no sideways scrolling, one current place, nothing that axe finds."""
        assert not self.faults, self.faults
        assert self.page.evaluate(CURRENT) <= 1, f"{self.page.url} stands in two places of the navigation"
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        shape = (str(self.page.viewport_size), self.page.evaluate(SHAPE))
        if shape not in clean:
            found = Axe().run(self.page, options=RULES)
            assert not found.response["violations"], f"{self.page.url}\n{found.generate_report()}"
            clean.add(shape)
        return self

    def come_back(self) -> Visitor:
        """Begin a session (the form is tried in stories of its own) and open the first page."""
        assert self.person_id is not None
        cookie = {"name": "sesi", "value": new_session(self.app, self.person_id)}
        self.page.context.add_cookies([cookie | {"url": self.address}])  # type: ignore[list-item]
        return self.open("/menunggu-saya")

    def sign_in(self, nip: str, password: str = cast.PASSWORD) -> Visitor:
        """Through the form, from the page that holds it."""
        self.fill("NIP", nip).fill("Kata sandi", password).press("Masuk")
        expect(self.page).to_have_url(self.address + "/menunggu-saya")
        return self

    def _one(self, role: Any, name: str) -> Locator:
        return self.page.get_by_role(role, name=name, exact=True).first

    def _leave_by(self, link_or_button: Locator) -> Visitor:
        with self.page.expect_navigation():
            link_or_button.click()
        return self.check()

    def press(self, name: str) -> Visitor:
        return self._leave_by(self._one("button", name))

    def press_here(self, name: str) -> Visitor:
        self._one("button", name).click()
        return self

    def follow(self, name: str) -> Visitor:
        return self._leave_by(self._one("link", name))

    def go(self, place: str) -> Visitor:
        """To a place of the navigation, beside whose name a number may stand."""
        return self._leave_by(self.page.get_by_role("link", name=re.compile(f"^{place}")).first)

    def unfold(self, name: str) -> Visitor:
        """Open what is folded under this word."""
        self.page.locator("summary").filter(has_text=name).first.click()
        return self

    def fill(self, label: str, text: str) -> Visitor:
        self.page.get_by_label(label, exact=True).locator("visible=true").fill(text)
        return self

    def choose(self, label: str, option: str) -> Visitor:
        self.page.get_by_label(label, exact=True).locator("visible=true").select_option(option)
        return self

    def check_off(self, label: str) -> Visitor:
        self.page.get_by_label(label, exact=True).locator("visible=true").check()
        return self

    def sees(self, text: str) -> Visitor:
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()
        return self

    def sees_not(self, text: str) -> Visitor:
        expect(self.page.get_by_text(text)).to_have_count(0)
        return self

    def _waiting(self, sentence: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("listitem").filter(has_text=sentence)

    def is_awaited(self, sentence: str) -> Visitor:
        """Something waits for this person, once."""
        self.go("Menunggu saya")
        expect(self._waiting(sentence)).to_have_count(1)
        return self

    def is_not_awaited(self, sentence: str) -> Visitor:
        self.go("Menunggu saya")
        expect(self._waiting(sentence)).to_have_count(0)
        return self

    def take_up(self, sentence: str, action: str) -> Visitor:
        """Go from what waits to where it is done."""
        self.is_awaited(sentence)
        row = self._waiting(sentence)
        # Most lead there by a link; what is a deed of its own (a mention that was seen) by a button.
        found = row.get_by_role("link", name=action, exact=True).or_(
            row.get_by_role("button", name=action, exact=True)
        )
        return self._leave_by(found)


class Keyboard:
    """Hands that know only Tab, Enter, Space, arrows and letters: no pointer."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def to(self, wanted: Locator) -> Keyboard:
        """Press Tab until this has the focus, which must then be seen."""
        for _step in range(80):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                break
        expect(wanted).to_be_focused()
        expect(wanted).to_be_in_viewport()
        assert wanted.evaluate("element => parseFloat(getComputedStyle(element).outlineWidth)") >= 2
        return self

    def to_link(self, name: str) -> Keyboard:
        return self.to(self.page.get_by_role("link", name=name, exact=True).first)

    def to_button(self, name: str) -> Keyboard:
        return self.to(self.page.get_by_role("button", name=name, exact=True).locator("visible=true").first)

    def to_field(self, label: str) -> Keyboard:
        return self.to(self.page.get_by_label(label, exact=True).locator("visible=true"))

    def type(self, text: str) -> Keyboard:
        self.page.keyboard.type(text)
        return self

    def press(self, key: str) -> Keyboard:
        self.page.keyboard.press(key)
        return self

    def enter(self) -> Keyboard:
        """Enter, where it leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.visitor.check()
        return self


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


Visitors = Callable[..., Visitor]


@pytest.fixture
def visitor(browser: Browser, address: str, app: Flask, ids: dict[str, int]) -> Iterator[Visitors]:
    """Make somebody with a browser of their own: `visitor("staff", size)`, `visitor(None)` for the signed-out.

    The phone is set to dark, the desk to light, so that both themes are looked at.
    """
    contexts: list[BrowserContext] = []

    def make(who: str | int | None, size: str = "desk", javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type]
            color_scheme="dark" if size == "phone" else "light",
            java_script_enabled=javascript,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        contexts.append(context)
        found = Visitor(context.new_page(), address, app, ids[who] if isinstance(who, str) else who)
        if not javascript:
            found.check = lambda: found  # type: ignore[method-assign] # axe needs a script
        return found.come_back() if who is not None else found

    yield make
    for context in contexts:
        context.close()
