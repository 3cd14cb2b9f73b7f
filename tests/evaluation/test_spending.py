"""E16 on a small file with the oddities of the real one, and everything that such a file can have wrong."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.evaluation import spending
from portal.evaluation.models import Spending, SpendingImport

UNIT = "5.03.0.00.0.00.01.0000"
HEAD = "kode_skpd;kode_sub_giat;kode_rekening;tanggal_dokumen;nilai_realisasi;nilai_setoran;tanggal_sp2d;nilai_sp2d"
ROWS = (
    f"{UNIT};5.03.02.2.02.0003;5.1.02;2026-01-02T00:00:00Z;149744;0;2026-01-02T00:00:00Z;3996552",
    f"{UNIT};5.03.02.2.02.0003;5.1.03;2026-01-05T00:00:00Z;850256;256;2026-01-06T00:00:00Z;3996552",
    f"{UNIT};5.03.02.2.03.0001;5.1.02;2026-01-23T00:00:00Z;3203600;0;null;null",
)


@pytest.fixture
def run(app, tmp_path):
    def go(*rows, head=HEAD, period="2026-01", unit=UNIT):
        path = tmp_path / "belanja.csv"
        path.write_text("\n".join((head, *rows)) + "\n")
        words = ["spending", "import", str(path), "--unit", unit, "--period", period, "--json"]
        return app.test_cli_runner().invoke(args=words)

    return go


def figures(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout.strip().splitlines()[-1])


def test_e16_what_was_not_paid_out_yet_is_not_counted_as_spent(run, world, ids):
    assert figures(run(*ROWS)) == {
        "rows": 3, "paid": 999_744, "unpaid": 3_203_600, "unpaid_rows": 1, "sub_activities": 2, "unresolved": 2,
    }  # fmt: skip
    with world():
        assert spending.sums_of(ids["unit:bkpsdm"], 2026, 1) == {"5.03.02.2.02.0003": 999_744}


def test_what_is_paid_later_counts_in_the_quarter_of_its_payment(run, world, ids):
    late = ROWS[1].replace("2026-01-06", "2026-04-06")
    run(ROWS[0], late)
    with world():
        unit_id, code = ids["unit:bkpsdm"], "5.03.02.2.02.0003"
        assert [spending.sums_of(unit_id, 2026, quarter) for quarter in (1, 2, 3)] == [
            {code: 149_744}, {code: 850_000}, {},
        ]  # fmt: skip
        found = spending.of_quarter(unit_id, 2026, 2)
        assert (found.months, found.paid) == (["Januari 2026"], {code: 850_000})
        assert spending.of_quarter(unit_id, 2025, 4) is None


def test_the_same_file_again_changes_nothing(run, world):
    assert figures(run(*ROWS)) == figures(run(*reversed(ROWS)))
    with world():
        assert db.session.scalar(select(func.count(SpendingImport.id))) == 1
        assert db.session.scalar(select(func.count(Spending.id))) == 3


def test_a_newer_file_of_the_month_counts_and_the_older_stays(run, world, ids):
    run(*ROWS)
    run(ROWS[0])
    with world():
        assert spending.sums_of(ids["unit:bkpsdm"], 2026, 1) == {"5.03.02.2.02.0003": 149_744}
        assert db.session.scalar(select(func.count(SpendingImport.id))) == 2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"rows": [ROWS[0].replace("149744", "-149744")]}, "row 2"),
        ({"rows": [ROWS[0].replace("149744", "149.744,5")]}, "row 2"),
        ({"rows": [ROWS[0].replace("2026-01-02", "2026-02-02", 1)]}, "row 2"),
        ({"rows": [ROWS[0].replace("2026-01-02", "2026-13-02", 1)]}, "row 2"),
        ({"rows": [ROWS[0].replace(UNIT, "2.16.0.00.0.00.01.0000")]}, "row 2"),
        ({"rows": [ROWS[0].replace("5.03.02.2.02.0003", "")]}, "row 2"),
        ({"rows": ROWS, "period": "2026-1"}, "month"),
        ({"rows": ROWS, "unit": "9.99"}, "no unit"),
        ({"rows": ROWS, "head": HEAD.replace("nilai_realisasi", "jumlah")}, "nilai_realisasi"),
        ({"rows": []}, "row"),
    ],
)
def test_a_wrong_file_is_refused_whole_with_one_sentence(run, world, given, sentence):
    rows = given.pop("rows")
    result = run(*rows, **given)
    assert result.exit_code == 1 and sentence in result.stderr and result.stderr.count("\n") == 1
    with world():
        assert db.session.scalar(select(func.count(Spending.id))) == 0


def test_a_file_that_was_replaced_counts_again_once_it_is_read_in_again(run, world, ids):
    for rows in (ROWS, ROWS[:1], ROWS):
        run(*rows)
    with world():
        assert spending.sums_of(ids["unit:bkpsdm"], 2026, 1) == {"5.03.02.2.02.0003": 999_744}
        month = spending.list_months(ids["unit:bkpsdm"], 2026)[0]
        assert (month.rows, month.paid, month.unpaid, month.unpaid_rows, month.replaced) == (
            3,
            999_744,
            3_203_600,
            1,
            2,
        )


def test_what_is_kept_for_the_preview_is_what_was_read():
    reading = spending.Reading(
        [spending.Entry("5.03", "5.1", date(2026, 1, 2), None, 5, 1)], [(3, "Nilainya bukan rupiah bulat.")]
    )
    assert spending.Reading.unpack(reading.pack()) == reading
