"""A generated regency for measurements: 60 units, 15,000 people, 60 plans of 60 lines, 20,000 proposals,
100,000 comments. Rows are written in bulk; every name is made of a number."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from portal import clock
from portal.db import db, writing
from portal.discussion.models import Comment, Thread
from portal.drafting.models import Line, Revision, Section
from portal.people.models import Duty, Person, Unit
from portal.plans.models import Plan, Stage, SubActivity
from portal.proposals.models import Proposal, ProposalRevision, Support

UNITS, PEOPLE, LINES, PROPOSALS, COMMENTS = 60, 15_000, 60, 20_000, 100_000
WORDS = (
    "pelayanan data pegawai jadwal kegiatan laporan kecamatan pelatihan berkas loket antrean unggah bersama "
    "kinerja triwulan anggaran sasaran indikator dokumen sistem informasi promosi mutasi disiplin penghargaan"
).split()
SHA = "0" * 64


def _text(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(WORDS, k=count)).capitalize() + "."


def _rows(table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 2000):
        db.session.execute(insert(table), rows[start : start + 2000])


def generate(scale: float = 1.0) -> dict[str, Any]:
    """Fill an empty, migrated database; returns the ids that measurements need. Same rows every time."""
    dice = random.Random(1945)
    today, now = clock.today(), clock.now()
    people_count, proposal_count = int(PEOPLE * scale), int(PROPOSALS * scale)
    comment_count = int(COMMENTS * scale)
    with writing():
        db.session.commit()
        regency = db.session.query(Unit.id).filter_by(kind="regency").scalar()
        units = list(range(1001, 1001 + UNITS))
        _rows(
            Unit,
            [
                {
                    "id": unit,
                    "parent_id": regency,
                    "kind": "agency",
                    "code": f"9.{unit}",
                    "name": f"Dinas Contoh {unit}",
                    "from_on": date(2020, 1, 1),
                }
                for unit in units
            ],
        )
        people = list(range(1, people_count + 1))
        home = {person: units[person % UNITS] for person in people}
        _rows(
            Person,
            [
                {
                    "id": person,
                    "nip": f"199001012015{1 + person % 2:02d}{person:04d}"[:18].rjust(18, "9")
                    if person < 10_000
                    else f"1990010120160{person:05d}",
                    "name": f"Pegawai Contoh {person}",
                    "titles": "",
                    "status": "PNS",
                    "rank": "III/a",
                    "post": "Pelaksana",
                    "unit_id": home[person],
                }
                for person in people
            ],
        )
        leaders = {unit: people[n] for n, unit in enumerate(units)}
        leaders = {home[person]: person for person in leaders.values()}
        planners = {home[person]: person for person in people[UNITS : 2 * UNITS]}
        _rows(
            Duty,
            [
                {
                    "person_id": person,
                    "unit_id": unit,
                    "role": role,
                    "standing": "definitif",
                    "from_on": today,
                }
                for role, holders in (("leader", leaders), ("planner", planners))
                for unit, person in holders.items()
            ],
        )
        _rows(
            SubActivity,
            [
                {
                    "id": number,
                    "level": "KABKOT",
                    "code": f"5.03.02.2.{number // 10:02d}.{number:04d}",
                    "programme_code": f"5.03.{number // 20:02d}",
                    "programme_name": f"Program contoh {number // 20}",
                    "activity_code": f"5.03.02.2.{number // 10:02d}",
                    "activity_name": f"Kegiatan contoh {number // 10}",
                    "name": f"Sub kegiatan contoh {number}",
                    "indicator": "Jumlah dokumen",
                    "measure_unit": "Dokumen",
                }
                for number in range(1, LINES + 1)
            ],
        )
        plans = {unit: n + 1 for n, unit in enumerate(units)}
        _rows(
            Plan,
            [
                {"id": plan, "unit_id": unit, "year": today.year + 1, "edition": 0, "answer_days": 10}
                for unit, plan in plans.items()
            ],
        )
        starts = [today + timedelta(days=days) for days in (-60, -40, -20, 20, 40, 60)]
        kinds = ("preparation", "initial_draft", "forum", "draft", "verification", "final_draft")
        _rows(
            Stage,
            [
                {"plan_id": plan, "kind": kind, "starts_on": start}
                for plan in plans.values()
                for kind, start in zip(kinds, starts, strict=True)
            ],
        )
        thread = 0
        sections, lines, revisions, threads = [], [], [], []
        for unit, plan in plans.items():
            for position in range(1, 18):
                thread += 1
                threads.append({"id": thread})
                body = _text(dice, 120)
                section_id = len(sections) + 1
                sections.append(
                    {
                        "id": section_id,
                        "plan_id": plan,
                        "position": position,
                        "number": f"{position}",
                        "heading": f"Bagian {position}",
                        "unit_id": unit,
                        "thread_id": thread,
                        "openness": "consult",
                        "version": 1,
                        "body": body,
                    }
                )
                revisions.append(
                    {"section_id": section_id, "line_id": None, "number": 1, "body": body, "fields": None}
                )
            for number in range(1, LINES + 1):
                thread += 1
                threads.append({"id": thread})
                line_id = len(lines) + 1
                lines.append(
                    {
                        "id": line_id,
                        "plan_id": plan,
                        "unit_id": unit,
                        "thread_id": thread,
                        "code": f"5.03.02.2.{number // 10:02d}.{number:04d}",
                        "sub_activity_id": number,
                        "name": f"Sub kegiatan contoh {number}",
                        "indicator": "Jumlah dokumen",
                        "measure_unit": "Dokumen",
                        "target": number,
                        "ceiling": number * 1_000_000,
                        "forward_target": number,
                        "forward_ceiling": number * 1_100_000,
                        "funding_source": "DAU",
                        "location": "Semua kecamatan",
                        "target_group": "",
                        "national_priority": "",
                        "regional_priority": "",
                        "urgency": "",
                        "note": "",
                        "accumulation": "sum",
                        "direction": "higher",
                        "value_kind": "number",
                        "openness": "consult",
                        "position": number,
                        "version": 1,
                    }
                )
                revisions.append(
                    {
                        "section_id": None,
                        "line_id": line_id,
                        "number": 1,
                        "body": None,
                        "fields": {"target": "1"},
                    }
                )
        first_proposal_thread = thread
        threads += [{"id": first_proposal_thread + number} for number in range(1, proposal_count + 1)]
        _rows(Thread, threads)
        _rows(Section, sections)
        _rows(Line, lines)
        _rows(Revision, [row | {"kind": "save", "sha256": SHA, "at": now} for row in revisions])
        proposals, words = [], []
        for number in range(1, proposal_count + 1):
            by = dice.choice(people)
            submitted = now - timedelta(minutes=number % 20_000)
            proposals.append(
                {
                    "id": number,
                    "plan_id": number % UNITS + 1,
                    "number": number // UNITS + 1,
                    "by_id": by,
                    "unit_id": home[by],
                    "voice": "named",
                    "thread_id": first_proposal_thread + number,
                    "version": 1,
                    "submitted_at": submitted,
                    "answer_due_on": today + timedelta(days=number % 12),
                }
            )
            words.append(
                {
                    "proposal_id": number,
                    "number": 1,
                    "title": _text(dice, 6)[:120],
                    "problem": _text(dice, 40),
                    "idea": _text(dice, 40),
                    "benefit": _text(dice, 20),
                    "cost": 10_000_000,
                    "at": submitted,
                }
            )
        _rows(Proposal, proposals)
        _rows(ProposalRevision, words)
        pairs = {(dice.randint(1, proposal_count), dice.choice(people)) for _ in range(2 * proposal_count)}
        _rows(
            Support,
            [
                {"proposal_id": proposal, "person_id": by, "unit_id": home[by], "on_revision": 1, "at": now}
                for proposal, by in sorted(pairs)
            ],
        )
        comments = []
        for _ in range(comment_count):
            by = dice.choice(people)
            comments.append(
                {
                    "thread_id": dice.randint(1, first_proposal_thread + proposal_count),
                    "by_id": by,
                    "unit_id": home[by],
                    "voice": "named",
                    "body": _text(dice, 15),
                    "at": now,
                }
            )
        _rows(Comment, comments)
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            _move_sequences()
        db.session.commit()
        db.session.remove()
    return {"people": people_count, "proposals": proposal_count, "plans": UNITS, "sections": len(sections)}


def _move_sequences() -> None:
    """Rows were written with their ids: the sequences go on behind them."""
    from sqlalchemy import text

    for model in (Unit, Person, SubActivity, Plan, Section, Line, Thread, Proposal):
        name = model.__tablename__
        db.session.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
        )
    db.session.execute(text("ANALYZE"))
