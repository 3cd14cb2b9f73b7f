"""Figures and spending read in on screen: handed in, compared, applied; killed in between, all or nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import jobs
from portal.db import db
from portal.evaluation import spending
from portal.evaluation.models import Realisation, Spending, SpendingImport
from portal.ledger import Upload
from tests.conftest import path_of, read
from tests.evaluation.test_intake import HEAD, ROWS, WRITTEN, july, kept  # noqa: F401
from tests.evaluation.test_spending import HEAD as SPENDING_HEAD
from tests.evaluation.test_spending import ROWS as SPENDING_ROWS
from tests.people.files import csv_file

pytestmark = [pytest.mark.usefixtures("july"), pytest.mark.slow]


@pytest.fixture
def year(adopted: dict[str, int]) -> str:
    return f"/hasil/{adopted['unit']}/2027"


def hand_in(client: Any, year: str, *rows: Any, cells: str = "single") -> Any:
    content = csv_file(HEAD, *(rows or ROWS))
    return client.send(f"{year}/impor", {"file": (BytesIO(content), "triwulan.csv"), "cells": cells})


def count(world: Any, model: Any) -> int:
    with world():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_nothing_is_written_before_it_is_applied(client_for, world, ids, year):
    planner = client_for("planner")
    planner.page(f"{year}/impor")
    address = path_of(hand_in(planner, year))
    page = planner.page(address)
    assert "45,83 SR" in page.text and "Rp35.000.000" in page.text and kept(world) == []
    answer = planner.send(f"{address}/penerapan")
    assert path_of(answer) == f"{year}/2" and kept(world) == WRITTEN
    with world():
        assert set(db.session.scalars(select(Realisation.by_id))) == {ids["planner"]}
    assert count(world, Upload) == 0
    assert "sama dengan angka yang sudah ada" in planner.page(path_of(hand_in(planner, year))).text


def test_rows_are_pasted_from_a_spreadsheet(client_for, world, year):
    editor = client_for("editor")
    text = "\n".join("\t".join(row) for row in (HEAD, *ROWS))
    address = path_of(editor.send(f"{year}/impor", {"rows": text, "cells": "single"}))
    assert editor.send(f"{address}/penerapan").status_code == 303 and kept(world) == WRITTEN


def test_whether_it_is_cumulative_is_asked(client_for, year):
    answer = hand_in(client_for("planner"), year, cells="")
    assert answer.status_code == 422 and "berkasnya sendiri tidak mengatakannya" in read(answer).text


def test_a_wrong_row_says_so_and_cannot_be_applied(client_for, world, year):
    planner = client_for("planner")
    address = path_of(hand_in(planner, year, (*ROWS[0][:5], "-3", *ROWS[0][6:])))
    page = planner.page(address)
    assert "Angka negatif" in page.text and "Belum dapat diterapkan" in page.text
    assert 'id="terapkan"' not in page.response.text
    assert planner.send(f"{address}/penerapan").status_code == 409 and kept(world) == []


def test_a_figure_that_came_meanwhile_is_not_written_over(client_for, world, year, adopted):
    planner = client_for("planner")
    address = path_of(hand_in(planner, year))
    client_for("editor").send(
        f"{year}/1/baris/{adopted['first']}",
        {"number": "0", "status": "measured", "value": "4", "rupiah": ""},
    )
    assert planner.send(f"{address}/penerapan").status_code == 409
    assert [row[3] for row in kept(world)] == [4]
    assert "sudah berubah" in planner.page(address).text


def test_who_keeps_other_lines_reads_nothing_in(client_for, year):
    for who in ("staff", "neighbour", "verifier", "auditor"):
        assert hand_in(client_for(who), year).status_code == 403
    address = path_of(hand_in(client_for("planner"), year))
    assert client_for("editor").get(address).status_code == 404  # another person's file


@pytest.mark.parametrize("moment", ["commit", "committed", ("statement", 5)])
def test_killed_while_applying_all_or_nothing(client_for, host, world, year, moment):
    client, kills = client_for("planner"), 0
    kind, stride = moment if isinstance(moment, tuple) else (moment, 1)
    for n in range(1, 200, stride):
        rows = [(*row[:6], f"{n}.000", *row[7:]) for row in ROWS]
        address = path_of(hand_in(client, year, *rows))
        before, token = kept(world), f"realisasi-{kind}-{n:03d}-kali"
        killed = host.kills(client, f"{address}/penerapan", {"kiriman": token}, kind, n)
        kills += killed
        after = kept(world)
        assert after == before or len(after) - len(before) in (
            2,
            4,
        )  # the second quarter is there from the second on
        assert killed or after != before
        assert client.send(f"{address}/penerapan", {}, token=token).status_code == 303
        assert [row[4] for row in kept(world) if row[1] == 1][-1] == n * 1000
        if not killed:
            break
    assert not killed and kills >= 2


# Spending


def hand_in_month(client: Any, year: str, *rows: str, month: str = "2027-01") -> Any:
    text = (
        "\n".join((SPENDING_HEAD, *(row.replace("2026-", "2027-") for row in rows or SPENDING_ROWS))) + "\n"
    )
    return client.send(f"{year}/belanja", {"file": (BytesIO(text.encode()), "belanja.csv"), "month": month})


def test_a_month_of_spending_is_checked_applied_by_the_worker_and_shown(app, client_for, world, year, ids):
    planner = client_for("planner")
    address = path_of(hand_in_month(planner, year))
    page = planner.page(address)
    assert "Rp999.744" in page.text and "1 baris belum cair" in page.text and count(world, Spending) == 0
    progress = path_of(planner.send(f"{address}/penerapan"))
    assert "Menerapkan 3 baris" in planner.page(progress).text and count(world, Spending) == 0
    assert client_for("leader").get(progress).status_code == 403
    with world():
        assert jobs.run_due() == 1
    assert "3 baris sudah diterapkan" in planner.page(progress).text
    shown = client_for("staff").page(f"{year}/belanja").text
    assert "Januari 2027" in shown and "Rp999.744" in shown and "Rp3.203.600" in shown
    with world():
        found = db.session.scalars(select(SpendingImport)).one()
        assert (found.unit_id, found.period, found.by_id) == (ids["unit:bkpsdm"], "2027-01", ids["planner"])
    assert "sama dengan yang sudah dibaca" in planner.page(path_of(hand_in_month(planner, year))).text
    replaced = planner.page(path_of(hand_in_month(planner, year, SPENDING_ROWS[0])))
    assert "Menggantikan belanja bulan ini" in replaced.text


def test_wrong_rows_of_spending_are_named(client_for, world, year):
    planner = client_for("planner")
    address = path_of(hand_in_month(planner, year, *SPENDING_ROWS, month="2027-02"))
    assert "Tanggal dokumen di luar bulan" in planner.page(address).text
    assert planner.send(f"{address}/penerapan").status_code == 409
    sent = planner.send(f"{year}/belanja", {"month": "2027-13"})
    assert sent.status_code == 422 and "month" in read(sent).errors()
    with world():
        assert jobs.run_due() == 0 and db.session.scalar(select(func.count(Spending.id))) == 0


def test_a_month_that_was_thrown_away_is_not_said_to_be_written(client_for, world, year):
    planner = client_for("planner")
    address = path_of(hand_in_month(planner, year))
    progress = path_of(planner.send(f"{address}/penerapan"))
    planner.send(f"{address}/pembatalan")
    with world():
        jobs.run_due()
    assert "Tidak ada yang ditulis" in planner.page(progress).text and count(world, Spending) == 0


def test_spending_is_read_in_by_who_plans_for_the_agency(client_for, year):
    for who in ("staff", "editor", "neighbour", "verifier"):
        assert hand_in_month(client_for(who), year).status_code == 403


def test_many_rows_are_written_in_one_go(world, ids):
    """A hundred thousand are measured by ./test --load; here the batches meet at their edges."""
    entry = spending.Entry("5.03.02.2.02.0003", "5.1", None, None, 1, 0)
    with world():
        assert spending.take_over(
            ids["unit:bkpsdm"], "2027-01", spending.Reading([entry] * (spending.BATCH * 2 + 1))
        )
    assert count(world, Spending) == spending.BATCH * 2 + 1
