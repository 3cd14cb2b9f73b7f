"""The audit log as its reader sees it."""

from __future__ import annotations

from portal import audit


def test_auditor_reads_it_newest_first(client_for, world):
    with world():
        for number in range(3):
            audit.record("tried", f"unit:{number}")
    text = client_for("auditor").page("/log-audit").text
    assert text.index("unit:2") < text.index("unit:1") < text.index("unit:0")


def test_it_is_narrowed_to_one_thing(client_for, world):
    with world():
        audit.record("tried", "proposal:7")
        audit.record("tried", "proposal:8")
    page = client_for("auditor").page("/log-audit?perihal=proposal:7")
    assert "proposal:8" not in page.text
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
    assert "unit:0 " not in first.text
    assert "unit:60" in client.page(following).text
