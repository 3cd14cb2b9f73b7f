"""A plan's table read from a file on screen: handed in, compared, applied."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.drafting.models import Line, Revision, Snapshot
from portal.ledger import Upload
from portal.people.models import Duty, SignIn
from portal.plans import nomenclature
from portal.plans.models import Plan
from portal.tables import read_table
from tests import factories as make
from tests.conftest import path_of
from tests.drafting.files import CSV_ROWS, csv_plan, csv_row, xlsx_plan
from tests.plans.files import ENTRIES, workbook

pytestmark = pytest.mark.slow


@pytest.fixture
def plan_id(world, ids):
    with world():
        nomenclature.take_over(read_table(workbook(*ENTRIES), "a.xlsx", known=nomenclature.known_headings()))
        made = make.plan(ids["unit:bkpsdm"]).id
    return made


def hand_in(client, plan_id, content=None, name="renja.csv", **more):
    return client.send(
        f"/rencana/{plan_id}/impor",
        {"file": (BytesIO(csv_plan() if content is None else content), name), **more},
    )


def preview_of(client, plan_id, *args, **more):
    answer = hand_in(client, plan_id, *args, **more)
    assert answer.status_code == 303, answer.text
    return path_of(answer)


def count(world, model):
    with world():
        return db.session.scalar(select(func.count()).select_from(model))


def test_nothing_is_written_before_it_is_applied(client_for, world, ids, plan_id):
    planner = client_for("planner")
    planner.page(f"/rencana/{plan_id}/impor")
    address = preview_of(planner, plan_id)
    page = planner.page(address)
    assert "Rp311.000.000" in page.text and "pagu_apbd" in page.text
    assert "Nama resmi: Penyelenggaraan Rapat Koordinasi" in page.text
    assert count(world, Line) == 0
    answer = planner.send(f"{address}/penerapan")
    assert path_of(answer) == f"/rencana/{plan_id}/tabel"
    with world():
        revisions = db.session.scalars(select(Revision)).all()
        assert {(r.number, r.by_id, r.reason) for r in revisions} == {
            (1, ids["planner"], "Dibaca dari berkas renja.csv")
        }
    assert count(world, Line) == 3
    assert count(world, Upload) == 0
    assert "Pengelolaan Promosi ASN" in planner.page(path_of(answer)).text
    again = planner.page(preview_of(planner, plan_id))
    assert "sama dengan tabel rencana" in again.text


def test_what_is_out_of_the_nomenclature_or_unread_is_marked(client_for, plan_id):
    planner = client_for("planner")
    page = planner.page(preview_of(planner, plan_id, xlsx_plan(), "renja.xlsx"))
    assert page.text.count("kode tidak ada di nomenklatur 2027") == 2
    assert "Kode penggantinya: 5.03.02.2.04.0099" in page.text
    assert "96 %" in page.text.replace("\xa0", " ")
    content = csv_plan(csv_row("5.03.02.2.02.0003", "Promosi", "menyusul", "tersebar"))
    page = planner.page(preview_of(planner, plan_id, content))
    assert "belum terbaca Target: tersebar" in page.text


def test_another_ceiling_column(client_for, plan_id):
    planner = client_for("planner")
    page = planner.page(preview_of(planner, plan_id, ceiling_column="Pagu APBD"))
    assert "Rp6.000.000" in page.text
    answer = hand_in(planner, plan_id, ceiling_column="tidak ada")
    assert (
        answer.status_code == 422 and "tidak ditemukan" in answer.text and 'value="tidak ada"' in answer.text
    )


def test_a_wrong_row_blocks_and_is_named(client_for, world, plan_id):
    planner = client_for("planner")
    address = preview_of(planner, plan_id, csv_plan(*CSV_ROWS, CSV_ROWS[0]))
    page = planner.page(address)
    assert "sudah ada di baris 2" in page.text and "Belum dapat diterapkan" in page.text
    assert planner.send(f"{address}/penerapan").status_code == 409
    assert count(world, Line) == 0


def test_refused_when_the_table_changed_since(client_for, world, plan_id):
    planner = client_for("planner")
    address = preview_of(planner, plan_id)
    with world():
        make.line(db.session.get_one(Plan, plan_id))
    assert "sudah berubah sejak berkas ini" in planner.page(address).text
    answer = planner.send(f"{address}/penerapan", htmx=True)
    assert answer.status_code == 409 and "sudah berubah" in answer.text
    assert count(world, Line) == 1


def test_the_same_token_applies_once_and_htmx_leaves_the_page(client_for, world, plan_id):
    planner = client_for("planner")
    address = preview_of(planner, plan_id)
    first = planner.send(f"{address}/penerapan", htmx=True, token="c" * 24)
    assert first.headers["HX-Redirect"] == f"/rencana/{plan_id}/tabel"
    again = planner.send(f"{address}/penerapan", htmx=True, token="c" * 24)
    assert again.headers["HX-Redirect"] == f"/rencana/{plan_id}/tabel"
    assert count(world, Revision) == 3


def test_the_same_file_twice_is_one_upload_and_can_be_thrown_away(client_for, world, plan_id):
    planner = client_for("planner")
    address = preview_of(planner, plan_id)
    assert preview_of(planner, plan_id) == address
    assert path_of(planner.send(f"{address}/pembatalan")) == f"/rencana/{plan_id}/impor"
    assert count(world, Upload) == 0
    planner.page(address, 404)


def test_anothers_file_is_not_found(client_for, world, ids, plan_id):
    with world():
        second = make.plan(ids["unit:bkpsdm"], 2028).id
        db.session.add(
            Duty(
                person_id=ids["colleague"], unit_id=ids["unit:bkpsdm"], role="planner", standing="definitif",
                from_on=date(2025, 1, 1),
            )
        )  # fmt: skip
    planner, other = client_for("planner"), client_for("colleague")
    address = preview_of(planner, plan_id)
    other.page(address, 404)
    assert other.send(f"{address}/penerapan").status_code == 404
    planner.page(address.replace(f"/rencana/{plan_id}/", f"/rencana/{second}/"), 404)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"), (b"\x00\x01\x02", "a.xlsx"), (b"PK\x03\x04rusak", "a.xlsx"), (b"\xff\xfea", "a.csv"),
        (b"kode;nama\n", "a.csv"), (b"x;y\n1;2\n", "a.csv"),
    ],
)  # fmt: skip
def test_broken_files_are_one_sentence(client_for, world, plan_id, content, name):
    answer = hand_in(client_for("planner"), plan_id, content, name)
    assert answer.status_code == 422
    assert count(world, Upload) == 0


def test_without_a_file(client_for, plan_id):
    answer = client_for("planner").send(f"/rencana/{plan_id}/impor", {})
    assert answer.status_code == 422 and "pilih berkasnya" in answer.text


@pytest.mark.parametrize("who", ["staff", "editor", "leader", "neighbour", "secretary", "verifier"])
def test_only_the_planner(client_for, plan_id, who):
    client_for(who).page(f"/rencana/{plan_id}/impor", 403)
    assert hand_in(client_for(who), plan_id).status_code == 403


def test_a_stranger_is_sent_to_sign_in(client, plan_id):
    assert client.get(f"/rencana/{plan_id}/impor").status_code == 303


def test_a_closed_stage(client_for, world, ids, plan_id, stopped):
    planner = client_for("planner")
    address = preview_of(planner, plan_id)
    stopped.set(datetime(2026, 4, 14, 2, tzinfo=UTC))
    with world():
        for sign_in in db.session.scalars(select(SignIn)):
            sign_in.seen_at, sign_in.at = clock.now(), clock.now() - timedelta(minutes=1)
    answer = planner.send(f"{address}/penerapan")
    assert answer.status_code == 403 and "Verifikasi" in answer.text
    with world():
        db.session.add(
            Snapshot(
                plan_id=plan_id, content={}, sha256="0" * 64, decree_number="1", decree_on=date(2026, 4, 1),
                by_id=ids["leader"], at=clock.now(),
            )
        )  # fmt: skip
    assert client_for("planner").send(f"{address}/penerapan").status_code == 403
    assert count(world, Line) == 0


def test_the_preview_asks_the_same_number_of_questions_however_long(client_for, plan_id, count_queries):
    planner = client_for("planner")
    short = preview_of(planner, plan_id, csv_plan(csv_row("5.03.02.2.02.0099", "Nama")))
    planner.page(short)
    count_queries()
    planner.page(short)
    few = count_queries()
    rows = [csv_row(f"5.03.02.2.02.{n:04d}", f"Nama {n}") for n in range(120)]
    long = preview_of(planner, plan_id, csv_plan(*rows))
    count_queries()
    page = planner.page(long)
    assert count_queries() <= few
    assert any("mulai=50" in (a.get("href") or "") for a in page.all("a"))
    planner.page(f"{long}?mulai=x&jenis=%25")
