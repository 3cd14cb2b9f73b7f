"""The plan's ceiling holds in *Rancangan Akhir*, whichever way figures come into a line."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.drafting import ceilings, revisions
from portal.drafting.models import Line, Suggestion
from portal.plans.models import Plan
from tests import factories as make
from tests.conftest import read, words
from tests.drafting.test_races import together
from tests.drafting.test_verification import IN_FINAL, IN_VERIFICATION, verdict
from tests.people.files import csv_file

pytestmark = pytest.mark.slow
CEILING = 700
WORDS = "melampaui pagu indikatif"


@pytest.mark.rules
@pytest.mark.parametrize(
    ("total", "before", "ceiling", "has_reason", "refused"),
    [
        (700, 600, 700, False, False),
        (701, 600, 700, False, True),
        (701, 701, 700, False, True),
        (701, 702, 700, False, False),
        (701, 600, 700, True, False),
        (701, 600, None, False, False),
    ],
)
def test_when_a_sum_is_refused(
    app: Any, total: int, before: int, ceiling: int | None, has_reason: bool, refused: bool
) -> None:
    with app.test_request_context():
        said = ceilings.refuse_total(total, before, ceiling, has_reason=has_reason)
    assert (said is not None) is refused


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """A plan of 700 with two lines of 300; a third, of 200, was struck; the first once stood at 600."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"], ceiling=CEILING)
        first = make.line(plan, ceiling=600)
        second = make.line(plan, "5.03.02.2.02.0004", ceiling=300)
        struck = make.line(
            plan, "5.03.02.2.02.0005", ceiling=200, dropped_at=clock.now(), drop_reason="Tidak"
        )
        for line in (first, second, struck):
            revisions.save(line, revisions.line_fields(line), ids["planner"])
        revisions.save(first, revisions.line_fields(first) | {"ceiling": 300}, ids["planner"])
        return {"plan": plan.id, "line": first.id, "second": second.id, "struck": struck.id}


def total(world: Any, places: dict[str, int]) -> int:
    with world():
        return ceilings.total_of(places["plan"])


def edit(ceiling: str, version: int = 3) -> dict[str, str]:
    return {
        "based_on": str(version),
        "name": "Pengelolaan Promosi ASN",
        "ceiling": ceiling,
        "note": "Catatan.",
    }


def test_over_it_is_allowed_while_drafting_and_refused_beside_the_field_in_the_last_stage(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    url = f"/baris/{places['line']}/sunting"
    stopped.set(IN_FINAL)
    page = read(client_for("planner").send(url, edit("401")))
    assert page.response.status_code == 422 and WORDS in page.errors()["ceiling"]
    assert "Rp1" in page.errors()["ceiling"]
    field = page.find("input", id=f"line-{places['line']}-ceiling")
    assert field.get("value") == "401" and "Catatan." in page.text
    assert client_for("planner").send(url, edit("400")).status_code == 303
    stopped.set(IN_VERIFICATION.replace(month=3))
    assert client_for("planner").send(url, edit("900", 4)).status_code == 303
    assert total(world, places) == 1200


def test_over_it_is_said_in_red_beside_the_table_and_follows_each_save(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    planner, plan = client_for("planner"), f"/rencana/{places['plan']}"
    for page in ("tabel", "lembar", "pemeriksaan"):
        assert "Melampaui" not in planner.page(f"{plan}/{page}").text
    saved = planner.send(f"/baris/{places['line']}/sunting", edit("500") | {"inline": "1"}, htmx=True)
    balance = read(saved, whole=False).find("div", id="neraca")
    assert balance.get("hx-swap-oob") == "true" and "Melampaui pagu Rp100" in words(balance)
    for page in ("tabel", "lembar", "pemeriksaan"):
        red = [words(p) for p in planner.page(f"{plan}/{page}").all("p", class_="error")]
        assert [text for text in red if text.startswith("Melampaui pagu Rp100.")], page


def test_a_leaders_reason_opens_it(client_for: Any, places: dict[str, int], stopped: Any) -> None:
    stopped.set(IN_FINAL)
    reason = {"text": "Amanat baru dari provinsi."}
    assert client_for("leader").send(f"/rencana/{places['plan']}/alasan-pagu", reason).status_code == 303
    assert client_for("planner").send(f"/baris/{places['line']}/sunting", edit("900")).status_code == 303


def test_a_plan_that_comes_over_it_into_the_last_stage_may_only_come_down(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    with world():
        db.session.get_one(Plan, places["plan"]).ceiling = 500
    stopped.set(IN_FINAL)
    planner, url = client_for("planner"), f"/baris/{places['line']}/sunting"
    assert planner.send(url, edit("300")).status_code == 422
    assert planner.send(url, edit("250")).status_code == 303
    assert planner.send(f"/baris/{places['second']}/coretan", {"reason": "Tidak perlu."}).status_code == 303
    assert total(world, places) == 250


def test_no_other_way_leads_past_it(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int], stopped: Any
) -> None:
    """Cells, a restored version, a struck line taken up, a copy, a suggestion, a merge, a file, pasted rows."""
    with world():
        line = db.session.get_one(Line, places["line"])
        suggestion = Suggestion(
            line_id=line.id, thread_id=make.thread().id, based_on=3, reason="Lebih.", by_id=ids["staff"],
            fields=revisions.line_fields(line) | {"ceiling": 650}, unit_id=line.unit_id, at=clock.now(),
        )  # fmt: skip
        db.session.add(suggestion)
        db.session.flush()
        suggested = suggestion.id
    stopped.set(IN_FINAL)
    planner, line_url = client_for("planner"), f"/baris/{places['line']}"
    cells = read(planner.send(f"{line_url}/angka", {"based_on": "3", "ceiling": "500"}))
    assert cells.response.status_code == 422 and WORDS in cells.errors()["ceiling"]
    assert cells.find("input", name="ceiling").get("value") == "500"
    for url, form in (
        (f"{line_url}/pemulihan", {"number": "2"}),
        (f"/baris/{places['struck']}/pemakaian", {}),
    ):
        answer = planner.send(url, form)
        assert answer.status_code == 409 and WORDS in answer.text, url
    copied = read(
        planner.send(
            f"{line_url}/salinan", {"sub_activity": "5.03.02.2.02.0009", "unit": str(ids["unit:bkpsdm"])}
        )
    )
    assert copied.response.status_code == 422 and WORDS in copied.errors()["sub_activity"]
    accepted = read(planner.send(f"/saran/{suggested}/penerimaan", edit("650")))
    assert accepted.response.status_code == 422 and WORDS in accepted.errors()["ceiling"]
    merged = planner.send(f"{line_url}/sunting", edit("500", 2))
    assert merged.status_code == 409
    settled = read(planner.send(f"{line_url}/sunting", edit("500") | {"clash": "1"}))
    assert settled.response.status_code == 422 and WORDS in settled.errors()["ceiling"]
    row = ("5.03.02.2.02.0003", "Pengelolaan Promosi ASN", "500")
    heads = ("Kode", "Nama", "Pagu indikatif")
    file = (BytesIO(csv_file(heads, row)), "renja.csv")
    handed = planner.send(f"/rencana/{places['plan']}/impor", {"file": file})
    pasted = planner.send(
        f"/rencana/{places['plan']}/tempel", {"rows": "\n".join("\t".join(r) for r in (heads, row))}
    )
    for answer in (handed, pasted):
        assert answer.status_code == 303, answer.text
        preview = planner.page(answer.location)
        assert WORDS in preview.text and not preview.all("form", id="terapkan")
        assert planner.send(f"{answer.location}/penerapan").status_code == 409
    assert total(world, places) == 600
    with world():
        assert db.session.get_one(Suggestion, suggested).ruling is None
        assert db.session.scalar(select(func.count(Line.id))) == 3
        assert db.session.get_one(Line, places["line"]).version == 3


def test_a_file_is_weighed_as_a_whole(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    stopped.set(IN_FINAL)
    rows = "Kode\tNama\tPagu indikatif\n5.03.02.2.02.0003\tPengelolaan Promosi ASN\t600\n5.03.02.2.02.0004\tPengelolaan Promosi ASN\t100"
    planner = client_for("planner")
    answer = planner.send(f"/rencana/{places['plan']}/tempel", {"rows": rows})
    assert planner.send(f"{answer.location}/penerapan").status_code == 303
    assert total(world, places) == 700


def test_the_command_is_held_by_it_too(
    app: Any, world: Any, places: dict[str, int], stopped: Any, tmp_path: Any
) -> None:
    stopped.set(IN_FINAL)
    file = tmp_path / "renja.csv"
    file.write_bytes(
        csv_file(("Kode", "Nama", "Pagu"), ("5.03.02.2.02.0003", "Pengelolaan Promosi ASN", "900"))
    )
    command = ["plan", "import", str(file), "--unit", "5.03.0.00.0.00.01.0000", "--year", "2027"]
    done = app.test_cli_runner().invoke(args=command)
    assert done.exit_code == 1 and "will exceed the indicative ceiling by Rp500" in done.output
    assert total(world, places) == 600


def test_a_new_line_is_refused_beside_its_code_while_the_plan_is_over(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int], stopped: Any
) -> None:
    with world():
        db.session.get_one(Plan, places["plan"]).ceiling = 500
    stopped.set(IN_FINAL)
    form = {"sub_activity": "5.03.02.2.02.0008", "name": "Baris baru contoh", "unit": str(ids["unit:bkpsdm"])}
    page = read(client_for("planner").send(f"/rencana/{places['plan']}/baris/baru", form))
    assert page.response.status_code == 422 and WORDS in page.errors()["sub_activity"]
    assert page.find("input", name="name").get("value") == "Baris baru contoh"


def test_of_two_saves_at_once_that_fit_only_alone_one_is_taken(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    stopped.set(IN_FINAL)
    statuses: list[int] = []

    def deed(line: str, version: int) -> Any:
        client = client_for("planner")
        return lambda: statuses.append(
            client.send(f"/baris/{places[line]}/sunting", edit("400", version)).status_code
        )

    together([deed("line", 3), deed("second", 2)])
    assert sorted(statuses) == [303, 422]
    assert total(world, places) == 700


def test_the_verifier_passes_what_a_reason_explains(
    client_for: Any, places: dict[str, int], stopped: Any
) -> None:
    """The plan came over it in drafting; the reason is what verification and adoption ask for too."""
    stopped.set(IN_FINAL)
    verifier = client_for("verifier")
    assert verifier.send(f"/rencana/{places['plan']}/pagu", {"ceiling": "100"}).status_code == 303
    assert verifier.send(f"/rencana/{places['plan']}/verifikasi", verdict("passed")).status_code == 422
    client_for("leader").send(f"/rencana/{places['plan']}/alasan-pagu", {"text": "Amanat."})
    assert verifier.send(f"/rencana/{places['plan']}/verifikasi", verdict("passed")).status_code == 303
