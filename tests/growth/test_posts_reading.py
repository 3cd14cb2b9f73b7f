"""Maps of posts are read as agencies keep them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from portal.growth.posts import reading, rules
from portal.tables import Unreadable, read_table

FORMATION = """instansi;jabatan;lokasi;jumlah_formasi
Pemerintah Kab. Contoh;PERENCANA AHLI PERTAMA;KABUPATEN CONTOH | DINAS PANGAN | SEKRETARIAT;2
Pemerintah Kab. Contoh;PERENCANA AHLI PERTAMA;KABUPATEN CONTOH | DINAS PANGAN | SEKRETARIAT;3
Pemerintah Kab. Contoh;Pengelola  Data;KABUPATEN CONTOH | DINAS PANGAN;1
Pemerintah Kab. Contoh;Pengelola  Data;KABUPATEN CONTOH | DINAS PANGAN;1
"""
WORKLOAD = """jabatan;unit;tahapan;jumlah_hasil;waktu_menit;per
Analis Contoh;Bidang Rekaan;Menyusun laporan;12;2400;Per Tahun
Analis Contoh;Bidang Rekaan;Rapat;4;150;Per Bulan
Analis Contoh;Bidang Rekaan;Memeriksa berkas;10;15;Per Minggu
Kepala Bidang;Bidang Rekaan;Memimpin;45;1;Per Tahun
"""


def read(text, name="peta.csv"):
    return reading.read(read_table(text.encode(), name, known=reading.KNOWN))


def test_a_list_of_seats_adds_up_by_post_and_names_its_doubles(one_app):
    found = read(FORMATION)
    assert [(post.title, post.units[-1], post.seats) for post in found.posts] == [
        ("PERENCANA AHLI PERTAMA", "SEKRETARIAT", 5),
        ("Pengelola Data", "DINAS PANGAN", 1),
    ]
    assert found.doubles == [5]
    assert (found.posts[0].kind, found.posts[0].level) == ("fungsional", "Ahli pertama")
    assert (found.posts[1].kind, found.posts[1].level) == ("pelaksana", None)


def test_a_workload_table_becomes_tasks_of_a_year(one_app):
    analyst, head = read(WORKLOAD).posts
    assert [(many, each) for _text, many, each in analyst.tasks] == [(12, 2400), (48, 150), (480, 15)]
    assert rules.workload((many, each) for _text, many, each in analyst.tasks) == Decimal("0.5760")
    assert head.kind == "administrator"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12;2400", "dua;2400"),
        ("12;2400", "-12;2400"),
        ("Per Bulan", "Per Windu"),
        ("Analis Contoh;Bidang Rekaan;Rapat", ";;Rapat"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(one_app, old, new):
    with one_app.test_request_context():
        found = read(WORKLOAD.replace(old, new))
    assert [line for line, _sentence in found.wrong] == [3 if "Per" in old or "Rapat" in old else 2]


def test_without_its_columns_it_is_no_map(one_app):
    with one_app.test_request_context(), pytest.raises(Unreadable):
        read("a;b\n1;2\n")


def test_the_command_says_what_it_comes_to_and_refuses_what_it_cannot_read(app, tmp_path):
    file = tmp_path / "peta.csv"
    file.write_text(FORMATION)
    done = app.test_cli_runner().invoke(args=["posts", "read", str(file), "--json"])
    assert json.loads(done.stdout) == {
        "posts": 2, "titles": 2, "seats": 6, "tasks": 0, "doubles": 1, "wrong": 0, "required": 6,
    }  # fmt: skip
    file.write_text(WORKLOAD.replace("12;2400", "dua;2400"))
    assert app.test_cli_runner().invoke(args=["posts", "read", str(file)]).exit_code == 1


@pytest.mark.real
def test_the_real_files(one_app, request):
    folder = request.config.getoption("--real")
    if not folder:
        pytest.skip("needs --real FOLDER")
    from pathlib import Path

    def real(name):
        return read((Path(folder) / name).read_text(encoding="utf-8-sig"), name)

    announced = real("formasi-cpns-2024-sumbagsel.csv").figures()
    assert (announced["titles"], announced["doubles"], announced["wrong"]) == (26, 1, 0)
    assert announced["seats"] == 975 - 5  # the double is left out
    workload = real("abk-contoh-bkpp-2020.csv")
    head = workload.posts[0]
    assert abs(rules.workload([(m, e) for _t, m, e in head.tasks], 72_000) - Decimal("0.9096")) <= Decimal(
        "0.0002"
    )
    assert workload.figures()["tasks"] == 13
