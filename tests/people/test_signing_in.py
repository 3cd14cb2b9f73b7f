"""Signing in and out."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.ledger import AuditEvent
from portal.people.models import Person, SignIn
from tests.cast import PASSWORD, PEOPLE
from tests.conftest import path_of, read

pytestmark = pytest.mark.slow

NIP = PEOPLE["staff"][2]
WRONG = "NIP atau kata sandi tidak cocok"


def enter(client, nip=NIP, password=PASSWORD, **more):
    return client.send("/masuk", {"nip": nip, "password": password} | more)


def test_nip_and_password_open_the_portal(client):
    answer = enter(client)
    assert answer.status_code == 303
    assert client.get_cookie("sesi").http_only
    assert client.page("/akun").find("h1").text.startswith("Sungai Jernih Contoh")


def test_nip_may_have_spaces_and_dots(client):
    assert enter(client, nip=" 19900101 201501.2 101 ").status_code == 303


@pytest.mark.parametrize(
    ("nip", "password"),
    [
        (NIP, "salah sama sekali"),
        ("199001012015012999", PASSWORD),
        ("abc", "abc"),
        (PEOPLE["left"][2], PASSWORD),
    ],
)
def test_the_same_words_whatever_was_wrong(client, nip, password):
    answer = enter(client, nip=nip, password=password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert read(answer).find("input", name="nip").get("value") == nip
    assert password not in answer.text or password == nip


def test_empty_fields_are_named(client):
    page = read(enter(client, nip="", password=""))
    assert set(page.errors()) == {"nip", "password"}


def test_where_one_was_going_is_kept_and_strangers_addresses_are_not(client):
    answer = client.get("/akun?a=1")
    assert path_of(answer) == "/masuk"
    assert client.page("/masuk?next=/unit-kerja").find("input", id="next").get("value") == "/unit-kerja"
    assert path_of(enter(client, next="/unit-kerja")) == "/unit-kerja"


@pytest.mark.parametrize(
    "onward",
    ["//evil.example", "/\\evil.example", "\\/evil.example", "///evil.example", "https://evil.example",
     "javascript:alert(1)", "/\tx", " /x", "/\x00", "/ü", "/a\\b", "evil"],
)  # fmt: skip
def test_no_open_redirect(client, onward):
    location = enter(client, next=onward).headers["Location"]
    assert "evil" not in location
    assert location in ("/", "/menunggu-saya")


def test_own_device_lasts_longer(client, stopped):
    enter(client, own_device="y")
    stopped.forward(hours=11)
    client.page("/akun")
    stopped.forward(hours=13)
    assert path_of(client.get("/akun")) == "/masuk"


def test_a_shared_device_ends_after_half_an_hour(client, stopped):
    enter(client)
    stopped.forward(minutes=29)
    client.page("/akun")
    stopped.forward(minutes=31)
    assert path_of(client.get("/akun")) == "/masuk"


def test_a_shared_device_ends_after_ten_hours_however_busy(client, stopped):
    enter(client)
    for _quarter in range(39):
        stopped.forward(minutes=15)
        client.page("/akun")
    stopped.forward(minutes=16)
    assert path_of(client.get("/akun")) == "/masuk"


def test_signing_out_ends_the_session_on_the_server(client):
    enter(client)
    copied = client.get_cookie("sesi").value
    answer = client.send("/keluar")
    assert path_of(answer) == "/masuk"
    assert answer.headers["Clear-Site-Data"]
    client.set_cookie("sesi", copied)
    assert path_of(client.get("/akun")) == "/masuk"


def test_a_new_id_at_every_sign_in_and_the_former_session_of_the_browser_ends(client):
    enter(client)
    first = client.get_cookie("sesi").value
    enter(client)
    second = client.get_cookie("sesi").value
    assert first != second
    client.set_cookie("sesi", first)
    assert path_of(client.get("/akun")) == "/masuk"


def test_an_account_waits_longer_after_each_failure(client, stopped):
    for _try in range(5):
        assert enter(client, password="salah sekali").status_code == 422
    answer = enter(client)
    assert answer.status_code == 429
    assert "2 detik" in answer.text
    assert answer.headers["Retry-After"] == "2"
    stopped.forward(seconds=3)
    assert enter(client, password="salah sekali").status_code == 422
    assert "4 detik" in enter(client).text
    stopped.forward(seconds=5)
    assert enter(client).status_code == 303


def test_unknown_accounts_wait_like_known_ones(client):
    for _try in range(5):
        assert enter(client, nip="199001012015012999").status_code == 422
    assert enter(client, nip="199001012015012999").status_code == 429


def test_success_forgets_the_failures(client):
    for _try in range(4):
        enter(client, password="salah sekali")
    assert enter(client).status_code == 303
    for _try in range(4):
        assert enter(client, password="salah sekali").status_code == 422


def test_spraying_from_one_address_is_stopped_after_thirty(client, stopped):
    answers = [enter(client, nip=f"1990010120150{number:05d}").status_code for number in range(60)]
    assert answers == [422] * 30 + [429] * 30
    assert "menit" in enter(client).text
    stopped.forward(minutes=31)
    assert enter(client).status_code == 303


def test_an_office_behind_one_address_signs_in(client_for):
    for _person in range(40):
        assert enter(client_for(None)).status_code == 303


def test_unknown_nips_take_as_long(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "ARGON2_MEMORY", 8)
    seen = []
    from portal.people import passwords

    honest = passwords.is_right
    monkeypatch.setattr(
        passwords, "is_right", lambda stored, given: seen.append(stored) or honest(stored, given)
    )
    enter(client, password="salah")
    enter(client, nip="199001012015012999")
    assert len(seen) == 2
    assert seen[1] is None


def test_time_for_known_and_unknown_is_the_same(app):
    from portal.people.passwords import hash_password, is_right

    with app.app_context():
        stored = hash_password("kopi pagi")

        def median(value):
            times = []
            for _try in range(41):
                start = time.perf_counter()
                is_right(value, "salah")
                times.append(time.perf_counter() - start)
            return sorted(times)[20]

        assert abs(median(stored) - median(None)) < 0.005


def test_only_the_hash_of_the_session_is_stored(client, world):
    enter(client)
    key = client.get_cookie("sesi").value
    with world():
        assert key not in db.session.scalars(select(SignIn.key_hash)).all()
        assert db.session.scalar(select(func.count(SignIn.id))) == 1


def test_someone_without_a_password_cannot_enter(client, world, ids):
    with world():
        db.session.get(Person, ids["staff"]).password_hash = None
    assert WRONG in enter(client).text


def test_leaving_ends_entry_at_once(client_for, world, ids):
    staff = client_for("staff")
    staff.page("/akun")
    with world():
        db.session.get(Person, ids["staff"]).left_on = clock.today()
    assert path_of(staff.get("/akun")) == "/masuk"


def test_a_form_of_an_ended_session_keeps_its_text(client):
    answer = client.send("/akun/tampilan", {"theme": "dark"})
    assert answer.status_code == 401


def logged(world):
    with world():
        return [
            (event.verb, event.subject, event.by_id)
            for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        ]


def test_coming_and_going_stand_in_the_audit_log(client, world, ids):
    enter(client, password="salah sekali")
    enter(client)
    client.send("/keluar")
    me = f"person:{ids['staff']}"
    assert logged(world) == [("signed in", me, ids["staff"]), ("signed out", me, ids["staff"])]


def test_a_locked_account_stands_in_the_audit_log(client, world, ids, stopped):
    for _try in range(6):
        enter(client, password="salah sekali")
    locked = ("locked sign-in", f"person:{ids['staff']}", None)
    assert logged(world) == [locked]
    stopped.forward(seconds=3)
    enter(client, password="salah sekali")
    assert logged(world) == [locked, locked]


def test_what_an_unknown_typed_is_never_logged(client, world):
    typed = "199001012015012999"
    for _try in range(5):
        enter(client, nip=typed)
    assert logged(world) == [("locked sign-in", "sign-in", None)]
    with world():
        event = db.session.scalars(select(AuditEvent)).one()
        assert event.before_sha is event.after_sha is None  # a hash of so few digits would be a guess away


def test_a_stopped_address_stands_in_the_audit_log_once(client, world):
    for number in range(60):
        enter(client, nip=f"1990010120150{number:05d}")
    assert logged(world) == [("throttled address", "sign-in", None)]
