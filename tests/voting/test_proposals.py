"""A poll on proposals: who prepares it chooses them, and after it was announced their pages and lines show the result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.drafting.models import Line, Origin
from portal.proposals.models import Answer
from portal.voting.models import Option, Poll, Result
from tests import factories as make
from tests.conftest import read, words
from tests.voting.steps import form, prepared

NEW = "/pemungutan-suara/baru"


@pytest.fixture
def plan(world: Any, ids: dict[str, int]) -> dict[str, Any]:
    """A plan in its forum with proposals of every fate, and a line that came from the first two."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        now = clock.now() - timedelta(days=3)
        made = {
            title: make.proposal(plan, ids["staff"], None if title == "Draf" else now, title)
            for title in ("Loket", "Promosi", "Ditolak", "Draf", "Menunggu")
        }
        for title, kind in (("Loket", "accepted"), ("Promosi", "partly"), ("Ditolak", "declined")):
            db.session.add(
                Answer(
                    proposal_id=made[title].id, round=1, kind=kind, text="Jawaban.", by_id=ids["leader"],
                    duty_id=ids["duty:leader"], at=clock.now(),
                )
            )  # fmt: skip
        line = make.line(plan)
        for title in ("Loket", "Promosi"):
            db.session.add(
                Origin(line_id=line.id, kind="proposal", proposal_id=made[title].id, at=clock.now())
            )
        return {"id": plan.id, "line": line.id} | {title: one.id for title, one in made.items()}


def announced(
    plan: dict[str, Any], ids: dict[str, int], counts: tuple[int, ...], question: str = "Mana dahulu?"
) -> int:
    """A poll whose box was opened: the line's two proposals and something else received so many votes."""
    poll = make.poll(
        ids["unit:bkpsdm"], ids["planner"], question, plan_id=plan["id"], opened_at=clock.now(),
        closed_at=clock.now(), announced_at=clock.now() - timedelta(hours=1), roll_count=80,
    )  # fmt: skip
    options = db.session.scalars(
        select(Option).where(Option.poll_id == poll.id).order_by(Option.position)
    ).all()
    for option, title in zip(options, ("Loket", "Promosi"), strict=False):
        option.proposal_id = plan[title]
    db.session.add_all(Result(poll_id=poll.id, option_position=n, n=count) for n, count in enumerate(counts))
    return int(poll.id)


def offered(page: Any) -> set[int]:
    return {int(box.get("value")) for box in page.all("input", name="proposals")}


def test_the_proposals_of_the_chosen_plan_are_offered(
    client_for: Any, ids: dict[str, int], plan: Any
) -> None:
    planner = client_for("planner")
    votable = {plan["Loket"], plan["Promosi"], plan["Menunggu"]}
    assert offered(planner.page(NEW)) == set()
    assert offered(planner.page(f"{NEW}?plan={plan['id']}&usulan=1", htmx=True)) == votable
    sent = form(ids, [], plan=plan["id"], pencarian="1", options="Sabtu")
    page = read(planner.send(NEW, sent))
    assert offered(page) == votable, "without a script by a button"
    assert page.find("textarea", name="options").text.strip() == "Sabtu"


def test_chosen_proposals_become_options(
    client_for: Any, world: Any, ids: dict[str, int], plan: Any, witnesses: Any, voters: Any
) -> None:
    chosen = [plan["Loket"], plan["Menunggu"]]
    poll = prepared(client_for, ids, witnesses, plan=plan["id"], proposals=chosen, options="Tidak satu pun")
    with world():
        rows = [(one.text, one.proposal_id) for one in db.session.get_one(Poll, poll).options]
    assert rows == [
        ("Usulan nomor 1: Loket", plan["Loket"]),
        ("Usulan nomor 5: Menunggu", plan["Menunggu"]),
        ("Tidak satu pun", None),
    ]
    page = client_for("staff").page(f"/pemungutan-suara/{poll}")
    assert page.find("a", href=f"/usulan/{plan['Menunggu']}") is not None


def test_one_proposal_alone_is_agreed_to_or_not(
    client_for: Any, world: Any, ids: dict[str, int], plan: Any, witnesses: Any, voters: Any
) -> None:
    poll = prepared(client_for, ids, witnesses, plan=plan["id"], proposals=[plan["Loket"]])
    with world():
        rows = [(one.text, one.proposal_id) for one in db.session.get_one(Poll, poll).options]
    assert rows == [("Setuju", plan["Loket"]), ("Tidak setuju", None), ("Abstain", None)]


@pytest.mark.parametrize("title", ["Ditolak", "Draf"])
def test_others_cannot_be_put_to_the_vote(
    client_for: Any, world: Any, ids: dict[str, int], plan: Any, witnesses: Any, title: str
) -> None:
    sent = form(ids, witnesses, plan=plan["id"], proposals=[plan[title]])
    assert client_for("leader").send(NEW, sent).status_code == 422
    with world():
        assert db.session.scalars(select(Poll.id)).all() == []


def test_the_result_stands_where_the_proposal_led(
    client_for: Any, world: Any, ids: dict[str, int], plan: Any
) -> None:
    with world():
        poll = announced(plan, ids, (30, 11, 17))
    staff, url = client_for("staff"), f"/baris/{plan['line']}"
    for page in (staff.page(url), staff.page(f"/rencana/{plan['id']}/tabel")):
        assert "2 usulan, suara 41 dari 58, v1" in page.text
    shown = staff.page(f"{url}/asal-usul?jenis=vote")
    steps = [li for ol in shown.all("ol") if "timeline" in ol.get("class", "") for li in ol.iter("li")]
    assert len(steps) == 1 and "suara 30 dari 58" in words(steps[0]) and "suara 11 dari 58" in words(steps[0])
    address = next(steps[0].iter("a")).get("href")
    assert address == f"/pemungutan-suara/{poll}"
    for opened in (staff.page(address), staff.page(f"/usulan/{plan['Loket']}")):
        assert "30" in opened.text and "58" in opened.text
    bars = words(staff.page(address).find("table")).split()
    assert [word for word in bars if word.isdigit()] == ["30", "17", "11"], "the most votes first"
    page = staff.page(f"/usulan/{plan['Loket']}")
    assert page.find("a", href=address) is not None and "suara 30 dari 58" in page.text
    assert page.find("a", href=url) is not None


@pytest.mark.parametrize("counts", [(3, 1, 0), None])
def test_a_result_of_few_ballots_is_shown_nowhere(
    client_for: Any, world: Any, ids: dict[str, int], plan: Any, counts: Any
) -> None:
    with world():
        poll = db.session.get_one(Poll, announced(plan, ids, counts or (30, 11, 17)))
        if counts is None:
            poll.announced_at = None
    staff = client_for("staff")
    for url in (f"/baris/{plan['line']}", f"/rencana/{plan['id']}/tabel", f"/usulan/{plan['Loket']}"):
        assert " dari " not in staff.page(url).text.partition("Percakapan")[0].replace("dari 7", ""), url


def test_who_may_not_know_of_the_poll_sees_no_result(
    client_for: Any, world: Any, ids: dict[str, int], plan: Any
) -> None:
    with world():
        announced(plan, ids, (30, 11, 17))
    neighbour = client_for("neighbour")
    assert "2 usulan, v1" in neighbour.page(f"/rencana/{plan['id']}/tabel").text
    assert "suara 30" not in neighbour.page(f"/usulan/{plan['Loket']}").text


@pytest.mark.slow
def test_the_last_poll_counts_and_the_queries_do_not_grow(
    client_for: Any, world: Any, ids: dict[str, int], plan: Any, count_queries: Any
) -> None:
    staff = client_for("staff")
    with world():
        announced(plan, ids, (30, 11, 17))
    seen = []
    for n in range(2):
        staff.page(f"/rencana/{plan['id']}/tabel")
        count_queries()
        staff.page(f"/rencana/{plan['id']}/tabel")
        seen.append(count_queries())
        with world():
            of = db.session.get_one(Line, plan["line"]).plan
            for k in range(12):
                line = make.line(of, code=f"5.03.02.2.03.{n:02d}{k:02d}")
                db.session.add(
                    Origin(line_id=line.id, kind="proposal", proposal_id=plan["Loket"], at=clock.now())
                )
            later = announced(plan, ids, (5, 4, 3), f"Sekali lagi {n}?")
            db.session.get_one(Poll, later).announced_at = clock.now() + timedelta(minutes=n)
    assert seen[0] == seen[1] <= 12, seen
    assert "suara 9 dari 12" in staff.page(f"/baris/{plan['line']}").text
