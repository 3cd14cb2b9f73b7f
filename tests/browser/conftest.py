"""A real browser against the portal in this process, so that the tests' one clock is the server's too."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests import cast

SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


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
    """Somebody before a screen: opens pages by their address, finds things by role and label."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
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
        """No fault on the page, no sideways scrolling, nothing that axe finds."""
        self.page.wait_for_load_state()
        assert not self.faults, self.faults
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        found = Axe().run(self.page, options=RULES)
        assert not found.response["violations"], found.generate_report()
        return self

    def sign_in(self, who: str) -> Visitor:
        self.open("/masuk")
        self.page.get_by_label("NIP", exact=True).fill(cast.PEOPLE[who][2])
        self.page.get_by_label("Kata sandi", exact=True).fill(cast.PASSWORD)
        self.page.get_by_role("button", name="Masuk", exact=True).click()
        expect(self.page).to_have_url(self.address + "/menunggu-saya")
        return self.check()

    def press(self, name: str) -> Visitor:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        return self

    def follow(self, name: str) -> Visitor:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        return self.check()

    def fill(self, label: str, text: str) -> Visitor:
        self.page.get_by_label(label, exact=True).first.fill(text)
        return self

    def sees(self, text: str) -> Visitor:
        expect(self.page.get_by_text(text).first).to_be_visible()
        return self

    def sees_not(self, text: str) -> Visitor:
        expect(self.page.get_by_text(text)).to_have_count(0)
        return self


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    return SIZES[request.param]


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Make somebody with a browser of their own: `visitor("staff", size)`; `javascript=False` switches it off."""
    contexts: list[BrowserContext] = []

    def make(who: str | None, size: dict[str, int] = SIZES["desk"], javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport=size, java_script_enabled=javascript, locale="id-ID", timezone_id="Asia/Jakarta"
        )
        contexts.append(context)
        found = Visitor(context.new_page(), address)
        if not javascript:
            found.check = lambda: found  # type: ignore[method-assign] # axe needs a script
        return found.sign_in(who) if who else found

    yield make
    for context in contexts:
        context.close()
