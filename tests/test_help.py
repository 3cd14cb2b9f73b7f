"""Help: one short page a role, in pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.front.guides import GUIDES
from tools.pictures import FOLDER, LARGEST, PICTURES

TOP = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("role", GUIDES)
def test_a_role_is_shown_in_pictures_with_words_for_those_who_see_none(client_for, role):
    client = client_for("staff")
    page = client.page(f"/bantuan/{role}")
    pictures = page.all("img", class_="shot")
    assert pictures
    for picture in pictures:
        assert len(picture.get("alt")) > 20
        assert picture.get("width") and picture.get("height")
        answer = client.get(picture.get("src"))
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert "immutable" in answer.headers["Cache-Control"]


def test_every_picture_is_small_used_and_can_be_made_anew():
    shown = {step.picture for guide in GUIDES.values() for step in guide.steps if step.picture}
    assert shown == set(PICTURES) == {file.stem for file in FOLDER.iterdir()}
    for file in FOLDER.iterdir():
        assert file.stat().st_size <= LARGEST, file.name


def test_an_unknown_role_is_not_found(client_for):
    client_for("staff").page("/bantuan/raja", 404)
