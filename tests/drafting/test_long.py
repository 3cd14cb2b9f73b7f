"""A plan of 600 lines and seventeen long chapters: small pages that still reach everything."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import insert, select

from portal.db import db
from portal.discussion.models import Thread
from portal.drafting import parts
from portal.drafting.models import Line
from portal.drafting.queries import Group, Table, table_of
from tests import factories as make
from tests.conftest import read

LINES = 600
pytestmark = pytest.mark.slow
SMALL = 14 * 1024
WORDS = (
    "pelayanan data pegawai jadwal kegiatan laporan pelatihan berkas loket antrean kinerja anggaran".split()
)


def bulk(plan: Any, count: int) -> None:
    """Lines in programmes of 150 and activities of 10."""
    threads = db.session.scalars(insert(Thread).returning(Thread.id), [{} for _ in range(count)]).all()
    same = {
        "plan_id": plan.id,
        "unit_id": plan.unit_id,
        "measure_unit": "Dokumen",
        "openness": "consult",
        "version": 1,
    }
    db.session.execute(
        insert(Line),
        [
            same | {
                "thread_id": thread, "position": n, "name": f"Sub kegiatan contoh {n}", "ceiling": 1_000_000 + n, "target": n,
                "code": f"5.03.{n // 150 + 1:02d}.2.{n // 10:02d}.{n:04d}", "indicator": "Jumlah dokumen",
                "funding_source": "DAU", "location": "Semua kecamatan",
            }
            for n, thread in enumerate(threads)
        ],
    )  # fmt: skip


@pytest.fixture
def plan(world: Any, ids: dict[str, int]) -> dict[str, Any]:
    dice = random.Random(3)
    with world():
        made = make.plan(ids["unit:bkpsdm"])
        bulk(made, LINES)
        for number in range(17):
            body = "\n\n".join(" ".join(dice.choices(WORDS, k=80)) for _ in range(20))
            make.section(made, body=body, number=f"{number}", heading=f"Bagian {number}")
        lines = dict(db.session.execute(select(Line.name, Line.id).where(Line.plan_id == made.id)).all())
        return {"table": f"/rencana/{made.id}/tabel", "text": f"/rencana/{made.id}", "lines": lines}


def size(client: Any, path: str) -> int:
    return len(gzip.compress(client.get(path).data, 5))


def shown(page: Any) -> list[int]:
    return [
        int(one.get("id").split("-")[1])
        for one in page.all("details")
        if (one.get("id") or "").startswith("baris-")
    ]


def rests(page: Any) -> list[str]:
    return [
        link.get("href").split("#")[0]
        for box in page.all("div", **{"class": "rest"})
        for link in box.iter("a")
    ]  # fmt: skip


def test_a_long_table_is_a_small_page_with_all_its_sums(client_for: Any, plan: dict[str, Any]) -> None:
    planner = client_for("planner")
    page = planner.page(plan["table"])
    assert size(planner, plan["table"]) <= SMALL
    assert 10 <= len(shown(page)) <= parts.FIRST
    for number in range(4):
        wanted = sum(1_000_000 + n for n in range(number * 150, number * 150 + 150))
        assert page.find("span", id=f"jumlah-{number + 1}").text == f"{wanted:,}".replace(",", ".")
    whole = sum(1_000_000 + n for n in range(LINES))
    assert page.find("span", id="jumlah-semua").text == f"{whole:,}".replace(",", ".")
    assert "600" in page.find("details", id="pemeriksaan").find(".//ul").findtext(".//span")


def test_what_is_left_out_comes_in_place_and_every_line_once(client_for: Any, plan: dict[str, Any]) -> None:
    planner = client_for("planner")
    page = planner.page(plan["table"])
    found, waiting = shown(page), rests(page)
    while waiting:
        more = planner.page(waiting.pop(0), htmx=True)
        assert 0 < len(shown(more)) <= parts.MORE
        found += shown(more)
        waiting += rests(more)
    assert sorted(found) == sorted(plan["lines"].values())


def test_without_javascript_links_lead_to_every_line(client_for: Any, plan: dict[str, Any]) -> None:
    planner, waiting, seen, found = client_for("planner"), [plan["table"]], set(), set()
    while waiting:
        path = waiting.pop()
        # Up and down: where a part begins is what counts, not where it was to end.
        key = tuple(parse_qs(urlsplit(path).query).get("baris", ()))
        if key not in seen:
            seen.add(key)
            page = planner.page(path)
            found |= set(shown(page))
            waiting += rests(page)
    assert found == set(plan["lines"].values())


def test_a_link_to_any_line_shows_it(client_for: Any, plan: dict[str, Any]) -> None:
    planner = client_for("planner")
    for number in (0, 9, 23, 24, 149, 150, 333, 599):
        line = plan["lines"][f"Sub kegiatan contoh {number}"]
        back = planner.page(f"/baris/{line}").find("a", **{"class": "back"}).get("href")
        address, _hash, anchor = back.partition("#")
        assert anchor == f"baris-{line}"
        page = planner.page(address)
        assert line in shown(page), number
        assert size(planner, address) <= SMALL


def test_words_find_lines_of_the_whole_table(client_for: Any, plan: dict[str, Any]) -> None:
    planner = client_for("planner")
    page = planner.page(f"{plan['table']}?q=CONTOH+57")
    names = ["Sub kegiatan contoh 57", *(f"Sub kegiatan contoh 57{n}" for n in range(10))]
    assert sorted(shown(page)) == sorted(plan["lines"][name] for name in names)
    assert shown(planner.page(f"{plan['table']}?q=.0599")) == [plan["lines"]["Sub kegiatan contoh 599"]]
    assert "Tidak ada baris dengan kata itu" in planner.page(f"{plan['table']}?q=zzzz").text


@pytest.mark.parametrize(
    "odd", ["baris=0", "baris=x", "baris=2147483647&sampai=1", "sampai=3", "baris=99999999999"]
)
def test_an_odd_part_is_the_first_one_or_none(client_for: Any, plan: dict[str, Any], odd: str) -> None:
    planner = client_for("planner")
    assert shown(planner.page(f"{plan['table']}?{odd}")) == shown(planner.page(plan["table"]))
    assert planner.get(f"{plan['table']}?{odd}", headers={"HX-Request": "true"}).status_code == 404


def test_questions_do_not_grow_with_lines(
    client_for: Any, world: Any, ids: dict[str, int], plan: dict[str, Any], count_queries: Any
) -> None:
    with world():
        short = make.plan(ids["unit:diskominfo"])
        bulk(short, 3)
        make.section(short)
        paths = {plan["table"]: f"/rencana/{short.id}/tabel", plan["text"]: f"/rencana/{short.id}"}
    leader = client_for("secretary")
    for long_path, short_path in paths.items():
        leader.page(short_path)
        count_queries()
        leader.page(short_path)
        few = count_queries()
        leader.page(long_path)
        assert count_queries() <= few <= 12


def test_a_long_text_comes_chapter_by_chapter(client_for: Any, plan: dict[str, Any]) -> None:
    planner = client_for("planner")
    page = planner.page(plan["text"])
    assert size(planner, plan["text"]) <= SMALL
    anchors = [one.get("id") for one in page.all("section") if (one.get("id") or "").startswith("bagian-")]
    assert len(anchors) == 17
    waiting = [one for one in page.all("section", **{"class": "piece rest"})]
    assert len(waiting) == 16
    for one in waiting:
        more = planner.page(one.get("hx-get"), htmx=True)
        assert [own.get("id") for own in more.all("section")] == [one.get("id")]
        assert len(more.text) > 8_000
        whole = planner.page(one.find(".//a").get("href").split("#")[0])
        assert len(whole.all("section", **{"class": "piece rest"})) == 15
    assert planner.get(f"{plan['text']}?bagian=0", headers={"HX-Request": "true"}).status_code == 404


def test_a_saved_line_of_a_long_table_brings_only_its_own_sums(client_for: Any, plan: dict[str, Any]) -> None:
    planner, line = client_for("planner"), plan["lines"]["Sub kegiatan contoh 333"]
    form = {"name": "Sub kegiatan contoh 333", "ceiling": "5", "based_on": "1", "inline": "1"}
    part = read(planner.send(f"/baris/{line}/sunting", form, htmx=True), whole=False)
    sums = [one.get("id") for one in part.all("span", hx_swap_oob="true")]
    assert [name for name in sums if not name.endswith("maju")] == ["jumlah-semua", "jumlah-3", "jumlah-3-4"]


# Pure


def _table(sizes: list[list[int]]) -> Table:
    lines = []
    for programme, activities in enumerate(sizes, 1):
        for activity, count in enumerate(activities, 1):
            lines += [Line(code=f"1.01.{programme:02d}.2.{activity:02d}.{n:04d}") for n in range(count)]
    for number, line in enumerate(lines, 1):
        line.id = number
    return table_of(lines)


def _rests(found: parts.Part) -> Iterator[parts.Rest]:
    yield from (rest for rest in (found.before, found.after) if rest)


@given(
    some.lists(some.lists(some.integers(1, 130), min_size=1, max_size=4), min_size=1, max_size=5), some.data()
)
def test_parts_cover_each_line_once(sizes: list[list[int]], data: Any) -> None:
    table = _table(sizes)
    wanted = data.draw(some.none() | some.integers(1, table.count))
    first = list(parts.page(table, wanted))
    assert [part.programme for part in first] == table.programmes
    assert 0 < sum(len(part.lines) for part in first) <= parts.FIRST
    assert wanted is None or any(line.id == wanted for part in first for line in part.lines)
    found = [line.id for part in first for line in part.lines]
    waiting = [rest for part in first for rest in _rests(part)]
    assert sum(rest.count for rest in waiting) + len(found) == table.count
    while waiting:
        rest = waiting.pop()
        more = parts.rest(table, rest.first.id, rest.until.id if rest.until else None)
        assert more is not None and 0 < len(more.lines) <= min(parts.MORE, rest.count)
        found += [line.id for line in more.lines]
        waiting += _rests(more)
    assert sorted(found) == list(range(1, table.count + 1))


def test_a_part_ends_behind_an_activity_where_it_can() -> None:
    table = _table([[10, 10, 10], [3, 60]])
    first, second = parts.page(table)
    assert [len(lines) for _activity, lines in first.activities] == [10, 10]
    assert second.lines == []
    assert isinstance(second.programme, Group)
    more = parts.rest(table, 31, None)
    assert more is not None
    assert [len(lines) for _activity, lines in more.activities] == [3]
