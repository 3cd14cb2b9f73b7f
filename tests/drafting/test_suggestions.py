"""Suggestions: kept whole on their version, shown against today's text, ruled once by somebody else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.drafting.models import Line, Revision, Section, Suggestion, SuggestionSupport
from tests import factories as make
from tests.conftest import path_of, read, words
from tests.drafting.test_races import together

BASE = "Loket dibuka pagi. Berkas dibawa sendiri oleh pegawai."
WANTED = "Loket dibuka pagi dan sore. Berkas dibawa sendiri oleh pegawai."
REASON = "Banyak pegawai bertugas pagi."


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        section = make.section(plan, body=BASE)
        return {"plan": plan.id, "section": section.id, "line": make.line(plan).id}


def suggest(client: Any, places: dict[str, int], body: str = WANTED, based_on: str = "1") -> Any:
    return client.send(
        f"/bagian/{places['section']}/saran", {"based_on": based_on, "body": body, "reason": REASON}
    )


def newest(world: Any) -> Suggestion:
    with world():
        return db.session.scalars(select(Suggestion).order_by(Suggestion.id.desc())).first()


def head(world: Any, places: dict[str, int]) -> tuple[int, str]:
    with world():
        section = db.session.get_one(Section, places["section"])
        return section.version, section.body


def accept(client: Any, suggestion_id: int, body: str, based_on: int = 1) -> Any:
    return client.send(f"/saran/{suggestion_id}/penerimaan", {"based_on": str(based_on), "body": body})


def test_a_reader_suggests_and_the_text_stays(client_for: Any, world: Any, places: dict[str, int]) -> None:
    staff = client_for("staff")
    answer = suggest(staff, places)
    made = newest(world)
    assert path_of(answer) == f"/saran/{made.id}"
    assert (made.based_on, made.body, made.reason, made.ruling) == (1, WANTED, REASON, None)
    assert head(world, places) == (1, BASE)
    for url in (f"/rencana/{places['plan']}", f"/rencana/{places['plan']}/saran", f"/saran/{made.id}"):
        page = client_for("colleague").page(url)
        assert page.find("article", id=f"saran-{made.id}") is not None
        assert "dan sore" in words(page.find("ins")), url


def test_one_waits_for_each_person_and_piece(client_for: Any, world: Any, places: dict[str, int]) -> None:
    staff = client_for("staff")
    assert suggest(staff, places).status_code == 303
    assert suggest(staff, places, "Lain sama sekali.").status_code == 409
    assert suggest(client_for("colleague"), places, "Dari rekan.").status_code == 303
    first = staff.get(f"/bagian/{places['section']}/saran")
    assert first.status_code == 303


def test_nothing_changed_is_no_suggestion(client_for: Any, world: Any, places: dict[str, int]) -> None:
    assert suggest(client_for("staff"), places, BASE).status_code == 422
    assert newest(world) is None


def test_a_fixed_piece_and_a_closed_stage_take_none(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    with world():
        db.session.get_one(Section, places["section"]).openness = "fixed"
        db.session.commit()
    assert suggest(client_for("staff"), places).status_code == 403


def test_accepted_as_it_is_credits_its_author(client_for: Any, world: Any, places: dict[str, int]) -> None:
    suggest(client_for("staff"), places)
    made = newest(world)
    assert accept(client_for("planner"), made.id, WANTED).status_code == 303
    assert head(world, places) == (2, WANTED)
    assert newest(world).ruling == "accepted"
    with world():
        revision = db.session.scalars(
            select(Revision).where(Revision.section_id == places["section"], Revision.number == 2)
        ).one()
        assert (revision.kind, revision.suggestion_id) == ("suggestion", made.id)


def test_accepted_with_changes_shows_the_author_what_was_changed(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    staff = client_for("staff")
    suggest(staff, places)
    made = newest(world)
    assert accept(client_for("planner"), made.id, WANTED.replace("sore", "malam")).status_code == 303
    assert newest(world).ruling == "partly"
    page = read(staff.get(f"/saran/{made.id}"))
    assert "Yang diubah penyusun dari saran ini" in page.text
    assert "malam" in page.text and "Diterima dengan perubahan" in page.text


def test_declined_with_a_reason_only(client_for: Any, world: Any, places: dict[str, int]) -> None:
    suggest(client_for("staff"), places)
    made, planner = newest(world), client_for("planner")
    assert planner.send(f"/saran/{made.id}/penolakan", {"reason": ""}).status_code == 422
    assert planner.send(f"/saran/{made.id}/penolakan", {"reason": "Petugas kurang."}).status_code == 303
    ruled = newest(world)
    assert (ruled.ruling, ruled.ruling_reason) == ("declined", "Petugas kurang.")
    assert head(world, places) == (1, BASE)


def test_nobody_rules_on_their_own(client_for: Any, world: Any, places: dict[str, int]) -> None:
    planner = client_for("planner")
    suggest(planner, places)
    made = newest(world)
    assert accept(planner, made.id, WANTED).status_code == 403
    assert planner.send(f"/saran/{made.id}/penolakan", {"reason": "x"}).status_code == 403
    assert client_for("staff").send(f"/saran/{made.id}/penarikan", {}).status_code == 403
    assert planner.send(f"/saran/{made.id}/penarikan", {}).status_code == 303
    assert newest(world).ruling == "withdrawn"


def test_moved_base_is_carried_over_to_todays_text(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    suggest(client_for("staff"), places)
    made, planner = newest(world), client_for("planner")
    later = BASE.replace("pegawai", "pemohon")
    planner.send(f"/bagian/{places['section']}/sunting", {"based_on": "1", "body": later})
    page = planner.page(f"/saran/{made.id}/penerimaan")
    both = WANTED.replace("pegawai", "pemohon")
    assert page.find("textarea", name="body").text.strip() == both
    assert "Ditulis pada versi 1" in page.text
    assert accept(planner, made.id, WANTED, based_on=1).status_code == 409
    assert newest(world).ruling is None
    assert accept(planner, made.id, both, based_on=2).status_code == 303
    assert head(world, places) == (3, both)
    assert newest(world).ruling == "accepted"


def test_same_words_compete_and_others_do_not(client_for: Any, world: Any, places: dict[str, int]) -> None:
    suggest(client_for("staff"), places)
    first = newest(world)
    suggest(client_for("colleague"), places, BASE.replace("pagi", "siang"))
    suggest(client_for("editor"), places, BASE.replace("sendiri", "bersama"))
    third = newest(world)
    page = client_for("planner").page(f"/rencana/{places['plan']}/saran")
    assert "bersaing" in words(page.find("article", id=f"saran-{first.id}"))
    assert "bersaing" not in words(page.find("article", id=f"saran-{third.id}"))


def test_figures_of_a_line(client_for: Any, world: Any, places: dict[str, int]) -> None:
    with world():
        name = db.session.get_one(Line, places["line"]).name
    staff, planner = client_for("staff"), client_for("planner")
    sent = {"based_on": "1", "name": name, "target": "77", "reason": REASON}
    assert staff.send(f"/baris/{places['line']}/saran", sent).status_code == 303
    made = newest(world)
    taken = {"based_on": "1", "name": name, "target": "77"}
    assert planner.send(f"/saran/{made.id}/penerimaan", taken).status_code == 303
    with world():
        assert db.session.get_one(Line, places["line"]).target == 77
    assert newest(world).ruling == "accepted"


def test_support_counts_once_and_is_taken_back(client_for: Any, world: Any, places: dict[str, int]) -> None:
    staff, colleague = client_for("staff"), client_for("colleague")
    suggest(staff, places)
    made = newest(world)
    assert staff.send(f"/saran/{made.id}/dukungan", {}).status_code == 403
    for _time in range(2):
        assert colleague.send(f"/saran/{made.id}/dukungan", {}).status_code == 303
    with world():
        assert db.session.scalar(select(func.count()).select_from(SuggestionSupport)) == 1
    colleague.send(f"/saran/{made.id}/dukungan/penarikan", {})
    with world():
        assert db.session.scalar(select(func.count()).select_from(SuggestionSupport)) == 0


def test_two_rule_at_once_and_one_ruling_stands(client_for: Any, world: Any, places: dict[str, int]) -> None:
    suggest(client_for("staff"), places)
    made = newest(world)
    hands = [client_for("planner") for _hand in range(4)]
    statuses: list[int] = []

    def deed(n: int) -> Any:
        if n % 2:
            return lambda: statuses.append(
                hands[n].send(f"/saran/{made.id}/penolakan", {"reason": "Tidak."}).status_code
            )
        return lambda: statuses.append(accept(hands[n], made.id, WANTED).status_code)

    together([deed(n) for n in range(4)])
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 403, 409}
    ruled = newest(world)
    assert head(world, places)[0] == (2 if ruled.ruling == "accepted" else 1)


def test_it_waits_for_who_may_rule_and_its_author_hears(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    staff, planner = client_for("staff"), client_for("planner")
    suggest(staff, places)
    made = newest(world)
    waits = "Saran perubahan atas"
    assert waits in planner.page("/menunggu-saya").text
    assert waits not in staff.page("/menunggu-saya").text
    planner.send(f"/saran/{made.id}/penolakan", {"reason": "Petugas kurang."})
    assert waits not in planner.page("/menunggu-saya").text
    page = staff.page("/menunggu-saya")
    assert page.find("a", href=f"/saran/{made.id}") is not None
    assert "Saran ditolak" in page.text
