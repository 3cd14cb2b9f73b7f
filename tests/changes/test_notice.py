"""Writing an initiative and its notice, keeping it as a draft, reading it, and publishing another version."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import func, select

from portal.changes.models import Acknowledgement, Audience, Initiative, Notice, NoticeRevision
from portal.db import db
from portal.ledger import AuditEvent
from portal.people.models import Draft
from tests import factories as make
from tests.conftest import path_of, read

PARTS = {
    "what": "- Tiga loket menjadi **satu**.",
    "why": "Pegawai mengantre dua kali.",
    "benefit": "Satu antrean saja.",
    "when": "Mulai 1 April 2026.",
    "still_open": "Jam buka loket.",
}


@pytest.fixture
def notice_id(world, ids):
    with world():
        made = make.notice(ids["unit:bkpsdm"], ids["leader"])
        return made.id


@pytest.fixture
def initiative_id(world, ids):
    with world():
        made = Initiative(
            unit_id=ids["unit:bkpsdm"], title="Satu loket", by_id=ids["leader"], at=make.clock.now()
        )
        db.session.add(made)
        db.session.flush()
        return made.id


def notice_form(ids, **changed):
    return PARTS | {
        "title": "Loket disatukan",
        "audience": [str(ids["unit:mutasi"])],
        "due_on": "2026-03-12",
    } | changed  # fmt: skip


def test_leader_begins_an_initiative(client_for, ids, world):
    form = {"unit": str(ids["unit:bkpsdm"]), "title": "Satu loket layanan"}
    answer = client_for("leader").send("/perubahan/baru", form)
    assert answer.status_code == 303
    with world():
        assert db.session.scalars(select(Initiative.title)).all() == ["Satu loket layanan"]


def test_initiative_only_for_a_unit_that_one_leads(client_for, ids):
    form = {"unit": str(ids["unit:diskominfo"]), "title": "Satu loket layanan"}
    answer = client_for("leader").send("/perubahan/baru", form)
    assert answer.status_code == 422
    assert client_for("staff").send("/perubahan/baru", form).status_code == 403


@pytest.mark.parametrize("htmx", [False, True])
def test_leader_publishes_a_notice(client_for, ids, world, initiative_id, htmx):
    address = f"/perubahan/{initiative_id}/pemberitahuan/baru"
    answer = client_for("leader").send(address, notice_form(ids), htmx=htmx)
    assert answer.status_code == (200 if htmx else 303), answer.text[:400]
    with world():
        notice = db.session.scalars(select(Notice)).one()
        assert path_of(answer) == f"/pemberitahuan/{notice.id}"
        revision = db.session.scalars(select(NoticeRevision)).one()
        assert (revision.number, revision.material, revision.what) == (1, True, PARTS["what"])
        assert db.session.scalars(select(Audience.unit_id)).all() == [ids["unit:mutasi"]]
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.subject == f"notice:{notice.id}")
        ).one()
        assert event.by_id == ids["leader"]
        assert event.duty_id == ids["duty:leader"]


def test_same_token_publishes_once(client_for, ids, world, initiative_id):
    client, token = client_for("leader"), secrets.token_urlsafe(18)
    address = f"/perubahan/{initiative_id}/pemberitahuan/baru"
    first = client.send(address, notice_form(ids), token=token)
    second = client.send(address, notice_form(ids), token=token)
    assert path_of(first) == path_of(second)
    with world():
        assert db.session.scalar(select(func.count(Notice.id))) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"what": ""}, "what"),
        ({"why": "x" * 4001}, "why"),
        ({"when": "a\u202eb"}, "when"),
        ({"benefit": "198501012010011001"}, "benefit"),
        ({"due_on": "2026-03-03"}, "due_on"),
        ({"due_on": "kapan-kapan"}, "due_on"),
    ],
)
def test_wrong_field_is_named_and_what_was_typed_stays(client_for, ids, world, initiative_id, changed, field):
    address = f"/perubahan/{initiative_id}/pemberitahuan/baru"
    answer = client_for("leader").send(address, notice_form(ids, **changed))
    assert answer.status_code == 422
    page = read(answer)
    assert field in page.errors()
    if field != "still_open":
        assert PARTS["still_open"] in answer.text
    with world():
        assert db.session.scalar(select(func.count(Notice.id))) == 0


def test_audience_lies_within_the_unit(client_for, ids, initiative_id):
    address = f"/perubahan/{initiative_id}/pemberitahuan/baru"
    for audience in ([], [str(ids["unit:diskominfo"])], ["999999"], ["abc"]):
        answer = client_for("leader").send(address, notice_form(ids, audience=audience))
        assert answer.status_code == 422, audience


def test_draft_is_kept_seen_by_nobody_and_gone_when_published(client_for, ids, world, initiative_id):
    address = f"/perubahan/{initiative_id}/pemberitahuan/baru"
    leader = client_for("leader")
    typed = {"title": "Belum selesai", "what": "Sebagian"}
    answer = leader.send(f"/draf/pemberitahuan-baru/{initiative_id}", typed)
    assert answer.status_code == 303
    page = leader.page(address)
    assert page.find("input", name="title").get("value") == "Belum selesai"
    assert "Sebagian" in page.text
    assert "Belum selesai" not in client_for("secretary").page(address).text
    with world():
        assert db.session.scalar(select(func.count(Notice.id))) == 0
        assert db.session.scalars(select(Draft.place)).all() == [f"notice:new:{initiative_id}"]
    assert leader.send(address, notice_form(ids)).status_code == 303
    with world():
        assert db.session.scalars(select(Draft.place)).all() == []


@pytest.mark.parametrize("unit", ["9" * 5000, "-1", "999999", "x", "\x00"])
def test_a_draft_with_odd_units_opens(client_for, ids, initiative_id, unit):
    address = f"/perubahan/{initiative_id}/pemberitahuan/baru"
    form = {"title": "a\x00b", "audience": [unit, str(ids["unit:mutasi"])]}
    leader = client_for("leader")
    assert leader.send(f"/draf/pemberitahuan-baru/{initiative_id}", form).status_code == 303
    assert leader.page(address).find("input", name="title").get("value") == "ab"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("staff", 200),  # addressed: of a unit below
        ("planner", 200),
        ("secretary", 200),  # on duty over the unit
        ("auditor", 200),
        ("neighbour", 404),  # another agency
        ("other_leader", 404),
    ],
)
def test_who_reads_a_notice(client_for, notice_id, who, status):
    client_for(who).page(f"/pemberitahuan/{notice_id}", status)
    client_for(who).page(f"/pemberitahuan/{notice_id}/versi", status)


def test_stranger_is_sent_to_sign_in(client, notice_id):
    assert path_of(client.get(f"/pemberitahuan/{notice_id}")) == "/masuk"


def test_audience_of_one_status(client_for, world, ids, notice_id):
    with world():
        db.session.scalars(select(Audience)).one().status = "PPPK"
    client_for("staff").page(f"/pemberitahuan/{notice_id}", 404)
    client_for("leader").page(f"/pemberitahuan/{notice_id}")


def test_markup_in_a_notice_is_harmless(client_for, ids, initiative_id):
    address = f"/perubahan/{initiative_id}/pemberitahuan/baru"
    evil = "<script>alert(1)</script> <img src=x onerror=alert(1)> [klik](javascript:alert(1))"
    answer = client_for("leader").send(address, notice_form(ids, what=evil, title="<b>Judul</b> tebal"))
    page = client_for("staff").page(path_of(answer))
    assert not [script for script in page.all("script") if "alert" in "".join(script.itertext())]
    assert not page.all("img", src="x")
    assert not [link for link in page.all("a") if (link.get("href") or "").startswith("javascript")]
    assert "<b>Judul</b> tebal" in page.text


def revision_form(number, **changed):
    return PARTS | {"number": str(number), "material": "y"} | changed


def test_new_version_asks_again_and_shows_what_changed(client_for, world, ids, notice_id):
    staff, leader = client_for("staff"), client_for("leader")
    page = f"/pemberitahuan/{notice_id}"
    staff.send(f"{page}/tanda-paham", {"kind": "understood", "number": "1"})
    assert "Menunggu tanda paham Anda" not in staff.page("/perubahan").text
    answer = leader.send(f"{page}/versi/baru", revision_form(1, when="Mulai 1 Mei 2026."))
    assert answer.status_code == 303
    assert "Menunggu tanda paham Anda" in staff.page("/perubahan").text
    shown = staff.page(page)
    assert [e for e in shown.all("ins") if "Mei" in "".join(e.itertext())]
    assert [e for e in shown.all("del") if "April" in "".join(e.itertext())]
    assert not client_for("colleague").page(page).all("ins")  # they have not answered an earlier version
    assert "Mei" in staff.page(f"{page}/versi").text


def test_small_correction_does_not_ask_again(client_for, notice_id):
    staff, page = client_for("staff"), f"/pemberitahuan/{notice_id}"
    staff.send(f"{page}/tanda-paham", {"kind": "understood", "number": "1"})
    form = revision_form(1)
    del form["material"]
    assert client_for("leader").send(f"{page}/versi/baru", form).status_code == 303
    assert "Menunggu tanda paham Anda" not in staff.page("/perubahan").text


def test_two_leaders_revise_at_once(client_for, world, notice_id):
    address = f"/pemberitahuan/{notice_id}/versi/baru"
    first = client_for("leader").send(address, revision_form(1, when="Mulai 1 Mei 2026."))
    second = client_for("secretary").send(address, revision_form(1, why="Alasan sekretaris."))
    assert first.status_code == 303
    assert second.status_code == 409
    page = read(second)
    assert "Alasan sekretaris." in page.text
    assert [e for e in page.all("ins") if "Mei" in "".join(e.itertext())]
    with world():
        assert db.session.scalars(select(NoticeRevision.number)).all() == [1, 2]


def test_only_its_leader_revises(client_for, notice_id):
    address = f"/pemberitahuan/{notice_id}/versi/baru"
    for who, status in (("staff", 403), ("planner", 403), ("other_leader", 404)):
        assert client_for(who).send(address, revision_form(1)).status_code == status


def test_shares_are_for_the_leader_and_never_of_a_small_unit(client_for, world, ids, notice_id):
    with world():
        for person in make.crowd(ids["unit:mutasi"], 6):
            db.session.add(
                Acknowledgement(revision_id=1, person_id=person.id, kind="understood", at=make.clock.now())
            )
        make.crowd(ids["unit:bkpsdm"], 7)
    text = client_for("leader").page(f"/pemberitahuan/{notice_id}").text
    assert "Menurut unit" in text
    assert (
        "0 paham, 0 ada kekhawatiran, 0 belum paham, 7 belum menanggapi" not in text
    )  # hidden with the small one
    assert "6 paham" in text
    assert "Tidak ditampilkan, agar jawaban unit kecil tidak terbaca" in text
    assert "Menurut unit" not in client_for("staff").page(f"/pemberitahuan/{notice_id}").text


def test_queries_do_not_grow(client_for, world, ids, notice_id, count_queries):
    staff = client_for("leader")

    def count(path):
        staff.page(path)
        count_queries()
        staff.page(path)
        return count_queries()

    before = [count("/perubahan"), count(f"/pemberitahuan/{notice_id}")]
    with world():
        notice = db.session.get_one(Notice, notice_id)
        for n, person in enumerate(make.crowd(ids["unit:mutasi"], 9)):
            make.notice(ids["unit:bkpsdm"], ids["leader"], title=f"Pemberitahuan {n}")
            concern = make.concern(notice, person.id, voice=("named", "unit", "withheld")[n % 3])
            make.db.session.flush()
            assert concern.id
    with world():
        make.concern(db.session.get_one(Notice, notice_id), ids["staff"], voice="unit")
    after = [count("/perubahan"), count(f"/pemberitahuan/{notice_id}")]
    assert after[0] <= before[0] + 1
    assert after[1] <= before[1] + 2  # replies and the units of five, asked only where there are concerns
    with world():
        for person in make.crowd(ids["unit:mutasi"], 9):
            make.concern(db.session.get_one(Notice, notice_id), person.id, voice="unit")
    assert count(f"/pemberitahuan/{notice_id}") == after[1]
    assert max(after) <= 15
