"""The honesty card: the planner says what is open, and why not, before and after the staff are invited."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.drafting.models import Line, Origin, Revision, Section
from portal.proposals.models import Answer
from tests import factories as make
from tests.conftest import read, words


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        section = make.section(plan, openness="decide")
        line = make.line(plan)
        return {"plan": plan.id, "section": section.id, "line": line.id}


def openness_of(world: Any, places: dict[str, int]) -> tuple[str, str | None]:
    with world():
        section = db.session.get_one(Section, places["section"])
        return section.openness, section.openness_reason


@pytest.mark.parametrize("htmx", [False, True])
def test_narrowing_asks_for_a_reason_and_keeps_it_visible(
    client_for: Any, world: Any, places: dict[str, int], htmx: bool
) -> None:
    planner = client_for("planner")
    url = f"/rencana/{places['plan']}/keterbukaan"
    key = f"section-{places['section']}-"
    sent = {f"{key}openness": "fixed", f"{key}reason": "", f"{key}was": "decide", f"{key}was_reason": ""}
    refused = planner.send(url, sent, htmx=htmx)
    assert refused.status_code == 422
    assert "alasan" in read(refused, whole=not htmx).errors()[f"{key}reason"]
    assert openness_of(world, places) == ("decide", None)
    done = planner.send(url, sent | {f"{key}reason": "Amanat Undang-Undang ASN"}, htmx=htmx)
    assert done.status_code == (200 if htmx else 303)
    assert openness_of(world, places) == ("fixed", "Amanat Undang-Undang ASN")
    for page in (url, f"/bagian/{places['section']}", f"/rencana/{places['plan']}"):
        assert "Amanat Undang-Undang ASN" in client_for("staff").page(page).text


def test_who_changed_nothing_on_an_old_page_sets_nothing(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    url = f"/rencana/{places['plan']}/keterbukaan"
    page = planner.page(url)
    sent = {e.get("name"): e.get("value") or "" for e in page.all("input") if "-" in (e.get("name") or "")}
    sent |= {
        e.get("name"): next(o.get("value") for o in e.iter("option") if o.get("selected") is not None)
        for e in page.all("select")
        if "openness" in (e.get("name") or "")
    }
    planner.send(f"/bagian/{places['section']}/keterbukaan", {"openness": "fixed", "reason": "Amanat"})
    sent[f"line-{places['line']}-openness"] = "decide"
    assert planner.send(url, sent).status_code == 303
    assert openness_of(world, places) == ("fixed", "Amanat")
    with world():
        assert db.session.get_one(Line, places["line"]).openness == "decide"


def test_only_the_planner_sets_it(client_for: Any, world: Any, places: dict[str, int]) -> None:
    for who in ("staff", "editor", "leader", "other_leader"):
        for url in (f"/bagian/{places['section']}", f"/baris/{places['line']}", f"/rencana/{places['plan']}"):
            answer = client_for(who).send(f"{url}/keterbukaan", {"openness": "consult"})
            assert answer.status_code == 403, (who, url)
    assert openness_of(world, places)[0] == "decide"


def test_planner_gives_a_piece_to_a_division(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    planner = client_for("planner")
    url = f"/bagian/{places['section']}/keterbukaan"
    form = {"openness": "decide", "unit": str(ids["unit:mutasi"])}
    assert planner.send(url, form).status_code == 303
    with world():
        assert db.session.get_one(Section, places["section"]).unit_id == ids["unit:mutasi"]
    assert planner.send(url, form | {"unit": str(ids["unit:aplikasi"])}).status_code == 422


def test_the_card_counts_what_was_opened_and_what_an_input_changed(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    with world():
        made = make.proposal(db.session.get_one(Line, places["line"]).plan, ids["staff"], clock.now())
        db.session.add(
            Origin(
                line_id=places["line"],
                kind="proposal",
                proposal_id=made.id,
                by_id=ids["planner"],
                at=clock.now(),
            )
        )
    page = client_for("staff").page(f"/rencana/{places['plan']}/tabel")
    numbers = {
        a.get("href").partition("isi=")[2]: words(a) for a in page.all("a") if "isi=" in a.get("href", "")
    }
    assert numbers == {"dibuka": "2 bagian dibuka", "berubah": "1 berubah karena masukan"}
    assert "1 usulan, v1" in page.text


def test_a_line_is_added_struck_and_taken_up_again(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    planner = client_for("planner")
    url = f"/rencana/{places['plan']}/baris/baru"
    assert client_for("staff").get(url).status_code == 403
    planner.page(url)
    assert planner.send(url, {"sub_activity": ""}).status_code == 422
    assert "nomenklatur" in read(planner.send(url, {"sub_activity": "5.03.02.2.09.0001"})).errors()["name"]
    new = {"sub_activity": "5.03.02.2.09.0001", "name": "Baris baru", "unit": str(ids["unit:mutasi"])}
    assert planner.send(url, new).status_code == 303
    again = planner.send(url, new)
    assert again.status_code == 409
    with world():
        line = db.session.scalars(select(Line).where(Line.code == new["sub_activity"])).one()
        line_id, owner = line.id, line.unit_id
        assert db.session.scalar(select(Revision.number).where(Revision.line_id == line_id)) == 1
    assert owner == ids["unit:mutasi"]
    assert planner.send(f"/baris/{line_id}/coretan", {"reason": ""}).status_code == 422
    assert planner.send(f"/baris/{line_id}/coretan", {"reason": "Digabung"}).status_code == 303
    assert "Baris baru" not in planner.page(f"/rencana/{places['plan']}/tabel").text
    assert "Digabung" in client_for("staff").page(f"/baris/{line_id}").text
    assert planner.send(f"/baris/{line_id}/sunting", {"based_on": "1", "name": "x"}).status_code == 403
    assert planner.send(url, new).status_code == 303
    with world():
        assert db.session.get_one(Line, line_id).dropped_at is None


def test_an_entry_of_the_nomenclature_is_picked(
    client_for: Any, world: Any, places: dict[str, int], ids: dict[str, int]
) -> None:
    from portal.plans.models import SubActivity

    with world():
        entry = SubActivity(
            level="KABKOT", code="5.03.02.2.02.0009", programme_code="5.03.02", programme_name="Program",
            activity_code="5.03.02.2.02", activity_name="Kegiatan", name="Nama resmi", indicator="Jumlah",
            measure_unit="Dokumen", predecessor="5.03.02.2.02.0003",
        )  # fmt: skip
        db.session.add(entry)
        db.session.flush()
        entry_id = entry.id
    planner = client_for("planner")
    url = f"/baris/{places['line']}/sunting"
    assert "tidak ada di nomenklatur" in planner.page(f"/baris/{places['line']}").text
    page = planner.page(url)
    offered = next(a.get("href") for a in page.all("a") if "kode=" in (a.get("href") or ""))
    page = planner.page(offered)
    assert (page.find("textarea", name="name").text or "").strip() == "Nama resmi"
    form = {"based_on": "1", "name": "Nama resmi"}
    assert planner.send(url, form | {"sub_activity_id": "999999"}).status_code == 422
    assert planner.send(url, form | {"sub_activity_id": str(entry_id)}).status_code == 303
    assert "tidak ada di nomenklatur" not in planner.page(f"/rencana/{places['plan']}/tabel").text


def test_staff_comment_where_the_stage_permits(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    staff = client_for("staff")
    for url in (f"/bagian/{places['section']}", f"/baris/{places['line']}"):
        assert staff.send(f"{url}/tanggapan", {"body": ""}).status_code == 422
        assert staff.send(f"{url}/tanggapan", {"body": "Mohon ditambah loket."}).status_code == 303
        part = staff.send(f"{url}/tanggapan", {"body": "Lewat htmx."}, htmx=True)
        assert "Lewat htmx." in part.text
        assert "Mohon ditambah loket." in staff.page(url).text
    with world():
        later = {kind: date(2026, 2, 17 + n) for n, kind in enumerate(("forum", "draft", "verification"))}
        line_id = make.line(make.plan(ids["unit:diskominfo"], starts=later)).id
    assert staff.send(f"/baris/{line_id}/tanggapan", {"body": "x"}).status_code == 403
    assert client_for("verifier").send(f"/baris/{line_id}/tanggapan", {"body": "x"}).status_code == 303


def test_before_the_first_draft_only_duties_see_it(client_for: Any, world: Any, ids: dict[str, int]) -> None:
    with world():
        later = {kind: date(2027, 1, 1 + n) for n, kind in enumerate(list(make.STARTS)[1:])}
        plan = make.plan(ids["unit:diskominfo"], starts=later)
        section, line = make.section(plan).id, make.line(plan).id
        plan_id = plan.id
    for path in (f"/rencana/{plan_id}/keterbukaan", f"/bagian/{section}/riwayat", f"/baris/{line}/sunting"):
        client_for("staff").page(path, 404)


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow(
    client_for: Any, world: Any, ids: dict[str, int], count_queries: Any
) -> None:
    with world():
        small, large = make.plan(ids["unit:bkpsdm"]), make.plan(ids["unit:bkpsdm"], 2028)
        for plan, count in ((small, 1), (large, 30)):
            for n in range(count):
                make.section(plan)
                line = make.line(plan, code=f"5.03.02.2.02.{n:04d}")
                make.comment(line.thread_id, ids["staff"])
        plans = (small.id, large.id)
    for who in ("staff", "planner"):
        client = client_for(who)
        for end in ("", "/tabel", "/riwayat", "/keterbukaan"):
            client.page(f"/rencana/{plans[0]}{end}")
            seen = []
            for plan_id in plans:
                count_queries()
                client.page(f"/rencana/{plan_id}{end}")
                seen.append(count_queries())
            assert seen[0] == seen[1] <= 16, (who, end, seen)


def test_a_fixed_line_takes_no_proposal(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    with world():
        plan = db.session.get_one(Line, places["line"]).plan
        fixed = make.line(plan, code="5.03.02.2.02.0001", openness="fixed", openness_reason="Amanat").id
        made = make.proposal(plan, ids["staff"], clock.now())
        db.session.add(
            Answer(
                proposal_id=made.id, round=1, kind="accepted", text="Diterima.", by_id=ids["leader"],
                duty_id=ids["duty:leader"], at=clock.now(),
            )
        )  # fmt: skip
        url = f"/usulan/{made.id}/baris"
    planner = client_for("planner")
    assert "5.03.02.2.02.0001" not in planner.page(url).text
    assert planner.send(url, {"line": str(fixed)}).status_code == 403
    assert planner.send(url, {"line": str(places["line"])}).status_code == 303


def shown_on(page: Any) -> dict[str, str]:
    """What the form would send."""
    fields = {e.get("name"): e.get("value") or "" for e in page.all("input") if "-" in (e.get("name") or "")}
    return fields | {
        e.get("name"): next((o.get("value") for o in e.iter("option") if o.get("selected") is not None), "")
        for e in page.all("select")
        if "openness" in (e.get("name") or "")
    }


@pytest.mark.parametrize("htmx", [False, True])
def test_one_choice_opens_a_whole_programme_and_can_be_taken_back(
    client_for: Any, world: Any, places: dict[str, int], htmx: bool
) -> None:
    with world():
        plan = db.session.get_one(Line, places["line"]).plan
        others = [
            make.line(plan, code=f"5.03.02.2.02.001{n}", openness="fixed", openness_reason="Amanat").id
            for n in range(2)
        ]
        elsewhere = make.line(plan, code="5.03.01.2.02.0001").id
    planner, url = client_for("planner"), f"/rencana/{places['plan']}/keterbukaan"
    lines = [places["line"], *others]
    head = next(
        name for name in shown_on(planner.page(url)) if name.startswith(f"semua-line-{places['line']}-")
    ).rpartition("-")[0]

    def opens(sent: dict[str, str]) -> tuple[int, dict[str, str]]:
        answer = planner.send(url, sent, htmx=htmx)
        return answer.status_code, shown_on(
            read(answer, whole=not htmx)
        ) if answer.text and answer.status_code != 303 else {}

    def kept() -> list[tuple[str, str | None]]:
        with world():
            return [
                (one.openness, one.openness_reason) for one in (db.session.get_one(Line, n) for n in lines)
            ]

    before = kept()
    status, form = opens(shown_on(planner.page(url)) | {f"{head}-openness": "decide"})
    assert status == 200 and kept() == before, "shown first, not saved"
    assert [form[f"line-{n}-openness"] for n in lines] == ["decide"] * 3
    assert (form[f"line-{elsewhere}-openness"], form[f"{head}-openness"]) == ("consult", "")
    _status, taken_back = opens(form | {f"{head}-openness": "was"})
    assert [taken_back[f"line-{n}-openness"] for n in lines] == [kind for kind, _reason in before]
    assert [taken_back[f"line-{n}-reason"] for n in others] == ["Amanat"] * 2
    assert planner.send(url, form, htmx=htmx).status_code == (200 if htmx else 303)
    assert [kind for kind, _reason in kept()] == ["decide"] * 3


def test_a_choice_for_all_that_lacks_its_reason_is_asked_once(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner, url = client_for("planner"), f"/rencana/{places['plan']}/keterbukaan"
    form = shown_on(planner.page(url))
    head = f"semua-section-{places['section']}-"
    answer = planner.send(url, form | {f"{head}openness": "fixed"})
    assert answer.status_code == 422 and list(read(answer).errors()) == [f"{head}reason"]
    answer = planner.send(url, form | {f"{head}openness": "fixed", f"{head}reason": "Amanat contoh"})
    sent = shown_on(read(answer))
    assert answer.status_code == 200 and openness_of(world, places) == ("decide", None)
    assert planner.send(url, sent).status_code == 303
    assert openness_of(world, places) == ("fixed", "Amanat contoh")


def test_a_choice_for_all_is_only_the_planners(client_for: Any, world: Any, places: dict[str, int]) -> None:
    sent = {f"semua-section-{places['section']}-openness": "fixed"}
    for who in ("staff", "editor", "leader"):
        assert client_for(who).send(f"/rencana/{places['plan']}/keterbukaan", sent).status_code == 403
