"""A shared career record, from thanks to its revocation."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.growth.careers.models import Share
from portal.people.codes import in_groups
from portal.proposals.models import Answer
from tests import factories as make


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_shared_career_record_is_revoked(visitor, size, world, ids, javascript):
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        proposal = make.proposal(plan, ids["staff"], clock.now(), title="Loket satu pintu")
        db.session.add(
            Answer(
                proposal_id=proposal.id, round=1, kind="accepted", text="Diterima.", by_id=ids["leader"], at=clock.now()
            )
        )  # fmt: skip
        path = f"/usulan/{proposal.id}"

    leader = visitor("leader", size, javascript).open(path).follow("Ucapkan terima kasih")
    leader.fill("Ucapan Anda", "Terima kasih, antrean loket berkurang.").press("Catat ucapan")

    staff = visitor("staff", size, javascript).sees("antrean loket berkurang")
    staff.open("/karier/").sees("Usulan “Loket satu pintu”").sees("antrean loket berkurang")
    staff.follow("Bagikan").check_off("Ucapan terima kasih").fill("Dapat dibuka sampai", "2026-03-31")
    staff.press("Buat salinan").sees("Dibuka 0 kali")
    with world():
        code = in_groups(db.session.scalars(select(Share.code)).one())
    staff.sees(code)

    reader = visitor(None, size, javascript).open("/rekam-karier")
    reader.fill("Kode salinan", code.lower()).press("Buka")
    reader.sees("antrean loket berkurang").sees("SHA-256-nya cocok").sees_not("Sumbangan atas nama saya")

    staff.page.reload()
    staff.sees("Dibuka 1 kali").press("Cabut salinan").sees("Dicabut")
    reader.open("/rekam-karier").fill("Kode salinan", code).press("Buka")
    reader.sees("Kode ini tidak dikenal").sees_not("antrean loket berkurang")
    staff.follow("Rekam karier")
    assert re.search(r"dibuka\s1\skali", staff.page.get_by_role("main").inner_text())
