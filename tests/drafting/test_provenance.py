"""Asal-usul: every number opens exactly the records that it counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.discussion.models import Comment
from portal.drafting.models import Line, Origin, Revision, Suggestion
from portal.proposals.models import Support
from tests import factories as make


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
    assert "didukung 1 pegawai" in client.page(f"/baris/{line['id']}/asal-usul?jenis=proposal").text


def test_support_is_counted_for_whom_the_proposal_shows_it(line, client_for, stopped):
    path = f"/baris/{line['id']}/asal-usul?jenis=proposal"
    assert "didukung" not in client_for("neighbour").page(path).text
    for who in ("colleague", "planner", "leader"):
        assert "didukung 1 pegawai" in client_for(who).page(path).text, who
    stopped.forward(days=20)  # the stage after the forum takes no support
    assert "didukung 1 pegawai" in client_for("neighbour").page(path).text


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


def test_struck_words_and_hidden_ones_stay_out(line, client_for, world):
    with world():
        comment = db.session.scalars(select(Comment).order_by(Comment.id)).first()
        comment.struck_at = clock.now()
    assert len(steps(client_for("staff").page(f"/baris/{line['id']}/asal-usul?jenis=comment"))) == 2
