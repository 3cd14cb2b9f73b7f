"""A cancelled training goes no further, and what it was to meet is needed again."""

from __future__ import annotations

from portal import clock
from portal.db import db
from portal.growth import draw
from portal.growth.training import actions, queries
from portal.growth.training.models import TrainingCancellation, TrainingNeed
from tests import factories as make
from tests.conftest import read
from tests.growth.conftest import SEEDS


def cancel(training: int, by_id: int) -> None:
    db.session.add(
        TrainingCancellation(training_id=training, reason="Aula dipakai.", by_id=by_id, at=clock.now())
    )
    db.session.flush()


def test_nothing_of_it_goes_on(client_for, world, ids, training):
    with world():
        made = queries.get_training(training)
        own = make.enrolment(made, ids["staff"], seat="held").id
        held = make.meeting(made, clock.now())
        meeting, code = held.id, actions.wall_code(held)
        made.draw.b_by_id = ids["auditor"]
        made.draw.seed_a, made.draw.frozen_at = SEEDS[0], clock.now()
        made.draw.list_sha256 = draw.list_sha256([f"P-{ids['staff']:06d}"])
    auditor = client_for("auditor")
    assert auditor.get(f"/pelatihan/{training}/undian/benih").status_code == 200
    assert "menunggu benih Anda" in auditor.page("/menunggu-saya").text
    assert client_for("staff").get(f"/pelatihan/pertemuan/{meeting}/hadir").status_code == 200
    with world():
        cancel(training, ids["planner"])
    deeds = [
        ("auditor", f"/pelatihan/{training}/undian/benih", {"seed": SEEDS[1]}),
        ("auditor", f"/pelatihan/{training}/benih", {"seed": SEEDS[1]}),
        ("staff", f"/pelatihan/pendaftaran/{own}/tempat", {"jawaban": "accepted"}),
        ("staff", f"/pelatihan/pertemuan/{meeting}/hadir", {"code": code}),
    ]
    for who, path, typed in deeds:
        sent = client_for(who).send(path, typed)
        assert sent.status_code == 403 and "Pelatihan ini dibatalkan." in read(sent).text, path
    assert "menunggu benih Anda" not in client_for("auditor").page("/menunggu-saya").text
    assert "Buka benih" not in client_for("auditor").page(f"/pelatihan/{training}").text
    assert "Saya hadir" not in client_for("staff").page(f"/pelatihan/{training}").text


def test_its_need_is_needed_again(world, ids, training):
    with world():
        need = make.need(ids["unit:bkpsdm"], ids["planner"])
        db.session.add(TrainingNeed(training_id=training, need_id=need.id))
        db.session.flush()
        assert queries.list_needs() == [] and queries.needs_to_choose({need.unit_id}) == []
        cancel(training, ids["planner"])
        assert [one.needs for one in queries.list_needs()] == [(need,)]
        assert [number for number, _words in queries.needs_to_choose({need.unit_id})] == [need.id]
