"""Five thousand rows from a spreadsheet, in wrong columns and mixed numbers: a preview or a clear refusal, and soon."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests import factories as make

pytestmark = pytest.mark.slow

LIMIT = 4.0
"""Seconds of processor time, with what a busy machine adds; about one second on a quiet one."""


def rows(count: int, of: str) -> str:
    kinds = {
        "right": "5.03.02.2.02.{n:04d}\tKegiatan {n}\tJumlah dokumen\tDokumen\t{n}\t1.250.000\t{n}\t1.300.000\tPAD\tKabupaten\tPegawai",
        "mixed numbers": "5.03.02.2.02.{n:04d}\tKegiatan {n}\tJumlah\tDokumen\t1,000.5\tRp 1.2.3,4,5\t-\t1e9\tPAD\tx\ty",
        "wrong columns": "Kegiatan {n}\t5.03.02.2.02.{n:04d}\t\t\t\t",
        "too many columns": "5.03.02.2.02.{n:04d}" + "\tx" * 40,
    }
    return "\n".join(kinds[of].format(n=n % 10_000) for n in range(count))


@pytest.fixture
def plan(world: Any, ids: dict[str, int]) -> int:
    with world():
        return make.plan(ids["unit:bkpsdm"]).id


@pytest.mark.parametrize("of", ["right", "mixed numbers", "wrong columns", "too many columns"])
def test_five_thousand_rows_are_shown_or_refused(
    client_for: Any, plan: int, of: str, count_queries: Any
) -> None:
    client, path = client_for("planner"), f"/rencana/{plan}/tempel"
    client.csrf()
    statements = {}
    for count in (50, 5_000):
        pasted = rows(count, of)
        count_queries()
        began = time.process_time()
        answer = client.send(path, {"rows": pasted[:500_000]})
        spent = time.process_time() - began
        statements[count, answer.status_code] = count_queries()
        assert answer.status_code in (303, 422), answer.text[:300]
        assert spent < LIMIT, f"{spent:.1f} s"
        if answer.status_code == 422:
            assert 'class="error"' in answer.text and "Traceback" not in answer.text
        else:
            began = time.process_time()
            page = client.get(answer.headers["Location"])
            assert page.status_code == 200 and time.process_time() - began < LIMIT
            statements[count, 200] = count_queries()
    for status in (303, 422, 200):
        if (50, status) in statements and (5_000, status) in statements:
            assert statements[5_000, status] <= statements[50, status] + 2, statements
