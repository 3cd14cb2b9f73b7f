"""Drafts, who is there, and what reaches an open page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.drafting import feed
from portal.drafting.models import Revision, Section
from portal.ledger import Attempt
from portal.people import drafts as people_drafts
from portal.people.models import Draft, Presence
from tests import factories as make

TAG = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "FRESH", 0)


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        return {"plan": plan.id, "section": make.section(plan, body="Semula.").id, "line": make.line(plan).id}


def drafts(world: Any) -> list[tuple[str, str]]:
    with world():
        return [(row.place, row.fields["body"]) for row in db.session.scalars(select(Draft))]


def keep(client: Any, section: int, body: str, **more: str) -> Any:
    return client.send(f"/bagian/{section}/draf", {"based_on": "1", "body": body, "skrip": "1", **more})


def test_a_draft_is_kept_and_offered_and_never_touches_the_text(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    answer = keep(planner, places["section"], "Setengah kali")
    assert answer.status_code == 200
    assert "tersimpan sebagai draf" in answer.text
    keep(planner, places["section"], "Setengah kalimat")
    assert drafts(world) == [(f"section:{places['section']}", "Setengah kalimat")]
    page = planner.page(f"/bagian/{places['section']}/sunting")
    assert page.find("textarea", name="body").text.strip() == "Setengah kalimat"
    with world():
        section = db.session.get_one(Section, places["section"])
        assert (section.version, section.body) == (1, "Semula.")
        assert db.session.scalar(select(func.count(Revision.id))) == 2  # of the section and of the line


def test_a_draft_stays_on_the_version_it_was_opened_from(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner, other = client_for("planner"), client_for("planner")
    url = f"/bagian/{places['section']}/sunting"
    keep(planner, places["section"], "Tulisan saya.")
    answer = other.send(url, {"based_on": "1", "body": "Versi dua."})
    assert answer.status_code == 303
    keep(planner, places["section"], "Tulisan saya.")
    page = planner.page(url)
    assert page.find("input", name="based_on").get("value") == "1"
    assert planner.send(url, {"based_on": "1", "body": "Tulisan saya."}).status_code == 409
    assert drafts(world) == []


def test_the_save_clears_the_draft_and_a_late_one_does_not_bring_it_back(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner, token = client_for("planner"), "satu-formulir-satu-token"
    keep(planner, places["section"], "Hampir selesai", kiriman=token)
    sent = {"based_on": "1", "body": "Selesai."}
    assert planner.send(f"/bagian/{places['section']}/sunting", sent, token=token).status_code == 303
    assert drafts(world) == []
    late = {"based_on": "1", "body": "Selesai", "skrip": "1"}
    assert planner.send(f"/bagian/{places['section']}/draf", late, token=token).status_code == 200
    assert drafts(world) == []


@pytest.mark.slow
def test_a_draft_is_nobody_elses(client_for: Any, world: Any, places: dict[str, int]) -> None:
    keep(client_for("planner"), places["section"], "Rahasia belum jadi")
    for who in ("editor", "leader", "staff", "steward", "auditor"):
        for path in (
            "/menunggu-saya",
            f"/bagian/{places['section']}",
            f"/bagian/{places['section']}/sunting",
        ):
            assert "Rahasia belum jadi" not in client_for(who).get(path).text, (who, path)


def test_my_drafts_wait_for_me(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    keep(planner, places["section"], "Belum dikirim")
    page = planner.page("/menunggu-saya")
    assert "belum dikirim" in page.text
    assert page.find("a", href=f"/bagian/{places['section']}/sunting") is not None
    assert "belum dikirim" not in client_for("editor").page("/menunggu-saya").text


def test_without_javascript_a_button_keeps_the_draft(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    answer = planner.send(f"/bagian/{places['section']}/draf", {"based_on": "1", "body": "Nanti lagi"})
    assert answer.status_code == 303
    assert answer.location.endswith(f"/bagian/{places['section']}/sunting")
    assert drafts(world)[0][1] == "Nanti lagi"


def test_a_draft_can_be_discarded(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    keep(planner, places["section"], "Salah")
    answer = planner.send(f"/bagian/{places['section']}/draf", {"urusan": "buang"})
    assert answer.status_code == 303
    assert drafts(world) == []
    box = planner.page(f"/bagian/{places['section']}/sunting").find("textarea", name="body")
    assert box.text.strip() == "Semula."


def test_drafts_are_limited(client_for: Any, world: Any, places: dict[str, int], stopped: Any) -> None:
    planner = client_for("planner")
    answers = [keep(planner, places["section"], f"Ketikan {n}").status_code for n in range(42)]
    assert answers == [200] * 40 + [429] * 2
    stopped.forward(minutes=2)
    assert keep(planner, places["section"], "Lagi").status_code == 200
    with world():
        people_drafts.sweep()
        assert len(db.session.scalars(select(Attempt.window)).all()) == 1, "only what still counts is kept"


def test_who_edits_is_seen_for_less_than_a_minute(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    planner, editor = client_for("planner"), client_for("leader")
    address = f"/bagian/{places['section']}"
    planner.send(f"{address}/draf", {"urusan": "hadir", "skrip": "1"})
    assert "Sedang disunting oleh" in editor.page(address).text
    assert "Sedang disunting oleh" in editor.page(f"/rencana/{places['plan']}").text
    assert "Sedang disunting oleh" not in planner.page(address).text
    stopped.forward(seconds=59)
    assert "Sedang disunting oleh" not in editor.page(address).text
    planner.send(f"{address}/draf", {"urusan": "hadir", "skrip": "1"})
    planner.send(f"{address}/draf", {"urusan": "pergi", "skrip": "1"})
    assert "Sedang disunting oleh" not in editor.page(address).text


def test_who_may_not_edit_is_never_said_to(client_for: Any, world: Any, places: dict[str, int]) -> None:
    client_for("staff").send(f"/bagian/{places['section']}/draf", {"urusan": "hadir", "skrip": "1"})
    with world():
        assert db.session.scalar(select(func.count()).select_from(Presence)) == 0


def ask(client: Any, url: str, tag: str = "0") -> Any:
    return client.get(url, headers=TAG | {"HX-PTag": tag})


def test_what_others_do_reaches_an_open_page(client_for: Any, places: dict[str, int], stopped: Any) -> None:
    staff, planner = client_for("staff"), client_for("planner")
    url = _live_url(staff, places)
    first = ask(staff, url)
    assert first.status_code == 200
    assert "perubahan baru" not in first.text
    assert ask(staff, url, first.headers["HX-PTag"]).status_code == 304
    planner.send(f"/bagian/{places['section']}/sunting", {"based_on": "1", "body": "Baru."})
    planner.send(f"/baris/{places['line']}/tanggapan", {"body": "Sudah dihitung?"})
    told = ask(staff, url, first.headers["HX-PTag"])
    assert told.status_code == 200
    assert "2 perubahan baru" in told.text
    assert ask(staff, url, told.headers["HX-PTag"]).status_code == 304
    staff.send(f"/bagian/{places['section']}/tanggapan", {"body": "Milik sendiri."})
    assert ask(staff, url, told.headers["HX-PTag"]).status_code == 304
    assert "perubahan baru" not in ask(staff, _live_url(staff, places)).text


def _live_url(client: Any, places: dict[str, int]) -> str:
    return str(client.page(f"/rencana/{places['plan']}").find("div", **{"class": "live"}).get("data-live"))


def test_a_poll_prolongs_no_session(client_for: Any, places: dict[str, int], stopped: Any) -> None:
    staff = client_for("staff")
    url = _live_url(staff, places)
    tag = ask(staff, url).headers["HX-PTag"]
    for _minute in range(7):
        stopped.forward(minutes=5)
        answer = ask(staff, url, tag)
    assert answer.status_code == 401


def test_an_unchanged_poll_is_cheap(
    client_for: Any, places: dict[str, int], count_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = client_for("staff")
    url = _live_url(staff, places)
    tag = ask(staff, url).headers["HX-PTag"]
    monkeypatch.setattr(feed, "FRESH", 60)
    before = count_queries()
    assert ask(staff, url, tag).status_code == 304
    assert count_queries() - before <= 2
