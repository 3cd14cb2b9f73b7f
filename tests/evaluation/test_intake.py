"""flask evaluation import: quarterly tables as agencies keep them, and everything that they can have wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.evaluation import intake
from portal.evaluation.models import Evaluation, Evidence, Realisation
from portal.people.models import Unit
from portal.tables import Unreadable
from tests import factories as make
from tests.evaluation.conftest import ENTRY
from tests.people.files import csv_file, xlsx_file

UNIT = "5.03.0.00.0.00.01.0000"
FIRST, SECOND = "5.03.02.2.02.0003", "5.03.02.2.03.0001"
HEAD = (
    "Kode",
    "Sub Kegiatan",
    "Satuan",
    "Target",
    "Pagu",
    "TW I K",
    "TW I Rp",
    "TW II K",
    "TW II Rp",
    "Keterangan",
)
ROWS = (
    (
        FIRST,
        "Pengelolaan Promosi ASN",
        "Dokumen",
        "12",
        "60.000.000",
        "3",
        "15.000.000",
        "2",
        "10.000.000",
        "",
    ),
    (SECOND, "Pengelolaan Mutasi ASN", "Orang", "100", "40.000.000", "40", "10.000.000", "60", "0", ""),
)


@pytest.fixture
def july(stopped: Any, april: Any) -> None:
    stopped.set(april.replace(month=7))


@pytest.fixture
def run(app, tmp_path):
    def go(content, *options, name="triwulan.csv", unit=UNIT, year="2027"):
        path = tmp_path / name
        path.write_bytes(content)
        words = ["evaluation", "import", str(path), "--unit", unit, "--year", year, "--json"]
        return app.test_cli_runner().invoke(args=[*words, *(options or ("--single",))])

    return go


@pytest.fixture
def said(world, ids):
    """What a file is answered, as a screen says it: what is wrong with its rows, or why it cannot be read."""

    def go(content, name="triwulan.csv", cumulative=False):
        with world():
            try:
                around = intake.look_around(db.session.get_one(Unit, ids["unit:bkpsdm"]), 2027)
                found = intake.compare(intake.read(content, name), around, cumulative=cumulative)
            except Unreadable as unreadable:
                return str(unreadable)
            problems = [f"{one.row}: {problem}" for one in found.entries for problem in one.problems]
            return " ".join(problems).replace("\xa0", " ")

    return go


def figures(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout.strip().splitlines()[-1])


def kept(world):
    with world():
        return [
            (row.code, quarter, row.number, row.value, row.rupiah)
            for row, quarter in db.session.execute(
                select(Realisation, Evaluation.quarter)
                .join(Evaluation)
                .order_by(Realisation.code, Evaluation.quarter, Realisation.number)
            )
        ]


WRITTEN = [
    (FIRST, 1, 1, 3, 15_000_000), (FIRST, 2, 1, 2, 10_000_000),
    (SECOND, 1, 1, 40, 10_000_000), (SECOND, 2, 1, 60, 0),
]  # fmt: skip
# The second line is averaged: (40 + 60) / 2 of 100; the first adds up to 5 of 12.
FIGURES = {
    "lines": 2,
    "ceiling": 100_000_000,
    "realised": 35_000_000,
    "mean": 45.83,
    "rating": "SR",
    "left_out": 0,
}


@pytest.mark.usefixtures("adopted", "july")
class TestBesideAPlan:
    def test_a_table_is_read_and_a_second_time_changes_nothing(self, run, world):
        assert figures(run(csv_file(HEAD, *ROWS))) == FIGURES
        assert kept(world) == WRITTEN
        assert figures(run(csv_file(HEAD, *reversed(ROWS), delimiter=";"))) == FIGURES
        assert kept(world) == WRITTEN

    def test_cumulative_cells_are_parted_where_they_add_up(self, run, world):
        rows = (
            (*ROWS[0][:7], "5", "25.000.000", ""),
            (*ROWS[1][:7], "60", "10.000.000", ""),  # a mean's position stays what it is, its rupiah do not
        )
        assert figures(run(csv_file(HEAD, *rows), "--cumulative")) == FIGURES
        assert kept(world) == WRITTEN

    def test_titles_merged_headings_and_numerals(self, run, world):
        """As in form E.81: a title, groups over I to IV over K and Rp, a row of numbers, parents and a mean."""
        sheet = xlsx_file(
            ("EVALUASI TERHADAP HASIL RENJA TAHUN 2027",), ("Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",), (),
            ("No", "Program/Kegiatan", "Target kinerja dan anggaran Renja tahun 2027 (n-1)", None, "Realisasi kinerja pada triwulan", None, None, None, None, None, None, None),
            (None, None, None, None, "I", None, "II", None, "III", None, "IV", None),
            ("1", "3", "7", None, "8", None, "9", None, "10", None, "11", None),
            (None, None, "K", "Rp", "K", "Rp", "K", "Rp", "K", "Rp", "K", "Rp"),
            (None, "5.03.02 PROGRAM KEPEGAWAIAN DAERAH", None, 100_000_000, None, 25_000_000),
            (1, f"{FIRST} Pengelolaan Promosi ASN", 12, 60_000_000, 3, 15_000_000, 2, 10_000_000),
            (2, f"{SECOND} Pengelolaan Mutasi ASN", 100, 40_000_000, 40, 10_000_000, 60, 0),
            ("Rata-rata capaian kinerja (%)", None, None, None, 32.5, 25),
            ("Faktor pendorong: aplikasi dipakai",),
        )  # fmt: skip
        assert figures(run(sheet, name="e81.xlsx")) == FIGURES
        assert kept(world) == WRITTEN

    @pytest.mark.parametrize(
        "words",
        [
            ("Triwulan 1", "Triwulan 2"),
            ("TW. I", "TW. II"),
            ("Triwulan Pertama", "Triwulan Kedua"),
            ("tw1", "tw2"),
        ],
    )
    def test_quarters_in_words_and_figures(self, run, words):
        head = (
            "Kode",
            "Uraian",
            f"{words[0]} Kinerja",
            f"{words[0]} Keuangan (Rp)",
            f"{words[1]} Kinerja",
            f"{words[1]} Keuangan (Rp)",
            f"{words[1]} (%)",
        )
        rows = [(row[0], row[1], *row[5:9], "41,67") for row in ROWS]
        assert figures(run(csv_file(head, *rows))) == FIGURES

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({5: "-3"}, "negatif"),
            ({5: "(3)"}, "negatif"),
            ({5: "tiga"}, "angka"),
            ({5: "2,5", 7: "2.5"}, "bercampur"),
            ({6: "15.000.000,50"}, "rupiah bulat"),
            ({6: "60.000.001"}, "melampaui pagu"),
            ({0: "5.03.02.2.02.9999"}, "tidak ada dalam Renja"),
            ({0: SECOND}, "baris 2"),
            ({0: "", 1: ""}, "kosong"),
            ({9: "x" * 1001}, "1000"),
        ],
    )
    def test_a_wrong_row_is_named_and_nothing_is_written(self, run, said, world, change, sentence):
        row = tuple(change.get(n, cell) for n, cell in enumerate(ROWS[0]))
        rows = (ROWS[1], row) if sentence == "baris 2" else (row, ROWS[1])
        content = csv_file(HEAD, *rows, delimiter=";")
        assert sentence in said(content)
        result = run(content)
        assert result.exit_code == 1 and "nothing was written; the first in row" in result.stderr
        assert result.stderr.count("\n") == 1 and kept(world) == []

    def test_over_the_ceiling_with_a_reason_is_taken(self, run, world):
        row = (*ROWS[0][:6], "60.000.001", "2", "0", "Tagihan tahun lalu.")
        assert figures(run(csv_file(HEAD, row)))["realised"] == 60_000_001
        with world():
            assert set(db.session.scalars(select(Realisation.reason))) == {"Tagihan tahun lalu."}

    def test_of_a_quarter_that_a_cumulative_file_skips_what_stands_is_taken_off(self, run, said, world):
        run(csv_file(HEAD[:7], ROWS[0][:7]))
        head, row = (*HEAD[:5], "TW II K", "TW II Rp"), ROWS[0][:5]
        result = run(csv_file(head, (*row, "5", "25.000.000")), "--cumulative")
        assert figures(result)["realised"] == 25_000_000 and kept(world) == WRITTEN[:2]
        assert "padahal kumulatif" in said(csv_file(head, (*row, "2", "25.000.000")), cumulative=True)

    def test_what_was_not_started_stays_so_with_its_reason_where_only_rupiah_come(
        self, run, client_for, adopted, world
    ):
        at = f"/hasil/{adopted['unit']}/2027/1/baris/{adopted['first']}"
        entered = ENTRY | {
            "status": "not_started",
            "value": "",
            "rupiah": "",
            "reason": "Menunggu juknis, contoh.",
        }
        assert client_for("editor").send(at, entered).status_code == 303
        figures(run(csv_file((*HEAD[:5], "TW I Rp"), (*ROWS[0][:5], "15.000.000"))))
        with world():
            newest = db.session.scalars(select(Realisation).where(Realisation.number == 2)).one()
            assert (newest.status, newest.value, newest.reason, newest.rupiah) == (
                "not_started", None, "Menunggu juknis, contoh.", 15_000_000,
            )  # fmt: skip

    def test_what_falls_is_not_cumulative(self, run, said, world):
        assert "padahal kumulatif" in said(csv_file(HEAD, *ROWS), cumulative=True)
        assert run(csv_file(HEAD, *ROWS), "--cumulative").exit_code == 1 and kept(world) == []

    def test_headings_that_say_so_far_are_not_single(self, said):
        head = tuple(name.replace("TW", "s.d. TW") for name in HEAD)
        assert "“kumulatif”" in said(csv_file(head, *ROWS))

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (csv_file(("Kode", "Nama", "Nilai"), (FIRST, "A", "1")), "TW IV"),
            (csv_file(HEAD), "Tidak ada baris"),
            (b"", "kosong"),
            (b"PK\x03\x04 bukan", "rusak"),
            (csv_file(("Evaluasi Renja Tahun 2026",), HEAD, *ROWS), "2026"),
            (csv_file(("Dinas Komunikasi dan Informatika",), HEAD, *ROWS), "Dinas Komunikasi"),
            (csv_file((*HEAD, "Kode SKPD"), (*ROWS[0], "2.16.0.00.0.00.01.0000")), "unit lain"),
            (csv_file((*HEAD, "TW IV K"), (*ROWS[0], "1")), "TW IV: Pengisian dibuka"),
        ],
    )  # fmt: skip
    def test_a_file_that_is_not_what_it_says(self, run, said, world, content, sentence):
        assert sentence in said(content)
        result = run(content)
        assert result.exit_code == 1 and result.stderr.count("\n") == 1 and kept(world) == []

    def test_an_unknown_unit(self, run):
        assert "no unit" in run(csv_file(HEAD, *ROWS), unit="9.99").stderr

    def test_which_of_the_two_must_be_said(self, app, tmp_path):
        (tmp_path / "a.csv").write_bytes(csv_file(HEAD, *ROWS))
        words = ["evaluation", "import", str(tmp_path / "a.csv"), "--unit", UNIT, "--year", "2027"]
        result = app.test_cli_runner().invoke(args=words)
        assert result.exit_code == 1 and "--cumulative or --single" in result.stderr

    def test_evidence_stays_with_a_figure_whose_rupiah_change(self, run, world):
        run(csv_file(HEAD, *ROWS))
        with world():
            row = db.session.scalars(select(Realisation).where(Realisation.code == FIRST).limit(1)).one()
            make.proof(row)
        run(csv_file(HEAD, (*ROWS[0][:6], "16.000.000", *ROWS[0][7:])))
        with world():
            newest = db.session.scalars(select(Realisation).where(Realisation.number == 2)).one()
            assert (newest.rupiah, len(newest.evidence)) == (16_000_000, 1)
            assert db.session.scalar(select(func.count(Evidence.id))) == 2


@pytest.mark.usefixtures("july")
def test_without_an_adopted_plan_it_is_computed_and_nothing_is_written(run, world):
    result = run(
        csv_file(HEAD, *ROWS, ("5.03.02.2.03.0002", "Tanpa target", "Orang", "", "0", "1", "", "", "", ""))
    )
    # Without a plan the table's own targets count, and people add up: 100 of 100 beside 5 of 12.
    assert figures(result) == {
        "lines": 3, "ceiling": 100_000_000, "realised": 35_000_000, "mean": 70.83, "rating": "S", "left_out": 1,
    }  # fmt: skip
    assert "nothing was written" in result.stderr and kept(world) == []
