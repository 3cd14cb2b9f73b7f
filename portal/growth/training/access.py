"""Under which duty somebody acts on a training, and what the views of its files share."""

from __future__ import annotations

from flask_login import current_user

from portal.growth.training import queries
from portal.growth.training.models import Training
from portal.people.authority import Held, leaders_of, tree


def organised() -> set[int]:
    """The units for which this person organises trainings."""
    reach: set[int] = current_user.authority.reach("planner", "steward")
    return reach


def organising(unit_id: int) -> Held | None:
    """The duty under which one organises: the unit's planner, or its steward."""
    authority = current_user.authority
    held: Held | None = authority.over("planner", unit_id) or authority.over("steward", unit_id)
    return held


def auditing(unit_id: int) -> Held | None:
    held: Held | None = current_user.authority.over("auditor", unit_id)
    return held


def superior(unit_id: int, person_id: int) -> Held | None:
    """The duty under which whoever is signed in endorses; None where the endorsement of this person falls to others."""
    if not any(one.person_id == current_user.id for one in leaders_of(unit_id, but_not=person_id)):
        return None
    held: Held | None = current_user.authority.over("leader", unit_id)
    return held


def recording(unit_id: int) -> Held | None:
    """The duty under which one records what a unit needs."""
    return organising(unit_id) or current_user.authority.over("leader", unit_id)


def get(training_id: int, *, alone: bool = False) -> Training:
    """The training as far as one may know of it."""
    return queries.get_training(training_id, organised(), alone=alone)


def units(unit_ids: set[int] | None = None) -> list[tuple[int, str]]:
    """Units to choose from, by name."""
    names = tree().names
    return sorted(
        ((one, names[one]) for one in (names if unit_ids is None else unit_ids) if one in names),
        key=lambda pair: pair[1],
    )
