"""One's own career record: what stands on it, thanks, shared copies, corrections."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal import audit, clock
from portal.db import db
from portal.drafting.models import Revision
from portal.evaluation.models import Filing
from portal.growth.careers import copies, sections
from portal.growth.careers.models import CorrectionAnswer, CorrectionRequest, Share, ShareView, Thanks
from portal.growth.careers.sections import Stay
from portal.growth.training.models import LearningVerdict
from portal.ledger import Attempt
from portal.plans.models import Plan
from portal.proposals.models import Answer
from tests import cast
from tests import factories as make
from tests.conftest import path_of, read, words

UNTIL = "2026-03-31"


def accept(proposal: Any, by_id: int) -> None:
    db.session.add(
        Answer(proposal_id=proposal.id, round=1, kind="accepted", text="Ya.", by_id=by_id, at=clock.now())
    )


@pytest.fixture
def plan_id(world: Any, ids: dict[str, int]) -> int:
    with world():
        return make.plan(ids["unit:bkpsdm"]).id


@pytest.fixture
def proposal_id(world: Any, ids: dict[str, int], plan_id: int) -> int:
    """The staff's own, accepted."""
    with world():
        made = make.proposal(
            db.session.get_one(Plan, plan_id), ids["staff"], clock.now(), title="Loket satu pintu"
        )
        accept(made, ids["leader"])
        return made.id


def share(client: Any, *chosen: str, until: str = UNTIL) -> int:
    sent = client.send("/karier/bagikan", {"sections": list(chosen) or ["contributions"], "until_on": until})
    assert sent.status_code == 303, sent.text
    return int(path_of(sent).rpartition("/")[2])


def code_of(world: Any, share_id: int) -> str:
    with world():
        return str(db.session.get_one(Share, share_id).code)


def open_copy(client: Any, code: str) -> Any:
    return client.send("/rekam-karier", {"code": code})


# What stands on it


def test_what_was_done_under_ones_name_stands_on_the_record(client_for, world, ids, plan_id, proposal_id):
    with world():
        plan = db.session.get_one(Plan, plan_id)
        section = make.section(plan, heading="Isu strategis")
        make.suggestion(
            section, ids["staff"], ruling="accepted", ruled_at=clock.now(), ruled_by_id=ids["planner"]
        )
        other = make.section(plan, heading="Bagian lain")
        make.suggestion(
            other, ids["staff"], ruling="declined", ruled_at=clock.now(), ruled_by_id=ids["planner"]
        )
    page = client_for("staff").page("/karier/")
    assert "Usulan “Loket satu pintu”" in page.text and "Saran atas “Isu strategis”" in page.text
    assert "Bagian lain" not in page.text
    assert "Loket satu pintu" not in client_for("colleague").page("/karier/").text


@pytest.mark.parametrize("voice", ["unit", "withheld"])
def test_a_name_withheld_never_appears(client_for, world, ids, plan_id, voice):
    with world():
        plan = db.session.get_one(Plan, plan_id)
        accept(
            make.proposal(plan, ids["staff"], clock.now(), title="Usulan rahasia", voice=voice), ids["leader"]
        )
        section = make.section(plan, heading="Bagian rahasia")
        make.suggestion(
            section,
            ids["staff"],
            voice=voice,
            ruling="accepted",
            ruled_at=clock.now(),
            ruled_by_id=ids["planner"],
        )
        make.comment(make.thread().id, ids["staff"], "Tanggapan rahasia.", voice=voice)
    staff = client_for("staff")
    assert "rahasia" not in staff.page("/karier/").text.replace("dirahasiakan", "")
    shared = share(staff)
    with world():
        assert "rahasia" not in json.dumps(db.session.get_one(Share, shared).content).replace(
            "dirahasiakan", ""
        )
    mine = staff.send("/akun/data").text
    assert "Usulan rahasia" not in mine and "Tanggapan rahasia" not in mine
    ticked = staff.send("/akun/data", {"dirahasiakan": "1"}).text
    assert "Usulan rahasia" in ticked and "Tanggapan rahasia" in ticked


def test_lines_that_one_edited_are_counted_by_plan(client_for, world, ids, plan_id):
    with world():
        plan = db.session.get_one(Plan, plan_id)
        first, second = make.line(plan), make.line(plan, "5.03.02.2.03.0001")
        for line, number in ((first, 2), (first, 3), (second, 2)):
            db.session.add(
                Revision(
                    line_id=line.id, number=number, kind="save", fields={}, sha256="0" * 64, by_id=ids["editor"],
                    at=clock.now(),
                )
            )  # fmt: skip
    assert "2 baris disunting" in client_for("editor").page("/karier/").text


def results_of(world: Any, ids: dict[str, int], outcome: str) -> None:
    with world():
        plan = make.plan(
            ids["unit:bkpsdm"], 2025, {kind: date(2024, 1, 1 + n) for n, kind in enumerate(make.STARTS)}
        )
        mine = make.line(plan, unit_id=ids["unit:mutasi"], name="Baris unit saya sendiri")
        other = make.line(plan, "5.03.02.2.03.0001", ids["unit:sekretariat"], name="Baris unit lain")
        evaluation = make.evaluation(make.snapshot(plan), 1, ids["editor"])
        filed = make.filing(evaluation, ids["leader"], ids["duty:leader"], outcome, ids["verifier"])
        lines = [
            {"unit_id": line.unit_id, "code": line.code, "achievement": "50.00"} for line in (mine, other)
        ]
        db.session.expunge(filed)
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("DROP TRIGGER filing_no_update"))
        else:
            db.session.execute(text("ALTER TABLE filing DISABLE TRIGGER ALL"))
        db.session.execute(
            Filing.__table__.update().where(Filing.id == filed.id).values(content={"lines": lines})
        )


def test_validated_results_of_the_units_lines_stand_there(client_for, world, ids):
    results_of(world, ids, "validated")
    page = client_for("staff").page("/karier/")
    assert "Baris unit saya sendiri" in page.text and "TW I 2025, capaian 50,00 persen" in page.text
    assert "Baris unit lain" not in page.text


def test_results_that_were_returned_stand_nowhere(client_for, world, ids):
    results_of(world, ids, "returned")
    assert "Baris unit saya sendiri" not in client_for("staff").page("/karier/").text


@pytest.mark.parametrize(
    ("from_on", "until_on", "shown"),
    [
        (date(2025, 3, 31), None, True),
        (date(2025, 4, 1), None, False),
        (date(2020, 1, 1), date(2025, 1, 1), True),
        (date(2020, 1, 1), date(2024, 12, 31), False),
    ],
)
def test_only_results_of_ones_time_there_count(client_for, world, ids, monkeypatch, from_on, until_on, shown):
    results_of(world, ids, "validated")
    monkeypatch.setattr(
        sections, "stays_known", [lambda _person: [Stay(ids["unit:mutasi"], from_on, until_on)]]
    )
    assert ("Baris unit saya sendiri" in client_for("staff").page("/karier/").text) is shown


def test_completed_and_recognised_training_stands_there_with_its_hours(client_for, world, ids):
    with world():
        for number, outcome in (("1/2026", "accepted"), ("2/2026", "refused")):
            made = make.learning(ids["staff"], number=number, title=f"Kelas {outcome}")
            db.session.add(
                LearningVerdict(
                    learning_id=made.id, outcome=outcome, hours=5, reason="Ada.", by_id=ids["steward"],
                    duty_id=ids["duty:steward"], at=clock.now(),
                )
            )  # fmt: skip
    page = client_for("staff").page("/karier/")
    assert "Kelas accepted" in page.text and "5 JP" in page.text and "Kelas refused" not in page.text


# Thanks


def test_a_leader_thanks_for_a_named_contribution(client_for, world, ids, proposal_id):
    leader = client_for("leader")
    path = f"/usulan/{proposal_id}/terima-kasih"
    assert leader.page(f"/usulan/{proposal_id}").all("a", href=path)
    assert leader.send(path, {"text": "Terima kasih atas gagasannya."}).status_code == 303
    assert not leader.page(f"/usulan/{proposal_id}").all("a", href=path)
    with world():
        row = db.session.scalars(select(Thanks)).one()
        assert (row.person_id, row.place, row.by_id) == (
            ids["staff"],
            f"proposal:{proposal_id}",
            ids["leader"],
        )
    staff = client_for("staff")
    assert "Terima kasih atas gagasannya." in staff.page("/karier/").text
    assert "Terima kasih atas gagasannya." in staff.page("/menunggu-saya").text


def test_thanks_twice_are_refused(client_for, world, proposal_id):
    leader = client_for("leader")
    path = f"/usulan/{proposal_id}/terima-kasih"
    assert leader.send(path, {"text": "Terima kasih."}).status_code == 303
    assert leader.send(path, {"text": "Sekali lagi."}).status_code == 403
    with world():
        assert db.session.scalar(select(func.count(Thanks.id))) == 1


def test_nobody_thanks_whose_name_is_withheld(client_for, world, ids, plan_id):
    with world():
        made = make.proposal(
            db.session.get_one(Plan, plan_id), ids["staff"], clock.now(), voice="withheld"
        ).id
    leader = client_for("leader")
    assert "terima-kasih" not in leader.get(f"/usulan/{made}").text
    answers = {
        (sent.status_code, words(read(sent).find("main")))
        for who in ("leader", "other_leader", "secretary", "staff", "colleague")
        for sent in [client_for(who).send(f"/usulan/{made}/terima-kasih", {"text": "Terima kasih."})]
    }
    assert len(answers) == 1  # none tells whose leader, or whose own, it is
    status, sentence = answers.pop()
    assert status == 403 and "namanya tidak ditampilkan" in sentence


def test_thanks_are_never_changed(world, client_for, proposal_id):
    client_for("leader").send(f"/usulan/{proposal_id}/terima-kasih", {"text": "Terima kasih."})
    with pytest.raises(DBAPIError), world():
        db.session.scalars(select(Thanks)).one().text = "Lain."
        db.session.flush()


# Shared copies


def test_a_copy_opens_with_its_code_and_every_view_is_shown(client_for, world, client, proposal_id):
    staff = client_for("staff")
    shared = share(staff)
    code = code_of(world, shared)
    page = read(open_copy(client, f"{code[:4]}-{code[4:8].lower()} {code[8:]}"))
    assert "Loket satu pintu" in page.text and cast.PEOPLE["staff"][0] in page.text
    assert "SHA-256-nya cocok" in page.text
    assert cast.PEOPLE["staff"][2] not in page.response.text
    assert "Ucapan terima kasih" not in page.text  # not chosen
    open_copy(client, code)
    own = staff.page(f"/karier/bagikan/{shared}")
    assert "Dibuka 2 kali" in own.text and "9 Maret" not in own.text
    assert "dibuka 2 kali" in staff.page("/karier/").text


def test_a_revoked_copy_opens_nothing(client_for, world, client, proposal_id):
    staff = client_for("staff")
    shared = share(staff)
    code = code_of(world, shared)
    assert open_copy(client, code).status_code == 200
    for _time in range(2):
        assert staff.send(f"/karier/bagikan/{shared}/pencabutan").status_code == 303
    refused = open_copy(client, code)
    assert refused.status_code == 422 and "Loket" not in refused.text
    with world():
        assert db.session.scalar(select(func.count(ShareView.id))) == 1
    assert "Dicabut" in staff.page(f"/karier/bagikan/{shared}").text


def test_a_copy_ends_after_its_last_day(client_for, world, client, stopped):
    shared = share(client_for("staff"), until="2026-03-04")
    code = code_of(world, shared)
    stopped.set(cast.NOW + timedelta(days=1))
    assert open_copy(client, code).status_code == 200
    stopped.set(cast.NOW + timedelta(days=2))
    assert open_copy(client, code).status_code == 422


def test_a_copy_stays_as_it_was_made_and_tells_when_it_was_not(
    client_for, world, ids, client, plan_id, proposal_id
):
    shared = share(client_for("staff"))
    code = code_of(world, shared)
    with world():
        plan = db.session.get_one(Plan, plan_id)
        accept(make.proposal(plan, ids["staff"], clock.now(), title="Usulan sesudahnya"), ids["leader"])
    assert "Usulan sesudahnya" not in open_copy(client, code).text
    with world():
        found = db.session.get_one(Share, shared)
        found.content = found.content | {"name": "Orang Lain Rekaan"}
    assert "tidak cocok" in read(open_copy(client, code)).text


def test_copies_are_their_owners_alone(client_for):
    shared = share(client_for("staff"))
    for who in ("colleague", "leader", "steward", "auditor"):
        other = client_for(who)
        assert other.get(f"/karier/bagikan/{shared}").status_code == 404
        assert other.send(f"/karier/bagikan/{shared}/pencabutan").status_code == 404
        assert other.send(f"/karier/bagikan/{shared}/salinan.pdf").status_code == 404


def test_the_printed_copy_carries_code_and_sha256(client_for, world):
    staff = client_for("staff")
    shared = share(staff, "contributions", "results")
    sent = staff.send(f"/karier/bagikan/{shared}/salinan.pdf")
    assert sent.status_code == 200 and sent.mimetype == "application/pdf"
    assert sent.data.startswith(b"%PDF-")
    with world():
        found = db.session.get_one(Share, shared)
        words = copies.words_of(found)
        assert words["sha256"] == audit.sha(found.content) and words["code"].replace("-", "") == found.code
        assert [part["title"] for part in words["sections"]] == [
            "Sumbangan atas nama saya",
            "Hasil baris unit saya",
        ]


def test_guessing_codes_is_stopped_as_for_activation_codes(client_for, world, client):
    code = code_of(world, share(client_for("staff")))
    for n in range(30):
        assert open_copy(client, f"AAAA-BBBB-{n:04d}").status_code == 422
    assert open_copy(client, "AAAA-BBBB-9999").status_code == 429
    assert open_copy(client, code).status_code == 429


def test_right_codes_do_not_use_up_an_address(client_for, world, client):
    code = code_of(world, share(client_for("staff")))
    for _n in range(35):
        assert open_copy(client, code).status_code == 200
    with world():
        assert (
            db.session.scalar(select(func.sum(Attempt.count)).where(Attempt.key.startswith("alamat:"))) == 0
        )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"sections": []}, "sections"),
        ({"sections": ["profile"]}, "sections"),
        ({"until_on": "2026-03-02"}, "until_on"),
        ({"until_on": "2027-03-04"}, "until_on"),
        ({"until_on": ""}, "until_on"),
    ],
)
def test_a_wrong_share_is_said_beside_its_field(client_for, world, fields, field):
    sent = client_for("staff").send(
        "/karier/bagikan", {"sections": ["contributions"], "until_on": UNTIL} | fields
    )
    assert sent.status_code == 422 and f'id="{field}-error"' in sent.text
    with world():
        assert db.session.scalar(select(func.count(Share.id))) == 0


# Corrections


def test_a_correction_waits_for_the_steward_and_its_answer_is_news(client_for, world, ids):
    staff, steward = client_for("staff"), client_for("steward")
    assert (
        staff.send("/karier/perbaikan", {"place": "results", "text": "Unit saya keliru."}).status_code == 303
    )
    with world():
        asked = db.session.scalars(select(CorrectionRequest)).one()
        assert asked.due_on == date(2026, 3, 17)
        path = f"/karier/perbaikan/{asked.id}/jawaban"
    assert steward.page("/menunggu-saya").all("a", href=path)
    assert "Unit saya keliru." in steward.page(path).text
    assert steward.send(path, {"outcome": "corrected", "text": "Sudah dipindahkan."}).status_code == 303
    assert steward.send(path, {"outcome": "declined", "text": "Tidak."}).status_code == 403
    page = staff.page("/karier/")
    assert "Sudah dipindahkan." in page.text and "Diperbaiki" in page.text
    with world():
        assert db.session.scalars(select(CorrectionAnswer.by_id)).all() == [ids["steward"]]


def test_a_steward_does_not_answer_an_own_request(client_for, world):
    steward = client_for("steward")
    steward.send("/karier/perbaikan", {"place": "profile", "text": "Golongan saya keliru."})
    with world():
        path = f"/karier/perbaikan/{db.session.scalars(select(CorrectionRequest.id)).one()}/jawaban"
    assert steward.send(path, {"outcome": "corrected", "text": "Sudah."}).status_code == 403
    assert path not in steward.get("/menunggu-saya").text


def test_a_record_costs_few_statements_whatever_it_holds(client_for, world, ids, proposal_id, count_queries):
    staff = client_for("staff")
    client_for("leader").send(f"/usulan/{proposal_id}/terima-kasih", {"text": "Terima kasih."})
    for _n in range(3):
        share(staff, "contributions", "thanks", "results")
    count_queries()
    staff.page("/karier/")
    assert count_queries() <= 12
