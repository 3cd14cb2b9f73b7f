"""One person sends the same form from many tabs at the same moment: a deed or a refusal, never a fault, on either database."""

from __future__ import annotations

from typing import Any

import pytest

from tests.input.table import ROWS, put
from tests.people.test_races import together

pytestmark = pytest.mark.slow
TABS = 6


@pytest.mark.parametrize("row", [row for row in ROWS if row.by and row.kept], ids=str)
def test_many_tabs_at_once_are_no_fault(row: Any, app: Any, built: Any, client_for: Any) -> None:
    path, form = (
        put(row.path, built),
        {put(name, built): put(value, built) for name, value in row.valid.items()},
    )
    clients = [client_for(built.get(row.by, row.by)) for _tab in range(TABS)]
    for client in clients:
        client.csrf()
    answers = together(*(lambda c=client: c.send(path, form).status_code for client in clients))
    assert row.status in answers, answers
    assert max(answers) < 500, answers
