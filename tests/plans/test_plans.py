"""Plans: the list, a new one, its stages moved."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.drafting.models import Section, Snapshot
from portal.ledger import AuditEvent
from portal.people.models import Unit
from portal.plans.models import Plan, Stage, StageMove
from portal.plans.stages import default_starts
from tests import factories as make
from tests.conftest import path_of, read


def new_form(ids, **changes):
    days = {kind: day.isoformat() for kind, day in default_starts(2028).items()}
    return {"unit": ids["unit:bkpsdm"], "year": 2028, **days, **changes}


def adopt(plan, by_id):
    db.session.add(
        Snapshot(
            plan_id=plan.id, content={}, sha256="0" * 64, decree_number="1", decree_on=date(2026, 3, 1),
            by_id=by_id, at=clock.now(),
        )
    )  # fmt: skip


# The list


def test_everyone_finds_plans_with_stage_lines_and_sum(client_for, world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        make.line(plan)
        make.line(plan, "5.03.02.2.02.0001", ceiling=90_000_000)
    text = client_for("neighbour").page("/rencana").text
    assert "Badan Kepegawaian" in text and "Forum Perangkat Daerah" in text
    assert "2 baris" in text and "Rp400.000.000" in text


def test_a_plan_goes_by_the_short_name_of_its_unit(client_for, world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        section, change = make.section(plan).id, make.plan(ids["unit:bkpsdm"], edition=1).id
        other = make.section(make.plan(ids["unit:inspektorat"])).id
        db.session.get(Unit, ids["unit:bkpsdm"]).short_name = "BKPSDM"
    staff = client_for("staff")
    assert "Renja BKPSDM 2027" in staff.page(f"/bagian/{section}").text
    assert "Renja Inspektorat 2027" in staff.page(f"/bagian/{other}").text
    title = staff.page(f"/rencana/{change}").find("title").text
    assert "Perubahan Renja ke-1 BKPSDM 2027" in title
    found = staff.page("/rencana?q=bkpsdm").text
    assert "Badan Kepegawaian" in found
    assert "Inspektorat" not in found


def test_a_plan_in_preparation_is_for_those_with_a_duty(client_for, world, ids):
    later = {kind: date(2027, 1, n + 1) for n, kind in enumerate(list(make.STARTS)[1:])}
    with world():
        plan_id = make.plan(ids["unit:bkpsdm"], starts=later).id
    for who, seen in (
        ("staff", False),
        ("neighbour", False),
        ("editor", False),
        ("planner", True),
        ("verifier", True),
    ):
        assert ("Badan Kepegawaian" in client_for(who).page("/rencana").text) is seen, who
        client_for(who).page(f"/rencana/{plan_id}/tahapan", 200 if seen else 404)


def test_an_adopted_plan_stays_readable(client_for, world, ids):
    with world():
        plan = make.plan(ids["unit:bkpsdm"], year=2025)
        adopt(plan, ids["leader"])
    text = client_for("staff").page("/rencana").text
    assert "Ditetapkan" in text and "Terlambat" not in text


def test_a_past_year_stands_in_its_last_stage_and_is_late(client_for, world, ids):
    with world():
        make.plan(ids["unit:bkpsdm"], 2024, default_starts(2024))
    text = client_for("staff").page("/rencana").text
    assert "Rancangan Akhir" in text and "Terlambat ditetapkan" in text


@pytest.mark.slow
def test_the_list_is_searched_paged_and_asks_the_same_number_of_questions(
    client_for, world, ids, count_queries
):
    staff = client_for("staff")
    with world():
        make.plan(ids["unit:bkpsdm"])
    staff.page("/rencana")
    count_queries()
    staff.page("/rencana")
    few = count_queries()
    with world():
        for number in range(50):
            unit = make.unit(ids["unit:regency"], f"Dinas Contoh {number % 25:02d}", "agency", f"9.{number}")
            for year in (2026, 2027):
                make.line(make.plan(unit.id, year))
    staff.page("/rencana")
    count_queries()
    staff.page("/rencana")
    assert count_queries() <= few
    seen, address = [], "/rencana"
    while address:
        page = staff.page(address)
        seen += [a.get("href") for a in page.all("a", class_="title")]
        address = next((a.get("href") for a in page.all("a") if "setelah=" in (a.get("href") or "")), None)
    assert len(seen) == len(set(seen)) == 101
    page = staff.page("/rencana?q=contoh+07&tahun=2026")
    assert len(page.all("a", class_="title")) == 2
    for odd in ("tahun=abc", "tahun=99999999999", "setelah=x", "setelah=2027.999999999.%25", "q=%25_"):
        staff.page(f"/rencana?{odd}")


# A new plan


def test_a_planner_makes_a_plan_with_its_chapters(client_for, world, ids):
    planner = client_for("planner")
    page = planner.page("/rencana/baru?tahun=2028")
    assert page.find("input", name="forum").get("value") == "2027-02-20"
    answer = planner.send("/rencana/baru", new_form(ids))
    assert answer.status_code == 303
    with world():
        plan = db.session.scalars(select(Plan).where(Plan.year == 2028)).one()
        assert path_of(answer) == f"/rencana/{plan.id}"
        kinds = {stage.kind: stage.starts_on for stage in plan.stages}
        assert kinds == default_starts(2028)
        sections = db.session.scalars(select(Section).where(Section.plan_id == plan.id)).all()
        assert {section.number.split(".")[0] for section in sections} == {"I", "II", "III", "IV", "V"}
        assert {(section.version, section.body) for section in sections} == {(0, "")}
        assert db.session.scalar(
            select(func.count(AuditEvent.id)).where(AuditEvent.subject == f"plan:{plan.id}")
        )
    planner.page(path_of(answer))


def test_through_htmx_the_page_is_left(client_for, ids):
    answer = client_for("planner").send("/rencana/baru", new_form(ids), htmx=True)
    assert answer.status_code == 200 and answer.headers["HX-Redirect"].startswith("/rencana/")


def test_days_that_stand_as_filled_in_for_another_year_follow_the_chosen_one(client_for, world, ids):
    planner = client_for("planner")
    page = planner.page("/rencana/baru?tahun=2028")
    shown = {one.get("name"): one.get("value") for one in page.all("input") if one.get("value")}
    kept = {name: shown[name] for name in ("prefilled", *default_starts(2028))}
    sent = new_form(ids, **kept, year=2030) | {"forum": "2028-03-02"}
    again = read(planner.send("/rencana/baru", sent))
    assert again.response.status_code == 422 and "disesuaikan dengan tahun 2030" in again.text
    names = ("year", "prefilled", *default_starts(2030))
    days = {one.get("name"): one.get("value") for one in again.all("input") if one.get("name") in names}
    wanted = {kind: day.isoformat() for kind, day in default_starts(2030).items()} | {"forum": "2028-03-02"}
    assert {kind: days[kind] for kind in wanted} == wanted
    assert days["prefilled"] == "2030"
    answer = planner.send("/rencana/baru", new_form(ids, **(days | {"forum": "2029-03-02"})))
    assert answer.status_code == 303
    with world():
        assert db.session.scalar(select(Stage.starts_on).where(Stage.kind == "draft")).year == 2029


def test_the_same_token_twice_makes_one_plan(client_for, world, ids):
    planner = client_for("planner")
    first = planner.send("/rencana/baru", new_form(ids), token="a" * 24)
    again = planner.send("/rencana/baru", new_form(ids), token="a" * 24)
    assert path_of(first) == path_of(again)
    with world():
        assert db.session.scalar(select(func.count(Plan.id))) == 1


def test_a_second_plan_of_the_year_is_refused_beside_the_field(client_for, ids):
    planner = client_for("planner")
    planner.send("/rencana/baru", new_form(ids))
    answer = planner.send("/rencana/baru", new_form(ids))
    assert answer.status_code == 422
    assert "sudah memiliki rencana untuk tahun 2028" in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"year": ""}, {"year": "1999"}, {"year": "dua"}, {"forum": ""}, {"forum": "2027-13-01"},
        {"forum": "2027-01-20"}, {"draft": "0001-01-01"}, {"unit": "999999"}, {"unit": "x"},
    ],
)  # fmt: skip
def test_wrong_entries_are_422_and_kept(client_for, world, ids, changes):
    answer = client_for("planner").send("/rencana/baru", new_form(ids, **changes))
    assert answer.status_code == 422
    assert 'value="2027-07-01"' in answer.text
    with world():
        assert db.session.scalar(select(func.count(Plan.id))) == 0


def test_another_agency_is_no_choice(client_for, world, ids):
    answer = client_for("planner").send("/rencana/baru", new_form(ids, unit=ids["unit:diskominfo"]))
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["staff", "editor", "leader"])
def test_only_planners_make_plans(client_for, ids, who):
    client_for(who).page("/rencana/baru", 403)
    assert client_for(who).send("/rencana/baru", new_form(ids)).status_code == 403


def test_strangers_are_sent_to_sign_in(client, ids):
    assert client.get("/rencana").status_code == 303
    assert client.get("/rencana/baru").status_code == 303


# Stages


@pytest.fixture
def plan_id(world, ids):
    with world():
        made = make.plan(ids["unit:bkpsdm"]).id
    return made


MOVE = {"stage": "draft", "to_on": "2026-03-25", "reason": "Forum diperpanjang sepekan."}


@pytest.mark.parametrize("who", ["planner", "leader", "secretary"])
def test_a_planner_or_leader_moves_a_stage_and_everyone_reads_why(client_for, world, ids, plan_id, who):
    answer = client_for(who).send(f"/rencana/{plan_id}/tahapan", MOVE)
    assert answer.status_code == 303
    text = client_for("neighbour").page(f"/rencana/{plan_id}/tahapan").text
    assert "Forum diperpanjang sepekan." in text and "18 Maret 2026 → 25 Maret 2026" in text
    with world():
        move = db.session.scalars(select(StageMove)).one()
        assert (move.by_id, move.from_on, move.to_on) == (ids[who], date(2026, 3, 18), date(2026, 3, 25))
        assert move.duty_id == ids[f"duty:{who}"]


@pytest.mark.parametrize("who", ["staff", "editor", "neighbour", "other_leader", "verifier", "steward"])
def test_others_may_not_move(client_for, world, plan_id, who):
    answer = client_for(who).send(f"/rencana/{plan_id}/tahapan", MOVE)
    assert answer.status_code == 403 and "perencana atau pimpinan" in answer.text
    with world():
        assert db.session.scalar(select(func.count(StageMove.id))) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""}, {"reason": "   "}, {"reason": "x" * 501}, {"reason": "NIP 199001012015012101"},
        {"to_on": ""}, {"to_on": "besok"}, {"to_on": "2026-03-03"}, {"to_on": "2026-04-13"},
        {"stage": "forum"}, {"stage": "adopted"}, {"stage": ""},
    ],
)  # fmt: skip
@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_move_is_422_and_kept(client_for, world, plan_id, changes, htmx):
    answer = client_for("planner").send(f"/rencana/{plan_id}/tahapan", MOVE | changes, htmx=htmx)
    assert answer.status_code == 422
    if "reason" not in changes:
        assert "Forum diperpanjang sepekan." in answer.text
    with world():
        assert db.session.scalar(select(func.count(StageMove.id))) == 0
        stage = db.session.scalars(select(Stage).where(Stage.kind == "draft")).one()
        assert stage.starts_on == date(2026, 3, 18)


def test_after_the_last_start_nothing_moves(client_for, plan_id, stopped):
    stopped.set(datetime(2026, 8, 1, tzinfo=UTC))
    answer = client_for("planner").send(f"/rencana/{plan_id}/tahapan", MOVE)
    assert answer.status_code == 403 and "masih akan datang" in answer.text
    assert "Rancangan Akhir" in client_for("staff").page(f"/rencana/{plan_id}/tahapan").text


def test_the_same_token_moves_once(client_for, world, plan_id):
    planner = client_for("planner")
    for _time in range(2):
        planner.send(f"/rencana/{plan_id}/tahapan", MOVE, token="b" * 24)
    with world():
        assert db.session.scalar(select(func.count(StageMove.id))) == 1


def test_an_unknown_plan_is_not_found(client_for):
    client_for("staff").page("/rencana/999999/tahapan", 404)
