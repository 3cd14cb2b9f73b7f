"""Reading in the roster: handed in, compared, and applied only then."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal import clock, jobs
from portal.db import db
from portal.ledger import AuditEvent, Job, Upload
from portal.people import roster
from portal.people.models import Person, SignIn
from tests.cast import PEOPLE
from tests.conftest import path_of, read
from tests.people.files import HEAD, csv_file, nip, xlsx_file

pytestmark = pytest.mark.slow

MUTASI = "5.03.0.00.0.00.01.0002"
STAFF = (PEOPLE["staff"][2], PEOPLE["staff"][0], "S.Sos.", "PNS", "III/c", "Analis Kebijakan", MUTASI, "")
NEW = (nip(901), "Rumput Pagi Rekaan", "", "PPPK", "IX", "Pranata Komputer", "Bidang Mutasi dan Promosi", "")


def hand_in(client, content, name="pegawai.csv", full=False, **kw):
    data = {"file": (BytesIO(content), name)} | ({"full": "y"} if full else {})
    return client.send("/pegawai/impor", data, **kw)


def apply(client, address, leave=False, **kw):
    return client.send(f"{address}/penerapan", {"leave": "y"} if leave else {}, **kw)


def everybody(but=()):
    units = {
        "mutasi": MUTASI,
        "sekretariat": "5.03.0.00.0.00.01.0001",
        "regency": "Kabupaten Lampung Utara",
        "aplikasi": "2.16.0.00.0.00.01.0001",
        "diskominfo": "2.16.0.00.0.00.01.0000",
        "bappeda": "5.01.0.00.0.00.01.0000",
        "inspektorat": "6.01.0.00.0.00.01.0000",
    }
    return [
        (number, name, "S.Sos.", "PNS", "III/c", "Analis Kebijakan", units[unit], "")
        for key, (name, unit, number) in PEOPLE.items()
        if key not in but and key != "left"
    ]


@pytest.mark.parametrize("kind", ["csv", "csv;", "bom", "xlsx"])
def test_preview_counts_and_nothing_is_written(client_for, world, kind):
    rows = (HEAD, STAFF, NEW)
    content = {
        "csv": csv_file(*rows),
        "csv;": csv_file(*rows, delimiter=";"),
        "bom": csv_file(*rows, delimiter=";", bom=True),
        "xlsx": xlsx_file(*rows),
    }[kind]
    steward = client_for("steward")
    address = path_of(hand_in(steward, content, "pegawai.xlsx" if kind == "xlsx" else "pegawai.csv"))
    page = steward.page(address)
    assert "Rumput Pagi Rekaan" in page.text
    assert "Baru 1" in page.text
    assert "Tidak berubah 1" in page.text
    assert NEW[0] not in page.response.text
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 12


def test_apply_writes_and_is_audited(client_for, world, ids):
    steward = client_for("steward")
    changed = (*STAFF[:5], "Kepala Subbagian", "2.16.0.00.0.00.01.0001", "sungai@contoh.example")
    back = (PEOPLE["left"][2], PEOPLE["left"][0], "", "", "", "", MUTASI, "")
    address = path_of(hand_in(steward, csv_file(HEAD, changed, NEW, back)))
    assert path_of(apply(steward, address)) == "/pegawai"
    assert "3 baris sudah diterapkan" in steward.page("/pegawai").response.text
    with world():
        staff = db.session.get(Person, ids["staff"])
        assert (staff.post, staff.unit_id, staff.email) == (
            "Kepala Subbagian", ids["unit:aplikasi"], "sungai@contoh.example",
        )  # fmt: skip
        assert staff.password_hash
        new = db.session.scalars(select(Person).where(Person.nip == NEW[0])).one()
        assert (new.unit_id, new.password_hash, new.rank) == (ids["unit:mutasi"], None, "IX")
        assert db.session.get(Person, ids["left"]).left_on is None
        events = db.session.execute(select(AuditEvent.verb, AuditEvent.subject, AuditEvent.by_id)).all()
        assert {tuple(event) for event in events} == {
            ("imported", f"person:{ids['staff']}", ids["steward"]),
            ("imported", f"person:{new.id}", ids["steward"]),
            ("came back", f"person:{ids['left']}", ids["steward"]),
        }
        assert db.session.scalar(select(func.count(Upload.id))) == 0


def test_the_same_file_twice_changes_nothing(client_for, world):
    steward = client_for("steward")
    content = csv_file(HEAD, STAFF, NEW)
    apply(steward, path_of(hand_in(steward, content)))
    page = steward.page(path_of(hand_in(steward, content)))
    assert "Tidak berubah 2" in page.text
    assert "Tidak ada yang perlu diterapkan" in page.text
    with world():
        assert db.session.scalar(select(func.count(AuditEvent.id))) == 1


def test_handing_in_twice_is_one_upload(client_for, world):
    steward = client_for("steward")
    first = path_of(hand_in(steward, csv_file(HEAD, NEW)))
    assert path_of(hand_in(steward, csv_file(HEAD, NEW))) == first
    with world():
        assert db.session.scalar(select(func.count(Upload.id))) == 1


def test_a_wrong_row_blocks_and_is_named(client_for, world):
    steward = client_for("steward")
    number = (int(NEW[0]), *NEW[1:])
    address = path_of(
        hand_in(steward, xlsx_file(HEAD, STAFF, number, (*NEW[:6], "Dinas Antah", "")), "a.xlsx")
    )
    page = steward.page(address)
    assert "digit terakhirnya sudah rusak" in page.text
    assert "Unit kerja “Dinas Antah” tidak dikenal" in page.text
    assert not page.all("form", id="terapkan")
    assert apply(steward, address).status_code == 409
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 12


def test_a_roster_changed_meanwhile_refuses(client_for, world, ids):
    steward = client_for("steward")
    address = path_of(hand_in(steward, csv_file(HEAD, NEW)))
    with world():
        db.session.get(Person, ids["colleague"]).post = "Berubah"
    answer = apply(steward, address)
    assert answer.status_code == 409
    assert "sudah berubah" in answer.text
    assert "sudah berubah" in steward.page(address).text
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 12
    assert path_of(apply(steward, path_of(hand_in(steward, csv_file(HEAD, NEW))))) == "/pegawai"


def test_who_is_missing_stays_until_it_is_confirmed(client_for, world, ids):
    steward, colleague = client_for("steward"), client_for("colleague")
    content = csv_file(HEAD, *everybody(but=("colleague",)))
    address = path_of(hand_in(steward, content, full=True))
    page = steward.page(address)
    assert "Sudah keluar 1" in page.text
    assert page.find("input", name="leave") is not None
    apply(steward, address)
    colleague.page("/akun")
    address = path_of(hand_in(steward, content, full=True))
    apply(steward, address, leave=True)
    assert path_of(colleague.get("/akun")) == "/masuk"
    with world():
        assert db.session.get(Person, ids["colleague"]).left_on == clock.today()
        open_ones = select(SignIn).where(SignIn.person_id == ids["colleague"], SignIn.ended_at.is_(None))
        assert db.session.scalars(open_ones).all() == []


def test_the_last_steward_cannot_be_locked_out(client_for, world, ids):
    steward = client_for("steward")
    address = path_of(hand_in(steward, csv_file(HEAD, *everybody(but=("steward", "staff"))), full=True))
    answer = apply(steward, address, leave=True)
    assert answer.status_code == 403
    assert "Pengelola kepegawaian yang terakhir" in answer.text
    with world():
        assert db.session.get(Person, ids["staff"]).left_on is None


def test_through_htmx(client_for):
    steward = client_for("steward")
    answer = hand_in(steward, csv_file(HEAD, NEW), htmx=True)
    address = path_of(answer)
    assert answer.status_code == 200
    assert 'id="perbandingan"' in steward.get(address, headers={"HX-Request": "true"}).text
    assert path_of(apply(steward, address, htmx=True)) == "/pegawai"


def test_the_same_token_twice_applies_once(client_for, world):
    steward = client_for("steward")
    address = path_of(hand_in(steward, csv_file(HEAD, NEW)))
    token = "satu-kiriman-yang-sama"
    assert path_of(apply(steward, address, token=token)) == "/pegawai"
    assert path_of(apply(steward, address, token=token)) == "/pegawai"
    with world():
        assert db.session.scalar(select(func.count(AuditEvent.id))) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Mohon pilih berkasnya|kosong"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a,b\n1,2\n", "Kolom ini tidak ditemukan: NIP, Nama, Unit kerja"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(client_for, content, words):
    answer = hand_in(client_for("steward"), content)
    assert answer.status_code == 422
    assert any(word in read(answer).errors()["file"] for word in words.split("|"))


def test_no_file_at_all(client_for):
    answer = client_for("steward").send("/pegawai/impor", {})
    assert answer.status_code == 422
    assert "Mohon pilih" in read(answer).errors()["file"]


def test_another_stewards_file_is_not_found(client_for, world, ids):
    address = path_of(hand_in(client_for("steward"), csv_file(HEAD, NEW)))
    with world():
        from portal.people.models import Duty

        db.session.add(
            Duty(
                person_id=ids["colleague"],
                unit_id=ids["unit:bkpsdm"],
                role="steward",
                standing="definitif",
                from_on=clock.today(),
            )
        )
    other = client_for("colleague")
    other.page(address, 404)
    assert apply(other, address).status_code == 404
    assert client_for("leader").get(address).status_code == 403
    assert path_of(client_for(None).get(address)) == "/masuk"
    # A steward of one agency reads in that agency only.
    address = path_of(hand_in(other, csv_file(HEAD, (*NEW[:6], "Dinas Komunikasi dan Informatika", ""))))
    assert "di luar wewenang" in other.page(address).text
    assert other.page("/unit-kerja/impor", 403)


def test_discarded_files_are_gone(client_for, world):
    steward = client_for("steward")
    address = path_of(hand_in(steward, csv_file(HEAD, NEW)))
    assert path_of(steward.send(f"{address}/pembatalan")) == "/pegawai/impor"
    steward.page(address, 404)


def test_files_are_forgotten_after_a_day(client_for, world, stopped):
    hand_in(client_for("steward"), csv_file(HEAD, NEW))
    stopped.forward(hours=25)
    with world():
        roster.sweep_uploads()
    with world():
        assert db.session.scalar(select(func.count(Upload.id))) == 0


def test_thirty_files_an_hour(client_for):
    steward = client_for("steward")
    answers = [hand_in(steward, b"a,b\n1,2\n").status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]


def large(count):
    return csv_file(HEAD, *((nip(n % 999 + 1, born=f"19{60 + n // 999}0101"), f"Pegawai Contoh {n}", "", "PNS", "", "", MUTASI, "") for n in range(count)))  # fmt: skip


def test_a_large_roster_is_a_job_with_progress(client_for, world, app):
    steward = client_for("steward")
    address = path_of(hand_in(steward, large(2500)))
    assert "2.500" in steward.page(address).text
    answer = apply(steward, address)
    assert path_of(answer) == address
    page = steward.page(address)
    assert page.find("div", id="kemajuan").get("hx-trigger") == "every 1s"
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 12
    with app.app_context():
        assert jobs.run_due() == 1
        db.session.remove()
    page = steward.page(address, htmx=True)
    assert "2.500 baris sudah diterapkan" in page.text or "2500 baris" in page.text
    assert page.find("div", id="kemajuan").get("hx-trigger") is None
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 2512
        assert db.session.scalar(select(func.count(AuditEvent.id))) == 2500
        assert db.session.scalar(select(func.count(Upload.id))) == 0


def test_a_second_large_roster_does_not_meet_the_job_of_the_first(client_for, world, app):
    """SQLite gives the number of the first one's upload, which is deleted, to the second."""
    steward = client_for("steward")
    for count in (2500, 5000):
        address = path_of(hand_in(steward, large(count)))
        assert path_of(apply(steward, address)) == address
        with app.app_context():
            assert jobs.run_due() == 1
        with world():
            assert db.session.scalar(select(func.count(Person.id))) == 12 + count


def test_a_job_that_was_killed_goes_on_where_it_stopped(client_for, world, app, monkeypatch, stopped):
    steward = client_for("steward")
    address = path_of(hand_in(steward, large(2500)))
    apply(steward, address)
    honest, calls = roster.apply_people, []

    def die(*args):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        honest(*args)

    monkeypatch.setattr(roster, "apply_people", die)
    with app.app_context():
        jobs.run_due()
        db.session.remove()
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 1012
    stopped.forward(seconds=30)
    with app.app_context():
        jobs.run_due()
        db.session.remove()
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 2512
        assert db.session.scalars(select(Job.state)).all() == ["done"]


def test_a_job_is_refused_when_the_roster_changed_before_it_began(client_for, world, app, ids):
    steward = client_for("steward")
    address = path_of(hand_in(steward, large(600)))
    apply(steward, address)
    with world():
        db.session.get(Person, ids["colleague"]).post = "Berubah"
    with app.app_context():
        jobs.run_due()
        db.session.remove()
    assert "Tidak diterapkan" in steward.page(address).text
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 12


@pytest.mark.parametrize("kind", ["roster", "unit", "holiday"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_templates_read_back(client_for, kind, form):
    answer = client_for("steward").get(f"/templat/{kind}.{form}")
    assert answer.status_code == 200
    from portal.tables import read_table

    table = read_table(answer.data, f"a.{form}")
    assert len(table.rows) >= 1
    assert table.column("Nama") is not None
    assert client_for("staff").get(f"/templat/{kind}.{form}").status_code == 403


def test_queries_of_the_preview_do_not_grow(client_for, count_queries):
    steward = client_for("steward")
    numbers = []
    for rows in (1, 40):
        address = path_of(hand_in(steward, large(rows)))
        steward.page(address)
        count_queries()
        steward.page(address)
        numbers.append(count_queries())
    assert numbers[0] == numbers[1] <= 12


def test_formulas_and_markup_stay_text(client_for):
    steward = client_for("steward")
    bad = (nip(902), "=cmd|calc <b>Contoh</b>", "", "", "", "", MUTASI, "")
    assert "<b>Contoh</b>" not in steward.get(path_of(hand_in(steward, csv_file(HEAD, bad)))).text


def test_a_full_roster_of_nobody_is_no_roster(client_for):
    answer = hand_in(client_for("steward"), csv_file(HEAD), full=True)
    assert answer.status_code == 422 and "tidak berisi baris" in answer.text
