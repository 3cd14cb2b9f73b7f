"""A training from its draft to “sudah dipakai”: published, applied for, drawn, attended, completed, asked about."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.growth import draw
from portal.growth.training import actions, queries
from portal.growth.training.models import (
    Completion,
    Criterion,
    Draw,
    Enrolment,
    Feedback,
    FeedbackGiven,
    LearningVerdict,
    Meeting,
    QueuePlace,
    Quota,
    SeatOffer,
    Training,
    TrainingCancellation,
    Uptake,
)
from portal.ledger import AuditEvent
from tests import factories as make
from tests.conftest import read
from tests.growth.conftest import FORM, SEEDS, at

PEOPLE = ("staff", "colleague", "neighbour")


def enrolment_of(world: Any, who: int) -> int:
    with world():
        return int(db.session.scalars(select(Enrolment.id).where(Enrolment.person_id == who)).one())


def seated(world: Any) -> list[int]:
    """Who has a seat, by person id."""
    with world():
        return list(
            db.session.scalars(
                select(Enrolment.person_id).join(SeatOffer, SeatOffer.enrolment_id == Enrolment.id)
            )
        )


def test_the_whole_way(client_for, world, ids, stopped, app):
    planner, auditor = client_for("planner"), client_for("auditor")
    drafted = planner.send("/pelatihan/baru", FORM | {"unit": str(ids["unit:bkpsdm"])})
    assert drafted.status_code == 303, read(drafted).errors()
    with world():
        training = db.session.scalars(select(Training.id)).one()
    page = f"/pelatihan/{training}"
    assert client_for("staff").get(page).status_code == 404  # a draft
    assert planner.send(f"{page}/penerbitan", {"seed": SEEDS[0]}).status_code == 303
    assert planner.get(f"{page}/sunting").status_code == 403  # nothing changes any more
    assert auditor.send(f"{page}/benih", {"seed": SEEDS[1]}).status_code == 303
    for who in PEOPLE:
        assert client_for(who).send(f"{page}/pendaftaran").status_code == 303

    early = planner.send(f"{page}/pembekuan", {"seed": SEEDS[0]})
    assert early.status_code == 403 and "20 Maret 2026" in read(early).text.replace("\xa0", " ")
    stopped.set(at(3, 21))
    planner, auditor = client_for("planner"), client_for("auditor")
    wrong = planner.send(f"{page}/pembekuan", {"seed": "lain sekali"})
    assert wrong.status_code == 422 and "seed" in read(wrong).errors()
    assert planner.send(f"{page}/pembekuan", {"seed": SEEDS[0]}).status_code == 303
    assert auditor.send(f"{page}/undian/benih", {"seed": SEEDS[1]}).status_code == 303
    file = client_for("staff").get(f"{page}/undian.json")
    told = json.loads(file.data)
    assert {one["place"] for one in told["enrolments"]} == {1, 2, 3} and told["seed_b"] == SEEDS[1]
    assert draw.find_difference(told) is None and (told["seats"], told["most"]) == (2, 1)
    assert sum(one["seated"] for one in told["enrolments"]) == 2
    told["enrolments"][0]["seated"] = not told["enrolments"][0]["seated"]
    assert draw.find_difference(told) is not None
    assert "sesuai" in client_for("neighbour").page(f"{page}/undian").text

    stopped.set(at(4, 1))
    assert len(seated(world)) == 2
    first = seated(world)[0]
    client, planner = client_for(first), client_for("planner")
    mine = enrolment_of(world, first)
    assert client.send(f"/pelatihan/pendaftaran/{mine}/tempat", {"jawaban": "accepted"}).status_code == 303
    meeting = {"starts_at": "2026-04-06T08:00", "minutes": "330", "place": "Aula contoh"}
    assert planner.send(f"{page}/pertemuan", meeting).status_code == 303
    with world():
        held = db.session.scalars(select(Meeting)).one()
        number, code = held.id, actions.wall_code(held)
    assert client.send(f"/pelatihan/pertemuan/{number}/hadir", {"code": code}).status_code == 403  # not yet
    stopped.set(at(4, 6))
    client, planner = client_for(first), client_for("planner")
    assert code in planner.page(f"/pelatihan/pertemuan/{number}/kode").text
    other = client.send(f"/pelatihan/pertemuan/{number}/hadir", {"code": "AAAAAA"})
    assert other.status_code == 422 and "code" in read(other).errors()
    assert client.send(f"/pelatihan/pertemuan/{number}/hadir", {"code": code.lower()}).status_code == 303
    listed = planner.page(f"/pelatihan/pertemuan/{number}/daftar-hadir")
    assert listed.find("input", name=f"p{mine}-minutes").get("value") == "330"

    stopped.set(at(4, 8))
    client, planner = client_for(first), client_for("planner")
    assert planner.send(f"{page}/kelulusan").status_code == 303
    assert "Selesai" in client.page(page).text
    with world():
        outcomes = {
            one.enrolment_id: (one.outcome, one.training_hours)
            for one in db.session.scalars(select(Completion))
        }
        shown = db.session.scalars(select(Completion.code).where(Completion.enrolment_id == mine)).one()
    assert outcomes[mine] == ("completed", 7) and ("not_completed", 0) in outcomes.values()
    pdf = client.get(f"/pelatihan/pendaftaran/{mine}/sertifikat.pdf")
    assert pdf.data.startswith(b"%PDF")
    someone = client_for(None)
    checked = someone.page(f"/sertifikat?kode={shown.lower()}").text
    assert "Sertifikat ini tercatat" in checked and "/001/2026" in checked
    assert "P-" not in checked  # the code of the draw stays a pseudonym
    assert "Tidak ada sertifikat" in someone.page("/sertifikat?kode=AAAABBBBCCCC").text
    assert "7 JP dari 20" in client.page("/pelatihan/jp").text
    scores = {"content_score": "5", "teaching_score": "4", "use_score": "3", "text": "Contoh lebih banyak."}
    assert client.send(f"{page}/umpan-balik", scores).status_code == 303
    assert client.send(f"{page}/umpan-balik", scores).status_code == 403
    with world():
        assert db.session.scalars(select(FeedbackGiven.person_id)).all() == [first]
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "gave feedback")).one()
        assert event.by_id is None and event.request_id is None

    used = {"used": "yes", "line": "0", "text": "SOP arsip contoh."}
    assert client.send(f"/pelatihan/pendaftaran/{mine}/penerapan", used).status_code == 403
    stopped.set(at(7, 7))
    client = client_for(first)
    assert client.send(f"/pelatihan/pendaftaran/{mine}/penerapan", used).status_code == 303
    with world():
        assert db.session.scalars(select(Uptake.used)).all() == ["yes"]
    table = (
        client_for("staff").send("/pelatihan/unduh/laporan.csv", {"tahun": "2026"}).data.decode("utf-8-sig")
    )
    assert ";2;3;2;1;" in table  # seats, applicants, participants, completed


def test_the_most_for_one_agency_follows_the_seats_of_a_draft_unless_it_was_typed(client_for, world, ids):
    planner = client_for("planner")
    typed = FORM | {"unit": str(ids["unit:bkpsdm"]), "seats": "10"}

    def saved(path: str, **changed: str) -> list[int | None]:
        sent = planner.send(path, typed | changed)
        assert sent.status_code == 303, read(sent).errors()
        with world():
            return list(db.session.scalars(select(Quota.most)))

    assert saved("/pelatihan/baru") == [2]
    with world():
        path = f"/pelatihan/{db.session.scalars(select(Training.id)).one()}/sunting"
    left = planner.page(path).find("input", name="most").get("value", "")
    assert saved(path, seats="40", most=left) == [8]
    assert saved(path, seats="40", most="5") == [5]
    assert planner.page(path).find("input", name="most").get("value") == "5"


@pytest.fixture
def frozen(client_for, training, stopped):
    for who in PEOPLE:
        assert client_for(who).send(f"/pelatihan/{training}/pendaftaran").status_code == 303
    stopped.set(at(3, 21))
    sent = client_for("planner").send(f"/pelatihan/{training}/pembekuan", {"seed": SEEDS[0]})
    assert sent.status_code == 303, read(sent).text
    return training


def test_the_draw_run_twice_gives_the_first_result(client_for, frozen, world):
    auditor = client_for("auditor")
    path = f"/pelatihan/{frozen}/undian/benih"
    assert auditor.send(path, {"seed": SEEDS[1]}).status_code == 303
    with world():
        first = db.session.execute(select(QueuePlace.enrolment_id, QueuePlace.place)).all()
        when = db.session.scalars(select(Draw.at)).one()
    again = auditor.send(path, {"seed": SEEDS[1]})
    assert again.status_code == 303 and again.headers["Location"].endswith("/undian")
    with world():
        assert db.session.execute(select(QueuePlace.enrolment_id, QueuePlace.place)).all() == first
        assert db.session.scalars(select(Draw.at)).one() == when
        assert db.session.scalar(select(func.count(SeatOffer.id))) == 2


def test_what_changes_after_the_freezing_changes_no_points(client_for, world, ids, training, stopped):
    with world():
        made = db.session.get_one(Training, training)
        made.criteria.append(Criterion(position=0, kind="points", test="few_hours", value="5", points=3))
        gone = make.training(ids["unit:bkpsdm"], ids["planner"])
        make.enrolment(gone, ids["staff"], seat="confirmed")
        made.criteria.append(
            Criterion(position=1, kind="points", test="unit_without_seat", value="", points=1)
        )
        db.session.add(
            TrainingCancellation(training_id=gone.id, reason="Batal.", by_id=ids["planner"], at=clock.now())
        )
        db.session.flush()
        number = make.learning(ids["staff"], hours=2).id
    for who in PEOPLE:
        assert client_for(who).send(f"/pelatihan/{training}/pendaftaran").status_code == 303
    stopped.set(at(3, 21))
    sent = client_for("planner").send(f"/pelatihan/{training}/pembekuan", {"seed": SEEDS[0]})
    assert sent.status_code == 303

    def points() -> dict[int, int | None]:
        with world():
            found = db.session.execute(
                select(Enrolment.person_id, Enrolment.points).where(Enrolment.training_id == training)
            )
            return {person: given for person, given in found}

    frozen = points()
    assert set(frozen.values()) == {4}  # a cancelled training gave no seat
    page = client_for("neighbour").page(f"/pelatihan/{training}/undian").text
    assert "Daftar yang dibekukan" in page
    with world():
        db.session.add(
            LearningVerdict(
                learning_id=number,
                outcome="accepted",
                hours=20,
                by_id=ids["steward"],
                duty_id=ids["duty:steward"],
                at=clock.now(),
            )
        )
    assert (
        client_for("auditor").send(f"/pelatihan/{training}/undian/benih", {"seed": SEEDS[1]}).status_code
        == 303
    )
    with world():
        drawn = db.session.execute(
            select(Enrolment.person_id, QueuePlace.points).join(
                QueuePlace, QueuePlace.enrolment_id == Enrolment.id
            )
        )
        assert {person: given for person, given in drawn} == frozen
    assert "Daftar yang dibekukan" not in client_for("neighbour").page(f"/pelatihan/{training}/undian").text


def test_a_draw_with_a_changed_list_is_refused(client_for, frozen, world, ids):
    with world():
        one = db.session.scalars(select(Enrolment)).first()
        one.code = "P-LAIN00"
    sent = client_for("auditor").send(f"/pelatihan/{frozen}/undian/benih", {"seed": SEEDS[1]})
    assert sent.status_code == 403 and "berbeda dari yang dibekukan" in read(sent).text
    with world():
        assert db.session.scalar(select(func.count(QueuePlace.enrolment_id))) == 0


def test_who_withdraws_after_the_freezing_stays_on_the_list_and_gets_no_seat(
    client_for, frozen, world, ids, stopped
):
    stopped.forward(minutes=1)
    mine = enrolment_of(world, ids["staff"])
    assert client_for("staff").send(f"/pelatihan/pendaftaran/{mine}/penarikan").status_code == 303
    assert (
        client_for("auditor").send(f"/pelatihan/{frozen}/undian/benih", {"seed": SEEDS[1]}).status_code == 303
    )
    with world():
        assert db.session.scalar(select(func.count(QueuePlace.enrolment_id))) == 3
        holders = {one.person_id for one in queries.list_seated(frozen, clock.now())}
        offered = db.session.scalars(select(SeatOffer.enrolment_id)).all()
        assert (
            holders <= {ids["colleague"], ids["neighbour"]} and queries.count_taken(frozen, clock.now()) == 2
        )
        assert len(offered) in (2, 3)


def test_the_one_who_fixed_the_first_seed_fixes_no_second(client_for, world, ids):
    with world():
        number = make.training(ids["unit:bkpsdm"], ids["auditor"]).id
    sent = client_for("auditor").send(f"/pelatihan/{number}/benih", {"seed": "dua-duanya saya"})
    assert sent.status_code == 403 and "orang lain" in read(sent).text


def test_seats_for_all_need_no_draw(client_for, training, stopped, world, ids):
    client_for("staff").send(f"/pelatihan/{training}/pendaftaran")
    stopped.set(at(3, 21))
    assert client_for("planner").send(f"/pelatihan/{training}/pembekuan").status_code == 303
    assert "Mendapat tempat" in client_for("staff").page(f"/pelatihan/{training}").text
    assert "tidak ada yang diundi" in client_for("staff").page(f"/pelatihan/{training}/undian").text
    # one seat is left: whoever comes first
    assert client_for("colleague").send(f"/pelatihan/{training}/pendaftaran").status_code == 303
    late = client_for("neighbour").send(f"/pelatihan/{training}/pendaftaran")
    assert late.status_code == 403 and "sudah terisi" in read(late).text


def test_silence_of_the_superior_endorses(client_for, training, change, stopped, world, ids):
    change(asks_endorsement=True)
    client_for("staff").send(f"/pelatihan/{training}/pendaftaran")
    stopped.set(at(3, 20, 23))
    client_for("colleague").send(f"/pelatihan/{training}/pendaftaran")
    stopped.set(at(3, 21))
    waits = client_for("planner").send(f"/pelatihan/{training}/pembekuan")
    assert waits.status_code == 403 and "1 pendaftaran" in read(waits).text
    mine = enrolment_of(world, ids["staff"])
    late = client_for("leader").get(f"/pelatihan/pendaftaran/{mine}/persetujuan")
    assert late.status_code == 403 and "dianggap disetujui" in read(late).text
    theirs = enrolment_of(world, ids["colleague"])
    path = f"/pelatihan/pendaftaran/{theirs}/persetujuan"
    assert client_for("other_leader").get(path).status_code == 403
    bare = client_for("leader").send(path, {"outcome": "refused", "reason": ""})
    assert bare.status_code == 422 and "reason" in read(bare).errors()
    no = {"outcome": "refused", "reason": "Loket hanya dijaga satu orang."}
    assert client_for("leader").send(path, no).status_code == 303
    assert "Loket hanya dijaga satu orang." in client_for("colleague").page(f"/pelatihan/{training}").text
    assert client_for("planner").send(f"/pelatihan/{training}/pembekuan").status_code == 303
    assert seated(world) == [ids["staff"]]


def test_feedback_names_nobody_and_is_shown_from_five(world, ids, client_for, training, change, stopped):
    change(ends_on=date(2026, 4, 6))
    stopped.set(at(4, 7))
    page = client_for("staff")
    with world():
        for n in range(4):
            db.session.add(
                Feedback(
                    id=f"{n:032d}", training_id=training, content_score=4, teaching_score=4, use_score=5, text="Baik."
                )
            )  # fmt: skip
    assert "Belum cukup jawaban" in page.page(f"/pelatihan/{training}").text  # T10: four answers
    with world():
        db.session.add(
            Feedback(
                id="x", training_id=training, content_score=4, teaching_score=4, use_score=5, text="Lima."
            )
        )
    text = page.page(f"/pelatihan/{training}").text  # five
    assert "Lima." in text and "4,0" in text and "Belum cukup" not in text
    columns = set(Feedback.__table__.columns.keys())
    assert not {"person_id", "by_id", "at"} & columns
