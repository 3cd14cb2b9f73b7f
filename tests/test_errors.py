"""A refused form gives back what was written into it."""

from __future__ import annotations

from portal import clock
from tests import factories as make
from tests.conftest import read


def test_refused_form_shows_the_words_and_carries_the_rest(client_for, world, ids):
    with world():
        proposal = make.proposal(make.plan(ids["unit:bkpsdm"]), ids["colleague"], clock.now()).id
    typed = {"kind": "accepted", "text": "Diterima sepenuhnya."}
    response = client_for("staff").send(f"/usulan/{proposal}/jawaban", typed)
    assert response.status_code == 403
    page = read(response)
    assert "Diterima sepenuhnya." in page.find("textarea", name="text").text
    assert page.find("input", name="kind").get("value") == "accepted"
    assert "accepted" not in page.text
