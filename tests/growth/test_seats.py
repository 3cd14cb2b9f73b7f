"""The last seat: whoever asks for it at the same moment, by their own offer, again, or with a forged one, one gets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.growth.training import actions, queries
from portal.growth.training.models import SeatOffer, Training
from tests import factories as make
from tests.conftest import read
from tests.served import Server, browser, together

pytestmark = pytest.mark.slow


@pytest.fixture
def crowd(world: Any, ids: dict[str, int]) -> list[int]:
    with world():
        return [one.id for one in make.crowd(ids["unit:mutasi"], 24)]


def seats_taken(world: Any, training: int) -> int:
    with world():
        return queries.count_taken(training, clock.now())


def test_fifty_requests_for_the_last_free_seat(app, store, world, ids, crowd):
    """24 people press twice each with the same form, two more with the address of somebody else's place."""
    with world():
        made = make.training(ids["unit:bkpsdm"], ids["planner"])
        make.drawn(made)
        other = make.enrolment(made, ids["neighbour"], seat="confirmed").id
        number = made.id
    with Server(store) as server:
        browsers = [browser(app, server, person) for person in crowd]
        path = f"/pelatihan/{number}/pendaftaran"

        def press(place: int) -> Any:
            return lambda: browsers[place].insist(path, {}, f"satu-kiriman-{place:06d}").status

        forged = [
            lambda place=place: (
                browsers[place]
                .insist(
                    f"/pelatihan/pendaftaran/{other}/tempat",
                    {"jawaban": "accepted"},
                    f"palsu-kiriman-{place:06d}",
                )
                .status
            )
            for place in (0, 1)
        ]
        answers = together(*(press(n) for n in range(24)), *(press(n) for n in range(24)), *forged)
    assert len(answers) == 50 and answers[48:] == [404, 404]
    won = {place % 24 for place, status in enumerate(answers[:48]) if status == 303}
    assert len(won) == 1 and set(answers[:48]) == {303, 403}
    assert seats_taken(world, number) == 2
    with world():
        assert db.session.scalar(select(func.count(SeatOffer.id))) == 2


def test_fifty_requests_for_a_freed_seat(app, store, world, ids, crowd):
    """One is offered the seat and presses 25 times; those behind press the offer's address and their own."""
    with world():
        made = make.training(ids["unit:bkpsdm"], ids["planner"], seats=1)
        waiting = [make.enrolment(made, person, place=place) for place, person in enumerate(crowd, 1)]
        make.drawn(made)
        actions.pass_on(made)
        number, offered, behind = made.id, waiting[0].id, waiting[1].id
    with Server(store) as server:
        first, second, third = (browser(app, server, person) for person in crowd[:3])
        answers = together(
            *(
                lambda n=n: (
                    first.insist(
                        f"/pelatihan/pendaftaran/{offered}/tempat",
                        {"jawaban": "accepted"},
                        f"milik-sendiri-{n:05d}",
                    ).status
                )
                for n in range(25)
            ),
            *(
                lambda n=n: (
                    second.insist(
                        f"/pelatihan/pendaftaran/{behind}/tempat",
                        {"jawaban": "accepted"},
                        f"belum-giliran-{n:05d}",
                    ).status
                )
                for n in range(15)
            ),
            *(
                lambda n=n: (
                    third.insist(
                        f"/pelatihan/pendaftaran/{offered}/tempat",
                        {"jawaban": "accepted"},
                        f"milik-orang-{n:05d}",
                    ).status
                )
                for n in range(10)
            ),
        )
    assert answers[:25].count(303) == 1 and set(answers[:25]) == {303, 403}
    assert set(answers[25:40]) == {403} and set(answers[40:]) == {404}
    assert seats_taken(world, number) == 1
    with world():
        assert db.session.execute(select(SeatOffer.enrolment_id, SeatOffer.answer)).all() == [
            (offered, "accepted")
        ]


def test_a_freed_seat_is_offered_to_one_then_to_the_next(client_for, world, ids, stopped):
    with world():
        made = make.training(ids["unit:bkpsdm"], ids["planner"], seats=1)
        holder = make.enrolment(made, ids["staff"], seat="held", place=1).id
        second = make.enrolment(made, ids["colleague"], place=2).id
        third = make.enrolment(made, ids["neighbour"], place=3).id
        make.drawn(made)
        number = made.id
    assert client_for("staff").send(f"/pelatihan/pendaftaran/{holder}/penarikan").status_code == 303
    page = client_for("colleague").page(f"/pelatihan/{number}").text.replace("\xa0", " ")
    assert "Satu tempat disediakan untuk Anda sampai 5 Maret 2026 pukul 09.00" in page
    assert "Urutan Anda 3" in client_for("neighbour").page(f"/pelatihan/{number}").text
    early = client_for("neighbour").send(f"/pelatihan/pendaftaran/{third}/tempat", {"jawaban": "accepted"})
    assert early.status_code == 403
    outsider = client_for("editor").send(f"/pelatihan/{number}/pendaftaran")
    assert outsider.status_code == 403 and "daftar tunggu" in read(outsider).text
    stopped.forward(hours=48)
    late = client_for("colleague").send(f"/pelatihan/pendaftaran/{second}/tempat", {"jawaban": "accepted"})
    assert late.status_code == 403
    with world():
        actions.pass_all_on()
        actions.pass_all_on()  # a second time offers nothing more
    with world():
        offers = db.session.execute(
            select(SeatOffer.enrolment_id, SeatOffer.until).order_by(SeatOffer.id)
        ).all()
    assert [one[0] for one in offers] == [holder, second, third]
    assert offers[2][1] == clock.now() + timedelta(hours=48)
    sent = client_for("neighbour").send(f"/pelatihan/pendaftaran/{third}/tempat", {"jawaban": "declined"})
    assert sent.status_code == 303
    # the waiting list is empty: whoever comes first, also who let an offer lapse
    assert client_for("colleague").send(f"/pelatihan/{number}/pendaftaran").status_code == 303
    assert client_for("editor").send(f"/pelatihan/{number}/pendaftaran").status_code == 403
    assert seats_taken(world, number) == 1


def test_no_offer_goes_beyond_the_beginning(world, ids, stopped):
    with world():
        made = make.training(ids["unit:bkpsdm"], ids["planner"], seats=1)
        make.enrolment(made, ids["colleague"], place=1)
        make.drawn(made)
        begins = clock.start_of(made.starts_on)
        stopped.set(begins - timedelta(hours=3))
        actions.pass_on(made)
        assert db.session.scalars(select(SeatOffer.until)).all() == [begins]
    with world():
        stopped.set(begins)
        actions.pass_on(db.session.get_one(Training, made.id))
        assert db.session.scalar(select(func.count(SeatOffer.id))) == 1
