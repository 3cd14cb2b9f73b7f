"""What a cell says: figures, money, targets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.drafting.importing import Target, read_figure, read_money, read_target

pytestmark = pytest.mark.rules


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (14, "14"), (0.96, "0.96"), ("14", "14"), ("1.250", "1250"), ("1.250.000", "1250000"),
        ("1.250,5", "1250.5"), ("12,5", "12.5"), ("12.5", "12.5"), ("0.960", "0.960"), ("1,250,000", "1250000"),
        (" 7 ", "7"), ("0", "0"),
    ],
)  # fmt: skip
def test_figures(cell, number):
    assert read_figure(cell) == Decimal(number)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "empat belas",
        "1-2",
        "-5",
        -5,
        "1.2.3",
        "1.25.000",
        None,
        date(2026, 1, 1),
        10**16,
        "9" * 30,
        "1e5",
        float("nan"),
        float("inf"),
        "٣",
    ],
)
def test_what_is_no_figure(cell):
    with pytest.raises(ValueError):
        read_figure(cell)


@pytest.mark.parametrize(
    ("cell", "rupiah"),
    [
        (3752200, 3752200), (3752200.0, 3752200), ("50000000", 50000000), ("Rp1.949.000.000", 1949000000),
        ("Rp. 1.000.000,00", 1000000), ("rp 5.000,-", 5000), (99.999999, 100),
    ],
)  # fmt: skip
def test_money_is_whole_rupiah(cell, rupiah):
    assert read_money(cell) == rupiah


@pytest.mark.parametrize("cell", [0.5, "1000,50", "menyusul", "1,250", "Rp", "(500)"])
def test_what_is_no_money(cell):
    with pytest.raises(ValueError):
        read_money(cell)


PERCENT = "Persentase contoh"


@pytest.mark.parametrize(
    ("cell", "indicator", "unit", "target"),
    [
        ("14 Dokumen", "", "", (14, "Dokumen", False)),
        ("43 Orang/bulan", "", "", (43, "Orang/bulan", False)),
        ("1 Berita  Acara", "", "", (1, "Berita Acara", False)),
        ("2,5 m3", "", "", ("2.5", "m3", False)),
        (0.96, PERCENT, "", (96, "%", True)),
        ("0,96", PERCENT, "", (96, "%", True)),
        (1, PERCENT, "", (100, "%", True)),
        (96, PERCENT, "", (96, "%", True)),
        (0.96, "Nilai contoh", "%", (96, "%", True)),
        ("96 %", "Nilai contoh", "", (96, "%", True)),
        ("96 persen", "", "", (96, "%", True)),
        ("0,5 %", PERCENT, "", ("0.5", "%", True)),
        ("1 Dokumen", PERCENT, "", (1, "Dokumen", False)),
        (0.96, "Indeks contoh", "", ("0.96", None, False)),
        (12, "", "Bulan", (12, None, False)),
    ],
)
def test_targets(cell, indicator, unit, target):
    value, measure_unit, is_percent = target
    assert read_target(cell, indicator, unit) == Target(Decimal(value), measure_unit, is_percent)


@pytest.mark.parametrize(
    "cell",
    [
        "tersebar",
        "1-2 Dokumen",
        "5 Dokumen, 3 Laporan",
        "12 Bulan 3 hari",
        "≥ 90%",
        "",
        date(2026, 1, 1),
        "Dokumen 14",
    ],
)
def test_targets_that_stay_text(cell):
    with pytest.raises(ValueError):
        read_target(cell, "", "")
