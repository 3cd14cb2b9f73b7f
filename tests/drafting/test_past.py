"""A plan's past: on a day, between two days, beside the year before, and who wrote which sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.drafting import past
from portal.drafting.models import Revision
from tests import cast
from tests import factories as make


def versions(*bodies: str) -> list[Revision]:
    return [Revision(number=number, body=body) for number, body in enumerate(bodies, 1)]


def test_a_sentence_stays_with_the_version_that_brought_it() -> None:
    found = past.blame(versions("Satu. Dua.", "Nol. Satu. Dua.", "Nol. Satu. Dua lagi."))
    assert [(s.text.strip(), s.revision.number) for s in found] == [
        ("Nol.", 2),
        ("Satu.", 1),
        ("Dua lagi.", 3),
    ]


def test_a_sentence_that_came_back_belongs_to_the_version_that_brought_it_back() -> None:
    assert past.blame(versions("Satu.", "", "Satu."))[0].revision.number == 3


@pytest.mark.parametrize("text", ["", "Rp1.250.000 cukup. Ya?\n\n- a\n- b", "\n\nx", "Tanpa titik"])
def test_no_letter_is_lost_between_sentences(text: str) -> None:
    assert "".join(past.sentences(text)) == text


def test_a_point_in_a_figure_ends_no_sentence() -> None:
    assert past.sentences("Rp1.250.000 cukup. Ya.") == ["Rp1.250.000 cukup. ", "Ya."]


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        before = make.plan(
            ids["unit:bkpsdm"],
            year=2026,
            starts={kind: cast.NOW.date() - timedelta(days=400 - n) for n, kind in enumerate(make.STARTS)},
        )
        line = make.line(plan, ceiling=500)
        make.line(plan, "5.03.02.2.02.0007", ceiling=70)
        make.line(before, ceiling=300)
        make.line(before, "5.03.02.2.02.0001", ceiling=1000)
        return {"plan": plan.id, "section": make.section(plan, body="Satu. Dua.").id, "line": line.id}


def test_new_gone_and_changed_lines_beside_last_year(client_for: Any, places: dict[str, int]) -> None:
    text = client_for("staff").page(f"/rencana/{places['plan']}/tahun-lalu").text
    assert "Rp1.300" in text and "Rp570" in text and "Rp730" in text
    assert "+200" in text and "+70" in text and "−1.000" in text
    assert "Baru: 1" in text and "Tidak ada lagi: 1" in text and "Berubah: 1" in text


def test_the_plan_as_it_stood_on_a_day(
    client_for: Any, places: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = clock.today()
    later = cast.NOW + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    planner = client_for("planner")
    planner.send(f"/bagian/{places['section']}/sunting", {"based_on": "1", "body": "Satu. Tiga."})
    planner.send(f"/baris/{places['line']}/coretan", {"reason": "Tidak jadi."})
    url = f"/rencana/{places['plan']}/pada"
    old = planner.page(f"{url}?pada={first}").text
    assert "Dua." in old and "Tiga." not in old and "5.03.02.2.02.0003" in old
    new = planner.page(f"{url}?pada={later.date()}").text
    assert "Tiga." in new and "5.03.02.2.02.0003" not in new
    both = planner.page(f"{url}?pada={first}&dengan={later.date()}")
    assert "Tiga" in [e.text for e in both.all("ins")] and "Dua" in [e.text for e in both.all("del")]
    assert "tidak ada lagi pada tanggal kedua" in both.text
    writers = planner.page(f"/bagian/{places['section']}/penulis").text
    assert "versi\u00a02" in writers or "versi 2" in writers


@pytest.mark.parametrize(
    "query", ["pada=x", "pada=0000-00-00", "pada=9999-12-31", "pada=0001-01-01", "pada=2026-03-01&dengan=x"]
)
def test_no_day_breaks_the_page(client_for: Any, places: dict[str, int], query: str) -> None:
    client_for("staff").page(f"/rencana/{places['plan']}/pada?{query}")
