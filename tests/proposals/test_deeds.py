"""Proposing, supporting, answering: what each person can and cannot do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.ledger import Holiday
from portal.people.models import Draft
from portal.plans.models import Plan
from portal.proposals.models import Answer, Proposal, ProposalRevision
from tests import factories as make
from tests.conftest import path_of, read

FORM = {
    "title": "Kriteria promosi diumumkan lebih awal",
    "problem": "Peserta tidak mengetahui bobot penilaian.",
    "idea": "Bobot diumumkan 30 hari sebelum pendaftaran.",
    "benefit": "Peserta dapat menyiapkan diri.",
    "cost": "1.250.000",
}


@pytest.fixture
def plan(world, ids):
    with world():
        return make.plan(ids["unit:bkpsdm"]).id


def propose(client, plan, **changed):
    return client.send(f"/usulan/baru?rencana={plan}", FORM | changed)


@pytest.fixture
def submitted(client_for, plan):
    client = client_for("staff")
    number = int(path_of(propose(client, plan)).rsplit("/", 1)[1])
    assert client.send(f"/usulan/{number}/pengajuan").status_code == 303
    return number


def answer(client, number, **changed):
    form = {"kind": "accepted", "text": "Diterima.", "ground": "", "condition": ""} | changed
    return client.send(f"/usulan/{number}/jawaban", form)


def test_draft_is_seen_by_its_author_alone(client_for, plan):
    number = path_of(propose(client_for("staff"), plan)).rsplit("/", 1)[1]
    assert "hanya Anda yang melihat" in client_for("staff").page(f"/usulan/{number}").text
    for who in ("colleague", "planner", "leader", "auditor"):
        client_for(who).page(f"/usulan/{number}", 404)
    assert FORM["title"] not in client_for("colleague").page("/usulan").text


def test_money_is_read_as_written_in_indonesian(client_for, plan, world):
    propose(client_for("staff"), plan)
    with world():
        assert db.session.scalars(select(ProposalRevision.cost)).all() == [1_250_000]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "Mohon diisi"),
        ("title", "x" * 161, "160"),
        ("title", "dua\nbaris panjang", "satu baris"),
        ("problem", "", "Mohon diisi"),
        ("idea", "a\u202eb", "huruf kendali"),
        ("benefit", "NIP saya 199001012015012101", "NIP seseorang"),
        ("cost", "seratus", "angka"),
        ("cost", "-5", "antara"),
        ("cost", "1,5", "tanpa pecahan"),
        ("cost", "9" * 30, "antara"),
        ("sub_activity", "9.99.99", "nomenklatur"),
    ],
)
def test_bad_input_is_told_beside_the_field_and_kept(client_for, plan, world, field, value, said):
    response = propose(client_for("staff"), plan, **{field: value})
    assert response.status_code == 422
    page = read(response)
    assert said in page.errors()[field]
    kept = page.find("textarea" if field in ("problem", "idea", "benefit") else "input", name=field)
    if value.strip() and "\n" not in value:
        assert value in (kept.get("value") or "".join(kept.itertext()))
    with world():
        assert db.session.scalar(select(func.count(Proposal.id))) == 0


def test_markup_stays_text(client_for, plan):
    client = client_for("staff")
    number = path_of(propose(client, plan, idea="<script>alert(1)</script><b hx-get='/x'>")).rsplit("/", 1)[1]
    page = client.page(f"/usulan/{number}")
    assert "<script>alert(1)</script>" in page.text
    assert not page.all("b", hx_get="/x")


def test_answer_is_due_ten_working_days_later_and_holidays_do_not_count(client_for, plan, world):
    with world():
        db.session.add(Holiday(on_date=date(2026, 3, 10), name="Libur contoh"))
    client = client_for("staff")
    number = int(path_of(propose(client, plan)).rsplit("/", 1)[1])
    client.send(f"/usulan/{number}/pengajuan")
    with world():
        # Tuesday 3 March: ten working days end on the 17th, the holiday moves it to the 18th.
        assert db.session.get(Proposal, number).answer_due_on == date(2026, 3, 18)


def test_answer_is_due_at_the_latest_when_the_draft_stage_ends(client_for, ids, world):
    with world():
        short = make.plan(
            ids["unit:bkpsdm"], starts={"draft": date(2026, 3, 5), "verification": date(2026, 3, 9)}
        ).id
    client = client_for("staff")
    number = int(path_of(propose(client, short)).rsplit("/", 1)[1])
    client.send(f"/usulan/{number}/pengajuan")
    with world():
        assert db.session.get(Proposal, number).answer_due_on == date(2026, 3, 8)


def test_closed_stage_says_so(client_for, plan, stopped):
    stopped.forward(days=30)
    response = propose(client_for("staff"), plan)
    assert response.status_code == 403
    assert "sudah ditutup pada tahapan Rancangan" in response.text


def test_number_of_supporters_is_hidden_until_one_takes_part(client_for, submitted):
    path = f"/usulan/{submitted}"
    assert "setelah Anda mendukung" in client_for("neighbour").page(path).text
    for who in ("staff", "leader", "planner", "auditor"):
        page = client_for(who).page(path)
        assert "setelah Anda mendukung" not in page.text and "0 pegawai" not in page.text
    client = client_for("neighbour")
    assert "1 pegawai mendukung" in client.send(f"{path}/dukungan", htmx=True).text
    client.send(f"{path}/dukungan")
    assert "1 pegawai mendukung" in client.page(path).text, "twice counts once"
    client.send(f"{path}/dukungan/penarikan")
    assert "setelah Anda mendukung" in client.page(path).text


def test_own_proposal_is_not_supported(client_for, submitted):
    assert client_for("staff").send(f"/usulan/{submitted}/dukungan").status_code == 403


@pytest.mark.parametrize("kind", ["partly", "deferred", "declined"])
def test_refusing_needs_ground_and_condition(client_for, submitted, world, kind):
    response = answer(client_for("leader"), submitted, kind=kind)
    assert response.status_code == 422
    assert {"ground", "condition"} <= set(read(response).errors())
    with world():
        assert db.session.scalar(select(func.count(Answer.id))) == 0
    given = answer(
        client_for("leader"), submitted, kind=kind, ground="no_ceiling", condition="Ada sisa pagu."
    )
    assert given.status_code == 303
    page = client_for("staff").page(f"/usulan/{submitted}")
    assert "Pagu tidak tersedia" in page.text
    assert "Ada sisa pagu." in page.text


def test_published_answer_is_only_followed(client_for, submitted, world):
    answer(client_for("leader"), submitted)
    answer(client_for("leader"), submitted, kind="deferred", ground="no_ceiling", condition="Ada sisa pagu.")
    with world():
        rows = db.session.execute(select(Answer.round, Answer.kind).order_by(Answer.round)).all()
    assert [tuple(row) for row in rows] == [(1, "accepted"), (2, "deferred")]


def test_unpublished_answer_is_kept_as_a_draft(client_for, submitted, world):
    client = client_for("leader")
    client.send(f"/draf/jawaban/{submitted}", {"text": "Sedang saya pikirkan."})
    assert "Sedang saya pikirkan." in client.page(f"/usulan/{submitted}/jawaban").text
    assert "Sedang saya pikirkan." not in client_for("staff").page(f"/usulan/{submitted}").text
    answer(client, submitted)
    with world():
        assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_leader_does_not_answer_their_own(client_for, plan, world):
    leader = client_for("leader")
    number = path_of(propose(leader, plan)).rsplit("/", 1)[1]
    leader.send(f"/usulan/{number}/pengajuan")
    assert answer(leader, number).status_code == 403
    assert "menunggu jawaban resmi" not in leader.page("/menunggu-saya").text
    assert "menunggu jawaban resmi" in client_for("secretary").page("/menunggu-saya").text
    assert answer(client_for("secretary"), number).status_code == 303


def test_without_a_leader_the_next_above_answers(client_for, submitted, world, ids, stopped):
    assert "menunggu jawaban resmi" not in client_for("secretary").page("/menunggu-saya").text
    from portal.people.models import Duty

    with world():
        db.session.get(Duty, ids["duty:leader"]).until_on = date(2026, 3, 3)
    stopped.forward(days=1)
    assert "menunggu jawaban resmi" in client_for("secretary").page("/menunggu-saya").text
    assert answer(client_for("leader"), submitted).status_code == 403
    assert answer(client_for("secretary"), submitted).status_code == 303


def test_returned_proposal_comes_again_with_a_new_day(client_for, submitted, world, stopped):
    answer(client_for("leader"), submitted, kind="returned", ground="needs_repair")
    staff = client_for("staff")
    assert "dikembalikan untuk diperbaiki" in staff.page("/menunggu-saya").text
    staff.send(f"/usulan/{submitted}/sunting", FORM | {"idea": "Bobot diumumkan 45 hari sebelumnya."})
    stopped.forward(days=1)
    staff = client_for("staff")
    assert staff.send(f"/usulan/{submitted}/pengajuan").status_code == 303
    with world():
        proposal = db.session.get(Proposal, submitted)
        assert proposal.version == 2
        assert proposal.answer_due_on == date(2026, 3, 18)  # ten working days from the 4th
    assert "menunggu jawaban resmi" in client_for("leader").page("/menunggu-saya").text


def test_an_answer_from_an_old_tab_meets_what_came_between(client_for, submitted):
    def opened(client):
        return client.page(f"/usulan/{submitted}/jawaban").find("input", name="opened").get("value")

    first, second = client_for("leader"), client_for("secretary")
    tabs = [opened(first), opened(second)]
    assert answer(first, submitted, opened=tabs[0], text="Diterima yang pertama.").status_code == 303
    late = answer(
        second, submitted, opened=tabs[1], kind="declined", ground="no_ceiling", condition="Pagu ada."
    )
    assert late.status_code == 409
    assert "dijawab sejak formulir ini dibuka" in late.text
    assert "Pagu ada." in late.text  # what was typed is kept
    assert "Ditolak" not in client_for("staff").page(f"/usulan/{submitted}").text
    again = opened(second)
    assert f'value="{again}"' in late.text
    assert answer(second, submitted, opened=again, text="Jawaban berikutnya.").status_code == 303


def test_withdrawn_proposal_waits_for_nobody(client_for, submitted):
    client_for("staff").send(f"/usulan/{submitted}/penarikan")
    assert "menunggu jawaban resmi" not in client_for("leader").page("/menunggu-saya").text
    assert "Ditarik" in client_for("colleague").page(f"/usulan/{submitted}").text
    assert answer(client_for("leader"), submitted).status_code == 403


def test_desk_lists_by_deadline(client_for, world, ids, plan):
    with world():
        of = db.session.get_one(Plan, plan)
        for days, title in ((9, "Ketiga"), (-4, "Pertama"), (1, "Kedua")):
            due = clock.today() + timedelta(days=days)
            make.proposal(of, ids["colleague"], clock.now(), title, answer_due_on=due)
    text = client_for("leader").page("/meja").text
    assert text.index("Pertama") < text.index("Kedua") < text.index("Ketiga")
    assert "Lewat 4 hari" in text.replace("\u00a0", " ")
    assert "3 usulan belum dijawab, 1 lewat batas." in text


def test_desk_counts_only_what_this_leader_answers(client_for, world, ids, plan):
    with world():
        of = db.session.get_one(Plan, plan)
        made = make.proposal(of, ids["colleague"], clock.now(), "Didukung dua orang").id
        make.proposal(of, ids["leader"], clock.now(), "Milik pimpinan sendiri")
    for who in ("staff", "editor"):
        client_for(who).send(f"/usulan/{made}/dukungan")
    text = client_for("leader").page("/meja").text
    assert "1 usulan belum dijawab." in text and "didukung 2" in text


@pytest.mark.slow
def test_pages_ask_the_database_a_constant_number_of_times(client_for, world, ids, plan, count_queries):
    numbers = []
    for rows in (2, 12):
        with world():
            of = db.session.get_one(Plan, plan)
            for _ in range(rows):
                one = make.proposal(of, ids["colleague"], clock.now())
                for _ in range(rows):
                    make.comment(one.thread_id, ids["neighbour"])
        clients = [client_for("leader"), client_for("staff")]
        count_queries()
        found = []
        for client in clients:
            for path in ("/usulan", f"/usulan/{1}", "/meja", "/menunggu-saya", "/rencana"):
                client.get(path)
                found.append(count_queries())
        numbers.append(found)
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) <= 12, numbers[0]


def test_a_leader_answers_one_after_another(client_for, world, ids, plan):
    """After an answer the next form by deadline is one press away; behind the last comes the first that was skipped."""
    with world():
        of = db.session.get_one(Plan, plan)
        first, second, third = (make.proposal(of, ids["staff"], clock.now()).id for _ in range(3))
    leader, given = (
        client_for("leader"),
        {"kind": "accepted", "text": "Diterima.", "ground": "", "deed": "next"},
    )
    page = leader.page(f"/usulan/{second}/jawaban")
    page.find("a", href=f"/usulan/{third}/jawaban")
    for answered, following in ((second, third), (third, first)):
        assert leader.send(f"/usulan/{answered}/jawaban", given).location == f"/usulan/{following}/jawaban"
    assert "Terbitkan, lalu jawab berikutnya" not in leader.page(f"/usulan/{first}/jawaban").text
    assert leader.send(f"/usulan/{first}/jawaban", given).location == f"/usulan/{first}"
