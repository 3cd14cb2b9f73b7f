"""Thousands of random requests: none ends in a fault, none takes a second, no markup gets into a page."""

from __future__ import annotations

import os
import time
from random import Random
from typing import Any

import pytest

from tests.conftest import Client
from tests.input.noise import Asked, Noise

SEED = 20261124
RESTORED = 250
"""Requests until the world is put back, for some of them end sessions, plans and polls."""
LONGEST, LONGEST_WAIT = 1.0, 10.0
"""Seconds of processor time of one request, its helpers included; and of the whole, on a machine as busy as it is."""
MARKS = ("<script>alert", "<img src=x", "Traceback (most")


class Crowd:
    """A browser for each person, signed in anew where a session ended."""

    def __init__(self, client_for: Any, made: Any) -> None:
        self.client_for, self.made, self.clients = client_for, made, {}

    def send(self, asked: Asked, noise: Noise) -> tuple[int, str, float]:
        """Status, page, and the seconds it took."""
        client: Client = self.clients.get(asked.by) or self.client_for(self.made.get(asked.by, asked.by))
        self.clients[asked.by] = client
        if asked.method != "GET" and asked.raw is None:
            asked.fields = noise.tokens(client.csrf()) + asked.fields
        cookies = client._cookies
        if asked.cookie is not None:
            client._cookies, asked.headers = None, [*asked.headers, ("Cookie", asked.cookie)]
        began, before = time.monotonic(), os.times()[:4]
        response = client.open(asked.path, method=asked.method, headers=asked.headers, **asked.body())
        page = response.get_data(
            as_text=response.mimetype == "text/html" and "Content-Encoding" not in response.headers
        )
        worked, took = sum(os.times()[:4]) - sum(before), time.monotonic() - began
        response.close()
        client._cookies = cookies
        if response.status_code == 401 or "/sesi" in asked.path or "/keluar" in asked.path:
            self.clients.pop(asked.by)
        return (
            response.status_code,
            page if isinstance(page, str) else "",
            max(worked, took * LONGEST / LONGEST_WAIT),
        )


def ask(seed: int, count: int, app: Any, built: Any, anew: Any, client_for: Any) -> None:
    """Send so many requests; a failure names the seed and the request."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule]
    found, seen, slowest = [], {}, 0.0
    with app.test_request_context():
        noise = Noise(Random(seed), built, rules)
    for number in range(count):
        if number % RESTORED == 0:
            anew()
            crowd = Crowd(client_for, built)
        with app.test_request_context():
            asked = noise.next()
        status, page, took = crowd.send(asked, noise)
        seen[status] = seen.get(status, 0) + 1
        slowest = max(slowest, took)
        if status >= 500 or took > LONGEST or any(mark in page for mark in MARKS):
            found.append(f"{number}: {status} in {took:.2f} s: {asked}")
    print(f"seed {seed}: {count} requests, {dict(sorted(seen.items()))}, slowest {slowest:.2f} s")
    assert not found, f"seed {seed}: {len(found)} of {count}\n" + "\n".join(found[:20])
    assert seen.keys() >= {200, 303, 403, 404, 422}, "the requests do not get far enough"


@pytest.fixture
def seed(request):
    return request.config.getoption("--seed") or SEED


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_two_thousand_requests(part, seed, app, built, anew, client_for):
    ask(seed + part, 500, app, built, anew, client_for)


@pytest.mark.long
@pytest.mark.parametrize("part", range(20))
def test_a_hundred_thousand_requests(part, seed, app, built, anew, client_for):
    ask(seed + 1000 + part, 5000, app, built, anew, client_for)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("steward", "/pegawai?cari=a%00b"),
        ("planner", "/baris/{line}/sunting?kode=%00"),
        ("planner", "/rencana/{plan}/baris/baru?x=1&kode=1&kode=%00"),
        ("staff", "/nomenklatur?q=%00"),
    ],
)
def test_nothing_is_looked_for_with_a_nul(who, path, built, client_for):
    client = client_for(who)
    assert client.get(path.format_map(built)).status_code == 400
    assert client.get(path.format_map(built), headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("content", [b'{"nip": 5, "password": []}', b'"x"', b"[1]", b"5", b"{", b""])
def test_json_is_no_form(client, content):
    headers = {"X-CSRFToken": client.csrf()}
    response = client.post("/masuk", data=content, content_type="application/json", headers=headers)
    assert response.status_code == 422
