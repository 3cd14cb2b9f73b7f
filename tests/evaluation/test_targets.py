"""How lines are measured and their targets by quarter: typed or pasted before adoption, fixed by it, kept by an edition."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.drafting import adoption, carrying
from portal.drafting.models import Line, QuarterTarget
from portal.evaluation.models import Realisation, RenstraFigure
from portal.people.authority import authority_of
from portal.plans.models import Plan
from tests import factories as make
from tests.conftest import read
from tests.evaluation.conftest import ENTRY


@pytest.fixture
def line(world: Any, ids: dict[str, int]) -> int:
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        return make.line(plan, unit_id=ids["unit:mutasi"], target=12, ceiling=60_000_000).id


FORM = {
    "kind": "number", "direction": "higher", "accumulation": "sum", "value1": "3", "rupiah1": "15.000.000", "value2": "3",
    "renstra_target": "60", "renstra_realised_before": "30",
}  # fmt: skip


def opened(client: Any, line: int) -> dict[str, str]:
    return {"seen": client.page(f"/baris/{line}/ukuran").find("input", name="seen").get("value")}


def send(client: Any, line: int, **fields: str) -> Any:
    return client.send(f"/baris/{line}/ukuran", opened(client, line) | FORM | fields)


def test_measure_targets_and_renstra_are_typed_on_one_page(client_for, world, ids, line):
    editor = client_for("planner")
    assert send(editor, line, direction="lower", accumulation="last", upper="14").status_code == 303
    with world():
        found = db.session.get_one(Line, line)
        assert (found.direction, found.accumulation, found.target_upper, found.version) == (
            "lower",
            "last",
            14,
            2,
        )
        kept = db.session.execute(
            select(QuarterTarget.quarter, QuarterTarget.value, QuarterTarget.rupiah)
        ).all()
        assert sorted(kept) == [(1, 3, 15_000_000), (2, 3, None)]
        renstra = db.session.scalars(select(RenstraFigure)).one()
        assert (renstra.unit_id, renstra.target, renstra.realised_before, renstra.rupiah) == (
            ids["unit:bkpsdm"], 60, 30, None,
        )  # fmt: skip
        plan_id = found.plan_id
    page = client_for("staff").page(f"/rencana/{plan_id}/ukuran").text
    assert "Makin rendah makin baik; yang dihitung posisi terakhir." in page and "Rp15.000.000" in page
    assert (
        send(
            editor, line, value1="", rupiah1="", value2="", renstra_target="", renstra_realised_before=""
        ).status_code
        == 303
    )
    with world():
        assert db.session.scalar(select(func.count()).select_from(QuarterTarget)) == 0
        assert db.session.scalar(select(func.count()).select_from(RenstraFigure)) == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"value1": "10"}, "value1"),  # 10 + 3 of 12
        ({"value1": "3", "value2": "3", "value3": "3", "value4": "2"}, "value1"),
        ({"rupiah1": "60.000.001"}, "value1"),
        ({"upper": "12"}, "upper"),
        ({"kind": "grade", "scale": "WTP"}, "scale"),
        ({"kind": "grade", "scale": "WTP = 4"}, "scale"),
        ({"kind": "grade", "scale": "WTP = 4\nWDP = 3"}, "scale"),  # the target is 12
        ({"value1": "-1"}, "value1"),
        ({"value1": "tiga"}, "value1"),
        ({"kind": "lain"}, None),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(client_for, world, line, fields, field):
    sent = send(client_for("planner"), line, **fields)
    assert sent.status_code == 422
    assert field is None or list(read(sent).errors()) == [field]
    with world():
        assert db.session.get_one(Line, line).version == 1


def test_who_saves_second_is_shown_the_first(client_for, world, line):
    other, planner = client_for("planner"), client_for("planner")
    seen = opened(planner, line)
    assert send(other, line, value1="4").status_code == 303
    late = planner.send(f"/baris/{line}/ukuran", seen | FORM)
    assert late.status_code == 409 and "baru saja diubah" in read(late).text
    again = {"seen": read(late).find("input", name="seen").get("value")}
    assert planner.send(f"/baris/{line}/ukuran", again | FORM).status_code == 303


def test_a_field_that_did_not_fit_hides_no_save_of_another(client_for, world, line):
    other, planner = client_for("planner"), client_for("planner")
    seen = opened(planner, line)
    assert send(other, line, value1="4").status_code == 303
    wrong = planner.send(f"/baris/{line}/ukuran", seen | FORM | {"value1": "tiga"})
    assert wrong.status_code == 422
    again = {"seen": read(wrong).find("input", name="seen").get("value")}
    assert planner.send(f"/baris/{line}/ukuran", again | FORM).status_code == 409


def test_only_who_edits_the_line_and_only_before_adoption(client_for, world, line):
    for who in ("staff", "neighbour", "verifier"):
        assert client_for(who).get(f"/baris/{line}/ukuran").status_code == 403
    seen = opened(client_for("planner"), line)
    with world():
        make.snapshot(db.session.get_one(Plan, db.session.get_one(Line, line).plan_id))
    assert client_for("planner").send(f"/baris/{line}/ukuran", seen | FORM).status_code in (403, 409)
    with world():
        assert db.session.scalar(select(func.count()).select_from(QuarterTarget)) == 0


def test_a_new_edition_keeps_the_targets_and_the_adopted_text_holds_them(client_for, world, ids, line):
    send(client_for("planner"), line, upper="14")
    with world():
        plan = db.session.get_one(Plan, db.session.get_one(Line, line).plan_id)
        kept = adoption.content_of(plan)["lines"][0]
        assert kept["quarters"] == [[1, "3", 15_000_000], [2, "3", None]] and kept["target_upper"] == "14"
        again = make.plan(ids["unit:bkpsdm"], edition=1)
        held = authority_of(ids["planner"]).over("planner", ids["unit:bkpsdm"])
        user = type("User", (), {"id": ids["planner"]})
        carrying.carry(again, [], [kept], "Keputusan 1/2026", user, held)
        made = db.session.scalars(select(Line).where(Line.plan_id == again.id)).one()
        assert made.target_upper == 14
        copied = db.session.execute(
            select(QuarterTarget.quarter, QuarterTarget.value).where(QuarterTarget.line_id == made.id)
        )
        assert sorted(map(tuple, copied)) == [(1, 3), (2, 3)]


def test_a_draft_of_a_change_leaves_the_renstra_figures_of_the_adopted_edition(client_for, world, ids, line):
    planner = client_for("planner")
    assert send(planner, line).status_code == 303
    with world():
        make.snapshot(db.session.get_one(Plan, db.session.get_one(Line, line).plan_id))
        change = make.plan(ids["unit:bkpsdm"], edition=1)
        code, owner = db.session.get_one(Line, line).code, ids["unit:mutasi"]
        again = make.line(change, code, owner, target=12, ceiling=60_000_000).id
        added = make.line(change, "5.03.02.2.03.0001", owner, target=12, ceiling=60_000_000).id
    field = planner.page(f"/baris/{again}/ukuran").find("input", name="renstra_target")
    assert field.get("value") == "60" and field.get("readonly") is not None
    for changed in ({"renstra_target": "70"}, {"renstra_target": "", "renstra_realised_before": ""}):
        sent = send(planner, again, **changed)
        assert sent.status_code == 422 and list(read(sent).errors()) == ["renstra_target"]
    assert send(planner, again, value1="4").status_code == 303
    assert (
        send(planner, added, renstra_target="70").status_code == 303
    )  # of a line that is new there is none yet
    with world():
        kept = select(RenstraFigure.code, RenstraFigure.target, RenstraFigure.realised_before)
        assert sorted(map(tuple, db.session.execute(kept))) == [(code, 60, 30), ("5.03.02.2.03.0001", 70, 30)]


def test_many_lines_are_pasted_compared_and_then_applied(client_for, world, ids, line):
    with world():
        found = db.session.get_one(Line, line)
        plan_id, code = found.plan_id, found.code
    planner, path = client_for("planner"), f"/rencana/{plan_id}/ukuran"
    rows = f"Kode\tTarget TW I\tRencana Rp TW I\tTarget TW II\n{code}\t4\t20.000.000\t"
    page = read(planner.send(path, {"rows": rows}))
    assert "1 baris berubah" in page.text
    with world():
        assert db.session.scalar(select(func.count()).select_from(QuarterTarget)) == 0
    assert planner.send(path, {"rows": rows, "apply": "1"}).status_code == 303
    with world():
        kept = db.session.scalars(select(QuarterTarget)).one()
        assert (kept.quarter, kept.value, kept.rupiah) == (1, 4, 20_000_000)
    assert "Sama dengan target" in read(planner.send(path, {"rows": rows})).text
    wrong = planner.send(path, {"rows": f"{code}\t13", "apply": "1"})
    assert wrong.status_code == 422 and "target tahun 12" in read(wrong).text
    unknown = planner.send(path, {"rows": "9.99.99.9.99.0001\t1", "apply": "1"})
    assert unknown.status_code == 422 and "tidak ada dalam rencana" in read(unknown).text
    for who in ("staff", "verifier"):
        assert client_for(who).send(path, {"rows": rows, "apply": "1"}).status_code == 403


def test_a_grade_is_chosen_by_its_name_and_counts_by_its_points(client_for, world, ids, line, stopped, april):
    """E13: WTP 4, WDP 3, target WTP: WDP reaches 75,00."""
    with world():
        found = db.session.get_one(Line, line)
        found.scale, found.target, found.accumulation = [["WTP", "4"], ["WDP", "3"]], 4, "last"
        make.snapshot(db.session.get_one(Plan, found.plan_id))
    editor, at = client_for("editor"), f"/hasil/{ids['unit:bkpsdm']}/2027/1"
    page = editor.page(f"{at}/baris/{line}")
    assert "WDP" in page.text
    assert editor.send(f"{at}/baris/{line}", ENTRY | {"value": "5"}).status_code == 422
    assert editor.send(f"{at}/baris/{line}", ENTRY | {"value": "3"}).status_code == 303
    with world():
        assert db.session.scalars(select(Realisation.value)).one() == 3
    page = editor.page(at).text
    assert "75,00" in page and "WDP" in page and date(2027, 4, 5).year == april.year


def test_a_new_year_begins_with_what_the_two_before_reached(world, ids):
    """Of the year before only what is whole: nobody guesses how it ends."""
    with world():
        days = {kind: date(2024, 1, 1 + n) for n, kind in enumerate(make.STARTS)}
        before, now, plan = (make.plan(ids["unit:bkpsdm"], year, days) for year in (2025, 2026, 2027))
        for one in (before, now):
            make.line(one, unit_id=ids["unit:mutasi"], target=12)
        make.line(now, "5.03.02.2.03.0001", ids["unit:mutasi"])
        for one, quarters in ((before, (1, 2, 3, 4)), (now, (1, 2))):
            frozen = make.snapshot(one)
            for quarter in quarters:
                make.evaluation(frozen, quarter, ids["editor"])
        start = carrying.find_start(plan)
        user = type("User", (), {"id": ids["planner"]})
        held = authority_of(ids["planner"]).over("planner", ids["unit:bkpsdm"])
        carrying.take_over(plan, start, {f"line:{line.id}" for line in start.lines}, "same", user, held)
        made = db.session.scalars(select(Line).where(Line.plan_id == plan.id).order_by(Line.code)).all()
        assert [(line.realised_before, line.expected_now) for line in made] == [(4, None), (None, None)]
        for quarter in (3, 4):
            make.evaluation(frozen, quarter, ids["editor"])
        again = make.plan(ids["unit:bkpsdm"], 2027, days, edition=1)
        carrying.take_over(
            again, carrying.find_start(again), {f"line:{line.id}" for line in start.lines}, "same", user, held
        )
        made = db.session.scalars(select(Line).where(Line.plan_id == again.id).order_by(Line.code)).all()
        assert [(line.realised_before, line.expected_now) for line in made] == [(4, 4), (None, 4)]
