"""A planner or a leader prepares a poll and chooses its witnesses by searching."""

from __future__ import annotations

import re
import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.people.models import Duty, Person
from portal.voting import routes
from portal.voting.models import Poll, Witness
from tests import factories as make
from tests.conftest import path_of, read
from tests.voting.steps import codes_of, form, prepared

pytestmark = pytest.mark.slow

NEW = "/pemungutan-suara/baru"


def offered(page):
    """The people who can be ticked: id, whether ticked, whether it is barred."""
    return {
        int(box.get("value")): (box.get("checked") is not None, box.get("disabled") is not None)
        for box in page.all("input", name="witnesses")
    }


@pytest.mark.parametrize(
    "words", ["Titik", "titik koma", "199203032017032103", "103", "Aplikasi Informatika"]
)
def test_witness_is_found_by_name_nip_or_unit(client_for, ids, words):
    page = client_for("leader").page(f"{NEW}?cari={words}&unit={ids['unit:mutasi']}", htmx=True)
    assert offered(page) == {ids["neighbour"]: (False, False)}
    assert "199203032017032103" not in page.response.text, "of a NIP only its end is shown"


def test_who_has_a_duty_over_the_unit_is_shown_but_barred(client_for, ids):
    page = client_for("leader").page(f"{NEW}?cari=Melati&unit={ids['unit:mutasi']}", htmx=True)
    assert offered(page) == {ids["editor"]: (False, True)}
    assert "bertugas atas unit pemilih" in page.text


def test_who_left_is_not_found(client_for, ids):
    page = client_for("leader").page(f"{NEW}?cari=Kabut&unit={ids['unit:mutasi']}", htmx=True)
    assert offered(page) == {}
    assert "Tidak ada pegawai lain" in page.text


def test_searching_keeps_whom_one_has_ticked(client_for, ids, witnesses):
    page = client_for("leader").page(f"{NEW}?cari=Titik&witnesses={witnesses[0]}", htmx=True)
    assert offered(page) == {witnesses[0]: (True, False), ids["neighbour"]: (False, False)}


def test_without_javascript_the_search_keeps_the_form_and_writes_nothing(client_for, ids, witnesses, world):
    sent = form(ids, witnesses[:1], cari="Titik", pencarian="1", options="Sabtu\nMinggu")
    token = "pencarian-tanpa-javascript"
    response = client_for("leader").send(NEW, sent, token=token)
    assert response.status_code == 200
    page = read(response)
    assert offered(page) == {witnesses[0]: (True, False), ids["neighbour"]: (False, False)}
    assert page.find("input", name="question").get("value") == sent["question"]
    assert page.find("textarea", name="options").text.strip() == "Sabtu\nMinggu"
    assert page.all("input", name="kiriman", value=token), "the form can still be sent"
    with world():
        assert db.session.scalar(select(func.count(Poll.id))) == 0


def test_prepared_once_however_often_it_is_sent(client_for, ids, witnesses, voters, world):
    client, token = client_for("leader"), "siapkan-satu-kali-saja"
    first = client.send(NEW, form(ids, witnesses), token=token)
    assert path_of(first) == path_of(client.send(NEW, form(ids, witnesses), token=token))
    with world():
        named = db.session.scalars(select(Witness.person_id).order_by(Witness.slot)).all()
        assert sorted(named) == sorted(witnesses)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"witnesses": []}, None, "Mohon pilih 3 pegawai"),
        ({"strength": "1-2"}, None, "Mohon pilih 2 pegawai"),
        ({"witnesses": ["1", "1", "1"]}, None, "Mohon pilih 3 pegawai"),
        ({"witnesses": ["999999990", "999999991", "999999992"]}, None, "tidak ditemukan"),
        ({"witnesses": ["x", "9" * 30, "-1"]}, None, "Silakan pilih yang tersedia"),
        ({"strength": "0-0"}, "strength", "Silakan pilih salah satu"),
        ({"opens_at": "0001-01-01T00:00"}, "opens_at", "Paling lama satu tahun"),
        ({"opens_at": "9999-12-31T23:59"}, "opens_at", "Paling lama satu tahun"),
        ({"closes_at": "9999-12-31T23:59"}, "closes_at", "Paling lama satu tahun"),
        ({"closes_at": "2026-03-03T08:59"}, "closes_at", "sudah lewat"),
        ({"opens_at": "2026-03-05T08:00"}, "closes_at", "sesudah pembukaan"),
        ({"options": "Sabtu"}, "options", "2 sampai 8"),
        ({"options": "Sabtu\nSabtu"}, "options", "Ada pilihan yang sama"),
        ({"options": "\n".join(f"Pilihan {n}" for n in range(9))}, "options", "2 sampai 8"),
        ({"quorum": "101"}, "quorum", "antara 1 dan 100"),
        ({"unit": "999"}, "unit", "Silakan pilih salah satu"),
        ({"question": "Loket?"}, "question", "10 sampai 300"),
    ],
)
def test_wrong_form_is_told_beside_its_field(
    client_for, ids, witnesses, voters, world, changed, field, words
):
    response = client_for("leader").send(NEW, form(ids, witnesses, **changed))
    assert response.status_code == 422
    page = read(response)
    assert words in (page.errors()[field] if field else page.text)
    assert page.find("input", name="question").get("value") == form(ids, [], **changed)["question"]
    with world():
        assert db.session.scalar(select(func.count(Poll.id))) == 0


def test_an_empty_field_is_told_once_and_an_unreadable_one_as_what_it_is(client_for, ids, witnesses, voters):
    wrong = form(ids, witnesses, opens_at="", closes_at="besok")
    errors = read(client_for("leader").send(NEW, wrong)).errors()
    assert errors["opens_at"] == "Mohon isi waktu."
    assert errors["closes_at"] == "Mohon ditulis sebagai tanggal dan jam."


def test_who_has_a_duty_over_the_unit_cannot_be_named(client_for, ids, witnesses, voters):
    response = client_for("leader").send(NEW, form(ids, [*witnesses[:2], ids["editor"]]))
    assert response.status_code == 422
    assert "tidak dapat menjadi saksi" in response.text


def test_unit_under_five_has_no_vote_and_the_form_says_why(client_for, ids, witnesses):
    response = client_for("leader").send(NEW, form(ids, witnesses))
    assert response.status_code == 422
    assert "memerlukan paling sedikit lima pegawai; di unit ini ada 3" in read(response).errors()["unit"]


def test_witness_who_was_given_a_duty_since_stops_the_opening(client_for, ids, witnesses, voters, world):
    poll = prepared(client_for, ids, witnesses)
    codes_of(client_for, poll, witnesses)
    with world():
        name = db.session.get(Person, witnesses[1]).name
        db.session.add(
            Duty(
                person_id=witnesses[1], unit_id=ids["unit:bkpsdm"], role="editor", standing="definitif",
                from_on=date(2026, 3, 1),
            )
        )  # fmt: skip
    response = client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara")
    assert response.status_code == 403
    assert f"{name} tidak dapat lagi menjadi saksi" in response.text


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        ({"draft": date(2026, 3, 3)}, "pada tahapan Forum"),
        ({"draft": date(2026, 3, 4)}, "sebelum tahapan Rancangan"),
        ({"draft": date(2026, 3, 5)}, None),
    ],
)
def test_poll_of_a_plan_is_opened_only_in_its_forum(client_for, ids, witnesses, voters, world, starts, words):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
    poll = prepared(client_for, ids, witnesses, plan=plan.id)
    codes_of(client_for, poll, witnesses)
    with world():
        for stage in db.session.merge(plan).stages:
            stage.starts_on = starts.get(stage.kind, stage.starts_on)
    response = client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara")
    assert response.status_code == (403 if words else 303)
    assert words is None or words in response.text


def test_code_is_not_tested_after_the_opening(opened, client_for, witnesses):
    poll, codes = opened
    response = client_for(witnesses[0]).send(f"/pemungutan-suara/{poll}/saksi/uji", {"code": codes[0]})
    assert response.status_code == 403


def test_lost_code_gives_way_to_a_new_one_until_it_is_tested(client_for, ids, witnesses, voters):
    poll = prepared(client_for, ids, witnesses)
    client, token = client_for(witnesses[0]), "ambil-kode-satu-kali"
    path = f"/pemungutan-suara/{poll}/saksi"
    first = client.send(path, token=token)
    again = client.send(path, token=token)
    assert (again.status_code, path_of(again)) == (303, path), "a double click leads to the page of the code"
    assert "Tampilkan kode baru" in client.page(path).text
    other = client.send(path)
    lost, code = (re.search(r'code-words">([^<]+)<', answer.text)[1] for answer in (first, other))
    assert lost != code
    assert client.send(f"{path}/uji", {"code": lost}).status_code == 422
    assert client.send(f"{path}/uji", {"code": code}).status_code == 303
    late = client.send(path)
    assert late.status_code == 403 and "code-words" not in late.text
    tested = client.page(path).text
    assert "Tampilkan kode baru" not in tested and "Diuji 3 Maret 2026" in tested


def test_code_that_is_replaced_while_it_is_compared_is_not_tested(
    client_for, ids, witnesses, voters, monkeypatch
):
    """Breaks when the test marks the witness without looking at the key that it compared."""
    poll = prepared(client_for, ids, witnesses)
    client, path, slow = client_for(witnesses[0]), f"/pemungutan-suara/{poll}/saksi", routes._keys
    code = re.search(r'code-words">([^<]+)<', client.send(path).text)[1]

    def compare(*given):
        found = slow(*given)
        monkeypatch.setattr(routes, "_keys", slow)
        elsewhere = threading.Thread(target=other.send, args=(path,))
        elsewhere.start()
        elsewhere.join()
        return found

    other = client_for(witnesses[0])
    monkeypatch.setattr(routes, "_keys", compare)
    assert client.send(f"{path}/uji", {"code": code}).status_code == 409
    assert "Kode sudah diuji" not in client.page(path).text


def test_password_is_asked_again_before_witnessing_and_opening(
    client_for, ids, witnesses, voters, stopped, opened
):
    poll, _codes = opened
    second = prepared(client_for, ids, witnesses)
    leader, witness = client_for("leader"), client_for(witnesses[0])
    stopped.forward(minutes=20)
    for client, path in (
        (witness, f"/pemungutan-suara/{second}/saksi"),
        (witness, f"/pemungutan-suara/{poll}/saksi/uji"),
    ):
        assert path_of(client.send(path)) == "/konfirmasi"
    codes_of(client_for, second, witnesses)
    assert path_of(leader.send(f"/pemungutan-suara/{second}/pembukaan-suara")) == "/konfirmasi"
    stopped.forward(days=2, hours=8)
    witness.sign_in(witnesses[0])
    stopped.forward(minutes=20)
    path = f"/pemungutan-suara/{poll}/pembukaan"
    assert path_of(witness.get(path)) == "/konfirmasi", "before any code was typed"
    assert path_of(witness.send(path)) == "/konfirmasi"
