"""No score and no rank of a person: in no column, in no template, on no page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from portal.db import Base
from tests.matrix import world as things_of_matrix
from tests.matrix.test_matrix import matrix, routes

SUSPECT = re.compile(r"score|rank|rating|grade|points|percentile|talent|box|level|merit|badge|stars?$")
KNOWN = {
    "criterion.points": "what a published criterion adds for the seats of one training, before there are names",
    "enrolment.points": "the same sum as it stood when the list of one training was frozen; nothing reads it but its draw",
    "queue_place.points": "the sum of those, by code, for the draw of one training; kept nowhere beyond it",
    "feedback.content_score": "given to a training, by nobody named",
    "feedback.teaching_score": "given to a training, by nobody named",
    "feedback.use_score": "given to a training, by nobody named",
    "person.rank": "Golongan (III/c), a fact of civil service law from the roster; nothing is computed of it",
    "sub_activity.level": "whether a code belongs to a province or a regency",
}
"""Columns that sound like it, and why they are not."""
WORDS = re.compile(
    r"\b(skor|peringkat|ranking|pemeringkatan|pegawai terbaik|papan nilai|lencana)\b", re.IGNORECASE
)
ELSEWHERE = {
    "voting/show.html": "ranking",  # of a poll's options
    "evaluation/target.html": "peringkat",  # the scale of a line, such as WTP = 4
}
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def suspects() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if SUSPECT.search(column.name)
    }


def test_no_column_holds_a_score_or_rank_of_a_person(app):
    found = suspects()
    assert found - set(KNOWN) == set(), (
        "a column that sounds like a score: name it otherwise, or say here why it is none"
    )
    assert set(KNOWN) - found == set(), "no such column any more"


def test_no_template_speaks_of_one():
    spoken = {
        str(path.relative_to(TEMPLATES)): hit.group()
        for path in TEMPLATES.rglob("*.html")
        if (hit := WORDS.search(path.read_text(encoding="utf-8")))
    }
    assert spoken == ELSEWHERE


@pytest.mark.slow
def test_no_page_shows_one(app: Any, world: Any, ids: dict[str, int], client_for: Any) -> None:
    with world():
        things = things_of_matrix.build(ids)
    people = [client_for(who) for who in ("staff", "leader", "steward")]
    opened = 0
    for name, rule, method in routes(app):
        if method != "GET":
            continue
        values = {a: things[a]["own"] for a in rule.arguments if a in things} | matrix()[name].get("path", {})
        with app.test_request_context():
            path = rule.build(values)[1]
        for client in people:
            answer = client.get(path + matrix()[name].get("query", ""))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                opened += 1
                found = WORDS.search(answer.text)
                assert found is None or found.group() in ELSEWHERE.values(), (name, found)
            answer.close()
    assert opened > 100
