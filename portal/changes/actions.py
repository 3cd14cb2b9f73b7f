"""What changes a notice and its register of concerns."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from portal import audit, clock, holidays
from portal.changes import rules
from portal.changes.models import (
    Acknowledgement,
    Audience,
    Concern,
    Initiative,
    Notice,
    NoticeRevision,
    Reply,
)
from portal.db import db
from portal.discussion.actions import new_thread
from portal.errors import Conflict
from portal.people.authority import Held

PARTS = tuple(rules.PARTS)


def begin(unit_id: int, title: str, user: Any, duty: Held) -> Initiative:
    initiative = Initiative(unit_id=unit_id, title=title, by_id=user.id, duty_id=duty.duty_id, at=clock.now())
    db.session.add(initiative)
    db.session.flush()
    audit.record("began", f"initiative:{initiative.id}", duty_id=duty.duty_id, after=title)
    return initiative


def publish(
    initiative: Initiative,
    title: str,
    parts: dict[str, str],
    audience: list[int],
    due_on: date | None,
    user: Any,
    duty: Held,
) -> Notice:
    """Publish the first version of a notice to units and everything below them."""
    notice = Notice(
        initiative_id=initiative.id,
        thread_id=new_thread().id,
        title=title,
        asks_acknowledgement=True,
        due_on=due_on,
    )
    db.session.add(notice)
    db.session.flush()
    db.session.add_all(Audience(notice_id=notice.id, unit_id=unit_id) for unit_id in sorted(set(audience)))
    _revise(notice, 1, parts, True, user, duty)
    return notice


def _revise(
    notice: Notice, number: int, parts: dict[str, str], material: bool, user: Any, duty: Held
) -> None:
    db.session.add(
        NoticeRevision(
            notice_id=notice.id,
            number=number,
            material=material,
            by_id=user.id,
            duty_id=duty.duty_id,
            at=clock.now(),
            **{part: parts[part] for part in PARTS},
        )
    )
    db.session.flush()
    audit.record(f"published version {number}", f"notice:{notice.id}", duty_id=duty.duty_id, after=parts)


def revise(notice: Notice, opened: int, parts: dict[str, str], material: bool, user: Any, duty: Held) -> int:
    """Publish the version after the one that was opened; a material one asks everyone again. Returns its number.

    Conflict when another one was published in between.
    """
    db.session.execute(select(Notice.id).where(Notice.id == notice.id).with_for_update())
    last = db.session.scalar(
        select(func.max(NoticeRevision.number)).where(NoticeRevision.notice_id == notice.id)
    )
    if last != opened:
        raise Conflict(_("Versi baru sudah terbit. Silakan muat ulang, lalu periksa kembali."))
    _revise(notice, opened + 1, parts, material, user, duty)
    return opened + 1


def acknowledge(notice: Notice, number: int, kind: str, body: str, voice: str, user: Any) -> None:
    """Answer a version; a concern or a question goes into the register. Conflict when a newer version asks."""
    revision = notice.revisions[-1]
    if number != revision.number:
        raise Conflict(
            _(
                "Pemberitahuan ini sudah menjadi versi %(n)s. Silakan baca yang berubah, lalu jawab lagi.",
                n=revision.number,
            )
        )
    now = clock.now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    given = insert(Acknowledgement).values(revision_id=revision.id, person_id=user.id, kind=kind, at=now)
    db.session.execute(
        given.on_conflict_do_update(
            index_elements=["revision_id", "person_id", "kind"], set_={"at": given.excluded.at}
        )
    )  # the latest counts
    unnamed = voice != "named"
    audit.record(
        f"acknowledged {kind}",
        f"notice:{notice.id}",
        after={part: getattr(revision, part) for part in PARTS},
        anonymous=unnamed and bool(body),
    )
    if kind != "understood" and body:
        concern = Concern(
            notice_id=notice.id,
            by_id=user.id,
            unit_id=user.unit_id,
            voice=voice,
            body=body,
            answer_due_on=holidays.due_on(clock.today(), rules.ANSWER_DAYS),
            at=now,
        )
        db.session.add(concern)
        db.session.flush()
        audit.record("raised", f"concern:{concern.id}", anonymous=unnamed)


def reply(concern: Concern, kind: str, text: str, user: Any, duty: Held) -> Reply:
    """A published reply; the last one gives the concern's state. Conflict when another one came meanwhile."""
    db.session.execute(select(Concern.id).where(Concern.id == concern.id).with_for_update())
    last = db.session.scalar(select(func.max(Reply.number)).where(Reply.concern_id == concern.id)) or 0
    if last != len(concern.replies):
        raise Conflict(_("Pimpinan lain baru saja membalas kekhawatiran ini. Silakan baca balasannya."))
    given = Reply(
        concern_id=concern.id,
        number=last + 1,
        kind=kind,
        text=text,
        by_id=user.id,
        duty_id=duty.duty_id,
        at=clock.now(),
    )
    db.session.add(given)
    db.session.flush()
    audit.record(f"replied {kind}", f"concern:{concern.id}", duty_id=duty.duty_id, after=text)
    return given
