"""Suggestions: kept whole on their version, shown against today's text, ruled once by somebody else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import formatting
from portal.db import db
from portal.drafting.models import Line, Revision, Section, Suggestion, SuggestionSupport
from portal.ledger import Holiday
from portal.submissions import FIELD
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
    said = "Disarankan Sungai Jernih Contoh, S.Sos., diterima oleh Jendela Langit Contoh, S.Sos."
    of = f"/bagian/{places['section']}"
    pages = (
        f"{of}/riwayat",
        f"{of}/penulis",
        f"{of}/asal-usul?jenis=version",
        f"/rencana/{places['plan']}/riwayat",
    )
    for url in pages:
        assert said in client_for("colleague").page(url).text, url


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
    history = page.find("a", href=f"/bagian/{places['section']}/riwayat?dari=1&ke=2")
    said = "Disarankan Sungai Jernih Contoh, S.Sos., diterima dengan perubahan oleh Jendela Langit Contoh, S.Sos."
    assert said in staff.page(history.get("href")).text


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
    assert "Bersaing" in words(page.find("article", id=f"saran-{first.id}"))
    assert "Bersaing" not in words(page.find("article", id=f"saran-{third.id}"))


def filled(client: Any, places: dict[str, int], page: str) -> dict[str, str]:
    """The form of the line as it is opened."""
    found = client.page(f"/baris/{places['line']}/{page}")
    form = next(
        one for one in found.all("form") if any(e.get("name") == "based_on" for e in one.iter("input"))
    )
    sent = {e.get("name"): e.get("value") or "" for e in form.iter("input")}
    sent |= {e.get("name"): e.text or "" for e in form.iter("textarea")}
    for select_ in form.iter("select"):
        chosen = [o.get("value") for o in select_.iter("option") if o.get("selected") is not None]
        sent |= {select_.get("name"): chosen[0]} if chosen else {}
    return {name: value for name, value in sent.items() if name not in ("csrf_token", FIELD)}


def suggest_figures(client: Any, world: Any, places: dict[str, int], **figures: str) -> Suggestion:
    sent = filled(client, places, "saran") | {"reason": REASON} | figures
    assert client.send(f"/baris/{places['line']}/saran", sent).status_code == 303
    return newest(world)


def card(page: Any, suggestion_id: int) -> str:
    return words(page.find("article", id=f"saran-{suggestion_id}"))


def whole(client: Any, suggestion_id: int, based_on: int = 1) -> Any:
    """Accept it by one press, as it is on today's text."""
    return client.send(f"/saran/{suggestion_id}/penerimaan", {"based_on": str(based_on), "deed": "whole"})


def test_accepting_one_rebases_its_neighbour_and_asks_about_its_rival(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    suggest(client_for("staff"), places)  # pagi -> pagi dan sore
    first = newest(world)
    suggest(client_for("colleague"), places, BASE.replace("pagi", "siang"))
    rival = newest(world)
    suggest(client_for("editor"), places, BASE.replace("sendiri", "bersama"))
    neighbour = newest(world)
    planner = client_for("planner")
    page = planner.page(f"/saran/{rival.id}")
    assert "Bersaing" in page.text and page.find("a", href=f"/saran/{first.id}") is not None
    assert whole(planner, first.id).status_code == 303
    assert head(world, places) == (2, WANTED)

    page = planner.page(f"/rencana/{places['plan']}/saran")
    assert "Ditulis pada versi 1" in card(page, neighbour.id)
    assert "Kata yang sama sudah berubah" not in card(page, neighbour.id)
    assert "Kata yang sama sudah berubah" in card(page, rival.id)
    assert whole(planner, rival.id, 2).status_code == 409, "the same words: somebody has to look"
    assert newest(world).ruling is None and head(world, places)[0] == 2
    assert whole(planner, neighbour.id, 2).status_code == 303
    assert head(world, places) == (3, WANTED.replace("sendiri", "bersama"))
    settled = "Loket dibuka siang dan sore. Berkas dibawa bersama oleh pegawai."
    assert accept(planner, rival.id, settled, 3).status_code == 303
    with world():
        ruled = {one.id: one.ruling for one in db.session.scalars(select(Suggestion))}
    assert ruled == {first.id: "accepted", neighbour.id: "accepted", rival.id: "partly"}


def test_figures_compete_field_by_field(client_for: Any, world: Any, places: dict[str, int]) -> None:
    first = suggest_figures(client_for("staff"), world, places, target="77")
    rival = suggest_figures(client_for("colleague"), world, places, target="78")
    other = suggest_figures(client_for("editor"), world, places, ceiling="400.000.000", target="2")
    planner = client_for("planner")
    page = planner.page(f"/rencana/{places['plan']}/saran")
    assert "Bersaing" in card(page, first.id) and "Bersaing" in card(page, rival.id)
    assert "Bersaing" not in card(page, other.id)
    assert whole(planner, first.id).status_code == 303
    assert "Kata yang sama sudah berubah" in card(planner.page(f"/baris/{places['line']}"), rival.id)
    assert whole(planner, rival.id, 2).status_code == 409
    assert whole(planner, other.id, 2).status_code == 303
    with world():
        line = db.session.get_one(Line, places["line"])
        assert (line.target, line.ceiling, line.version) == (77, 400_000_000, 3)


def test_what_the_text_says_already_is_accepted_without_a_version(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    suggest(client_for("staff"), places)
    first = newest(world)
    suggest(client_for("colleague"), places)
    second, planner = newest(world), client_for("planner")
    assert "Bersaing" not in card(planner.page(f"/rencana/{places['plan']}"), first.id), "they want the same"
    assert whole(planner, first.id).status_code == 303
    assert "Sudah termuat dalam naskah" in card(planner.page(f"/rencana/{places['plan']}"), second.id)
    assert whole(planner, second.id, 2).status_code == 303
    assert newest(world).ruling == "accepted"
    assert head(world, places)[0] == 2
    assert "menjadi versi" not in client_for("colleague").page(f"/saran/{second.id}").text


def test_a_line_shows_what_waits_beside_its_row(client_for: Any, world: Any, places: dict[str, int]) -> None:
    made = suggest_figures(client_for("staff"), world, places, target="77")
    staff, planner = client_for("colleague"), client_for("planner")
    for url in (f"/rencana/{places['plan']}/tabel", f"/baris/{places['line']}"):
        for client, buttons in ((staff, 0), (planner, 1)):
            page = client.page(url)
            shown = page.find("article", id=f"saran-{made.id}")
            assert words(next(shown.iter("del"))) == "2" and words(next(shown.iter("ins"))) == "77"
            assert REASON in words(shown)
            answers = [words(one) for tag in ("button", "a") for one in shown.iter(tag)]
            assert answers.count("Terima") == answers.count("Tolak dengan alasan") == buttons, url
            assert answers.count("Terima dengan perubahan") == buttons
    row = planner.page(f"/rencana/{places['plan']}/tabel").find("details", id=f"baris-{places['line']}")
    assert "1 saran menunggu" in words(next(row.iter("summary")))
    assert whole(planner, made.id).status_code == 303
    page = planner.page(f"/rencana/{places['plan']}/tabel")
    row = words(page.find("details", id=f"baris-{places['line']}"))
    assert "saran menunggu" not in row and "77" in row and "1 saran, v2" in row


def test_what_is_typed_for_a_line_that_moved_on_is_shown_again(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    made = suggest_figures(client_for("staff"), world, places, target="77")
    planner = client_for("planner")
    sent = filled(planner, places, "sunting") | {"note": "Sesuai arahan"}
    assert planner.send(f"/baris/{places['line']}/sunting", sent).status_code == 303
    answer = planner.send(f"/saran/{made.id}/penerimaan", sent | {"target": "76", "note": ""})
    assert answer.status_code == 409
    text = read(answer).text
    assert "Yang Anda kirim" in text and "76" in text


@pytest.mark.parametrize(
    ("day", "left"), [((2026, 3, 10), False), ((2026, 3, 11), True), ((2026, 3, 17), True)]
)
def test_the_planner_is_told_what_is_left_before_a_stage_ends(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any, day: Any, left: bool
) -> None:
    """Forum ends on Tuesday, 17 March; Monday is a holiday, so that three working days are left on Wednesday."""
    suggest(client_for("staff"), places)
    with world():
        db.session.add(Holiday(on_date=date(2026, 3, 16), name="Hari libur contoh"))
    stopped.set(datetime(*day, 2, 0, tzinfo=UTC))
    said = "Tahapan ini berakhir Selasa, 17 Maret 2026 dan 1 saran belum diputuskan."
    waits = "tahapan berakhir dan 1 saran belum diputuskan"
    for who in ("planner", "staff"):
        client = client_for(who)
        page = client.page(f"/rencana/{places['plan']}/tabel")
        assert (said in page.text) == (left and who == "planner")
        assert (waits in client.page("/menunggu-saya").text) == (left and who == "planner")


def test_the_planner_is_told_what_is_left_after_suggesting_closed(
    client_for: Any, world: Any, places: dict[str, int], stopped: Any
) -> None:
    suggest(client_for("staff"), places)
    made = newest(world)
    stopped.set(datetime(2026, 4, 14, 2, 0, tzinfo=UTC))
    planner = client_for("planner")
    page = planner.page(f"/rencana/{places['plan']}")
    assert "Masa saran sudah ditutup dan 1 saran belum diputuskan." in page.text
    assert "Penyuntingan tidak dibuka pada tahapan Verifikasi" in page.text
    assert "Penyuntingan tidak dibuka pada tahapan Verifikasi" in planner.page(f"/saran/{made.id}").text
    page = planner.page("/menunggu-saya")
    assert "masa saran ditutup dan 1 saran belum diputuskan" in page.text
    assert "menunggu putusan Anda" not in page.text, "nothing is asked that cannot be done now"
    assert planner.page(f"/rencana/{places['plan']}/saran").find("article", id=f"saran-{made.id}") is not None
    assert suggest(client_for("colleague"), places, "Terlambat.").status_code == 403


def test_figures_of_a_line(client_for: Any, world: Any, places: dict[str, int]) -> None:
    made = suggest_figures(client_for("staff"), world, places, target="77")
    planner = client_for("planner")
    taken = filled(planner, places, "sunting") | {"target": "77"}
    assert planner.send(f"/saran/{made.id}/penerimaan", taken).status_code == 303
    with world():
        line = db.session.get_one(Line, places["line"])
        assert (line.target, line.indicator) == (77, "Jumlah Dokumen Hasil Pengelolaan Promosi ASN")
    assert newest(world).ruling == "accepted"


def test_support_counts_once_and_is_taken_back(client_for: Any, world: Any, places: dict[str, int]) -> None:
    staff, colleague = client_for("staff"), client_for("colleague")
    suggest(staff, places)
    made = newest(world)
    assert staff.send(f"/saran/{made.id}/dukungan", {}).status_code == 403
    cards = f"/rencana/{places['plan']}/saran"
    assert "Didukung" not in colleague.page(cards).text
    for _time in range(2):
        assert colleague.send(f"/saran/{made.id}/dukungan", {}).status_code == 303
    assert "Didukung 1 pegawai" in colleague.page(cards).text
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


def test_accepting_and_saving_at_once_lose_nothing(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    """Whoever comes second meets the text of the first: a clash that is kept, or a suggestion that still waits."""
    suggest(client_for("staff"), places)
    made = newest(world)
    typed = [f"{BASE} Tulisan tangan {n}." for n in range(3)]
    savers = [client_for("planner") for _one in typed]
    accepters = [client_for("planner") for _one in typed]
    saved: dict[str, int] = {}
    accepted: list[int] = []

    def save(n: int) -> Any:
        def deed() -> None:
            form = {"based_on": "1", "body": typed[n]}
            saved[typed[n]] = savers[n].send(f"/bagian/{places['section']}/sunting", form).status_code

        return deed

    def take(n: int) -> Any:
        return lambda: accepted.append(whole(accepters[n], made.id).status_code)

    together([deed for n in range(len(typed)) for deed in (save(n), take(n))])
    assert sorted((*saved.values(), *accepted)).count(303) == 1, (saved, accepted)
    assert {*saved.values(), *accepted} <= {303, 403, 409}
    with world():
        rows = list(db.session.scalars(select(Revision).where(Revision.section_id == places["section"])))
    assert {row.body for row in rows} >= set(typed), "what was typed is a version or a kept clash"
    assert sorted(row.number for row in rows if row.number) == [1, 2]
    version, body = head(world, places)
    was_accepted = 303 in accepted
    assert (version, body) == (2, WANTED if was_accepted else next(t for t, s in saved.items() if s == 303))
    assert newest(world).ruling == ("accepted" if was_accepted else None)


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


def test_its_day_is_the_same_on_the_card_and_among_what_waits(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    suggest(client_for("staff"), places)
    one, planner = newest(world), client_for("planner")
    with world():
        until = formatting.day_month(make.STARTS["verification"] - timedelta(days=1)).replace("\xa0", " ")
    for url in (
        "/menunggu-saya",
        f"/saran/{one.id}",
        f"/rencana/{places['plan']}/saran",
        f"/bagian/{places['section']}",
    ):
        page = planner.page(url)
        row = page.find("article", id=f"saran-{one.id}") if url != "/menunggu-saya" else page.find("main")
        assert until in words(row).replace("\xa0", " "), url
    links = [
        a.get("href")
        for a in planner.page(f"/saran/{one.id}").find("article", id=f"saran-{one.id}").iter("a")
    ]
    assert f"/saran/{one.id}" not in links, "a page does not lead to itself"
