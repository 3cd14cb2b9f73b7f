"""Editing a section or a line: saved on its version, merged where apart, shown as a clash, never overwritten."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.drafting.models import Line, Revision, Section
from tests import factories as make
from tests.conftest import path_of, read

BASE = "Loket dibuka pagi. Berkas dibawa sendiri oleh pegawai."


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """A plan in `forum` with one section and one line, both owned by the agency."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        section = make.section(plan, body=BASE)
        line = make.line(plan)
        return {"plan": plan.id, "section": section.id, "line": line.id}


def revisions(world: Any, section_id: int) -> list[tuple[int | None, str]]:
    with world():
        rows = db.session.execute(
            select(Revision.number, Revision.kind)
            .where(Revision.section_id == section_id)
            .order_by(Revision.id)
        )
        return [tuple(row) for row in rows]


def body_of(world: Any, section_id: int) -> tuple[int, str]:
    with world():
        section = db.session.get_one(Section, section_id)
        return section.version, section.body


def test_planner_saves_a_section_as_the_next_version(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    url = f"/bagian/{places['section']}/sunting"
    page = planner.page(url)
    assert page.find("input", name="based_on").get("value") == "1"
    answer = planner.send(url, {"based_on": "1", "body": "Teks baru.", "reason": "Lebih jelas"})
    assert answer.status_code == 303
    assert path_of(answer) == f"/rencana/{places['plan']}"
    assert body_of(world, places["section"]) == (2, "Teks baru.")
    with world():
        made = db.session.scalars(
            select(Revision).where(Revision.section_id == places["section"], Revision.number == 2)
        ).one()
        assert (made.kind, made.based_on, made.reason, made.body) == ("save", 1, "Lebih jelas", "Teks baru.")
        assert made.sha256 == hashlib.sha256(b"Teks baru.").hexdigest()


def test_the_form_opens_and_the_saved_section_returns_in_place(
    client_for: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    url = f"/bagian/{places['section']}/sunting"
    form = planner.page(url, htmx=True)
    assert form.find("input", name="inline").get("value") == "1"
    answer = planner.send(url, {"based_on": "1", "body": "Teks baru.", "inline": "1"}, htmx=True)
    assert answer.status_code == 200
    part = read(answer, whole=False)
    assert part.find("section", id=f"bagian-{places['section']}")
    assert "Teks baru." in part.text
    whole = planner.send(url, {"based_on": "2", "body": "Teks lagi."}, htmx=True)
    assert path_of(whole) == f"/rencana/{places['plan']}"


def test_changes_apart_are_merged_and_count_once_confirmed(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    url = f"/bagian/{places['section']}/sunting"
    planner = client_for("planner")
    planner.send(url, {"based_on": "1", "body": BASE.replace("pagi", "siang")})
    answer = planner.send(url, {"based_on": "1", "body": BASE.replace("sendiri", "bersama")})
    assert answer.status_code == 409
    page = read(answer)
    merged = BASE.replace("pagi", "siang").replace("sendiri", "bersama")
    assert page.find("textarea", name="body").text.strip() == merged
    assert "digabungkan" in page.text
    assert body_of(world, places["section"]) == (2, BASE.replace("pagi", "siang"))
    sent = {name: page.find("input", name=name).get("value") for name in ("based_on", "clash")}
    assert planner.send(url, sent | {"body": merged}).status_code == 303
    assert body_of(world, places["section"]) == (3, merged)
    assert revisions(world, places["section"]) == [(1, "save"), (2, "save"), (None, "clash"), (3, "merge")]


@pytest.mark.parametrize("htmx", [False, True])
def test_the_same_words_clash_side_by_side_and_mine_stays_in_the_box(
    client_for: Any, world: Any, places: dict[str, int], htmx: bool
) -> None:
    url = f"/bagian/{places['section']}/sunting"
    planner = client_for("planner")
    planner.send(url, {"based_on": "1", "body": BASE.replace("pagi", "sore")})
    token = secrets.token_urlsafe(18)
    mine = {"based_on": "1", "body": BASE.replace("pagi", "siang")}
    answer = planner.send(url, mine, token=token, htmx=htmx)
    assert answer.status_code == 409
    page = read(answer, whole=not htmx)
    assert page.find("textarea", name="body").text.strip() == mine["body"]
    assert "dua orang" in page.text and "sore" in page.text
    assert revisions(world, places["section"])[-1] == (None, "clash")
    assert body_of(world, places["section"])[0] == 2
    # The same token once more: nothing is kept twice, the page of the clash is shown again.
    again = planner.send(url, mine, token=token, htmx=htmx)
    assert len(revisions(world, places["section"])) == 3
    page = planner.page(path_of(again))
    assert page.find("textarea", name="body").text.strip() == mine["body"]
    history = planner.page(f"/bagian/{places['section']}/riwayat")
    link = next(a.get("href") for a in history.all("a") if "bentrok=" in (a.get("href") or ""))
    assert "siang" in planner.page(link).text
    client_for("secretary").page(path_of(again), 403)


def test_a_line_is_merged_field_by_field(client_for: Any, world: Any, places: dict[str, int]) -> None:
    url = f"/baris/{places['line']}/sunting"
    planner = client_for("planner")
    form = {"name": "Pengelolaan Promosi ASN", "indicator": "Jumlah dokumen", "measure_unit": "Dokumen"}
    planner.send(url, form | {"based_on": "1", "target": "2", "ceiling": "310.000.000"})
    planner.send(url, form | {"based_on": "2", "target": "3", "ceiling": "310.000.000"})
    apart = planner.send(url, form | {"based_on": "2", "target": "2", "ceiling": "Rp320.000.000"})
    assert apart.status_code == 409
    page = read(apart)
    assert page.find("input", name="target").get("value") == "3"
    assert page.find("input", name="ceiling").get("value") == "320.000.000"
    assert "digabungkan" in page.text
    clash = planner.send(url, form | {"based_on": "2", "target": "4", "ceiling": "310.000.000"})
    page = read(clash)
    assert page.find("input", name="target").get("value") == "4"
    assert "diubah keduanya" in page.text
    with world():
        line = db.session.get_one(Line, places["line"])
        assert (line.version, line.target, line.ceiling) == (3, 3, 310_000_000)


def test_a_saved_line_returns_with_its_sums(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    url = f"/baris/{places['line']}/sunting"
    assert planner.page(url, htmx=True).find("input", name="ceiling").get("value") == "310.000.000"
    form = {"name": "Promosi", "ceiling": "5.000", "based_on": "1", "inline": "1"}
    part = read(planner.send(url, form, htmx=True), whole=False)
    assert part.find("details", id=f"baris-{places['line']}")
    assert part.find("span", id="jumlah-semua").text == "5.000"
    assert part.find("span", id="jumlah-semua").get("hx-swap-oob") == "true"
    assert planner.page(f"/rencana/{places['plan']}/tabel").find("span", id="jumlah-semua").text == "5.000"
    with world():
        assert db.session.get_one(Line, places["line"]).indicator.startswith("Jumlah Dokumen")


def test_reading_a_cell_at_last_takes_its_mark_away(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    with world():
        db.session.get_one(Line, places["line"]).unread = {"target": "dua-tiga", "ceiling": "?"}
        db.session.get_one(Line, places["line"]).target = None
    planner = client_for("planner")
    assert "dua-tiga" in planner.page(f"/rencana/{places['plan']}/tabel").text
    planner.send(f"/baris/{places['line']}/sunting", {"based_on": "1", "name": "Promosi", "target": "2,5"})
    with world():
        line = db.session.get_one(Line, places["line"])
        assert str(line.target).rstrip("0") == "2.5"
        assert line.unread is None or "target" not in line.unread


def test_a_closed_stage_and_other_people_are_refused(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    url = f"/bagian/{places['section']}/sunting"
    for who in ("staff", "editor", "leader", "neighbour", "other_leader"):
        refused = client_for(who).send(url, {"based_on": "1", "body": "x"})
        assert refused.status_code == 403, who
    client = client_for(None)
    assert client.send(url, {"based_on": "1", "body": "x"}).status_code == 401
    with world():
        starts = {kind: date(2026, 2, 20 + n) for n, kind in enumerate(("forum", "draft"))}
        own = make.section(make.plan(ids["unit:bkpsdm"], 2028, starts=starts), ids["unit:mutasi"])
        own_id = own.id
    assert (
        client_for("editor")
        .send(f"/bagian/{own_id}/sunting", {"based_on": "1", "body": "Milik bidang."})
        .status_code
        == 303
    )
    assert body_of(world, places["section"]) == (1, BASE)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"body": "x"}, 400),
        ({"based_on": "1"}, 400),
        ({"based_on": "99", "body": "x"}, 400),
        ({"based_on": "-1", "body": "x"}, 400),
        ({"based_on": "1", "body": "x" * 20_001}, 422),
        ({"based_on": "1", "body": "a\u202eb"}, 422),
        ({"based_on": "1", "body": "NIP 199001012015012101"}, 422),
        ({"based_on": "1", "body": "x", "reason": "y" * 161}, 422),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_bad_input_keeps_what_was_typed_and_changes_nothing(
    client_for: Any, world: Any, places: dict[str, int], sent: dict[str, str], status: int, htmx: bool
) -> None:
    answer = client_for("planner").send(f"/bagian/{places['section']}/sunting", sent, htmx=htmx)
    assert answer.status_code == status
    if status == 422:
        page = read(answer, whole=not htmx)
        assert page.find("textarea", name="body").text.lstrip("\n") == sent["body"]
        assert page.errors()
    assert body_of(world, places["section"]) == (1, BASE)


def test_a_double_click_saves_once(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    token = secrets.token_urlsafe(18)
    url = f"/bagian/{places['section']}/sunting"
    first = planner.send(url, {"based_on": "1", "body": "Sekali."}, token=token)
    second = planner.send(url, {"based_on": "1", "body": "Sekali."}, token=token)
    assert first.headers["Location"] == second.headers["Location"]
    assert revisions(world, places["section"]) == [(1, "save"), (2, "save")]


def test_markup_in_a_text_stays_text(client_for: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    nasty = "<script>alert(1)</script> <b hx-get='/x'>tebal</b> [a](javascript:alert(1))"
    planner.send(f"/bagian/{places['section']}/sunting", {"based_on": "1", "body": nasty})
    page = planner.page(f"/rencana/{places['plan']}")
    assert not [e for e in page.tree.iter("b") if e.get("hx-get")]
    assert not [e for e in page.tree.iter("a") if (e.get("href") or "").startswith("javascript")]
    assert "alert(1)" not in " ".join(e.text or "" for e in page.tree.iter("script"))


def test_a_former_version_is_restored_as_a_new_one(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    url = f"/bagian/{places['section']}"
    planner.send(f"{url}/sunting", {"based_on": "1", "body": "Versi dua."})
    assert client_for("staff").send(f"{url}/pemulihan", {"number": "1"}).status_code == 403
    assert planner.send(f"{url}/pemulihan", {"number": "1"}).status_code == 303
    assert planner.send(f"{url}/pemulihan", {"number": "77"}).status_code == 404
    assert body_of(world, places["section"]) == (3, BASE)
    assert [kind for _n, kind in revisions(world, places["section"])] == ["save", "save", "restore"]
    page = client_for("staff").page(f"{url}/riwayat?dari=2&ke=3")
    assert "Versi 2 dan versi 3" in page.text
    assert [e.text for e in page.all("del")]
    assert "tidak ada dalam riwayat" in planner.page(f"{url}/riwayat?dari=2&ke=9").text
    planner.page(f"/rencana/{places['plan']}/riwayat")


def test_numbers_are_without_gaps_and_the_head_is_the_last(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    for n in range(1, 6):
        planner.send(f"/bagian/{places['section']}/sunting", {"based_on": str(n), "body": f"Isi {n}"})
    with world():
        section = db.session.get_one(Section, places["section"])
        numbers = db.session.scalars(
            select(Revision.number).where(Revision.section_id == section.id).order_by(Revision.number)
        ).all()
        assert list(numbers) == list(range(1, section.version + 1))
        head = db.session.scalar(
            select(Revision.body).where(
                Revision.section_id == section.id, Revision.number == func.coalesce(section.version, 0)
            )
        )
        assert head == section.body
