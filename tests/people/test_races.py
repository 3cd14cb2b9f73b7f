"""What two people do at the same moment, by real threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select

from portal.db import db
from portal.ledger import AuditEvent
from portal.people.models import Duty, Person
from tests.conftest import path_of
from tests.people.files import HEAD, csv_file
from tests.people.test_roster import NEW, STAFF, hand_in


def together(*deeds: Callable[[], int]) -> list[int]:
    """Do all at once; the status of each, sorted."""
    barrier, answers = threading.Barrier(len(deeds)), []

    def go(deed):
        barrier.wait()
        answers.append(deed())

    threads = [threading.Thread(target=go, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def second_steward(world, ids) -> int:
    with world():
        duty = Duty(
            person_id=ids["staff"], unit_id=ids["unit:regency"], role="steward", standing="definitif",
            from_on=date(2026, 1, 1),
        )  # fmt: skip
        db.session.add(duty)
        db.session.flush()
        return duty.id


def test_two_stewards_cannot_end_each_other(client_for, world, ids):
    theirs = second_steward(world, ids)
    one, two = client_for("steward"), client_for("staff")
    for client in (one, two):
        client.page("/pegawai")
        client.csrf()

    def end(client, duty):
        return lambda: client.send(f"/penugasan/{duty}/akhir", {"until_on": "2026-03-02"}).status_code

    answers = together(end(one, theirs), end(two, ids["duty:steward"]))
    assert answers.count(303) == 1, answers
    with world():
        left = db.session.scalars(select(Duty).where(Duty.role == "steward", Duty.until_on.is_(None))).all()
        assert len(left) == 1


def test_two_stewards_apply_different_files(client_for, world, ids):
    second_steward(world, ids)
    one, two = client_for("steward"), client_for("staff")
    first = path_of(hand_in(one, csv_file(HEAD, NEW)))
    other = path_of(hand_in(two, csv_file(HEAD, NEW, STAFF)))
    answers = together(
        lambda: one.send(f"{first}/penerapan").status_code, lambda: two.send(f"{other}/penerapan").status_code
    )
    assert answers == [303, 409]
    with world():
        assert db.session.scalar(select(func.count(Person.id)).where(Person.nip == NEW[0])) == 1
        assert db.session.scalar(select(func.count(AuditEvent.id))) == 1


def test_the_same_duty_given_twice_at_once(client_for, world, ids):
    second_steward(world, ids)
    clients = [client_for("steward"), client_for("staff")]
    form = {"role": "leader", "unit": str(ids["unit:mutasi"]), "standing": "plt", "from_on": "2026-03-03"}
    answers = together(
        *(
            lambda client=client: client.send(f"/pegawai/{ids['colleague']}/penugasan", form).status_code
            for client in clients
        )
    )
    assert answers == [303, 409]


def test_guesses_in_parallel_do_not_slip_past_the_count(client_for):
    clients = [client_for(None) for _ in range(12)]
    for client in clients:
        client.csrf()
    form = {"nip": "199001012015012101", "password": "salah sekali"}
    answers = together(*(lambda client=client: client.send("/masuk", form).status_code for client in clients))
    assert answers == [422] * 5 + [429] * 7
