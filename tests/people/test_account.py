"""One's own account: password, sessions, appearance, data."""

from __future__ import annotations

import json

from sqlalchemy import select

from portal.db import db
from portal.ledger import AuditEvent
from portal.people.models import Draft, Person, Preference, SignIn
from tests import cast, factories
from tests.cast import PASSWORD
from tests.conftest import path_of, read

NEW = "tujuh perahu menepi senja"


def change(client, password=PASSWORD, new=NEW, repeat=NEW, **more):
    return client.send(
        "/akun/kata-sandi", {"password": password, "new_password": new, "repeat": repeat}, **more
    )


def test_account_shows_duties_and_sessions(client_for):
    page = client_for("leader").page("/akun")
    assert "Pimpinan, Plt." in page.text
    assert "Perangkat ini" in page.text
    assert "199" not in page.text.replace("1996", "")  # no NIP but its last digits


def test_a_visitor_is_sent_to_sign_in(client):
    assert path_of(client.get("/akun")) == "/masuk"
    assert client.send("/akun/kata-sandi").status_code == 401


def test_password_change_ends_all_other_sessions(client_for, world, ids):
    other, mine = client_for("staff"), client_for("staff")
    before = mine.get_cookie("sesi").value
    assert path_of(change(mine)) == "/akun"
    assert mine.get_cookie("sesi").value != before
    mine.page("/akun")
    assert path_of(other.get("/akun")) == "/masuk"
    with world():
        assert db.session.scalars(select(AuditEvent.verb)).all() == ["changed password"]
    visitor = client_for(None)
    assert visitor.send("/masuk", {"nip": "199001012015012101", "password": PASSWORD}).status_code == 422
    assert visitor.send("/masuk", {"nip": "199001012015012101", "password": NEW}).status_code == 303


def test_password_change_needs_the_present_one(client_for):
    staff = client_for("staff")
    assert "tidak cocok" in read(change(staff, password="bukan ini")).errors()["password"]
    assert "belum sama" in read(change(staff, repeat="lain")).errors()["repeat"]
    assert "10 huruf" in read(change(staff, new="pendek", repeat="pendek")).errors()["new_password"]
    assert set(read(change(staff, "", "", "")).errors()) == {"password", "new_password", "repeat"}


def test_guessing_the_present_password_is_throttled(client_for):
    staff = client_for("staff")
    answers = [change(staff, password=f"bukan {number}").status_code for number in range(6)]
    assert answers == [422] * 5 + [429]


def test_end_one_session(client_for, world, ids):
    other, mine = client_for("staff"), client_for("staff")
    with world():
        first = db.session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
    answer = mine.send(f"/akun/sesi/{first}/akhir", htmx=True)
    assert answer.status_code == 200
    assert "sudah diakhiri" in answer.text
    assert 'id="sesi"' in answer.text
    assert path_of(other.get("/akun")) == "/masuk"
    mine.page("/akun")


def test_another_persons_session_stays(client_for, world):
    other = client_for("colleague")
    with world():
        theirs = db.session.scalars(select(SignIn.id)).one()
    client_for("staff").send(f"/akun/sesi/{theirs}/akhir")
    other.page("/akun")


def test_end_all_other_sessions(client_for):
    others, mine = [client_for("staff") for _ in range(3)], client_for("staff")
    assert path_of(mine.send("/akun/sesi")) == "/akun"
    assert all(path_of(other.get("/akun")) == "/masuk" for other in others)
    mine.page("/akun")


def test_ending_the_present_session_signs_out(client_for, world):
    mine = client_for("staff")
    with world():
        here = db.session.scalars(select(SignIn.id)).one()
    assert path_of(mine.send(f"/akun/sesi/{here}/akhir")) == "/masuk"
    assert path_of(mine.get("/akun")) == "/masuk"


def test_theme_is_kept(client_for, world, ids):
    staff = client_for("staff")
    assert path_of(staff.send("/akun/tampilan", {"theme": "dark"})) == "/akun"
    assert staff.page("/akun").find("html").get("data-theme") == "dark"
    assert staff.send("/akun/tampilan", {"theme": "neon"}).status_code == 422
    with world():
        assert db.session.get(Preference, ids["staff"]).theme == "dark"


def test_language_is_kept_for_the_person(client_for, world, ids):
    staff = client_for("staff")
    assert path_of(staff.send("/bahasa", {"language": "en", "next": "/akun"})) == "/akun"
    with world():
        assert db.session.get(Preference, ids["staff"]).language == "en"


def test_my_data_is_mine_and_holds_no_ballot(client_for, world, ids):
    with world():
        plan = factories.plan(ids["unit:bkpsdm"])
        factories.proposal(plan, ids["staff"], title="Loket satu pintu")
        factories.proposal(plan, ids["colleague"], title="Milik orang lain")
        factories.comment(factories.thread().id, ids["staff"], "Tanggapan saya sendiri.")
    answer = client_for("staff").send("/akun/data")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    data = json.loads(answer.text)
    assert data["profile"]["nip"] == "199001012015012101"
    assert [row["title"] for row in data["proposal_revision"]] == ["Loket satu pintu"]
    assert [row["body"] for row in data["comment"]] == ["Tanggapan saya sendiri."]
    assert not {"envelope", "receipt", "voter_roll", "board"} & set(data)
    assert "password_hash" not in answer.text
    assert "key_hash" not in answer.text


def test_my_data_comes_as_it_is_stored_in_few_statements(client_for, world, ids, count_queries):
    with world():
        db.session.add(
            Draft(
                person_id=ids["staff"],
                place="proposal:1",
                fields={"title": "Loket", "n": 1},
                saved_at=cast.NOW,
            )
        )
        factories.proposal(factories.plan(ids["unit:bkpsdm"]), ids["staff"], cast.NOW, title="Loket")
    staff = client_for("staff")
    count_queries()
    data = json.loads(staff.send("/akun/data").text)
    assert count_queries() <= 12
    assert data["draft"] == [
        {"place": "proposal:1", "fields": {"title": "Loket", "n": 1}, "saved_at": cast.NOW.isoformat()}
    ]
    assert data["proposal"][0]["submitted_at"] == cast.NOW.isoformat()
    assert (data["proposal_revision"][0]["number"], data["proposal_revision"][0]["cost"]) == (1, 15_000_000)
    assert data["sign_in"][0]["own_device"] is False and data["sign_in"][0]["ended_at"] is None
    assert data["unit"][str(data["profile"]["unit_id"])]


def test_password_is_asked_before_my_data(client_for, stopped):
    staff = client_for("staff")
    stopped.forward(minutes=16)
    assert path_of(staff.send("/akun/data")) == "/konfirmasi"
    page = staff.page("/konfirmasi?next=/akun")
    assert page.find("input", id="next").get("value") == "/akun"
    assert "tidak cocok" in staff.send("/konfirmasi", {"password": "salah", "next": "/akun"}).text
    before = staff.get_cookie("sesi").value
    assert path_of(staff.send("/konfirmasi", {"password": PASSWORD, "next": "/akun"})) == "/akun"
    assert staff.get_cookie("sesi").value != before
    assert staff.send("/akun/data").status_code == 200


def test_twenty_files_are_taken_out_within_an_hour(client_for, world, ids, stopped):
    with world():
        plan = factories.plan(ids["unit:bkpsdm"]).id
    staff, table = client_for("staff"), f"/rencana/{plan}/unduh/renja.csv"
    assert {staff.send(table).status_code for _time in range(19)} == {200}
    assert staff.send("/akun/data").status_code == 200
    for path in (table, "/akun/data"):
        refused = staff.send(path)
        assert refused.status_code == 429 and "Paling banyak 20 berkas" in refused.text
        assert int(refused.headers["Retry-After"]) > 0
    assert client_for("colleague").send(table).status_code == 200
    stopped.forward(minutes=15)
    staff.send("/konfirmasi", {"password": PASSWORD, "next": "/akun"})
    stopped.forward(hours=2)
    assert client_for("staff").send(table).status_code == 200


def test_confirmation_goes_nowhere_else(client_for):
    answer = client_for("staff").send("/konfirmasi", {"password": PASSWORD, "next": "//evil.example"})
    assert "evil" not in answer.headers["Location"]


def test_number_of_queries_does_not_grow_with_sessions(client_for, count_queries):
    staff = client_for("staff")
    staff.page("/akun")
    count_queries()
    staff.page("/akun")
    few = count_queries()
    for _ in range(10):
        client_for("staff")
    count_queries()
    staff.page("/akun")
    assert count_queries() == few <= 10


def test_names_are_escaped(client_for, world, ids):
    with world():
        db.session.get(Person, ids["staff"]).name = "<script>alert(1)</script> Contoh"
    assert "<script>alert" not in client_for("staff").get("/akun").text
