"""The start of a year: what the plan of the year before leaves, taken over line by line."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.drafting import adoption, carrying, queries, revisions, skeleton
from portal.drafting.models import Line, Origin, Revision
from portal.plans.models import Plan, SubActivity
from portal.proposals.models import Answer
from tests import cast
from tests import factories as make
from tests.conftest import path_of, read
from tests.drafting.test_races import together

pytestmark = pytest.mark.slow
NEXT = {
    kind: f"2027-{1 + n:02d}-10"
    for n, kind in enumerate(("initial_draft", "forum", "draft", "verification", "final_draft"))
} | {"preparation": "2026-03-01"}


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """A plan of 2027 with text, three lines, a struck one and a deferred proposal; that of 2028 has just begun."""
    later = {kind: make.STARTS[kind].replace(year=2027) for kind in list(make.STARTS)[1:]}
    with world():
        old = make.plan(ids["unit:bkpsdm"])
        text = make.section(
            old, number="I.1", body="Latar belakang tahun lalu.", openness="fixed", openness_reason="Amanat"
        )
        make.section(old, number="VI", heading="Bab tambahan", body="Isi bab tambahan.")
        make.section(old, number="I.2", body="")
        figures = {
            "target": Decimal(2), "ceiling": 300, "forward_target": Decimal(3), "forward_ceiling": 400,
            "realised_before": Decimal(1), "expected_now": Decimal(2), "strategic_target": Decimal(9),
            "location": "Kotabumi", "note": "Catatan tahun lalu.",
        }  # fmt: skip
        full = make.line(old, **figures)
        mine = make.line(
            old, "5.03.02.2.02.0004", ids["unit:mutasi"], ceiling=50, target=None, unread={"target": "2, 3"}
        )
        gone = make.line(old, "5.03.02.2.02.0005", ids["unit:diskominfo"])
        struck = make.line(old, "5.03.02.2.02.0006", dropped_at=clock.now(), drop_reason="Pagu dialihkan.")
        wish = make.proposal(old, ids["staff"], clock.now(), title="Loket layanan sampai sore")
        db.session.add(
            Answer(
                proposal_id=wish.id, round=1, kind="deferred", ground="no_ceiling", text="Belum ada pagu.",
                condition="Pagu tahun depan naik.", by_id=ids["leader"], at=clock.now(),
            )
        )  # fmt: skip
        new = make.plan(ids["unit:bkpsdm"], 2028, later)
        skeleton.make_sections(new)
        return {
            "old": old.id, "plan": new.id, "text": text.id, "full": full.id, "mine": mine.id, "gone": gone.id,
            "struck": struck.id, "wish": wish.id,
        }  # fmt: skip


def ticked(page: Any) -> list[str]:
    return [box.get("value") for box in page.all("input", type="checkbox") if box.get("checked") is not None]


def url(places: dict[str, int]) -> str:
    return f"/rencana/{places['plan']}/lanjutan"


def test_standing_lines_and_text_are_ticked_and_the_rest_stands_apart(
    client_for: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    planner.page(f"/rencana/{places['plan']}").find("a", href=url(places))
    page = planner.page(url(places))
    assert len(ticked(page)) == 5  # two texts that say something, three lines
    box = page.find("input", value=f"line:{places['struck']}")
    assert box.get("checked") is None
    for words in ("Pagu dialihkan.", "Loket layanan sampai sore", "Pagu tahun depan naik.", "Ditunda"):
        assert words in page.text


def test_a_target_that_was_not_reached_is_said_on_its_line(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    planner = client_for("planner")
    assert "Tercapai" not in planner.page(url(places)).text
    with world():
        reached = make.line(
            db.session.get_one(Plan, places["old"]), "5.03.02.2.02.0009", target=Decimal(1)
        ).id
        make.evaluation(make.snapshot(db.session.get_one(Plan, places["old"])), 2, ids["editor"])
    page = planner.page(url(places))
    told = {
        label.get("for"): " ".join(label.itertext())
        for label in page.all("label")
        if "Tercapai" in "".join(label.itertext())
    }
    assert set(told) == {f"line-{places['full']}", f"line-{places['gone']}"} and f"line-{reached}" not in told
    assert "Tercapai 1 dari 2 sampai Triwulan II" in told[f"line-{places['full']}"]


def test_what_is_ticked_is_taken_over_with_its_source(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    planner = client_for("planner")
    sent = {"piece": ticked(planner.page(url(places))), "figures": "forecast"}
    answer = planner.send(url(places), sent)
    assert path_of(answer) == f"/rencana/{places['plan']}/tabel"
    with world():
        lines = {line.code[-1]: line for line in queries.list_lines(places["plan"])}
        assert sorted(lines) == ["3", "4", "5"]
        one = lines["3"]
        assert (one.target, one.ceiling) == (Decimal(3), 400), "what was foreseen for this year"
        assert (one.forward_target, one.forward_ceiling) == (None, None)
        assert (one.realised_before, one.expected_now, one.note) == (None, None, "")
        assert (one.strategic_target, one.location, one.version) == (Decimal(9), "Kotabumi", 1)
        two = lines["4"]
        assert (two.unit_id, two.ceiling, two.unread) == (ids["unit:mutasi"], 50, {"target": "2, 3"})
        assert lines["5"].unit_id == ids["unit:bkpsdm"], "its owner is not of this agency"
        chapters = {section.number: section for section in queries.list_sections(places["plan"])}
        assert len(chapters) == 18
        first = chapters["I.1"]
        assert (first.body, first.openness, first.openness_reason) == (
            "Latar belakang tahun lalu.", "consult", None,
        )  # fmt: skip
        assert chapters["VI"].position == 18 and chapters["VI"].body == "Isi bab tambahan."
        origins = db.session.scalars(select(Origin)).all()
        assert {(origin.kind, origin.text) for origin in origins} == {("carry_over", "Renja 2027")}
        assert len(origins) == 5
        for piece in (one, first):
            [kept] = db.session.scalars(
                select(Revision).where(
                    Revision.line_id == piece.id if piece is one else Revision.section_id == piece.id
                )
            )
            assert kept.sha256 == revisions.sha256_of(revisions.content_of(piece))
            assert (kept.number, kept.by_id) == (1, ids["planner"])
    page = planner.page(url(places))
    assert not ticked(page) and "3 baris tahun lalu sudah ada" in page.text
    again = read(planner.send(url(places), sent))
    assert again.response.status_code in (303, 422)
    with world():
        assert db.session.scalar(select(func.count(Line.id)).where(Line.plan_id == places["plan"])) == 3


def test_last_years_openness_is_proposed_and_holds_only_once_it_is_confirmed(
    client_for: Any, world: Any, places: dict[str, int], count_queries: Any
) -> None:
    planner, card = client_for("planner"), f"/rencana/{places['plan']}/keterbukaan"
    planner.send(url(places), {"piece": ticked(planner.page(url(places))), "figures": "forecast"})
    plain = planner.page(card)
    plain.find("a", href=f"{card}?dari=tahun-lalu")
    assert "Amanat" not in [field.get("value") for field in plain.all("input")]
    count_queries()
    page = planner.page(f"{card}?dari=tahun-lalu")
    assert count_queries() <= 12
    assert "belum tersimpan" in page.text
    with world():
        first = next(one for one in queries.list_sections(places["plan"]) if one.number == "I.1")
        assert (first.openness, first.openness_reason) == ("consult", None)
        key = f"section-{first.id}-"
    [chosen] = [
        one for one in page.find("select", name=f"{key}openness").iter("option") if "selected" in one.attrib
    ]
    sent = {
        one.get("name"): one.get("value") or "" for one in page.all("input") if key in (one.get("name") or "")
    }
    assert sent[f"{key}reason"] == "Amanat"
    assert planner.send(card, sent | {f"{key}openness": chosen.get("value")}).status_code == 303
    with world():
        first = next(one for one in queries.list_sections(places["plan"]) if one.number == "I.1")
        assert (first.openness, first.openness_reason) == ("fixed", "Amanat")


def test_the_page_costs_the_same_queries_however_many_lines(
    client_for: Any, world: Any, places: dict[str, int], count_queries: Any
) -> None:
    planner = client_for("planner")
    planner.page(url(places))
    count_queries()
    planner.page(url(places))
    few = count_queries()
    with world():
        old = db.session.get_one(Plan, places["old"])
        for n in range(20):
            make.line(old, f"5.03.02.2.03.{n:04d}")
            make.line(old, f"5.03.02.2.04.{n:04d}", dropped_at=clock.now())
    count_queries()
    planner.page(url(places))
    assert count_queries() == few <= 12


def test_figures_may_begin_as_they_were_and_a_struck_line_comes_back_where_wanted(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    chosen = [f"line:{places['full']}", f"line:{places['struck']}"]
    client_for("planner").send(url(places), {"piece": chosen, "figures": "same"})
    with world():
        one, two = queries.list_lines(places["plan"])
        assert (one.target, one.ceiling, one.forward_ceiling) == (Decimal(2), 300, 400)
        assert two.dropped_at is None and two.code.endswith("0006")


def test_nothing_chosen_and_an_unknown_figure_are_said(client_for: Any, places: dict[str, int]) -> None:
    planner, one = client_for("planner"), f"line:{places['full']}"
    none = read(planner.send(url(places), {"figures": "same"}))
    assert none.response.status_code == 422 and "pilih sedikitnya satu" in none.text
    wrong = read(planner.send(url(places), {"piece": one, "figures": "lain"}))
    assert wrong.response.status_code == 422 and ticked(wrong) == [one]


def test_only_the_planner_in_preparation(client_for: Any, places: dict[str, int], stopped: Any) -> None:
    assert client_for("leader").get(url(places)).status_code == 403
    assert client_for("staff").get(url(places)).status_code == 404
    stopped.set(cast.NOW.replace(year=2027))
    answer = client_for("planner").send(url(places), {"piece": f"line:{places['full']}", "figures": "same"})
    assert answer.status_code == 403 and "tahapan Persiapan" in answer.text


def test_two_presses_at_once_take_over_once(client_for: Any, world: Any, places: dict[str, int]) -> None:
    clients = [client_for("planner") for _n in range(3)]
    sent = {"piece": ticked(clients[0].page(url(places))), "figures": "forecast"}
    statuses: list[int] = []
    together([lambda c=c: statuses.append(c.send(url(places), sent).status_code) for c in clients])
    assert statuses.count(303) >= 1 and set(statuses) <= {303, 422}
    with world():
        new = db.session.get_one(Plan, places["plan"])
        assert db.session.scalar(select(func.count(Line.id)).where(Line.plan_id == new.id)) == 3
        assert db.session.scalar(select(func.count(Origin.id))) == 5


def test_a_new_plan_leads_there_where_the_year_before_has_one(
    client_for: Any, world: Any, ids: dict[str, int]
) -> None:
    with world():
        make.plan(ids["unit:bkpsdm"])
    form = {"unit": str(ids["unit:bkpsdm"])} | NEXT
    first = path_of(client_for("planner").send("/rencana/baru", form | {"year": "2028"}))
    assert first.endswith("/lanjutan")
    page = client_for("planner").page(first)
    assert "Semua baris dan naskah tahun lalu sudah ada" in page.text
    over = {kind: f"2026-01-{n + 1:02}" for n, kind in enumerate(NEXT)} | {"preparation": "2026-01-01"}
    late = path_of(client_for("planner").send("/rencana/baru", form | {"year": "2029"} | over))
    assert not late.endswith("/lanjutan"), "nobody is led to a page that refuses"
    alone = path_of(client_for("planner").send("/rencana/baru", form | {"year": "2032"}))
    assert not alone.endswith("/lanjutan")
    assert "Rencana tahun lalu tidak ada" in client_for("planner").page(f"{alone}/lanjutan").text


def test_an_entry_no_longer_in_force_is_not_linked_to(
    world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    def entry(code: str, retired: bool) -> int:
        made = SubActivity(
            level="KABKOT", code=code, programme_code="5.03.02", programme_name="P", activity_code="5.03.02.2.02",
            activity_name="K", name="S", indicator="I", measure_unit="U",
            retired_on=clock.today() if retired else None,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made.id

    with world():
        old, new = entry("5.03.02.2.02.9998", True), entry("5.03.02.2.02.0003", False)
        db.session.get_one(Line, places["full"]).sub_activity_id = old
        db.session.get_one(Line, places["mine"]).sub_activity_id = old
        plan = db.session.get_one(Plan, places["plan"])
        offer = carrying.find_start(plan)
        assert offer is not None
        chosen = {f"line:{places['full']}", f"line:{places['mine']}"}
        user, duty = _planner(ids)
        carrying.take_over(plan, offer, chosen, "same", user, duty)
        links = {line.code[-1]: line.sub_activity_id for line in queries.list_lines(plan.id)}
        assert links == {"3": new, "4": None}


def _planner(ids: dict[str, int]) -> tuple[Any, Any]:
    from types import SimpleNamespace

    return SimpleNamespace(id=ids["planner"]), SimpleNamespace(duty_id=ids["duty:planner"])


@pytest.mark.parametrize("way", ["year", "edition"])
def test_six_hundred_lines_are_taken_over_at_once(
    app: Any,
    world: Any,
    ids: dict[str, int],
    places: dict[str, int],
    count_queries: Any,
    store: Any,
    way: str,
) -> None:
    """In under two seconds of processor time; on PostgreSQL in a few statements, however many lines."""
    with world():
        old = db.session.get_one(Plan, places["old"])
        for n in range(600):
            make.line(old, f"5.03.02.2.03.{n:04d}")
    with world():
        plan = db.session.get_one(Plan, places["plan"])
        user, duty = _planner(ids)
        count_queries()
        begun = time.process_time()
        if way == "year":
            offer = carrying.find_start(plan)
            assert offer is not None
            chosen = {revisions.place_of(line) for line in offer.lines}
            assert carrying.take_over(plan, offer, chosen, "forecast", user, duty) == (0, 603)
        else:
            content = adoption.content_of(db.session.get_one(Plan, places["old"]))
            assert carrying.carry(plan, [], content["lines"], "Keputusan 1", user, duty) == 603
        took, asked = time.process_time() - begun, count_queries()
        assert db.session.scalar(select(func.count(Origin.id))) == 603
    assert took < 2
    if store.kind == "postgresql":  # SQLite is asked a row at a time, which costs it nothing
        assert asked < 60
