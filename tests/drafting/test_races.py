"""Many hands on one text at the same time: every accepted text is a version or a clash, numbers have no gaps."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from portal.db import db
from portal.drafting.models import Line, Revision, Section
from portal.people import drafts as people_drafts
from portal.people.models import Draft
from tests import factories as make

HANDS = 6
SAVES = 4


def together(deeds: list[Any]) -> None:
    gate = threading.Barrier(len(deeds))
    faults: list[BaseException] = []

    def run(deed: Any) -> None:
        try:
            gate.wait()
            deed()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        return {"section": make.section(plan).id, "line": make.line(plan).id, "plan": plan.id}


def test_of_many_saves_at_once_nothing_is_lost(client_for: Any, world: Any, places: dict[str, int]) -> None:
    clients = [client_for("planner") for _hand in range(HANDS)]
    statuses: list[int] = []
    sent: list[str] = []

    def hand(n: int) -> Any:
        def deed() -> None:
            for time in range(SAVES):
                with world_lock:
                    version = versions[-1]
                body = f"Tulisan tangan {n} kali {time}."
                answer = clients[n].send(
                    f"/bagian/{places['section']}/sunting", {"based_on": str(version), "body": body}
                )
                statuses.append(answer.status_code)
                sent.append(body)
                if answer.status_code == 303:
                    with world_lock:
                        versions.append(version + 1)

        return deed

    world_lock, versions = threading.Lock(), [1]
    together([hand(n) for n in range(HANDS)])
    assert set(statuses) <= {303, 409}
    with world():
        section = db.session.get_one(Section, places["section"])
        rows = list(db.session.scalars(select(Revision).where(Revision.section_id == section.id)))
        numbers = sorted(row.number for row in rows if row.number is not None)
        assert numbers == list(range(1, section.version + 1))
        assert next(row.body for row in rows if row.number == section.version) == section.body
        assert len(rows) - 1 == len(sent) == HANDS * SAVES
        assert {row.body for row in rows} >= set(sent)
        assert len(numbers) - 1 == statuses.count(303)


def test_one_token_from_many_tabs_saves_once(client_for: Any, world: Any, places: dict[str, int]) -> None:
    clients = [client_for("planner") for _hand in range(HANDS)]
    form = {"based_on": "1", "body": "Sekali saja."}
    answers: list[int] = []
    token = "satu-kiriman-yang-sama"

    def deed(client: Any) -> Any:
        path = f"/bagian/{places['section']}/sunting"
        return lambda: answers.append(client.send(path, form, token=token).status_code)

    together([deed(client) for client in clients])
    assert answers == [303] * HANDS
    with world():
        assert db.session.get_one(Section, places["section"]).version == 2


def test_the_same_new_line_from_many_tabs_stands_once(
    client_for: Any, world: Any, places: dict[str, int]
) -> None:
    clients = [client_for("planner") for _hand in range(HANDS)]
    form = {"sub_activity": "5.03.02.2.02.0777", "name": "Baris bersamaan"}
    answers: list[int] = []

    def deed(client: Any) -> Any:
        path = f"/rencana/{places['plan']}/baris/baru"
        return lambda: answers.append(client.send(path, form).status_code)

    together([deed(client) for client in clients])
    assert sorted(answers) == [303] + [409] * (HANDS - 1)
    with world():
        assert len(list(db.session.scalars(select(Line.id).where(Line.code == form["sub_activity"])))) == 1


def test_a_draft_on_its_way_does_not_stay_behind_its_own_save(
    client_for: Any, world: Any, places: dict[str, int], monkeypatch: Any
) -> None:
    """It was written before the save looked for it, and committed after."""
    typing, saving = client_for("planner"), client_for("planner")
    address, form = f"/bagian/{places['section']}", {"based_on": "1", "body": "Kata baru."}
    token, written, go_on = "satu-token-bagi-keduanya", threading.Event(), threading.Event()
    answered = people_drafts.answered

    def slowly(*told: Any) -> Any:
        written.set()
        assert go_on.wait(20)
        return answered(*told)

    monkeypatch.setattr(people_drafts, "answered", slowly)
    answers: list[int] = []

    def send(client: Any, path: str, **more: str) -> None:
        answers.append(client.send(path, form | more, token=token).status_code)

    draft = threading.Thread(target=send, args=(typing, f"{address}/draf"), kwargs={"skrip": "1"})
    save = threading.Thread(target=send, args=(saving, f"{address}/sunting"))
    draft.start()
    assert written.wait(20)
    save.start()
    save.join(0.5)
    go_on.set()
    draft.join()
    save.join()
    assert sorted(answers) == [200, 303]
    with world():
        assert db.session.get_one(Section, places["section"]).version == 2
        assert db.session.scalars(select(Draft.place)).all() == []
