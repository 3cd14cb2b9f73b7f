"""A published training of BKPSDM with two seats, to which anyone may apply until 20 March 2026."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from portal import clock
from portal.db import db
from portal.growth import draw
from portal.growth.training.models import Training
from tests import factories as make

SEEDS = "tapis-2027", "inspektorat-41"
FORM = {
    "title": "Pengelolaan arsip dinamis",
    "topic": "Kearsipan",
    "text": "Menata berkas aktif.",
    "form": "B3",
    "mode": "onsite",
    "place": "Aula contoh",
    "seats": "2",
    "opens_on": "2026-03-03",
    "closes_on": "2026-03-20",
    "starts_on": "2026-04-06",
    "ends_on": "2026-04-08",
    "line": "0",
    "min_attendance": "80",
    "must_status": "",
    "must_unit": "0",
    "must_post": "",
    "least_group": "",
}


def at(month: int, day: int, hour: int = 9) -> datetime:
    """An hour of a day of 2026, in WIB."""
    return datetime(2026, month, day, hour, tzinfo=clock.DEFAULT_ZONE).astimezone(clock.now().tzinfo)


@pytest.fixture
def training(world: Any, ids: dict[str, int]) -> int:
    """Its id; the auditor has fixed the second seed."""
    with world():
        made = make.training(ids["unit:bkpsdm"], ids["planner"])
        made.draw.commitment_a, made.draw.commitment_b = map(draw.sha256, SEEDS)
        return int(made.id)


@pytest.fixture
def change(world: Any, training: int) -> Any:
    """Change columns of the training as no page would."""

    def set_columns(**columns: Any) -> None:
        with world():
            found = db.session.get_one(Training, training)
            for name, value in columns.items():
                setattr(found, name, value)

    return set_columns


DAY = date(2026, 4, 6)
