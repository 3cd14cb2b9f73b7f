"""Giving and ending duties."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.ledger import AuditEvent
from portal.people.models import Duty
from tests.conftest import path_of, read

SOON = {
    "role": "leader",
    "standing": "plh",
    "from_on": "2026-03-03",
    "until_on": "2026-03-06",
    "document": "SP 1",
}


def give(client, person, over, htmx=False, token=None, **more):
    return client.send(
        f"/pegawai/{person}/penugasan", SOON | {"unit": str(over)} | more, htmx=htmx, token=token
    )


def test_steward_gives_a_duty_and_sessions_end(client_for, world, ids):
    staff, steward = client_for("staff"), client_for("steward")
    staff.page("/akun")
    assert path_of(give(steward, ids["staff"], ids["unit:mutasi"])) == f"/pegawai/{ids['staff']}"
    assert path_of(staff.get("/akun")) == "/masuk"
    with world():
        duty = db.session.scalars(select(Duty).where(Duty.person_id == ids["staff"])).one()
        assert (duty.role, duty.standing, duty.until_on, duty.document) == (
            "leader",
            "plh",
            date(2026, 3, 6),
            "SP 1",
        )
        event = db.session.scalars(select(AuditEvent)).one()
        assert (event.verb, event.subject) == ("gave duty", f"duty:{duty.id}")
        assert (event.by_id, event.duty_id) == (ids["steward"], ids["duty:steward"])
    assert "Pimpinan, Plh." in client_for("staff").page("/akun").text


def test_authority_follows_the_clock_also_in_a_session(client_for, world, ids, stopped):
    steward = client_for("steward")
    give(
        steward,
        ids["staff"],
        ids["unit:regency"],
        role="steward",
        from_on="2026-03-03",
        until_on="2026-03-03",
    )
    staff = client_for("staff")
    staff.page("/pegawai")
    stopped.set(clock.end_of(date(2026, 3, 3)) - timedelta(seconds=1))
    staff.sign_in("staff")
    staff.page("/pegawai")
    stopped.forward(seconds=1)
    staff.page("/pegawai", 403)
    staff.page("/akun")  # by the clock no session ends


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "raja"), ("role", ""), ("standing", "x"), ("unit", "99999"), ("unit", "x"), ("from_on", ""),
        ("from_on", "kemarin"), ("from_on", "1800-01-01"), ("until_on", "2026-03-02"), ("until_on", "9999-12-31"),
        ("document", "x" * 201), ("document", "a\u202eb"), ("document", "199001012015011101"),
    ],
)  # fmt: skip
def test_wrong_input_stays_in_the_form(client_for, world, ids, field, value):
    steward = client_for("steward")
    answer = give(steward, ids["staff"], ids["unit:mutasi"], **{field: value})
    assert answer.status_code == 422
    page = read(answer)
    assert field in page.errors()
    assert page.find("input", name="document").get("value") in ("SP 1", value)
    with world():
        assert db.session.scalars(select(Duty).where(Duty.person_id == ids["staff"])).all() == []


def test_through_htmx(client_for, ids):
    steward = client_for("steward")
    answer = give(steward, ids["staff"], ids["unit:mutasi"], htmx=True, from_on="")
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form")
    assert path_of(give(steward, ids["staff"], ids["unit:mutasi"], htmx=True)) == f"/pegawai/{ids['staff']}"


def test_the_same_token_twice_gives_one_duty_and_the_same_duty_is_a_conflict(client_for, world, ids):
    steward = client_for("steward")
    for _ in range(2):
        answer = give(steward, ids["staff"], ids["unit:mutasi"], token="satu-kiriman-yang-sama")
        assert path_of(answer) == f"/pegawai/{ids['staff']}"
    assert give(steward, ids["staff"], ids["unit:mutasi"]).status_code == 409
    with world():
        assert len(db.session.scalars(select(Duty).where(Duty.person_id == ids["staff"])).all()) == 1


def test_the_password_is_asked_first(client_for, ids, stopped):
    steward = client_for("steward")
    stopped.forward(minutes=16)
    here = f"/pegawai/{ids['staff']}/penugasan"
    for answer in (steward.get(here), give(steward, ids["staff"], ids["unit:mutasi"])):
        assert path_of(answer) == "/konfirmasi"
        assert "next=" in answer.headers["Location"]
        assert "penugasan" in answer.headers["Location"]


def test_only_the_steward_gives_duties(client_for, ids):
    for who in ("staff", "leader", "secretary", "auditor"):
        assert give(client_for(who), ids["staff"], ids["unit:mutasi"]).status_code == 403
    assert give(client_for(None), ids["staff"], ids["unit:mutasi"]).status_code == 401
    assert give(client_for("steward"), 99999, ids["unit:mutasi"]).status_code == 404


def test_nobody_gives_beyond_their_own_reach(client_for, world, ids):
    with world():
        db.session.add(
            Duty(
                person_id=ids["planner"], unit_id=ids["unit:bkpsdm"], role="steward", standing="definitif",
                from_on=date(2026, 1, 1),
            )
        )  # fmt: skip
    small = client_for("planner")
    assert give(small, ids["staff"], ids["unit:regency"], role="steward").status_code == 422
    assert give(small, ids["neighbour"], ids["unit:mutasi"]).status_code == 404
    assert small.page(f"/penugasan/{ids['duty:other_leader']}/akhir", 404)
    assert small.page(f"/penugasan/{ids['duty:steward']}/akhir", 403)
    # Nor prints a code with which to become somebody who may more.
    assert small.send(f"/pegawai/{ids['steward']}/kode-aktivasi").status_code == 403


def test_nobody_who_left_gets_a_duty(client_for, ids):
    assert give(client_for("steward"), ids["left"], ids["unit:mutasi"]).status_code == 403


def end(client, duty, day="2026-03-03", **kw):
    return client.send(f"/penugasan/{duty}/akhir", {"until_on": day}, **kw)


def test_steward_ends_a_duty_through_its_last_day(client_for, world, ids, stopped):
    leader, steward = client_for("leader"), client_for("steward")
    leader.page("/akun")
    assert path_of(end(steward, ids["duty:leader"])) == f"/pegawai/{ids['leader']}"
    assert path_of(leader.get("/akun")) == "/masuk"
    with world():
        assert db.session.get(Duty, ids["duty:leader"]).until_on == date(2026, 3, 3)
        event = db.session.scalars(select(AuditEvent)).one()
        assert (event.verb, event.subject) == ("ended duty", f"duty:{ids['duty:leader']}")
    stopped.forward(days=1)
    assert end(client_for("steward"), ids["duty:leader"]).status_code == 403  # it has ended


def revoke(client, duty):
    return client.send(f"/penugasan/{duty}/akhir", {"until_on": "2026-03-03", "revoke": "y"})


def test_a_duty_given_today_by_mistake_is_revoked_at_once(client_for, world, ids, stopped):
    steward = client_for("steward")
    give(steward, ids["staff"], ids["unit:regency"], role="auditor", until_on="")
    staff = client_for("staff")
    staff.page("/log-audit")
    with world():
        duty = db.session.scalars(select(Duty.id).where(Duty.person_id == ids["staff"])).one()
    stopped.forward(minutes=5)
    steward.page(f"/penugasan/{duty}/akhir").find("input", name="revoke")
    assert path_of(revoke(steward, duty)) == f"/pegawai/{ids['staff']}"
    assert path_of(staff.get("/akun")) == "/masuk"
    staff.sign_in("staff")
    staff.page("/log-audit", 403)
    assert "Dicabut" in staff.page("/akun").text
    shown = steward.page(f"/pegawai/{ids['staff']}").text
    assert "Mulai 3 Maret 2026, dicabut 3 Maret 2026 pukul 09.05 WIB" in shown
    assert revoke(steward, duty).status_code == 403
    with world():
        event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
        assert (event.verb, event.subject) == ("revoked duty", f"duty:{duty}")


def test_a_revoked_duty_is_given_anew_the_same_day(client_for, world, ids):
    steward = client_for("steward")
    give(steward, ids["staff"], ids["unit:mutasi"])
    with world():
        duty = db.session.scalars(select(Duty.id).where(Duty.person_id == ids["staff"])).one()
    revoke(steward, duty)
    assert give(steward, ids["staff"], ids["unit:mutasi"], standing="plt").status_code == 303
    with world():
        again = db.session.scalars(select(Duty).where(Duty.person_id == ids["staff"])).one()
        assert (again.standing, again.revoked_at, again.until_on) == ("plt", None, date(2026, 3, 6))
    assert give(steward, ids["staff"], ids["unit:mutasi"]).status_code == 409


def test_an_older_duty_cannot_be_called_a_mistake_but_ends_yesterday(client_for, world, ids):
    steward = client_for("steward")
    assert not steward.page(f"/penugasan/{ids['duty:leader']}/akhir").all("input", name="revoke")
    revoke(steward, ids["duty:leader"])
    with world():
        duty = db.session.get(Duty, ids["duty:leader"])
        assert (duty.until_on, duty.revoked_at) == (date(2026, 3, 3), None)
    assert end(steward, ids["duty:leader"], "2026-03-02").status_code == 303
    client_for("leader").page("/meja", 403)


def test_the_last_steward_duty_cannot_be_revoked(client_for, world, ids):
    with world():
        db.session.get(Duty, ids["duty:steward"]).from_on = date(2026, 3, 3)
    assert revoke(client_for("steward"), ids["duty:steward"]).status_code == 403


@pytest.mark.parametrize("day", ["", "x", "2024-12-31", "2026-03-01", "2199-01-01"])
def test_a_wrong_last_day_is_said_beside_the_field(client_for, ids, day):
    answer = end(client_for("steward"), ids["duty:leader"], day)
    assert answer.status_code == 422
    assert read(answer).errors()["until_on"]


def test_the_last_steward_duty_cannot_be_ended(client_for, world, ids):
    steward = client_for("steward")
    answer = end(steward, ids["duty:steward"])
    assert answer.status_code == 403
    assert "Pengelola kepegawaian yang terakhir" in answer.text
    give(steward, ids["staff"], ids["unit:regency"], role="steward", until_on="")
    assert end(client_for("steward"), ids["duty:steward"]).status_code == 303


def test_two_leaders_at_once_are_possible(client_for, ids):
    give(client_for("steward"), ids["staff"], ids["unit:bkpsdm"])
    text = client_for("staff").page(f"/unit-kerja/{ids['unit:bkpsdm']}").text
    assert "Bintang Purnama Rekaan" in text
    assert "Sungai Jernih Contoh" in text
