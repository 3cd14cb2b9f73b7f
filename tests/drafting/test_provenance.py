"""Asal-usul: every number opens exactly the records that it counts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.discussion.models import Comment, CommentState, Hiding
from portal.drafting.models import Line, Origin, Revision, Suggestion, SuggestionSupport
from portal.proposals.models import Support
from portal.voting.models import Option, Result
from tests import factories as make
from tests.conftest import words


@pytest.fixture
def line(world, ids):
    """A line with two proposals behind it, three remarks, one suggestion and a second version."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        made = make.line(plan)
        other = make.line(plan, code="5.03.02.2.02.0009", ceiling=90_000_000)
        now = clock.now()
        for title in ("Loket satu pintu", "Promosi terbuka"):
            proposal = make.proposal(plan, ids["staff"], now - timedelta(days=3), title)
            db.session.add(
                Support(
                    proposal_id=proposal.id,
                    person_id=ids["colleague"],
                    unit_id=ids["unit:mutasi"],
                    on_revision=1,
                    at=now,
                )
            )
            db.session.add(Origin(line_id=made.id, kind="proposal", proposal_id=proposal.id, at=now))
        for n in range(3):
            make.comment(made.thread_id, ids["colleague"], body=f"Tanggapan ke-{n}")
        suggestion = Suggestion(
            line_id=made.id, thread_id=make.thread().id, based_on=1, fields={"target": "3"}, reason="Tiga dokumen cukup.",
            by_id=ids["staff"], unit_id=ids["unit:mutasi"], at=now, ruling="accepted", ruled_at=now, ruled_by_id=ids["planner"],
        )  # fmt: skip
        db.session.add(suggestion)
        db.session.flush()
        db.session.add(
            Revision(
                line_id=made.id,
                number=2,
                based_on=1,
                kind="suggestion",
                fields={},
                sha256="0" * 64,
                suggestion_id=suggestion.id,
                at=now,
            )
        )
        made.version = 2
        return {"id": made.id, "plan": plan.id, "other": other.id}


def steps(page):
    return [li for ol in page.all("ol") if "timeline" in ol.get("class", "") for li in ol.iter("li")]


@pytest.mark.slow
def test_each_number_opens_exactly_its_records(line, client_for):
    client = client_for("staff")
    page = client.page(f"/baris/{line['id']}/asal-usul")
    numbers = {
        a.get("href").partition("jenis=")[2]: int(next(span for span in a.iter("span")).text)
        for ul in page.all("ul", class_="tabs")
        for a in ul.iter("a")
        if "asal-usul" in a.get("href") and "rencana" not in a.get("href")
    }
    assert numbers == {"": 8, "proposal": 2, "comment": 3, "suggestion": 1, "version": 2}
    for kind, number in numbers.items():
        shown = steps(client.page(f"/baris/{line['id']}/asal-usul?jenis={kind}"))
        assert len(shown) == number, kind
        for step in shown:
            address = next(step.iter("a")).get("href")
            client.page(address.partition("#")[0])


def numbers_in(text):
    """ "2 usulan, 1 saran, v2" as numbers by kind of step."""
    kinds = {"usulan": "proposal", "saran": "suggestion", "tanggapan": "comment"}
    found = {
        kinds[word]: int(number) for number, word in re.findall(r"(\d+) (usulan|saran|tanggapan)\b", text)
    }
    version = re.search(r"\bv(\d+)$", text)
    return found | ({"version": int(version[1])} if version else {})


@pytest.mark.slow
def test_every_number_of_a_plan_opens_exactly_the_records_it_counts(line, world, ids, client_for):
    """The walk: chips, head, tabs, sources, honesty card, suggestions and votes, from each page where they stand."""
    with world():
        of = db.session.get_one(Line, line["id"]).plan
        section, fixed = make.section(of), make.section(of, openness="fixed", openness_reason="Amanat")
        make.comment(section.thread_id, ids["colleague"])
        for who in ("staff", "colleague"):
            db.session.add(
                SuggestionSupport(
                    suggestion_id=make.suggestion(section, ids[who]).id,
                    person_id=ids["editor"],
                    at=clock.now(),
                )
            )
        make.suggestion(
            section, ids["editor"], ruling="declined", ruled_at=clock.now(), ruled_by_id=ids["planner"]
        )
        db.session.add(Origin(line_id=line["other"], kind="mandate", text="Peraturan contoh", at=clock.now()))
        poll = make.poll(
            ids["unit:bkpsdm"], ids["planner"], plan_id=of.id, opened_at=clock.now(), closed_at=clock.now(),
            announced_at=clock.now(), roll_count=80,
        )  # fmt: skip
        options = db.session.scalars(
            select(Option).where(Option.poll_id == poll.id).order_by(Option.position)
        ).all()
        options[0].proposal_id = db.session.scalars(
            select(Origin.proposal_id).where(Origin.line_id == line["id"])
        ).first()
        db.session.add_all(Result(poll_id=poll.id, option_position=n, n=(41, 12, 5)[n]) for n in range(3))
        pieces = {
            f"/baris/{line['id']}",
            f"/baris/{line['other']}",
            f"/bagian/{section.id}",
            f"/bagian/{fixed.id}",
        }
        poll_url = f"/pemungutan-suara/{poll.id}"
    client, plan = client_for("staff"), f"/rencana/{line['plan']}"
    followed = set()

    def count(url, tag):
        address, _hash, anchor = url.partition("#")
        page = client.page(address)
        root = next(e for e in page.tree.iter() if e.get("id") == anchor) if anchor else page.find("main")
        return len(list(root.iter(tag)))

    # Chips: on the plan's text, its table and the pages of the pieces.
    chips = {}
    for url in (plan, f"{plan}/tabel", *pieces):
        for element in client.page(url).tree.iter():
            if "origin" in (element.get("class") or "").split():
                chips.setdefault(words(element), set()).add(element.get("href"))
    told = "2 usulan, 1 saran, 3 tanggapan, suara 41 dari 58, v2"
    assert set(chips) == {told, "Amanat, v1", "3 saran, 1 tanggapan, v1", "v1"}
    for text, addresses in chips.items():
        for address in addresses - {None}:
            for kind, number in numbers_in(text).items():
                assert len(steps(client.page(f"{address}?jenis={kind}"))) == number, (text, kind)
                followed.add((text, kind))
    assert {kind for text, kind in followed if text == told} == {
        "proposal",
        "suggestion",
        "comment",
        "version",
    }
    vote = steps(client.page(f"/baris/{line['id']}/asal-usul?jenis=vote"))
    assert len(vote) == 1 and "suara 41 dari 58" in words(vote[0])
    assert next(vote[0].iter("a")).get("href") == poll_url
    assert "41 dari 58" in client.page(poll_url).text

    # The head of every page of the plan, and the honesty card itself.
    for url in (plan, f"{plan}/tabel", f"{plan}/asal-usul", f"{plan}/saran", f"{plan}/keterbukaan"):
        page = client.page(url)
        for kind, number in (("dibuka", 3), ("berubah", 1)):
            told = {
                a.get("href")
                for a in page.all("a")
                if f"isi={kind}" in a.get("href", "") and words(a)[0] == str(number)
            }
            assert len(told) == 1, (url, kind)
            assert (
                len([a for ul in client.page(told.pop()).all("ul", class_="rows") for a in ul.iter("a")])
                == number
            )
        if url.endswith("keterbukaan"):
            continue
        sources = {words(a): a.get("href") for a in page.all("a") if "sumber=" in a.get("href", "")}
        assert set(sources) == {
            "Masukan pegawai 1 baris, 78 persen pagu",
            "Amanat 1 baris, 22 persen pagu",
        }
        for text, address in sources.items():
            assert count(address, "li") == int(re.search(r"(\d+) baris", text)[1]), text
        tab = next(
            a for a in page.all("a") if a.get("href") == f"{plan}/saran" and "Saran perubahan" in words(a)
        )
        assert words(tab) == "Saran perubahan 2" and count(tab.get("href"), "article") == 2
    for text, number in (("Menunggu putusan", 2), ("Sudah diputuskan", 2)):
        tab = next(a for a in client.page(f"{plan}/saran").all("a") if words(a) == f"{text} {number}")
        assert count(tab.get("href"), "article") == number


def test_supporters_are_counted_where_one_supports_not_among_the_origins(line, client_for):
    """They are never listed, so that a number of them could open nothing."""
    for who in ("colleague", "planner", "auditor"):
        page = client_for(who).page(f"/baris/{line['id']}/asal-usul")
        assert len(steps(page)) == 8 and "dukung" not in " ".join(words(step) for step in steps(page)), who


def test_shares_of_a_plan_count_every_line_once(line, client_for, ids):
    page = client_for("staff").page(f"/rencana/{line['plan']}/asal-usul")
    text = page.text
    assert "Masukan pegawai" in text and "1 baris, Rp310.000.000" in text
    assert "1 baris, Rp90.000.000" in text
    linked = [
        a.get("href")
        for section in page.all("section")
        for a in section.iter("a")
        if "/asal-usul" in a.get("href", "")
    ]
    assert len(linked) == len(set(linked)) == 2


def test_the_planner_declares_a_source_with_its_document(line, client_for, ids):
    path = f"/baris/{line['id']}/asal-usul"
    other = line["other"]
    planner = client_for("planner")
    refused = planner.send(path, {"kind": "mandate", "text": ""})
    assert refused.status_code == 422
    assert (
        planner.send(
            f"/baris/{other}/asal-usul", {"kind": "mandate", "text": "Peraturan contoh nomor 4"}
        ).status_code
        == 303
    )
    assert "Peraturan contoh nomor 4" in client_for("staff").page(f"/baris/{other}/asal-usul").text
    assert "Amanat" in client_for("staff").page(f"/rencana/{line['plan']}/asal-usul").text
    assert client_for("staff").send(path, {"kind": "mandate", "text": "Peraturan contoh"}).status_code == 403


def test_queries_do_not_grow(line, client_for, world, ids, count_queries):
    client = client_for("staff")
    path = f"/baris/{line['id']}/asal-usul"
    count_queries()
    client.page(path)
    before = count_queries()
    with world():
        piece = db.session.get(Line, line["id"])
        for n in range(12):
            make.comment(piece.thread_id, ids["colleague"], body=f"Lagi {n}")
    count_queries()
    client.page(path)
    assert count_queries() == before <= 12


def test_a_comment_in_the_timeline_says_what_it_became(line, client_for, world, ids):
    with world():
        comment = db.session.scalars(select(Comment).order_by(Comment.id)).first()
        for kind, number in (("answered", None), ("changed", 2)):
            db.session.add(
                CommentState(
                    comment_id=comment.id,
                    kind=kind,
                    revision_number=number,
                    by_id=ids["planner"],
                    at=clock.now(),
                )
            )
            db.session.flush()
    shown = [
        words(step)
        for step in steps(client_for("staff").page(f"/baris/{line['id']}/asal-usul?jenis=comment"))
    ]
    assert ["Mengubah teks (versi 2)" in text for text in shown] == [True, False, False]
    assert not any("Ditanggapi" in text for text in shown), "the latest counts"


def test_struck_words_hidden_ones_and_names_that_are_not_shown_stay_out(line, client_for, world, ids):
    with world():
        struck, hidden, unsigned = db.session.scalars(select(Comment).order_by(Comment.id))
        struck.struck_at, unsigned.voice = clock.now(), "unit"
        db.session.add(
            Hiding(comment_id=hidden.id, by_id=ids["planner"], reason="Menyebut warga.", at=clock.now())
        )
        name, words_of_it, shown = hidden.by.full_name, hidden.body, unsigned.body
    found = {
        words(step)
        for step in steps(client_for("staff").page(f"/baris/{line['id']}/asal-usul?jenis=comment"))
    }
    assert len(found) == 2 and not any(words_of_it in text for text in found)
    [signed_by_unit] = [text for text in found if shown in text]
    assert name not in signed_by_unit
