"""What was used of a training is a number only where both sides have five."""

from __future__ import annotations

import pytest

from portal import clock
from portal.db import db
from portal.growth.training import queries, report, rules
from portal.growth.training.models import Uptake
from tests import factories as make
from tests.growth.conftest import at


@pytest.mark.rules
@pytest.mark.parametrize(
    ("answers", "used", "told"),
    [
        (4, 4, None),
        (5, 5, "hampir semua"),
        (9, 5, "hampir semua"),
        (8, 4, "sebagian"),
        (9, 4, "sebagian kecil"),
        (10, 5, 50.0),
    ],
)
def test_a_share_or_a_word(answers, used, told):
    assert report._share(rules.share_of_use(answers, used)) == told


def test_nobody_is_seen_among_nine_answers(client_for, world, ids, training, stopped):
    def answer(people: list[int], used: str) -> None:
        made = queries.get_training(training)
        for person in people:
            own = make.enrolment(made, person, seat="confirmed")
            db.session.add(Uptake(enrolment_id=own.id, used=used, text="Contoh.", at=clock.now()))
        db.session.flush()

    with world():
        people = [one.id for one in make.crowd(ids["unit:mutasi"], 10)]
        answer(people[:4], "yes")
        answer(people[4:8], "partly")
        answer(people[8:9], "not_yet")
    stopped.set(at(7, 8))
    page = client_for("staff").page(f"/pelatihan/{training}").text
    assert "Dipakai oleh hampir semua dari 9 orang yang menjawab." in page and "juga sebagian" not in page
    with world():
        assert report.make(2026).rows[0][14] == "hampir semua"
        answer(people[9:], "not_yet")
        assert report.make(2026).rows[0][14] == "hampir semua"
