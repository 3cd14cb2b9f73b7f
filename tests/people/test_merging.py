"""Ending a unit and merging it into another."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal.db import db
from portal.ledger import AuditEvent
from portal.people.models import Duty, Person, Unit
from tests import factories as make
from tests.cast import NOW
from tests.conftest import path_of, read


def end(client, unit, successor=0, day="2026-03-03", **kw):
    return client.send(f"/unit-kerja/{unit}/akhir", {"until_on": day, "successor": str(successor)}, **kw)


def merge(client_for, ids, stopped):
    """Diskominfo is merged into BKPSDM; it is the day after."""
    answer = end(client_for("steward"), ids["unit:diskominfo"], ids["unit:bkpsdm"])
    assert path_of(answer) == f"/unit-kerja/{ids['unit:diskominfo']}"
    stopped.forward(days=1)


def test_a_merged_unit_stands_through_its_last_day(client_for, world, ids, stopped):
    end(client_for("steward"), ids["unit:diskominfo"], ids["unit:bkpsdm"])
    staff = client_for("staff")
    assert "Berakhir 3 Maret 2026" in staff.page(f"/unit-kerja/{ids['unit:diskominfo']}").text
    assert "Dinas Komunikasi" in staff.page("/unit-kerja").text
    stopped.forward(days=1)
    staff = client_for("staff")
    assert "Dinas Komunikasi" not in staff.page("/unit-kerja").text
    assert "Bidang Aplikasi Informatika" in staff.page("/unit-kerja").text
    page = staff.page(f"/unit-kerja/{ids['unit:diskominfo']}")
    assert "kini di bawah Badan Kepegawaian" in page.text
    assert "Gabungan dari Dinas Komunikasi" in staff.page(f"/unit-kerja/{ids['unit:bkpsdm']}").text
    with world():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "merged")).one()
        assert event.subject == f"unit:{ids['unit:diskominfo']}"


def test_plans_proposals_and_pieces_follow_to_the_successor(client_for, world, ids, stopped):
    with world():
        plan = make.plan(ids["unit:diskominfo"])
        section = make.section(plan).id
        proposal = make.proposal(plan, ids["neighbour"], NOW).id
    planner, leader = client_for("planner"), client_for("leader")
    assert planner.get(f"/bagian/{section}/sunting").status_code == 403
    assert leader.get(f"/usulan/{proposal}/jawaban").status_code == 403
    merge(client_for, ids, stopped)
    planner, leader = client_for("planner"), client_for("leader")
    planner.page(f"/bagian/{section}/sunting")
    assert "Usulan contoh" in leader.page("/menunggu-saya").text
    leader.page(f"/usulan/{proposal}/jawaban")
    assert "Dinas Komunikasi" in planner.page(f"/bagian/{section}").text  # names of the past stay


def test_its_duties_end_with_it_and_its_people_stay_until_the_roster(client_for, world, ids, stopped):
    other = client_for("other_leader")
    other.page("/meja")
    merge(client_for, ids, stopped)
    assert path_of(other.get("/akun")) == "/masuk"
    client_for("other_leader").page("/meja", 403)
    with world():
        assert db.session.get(Duty, ids["duty:other_leader"]).until_on == date(2026, 3, 3)
        assert db.session.get(Person, ids["other_leader"]).unit_id == ids["unit:diskominfo"]
    text = client_for("steward").page(f"/unit-kerja/{ids['unit:diskominfo']}").text
    assert "1 pegawai masih tercatat di sini" in text


def test_no_new_plan_for_an_ended_agency(client_for, world, ids, stopped):
    with world():
        db.session.add(
            Duty(
                person_id=ids["staff"], unit_id=ids["unit:regency"], role="planner", from_on=date(2026, 1, 1)
            )
        )
    asked = client_for("staff").page("/rencana/baru").text
    assert "Dinas Komunikasi" in asked
    merge(client_for, ids, stopped)
    assert "Dinas Komunikasi" not in client_for("staff").page("/rencana/baru").text


def test_without_a_successor_the_unit_above_takes_over(client_for, world, ids, stopped):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        section = make.section(plan, ids["unit:mutasi"]).id
    end(client_for("steward"), ids["unit:mutasi"])
    stopped.forward(days=1)
    client_for("planner").page(f"/bagian/{section}/sunting")
    client_for("editor").page(f"/bagian/{section}/sunting", 403)
    text = client_for("staff").page(f"/unit-kerja/{ids['unit:mutasi']}").text
    assert "kini di bawah unit di atasnya" in text


def test_a_mistake_is_taken_back(client_for, world, ids, stopped):
    merge(client_for, ids, stopped)
    steward = client_for("steward")
    assert steward.send(f"/unit-kerja/{ids['unit:diskominfo']}/pembukaan").status_code == 303
    assert "Dinas Komunikasi" in client_for("staff").page("/unit-kerja").text
    with world():
        unit = db.session.get(Unit, ids["unit:diskominfo"])
        assert (unit.until_on, unit.merged_into_id) == (None, None)


@pytest.mark.parametrize(
    ("unit", "successor", "day", "field"),
    [
        ("diskominfo", "bkpsdm", "", "until_on"),
        ("diskominfo", "bkpsdm", "2026-03-01", "until_on"),
        ("diskominfo", "bkpsdm", "2099-01-01", "until_on"),
        ("diskominfo", "diskominfo", "2026-03-03", "successor"),
        ("diskominfo", "aplikasi", "2026-03-03", "successor"),
        ("diskominfo", "mutasi", "2026-03-03", "successor"),
        ("mutasi", "inspektorat", "2026-03-03", "successor"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_wrong_input_stays_in_the_form(client_for, world, ids, unit, successor, day, field, htmx):
    if successor == "inspektorat":
        with world():
            db.session.get(Unit, ids["unit:inspektorat"]).until_on = date(2026, 12, 31)
    answer = end(client_for("steward"), ids[f"unit:{unit}"], ids[f"unit:{successor}"], day=day, htmx=htmx)
    assert answer.status_code == 422
    assert field in read(answer, whole=not htmx).errors()
    with world():
        assert db.session.get(Unit, ids[f"unit:{unit}"]).merged_into_id is None


def test_only_the_steward_of_the_regency_ends_units(client_for, world, ids):
    with world():
        db.session.add(
            Duty(
                person_id=ids["planner"], unit_id=ids["unit:bkpsdm"], role="steward", from_on=date(2026, 1, 1)
            )
        )
    for who in ("planner", "leader", "staff"):
        assert end(client_for(who), ids["unit:mutasi"]).status_code == 403
    assert client_for("planner").send(f"/unit-kerja/{ids['unit:mutasi']}/pembukaan").status_code == 403
    assert "Akhiri atau gabungkan" not in client_for("planner").page(f"/unit-kerja/{ids['unit:mutasi']}").text


def test_the_regency_and_an_ended_unit_are_not_ended(client_for, ids, stopped):
    assert end(client_for("steward"), ids["unit:regency"]).status_code == 403
    merge(client_for, ids, stopped)
    assert end(client_for("steward"), ids["unit:diskominfo"]).status_code == 403


def test_the_password_is_asked_first(client_for, ids, stopped):
    steward = client_for("steward")
    stopped.forward(minutes=16)
    assert path_of(end(steward, ids["unit:mutasi"])) == "/konfirmasi"
