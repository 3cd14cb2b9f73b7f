"""An adopted plan of BKPSDM for 2027, whose first quarter has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from portal import clock
from tests import factories as make

ENTRY = {
    "number": "0",
    "status": "measured",
    "value": "3",
    "rupiah": "45.000.000",
    "evidence_kind": "document",
    "title": "Laporan contoh triwulan",
    "reference": "800/12/2027",
    "kept_by": "Bidang Mutasi",
}
FILING = {"driving": "Aplikasi dipakai.", "hindering": "Pagu dialihkan."}


@pytest.fixture
def adopted(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """Two lines of the division: targets 12 Dokumen and 100 Orang, ceilings 60 and 40 million."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        first = make.line(plan, unit_id=ids["unit:mutasi"], target=12, ceiling=60_000_000)
        second = make.line(
            plan,
            "5.03.02.2.03.0001",
            ids["unit:mutasi"],
            target=100,
            ceiling=40_000_000,
            measure_unit="Orang",
            accumulation="average",
        )
        make.snapshot(plan)
        return {"plan": plan.id, "first": first.id, "second": second.id, "unit": ids["unit:bkpsdm"]}


@pytest.fixture
def april(stopped: Any) -> datetime:
    """The first days in which the first quarter of 2027 is entered."""
    moment = datetime(2027, 4, 5, 2, 0, tzinfo=clock.now().tzinfo)
    stopped.set(moment)
    return moment
