"""One search finds what a reader may know of, and nothing else."""

from __future__ import annotations

from datetime import date

from portal import clock
from tests import factories as make


def test_finds_what_the_reader_may_know_of(world, ids, client_for):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        line = make.line(plan, name="Pelatihan loket bersama", code="5.03.02.2.02.0007").id
        make.section(plan, heading="Isu loket")
        seen = make.proposal(plan, ids["staff"], clock.now(), "Loket satu pintu").id
        make.proposal(plan, ids["staff"], None, "Draf loket rahasia")
        unborn = make.plan(ids["unit:diskominfo"], starts={"initial_draft": date(2026, 12, 1)})
        make.line(unborn, name="Loket yang belum diumumkan")
        notice = make.notice(ids["unit:bkpsdm"], ids["leader"], title="Loket pindah").id
    page = client_for("colleague").page("/cari?q=LOKET")
    links = {a.get("href") for a in page.all("a")}
    assert {f"/baris/{line}", f"/usulan/{seen}", f"/pemberitahuan/{notice}"} <= links
    assert "Isu loket" in page.text
    assert "rahasia" not in page.text and "belum diumumkan" not in page.text
    assert f"/baris/{line}" in {
        a.get("href") for a in client_for("colleague").page("/cari?q=02.0007").all("a")
    }


def test_odd_words_find_nothing_and_hurt_nobody(client_for):
    client = client_for("staff")
    assert "paling sedikit tiga huruf" in client.page("/cari?q=ab").text
    for odd in ("%25%25%25", "___", "'%20OR%201=1", "%F0%9F%99%82%F0%9F%99%82%F0%9F%99%82", "x" * 5000):
        assert "Tidak ada yang cocok" in client.page(f"/cari?q={odd}").text


def test_the_plan_at_work_comes_before_those_of_other_years(world, ids, client_for):
    with world():
        made = {
            year: make.line(make.plan(ids["unit:bkpsdm"], year), name="Pelatihan loket").id
            for year in (2027, 2025, 2026)
        }
    links = [a.get("href") for a in client_for("colleague").page("/cari?q=loket").all("a")]
    found = [link for link in links if link.startswith("/baris/")]
    assert found == [f"/baris/{made[year]}" for year in (2027, 2026, 2025)]
