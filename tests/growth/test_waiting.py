"""What of a training waits for whom in *Menunggu saya*, and what is told in *Kabar*."""

from __future__ import annotations

from datetime import date, timedelta

from portal import clock
from portal.db import db
from portal.growth import draw
from portal.growth.training.models import Attendance, Completion
from tests import factories as make
from tests.conftest import read
from tests.growth.conftest import SEEDS, at


def test_each_sees_what_waits_for_them(client_for, world, ids, stopped):
    with world():
        one = make.training(ids["unit:bkpsdm"], ids["planner"], asks_endorsement=True, title="Pelatihan satu")
        make.enrolment(one, ids["staff"])
        two = make.training(ids["unit:bkpsdm"], ids["planner"], title="Pelatihan dua")
        make.enrolment(two, ids["staff"], seat="held", place=1)
        make.drawn(two)
        days = {"opens_on": date(2026, 1, 5), "closes_on": date(2026, 2, 2), "starts_on": date(2026, 3, 2)}
        three = make.training(
            ids["unit:bkpsdm"], ids["planner"], title="Pelatihan tiga", ends_on=date(2026, 3, 3), **days
        )
        make.drawn(three)
        there = make.enrolment(three, ids["staff"], seat="confirmed")
        held = make.meeting(three, clock.now())
        db.session.add(Attendance(meeting_id=held.id, enrolment_id=there.id, minutes=330))
        db.session.add(
            Completion(enrolment_id=there.id, outcome="completed", training_hours=7, number="1", code="A", by_id=1, at=clock.now())
        )  # fmt: skip
        four = make.training(
            ids["unit:bkpsdm"],
            ids["planner"],
            title="Pelatihan empat",
            opens_on=date(2026, 2, 2),
            closes_on=date(2026, 3, 2),
        )
        make.learning(ids["staff"])
        number = four.id
    leader = client_for("leader").page("/menunggu-saya").text.replace("\xa0", " ")
    assert "mendaftar pelatihan “Pelatihan satu”" in leader and "8 Mar" in leader
    staff = client_for("staff").page("/menunggu-saya").text
    assert "Ada tempat untuk Anda pada pelatihan “Pelatihan dua”" in staff
    assert "Bagaimana pelatihan “Pelatihan tiga”?" in staff and "sudah dipakai dari" not in staff
    assert "Tempat pelatihan “Pelatihan dua” sudah dibagikan; urutan Anda 1." in staff
    assert "“Pelatihan empat” sudah ditutup" in client_for("planner").page("/menunggu-saya").text
    assert "mencatat pembelajaran “Kelas daring contoh”" in client_for("steward").page("/menunggu-saya").text
    assert "Pelatihan satu" not in client_for("other_leader").page("/menunggu-saya").text
    with world():
        found = db.session.get_one(type(four), number)
        found.draw.commitment_b, found.draw.b_by_id = draw.sha256(SEEDS[1]), ids["auditor"]
        found.draw.seed_a, found.draw.list_sha256, found.draw.frozen_at = SEEDS[0], "0" * 64, clock.now()
    assert "“Pelatihan empat” menunggu benih Anda" in client_for("auditor").page("/menunggu-saya").text
    stopped.set(at(3, 3) + timedelta(days=90))
    text = client_for("staff").page("/menunggu-saya").text
    assert "Apa yang sudah dipakai dari pelatihan “Pelatihan tiga”?" in text
    assert "Bagaimana pelatihan" not in text and "Ada tempat untuk Anda" not in text


def test_the_auditor_is_asked_for_the_second_seed_until_applications_have_opened(
    client_for, world, ids, stopped
):
    with world():
        days = {"opens_on": date(2026, 3, 5), "closes_on": date(2026, 3, 20)}
        number, gone = (
            make.training(ids["unit:bkpsdm"], ids["planner"], title=title, **days).id
            for title in ("Pelatihan lima", "Pelatihan enam")
        )
    path, typed = f"/pelatihan/{number}/benih", {"seed": SEEDS[1]}
    waits = "“Pelatihan lima” menunggu benih kedua"
    assert waits not in client_for("planner").page("/menunggu-saya").text
    stopped.set(at(3, 5, 23))
    auditor = client_for("auditor")
    assert waits in auditor.page("/menunggu-saya").text
    assert auditor.send(path, typed).status_code == 303
    assert waits not in auditor.page("/menunggu-saya").text
    stopped.set(at(3, 6, 0))
    auditor = client_for("auditor")
    late = auditor.send(f"/pelatihan/{gone}/benih", typed)
    assert late.status_code == 403 and "5 Maret 2026" in read(late).text.replace("\xa0", " ")
    assert "Pelatihan enam" not in auditor.page("/menunggu-saya").text
    assert "Tetapkan benih" not in auditor.page(f"/pelatihan/{gone}").text
