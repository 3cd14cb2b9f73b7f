"""The list of who was there, beside the code on the wall; results after the last meeting."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.growth.training import queries
from portal.growth.training.models import Attendance, Completion
from portal.ledger import AuditEvent
from tests import factories as make
from tests.conftest import read
from tests.growth.conftest import at


def filled(page: Any) -> dict[str, str]:
    """What the list would send as it stands."""
    return {
        field.get("name"): field.get("value", "")
        for field in page.all("input")
        if field.get("name", "").startswith("p")
    }


def attended(world: Any, meeting: int) -> dict[int, int]:
    with world():
        return queries.attended_at(meeting)


def test_an_older_list_strikes_nobody_off(client_for, world, ids, training, stopped):
    stopped.set(at(4, 6))
    with world():
        made = queries.get_training(training)
        staff, colleague = (make.enrolment(made, ids[who], seat="held").id for who in ("staff", "colleague"))
        meeting = make.meeting(made, clock.now()).id
        db.session.add(Attendance(meeting_id=meeting, enrolment_id=colleague, minutes=330))
    path = f"/pelatihan/pertemuan/{meeting}/daftar-hadir"
    planner = client_for("planner")
    older = filled(planner.page(path))
    assert older[f"p{colleague}-minutes"] == "330" and older[f"p{staff}-minutes"] == ""
    with world():
        db.session.add(Attendance(meeting_id=meeting, enrolment_id=staff, minutes=330))
    assert planner.send(path, older | {f"p{colleague}-minutes": "300"}).status_code == 303
    assert attended(world, meeting) == {staff: 330, colleague: 300}
    assert planner.send(path, filled(planner.page(path)) | {f"p{staff}-minutes": ""}).status_code == 303
    assert attended(world, meeting) == {colleague: 300}
    with world():
        duties = db.session.scalars(
            select(AuditEvent.duty_id).where(AuditEvent.verb == "listed attendance")
        ).all()
    assert duties == [ids["duty:planner"]] * 2


def test_results_stand_only_once_the_last_meeting_is_over(client_for, world, ids, training, stopped):
    with world():
        made = queries.get_training(training)
        make.drawn(made)
        make.enrolment(made, ids["staff"], seat="confirmed")
        make.meeting(made, at(4, 6))
        make.meeting(made, at(4, 8, 8))  # of 330 minutes, until 13.30
    stopped.set(at(4, 8, 13))
    early = client_for("planner").send(f"/pelatihan/{training}/kelulusan")
    assert early.status_code == 403 and "13.30" in read(early).text
    stopped.forward(minutes=30)
    assert client_for("planner").send(f"/pelatihan/{training}/kelulusan").status_code == 303
    with world():
        assert len(db.session.scalars(select(Completion)).all()) == 1


def test_the_log_says_under_which_duty(client_for, world, ids, stopped):
    with world():
        made = make.training(ids["unit:bkpsdm"], ids["planner"], asks_endorsement=True)
        own, number = make.enrolment(made, ids["staff"]).id, made.id
    meeting = {"starts_at": "2026-04-06T08:00", "minutes": "330", "place": "Aula contoh"}
    wanted = {"topic": "Kearsipan", "source": "request", "people": "1", "line": "0", "text": "Menata berkas."}
    for who, path, typed in (
        ("planner", f"/pelatihan/{number}/pertemuan", meeting),
        ("leader", f"/pelatihan/pendaftaran/{own}/persetujuan", {"outcome": "endorsed"}),
        ("planner", "/pelatihan/kebutuhan/baru", wanted | {"unit": str(ids["unit:bkpsdm"])}),
        ("staff", "/pelatihan/kebutuhan/baru", wanted | {"unit": str(ids["unit:mutasi"])}),
    ):
        sent = client_for(who).send(path, typed)
        assert sent.status_code == 303, read(sent).errors()
    with world():
        found = db.session.execute(
            select(AuditEvent.verb, AuditEvent.duty_id)
            .where(AuditEvent.verb.in_(("set a meeting", "endorsed an application", "recorded a need")))
            .order_by(AuditEvent.id)
        )
        assert [tuple(row) for row in found] == [
            ("set a meeting", ids["duty:planner"]),
            ("endorsed an application", ids["duty:leader"]),
            ("recorded a need", ids["duty:planner"]),
            ("recorded a need", None),
        ]
