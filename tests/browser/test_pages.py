"""Pages that no story passes, and those of each role: they open, fit their screen, and axe finds nothing."""

from __future__ import annotations

import pytest

from tests import factories as make


@pytest.fixture
def plan(world, ids):
    with world():
        made = make.plan(ids["unit:bkpsdm"])
        make.section(made, body="Antrean loket memanjang setiap awal bulan.")
        make.line(made)


@pytest.mark.parametrize(
    "path",
    ["/", "/masuk", "/aktivasi", "/lupa-kata-sandi", "/tanda-terima", "/pelindungan-data", "/tidak-ada"],
)
def test_pages_without_signing_in(visitor, size, path):
    visitor(None, size).open(path)


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("staff", ["/rencana", "/usulan", "/perubahan", "/pemungutan-suara", "/akun", "/bantuan"]),
        ("steward", ["/pegawai", "/unit-kerja", "/pegawai/impor", "/unit-kerja/impor", "/hari-libur"]),
        ("auditor", ["/log-audit"]),
        ("leader", ["/meja", "/perubahan/baru", "/pemungutan-suara/baru"]),
        ("planner", ["/rencana/baru"]),
    ],
)
def test_pages_of_each_role(visitor, size, plan, who, paths):
    somebody = visitor(who, size)
    for path in paths:
        somebody.open(path)
