"""Form E.81 read back in gives the same figures, as XLSX and as CSV."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.drafting.models import Line, Snapshot
from portal.evaluation import form as e81
from portal.evaluation import intake, queries
from portal.evaluation.figures import QUARTERS
from portal.evaluation.models import Realisation
from portal.evaluation.queries import Edition, Row, Sheet
from portal.evaluation.rules import Course
from portal.people.models import Unit
from portal.plans.models import Plan

NUMBERS = st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False, allow_infinity=False)
RUPIAH = st.integers(0, 10**13)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
UNITS = ("Dokumen", "Orang", "Persen", "%", 'Unit "A"', "Laporan")


@st.composite
def quarters(draw: Any, accumulation: str) -> dict[int, tuple[Decimal | None, int | None]]:
    return {
        quarter: (draw(st.none() | NUMBERS), draw(st.none() | RUPIAH))
        for quarter in QUARTERS
        if draw(st.booleans())
    }


@st.composite
def lines(draw: Any) -> list[tuple[Line, dict[int, Realisation]]]:
    unit = Unit(id=2, name="Bidang Contoh Rekaan")
    found = []
    for n in range(draw(st.integers(1, 6))):
        line = Line(
            id=n + 1, plan_id=1, unit_id=2, unit=unit, code=f"5.03.02.2.02.{n:04d}", name=draw(WORDS),
            indicator=draw(WORDS), measure_unit=draw(st.sampled_from(UNITS)), target=draw(st.none() | NUMBERS),
            ceiling=10**14, accumulation=draw(st.sampled_from(("sum", "last", "average"))),
            direction=draw(st.sampled_from(("higher", "lower"))), value_kind="number",
        )  # fmt: skip
        entered = {
            quarter: Realisation(
                id=10 * n + quarter, number=1, status="measured" if value is not None else "not_measured", value=value,
                rupiah=money,
            )
            for quarter, (value, money) in draw(quarters(line.accumulation)).items()
        }  # fmt: skip
        found.append((line, entered))
    return found


def form_of(made: list[tuple[Line, dict[int, Realisation]]], plan: Plan) -> e81.Form:
    edition = Edition(plan, Snapshot(plan_id=1, at=clock.now()))
    sheets = {
        quarter: Sheet(
            plan.unit, 2027, quarter, edition,
            [Row(line, queries.measure_of(line), quarter, entered, None, False) for line, entered in made],
        )
        for quarter in QUARTERS
    }  # fmt: skip
    return e81.lay_out(sheets, {}, [("Faktor pendorong", "Aplikasi dipakai."), ("Faktor penghambat", "")])


def check(made: Any, file: bytes, name: str, plan: Plan) -> None:
    edition = Edition(plan, Snapshot(plan_id=1, at=clock.now()))
    courses = {quarter: Course(2027, quarter) for quarter in QUARTERS}
    around = intake.Around(
        plan.unit, 2027, [edition], {1: [(line, {}) for line, _entered in made]}, {}, courses
    )
    rows = intake.read(file, name)
    sheet = form_of(made, plan).sheet
    given = {line.code: entered for line, entered in made if entered}
    if not any(one.value is not None or one.rupiah is not None for e in given.values() for one in e.values()):
        return  # a form without a figure has nothing to read back
    found = intake.compare(rows, around, cumulative=False, today=clock.today().replace(year=2028))
    for entry in found.entries:
        assert entry.problems == [], entry.problems
        entered = given.get(entry.code, {})
        assert entry.values == {q: one.value for q, one in entered.items() if one.value is not None}
        assert entry.rupiah == {q: one.rupiah for q, one in entered.items() if one.rupiah is not None}
    assert {entry.code for entry in found.entries} == {line.code for line, _entered in made}
    figures = found.figures()
    mean = sheet.performance.percent
    assert figures["mean"] == (None if mean is None else float(mean))
    assert figures["rating"] == sheet.rating and figures["left_out"] == sheet.performance.left_out
    assert figures["realised"] == sum(row.rupiah or 0 for row in sheet.rows)


@pytest.fixture
def plan() -> Plan:
    return Plan(
        id=1, unit_id=1, unit=Unit(id=1, name="Dinas Contoh Rekaan", code="9.99"), year=2027, edition=0
    )


SETTINGS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@given(lines())
@settings(max_examples=150, **SETTINGS)
def test_csv_read_back_gives_the_same_figures(app, plan, made):
    with app.app_context():
        check(made, e81.as_csv(form_of(made, plan)), "e81.csv", plan)


@pytest.mark.slow
@given(lines())
@settings(max_examples=15, **SETTINGS)
def test_xlsx_read_back_gives_the_same_figures(app, plan, made):
    with app.app_context():
        check(made, e81.as_xlsx(form_of(made, plan)), "e81.xlsx", plan)
