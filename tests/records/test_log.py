"""The audit log as its reader sees it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import portal
from portal import audit
from portal.records import words


def test_auditor_reads_it_newest_first(client_for, world):
    with world():
        for number in range(3):
            audit.record("tried", f"unit:{number}")
    text = client_for("auditor").page("/log-audit").text
    assert text.index("Unit kerja 2") < text.index("Unit kerja 1") < text.index("Unit kerja 0")


def test_it_is_narrowed_to_one_thing(client_for, world):
    with world():
        audit.record("tried", "proposal:7")
        audit.record("tried", "proposal:8")
    for typed in ("proposal:7", "usulan 7", " Usulan  7 "):
        page = client_for("auditor").page(f"/log-audit?perihal={quote(typed)}")
        assert (
            len([cell for cell in page.all("td") if "".join(cell.itertext()).strip() == "Usulan 7"]) == 1
        ), typed
        assert "Usulan 8" not in page.text
    assert "Tidak ada catatan" in client_for("auditor").page("/log-audit?perihal=proposal:99").text


def test_nobody_else_reads_it(client_for):
    for who in ("staff", "leader", "steward", "planner"):
        assert client_for(who).get("/log-audit").status_code == 403


def test_it_is_paged(client_for, world):
    with world():
        for number in range(120):
            audit.record("tried", f"unit:{number}")
    client = client_for("auditor")
    first = client.page("/log-audit")
    following = next(link.get("href") for link in first.all("a") if "sebelum=" in (link.get("href") or ""))
    assert "Unit kerja 0" not in first.text
    assert "Unit kerja 60" in client.page(following).text


def test_every_recorded_deed_has_words(app):
    """A verb of the code, as it is recorded, stands in the reader's language on the page."""
    source = "\n".join(path.read_text() for path in Path(portal.__file__).parent.rglob("*.py"))
    verbs = set(re.findall(r'audit\.record\(\s*"([^"]+)"', source)) | {
        "saved version 3",
        "published version 2",
    }
    assert len(verbs) > 50
    with app.test_request_context():
        assert not [verb for verb in verbs if words.verb_words(verb) == verb]
    prefixes = set(re.findall(r'audit\.record\(\s*f"(\w+) \{', source))
    assert prefixes >= {"answered", "replied", "acknowledged", "ruled", "verified"}
    assert not [one for one in prefixes if not any(verb.startswith(f"{one} ") for verb in words.VERBS)]
    subjects = set(re.findall(r'audit\.record\([^,]+,\s*f?"([a-z-]+)[:"]', source))
    assert len(subjects) > 10 and not subjects - set(words.SUBJECTS)
