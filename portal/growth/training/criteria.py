"""What a training asks for and what gives points: tests on facts that the portal has, said in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.growth.training.models import Criterion, Quota
from portal.people.authority import tree


@dataclass(frozen=True)
class Facts:
    """What is known of an applicant on the day of the question."""

    status: str
    post: str
    unit_id: int
    hours: int = 0
    """JP of the training's year."""
    knows_topic: bool = False
    unit_had_seat: bool = False


def number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() else 0


def is_met(criterion: Criterion, facts: Facts, line_unit_id: int | None) -> bool:
    """Whether somebody of whom these facts are known meets it; `line_unit_id` owns the line that pays."""
    match criterion.test:
        case "status":
            return facts.status.upper().startswith(criterion.value)
        case "unit":
            return facts.unit_id in tree().below([number(criterion.value)])
        case "post":
            return criterion.value.casefold() in facts.post.casefold()
        case "few_hours":
            return facts.hours < number(criterion.value)
        case "new_topic":
            return not facts.knows_topic
        case "unit_without_seat":
            return not facts.unit_had_seat
        case "line_owner":
            return line_unit_id is not None and facts.unit_id in tree().below([line_unit_id])
    raise ValueError(criterion.test)


def words(criterion: Criterion) -> str:
    """The criterion as everybody reads it."""
    match criterion.test:
        case "status":
            return _("berstatus %(status)s", status=criterion.value)
        case "unit":
            return _("bertugas di %(unit)s", unit=tree().names.get(number(criterion.value), "?"))
        case "post":
            return _("jabatannya memuat “%(words)s”", words=criterion.value)
        case "few_hours":
            return _("JP tahun ini di bawah %(n)s", n=criterion.value)
        case "new_topic":
            return _("belum pernah mengikuti topik ini")
        case "unit_without_seat":
            return _("unitnya tidak mendapat tempat selama dua tahun")
        case "line_owner":
            return _("unitnya pemilik baris yang membiayai")
    raise ValueError(criterion.test)


def unmet(criteria: Iterable[Criterion], facts: Facts, line_unit_id: int | None) -> list[str]:
    """In words, what must be met and is not."""
    return [words(one) for one in criteria if one.kind == "must" and not is_met(one, facts, line_unit_id)]


def points(criteria: Iterable[Criterion], facts: Facts, line_unit_id: int | None) -> int:
    return sum(one.points for one in criteria if one.kind == "points" and is_met(one, facts, line_unit_id))


def quota_words(quota: Quota) -> str:
    if quota.most is not None:
        return _("paling banyak %(n)s tempat untuk satu perangkat daerah", n=quota.most)
    who = _("kecamatan") if quota.group == "district" else tree().names.get(quota.unit_id or 0, "?")
    return _("paling sedikit %(n)s tempat untuk %(who)s", n=quota.least, who=who)


def is_in_group(quota: Quota, unit_id: int) -> bool:
    """Whether somebody of this unit counts for a minimum."""
    if quota.group == "district":
        names = tree().names
        return any(names[above].startswith("Kecamatan ") for above in tree().up(unit_id) if above in names)
    return quota.unit_id is not None and unit_id in tree().below([quota.unit_id])


def facts_of(person: Any, unit_id: int, **more: Any) -> Facts:
    return Facts(person.status, person.post, unit_id, **more)
