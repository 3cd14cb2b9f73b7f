"""flask steward, unit, roster, holiday."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.ledger import Holiday
from portal.people.models import Duty, Person, Unit
from tests.people.files import HEAD, csv_file, nip, xlsx_file
from tests.people.test_roster import MUTASI, NEW, STAFF, everybody, large

pytestmark = pytest.mark.slow


@pytest.fixture
def run(app, tmp_path):
    """Run a command on a file; returns exit code, the JSON of the last line, and what was said on stderr."""

    def go(*words, content=None, name="a.csv"):
        arguments = list(words)
        if content is not None:
            path = Path(tmp_path / name)
            path.write_bytes(content)
            arguments.insert(2, str(path))
        result = app.test_cli_runner().invoke(args=[*arguments, "--json"])
        lines = result.stdout.strip().splitlines()
        return (
            result.exit_code,
            json.loads(lines[-1]) if lines and lines[-1].startswith("{") else None,
            result.stderr,
        )

    return go


def test_the_first_steward(run, world, client, ids):
    code, result, _err = run("steward", "add", "19850101 201001 1 999", "Awal Mula Rekaan", "--unit", "-")
    assert code == 0
    answer = client.send(
        "/aktivasi",
        {
            "nip": "198501012010011999", "code": result["code"], "new_password": "tujuh perahu menepi senja",
            "repeat": "tujuh perahu menepi senja",
        },
    )  # fmt: skip
    assert answer.status_code == 303
    client.page("/pegawai")
    with world():
        duty = db.session.scalars(select(Duty).where(Duty.person_id == result["person"])).one()
        assert (duty.role, duty.unit_id) == ("steward", ids["unit:regency"])
    code, again, _err = run("steward", "add", "198501012010011999", "Awal Mula Rekaan", "--unit", "-")
    assert (code, again["person"]) == (0, result["person"])
    assert again["code"] != result["code"]


@pytest.mark.parametrize(
    "words",
    [
        ("123", "Nama", "--unit", "-"),
        ("198501012010011999", " ", "--unit", "-"),
        ("198501012010011999", "Nama", "--unit", "9.99"),
        ("197912122005121112", "Kabut Tipis Umpama", "--unit", "-"),
    ],
)
def test_a_steward_that_cannot_be_made(run, world, words):
    code, result, err = run("steward", "add", *words)
    assert code == 1
    assert result is None
    assert len(err.strip().splitlines()) == 1
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 12


def test_units_are_read_in_and_the_second_time_all_is_the_same(run, world):
    content = xlsx_file(
        ("KODE", "ORGANISASI", "KETERANGAN"),
        *((f"4.{n:02d}.0.00.0.00.01.0000", f"Dinas  Contoh {n}", None) for n in range(32)),
    )
    code, result, _err = run("unit", "import", content=content, name="a.xlsx")
    assert code == 0
    assert (result["new"], result["changed"], result["same"], result["errors"]) == (32, 0, 0, 0)
    assert result["ignored"] == ["KETERANGAN"]
    code, result, _err = run("unit", "import", content=content, name="a.xlsx")
    assert (result["new"], result["changed"], result["same"], result["errors"]) == (0, 0, 32, 0)
    with world():
        assert (
            db.session.scalars(select(Unit).where(Unit.code == "4.07.0.00.0.00.01.0000")).one().name
            == "Dinas Contoh 7"
        )


def test_wrong_units_write_nothing(run, world):
    code, result, err = run("unit", "import", content=csv_file(("Kode", "Nama"), ("7", "Baik"), ("7", "Dua")))
    assert code == 1
    assert result["errors"] == 1
    assert "nothing was written" in err
    with world():
        assert db.session.scalar(select(func.count(Unit.id))) == 8


def test_the_preview_of_a_roster_writes_nothing(run, world):
    code, result, _err = run("roster", "import", content=csv_file(HEAD, STAFF, NEW))
    assert code == 0
    assert (result["new"], result["same"], result["wrong"], result["applied"]) == (1, 1, 0, False)
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 12


def test_a_roster_is_applied_and_the_second_time_all_is_the_same(run, world):
    content = csv_file(HEAD, STAFF, NEW, delimiter=";", bom=True)
    code, result, _err = run("roster", "import", "--apply", content=content)
    assert (code, result["new"], result["applied"]) == (0, 1, True)
    code, result, _err = run("roster", "import", "--apply", content=content)
    assert (result["new"], result["changed"], result["same"]) == (0, 0, 2)


def test_errors_of_a_roster_are_named(run, world):
    rows = (HEAD, (int(nip(901)), "Nama", "", "", "", "", MUTASI, ""), NEW)
    code, result, err = run("roster", "import", "--apply", content=xlsx_file(*rows), name="a.xlsx")
    assert code == 1
    assert result["errors"][0]["line"] == 2
    assert result["errors"][0]["field"] == "NIP"
    assert result["applied"] is False
    assert "row 2" in err
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 12


def test_a_full_roster_says_who_left_but_never_the_last_steward(run, world, ids):
    code, result, _err = run("roster", "import", "--full", content=csv_file(HEAD, *everybody(but=("staff",))))
    assert (code, result["left"]) == (0, 1)
    code, result, err = run(
        "roster", "import", "--full", "--apply", content=csv_file(HEAD, *everybody(but=("steward",)))
    )
    assert code == 1
    assert "last personnel steward" in err
    with world():
        assert db.session.get(Person, ids["steward"]).left_on is None
    code, result, _err = run(
        "roster", "import", "--full", "--apply", content=csv_file(HEAD, *everybody(but=("staff",)))
    )
    assert (code, result["applied"]) == (0, True)
    with world():
        assert db.session.get(Person, ids["staff"]).left_on is not None


def test_holidays(run, world):
    content = csv_file(("Tanggal", "Nama"), ("2026-03-19", "Hari Contoh"), ("2026-03-20", "Cuti"))
    code, result, _err = run("holiday", "import", content=content)
    assert (code, result["new"]) == (0, 2)
    code, result, _err = run("holiday", "import", content=content)
    assert (code, result["same"]) == (0, 2)
    with world():
        assert db.session.scalar(select(func.count()).select_from(Holiday)) == 2


@pytest.mark.parametrize("command", ["unit", "roster", "holiday"])
@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04", None])
def test_files_that_cannot_be_read(run, command, content, tmp_path):
    if content is None:
        code, result, err = run(command, "import", str(tmp_path / "missing.csv"))
    else:
        code, result, err = run(command, "import", content=content)
    assert (code, result) == (1, None)
    assert len(err.strip().splitlines()) == 1


def test_fifteen_thousand_people_in_one_go(run, world):
    code, result, _err = run("roster", "import", "--apply", content=large(15_000))
    assert (code, result["new"]) == (0, 15_000)
    with world():
        assert db.session.scalar(select(func.count(Person.id))) == 15_012
