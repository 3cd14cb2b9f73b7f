"""Comments on a plan's text: quotes, their states, colleagues named, and moderation that everybody can count."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.discussion.models import Comment, CommentState, Hiding, Mention
from portal.drafting.models import Section
from portal.ledger import AuditEvent
from tests import factories as make

BODY = "Antrean **panjang** di loket.\n\nSelisih data baru diketahui."
QUOTE = "panjang di loket"


@pytest.fixture
def section(world, ids):
    with world():
        return make.section(make.plan(ids["unit:bkpsdm"]), unit_id=ids["unit:mutasi"], body=BODY).id


@pytest.fixture
def quoted(client_for, section, world):
    answer = client_for("staff").send(
        f"/bagian/{section}/tanggapan", {"body": "Sejak kapan?", "quote": QUOTE, "on_version": "1"}
    )
    assert answer.status_code == 303
    with world():
        return db.session.scalars(select(Comment.id)).one()


def rewrite(client_for, section, body, version):
    fields = {"body": body, "based_on": str(version)}
    assert client_for("planner").send(f"/bagian/{section}/sunting", fields).status_code == 303


def test_quote_is_marked_and_numbered_in_the_text_and_beside_the_plan(client_for, section, quoted, world):
    text = client_for("colleague").get(f"/bagian/{section}").text
    assert '<strong><mark class="quoted">panjang</mark></strong>' in text
    assert f'<a href="#tanggapan-{quoted}">1</a>' in text
    assert "<b>1</b> panjang di loket" in text
    with world():
        plan_id = db.session.get_one(Section, section).plan_id
    whole = client_for("colleague").get(f"/rencana/{plan_id}").text
    assert f'<a href="/bagian/{section}#tanggapan-{quoted}">1</a>' in whole


def test_changed_words_keep_the_comment_and_returned_words_are_found_again(client_for, section, quoted):
    rewrite(client_for, section, BODY.replace("**panjang** di loket", "pendek"), 1)
    text = client_for("colleague").get(f"/bagian/{section}").text
    assert "Ditulis pada versi 1; teks sudah berubah." in text
    assert "<mark" not in text
    assert f'href="/bagian/{section}/riwayat?dari=1&amp;ke=2"' in text
    rewrite(client_for, section, BODY.replace("**panjang**", "panjang") + "\n\nBaru.", 2)
    text = client_for("colleague").get(f"/bagian/{section}").text
    assert '<mark class="quoted">panjang di loket' in text
    assert "teks sudah berubah" not in text


def test_who_quoted_words_finds_in_their_news_that_these_changed(
    client_for, section, quoted, world, stopped, count_queries
):
    told = "Kata yang Anda kutip pada “Latar belakang” berubah"
    staff = client_for("staff")
    rewrite(client_for, section, BODY + "\n\nBaru.", 1)
    assert told not in staff.page("/menunggu-saya").text, "the words stand"
    rewrite(client_for, section, BODY.replace("**panjang** di loket", "pendek"), 2)
    page = staff.page("/menunggu-saya")
    assert f"{told} (versi 3)." in page.text
    page.find("a", href=f"/tanggapan/{quoted}")
    assert told not in client_for("colleague").page("/menunggu-saya").text
    rewrite(client_for, section, BODY, 3)
    assert told not in staff.page("/menunggu-saya").text, "the words returned"
    rewrite(client_for, section, "Lain.", 4)
    assert told in staff.page("/menunggu-saya").text
    count_queries()
    staff.page("/menunggu-saya")
    one = count_queries()
    fields = {"body": "Sejak kapan?", "quote": "Lain.", "on_version": "5"}
    for _n in range(3):
        assert client_for("staff").send(f"/bagian/{section}/tanggapan", fields).status_code == 303
    rewrite(client_for, section, "Sama sekali baru.", 5)
    count_queries()
    assert staff.page("/menunggu-saya").text.count(told) == 4
    assert count_queries() == one <= 12
    with world():
        db.session.add(
            CommentState(comment_id=quoted, kind="settled", by_id=staff.ids["planner"], at=stopped.now())
        )
    assert staff.page("/menunggu-saya").text.count(told) == 3, "what is settled is not told"


def test_who_quoted_figures_of_a_line_is_told_as_well(client_for, world, ids):
    with world():
        line = make.line(make.plan(ids["unit:bkpsdm"]), location="Kotabumi").id
    fields = {"body": "Hanya di sini?", "quote": "Kotabumi", "on_version": "1"}
    assert client_for("staff").send(f"/baris/{line}/tanggapan", fields).status_code == 303
    changed = {"based_on": "1", "name": "Pengelolaan Promosi ASN", "location": "Abung"}
    assert client_for("planner").send(f"/baris/{line}/sunting", changed).status_code == 303
    assert (
        "Kata yang Anda kutip pada “Pengelolaan Promosi ASN” berubah"
        in client_for("staff").page("/menunggu-saya").text
    )


def test_a_quote_of_the_version_that_was_read_is_kept_though_the_text_moved_on(client_for, section, world):
    rewrite(client_for, section, "Sama sekali lain.", 1)
    fields = {"body": "Mengapa?", "quote": QUOTE, "on_version": "1"}
    assert client_for("staff").send(f"/bagian/{section}/tanggapan", fields).status_code == 303
    with world():
        assert db.session.scalars(select(Comment.on_revision)).one() == 1
    assert "Ditulis pada versi 1" in client_for("staff").page(f"/bagian/{section}").text


@pytest.mark.parametrize(
    "fields",
    [{"quote": "kata rekaan", "on_version": "1"}, {"quote": QUOTE, "on_version": "9"}, {"paragraph": "7"}],
)
def test_words_that_do_not_stand_there_are_refused_beside_the_field(client_for, section, world, fields):
    answer = client_for("staff").send(f"/bagian/{section}/tanggapan", {"body": "Mengapa?", **fields})
    assert answer.status_code == 422
    assert "Mengapa?" in answer.text
    with world():
        assert db.session.scalar(select(func.count(Comment.id))) == 0


def test_without_a_script_a_whole_paragraph_is_quoted(client_for, section, world):
    fields = {"body": "Berapa?", "paragraph": "1", "on_version": "1"}
    assert client_for("staff").send(f"/bagian/{section}/tanggapan", fields).status_code == 303
    with world():
        assert db.session.scalars(select(Comment.quote)).one() == "Selisih data baru diketahui."


def test_a_figure_of_a_line_is_quoted(client_for, world, ids):
    with world():
        line = make.line(make.plan(ids["unit:bkpsdm"]), location="Kalianda")
        line_id, version = line.id, line.version
    fields = {"body": "Mengapa di sana?", "quote": "Kalianda", "on_version": str(version)}
    answer = client_for("staff").send(f"/baris/{line_id}/tanggapan", fields)
    assert answer.status_code == 303, answer.text
    assert '<mark class="quoted">Kalianda' in client_for("staff").get(f"/baris/{line_id}").text


def test_state_names_version_and_who_and_a_repetition_changes_nothing(client_for, section, quoted, world):
    path = f"/tanggapan/{quoted}/keadaan"
    assert client_for("planner").send(path, {"kind": "changed", "version": "1"}).status_code == 403
    rewrite(client_for, section, "Lain.", 1)
    assert client_for("editor").send(path, {"kind": "changed", "version": "2"}).status_code == 303
    assert client_for("editor").send(path, {"kind": "changed", "version": "2"}).status_code == 303
    text = client_for("colleague").page(f"/bagian/{section}").text
    assert "Mengubah teks (versi 2)" in text
    assert "Melati Angin Rekaan" in text
    assert "mengubah teks (versi 2)" in client_for("staff").page("/menunggu-saya").text
    assert client_for("staff").send(path, {"kind": "answered"}).status_code == 403
    assert client_for("staff").send(path, {"kind": "settled"}).status_code == 303
    assert client_for("colleague").send(path, {"kind": "settled"}).status_code == 403
    with world():
        assert db.session.scalars(select(CommentState.kind).order_by(CommentState.id)).all() == [
            "changed",
            "settled",
        ]


@pytest.mark.parametrize("words", ["<b>" * 20_000, "\0", "layar" + " a" * 10_000])
def test_odd_words_for_a_colleague_are_no_fault(client_for, section, words):
    path = f"/bagian/{section}/tanggapan"
    for deed in ({"deed": "search"}, {}):
        answer = client_for("staff").send(path, {"body": "Mohon bantu.", "search": words} | deed)
        assert answer.status_code == (200 if deed else 422)
        assert "Mohon bantu." in answer.text


def test_colleague_is_searched_named_and_finds_it_until_opened(client_for, section, ids, world):
    path = f"/bagian/{section}/tanggapan"
    found = client_for("staff").send(path, {"body": "Mohon bantu.", "search": "layar", "deed": "search"})
    assert found.status_code == 200
    assert "Layar Biru Umpama" in found.text
    assert "Mohon bantu." in found.text, "what was typed is kept"
    with world():
        assert db.session.scalar(select(func.count(Comment.id))) == 0
    fields = {"body": "Mohon bantu.", "mentions": str(ids["colleague"])}
    assert client_for("staff").send(path, fields).status_code == 303
    with world():
        comment = db.session.scalars(select(Mention.comment_id)).one()
    words = "menyebut Anda dalam sebuah tanggapan"
    assert words in client_for("colleague").page("/menunggu-saya").text
    assert words not in client_for("neighbour").page("/menunggu-saya").text
    client_for("planner").send(f"/tanggapan/{comment}/sebutan")
    assert words in client_for("colleague").page("/menunggu-saya").text, "only who is named has seen it"
    client_for("colleague").get(f"/tanggapan/{comment}")
    page = client_for("colleague").page("/menunggu-saya")
    assert words in page.text, "a GET changes nothing"
    opened = client_for("colleague").send(
        page.find("form", action=f"/tanggapan/{comment}/sebutan").get("action")
    )
    assert opened.location == f"/bagian/{section}#tanggapan-{comment}"
    assert words not in client_for("colleague").page("/menunggu-saya").text
    assert "Menyebut Layar Biru Umpama" in client_for("neighbour").page(f"/bagian/{section}").text


def test_answering_is_having_seen(client_for, section, ids, world):
    path = f"/bagian/{section}/tanggapan"
    client_for("staff").send(path, {"body": "Mohon bantu.", "mentions": str(ids["colleague"])})
    client_for("colleague").send(path, {"body": "Siap."})
    assert "menyebut Anda" not in client_for("colleague").page("/menunggu-saya").text


def test_who_left_is_not_named(client_for, section, ids):
    fields = {"body": "Mohon bantu.", "mentions": str(ids["left"])}
    assert client_for("staff").send(f"/bagian/{section}/tanggapan", fields).status_code == 422


def test_report_waits_for_the_planner_and_hiding_is_public_with_its_reason(
    client_for, section, quoted, world, stopped
):
    assert (
        client_for("neighbour").send(f"/tanggapan/{quoted}/laporan", {"reason": "Kasar."}).status_code == 303
    )
    assert (
        client_for("neighbour").send(f"/tanggapan/{quoted}/laporan", {"reason": "Lagi."}).status_code == 303
    )
    assert "menunggu putusan Anda" in client_for("planner").page("/menunggu-saya").text
    assert "Kasar." not in client_for("colleague").page(f"/bagian/{section}").text
    assert "Kasar." in client_for("auditor").page(f"/bagian/{section}").text
    hide = f"/tanggapan/{quoted}/penyembunyian"
    assert client_for("planner").send(hide, {"reason": "Menyebut warga.", "deed": "hide"}).status_code == 303
    assert "menunggu putusan Anda" not in client_for("planner").page("/menunggu-saya").text
    for who, reads in (("colleague", False), ("staff", True), ("auditor", True), ("planner", True)):
        text = client_for(who).get(f"/bagian/{section}").text
        assert "Disembunyikan: Menyebut warga." in text
        assert ("Sejak kapan?" in text) is reads, who
        assert "Dilaporkan 1, disembunyikan 1, ditampilkan kembali 0." in text
        assert "<mark" not in text
    assert "Tanggapan Anda disembunyikan: Menyebut warga." in client_for("staff").page("/menunggu-saya").text
    stopped.forward(minutes=1)
    assert client_for("planner").send(f"/tanggapan/{quoted}/penampilan").status_code == 303
    text = client_for("colleague").page(f"/bagian/{section}").text
    assert "Sejak kapan?" in text
    assert "disembunyikan 0, ditampilkan kembali 1." in text
    with world():
        verbs = db.session.scalars(
            select(AuditEvent.verb).where(AuditEvent.subject == f"comment:{quoted}")
        ).all()
    assert {"commented", "reported", "hid", "showed again"} <= set(verbs)


def test_hiding_twice_hides_once_and_a_report_may_be_left(client_for, section, quoted, world):
    hide = f"/tanggapan/{quoted}/penyembunyian"
    client_for("neighbour").send(f"/tanggapan/{quoted}/laporan", {"reason": "Kasar."})
    client_for("planner").send(hide, {"reason": "Tidak kasar.", "deed": "leave"})
    assert "menunggu putusan Anda" not in client_for("planner").page("/menunggu-saya").text
    assert "Dilaporkan 1, disembunyikan 0" in client_for("colleague").page(f"/bagian/{section}").text
    for _ in range(2):
        client_for("planner").send(hide, {"reason": "Ternyata kasar.", "deed": "hide"})
    with world():
        assert db.session.scalar(select(func.count(Hiding.id)).where(Hiding.lifted_at.is_(None))) == 1


def test_the_page_of_a_piece_asks_a_constant_number_of_times(client_for, section, ids, world, count_queries):
    seen = []
    client_for("planner").get(
        f"/bagian/{section}"
    )  # the first page of a process reads the feed from its beginning
    for _ in range(2):
        with world():
            thread = db.session.get_one(Section, section).thread_id
            for _n in range(6):
                one = make.comment(thread, ids["staff"], quote=QUOTE, on_revision=1)
                db.session.add(Mention(comment_id=one.id, person_id=ids["colleague"]))
                db.session.commit()
        client = client_for("planner")
        count_queries()
        client.get(f"/bagian/{section}")
        seen.append(count_queries())
    assert seen[0] == seen[1]
    assert seen[0] <= 12
