"""What is added to a quarter: figures, filings, verdicts, objections. Nothing is ever changed; nothing here commits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal import audit, clock
from portal.db import add, db, hold
from portal.drafting.revisions import plain
from portal.errors import Conflict
from portal.evaluation import queries, rules
from portal.evaluation.models import (
    Evaluation,
    Evidence,
    Filing,
    FollowUp,
    FollowUpResult,
    Objection,
    ObjectionAnswer,
    ObjectionWithdrawal,
    Realisation,
    Verdict,
    VerdictFinding,
)
from portal.evaluation.queries import Key, Row, Sheet
from portal.people.authority import Held, leaders_of, tree


def begin(unit_id: int, year: int, quarter: int, snapshot_id: int) -> None:
    """The evaluation of a quarter, made by its first deed; held until the transaction ends."""
    key = {"unit_id": unit_id, "year": year, "quarter": quarter}
    add(Evaluation, key | {"snapshot_id": snapshot_id})
    hold(db.session.scalars(select(Evaluation).filter_by(**key)).one())


def _next(column: Any, *conditions: Any) -> int:
    return 1 + (db.session.scalar(select(func.max(column)).where(*conditions)) or 0)


def enter(
    evaluation: Evaluation,
    row: Row,
    given: Mapping[str, Any],
    evidence: Sequence[Mapping[str, Any]],
    opened: int,
    user: Any,
    duty: Held,
) -> Realisation:
    """A line's figure for the quarter, as a new number; Conflict where another one came since the form was opened."""
    unit_id, code = row.key
    number = _next(
        Realisation.number,
        Realisation.evaluation_id == evaluation.id,
        Realisation.unit_id == unit_id,
        Realisation.code == code,
    )
    if number != opened + 1:
        raise Conflict(
            _("Angka baris ini baru saja diisi orang lain. Silakan bandingkan, lalu simpan kembali.")
        )
    made = Realisation(
        evaluation_id=evaluation.id,
        unit_id=unit_id,
        code=code,
        number=number,
        line_id=row.line.id,
        by_id=user.id,
        duty_id=duty.duty_id,
        at=clock.now(),
        evidence=[Evidence(**one) for one in evidence],
        **given,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        "entered a figure",
        f"evaluation:{evaluation.id}",
        after={"code": code, "number": number} | {key: plain(value) for key, value in given.items()},
        duty_id=duty.duty_id,
    )
    return made


def content_of(sheet: Sheet) -> dict[str, Any]:
    """What is handed in, whole: each line with its figure, and the means as they were computed."""
    return {
        "unit_id": sheet.unit.id,
        "year": sheet.year,
        "quarter": sheet.quarter,
        "edition": sheet.edition.plan.edition,
        "performance": plain(sheet.performance.percent),
        "money": plain(sheet.money.percent),
        "rating": sheet.rating,
        "lines": [
            {
                "unit_id": row.line.unit_id,
                "code": row.line.code,
                "target": plain(row.line.target),
                "ceiling": row.line.ceiling,
                "number": row.now.number if row.now else None,
                "status": row.now.status if row.now else None,
                "value": plain(row.now.value) if row.now else None,
                "rupiah": row.now.rupiah if row.now else None,
                "achievement": plain(row.year.percent),
            }
            for row in sheet.rows
        ],
    }


def file(
    evaluation: Evaluation,
    sheet: Sheet,
    driving: str,
    hindering: str,
    follow_ups: Sequence[tuple[str, str, int]],
    results: Mapping[int, tuple[str, str]],
    user: Any,
    duty: Held,
) -> Filing:
    """Hand a quarter in. `follow_ups` are (horizon, text, unit); `results` say what became of the last quarter's, by id."""
    content = content_of(sheet)
    now = clock.now()
    number = _next(Filing.number, Filing.evaluation_id == evaluation.id)
    made = Filing(
        evaluation_id=evaluation.id,
        number=number,
        driving=driving,
        hindering=hindering,
        content=content,
        sha256=hashlib.sha256(
            json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest(),
        by_id=user.id,
        duty_id=duty.duty_id,
        at=now,
    )
    db.session.add(made)
    first = _next(FollowUp.number, FollowUp.evaluation_id == evaluation.id)
    db.session.add_all(
        FollowUp(
            evaluation_id=evaluation.id,
            number=first + place,
            horizon=horizon,
            text=text,
            unit_id=unit_id,
            by_id=user.id,
            at=now,
        )
        for place, (horizon, text, unit_id) in enumerate(follow_ups)
    )
    db.session.add_all(
        FollowUpResult(
            follow_up_id=follow_up_id,
            evaluation_id=evaluation.id,
            result=result,
            text=text,
            by_id=user.id,
            at=now,
        )
        for follow_up_id, (result, text) in results.items()
    )
    db.session.flush()
    audit.record("filed", f"evaluation:{evaluation.id}", after=content, duty_id=duty.duty_id)
    return made


def judge(
    filing: Filing, outcome: str, findings: Sequence[tuple[Key | None, str, str]], user: Any, duty: Held
) -> Verdict:
    """The verdict on a filing: findings are (line or None for the whole, result, words). Conflict on a second one."""
    if db.session.scalar(select(Verdict.id).where(Verdict.filing_id == filing.id)) is not None:
        raise Conflict(_("Penyampaian ini sudah ditelaah."))
    made = Verdict(filing_id=filing.id, outcome=outcome, by_id=user.id, duty_id=duty.duty_id, at=clock.now())
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        VerdictFinding(
            verdict_id=made.id,
            unit_id=key[0] if key else None,
            code=key[1] if key else None,
            item="line" if key else "whole",
            result=result,
            text=text,
        )
        for key, result, text in findings
    )
    audit.record(
        f"judged {outcome}",
        f"evaluation:{filing.evaluation_id}",
        after=[[key, result, text] for key, result, text in findings],
        duty_id=duty.duty_id,
    )
    return made


def find_answerer(evaluation: Evaluation, objector_id: int) -> int | None:
    """Who answers an objection: the unit's leader, else the nearest one above; never the one who objects."""
    found = leaders_of(evaluation.unit_id, but_not=objector_id)
    return found[0].person_id if found else None


def object_to(
    evaluation: Evaluation, code: str | None, text: str, voice: str, answerer_id: int, user: Any
) -> Objection:
    made = Objection(
        place=queries.place_of(evaluation.id),
        code=code,
        by_id=user.id,
        unit_id=user.unit_id,
        voice=voice,
        text=text,
        answerer_id=answerer_id,
        due_on=clock.today() + timedelta(days=rules.OBJECTION_DAYS),
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record("objected", f"evaluation:{evaluation.id}", after=text, anonymous=voice != "named")
    return made


def answer(objection: Objection, outcome: str, text: str, user: Any, duty: Held | None) -> ObjectionAnswer:
    duty_id = duty.duty_id if duty else None
    made = ObjectionAnswer(
        objection_id=objection.id, outcome=outcome, text=text, by_id=user.id, duty_id=duty_id, at=clock.now()
    )
    db.session.add(made)
    db.session.flush()
    audit.record(f"answered an objection {outcome}", objection.place, after=text, duty_id=duty_id)
    return made


def withdraw(objection: Objection) -> None:
    db.session.add(ObjectionWithdrawal(objection_id=objection.id, at=clock.now()))
    db.session.flush()
    audit.record("withdrew an objection", objection.place, anonymous=objection.voice != "named")


def units_of(unit_id: int) -> list[tuple[int, str]]:
    """An agency and what lies below it, for whom a follow-up may be."""
    return [(one, tree().names[one]) for one in sorted(tree().below([unit_id]))]
