"""What is typed in any form waits for its writer until it is sent."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.people.models import Draft
from tests import factories as make
from tests.conftest import path_of


class Case(NamedTuple):
    """A form that keeps drafts: who writes, where it opens, where its draft goes, what is typed, what sends it."""

    who: str
    opens: str
    draft: str
    typed: dict[str, Any]
    sends: dict[str, Any]
    to: str = ""


PROPOSAL = {
    "title": "Loket dibuka sampai sore",
    "problem": "Antre.",
    "idea": "Satu loket.",
    "benefit": "Cepat.",
    "cost": "",
    "sub_activity": "",
}
NOTICE = {"what": "A", "why": "B", "benefit": "C", "when": "D", "still_open": "E"}
CASES = {
    "new proposal": Case(
        "staff", "/usulan/baru?rencana={plan}", "/draf/usulan-baru/{plan}", {"title": "Loket buka", "problem": "Antre"}, PROPOSAL
    ),
    "proposal": Case("staff", "/usulan/{own}/sunting", "/draf/usulan/{own}", {"idea": "Dua loket"}, PROPOSAL),
    "new line": Case(
        "planner", "/rencana/{plan}/baris/baru", "/draf/baris-baru/{plan}", {"sub_activity": "1.01.01", "name": "Baris lama"},
        {"sub_activity": "1.01.01.2.01.0001", "name": "Baris"},
    ),
    "answer": Case(
        "leader", "/usulan/{proposal}/jawaban", "/draf/jawaban/{proposal}", {"kind": "declined", "text": "Belum"},
        {"kind": "accepted", "text": "Baik.", "ground": "", "condition": ""},
    ),
    "reply to a concern": Case(
        "leader", "/kekhawatiran/{concern}/balasan", "/draf/balasan-kekhawatiran/{concern}", {"text": "Kami paham"},
        {"kind": "answered", "text": "Kami paham."},
    ),
    "new notice": Case(
        "leader", "/perubahan/{initiative}/pemberitahuan/baru", "/draf/pemberitahuan-baru/{initiative}",
        {"title": "Loket pindah", "what": "Semua loket", "audience": ["{unit}", "{below}"]},
        {"title": "Loket pindah", "audience": ["{unit}"], "due_on": "2026-04-30", **NOTICE},
    ),
    "next notice": Case(
        "leader", "/pemberitahuan/{notice}/versi/baru", "/draf/pemberitahuan/{notice}", {"number": "1", "what": "Semua loket"},
        {"number": "1", "material": "y", **NOTICE},
    ),
    "suggestion for a section": Case(
        "staff", "/bagian/{section}/saran", "/draf/saran-bagian/{section}", {"based_on": "1", "body": "Kata lain", "reason": "Jelas"},
        {"based_on": "1", "body": "Kata lain.", "reason": "Lebih jelas."},
    ),
    "suggestion for a line": Case(
        "staff", "/baris/{line}/saran", "/draf/saran-baris/{line}", {"based_on": "1", "name": "Promosi", "note": "Kata lain"},
        {"based_on": "1", "name": "Promosi lain", "reason": "Lebih jelas."},
    ),
    "comment on a section": Case(
        "staff", "/bagian/{section}", "/draf/percakapan/{section_thread}", {"body": "Saya rasa"}, {"body": "Saya rasa cukup."},
        to="/bagian/{section}/tanggapan",
    ),
    "comment on a proposal": Case(
        "staff", "/usulan/{proposal}", "/draf/percakapan/{proposal_thread}", {"body": "Saya rasa"}, {"body": "Saya rasa cukup."},
        to="/usulan/{proposal}/tanggapan",
    ),
    "reply in a conversation": Case(
        "staff", "/usulan/{proposal}", "/draf/balasan/{comment}", {"body": "Saya rasa"}, {"parent": "{comment}", "body": "Setuju."},
        to="/usulan/{proposal}/tanggapan",
    ),
}  # fmt: skip


@pytest.fixture
def made(world: Any, ids: dict[str, int]) -> dict[str, Any]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"], starts={"forum": date(2026, 3, 1)})
        section, line = make.section(plan, body="Semula."), make.line(plan)
        proposal = make.proposal(plan, ids["colleague"], clock.now())
        notice = make.notice(ids["unit:bkpsdm"], ids["leader"])
        return {
            "plan": plan.id,
            "own": make.proposal(plan, ids["staff"]).id,
            "proposal": proposal.id,
            "proposal_thread": proposal.thread_id,
            "comment": make.comment(proposal.thread_id, ids["colleague"]).id,
            "section": section.id,
            "section_thread": section.thread_id,
            "line": line.id,
            "notice": notice.id,
            "initiative": notice.initiative_id,
            "concern": make.concern(notice, ids["editor"]).id,
            "unit": ids["unit:bkpsdm"],
            "below": ids["unit:mutasi"],
        }


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, made: dict[str, Any]) -> Case:
    def put(value: Any) -> Any:
        return [put(one) for one in value] if isinstance(value, list) else value.format_map(made)

    found = CASES[request.param]
    filled = [put(text) for text in (found.who, found.opens, found.draft)]
    typed, sends = ({name: put(value) for name, value in form.items()} for form in (found.typed, found.sends))
    return Case(*filled, typed, sends, put(found.to or found.opens))


def shown(page: Any, case: Case) -> dict[str, Any]:
    """What stands in the form that keeps the draft."""
    [form] = [one for one in page.all("form") if one.get("data-draft") == case.draft]
    found: dict[str, Any] = {}
    for field in form.iter():
        if field.tag not in ("input", "textarea", "select"):
            continue
        name = field.get("name")
        if field.tag == "textarea":
            found[name] = (field.text or "").removeprefix("\n")
        elif field.tag == "select":
            found[name] = next(
                (one.get("value") for one in field.iter("option") if one.get("selected") is not None), ""
            )
        elif field.get("type") == "checkbox":
            if field.get("checked") is not None:
                found.setdefault(name, []).append(field.get("value"))
        else:
            found[name] = field.get("value") or ""
    return found


def kept(world: Any) -> int:
    with world():
        return len(db.session.scalars(select(Draft.place)).all())


def test_it_is_kept_waits_for_me_and_is_forgotten_when_sent(client_for: Any, world: Any, case: Case) -> None:
    writer = client_for(case.who)
    answer = writer.send(case.draft, case.typed | {"skrip": "1"})
    assert answer.status_code == 200
    assert "tersimpan sebagai draf" in answer.text
    inbox = writer.page("/menunggu-saya")
    assert "belum dikirim" in inbox.text
    assert any((link.get("href") or "").split("#")[0] == case.opens for link in inbox.all("a"))
    page = writer.page(case.opens)
    assert {name: shown(page, case)[name] for name in case.typed} == case.typed
    answer = writer.send(case.to, case.sends)
    assert answer.status_code == 303, answer.text
    assert kept(world) == 0
    assert "belum dikirim" not in writer.page("/menunggu-saya").text


def test_its_words_are_read_and_thrown_away_where_the_form_is_closed(
    client_for: Any, world: Any, made: dict[str, Any], stopped: Any
) -> None:
    planner, here = client_for("planner"), f"/bagian/{made['section']}/sunting"
    planner.send(f"/bagian/{made['section']}/draf", {"based_on": "1", "body": "Kata yang belum\ndikirim."})
    planner.send(
        f"/baris/{made['line']}/draf",
        {"based_on": "1", "name": "Baris lain", "target": "sepuluh", "ceiling": "12345678"},
    )
    stopped.set(clock.now().replace(month=4, day=14))
    planner = client_for("planner")
    page = planner.page(here, status=403)
    address = next(one.get("href") for one in page.all("a") if one.text == "Baca draf Anda")
    page = planner.page(address)
    assert page.find("dd").text == "Kata yang belum\ndikirim."
    assert "Naskah" in page.text
    page = planner.page("/draf")
    assert len([one for one in page.all("a") if "tempat=" in (one.get("href") or "")]) == 2
    page = planner.page("/draf?tempat=line:" + str(made["line"]))
    assert [one.text for one in page.all("dd")] == ["Baris lain", "sepuluh", "12345678"]
    assert "Pagu indikatif (rupiah)" in page.text
    stranger = client_for("staff")
    assert "Kata yang belum" not in stranger.page(address).text
    assert stranger.send("/draf", {"place": f"section:{made['section']}"}).status_code == 303
    assert kept(world) == 2
    assert planner.send("/draf", {"place": f"section:{made['section']}"}).status_code == 303
    assert kept(world) == 1
    assert "Baca draf Anda" not in planner.page(here, status=403).text


@pytest.mark.parametrize("kept_in", ["id", "en"])
@pytest.mark.parametrize(
    ("name", "indonesian", "english"),
    [
        ("new proposal", "usulan baru Renja 2027", "a new proposal for the Renja 2027"),
        ("new line", "baris baru Renja 2027", "a new line of the Renja 2027"),
    ],
)
def test_its_place_is_named_in_the_readers_language(client_for, made, kept_in, name, indonesian, english):
    written = CASES[name]
    writer = client_for(written.who)
    writer.send("/bahasa", {"language": kept_in})
    writer.send(written.draft.format_map(made), written.typed)
    for language, title, other in (("id", indonesian, english), ("en", english, indonesian)):
        writer.send("/bahasa", {"language": language})
        for address in ("/menunggu-saya", "/draf"):
            text = writer.page(address).text
            assert title in text and other not in text


def test_it_is_mine_alone(client_for: Any, case: Case) -> None:
    client_for(case.who).send(case.draft, case.typed)
    other = client_for("secretary")
    assert "belum dikirim" not in other.page("/menunggu-saya").text
    answer = other.get(case.opens)
    assert "tersimpan sebagai draf" not in answer.text
    for value in (value for value in case.typed.values() if isinstance(value, str) and len(value) > 8):
        assert value not in answer.text


def test_a_button_keeps_it_and_it_can_be_thrown_away(client_for: Any, world: Any, case: Case) -> None:
    writer = client_for(case.who)
    answer = writer.send(case.draft, case.typed)
    assert (answer.status_code, path_of(answer)) == (303, case.opens.split("?")[0])
    page = writer.page(case.opens)
    [discard] = [one for one in page.all("form", data_discard="1") if one.get("action") == case.draft]
    assert discard is not None
    assert writer.send(case.draft, {"urusan": "buang"}).status_code == 303
    assert kept(world) == 0


def test_one_that_comes_late_is_none(client_for: Any, world: Any, case: Case) -> None:
    writer, token = client_for(case.who), "satu-formulir-satu-token"
    writer.send(case.to, case.sends, token=token)
    assert writer.send(case.draft, case.typed | {"skrip": "1"}, token=token).status_code == 200
    assert kept(world) == 0


def test_there_is_no_other_kind(client_for: Any, made: dict[str, Any]) -> None:
    assert client_for("staff").send("/draf/lain/1", {"body": "x"}).status_code == 404
    assert client_for("staff").send("/draf/percakapan/999999", {"body": "x"}).status_code == 404


def test_drafts_of_all_forms_are_limited_together(
    client_for: Any, made: dict[str, Any], stopped: Any
) -> None:
    staff = client_for("staff")
    paths = [f"/draf/usulan-baru/{made['plan']}", f"/draf/percakapan/{made['section_thread']}"]
    answers = [
        staff.send(paths[n % 2], {"title": "x", "body": "x", "skrip": "1"}).status_code for n in range(41)
    ]
    assert answers == [200] * 40 + [429]
