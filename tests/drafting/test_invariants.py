"""The invariants E1–E12 of writing together, by number, on the portal as it is served: several processes, one barrier.

The counts here are small; `./test --long` repeats the races with large ones. How each of them was seen to fail stands
in `tests/mutants.py`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal import audit
from portal.db import db
from portal.drafting import revisions, words
from portal.drafting.models import Line, Revision, Section, Snapshot, Verification
from portal.ledger import Submission
from portal.people.models import Draft, Presence
from tests import factories as make
from tests.conftest import path_of
from tests.input.table import LINE
from tests.served import Browser, Server, browser, together

pytestmark = pytest.mark.slow

HANDS = 5
FEW, MANY = 3, 40
"""Rounds of a race in ./test, and in ./test --long."""
SHORT_AND_LONG = [FEW, pytest.param(MANY, marks=pytest.mark.long)]
WITHDRAWN = {"preparation": date(2026, 3, 2), "initial_draft": date(2026, 4, 2), "forum": date(2026, 5, 2)}
"""Stages of a plan that nobody but who has a duty over it may see yet."""


@pytest.fixture
def places(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """A plan with two sections and a line, all on version 1."""
    with world():
        plan = make.plan(ids["unit:bkpsdm"])
        one, two = make.section(plan, body="Awal."), make.section(plan, body="Awal.", heading="Tujuan")
        line = make.line(plan)
        return {"plan": plan.id, "section": one.id, "other": two.id, "line": line.id}


@dataclass
class Accepted:
    """What the server said yes to: token, the piece, the words that were sent, and the status."""

    rows: list[tuple[str, type, int, str, int]] = field(default_factory=list)

    def save(self, who: Browser, kind: type, piece: int, based_on: int, words_: str, token: str) -> int:
        """Send one save on this version and remember what was accepted."""
        if kind is Section:
            path, form = f"/bagian/{piece}/sunting", {"based_on": str(based_on), "body": words_}
        else:
            path, form = f"/baris/{piece}/sunting", LINE | {"based_on": str(based_on), "note": words_}
        answer = who.insist(path, form, token)
        assert answer.status in (303, 409), answer.text[:500]
        self.rows.append((token, kind, piece, words_, answer.status))
        return int(answer.status)


def check(world: Any, accepted: Accepted, begun: int = 1) -> None:
    """E1, E2, E3, E4 and E6 over all pieces, from the tables alone."""
    with world():
        saved: Counter[tuple[type, int]] = Counter()
        for token, kind, piece_id, sent, status in accepted.rows:
            addresses = db.session.scalars(select(Submission.address).where(Submission.token == token)).all()
            assert len(addresses) == 1 and addresses[0], f"E1: {token} leads to one result"
            column = Revision.section_id if kind is Section else Revision.line_id
            made = [
                row for row in db.session.scalars(select(Revision).where(column == piece_id))
                if (row.body if kind is Section else (row.fields or {}).get("note")) == sent
            ]  # fmt: skip
            assert len(made) == 1, f"E1: {sent} stands in {len(made)} revisions"
            assert (made[0].number is None) == (status == 409), "E1: a version or a clash, as was said"
            if kind is Section:
                assert made[0].sha256 == hashlib.sha256(sent.encode()).hexdigest()
            saved[kind, piece_id] += 1
        for kind, column in ((Section, Revision.section_id), (Line, Revision.line_id)):
            for piece in db.session.scalars(select(kind)):
                rows = db.session.scalars(select(Revision).where(column == piece.id)).all()
                numbers = sorted(row.number for row in rows if row.number is not None)
                assert numbers == list(range(1, piece.version + 1)), "E3: no gap, and the head is the last"
                head = next(row for row in rows if row.number == piece.version)
                content = head.body if kind is Section else head.fields
                assert content == revisions.content_of(piece), "E4: the head is what its revision holds"
                for row in rows:
                    held = row.body if kind is Section else row.fields
                    assert row.sha256 == revisions.sha256_of(held), (
                        "E1: a revision's hash is that of its content"
                    )
                    assert row.based_on is None or row.based_on in numbers, "E2: every parent exists"
                    assert row.number in (None, 1) or row.based_on == row.number - 1, (
                        "E2: no version was jumped"
                    )
                assert len(rows) - begun == saved[kind, piece.id], (
                    "E6: versions and clashes are what was accepted"
                )


@pytest.mark.parametrize("rounds", SHORT_AND_LONG)
def test_e1_e2_e3_e4_e6_many_hands_on_one_version(app, store, world, ids, places, rounds) -> None:
    """All save on the same version at the same moment: one is the next version, the others stand beside it."""
    accepted = Accepted()
    with Server(store) as server:
        hands = [browser(app, server, ids["planner"]) for _hand in range(HANDS)]
        for kind, piece in ((Section, places["section"]), (Line, places["line"]), (Section, places["other"])):
            for version in range(1, rounds + 1):
                statuses = together(*(
                    lambda n=n, hand=hand, version=version, kind=kind, piece=piece: accepted.save(
                        hand, kind, piece, version, f"Tangan {n} pada versi {version}.",
                        f"tangan-{kind.__name__}-{piece}-{n}-{version}",
                    )
                    for n, hand in enumerate(hands)
                ))  # fmt: skip
                assert sorted(statuses) == [303] + [409] * (HANDS - 1)
    check(world, accepted)


def test_e5_merging_is_symmetric_and_loses_no_side() -> None:
    """The property itself is `test_words.py`; here the three laws by which it was promised."""
    base = "Pelatihan untuk dua puluh pegawai. Dimulai pada bulan Mei. Di aula kabupaten."
    mine = base.replace("dua puluh", "tiga puluh")
    theirs = base.replace("aula kabupaten", "balai desa")
    assert words.merge(base, mine, base).text == mine
    assert words.merge(base, mine, mine).text == mine
    assert words.merge(base, mine, theirs) == words.merge(base, theirs, mine)
    assert words.merge(base, mine, theirs).text == mine.replace("aula kabupaten", "balai desa")


@pytest.mark.parametrize("copies", [20, pytest.param(50, marks=pytest.mark.long)])
@pytest.mark.parametrize("htmx", [False, True])
def test_e7_one_form_many_times_at_once_is_one_revision(app, store, world, ids, places, copies, htmx) -> None:
    """A save, and then a save on the version before it: one version, one clash, the same result for all copies."""
    path = f"/bagian/{places['section']}/sunting"
    with Server(store) as server:
        hands = [browser(app, server, ids["planner"]) for _copy in range(copies)]

        def all_send(words_: str, token: str) -> list[Any]:
            form = {"based_on": "1", "body": words_}
            answers = together(*(lambda hand=hand: hand.send(path, form, token, htmx) for hand in hands))
            return [*answers, hands[0].send(path, form, token, htmx)]

        saved = all_send("Sekali saja.", "klik-ganda-berkali-kali")
        clashed = all_send("Juga sekali saja.", "klik-ganda-yang-terlambat")
    assert {answer.status for answer in saved} == {200 if htmx else 303}
    assert {answer.path for answer in saved} == {f"/rencana/{places['plan']}"}
    assert Counter(answer.status for answer in clashed) == {409: 1, 200 if htmx else 303: copies}
    assert len({answer.path for answer in clashed if answer.status != 409}) == 1
    with world():
        assert db.session.get_one(Section, places["section"]).version == 2
        for words_ in ("Sekali saja.", "Juga sekali saja."):
            assert db.session.scalar(select(func.count(Revision.id)).where(Revision.body == words_)) == 1


@pytest.mark.parametrize("rounds", SHORT_AND_LONG)
def test_e9_restoring_is_a_new_revision_and_deletes_nothing(app, store, world, ids, places, rounds) -> None:
    """Several restore the first version while others save; what stood before stands afterwards, unchanged."""
    section = places["section"]
    accepted = Accepted()

    def history() -> dict[int, str]:
        with world():
            query = select(Revision.id, Revision.sha256).where(Revision.section_id == section)
            return {number: digest for number, digest in db.session.execute(query)}

    with Server(store) as server:
        hands = [browser(app, server, ids["planner"]) for _hand in range(HANDS)]
        for number in range(rounds):
            before = history()
            with world():
                version = db.session.get_one(Section, section).version
            answers = together(
                *(
                    lambda hand=hand: hand.send(f"/bagian/{section}/pemulihan", {"number": "1"})
                    for hand in hands[2:]
                ),
                lambda number=number, version=version: accepted.save(
                    hands[0], Section, section, version, f"Tulisan {number}.", f"menulis-nomor-{number:03d}"
                ),
            )
            assert {getattr(answer, "status", answer) for answer in answers} <= {303, 409}
            after = history()
            assert after.items() >= before.items() and len(after) > len(before)
    with world():
        piece = db.session.get_one(Section, section)
        rows = db.session.scalars(select(Revision).where(Revision.section_id == section)).all()
        numbers = sorted(row.number for row in rows if row.number is not None)
        assert numbers == list(range(1, piece.version + 1))
        restored = [row for row in rows if row.kind == "restore"]
        assert restored and {row.body for row in restored} == {"Awal."}
        assert piece.body == next(row.body for row in rows if row.number == piece.version)


@pytest.mark.parametrize("deed", ["DELETE FROM revision", "UPDATE revision SET body = 'lain'"])
def test_e9_the_database_itself_refuses_to_change_history(world, places, deed) -> None:
    with pytest.raises(DBAPIError, match=r"append-only|never"), world():
        db.session.execute(text(deed))


def test_e10_nobody_without_a_right_reads_draft_presence_or_revision(client_for, world, ids) -> None:
    with world():
        plan = make.plan(ids["unit:bkpsdm"], starts=WITHDRAWN)
        section = make.section(plan, body="Rahasia naskah.").id
        line = make.line(plan, name="Rahasia baris").id
    planner, secret = client_for("planner"), "Rahasia draf"
    for path, form in (
        (f"/bagian/{section}/draf", {"based_on": "1", "body": secret}),
        (f"/baris/{line}/draf", {"based_on": "1", "name": secret}),
    ):
        assert planner.send(path, form | {"skrip": "1"}).status_code == 200
    kinds = ("bagian", section), ("baris", line)
    pages = [
        f"/{kind}/{number}{tail}"
        for kind, number in kinds
        for tail in ("", "/sunting", "/riwayat", "/riwayat?dari=1&ke=1")
    ]
    pages += [
        f"/rencana/{plan.id}{tail}" for tail in ("", "/tabel", "/kabar", f"/kabar?di=section:{section}")
    ]
    for who in ("staff", "neighbour", "other_leader", "editor"):
        client = client_for(who)
        for page in pages:
            answer = client.get(page)
            assert "Rahasia" not in answer.text, (who, page)
            if who in ("staff", "neighbour", "other_leader"):
                assert answer.status_code == 404, (who, page)
    for page in (pages[1], pages[5]):
        assert secret in planner.get(page).text, "one's own draft is offered"
    colleague = client_for("leader")
    assert secret not in "".join(colleague.get(page).text for page in pages), "a draft is its writer's alone"
    assert secret not in colleague.page("/menunggu-saya").text
    with world():
        assert db.session.scalar(select(func.count()).select_from(Presence)) == 2


@pytest.mark.parametrize("rounds", SHORT_AND_LONG)
def test_e11_a_draft_never_touches_the_text(app, store, world, ids, places, rounds) -> None:
    """Drafts of several people keep coming while others save: the head knows the saves alone, each draft is its last."""
    section, accepted = places["section"], Accepted()
    last: dict[int, str] = {}
    with Server(store) as server:
        writers = [browser(app, server, ids["planner"]) for _hand in range(2)]
        typists = [(ids[who], browser(app, server, ids[who])) for who in ("editor", "staff", "leader")]

        def type_(person: int, hand: Browser, number: int) -> int:
            words_ = f"Ketikan {person} nomor {number}."
            form = {"based_on": "1", "body": words_, "isi": "tanggapan", "skrip": "1"}
            status = hand.send(f"/bagian/{section}/draf", form).status
            assert status == 200
            last[person] = words_
            return int(status)

        for number in range(rounds):
            with world():
                version = db.session.get_one(Section, section).version
            together(
                *(
                    lambda n=n, hand=hand, number=number, version=version: accepted.save(
                        hand,
                        Section,
                        section,
                        version,
                        f"Simpanan {n} nomor {number}.",
                        f"simpan-{n}-{number:04d}-kali",
                    )
                    for n, hand in enumerate(writers)
                ),
                *(
                    lambda person=person, hand=hand, number=number: type_(person, hand, number)
                    for person, hand in typists
                ),
            )
    check(world, accepted)
    with world():
        kept = {row.person_id: row.fields["body"] for row in db.session.scalars(select(Draft))}
        assert kept == last
        assert not [body for body in db.session.scalars(select(Revision.body)) if "Ketikan" in (body or "")]


@pytest.mark.parametrize("rounds", SHORT_AND_LONG)
def test_e12_what_was_adopted_is_what_stands(app, store, world, ids, rounds) -> None:
    """The leader adopts while many save: whoever was accepted is in the snapshot, whoever is not was told."""
    starts = {kind: date(2026, 1, 5 + n) for n, kind in enumerate(make.STARTS)}
    decree = {"decree_number": "188.45/12/2026", "decree_on": "2026-03-02"}
    with Server(store) as server:
        hands = [browser(app, server, ids["planner"]) for _hand in range(HANDS)]
        leader = browser(app, server, ids["leader"])
        for year in range(2030, 2030 + rounds):
            with world():
                plan = make.plan(ids["unit:bkpsdm"], year=year, starts=starts, ceiling=400_000_000)
                sections = [make.section(plan, body="Awal.").id for _hand in hands]
                db.session.add(
                    Verification(
                        plan_id=plan.id, number=1, outcome="passed", by_id=ids["verifier"], at=make.clock.now()
                    )
                )  # fmt: skip

            def save(hand: Browser, section: int) -> int:
                form = {"based_on": "1", "body": f"Kalimat terakhir bagian {section}."}
                return int(hand.send(f"/bagian/{section}/sunting", form).status)

            statuses = together(
                *(
                    lambda hand=hand, section=section: save(hand, section)
                    for hand, section in zip(hands, sections, strict=True)
                ),
                lambda plan=plan: int(leader.send(f"/rencana/{plan.id}/penetapan", decree).status),
            )
            assert statuses.pop() == 303
            with world():
                snapshot = db.session.scalars(select(Snapshot).where(Snapshot.plan_id == plan.id)).one()
                assert snapshot.sha256 == audit.sha(snapshot.content)
                for status, number, frozen in zip(
                    statuses, sections, snapshot.content["sections"], strict=True
                ):
                    piece = db.session.get_one(Section, number)
                    assert (frozen["version"], frozen["body"]) == (piece.version, piece.body)
                    assert (piece.version == 2) == (status == 303), "accepted and in the snapshot, or neither"
                    assert status in (303, 403, 409)


def test_e12_after_the_adoption_nothing_changes(client_for, world, ids, places) -> None:
    with world():
        db.session.add(
            Snapshot(
                plan_id=places["plan"], content={}, sha256="0" * 64, decree_number="1/2026",
                decree_on=date(2026, 3, 1), at=make.clock.now(),
            )
        )  # fmt: skip
    planner, section = client_for("planner"), places["section"]
    for path, form in (
        (f"/bagian/{section}/sunting", {"based_on": "1", "body": "Sesudah ditetapkan."}),
        (f"/bagian/{section}/pemulihan", {"number": "1"}),
        (f"/baris/{places['line']}/sunting", LINE),
        (f"/baris/{places['line']}/coretan", {"reason": "Tidak jadi dilaksanakan."}),
        (f"/rencana/{places['plan']}/baris/baru", {"sub_activity": "5.03.02.2.02.0777", "name": "Baris"}),
    ):
        answer = planner.send(path, form)
        assert answer.status_code in (403, 409), (path, answer.status_code, path_of(answer))
    with world():
        assert db.session.scalar(select(func.count(Revision.id))) == 3
