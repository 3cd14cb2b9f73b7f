"""The first way in, and the way back after a forgotten password: a code from paper, used once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.ledger import AuditEvent
from portal.people import actions
from portal.people.models import Activation, Person
from tests.cast import PEOPLE
from tests.conftest import path_of, read

NIP = PEOPLE["staff"][2]
NEW = "tujuh perahu menepi senja"


@pytest.fixture
def code(world, ids):
    """A code of staff, who has no password."""
    with world():
        person = db.session.get(Person, ids["staff"])
        person.password_hash = None
        [(_person, made, _activation)] = actions.give_codes([person], ids["steward"])
    return made


def activate(client, code, nip=NIP, password=NEW, repeat=None):
    form = {
        "nip": nip,
        "code": code,
        "new_password": password,
        "repeat": password if repeat is None else repeat,
    }
    return client.send("/aktivasi", form)


def test_code_opens_the_account_and_signs_in(client, code, world, ids):
    assert activate(client, code).status_code == 303
    client.page("/akun")
    assert client.send("/keluar").status_code == 303
    assert client.send("/masuk", {"nip": NIP, "password": NEW}).status_code == 303
    with world():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "activated")).one()
        assert (event.by_id, event.subject) == (ids["staff"], f"person:{ids['staff']}")


def test_code_is_easy_to_type(client, code):
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert activate(client, typed).status_code == 303


def test_code_is_stored_as_a_hash_only(code, world):
    with world():
        assert code not in db.session.scalars(select(Activation.code_hash)).one()
    assert len(code.replace("-", "")) == 12


def test_code_works_once(client_for, code):
    assert activate(client_for(None), code).status_code == 303
    answer = activate(client_for(None), code, password="lain lagi kata sandinya")
    assert answer.status_code == 422
    assert "sudah dipakai atau kedaluwarsa" in answer.text


def test_copy_of_an_activation_signs_in_as_the_first_did(client_for, code, world):
    """A double click: the browser shows only the second answer."""
    for client in (client_for(None), client_for(None)):
        assert activate(client, code).status_code == 303
        client.page("/akun")
    with world():
        verbs = select(AuditEvent.verb).where(AuditEvent.by_id.is_not(None)).order_by(AuditEvent.id)
        assert db.session.scalars(verbs).all()[-2:] == ["activated", "signed in"]


def test_spent_code_opens_nothing_later(client_for, code, stopped):
    activate(client_for(None), code)
    stopped.forward(minutes=16)
    assert "sudah dipakai atau kedaluwarsa" in activate(client_for(None), code).text


def test_code_ends_after_fourteen_days(client, code, stopped):
    stopped.forward(days=14, seconds=1)
    assert "sudah dipakai atau kedaluwarsa" in activate(client, code).text


@pytest.mark.parametrize("nip", ["199102022016021102", "199001012015012999", "123"])
def test_code_of_another_or_wrong_code_says_the_same(client, code, nip):
    assert "tidak cocok" in activate(client, code, nip=nip).text
    assert "tidak cocok" in activate(client, "0000-0000-0000").text


def test_guessing_codes_is_throttled(client, code):
    answers = [activate(client, f"0000-0000-00{number:02d}").status_code for number in range(6)]
    assert answers == [422] * 5 + [429]


WEAK = {
    "pendek": "Paling sedikit 10 huruf",
    "qwertyuiop": "paling sering dipakai",
    "aaaaaaaaaaaab": "mengulang huruf",
    "lahir01011990": "NIP atau tanggal lahir",
    "mulai 201501 dinas": "NIP atau tanggal lahir",
    "sungai jernih": "nama, unit kerja, atau nama portal",
    "rembuk mutasi": "nama, unit kerja, atau nama portal",
}


@pytest.mark.parametrize("password", WEAK)
def test_obvious_passwords_are_refused_with_the_reason(client, code, password):
    answer = activate(client, code, password=password)
    assert answer.status_code == 422
    assert WEAK[password] in read(answer).errors()["new_password"]
    assert activate(client, code).status_code == 303


def test_both_passwords_must_be_the_same(client, code):
    assert "belum sama" in read(activate(client, code, repeat="lain")).errors()["repeat"]


def test_passwords_never_come_back_to_the_page(client, code):
    assert NEW not in activate(client, code, repeat="lain sama sekali").text


def test_way_back_ends_all_sessions_and_lasts_a_day(client_for, world, ids):
    device = client_for("staff")
    device.page("/akun")
    with world():
        person = db.session.get(Person, ids["staff"])
        [(_person, made, activation)] = actions.give_codes([person], ids["steward"])
        assert activation.expires_at == clock.now() + timedelta(hours=24)
    device.page("/akun")  # the old password holds until the code is used
    assert activate(client_for(None), made).status_code == 303
    assert path_of(device.get("/akun")) == "/masuk"


def test_a_reset_password_is_told_in_the_news_and_in_the_account(client_for, world, ids, stopped):
    with world():
        person = db.session.get(Person, ids["staff"])
        [(_person, made, _activation)] = actions.give_codes([person], ids["steward"])
    told = client_for("staff").page("/menunggu-saya").text
    assert "mencetak kode aktivasi baru untuk Anda, 3 Maret 2026 pukul 09.00 WIB" in told
    assert "mencetak" not in client_for("colleague").page("/menunggu-saya").text
    stopped.forward(hours=1)
    back = client_for(None)
    activate(back, made)
    told = back.page("/menunggu-saya").text
    assert "Kata sandi Anda dipilih ulang dengan kode aktivasi, 3 Maret 2026 pukul 10.00 WIB" in told
    assert "Dipilih 3 Maret 2026 pukul 10.00 WIB dengan kode aktivasi" in back.page("/akun").text
    assert "dipilih ulang" not in client_for("colleague").page("/menunggu-saya").text


def test_the_first_code_and_ones_own_change_are_no_news(client, code):
    activate(client, code)
    change = {"password": NEW, "new_password": "delapan layang mencari angin"}
    client.send("/akun/kata-sandi", change | {"repeat": change["new_password"]})
    assert "kode aktivasi" not in client.page("/menunggu-saya").text
    assert "Diganti oleh Anda 3 Maret 2026" in client.page("/akun").text


def test_a_new_code_voids_the_former(client_for, code, world, ids):
    with world():
        actions.give_codes([db.session.get(Person, ids["staff"])], ids["steward"])
    assert "kedaluwarsa" in activate(client_for(None), code).text


def test_parallel_use_of_one_code_has_one_winner(client_for, code, world, ids):
    clients = [client_for(None) for _ in range(6)]
    barrier, answers = threading.Barrier(6), []

    def go(number):
        barrier.wait()
        answers.append(
            activate(clients[number], code, password=f"kata sandi nomor {number} sekali").status_code
        )

    threads = [threading.Thread(target=go, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(303) == 1, answers
    assert set(answers) <= {303, 422, 429}
    with world():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "activated")).all()
        assert len(events) == 1
