"""Owners call pieces ready; the verifier types in the ceiling and verifies; the leader adopts; a new edition follows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import audit, clock
from portal.db import db
from portal.drafting import adoption, queries, verification
from portal.drafting.models import Finding, Line, Origin, Ready, Revision, Section, Snapshot, Verification
from portal.plans.models import CeilingReason, Plan
from tests import cast
from tests import factories as make
from tests.conftest import read, words
from tests.drafting.test_races import together

pytestmark = pytest.mark.slow


def day(month: int, number: int) -> datetime:
    return cast.NOW.replace(month=month, day=number)


IN_VERIFICATION, IN_FINAL = day(4, 20), day(6, 10)
DECREE = {"decree_number": "188.45/12/2026", "decree_on": "2026-06-09"}


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"], ceiling=400_000_000)
        section = make.section(plan, ids["unit:mutasi"])
        line = make.line(plan)
        return {"plan": plan.id, "section": section.id, "line": line.id}


def verdict(outcome: str, **more: str) -> dict[str, str]:
    points = {f"{item}_result": "fit" for item in verification.CHECKLIST}
    return points | {"outcome": outcome} | more


def passed(client_for: Any, places: dict[str, int], stopped: Any) -> None:
    """Bring the plan to the point where it can be adopted."""
    stopped.set(IN_FINAL)
    answer = client_for("verifier").send(f"/rencana/{places['plan']}/verifikasi", verdict("passed"))
    assert answer.status_code == 303, answer.text[:500]


# Owners and readiness


def test_an_editor_calls_several_pieces_ready_at_once_and_a_later_version_asks_again(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int], count_queries: Any
) -> None:
    editor, board = client_for("editor"), f"/rencana/{places['plan']}/kesiapan"
    with world():
        db.session.get_one(Line, places["line"]).unit_id = ids["unit:mutasi"]
    section, line = f"section:{places['section']}:1", f"line:{places['line']}:1"
    count_queries()
    page = editor.page(board)
    assert count_queries() <= 12
    assert {box.get("value") for box in page.all("input", type="checkbox")} == {section, line}
    page.find("a", href=f"/bagian/{places['section']}")
    assert "Rencana" in words(page.find("a", aria_current="page"))
    nothing = read(editor.send(board))
    assert nothing.response.status_code == 422 and "Silakan pilih sedikitnya satu" in nothing.text
    assert editor.send(board, {"piece": [section, line]}).status_code == 303
    assert editor.send(board, {"piece": [section, line]}).status_code == 303
    assert "Semua sudah siap" in client_for("planner").page(board).text
    with world():
        assert db.session.scalar(select(func.count(Ready.id))) == 2
    client_for("planner").send(f"/bagian/{places['section']}/sunting", {"based_on": "1", "body": "Baru."})
    later = client_for("editor").page(board)
    assert [box.get("value") for box in later.all("input", type="checkbox")] == [
        f"section:{places['section']}:2"
    ]
    assert editor.send(board, {"piece": section}).status_code == 303
    assert "1 berubah atau sudah siap" in editor.page(board).text
    with world():
        assert db.session.scalar(select(func.count(Ready.id))) == 2


def test_what_is_not_written_cannot_be_called_ready_and_says_what_is_missing(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    board = f"/rencana/{places['plan']}/kesiapan"
    with world():
        line = db.session.get_one(Line, places["line"])
        line.unit_id, line.target, line.ceiling = ids["unit:mutasi"], None, None
        db.session.get_one(Section, places["section"]).body = ""
    page = client_for("editor").page(board)
    assert "Belum ditulis." in page.text and "Belum diisi: target, pagu." in page.text
    assert not page.all("input", type="checkbox")
    page.find("a", href=f"/baris/{places['line']}")
    both = [f"section:{places['section']}:1", f"line:{places['line']}:1"]
    assert client_for("editor").send(board, {"piece": both}).status_code == 422
    with world():
        assert db.session.scalar(select(func.count(Ready.id))) == 0


def test_who_does_not_own_a_piece_does_not_call_it_ready(client_for: Any, places: dict[str, int]) -> None:
    board = f"/rencana/{places['plan']}/kesiapan"
    line, section = f"line:{places['line']}:1", f"section:{places['section']}:1"
    assert client_for("editor").send(board, {"piece": line}).status_code == 403
    assert client_for("staff").send(board, {"piece": section}).status_code == 403
    assert client_for("planner").send(board, {"piece": [line, section]}).status_code == 403
    assert client_for("planner").send(board, {"piece": line}).status_code == 303


def test_planner_sees_how_much_waits_for_each_unit_and_opens_one(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    board = f"/rencana/{places['plan']}/kesiapan"
    with world():
        plan = db.session.get_one(Plan, places["plan"])
        make.section(plan, ids["unit:mutasi"], heading="Isu")
        make.section(plan, ids["unit:mutasi"], body="", number="I", heading="Pendahuluan")
    page = client_for("planner").page(board)
    assert "2 bagian atau baris belum siap" in page.text, "the chapter over them is a heading"
    assert "Latar belakang" not in page.text
    opened = client_for("planner").page(f"{board}?unit={ids['unit:mutasi']}")
    opened.find("a", href=f"/bagian/{places['section']}")
    assert "Isu" in opened.text


def test_planner_gives_many_pieces_to_a_unit_at_once(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    planner, url = client_for("planner"), f"/rencana/{places['plan']}/pemilik"
    planner.page(url)
    chosen = [f"section:{places['section']}", f"line:{places['line']}"]
    assert planner.send(url, {"unit": str(ids["unit:mutasi"])}).status_code == 422
    assert planner.send(url, {"piece": chosen, "unit": str(ids["unit:aplikasi"])}).status_code == 422
    assert planner.send(url, {"piece": chosen, "unit": str(ids["unit:mutasi"])}).status_code == 303
    with world():
        assert db.session.get_one(Line, places["line"]).unit_id == ids["unit:mutasi"]
        assert db.session.get_one(Section, places["section"]).unit_id == ids["unit:mutasi"]


# Checks and ceiling


def test_the_checks_stand_beside_the_table_and_lead_to_the_cell(
    client_for: Any, places: dict[str, int]
) -> None:
    planner = client_for("planner")
    assert "hal perlu dilihat" in planner.page(f"/rencana/{places['plan']}/tabel").text
    page = planner.page(f"/rencana/{places['plan']}/pemeriksaan")
    cell = f"/baris/{places['line']}/sunting#line-{places['line']}-location"
    page.find("a", href=cell)
    planner.page(f"/baris/{places['line']}/sunting").find("textarea", id=f"line-{places['line']}-location")


def test_ceiling_is_typed_in_by_the_verifier_and_exceeding_it_needs_a_leaders_reason(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    plan = f"/rencana/{places['plan']}"
    assert client_for("planner").send(f"{plan}/pagu", {"ceiling": "1"}).status_code == 403
    assert client_for("verifier").send(f"{plan}/pagu", {"ceiling": "banyak"}).status_code == 422
    assert client_for("verifier").send(f"{plan}/pagu", {"ceiling": "300.000.000"}).status_code == 303
    assert "Melampaui pagu Rp10.000.000" in client_for("staff").page(f"{plan}/pemeriksaan").text
    stopped.set(IN_FINAL)
    verifier = client_for("verifier")
    refused = read(verifier.send(f"{plan}/verifikasi", verdict("passed")))
    assert refused.response.status_code == 422 and "pimpinan belum menulis" in refused.text
    assert client_for("planner").send(f"{plan}/alasan-pagu", {"text": "Perlu."}).status_code == 403
    assert client_for("leader").send(f"{plan}/alasan-pagu", {"text": ""}).status_code == 422
    assert client_for("leader").send(f"{plan}/alasan-pagu", {"text": "Amanat baru."}).status_code == 303
    assert verifier.send(f"{plan}/verifikasi", verdict("passed")).status_code == 303
    with world():
        assert db.session.scalar(select(CeilingReason.text)) == "Amanat baru."


def test_who_may_not_edit_is_led_to_the_cell_as_well(client_for: Any, places: dict[str, int]) -> None:
    page = client_for("staff").page(f"/rencana/{places['plan']}/pemeriksaan")
    page.find("a", href=f"/baris/{places['line']}#isian-location")
    page.find("a", href=f"/baris/{places['line']}#isian-name")
    line = client_for("staff").page(f"/baris/{places['line']}")
    assert "Lokasi" in words(line.find("span", id="isian-location"))
    assert "5.03.02" in words(line.find("div", id="isian-name"))


# Verification


def test_a_round_is_returned_mended_and_passed_and_each_is_kept(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    url = f"/rencana/{places['plan']}/verifikasi"
    stopped.set(IN_VERIFICATION)
    verifier, planner = client_for("verifier"), client_for("planner")
    edit = {"based_on": "1", "name": "Pengelolaan Promosi ASN", "location": "Kotabumi"}
    assert planner.send(f"/baris/{places['line']}/sunting", edit).status_code == 403
    note = {"place_0": "5.03.02.2.02.0003", "note_0": "Lokasi kosong."}
    assert verifier.send(url, verdict("passed", **note)).status_code == 422
    assert verifier.send(url, verdict("returned")).status_code == 422
    unknown = read(verifier.send(url, verdict("returned", place_0="9.99", note_0="Apa ini?")))
    assert "tidak ada" in unknown.errors()["place_0"]
    assert verifier.send(url, verdict("returned", **note)).status_code == 303
    assert "1 catatan masih harus diperbaiki" in planner.page(url).text
    stopped.forward(hours=1)
    assert client_for("planner").send(f"/baris/{places['line']}/sunting", edit).status_code == 303
    assert "0 catatan masih harus diperbaiki" in client_for("planner").page(url).text
    assert client_for("verifier").send(url, verdict("passed")).status_code == 303
    with world():
        rounds = db.session.execute(select(Verification.number, Verification.outcome)).all()
        assert sorted(map(tuple, rounds)) == [(1, "returned"), (2, "passed")]
        assert db.session.scalar(select(func.count(Finding.id))) == 2 * len(verification.CHECKLIST) + 1
    assert "Lokasi kosong." in client_for("staff").page(url).text


def test_two_verdicts_at_once_are_two_rounds(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    stopped.set(IN_VERIFICATION)
    clients = [client_for("verifier") for _n in range(3)]
    together(
        [lambda c=c: c.send(f"/rencana/{places['plan']}/verifikasi", verdict("passed")) for c in clients]
    )
    with world():
        assert sorted(db.session.scalars(select(Verification.number))) == [1, 2, 3]


# Adoption


def test_the_page_says_what_is_missing_and_refuses_until_then(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int], stopped: Any
) -> None:
    url = f"/rencana/{places['plan']}/penetapan"
    with world():
        make.proposal(db.session.get_one(Plan, places["plan"]), ids["staff"], clock.now())
    assert client_for("leader").send(url, DECREE).status_code == 403
    stopped.set(IN_FINAL)
    page = client_for("leader").page(url)
    assert "1 usulan belum dijawab" in page.text and "Verifikasi terakhir belum lolos" in page.text
    assert client_for("leader").send(url, DECREE).status_code == 403
    assert client_for("planner").send(url, DECREE).status_code == 403
    with world():
        assert db.session.scalar(select(func.count(Snapshot.id))) == 0


def test_adopting_freezes_the_text_with_its_hash_and_nobody_edits(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int], stopped: Any
) -> None:
    passed(client_for, places, stopped)
    url, leader = f"/rencana/{places['plan']}/penetapan", client_for("leader")
    assert "Plt." in leader.page(url).text
    assert leader.send(url, DECREE | {"decree_number": ""}).status_code == 422
    assert leader.send(url, DECREE | {"decree_on": "2026-06-11"}).status_code == 422
    assert leader.send(url, DECREE).status_code == 303
    with world():
        snapshot = db.session.scalars(select(Snapshot)).one()
        assert snapshot.sha256 == audit.sha(snapshot.content)
        assert snapshot.duty_id == ids["duty:leader"]
        assert snapshot.content["sections"][0]["body"] == "Teks bagian."
        assert snapshot.content["lines"][0]["ceiling"] == 310_000_000
        kept = snapshot.sha256
    assert kept in client_for("staff").page(url).text
    planner = client_for("planner")
    for path, form in (
        (f"/bagian/{places['section']}/sunting", {"based_on": "1", "body": "Lain."}),
        (f"/baris/{places['line']}/coretan", {"reason": "Salah."}),
        (f"/baris/{places['line']}/keterbukaan", {"openness": "decide"}),
        (f"/rencana/{places['plan']}/pemilik", {"piece": f"line:{places['line']}", "unit": "1"}),
        (f"/rencana/{places['plan']}/kesiapan", {"piece": f"line:{places['line']}:1"}),
    ):
        assert planner.send(path, form).status_code == 403, path
    assert client_for("verifier").send(f"/rencana/{places['plan']}/pagu", {"ceiling": "1"}).status_code == 403
    assert leader.send(url, DECREE).status_code == 403


def test_of_two_leaders_one_adopts(client_for: Any, world: Any, places: dict[str, int], stopped: Any) -> None:
    passed(client_for, places, stopped)
    clients = [client_for("leader"), client_for("secretary")]
    statuses: list[int] = []
    together(
        [
            lambda c=c: statuses.append(c.send(f"/rencana/{places['plan']}/penetapan", DECREE).status_code)
            for c in clients
        ]
    )
    assert sorted(statuses)[0] == 303 and sorted(statuses)[1] in (403, 409)
    with world():
        assert db.session.scalar(select(func.count(Snapshot.id))) == 1


def test_a_save_beside_an_adoption_is_in_the_snapshot_or_refused_with_its_text(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    passed(client_for, places, stopped)
    leader, planner = client_for("leader"), client_for("planner")
    got: dict[str, Any] = {}

    def save() -> None:
        form = {"based_on": "1", "body": "Kalimat terakhir."}
        got["save"] = planner.send(f"/bagian/{places['section']}/sunting", form)

    def adopt() -> None:
        got["adopt"] = leader.send(f"/rencana/{places['plan']}/penetapan", DECREE)

    together([save, adopt])
    assert got["adopt"].status_code == 303
    with world():
        body = db.session.get_one(Section, places["section"]).body
        frozen = db.session.scalars(select(Snapshot)).one().content["sections"][0]["body"]
    assert frozen == body
    assert (got["save"].status_code == 303) == (body == "Kalimat terakhir.")
    assert got["save"].status_code in (303, 403, 409)


def test_who_began_saving_before_the_adoption_keeps_the_text(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any, monkeypatch: Any
) -> None:
    """The adoption falls between the look at the stage and the save."""
    passed(client_for, places, stopped)
    with world():
        adoption_of(places["plan"])
    from portal.drafting import routes

    monkeypatch.setattr(routes, "_editing", lambda _piece: (None, None))
    answer = client_for("planner").send(
        f"/bagian/{places['section']}/sunting", {"based_on": "1", "body": "Kalimat yang ditulis lama."}
    )
    assert answer.status_code == 409
    assert "Kalimat yang ditulis lama." in answer.text and "baru saja ditetapkan" in answer.text
    with world():
        assert db.session.get_one(Section, places["section"]).version == 1


def adoption_of(plan_id: int) -> None:
    content = adoption.content_of(db.session.get_one(Plan, plan_id))
    db.session.add(
        Snapshot(
            plan_id=plan_id, content=content, sha256=audit.sha(content), decree_number="1/2026",
            decree_on=date(2026, 6, 9), at=clock.now(),
        )
    )  # fmt: skip


# A new edition


def test_a_change_is_a_new_edition_that_shows_its_differences(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    passed(client_for, places, stopped)
    begin = f"/rencana/{places['plan']}/perubahan-renja"
    assert client_for("planner").get(begin).status_code == 403
    with world():
        adoption_of(places["plan"])
    starts = {
        kind: f"2026-{7 + n:02d}-01"
        for n, kind in enumerate(("initial_draft", "forum", "draft", "verification", "final_draft"))
    } | {"preparation": "2026-06-10"}
    planner = client_for("planner")
    planner.page(begin)
    assert planner.send(begin, starts | {"forum": "2026-06-01"}).status_code == 422
    assert planner.send(begin, starts).status_code == 303
    assert planner.send(begin, starts).status_code == 403
    with world():
        plan = db.session.scalars(select(Plan).where(Plan.edition == 1)).one()
        (section,), (line,) = queries.list_sections(plan.id), queries.list_lines(plan.id)
        assert (section.body, line.ceiling, line.version) == ("Teks bagian.", 310_000_000, 1)
        assert set(db.session.scalars(select(Origin.kind))) == {"carry_over"}
        assert db.session.scalar(select(func.count(Revision.id)).where(Revision.line_id == line.id)) == 1
        number, section_id = plan.id, section.id
    planner = client_for("planner")
    assert "Tidak ada perbedaan" in planner.page(f"/rencana/{number}/perbedaan").text
    planner.send(f"/bagian/{section_id}/sunting", {"based_on": "1", "body": "Teks bagian yang berubah."})
    page = planner.page(f"/rencana/{number}/perbedaan")
    assert "yang berubah" in page.text and "Perubahan Renja ke-1" in page.text
    assert "Teks bagian." in planner.page(f"/rencana/{places['plan']}").text


# Waiting for me


def test_each_finds_what_waits_for_them(client_for: Any, places: dict[str, int], stopped: Any) -> None:
    """Editor, verifier, planner, verifier again, leader: the plan goes round, each told in their own list."""
    stopped.set(day(4, 1))
    assert (
        "1 bagian atau baris unit Anda belum ditandai siap"
        in client_for("editor").page("/menunggu-saya").text
    )
    assert (
        "1 bagian atau baris unit Anda belum ditandai siap"
        in client_for("planner").page("/menunggu-saya").text
    )
    client_for("editor").send(
        f"/rencana/{places['plan']}/kesiapan", {"piece": f"section:{places['section']}:1"}
    )
    assert "belum ditandai siap" not in client_for("editor").page("/menunggu-saya").text
    asked = "Sumber Daya Manusia 2027 menunggu verifikasi Anda"
    assert asked not in client_for("verifier").page("/menunggu-saya").text
    stopped.set(IN_VERIFICATION)
    assert asked in client_for("verifier").page("/menunggu-saya").text
    url = f"/rencana/{places['plan']}/verifikasi"
    note = {"place_0": "I.1", "note_0": "Terlalu pendek."}
    client_for("verifier").send(url, verdict("returned", **note))
    assert asked not in client_for("verifier").page("/menunggu-saya").text
    assert "dikembalikan verifikator dengan 1 butir" in client_for("planner").page("/menunggu-saya").text
    stopped.forward(hours=1)
    client_for("planner").send(f"/bagian/{places['section']}/sunting", {"based_on": "1", "body": "Lebih."})
    assert asked in client_for("verifier").page("/menunggu-saya").text
    stopped.set(IN_FINAL)
    client_for("verifier").send(url, verdict("passed"))
    assert asked not in client_for("verifier").page("/menunggu-saya").text
    assert "menunggu penetapan Anda" in client_for("leader").page("/menunggu-saya").text
    client_for("leader").send(f"/rencana/{places['plan']}/penetapan", DECREE)
    assert "menunggu penetapan Anda" not in client_for("leader").page("/menunggu-saya").text


# Honesty card


def test_each_number_of_the_honesty_card_leads_to_the_records_it_counts(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int]
) -> None:
    with world():
        plan = db.session.get_one(Plan, places["plan"])
        make.section(plan, openness="fixed", openness_reason="Amanat")
        make.line(plan, "5.03.02.2.02.0004", dropped_at=clock.now())
        made = make.proposal(plan, ids["staff"], clock.now())
        db.session.add(Origin(line_id=places["line"], kind="proposal", proposal_id=made.id, at=clock.now()))
    with world():
        card = queries.honesty(places["plan"])
        assert (card.opened, card.changed) == (2, 1)
    for which, count in (("dibuka", card.opened), ("berubah", card.changed)):
        page = client_for("staff").page(f"/rencana/{places['plan']}/kartu-kejujuran?isi={which}")
        assert f"{count} bagian atau baris" in page.text
        assert len([a for a in page.all("a") if (a.get("href") or "").endswith("/asal-usul")]) == count


@pytest.mark.parametrize(
    "tab", ["tabel", "pemeriksaan", "kesiapan", "verifikasi", "penetapan", "kartu-kejujuran"]
)
def test_a_page_costs_the_same_queries_however_many_lines(
    client_for: Any, world: Any, places: dict[str, int], count_queries: Any, tab: str
) -> None:
    planner, url = client_for("planner"), f"/rencana/{places['plan']}/{tab}"
    planner.page(url)
    count_queries()
    planner.page(url)
    few = count_queries()
    with world():
        plan = db.session.get_one(Plan, places["plan"])
        for n in range(20):
            make.line(plan, f"5.03.02.2.03.{n:04d}", ceiling=0)
    count_queries()
    planner.page(url)
    assert count_queries() == few <= 12
