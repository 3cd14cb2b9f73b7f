"""A poll of six voters that three witnesses watch."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.voting.steps import VOTERS, codes_of, prepared


@pytest.fixture
def witnesses(world, ids):
    """Three employees of another agency, without a duty, in the order of their slots."""
    with world():
        return [person.id for person in make.crowd(ids["unit:aplikasi"], 3)]


@pytest.fixture
def voters(world, ids):
    with world():
        return [person.id for person in make.crowd(ids["unit:mutasi"], VOTERS)]


@pytest.fixture
def opened(client_for, ids, witnesses, voters):
    """An open poll and the codes of its witnesses."""
    poll = prepared(client_for, ids, witnesses)
    codes = codes_of(client_for, poll, witnesses)
    assert client_for("leader").send(f"/pemungutan-suara/{poll}/pembukaan-suara").status_code == 303
    return poll, codes
