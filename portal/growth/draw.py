"""The draw for scarce seats, which anyone can recompute from what is published; pure.

Two seeds are fixed beforehand by their SHA-256, one of the steward and one of the auditor, and told after the draw.
The order is by points, the most first, then by draw key, the smallest first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entrant:
    """Somebody in the order, known by the code of their enrolment."""

    code: str
    points: int


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def list_sha256(codes: Iterable[str]) -> str:
    """Of the sorted codes, joined by one newline."""
    return sha256("\n".join(sorted(codes)))


def key(seed_a: str, seed_b: str, list_hash: str, code: str) -> str:
    """The draw key of a code: lower-case hex."""
    return sha256(f"{seed_a}|{seed_b}|{list_hash}|{code}")


def order(entrants: Sequence[Entrant], seed_a: str, seed_b: str) -> list[Entrant]:
    """Everybody in the order of the draw, before quotas."""
    frozen = list_sha256(entrant.code for entrant in entrants)
    return sorted(
        entrants,
        key=lambda entrant: (-entrant.points, key(seed_a, seed_b, frozen, entrant.code), entrant.code),
    )


def seat(
    units: Sequence[Any],
    seats: int,
    most: Mapping[Any, int] | None = None,
    least: Sequence[tuple[frozenset[int], int]] = (),
) -> tuple[list[int], list[int]]:
    """Who of an order gets a seat, and who waits, as places counted from 0.

    `units` is the unit of each place; `most` the seats that a unit may take; `least` the groups (as places) with the
    seats that they are to get. Minima are filled first, then the order is walked and full units are skipped, then what
    remains is filled from the skipped.
    """
    most = most or {}
    taken: list[int] = []
    for group, wanted in least:
        for place in sorted(group):
            if len(taken) >= seats or sum(one in group for one in taken) >= wanted:
                break
            if place not in taken:
                taken.append(place)
    used: dict[Any, int] = {}
    for place in taken:
        used[units[place]] = used.get(units[place], 0) + 1
    for place, unit in enumerate(units):
        if len(taken) >= seats:
            break
        if place in taken or used.get(unit, 0) >= most.get(unit, seats):
            continue
        taken.append(place)
        used[unit] = used.get(unit, 0) + 1
    rest = [place for place in range(len(units)) if place not in taken]
    room = max(0, seats - len(taken))
    return sorted(taken + rest[:room]), rest[room:]


def find_difference(published: Any) -> str | None:
    """The first thing in a published draw that does not follow from the rest; None where all of it does.

    `published` is the decoded JSON: commitment_a, commitment_b, seed_a, seed_b, list_sha256, and enrolments, a list of
    {code, points, place} in any order, places from 1. Where it also says seats, most and least (a number, or null for
    no such quota) and for each code its agency, whether it counts for the minimum, and whether it is seated, the seats
    are recomputed too.
    """
    if not isinstance(published, dict):
        return "The file is no JSON object."
    names = ("commitment_a", "commitment_b", "seed_a", "seed_b", "list_sha256")
    for name in names:
        if not isinstance(published.get(name), str):
            return f"{name} is missing or is no text."
    given = published.get("enrolments")
    if not isinstance(given, list) or not given:
        return "enrolments is missing, empty or no list."
    for number, one in enumerate(given, 1):
        if not (
            isinstance(one, dict)
            and isinstance(one.get("code"), str)
            and one["code"]
            and all(
                isinstance(one.get(name), int) and not isinstance(one.get(name), bool)
                for name in ("points", "place")
            )
        ):
            return f"Enrolment {number} in the file lacks its code, points or place."
    codes = [one["code"] for one in given]
    if len(set(codes)) != len(codes):
        double = next(code for code in codes if codes.count(code) > 1)
        return f"The code {double} stands twice."
    for letter in "ab":
        if sha256(published[f"seed_{letter}"]) != published[f"commitment_{letter}"]:
            return f"seed_{letter} does not fit commitment_{letter}."
    if list_sha256(codes) != published["list_sha256"]:
        return "list_sha256 does not fit the list of codes."
    places = {one["code"]: one["place"] for one in given}
    entrants = [Entrant(one["code"], one["points"]) for one in given]
    for place, entrant in enumerate(order(entrants, published["seed_a"], published["seed_b"]), 1):
        if places[entrant.code] != place:
            return f"{entrant.code} has place {places[entrant.code]} in the file; computed: {place}."
    return _find_other_seat(published) if "seats" in published else None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _find_other_seat(published: Mapping[str, Any]) -> str | None:
    """The first code whose seat does not follow from the order and the quotas."""
    seats, most, least = (published.get(name) for name in ("seats", "most", "least"))
    if not _is_count(seats) or any(one is not None and not _is_count(one) for one in (most, least)):
        return "seats, most or least is no number."
    given = sorted(published["enrolments"], key=lambda one: int(one["place"]))
    for one in given:
        if not (
            isinstance(one.get("agency"), str)
            and isinstance(one.get("minimum"), bool)
            and isinstance(one.get("seated"), bool)
        ):
            return f"{one['code']} lacks its agency, minimum or seated."
    agencies = [one["agency"] for one in given]
    group = frozenset(place for place, one in enumerate(given) if one["minimum"])
    taken, _waiting = seat(
        agencies,
        int(seats or 0),
        dict.fromkeys(agencies, int(most)) if most is not None else None,
        [(group, int(least))] if least is not None else (),
    )
    for place, one in enumerate(given):
        if one["seated"] != (place in taken):
            words = ("no seat", "a seat")
            return f"{one['code']} has {words[one['seated']]} in the file; computed: {words[place in taken]}."
    return None
