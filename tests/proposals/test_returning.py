"""Deferred and declined proposals come back in the next cycle with the condition of their answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.proposals.models import Answer, Proposal, ProposalRevision, Withdrawal
from tests import factories as make
from tests.conftest import path_of, read
from tests.drafting.test_races import together

pytestmark = pytest.mark.slow
WORDS = {
    "title": "Loket layanan dibuka sampai sore",
    "problem": "Pagu tahun ini sudah naik.",
    "idea": "Satu loket untuk semua.",
    "benefit": "Antrean berkurang.",
}


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """Proposals of 2026, answered each in another way, one of them withdrawn; the plan of 2027 takes proposals."""
    made = {}
    with world():
        old = make.plan(ids["unit:bkpsdm"], year=2026)
        for kind in ("deferred", "declined", "accepted", "withdrawn", "settled"):
            proposal = make.proposal(
                old, ids["staff"], clock.now() - timedelta(days=300), title=f"Usulan {kind} contoh"
            )
            kinds = (
                ["deferred", "accepted"]
                if kind == "settled"
                else [kind if kind != "withdrawn" else "declined"]
            )
            for n, one in enumerate(kinds, start=1):
                db.session.add(
                    Answer(
                        proposal_id=proposal.id, round=n, kind=one, text="Jawaban.", by_id=ids["leader"],
                        condition=f"Syarat {kind} berubah." if one != "accepted" else None,
                        at=clock.now() - timedelta(days=200 - n),
                    )
                )  # fmt: skip
            made[kind] = proposal.id
        db.session.add(Withdrawal(proposal_id=made["withdrawn"], by_id=ids["staff"], at=clock.now()))
        made["plan"] = make.plan(ids["unit:bkpsdm"]).id
    return made


def test_everyone_reads_what_waits_for_what(client_for: Any, places: dict[str, int]) -> None:
    page = client_for("neighbour").page(f"/rencana/{places['plan']}/usulan-tahun-lalu")
    for kind in ("deferred", "declined"):
        assert f"Usulan {kind} contoh" in page.text and f"Syarat {kind} berubah." in page.text
    for kind in ("accepted", "withdrawn", "settled"):
        assert f"Usulan {kind} contoh" not in page.text
    assert "oleh pengusulnya atau perencana" in page.text
    assert not [a for a in page.all("a") if "pengajuan-kembali" in (a.get("href") or "")]
    client_for("neighbour").page(f"/usulan?rencana={places['plan']}").find(
        "a", href=f"/rencana/{places['plan']}/usulan-tahun-lalu"
    )


@pytest.mark.parametrize("who", ["staff", "planner"])
def test_proposer_or_planner_brings_it_back_as_a_new_one(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int], who: str
) -> None:
    client, old = client_for(who), places["deferred"]
    again = f"/usulan/{old}/pengajuan-kembali"
    client.page(f"/usulan/{old}").find("a", href=again)
    page = client.page(again)
    assert "Syarat deferred berubah." in page.text
    assert page.find("input", name="title").get("value") == "Usulan deferred contoh"
    assert client.send(again, WORDS | {"title": ""}).status_code == 422
    answer = client.send(again, WORDS)
    with world():
        made = db.session.scalars(select(Proposal).where(Proposal.returns_from_id == old)).one()
        assert (made.plan_id, made.by_id) == (places["plan"], ids[who])
        assert made.submitted_at is not None and made.answer_due_on is not None
        assert (
            db.session.scalar(select(ProposalRevision.problem).where(ProposalRevision.proposal_id == made.id))
            == WORDS["problem"]
        )
    assert path_of(answer) == f"/usulan/{made.id}"
    client.page(f"/usulan/{made.id}").find("a", href=f"/usulan/{old}")
    client.page(f"/usulan/{old}").find("a", href=f"/usulan/{made.id}")
    assert client.send(again, WORDS).status_code == 403
    assert "Sudah diajukan kembali" in client.page(f"/rencana/{places['plan']}/usulan-tahun-lalu").text


def test_it_waits_for_its_proposer_with_the_condition_until_it_is_back(
    client_for: Any, places: dict[str, int], stopped: Any
) -> None:
    staff, left = client_for("staff"), "dapat diajukan kembali. Sudah berubah?"
    page = staff.page("/menunggu-saya")
    assert page.text.count(left) == 2 and "Syarat deferred berubah." in page.text
    assert "17 Maret" in page.text or "Selasa" in page.text, "until the forum ends"
    assert left not in client_for("colleague").page("/menunggu-saya").text
    staff.send(f"/usulan/{places['deferred']}/pengajuan-kembali", WORDS)
    assert staff.page("/menunggu-saya").text.count(left) == 1
    stopped.set(clock.now().replace(day=18))
    assert left not in client_for("staff").page("/menunggu-saya").text


def test_others_do_not_and_other_answers_do_not_come_back(client_for: Any, places: dict[str, int]) -> None:
    assert (
        client_for("colleague").send(f"/usulan/{places['deferred']}/pengajuan-kembali", WORDS).status_code
        == 403
    )
    for kind in ("accepted", "withdrawn", "settled"):
        assert client_for("staff").get(f"/usulan/{places[kind]}/pengajuan-kembali").status_code == 404
    assert "Ajukan kembali" not in client_for("staff").page(f"/usulan/{places['accepted']}").text


def test_a_closed_stage_says_when(client_for: Any, places: dict[str, int], stopped: Any) -> None:
    stopped.set(clock.now().replace(month=4, day=1))
    answer = client_for("staff").send(f"/usulan/{places['deferred']}/pengajuan-kembali", WORDS)
    assert answer.status_code == 403 and "Usulan sudah ditutup" in answer.text
    stopped.set(clock.now().replace(month=1, day=10))
    page = read(client_for("planner").get(f"/rencana/{places['plan']}/usulan-tahun-lalu"))
    assert "dibuka 26 Januari 2026" in page.text


def test_of_two_at_once_one_brings_it_back(client_for: Any, world: Any, places: dict[str, int]) -> None:
    clients = [client_for("staff"), client_for("planner")]
    statuses: list[int] = []
    url = f"/usulan/{places['declined']}/pengajuan-kembali"
    together([lambda c=c: statuses.append(c.send(url, WORDS).status_code) for c in clients])
    assert sorted(statuses)[0] == 303 and sorted(statuses)[1] in (403, 409)
    with world():
        assert (
            db.session.scalar(
                select(func.count(Proposal.id)).where(Proposal.returns_from_id == places["declined"])
            )
            == 1
        )


def test_the_page_of_such_a_proposal_asks_no_more_than_others(
    client_for: Any, places: dict[str, int], count_queries: Any
) -> None:
    staff = client_for("staff")
    staff.page(f"/usulan/{places['deferred']}")
    count_queries()
    staff.page(f"/usulan/{places['deferred']}")
    assert count_queries() <= 12


def test_the_list_costs_the_same_queries_however_long(
    client_for: Any, world: Any, ids: dict[str, int], places: dict[str, int], count_queries: Any
) -> None:
    staff, url = client_for("staff"), f"/rencana/{places['plan']}/usulan-tahun-lalu"
    staff.page(url)
    count_queries()
    staff.page(url)
    few = count_queries()
    with world():
        old = db.session.get_one(Proposal, places["deferred"]).plan
        for n in range(12):
            made = make.proposal(
                old, ids["staff"], clock.now() - timedelta(days=3), title=f"Usulan ke-{n} contoh"
            )
            db.session.add(
                Answer(
                    proposal_id=made.id,
                    round=1,
                    kind="declined",
                    text="T.",
                    by_id=ids["leader"],
                    at=clock.now(),
                )
            )
    count_queries()
    staff.page(url)
    assert count_queries() == few <= 12
