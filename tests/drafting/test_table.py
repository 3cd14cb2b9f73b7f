"""The table as a planner works in it: cells, copies, places, struck lines, rows pasted from a spreadsheet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.db import db
from portal.drafting import queries
from portal.drafting.models import Line, Revision, Section
from portal.plans.models import Plan
from tests import cast
from tests import factories as make
from tests.conftest import path_of, read, words

CODE = "5.03.02.2.02.0003"


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        lines = [make.line(plan, f"5.03.02.2.02.000{n}") for n in (3, 4, 5)]
        return {"plan": plan.id} | {f"line{n}": line.id for n, line in enumerate(lines, 1)}


def line_of(world: Any, line_id: int) -> Line:
    with world():
        return db.session.get_one(Line, line_id)


def order_of(world: Any, plan_id: int) -> list[str]:
    with world():
        return [line.code[-1] for line in queries.list_lines(plan_id)]


def reasons(world: Any, line_id: int) -> list[str | None]:
    with world():
        query = select(Revision.reason).where(Revision.line_id == line_id).order_by(Revision.number)
        return list(db.session.scalars(query))


def test_figures_of_a_row_are_saved_as_a_version_and_summed(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    sent = {
        "based_on": "1",
        "target": "2,5",
        "ceiling": "1.250.000",
        "forward_target": "",
        "forward_ceiling": "",
    }
    answer = planner.send(f"/baris/{places['line1']}/angka", sent)
    assert answer.status_code == 303
    line = line_of(world, places["line1"])
    assert (line.version, line.ceiling, float(line.target or 0)) == (2, 1_250_000, 2.5)
    assert line.indicator  # what is no cell stays
    page = planner.page(f"/rencana/{places['plan']}/lembar")
    assert page.find("span", id="jumlah-1-1").text == "621.250.000"


def test_a_wrong_cell_keeps_what_was_typed(client_for: Any, world: Any, places: dict[str, int]) -> None:
    answer = client_for("planner").send(
        f"/baris/{places['line1']}/angka", {"based_on": "1", "ceiling": "seribu"}
    )
    assert answer.status_code == 422 and 'value="seribu"' in answer.text
    assert line_of(world, places["line1"]).version == 1


def test_a_row_is_saved_in_place_with_its_sums(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner, url = client_for("planner"), f"/baris/{places['line1']}/angka"
    part = read(planner.send(url, {"based_on": "1", "ceiling": "1250000"}, htmx=True), whole=False)
    place = part.find("div", id=f"simpan-{places['line1']}")
    assert place.get("data-saved").split(";")[1] == "1.250.000"
    assert part.find("input", name="based_on").get("value") == "2"
    assert "Tersimpan sebagai versi 2." in part.text
    sums = {one.get("id"): one.text for one in part.all("span", hx_swap_oob="true")}
    assert sums["jumlah-1-1"] == "621.250.000"
    assert "Rp621.250.000" in words(part.find("div", id="neraca", hx_swap_oob="true"))
    again = read(planner.send(url, {"based_on": "2", "ceiling": "1.250.000"}, htmx=True), whole=False)
    assert "Tidak ada yang berubah." in again.text
    assert not [one for one in again.all("button") if one.text == "Urungkan"]
    wrong = planner.send(url, {"based_on": "2", "ceiling": "seribu"}, htmx=True)
    assert wrong.status_code == 422 and "Pagu indikatif (rupiah): Mohon ditulis sebagai angka" in wrong.text
    assert line_of(world, places["line1"]).version == 2


def undo_in(page: Any, action: str) -> dict[str, str]:
    """What the button Urungkan sends."""
    [form] = [
        one
        for one in page.all("form", action=action)
        if any(field.get("name") == "urungkan" for field in one.iter("input"))
    ]
    return {field.get("name"): field.get("value") for field in form.iter("input") if field.get("name") in ("number", "urungkan", "ke")}  # fmt: skip


def test_a_saved_row_is_undone_as_a_new_version(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner, url = client_for("planner"), f"/baris/{places['line1']}"
    planner.send(f"{url}/angka", {"based_on": "1", "ceiling": "1.000"})
    part = read(planner.send(f"{url}/angka", {"based_on": "2", "ceiling": "2.000"}, htmx=True), whole=False)
    undo = undo_in(part, f"{url}/pemulihan")
    assert undo == {"number": "2", "urungkan": "3", "ke": "lembar"}
    answer = planner.send(f"{url}/pemulihan", undo)
    assert path_of(answer) == f"/rencana/{places['plan']}/lembar"
    line = line_of(world, places["line1"])
    assert (line.version, line.ceiling) == (4, 1000)
    assert planner.send(f"{url}/pemulihan", undo).status_code == 409
    assert line_of(world, places["line1"]).version == 4


def test_a_save_is_undone_beside_its_confirmation(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    with world():
        section = make.section(db.session.get_one(Plan, places["plan"]), body="Semula.").id
    planner.send(f"/bagian/{section}/sunting", {"based_on": "1", "body": "Keliru."})
    page = planner.page(f"/rencana/{places['plan']}")
    undo = undo_in(page, f"/bagian/{section}/pemulihan")
    assert undo == {"number": "1", "urungkan": "2"}
    assert not [form for form in planner.page(f"/rencana/{places['plan']}").all("form", action=f"/bagian/{section}/pemulihan")]  # fmt: skip
    assert path_of(planner.send(f"/bagian/{section}/pemulihan", undo)) == f"/rencana/{places['plan']}"
    with world():
        found = db.session.get_one(Section, section)
        assert (found.version, found.body) == (3, "Semula.")


def test_cells_of_an_old_version_meet_the_clash(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    url = f"/baris/{places['line1']}/angka"
    planner.send(url, {"based_on": "1", "ceiling": "1.000"})
    answer = planner.send(url, {"based_on": "1", "ceiling": "2.000"})
    assert "/bentrok/" in path_of(answer)
    assert line_of(world, places["line1"]).ceiling == 1000


def test_a_copy_asks_for_its_own_code(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    url = f"/baris/{places['line1']}/salinan"
    unit = line_of(world, places["line1"]).unit_id
    same = planner.send(url, {"sub_activity": CODE, "unit": unit})
    assert same.status_code == 422 and "sub_activity" in read(same, whole=True).errors()
    taken = planner.send(url, {"sub_activity": "5.03.02.2.02.0004", "unit": unit})
    assert taken.status_code == 409
    done = planner.send(url, {"sub_activity": "5.03.02.2.02.0009", "unit": unit})
    assert done.status_code == 303
    with world():
        made = db.session.scalars(select(Line).where(Line.code == "5.03.02.2.02.0009")).one()
        assert (made.ceiling, made.name) == (310_000_000, "Pengelolaan Promosi ASN")


def test_a_line_moves_within_its_activity(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    planner.send(f"/baris/{places['line1']}/perpindahan", {"ke": "turun"})
    assert order_of(world, places["plan"]) == ["4", "3", "5"]
    planner.send(f"/baris/{places['line2']}/perpindahan", {"ke": "naik"})
    assert order_of(world, places["plan"]) == ["4", "3", "5"]
    planner.send(f"/baris/{places['line3']}/perpindahan", {"ke": "naik"})
    assert order_of(world, places["plan"]) == ["4", "5", "3"]


def test_a_struck_line_is_shown_and_its_reason_outlives_its_return(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner, url = client_for("planner"), f"/baris/{places['line1']}"
    planner.send(f"{url}/coretan", {"reason": "Digabung dengan baris lain."})
    page = client_for("staff").page(f"/rencana/{places['plan']}/coretan")
    assert "Digabung dengan baris lain." in page.text
    assert planner.send(f"{url}/pemakaian").status_code == 303
    assert line_of(world, places["line1"]).dropped_at is None
    assert reasons(world, places["line1"])[1:] == ["Dicoret. Digabung dengan baris lain.", "Dipakai kembali."]
    assert client_for("staff").send(f"{url}/pemakaian").status_code == 403


def test_pasted_rows_are_previewed_then_applied(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner, url = client_for("planner"), f"/rencana/{places['plan']}/tempel"
    rows = f"{CODE}\tPengelolaan Promosi ASN\t\tDokumen\t1.250,5\tRp311.000.000\r\n5.03.02.2.02.0010\tBaris baru\t\tOrang\t7\t1.000"
    answer = planner.send(url, {"rows": rows})
    assert answer.status_code == 303, answer.text
    page = planner.page(path_of(answer))
    assert (
        "Baris baru" in page.text and "311.000.000" in planner.page(f"{path_of(answer)}?jenis=changed").text
    )
    assert line_of(world, places["line1"]).ceiling == 310_000_000
    assert planner.send(f"{path_of(answer)}/penerapan").status_code == 303
    line = line_of(world, places["line1"])
    assert (line.ceiling, float(line.target or 0)) == (311_000_000, 1250.5)
    with world():
        assert db.session.scalar(select(Line.ceiling).where(Line.code == "5.03.02.2.02.0010")) == 1000


@pytest.mark.parametrize("rows", ["", "Pagu\tTarget\n1\t2", 'Kode\tNama\n1\t"x'])
def test_what_is_no_table_is_refused_and_stays_in_the_box(
    client_for: Any, places: dict[str, int], rows: str
) -> None:
    answer = client_for("planner").send(f"/rencana/{places['plan']}/tempel", {"rows": rows})
    assert answer.status_code == 422
    assert read(answer, whole=True).errors()["rows"]
    assert rows.splitlines()[-1:] == [] or rows.split("\t")[0] in answer.text


def test_five_thousand_rows_are_previewed(client_for: Any, places: dict[str, int]) -> None:
    rows = "\n".join(f"5.03.02.2.02.{n:04}\tBaris {n}\t\tOrang\t{n}\t{n}.000" for n in range(1, 5001))
    answer = client_for("planner").send(f"/rencana/{places['plan']}/tempel", {"rows": rows})
    assert answer.status_code in (303, 422), answer.status_code
    if answer.status_code == 422:
        assert "terlalu banyak" in read(answer, whole=True).errors()["rows"]


@pytest.mark.slow
def test_the_table_asks_little_on_every_day_of_a_plan_with_an_open_suggestion(
    client_for: Any, world: Any, ids: dict[str, int], stopped: Any, count_queries: Any
) -> None:
    """Also where the planner is told that a stage is about to end, or whether the plan was returned."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        line = make.line(plan).id
    form = {"based_on": "1", "name": "Promosi lain", "reason": "Lebih jelas."}
    assert client_for("staff").send(f"/baris/{line}/saran", form).status_code == 303
    asked = {}
    for days in range(0, 50, 2):
        stopped.set(cast.NOW + timedelta(days=days))
        planner = client_for("planner")
        planner.get("/masuk")
        count_queries()
        planner.page(f"/rencana/{plan.id}/tabel")
        asked[days] = count_queries()
    assert max(asked.values()) <= 12, asked
