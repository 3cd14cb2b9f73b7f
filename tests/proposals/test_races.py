"""What people do to proposals at the same moment, by real threads on a barrier."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.proposals.models import Answer, Proposal, ProposalRevision, Withdrawal
from tests import factories as make
from tests.people.test_races import together
from tests.proposals.test_deeds import FORM, answer, propose

pytestmark = pytest.mark.slow
COPIES = 8


@pytest.fixture
def plan(world, ids):
    with world():
        return make.plan(ids["unit:bkpsdm"]).id


def ready(client_for, *people):
    clients = [client_for(person) for person in people]
    for client in clients:
        client.csrf()
    return clients


def test_many_propose_to_one_plan(client_for, plan, world):
    clients = ready(client_for, *["staff", "colleague", "neighbour", "editor"] * 2)
    answers = together(*(lambda c=client: propose(c, plan).status_code for client in clients))
    assert answers == [303] * COPIES
    with world():
        numbers = db.session.scalars(select(Proposal.number).order_by(Proposal.number)).all()
        assert numbers == list(range(1, COPIES + 1))


def test_the_leader_answers_in_many_tabs(client_for, plan, ids, world):
    with world():
        number = make.proposal(db.session.get_one(make.Plan, plan), ids["staff"], clock.now()).id
    clients = ready(client_for, *["leader", "secretary"] * (COPIES // 2))
    answers = together(*(lambda c=client: answer(c, number).status_code for client in clients))
    assert set(answers) <= {303, 409} and 303 in answers
    with world():
        rounds = db.session.scalars(select(Answer.round).order_by(Answer.round)).all()
        assert rounds == list(range(1, answers.count(303) + 1))


def test_a_draft_is_edited_in_many_tabs(client_for, plan, ids, world):
    with world():
        number = make.proposal(db.session.get_one(make.Plan, plan), ids["staff"]).id
    clients = ready(client_for, *["staff"] * COPIES)
    edits = (lambda c=client: c.send(f"/usulan/{number}/sunting", FORM).status_code for client in clients)
    assert together(*edits) == [303] * COPIES
    with world():
        found = db.session.get_one(Proposal, number)
        numbers = db.session.scalars(select(ProposalRevision.number).order_by(ProposalRevision.number)).all()
        assert numbers == list(range(1, COPIES + 2))
        assert found.version == COPIES + 1


def test_withdrawn_in_many_tabs(client_for, plan, ids, world):
    with world():
        number = make.proposal(db.session.get_one(make.Plan, plan), ids["staff"], clock.now()).id
    clients = ready(client_for, *["staff"] * COPIES)
    deeds = (lambda c=client: c.send(f"/usulan/{number}/penarikan").status_code for client in clients)
    answers = together(*deeds)
    assert set(answers) <= {303, 403, 409} and 303 in answers
    with world():
        assert len(db.session.scalars(select(Withdrawal.id)).all()) == 1


def test_handed_in_in_many_tabs(client_for, plan, ids, world):
    with world():
        number = make.proposal(db.session.get_one(make.Plan, plan), ids["staff"]).id
    clients = ready(client_for, *["staff"] * COPIES)
    deeds = (lambda c=client: c.send(f"/usulan/{number}/pengajuan").status_code for client in clients)
    answers = together(*deeds)
    assert answers.count(303) == 1 and set(answers) <= {303, 403, 409}
