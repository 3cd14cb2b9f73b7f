"""The draw: the worked examples T7 and T8, and the command with which anyone checks a published one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.growth import draw
from portal.growth.draw import Entrant

SEEDS = "tapis-2027", "inspektorat-41"
CODES = [f"P-00{n}" for n in range(1, 7)]


def published(**changed: Any) -> dict[str, Any]:
    entrants = [Entrant(code, 0) for code in CODES]
    return {
        "commitment_a": draw.sha256(SEEDS[0]),
        "commitment_b": draw.sha256(SEEDS[1]),
        "seed_a": SEEDS[0],
        "seed_b": SEEDS[1],
        "list_sha256": draw.list_sha256(CODES),
        "enrolments": [
            {"code": entrant.code, "points": entrant.points, "place": place}
            for place, entrant in enumerate(draw.order(entrants, *SEEDS), 1)
        ],
    } | changed


@pytest.mark.rules
def test_t7_the_order_that_everyone_computes() -> None:
    assert draw.sha256(SEEDS[0]).startswith("4cd18f29") and draw.sha256(SEEDS[1]).startswith("3bd8a5cd")
    frozen = draw.list_sha256(reversed(CODES))
    assert frozen.startswith("f42b36f1")
    found = [entrant.code for entrant in draw.order([Entrant(code, 0) for code in CODES], *SEEDS)]
    assert found == ["P-001", "P-004", "P-003", "P-005", "P-002", "P-006"]
    keys = [draw.key(*SEEDS, frozen, code)[:8] for code in found]
    assert keys == ["4f68340a", "5af6d6f0", "7cdaaa71", "b1357ccf", "e28b0b69", "f2ad11a1"]


@pytest.mark.rules
def test_points_come_before_the_draw() -> None:
    entrants = [Entrant(code, 1 if code == "P-006" else 0) for code in CODES]
    assert draw.order(entrants, *SEEDS)[0].code == "P-006"


@pytest.mark.rules
def test_t8_quotas_skip_full_units_and_then_fill_up() -> None:
    units = list("AAABBCAD")
    most = dict.fromkeys("ABCD", 2)
    taken, waiting = draw.seat(units, 6, most)
    assert [place + 1 for place in taken] == [1, 2, 4, 5, 6, 8]
    assert [place + 1 for place in waiting] == [3, 7]
    taken, waiting = draw.seat(units, 7, most)
    assert [place + 1 for place in taken] == [1, 2, 3, 4, 5, 6, 8]
    assert [place + 1 for place in waiting] == [7]


@pytest.mark.rules
def test_a_minimum_is_filled_before_the_order_is_walked() -> None:
    taken, _waiting = draw.seat(list("AABB"), 2, least=[(frozenset({3}), 1)])
    assert taken == [0, 3]


@pytest.mark.rules
@given(st.lists(st.sampled_from("ABC"), max_size=20), st.integers(0, 25), st.integers(0, 5))
def test_nobody_is_lost_and_no_seat_stays_empty(units: list[str], seats: int, most: int) -> None:
    taken, waiting = draw.seat(units, seats, dict.fromkeys("ABC", most))
    assert sorted(taken + waiting) == list(range(len(units)))
    assert len(taken) == min(seats, len(units))


def check(app: Any, path: Any) -> Any:
    return app.test_cli_runner().invoke(args=["training", "draw-check", str(path)])


def test_a_published_draw_is_found_right(app, tmp_path):
    path = tmp_path / "undian.json"
    path.write_text(json.dumps(published()))
    found = check(app, path)
    assert (found.exit_code, found.stdout.strip()) == (0, "sesuai")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"seed_a": "tapis-2028"}, "seed_a does not fit"),
        ({"commitment_b": "0" * 64}, "seed_b does not fit"),
        ({"list_sha256": "0" * 64}, "list_sha256 does not fit"),
        ({"seed_b": None}, "seed_b is missing"),
        ({"enrolments": []}, "enrolments is missing"),
        ({"enrolments": [{"code": "P-001", "points": True, "place": 1}]}, "Enrolment 1"),
        ({"enrolments": [{"code": "P-001", "points": 0, "place": 1}] * 2}, "stands twice"),
        (
            {"enrolments": [*published()["enrolments"][1:], {"code": "P-007", "points": 0, "place": 1}]},
            "list_sha256",
        ),
    ],
)
def test_the_first_difference_is_said(app, tmp_path, changed, sentence):
    path = tmp_path / "undian.json"
    path.write_text(json.dumps(published(**changed)))
    found = check(app, path)
    assert found.exit_code == 1 and sentence in found.stderr and found.stderr.count("\n") == 1


def test_two_places_exchanged_are_seen(app, tmp_path):
    changed = published()
    first, second = changed["enrolments"][:2]
    first["place"], second["place"] = 2, 1
    path = tmp_path / "undian.json"
    path.write_text(json.dumps(changed))
    assert "P-001 has place 2 in the file; computed: 1" in check(app, path).stderr


SEATED = {"P-001", "P-003", "P-006"}
"""P-001 and P-004 come first; P-004 is of the same agency as P-001, and P-006 alone counts for the minimum."""


def with_seats(seated: set[str] = SEATED, **changed: Any) -> dict[str, Any]:
    file = published(seats=3, most=1, least=1)
    for one in file["enrolments"]:
        one["agency"] = "A1" if one["code"] in ("P-001", "P-004") else f"A{one['code']}"
        one["minimum"] = one["code"] == "P-006"
        one["seated"] = one["code"] in seated
    return file | changed


@pytest.mark.rules
@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (with_seats(), None),
        (with_seats({"P-001", "P-004", "P-006"}), "P-004 has a seat in the file; computed: no seat."),
        (with_seats({"P-001", "P-003"}), "P-006 has no seat in the file; computed: a seat."),
        (with_seats(most=None), "P-004 has no seat in the file; computed: a seat."),
        (with_seats(least=None), "P-005 has no seat in the file; computed: a seat."),
        (with_seats(seats=4), "P-005 has no seat in the file; computed: a seat."),
        (with_seats(seats=True), "seats, most or least is no number."),
        (with_seats(least="1"), "seats, most or least is no number."),
        (published(seats=3, most=1, least=1), "P-001 lacks its agency, minimum or seated."),
    ],
)
def test_the_seats_are_recomputed_where_the_file_says_them(
    file: dict[str, Any], sentence: str | None
) -> None:
    assert draw.find_difference(file) == sentence


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_draw(app, tmp_path, content):
    path = tmp_path / "undian.json"
    if content is not None:
        path.write_bytes(content)
    found = check(app, path)
    assert found.exit_code == 1 and found.stderr.count("\n") == 1
