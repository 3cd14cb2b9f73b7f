"""Who sees what: the table of after-the-plan.md, section 6, and that what is open in the permission matrix is open in it."""

from __future__ import annotations

import pytest

from portal.people.sight import SIGHT, VIEWERS, Extent, extent, opens
from tests.matrix.test_matrix import expected, matrix

pytestmark = pytest.mark.rules

WRITTEN = {
    "result": "WWWWWWL",
    "objection": "WPPPPPC",
    "hours": "WPNWNWC",
    "enrolment": "WPKWNWC",
    "feedback": "PCCCNCC",
    "offer": "WWLWWWL",
    "post": "WWWWWWC",
    "self_check": "WNNNNNN",
    "application": "PNNWNWC",
    "career": "WNNPNNN",
}
"""The rows of the design by the initials of `Extent` (K for codes), in the order self, leader, colleague, steward, verifier,
auditor, open data."""
LETTERS = dict(zip("NCKLPW", Extent, strict=True))

ROLES = {
    "staff": ("self",),
    "leader": ("leader", "colleague"),
    "colleague": ("colleague",),
    "steward": ("steward", "colleague"),
    "verifier": ("verifier", "colleague"),
    "auditor": ("auditor", "colleague"),
    "signed_out": ("open",),
}
"""What one of the cast is to something of the staff's."""
PAGES = {
    "GET /hasil/<int:agency_id>/<int:year>/<int:quarter>": "result",
    "GET /karier/bagikan/<int:share_id>": "career",
}
"""Pages about a thing of one person or unit, and which row they follow. A page of one's own alone has no id of another's."""


def test_the_table_is_the_one_that_was_written():
    assert set(SIGHT) == set(WRITTEN)
    for subject, row in WRITTEN.items():
        assert [SIGHT[subject][viewer] for viewer in VIEWERS] == [LETTERS[letter] for letter in row], subject


@pytest.mark.parametrize("route", PAGES)
def test_a_page_opens_for_whom_the_table_says(route):
    """The steward's part of a career record is a request for correction, which has a page of its own."""
    cells = matrix()[route]
    for person, viewers in ROLES.items():
        sees = opens(PAGES[route], *viewers, least=Extent.WHOLE) and person != "signed_out"
        assert (expected(cells, person, "own", "GET") == 200) is sees, f"{route} as {person}"


def test_the_steward_sees_what_is_asked_of_them_and_nobody_else_does():
    cells = matrix()["GET /karier/perbaikan/<int:correction_id>/jawaban"]
    for person, viewers in ROLES.items():
        if person not in ("staff", "signed_out"):
            assert (expected(cells, person, "own", "GET") == 200) is opens("career", *viewers)


def test_an_unknown_word_opens_nothing():
    with pytest.raises(KeyError):
        extent("career", "friend")
    with pytest.raises(KeyError):
        extent("salary", "self")
