"""Answering a version: understood, concerned, unclear; concerns and the leader's replies."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import func, select

from portal.changes.models import Acknowledgement, Concern, Reply
from portal.db import db
from portal.ledger import AuditEvent
from tests import factories as make
from tests.conftest import path_of, read


@pytest.fixture
def notice_id(world, ids):
    with world():
        return make.notice(ids["unit:bkpsdm"], ids["leader"]).id


@pytest.fixture
def address(notice_id):
    return f"/pemberitahuan/{notice_id}/tanda-paham"


def answer(kind, body="", voice="named", number=1):
    return {"kind": kind, "body": body, "voice": voice, "number": str(number)}


def answers(world):
    with world():
        return [
            (row.person_id, row.kind)
            for row in db.session.scalars(select(Acknowledgement).order_by(Acknowledgement.id))
        ]


def test_understood(client_for, world, ids, address, notice_id):
    client = client_for("staff")
    given = client.send(address, answer("understood"))
    assert given.status_code == 303
    assert answers(world) == [(ids["staff"], "understood")]
    assert "untuk versi 1" in client.page(f"/pemberitahuan/{notice_id}").text
    with world():
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.verb == "acknowledged understood")
        ).one()
        assert event.by_id == ids["staff"]
        assert event.after_sha


@pytest.mark.parametrize("kind", ["concerned", "unclear"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_concern_is_registered_with_a_date(client_for, world, ids, address, kind, htmx):
    client_for("staff").send(address, answer(kind, "Siapa yang berjaga?"), htmx=htmx)
    with world():
        concern = db.session.scalars(select(Concern)).one()
        assert (concern.body, concern.by_id, concern.unit_id) == (
            "Siapa yang berjaga?",
            ids["staff"],
            ids["unit:mutasi"],
        )
        assert str(concern.answer_due_on) == "2026-03-10"  # five working days after 3 March


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (answer("concerned"), 422),
        (answer("unclear", "   "), 422),
        (answer("concerned", "x" * 4001), 422),
        (answer("setuju"), 422),
        (answer(""), 422),
        (answer("concerned", "Mengapa?", voice="nobody"), 422),
        (answer("understood", number=0), 409),
        (answer("understood", number=7), 409),
    ],
)
def test_wrong_answers_change_nothing(client_for, world, address, form, status):
    given = client_for("staff").send(address, form)
    assert given.status_code == status
    read(given)
    assert answers(world) == []


def test_may_be_changed_and_the_latest_counts(client_for, world, ids, address, notice_id, stopped):
    client = client_for("staff")
    for kind in ("understood", "concerned", "understood"):
        stopped.forward(minutes=1)
        assert client.send(address, answer(kind, "Ada yang belum jelas.")).status_code == 303
    assert len(answers(world)) == 2  # one row a kind: the time says which one counts
    with world():
        make.crowd(ids["unit:mutasi"], 5)
    text = client.page(f"/pemberitahuan/{notice_id}").text
    assert "1 dari 12 pegawai sudah menanggapi" in text or " pegawai sudah menanggapi" in text
    assert "Saya paham untuk versi 1" in text


def test_same_token_twice_raises_one_concern(client_for, world, address):
    client, token = client_for("staff"), secrets.token_urlsafe(18)
    for _n in range(2):
        client.send(address, answer("concerned", "Satu kali saja."), token=token)
    with world():
        assert db.session.scalar(select(func.count(Concern.id))) == 1


def test_two_clicks_with_two_tokens_are_one_answer(client_for, world, ids, address):
    client = client_for("staff")
    assert [client.send(address, answer("understood")).status_code for _n in range(2)] == [303, 303]
    assert answers(world) == [(ids["staff"], "understood")]


def test_an_old_version_is_refused_with_what_changed(client_for, world, address, notice_id):
    parts = {
        "what": "Dua loket menjadi satu.", "why": "Pegawai mengantre dua kali.", "benefit": "Satu antrean.",
        "when": "Mulai 1 Mei 2026.", "still_open": "Jam buka loket.",
    }  # fmt: skip
    client_for("leader").send(
        f"/pemberitahuan/{notice_id}/versi/baru", parts | {"number": "1", "material": "y"}
    )
    given = client_for("staff").send(address, answer("concerned", "Kata-kata saya.", number=1))
    assert given.status_code == 409
    page = read(given)
    assert [e for e in page.all("ins") if "Mei" in "".join(e.itertext())]
    assert "Kata-kata saya." in page.text
    assert {field.get("value") for field in page.all("input", name="number")} == {"2"}
    assert answers(world) == []


@pytest.mark.parametrize(("who", "status"), [("neighbour", 404), ("secretary", 403), ("auditor", 403)])
def test_only_the_addressed_answer(client_for, world, address, who, status):
    assert client_for(who).send(address, answer("understood")).status_code == status
    assert answers(world) == []


def test_nobody_answers_for_another(client_for, world, ids, address):
    client_for("staff").send(address, answer("understood") | {"person_id": str(ids["colleague"])})
    assert answers(world) == [(ids["staff"], "understood")]


def test_stranger_is_told_to_sign_in(client, address):
    assert client.send(address, answer("understood")).status_code == 401


def test_no_answer_is_chosen_beforehand(client_for, notice_id):
    page = client_for("staff").page(f"/pemberitahuan/{notice_id}")
    assert {field.get("value") for field in page.all("input", name="kind")} == {
        "understood",
        "concerned",
        "unclear",
    }
    assert not [
        d for d in page.all("details") if d.get("open") is not None and "choices" in d.get("class", "")
    ]


def test_a_withheld_author_appears_nowhere(client_for, world, ids, address, notice_id, stopped):
    client_for("staff").send(address, answer("concerned", "Saya takut ditegur.", voice="withheld"))
    for who in ("leader", "secretary", "auditor", "colleague", "steward"):
        page = client_for(who).page(f"/pemberitahuan/{notice_id}")
        assert "Saya takut ditegur." in page.text
        assert "Nama dirahasiakan" in page.text
        assert "Sungai Jernih" not in page.text
        assert "09.00" not in page.text  # the day only
    with world():
        concern = db.session.scalars(select(Concern)).one()
        assert concern.by_id == ids["staff"]  # so that it can be answered to them
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.subject.in_([f"concern:{concern.id}", f"notice:{notice_id}"]))
        ).all()
        assert len(events) == 2
        assert {(event.by_id, event.request_id) for event in events} == {(None, None)}


def test_unit_only_names_a_unit_of_five(client_for, world, ids, address, notice_id):
    client = client_for("staff")
    client.send(address, answer("unclear", "Di mana mejanya?", voice="unit"))
    # staff, colleague and editor are three; the agency as a whole has six.
    page = client_for("leader").page(f"/pemberitahuan/{notice_id}")
    item = next(li for li in page.all("li") if (li.get("id") or "").startswith("kekhawatiran-"))
    text = " ".join(item.itertext())
    assert "Badan Kepegawaian" in text
    assert "Mutasi" not in text
    assert "Sungai" not in text
    with world():
        make.crowd(ids["unit:mutasi"], 2)
    assert "Bidang Mutasi dan Promosi" in client_for("leader").page(f"/pemberitahuan/{notice_id}").text


@pytest.mark.parametrize("voice", ["named", "unit", "withheld"])
def test_the_audit_log_names_only_who_speaks_by_name(client_for, world, ids, address, voice):
    client_for("staff").send(address, answer("concerned", "Saya takut ditegur.", voice=voice))
    with world():
        said = AuditEvent.verb.in_(["acknowledged concerned", "raised"])
        logged = db.session.scalars(select(AuditEvent.by_id).where(said)).all()
    assert logged == [ids["staff"] if voice == "named" else None] * 2


@pytest.fixture
def concern_id(world, ids, notice_id):
    with world():
        from portal.changes.models import Notice

        return make.concern(db.session.get_one(Notice, notice_id), ids["staff"]).id


def test_leader_replies_and_the_last_reply_gives_the_state(client_for, world, ids, concern_id, notice_id):
    leader, address = client_for("leader"), f"/kekhawatiran/{concern_id}/balasan"
    for kind, text in (("answered", "Petugas bidang informasi."), ("changed", "Kami menambah satu meja.")):
        given = leader.send(address, {"kind": kind, "text": text})
        assert path_of(given) == f"/pemberitahuan/{notice_id}"
    text = client_for("staff").page(f"/pemberitahuan/{notice_id}").text
    assert "1 kekhawatiran: 0 dijawab, 1 mengubah rencana, 0 risiko diterima, 0 belum dijawab." in text
    assert "Petugas bidang informasi." in text
    with world():
        replies = db.session.scalars(select(Reply).order_by(Reply.number)).all()
        assert [(r.number, r.duty_id) for r in replies] == [(1, ids["duty:leader"]), (2, ids["duty:leader"])]


def test_a_reply_from_an_old_tab_meets_the_one_that_came_between(client_for, concern_id, notice_id):
    address = f"/kekhawatiran/{concern_id}/balasan"

    def opened(client):
        return client.page(address).find("input", name="opened").get("value")

    first, second = client_for("leader"), client_for("secretary")
    tabs = [opened(first), opened(second)]
    form = {"kind": "answered", "text": "Yang pertama."}
    assert first.send(address, form | {"opened": tabs[0]}).status_code == 303
    form = {"kind": "accepted_risk", "text": "Yang kedua."}
    late = second.send(address, form | {"opened": tabs[1]})
    assert late.status_code == 409
    assert "dibalas sejak formulir ini dibuka" in late.text and "Yang kedua." in late.text
    assert "Yang pertama." in late.text  # what came between stands beside it
    assert "Yang kedua." not in client_for("staff").page(f"/pemberitahuan/{notice_id}").text
    again = opened(second)
    assert f'value="{again}"' in late.text
    assert second.send(address, form | {"opened": again}).status_code == 303


@pytest.mark.parametrize(
    "form", [{"kind": "", "text": "Ya."}, {"kind": "open", "text": "Ya."}, {"kind": "answered", "text": ""}]
)
def test_wrong_reply(client_for, world, concern_id, form):
    given = client_for("leader").send(f"/kekhawatiran/{concern_id}/balasan", form)
    assert given.status_code == 422
    with world():
        assert db.session.scalar(select(func.count(Reply.id))) == 0


@pytest.mark.parametrize(("who", "status"), [("staff", 403), ("planner", 403), ("neighbour", 404)])
def test_only_the_leader_replies(client_for, concern_id, who, status):
    form = {"kind": "answered", "text": "Ya."}
    assert client_for(who).send(f"/kekhawatiran/{concern_id}/balasan", form).status_code == status


def test_nobody_replies_to_their_own(client_for, world, ids, notice_id):
    with world():
        from portal.changes.models import Notice

        own = make.concern(db.session.get_one(Notice, notice_id), ids["leader"]).id
    form = {"kind": "answered", "text": "Ya."}
    assert client_for("leader").send(f"/kekhawatiran/{own}/balasan", form).status_code == 403
    assert client_for("secretary").send(f"/kekhawatiran/{own}/balasan", form).status_code == 303


def test_an_acting_leader_whose_duty_ended_replies_no_more(client_for, world, ids, concern_id, stopped):
    from datetime import date, timedelta

    from portal.people.models import Duty

    with world():
        db.session.get_one(Duty, ids["duty:leader"]).until_on = date(2026, 3, 3)
    client, form = client_for("leader"), {"kind": "answered", "text": "Ya."}
    stopped.set(stopped.now() + timedelta(minutes=20))
    assert client.page(f"/kekhawatiran/{concern_id}/balasan")
    stopped.set(stopped.now().replace(hour=17, minute=0))  # midnight in Kotabumi
    client.sign_in("leader")
    assert client.send(f"/kekhawatiran/{concern_id}/balasan", form).status_code == 403
