"""Menunggu saya of a leader with more work than a page holds."""

from __future__ import annotations

import re

from portal import clock
from tests import factories as make


def test_a_long_agenda_comes_in_pages_and_none_is_left_out(world, ids, client_for):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        wanted = {make.proposal(plan, ids["staff"], clock.now()).id for _n in range(43)}
    leader = client_for("leader")
    first, second = (leader.page(f"/menunggu-saya{page}").response.text for page in ("", "?halaman=2"))
    assert "43 hal menunggu Anda" in first and "43 hal menunggu Anda" in second
    found = [{int(n) for n in re.findall(r"/usulan/(\d+)/jawaban", text)} for text in (first, second)]
    assert [len(ones) for ones in found] == [40, 3]
    assert found[0] | found[1] == wanted
    for odd in ("0", "-3", "x", "9" * 30):
        leader.page(f"/menunggu-saya?halaman={odd}")
