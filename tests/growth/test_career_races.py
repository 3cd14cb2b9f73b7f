"""What two people do to a career record at the same moment, by real threads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.growth.careers.models import CorrectionAnswer, Share, ShareView, Thanks
from portal.ledger import AuditEvent
from tests import factories as make
from tests.people.test_races import second_steward, together


def test_thanks_from_two_tabs_at_once_are_one(client_for: Any, world: Any, ids: dict[str, int]) -> None:
    with world():
        proposal = make.proposal(make.plan(ids["unit:bkpsdm"]), ids["staff"], clock.now())
        path = f"/usulan/{proposal.id}/terima-kasih"
    tabs = [client_for("leader") for _n in range(4)]
    answers = together(
        *(
            lambda tab=tab, n=n: tab.send(path, {"text": f"Terima kasih {n}."}).status_code
            for n, tab in enumerate(tabs)
        )
    )
    assert answers[0] == 303 and set(answers[1:]) <= {403, 409}
    with world():
        assert db.session.scalar(select(func.count(Thanks.id))) == 1
        assert db.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.verb == "thanked")) == 1


def test_a_copy_that_is_revoked_while_it_is_opened_is_seen_before_or_never(
    client_for: Any, world: Any, ids: dict[str, int]
) -> None:
    with world():
        shared = make.share(ids["staff"])
        share_id, code = shared.id, shared.code
    staff, readers = client_for("staff"), [client_for(None) for _n in range(4)]
    answers = together(
        lambda: staff.send(f"/karier/bagikan/{share_id}/pencabutan").status_code,
        *(
            lambda reader=reader: reader.send("/rekam-karier", {"code": code}).status_code
            for reader in readers
        ),
    )
    assert answers.count(303) == 1 and set(answers) <= {200, 303, 422}
    assert client_for(None).send("/rekam-karier", {"code": code}).status_code == 422
    with world():
        assert db.session.get_one(Share, share_id).revoked_at is not None
        assert db.session.scalar(select(func.count(ShareView.id))) == answers.count(200)
        order = db.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all()
        assert "opened a shared record" not in order[order.index("revoked a shared record") :]


def test_two_stewards_answer_a_request_once(client_for: Any, world: Any, ids: dict[str, int]) -> None:
    second_steward(world, ids)
    with world():
        path = f"/karier/perbaikan/{make.correction(ids['colleague']).id}/jawaban"
    stewards = [client_for("steward"), client_for("staff")]
    form = {"outcome": "corrected", "text": "Sudah diperbaiki."}
    answers = together(*(lambda one=one: one.send(path, form).status_code for one in stewards))
    assert answers == [303, 403]
    with world():
        assert db.session.scalar(select(func.count(CorrectionAnswer.id))) == 1
