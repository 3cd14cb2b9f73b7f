"""The steps of a vote as people take them, for the tests of this folder."""

from __future__ import annotations

import re

from tests.conftest import path_of

VOTERS = 6


def form(ids, named, /, **changed):
    """The form that prepares a poll of the division Mutasi, with three witnesses of whom two open the box."""
    return {
        "unit": ids["unit:mutasi"],
        "plan": 0,
        "question": "Apakah loket dibuka pada hari Sabtu?",
        "options": "",
        "opens_at": "2026-03-03T08:00",
        "closes_at": "2026-03-04T16:00",
        "strength": "2-3",
        "witnesses": list(named),
        "quorum": "50",
    } | changed


def prepared(client_for, ids, named, /, **changed):
    response = client_for("leader").send("/pemungutan-suara/baru", form(ids, named, **changed))
    assert response.status_code == 303, response.text
    return int(path_of(response).rsplit("/", 1)[1])


def codes_of(client_for, poll, witnesses):
    """Each witness fetches and tests the code, with a mistake first; in the order of their slots."""
    codes = []
    for person in witnesses:
        client = client_for(person)
        page = client.send(f"/pemungutan-suara/{poll}/saksi")
        code = re.search(r'code-words">([^<]+)<', page.text).group(1)
        assert code not in client.get(f"/pemungutan-suara/{poll}/saksi").text
        test = f"/pemungutan-suara/{poll}/saksi/uji"
        assert client.send(test, {"code": "salah semua"}).status_code == 422
        assert client.send(test, {"code": code.upper()}).status_code == 303
        codes.append(code)
    return codes


def cast(client, poll, choice, token=None, **more):
    return client.send(f"/pemungutan-suara/{poll}/amplop", {"choice": choice} | more, token=token)


def open_box(client_for, poll, codes, witnesses):
    """Two of the three witnesses type their codes on the page of the first."""
    typed = {"code-A": codes[0], "code-B": codes[1]}
    return client_for(witnesses[0]).send(f"/pemungutan-suara/{poll}/pembukaan", typed)
