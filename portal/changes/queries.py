"""Notices as screens need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

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
from portal.people import authority
from portal.people.models import Person

PAGE = 40


def _is_for(user: Any) -> Any:
    """The condition, beside Notice, that it is addressed to this person's home unit."""
    return exists(
        select(Audience.id).where(
            Audience.notice_id == Notice.id,
            Audience.unit_id.in_(authority.tree().up(user.unit_id)),
            or_(Audience.status.is_(None), Audience.status == user.person.status),
        )
    )


def is_visible(user: Any) -> Any:
    reach = user.authority.reach(*{duty.role for duty in user.authority.held})
    return or_(_is_for(user), Initiative.unit_id.in_(reach)) if reach else _is_for(user)


def _asked() -> Any:
    """The number of the last revision of Notice that asks everyone."""
    return (
        select(func.max(NoticeRevision.number))
        .where(NoticeRevision.notice_id == Notice.id, NoticeRevision.material)
        .correlate(Notice)
        .scalar_subquery()
    )


def _is_answered(user: Any) -> Any:
    """The condition that this person answered the last revision that asks."""
    return exists(
        select(Acknowledgement.id)
        .join(NoticeRevision, NoticeRevision.id == Acknowledgement.revision_id)
        .where(
            NoticeRevision.notice_id == Notice.id,
            NoticeRevision.number >= _asked(),
            Acknowledgement.person_id == user.id,
        )
    )


@dataclass(frozen=True)
class Row:
    """A notice in the list: whether it is addressed to the reader, and whether they answered it."""

    notice: Notice
    addressed: bool
    answered: bool


def _rows(user: Any) -> Any:
    return (
        select(Notice, _is_for(user), _is_answered(user))
        .join(Initiative, Initiative.id == Notice.initiative_id)
        .options(joinedload(Notice.initiative).joinedload(Initiative.unit), selectinload(Notice.revisions))
        .order_by(Notice.id.desc())
    )


def _titled(words: str) -> list[Any]:
    return [Notice.title.icontains(word, autoescape=True) for word in words.split()[:8]]


def list_waiting(user: Any, words: str = "") -> list[Row]:
    """Notices that wait for this person's answer, the nearest date first."""
    query = _rows(user).where(
        _is_for(user), ~_is_answered(user), Notice.asks_acknowledgement, *_titled(words)
    )
    query = query.order_by(None).order_by(Notice.due_on, Notice.id).limit(PAGE)
    return [Row(*row) for row in db.session.execute(query)]


def list_notices(user: Any, before: int | None = None, words: str = "") -> list[Row]:
    """Notices this person may read, newest first; all words stand in the title."""
    query = _rows(user).where(is_visible(user), *_titled(words)).limit(PAGE + 1)
    if before is not None:
        query = query.where(Notice.id < before)
    return [Row(*row) for row in db.session.execute(query)]


def list_initiatives(user: Any) -> list[Initiative]:
    """The initiatives of the units this person leads."""
    reach = user.authority.reach("leader")
    return list(
        db.session.scalars(
            select(Initiative)
            .where(Initiative.unit_id.in_(reach))
            .options(joinedload(Initiative.unit))
            .order_by(Initiative.id.desc())
            .limit(PAGE)
        )
    )


def get_initiative(initiative_id: int, user: Any) -> Initiative:
    """The initiative for who has a duty over its unit, or 404."""
    initiative = db.session.scalar(
        select(Initiative).where(Initiative.id == initiative_id).options(joinedload(Initiative.unit))
    )
    if initiative is None or user.authority.any_over(initiative.unit_id) is None:
        abort(404)
    return initiative


def get_visible(notice_id: int, user: Any) -> tuple[Notice, bool]:
    """The notice, and whether it is addressed to this person; 404 for who is neither addressed nor on duty."""
    rows = db.session.execute(
        select(Notice, _is_for(user))
        .where(Notice.id == notice_id)
        .options(
            joinedload(Notice.initiative).joinedload(Initiative.unit),
            joinedload(Notice.revisions).joinedload(NoticeRevision.by),
            joinedload(Notice.revisions).joinedload(NoticeRevision.duty),
            selectinload(Notice.audience).joinedload(Audience.unit),
        )
    ).unique()
    row = rows.first()
    if row is None:
        abort(404)
    notice, addressed = row
    if not addressed and user.authority.any_over(notice.initiative.unit_id) is None:
        abort(404)
    return notice, addressed


def list_concerns(notice_id: int) -> list[Concern]:
    return list(
        db.session.scalars(
            select(Concern)
            .where(Concern.notice_id == notice_id)
            .options(
                joinedload(Concern.by),
                joinedload(Concern.unit),
                joinedload(Concern.replies).joinedload(Reply.by),
                joinedload(Concern.replies).joinedload(Reply.duty),
            )
            .order_by(Concern.id)
            .limit(200)
        ).unique()
    )


def get_concern(concern_id: int, user: Any) -> Concern:
    concern = db.session.scalar(
        select(Concern)
        .where(Concern.id == concern_id)
        .options(joinedload(Concern.unit), joinedload(Concern.by), selectinload(Concern.replies))
    )
    if concern is None:
        abort(404)
    concern.notice = get_visible(concern.notice_id, user)[0]
    return concern


def last_answer(notice: Notice, person_id: int) -> tuple[Acknowledgement, int] | None:
    """This person's latest answer and the number of the revision it was given to."""
    row = db.session.execute(
        select(Acknowledgement, NoticeRevision.number)
        .join(NoticeRevision, NoticeRevision.id == Acknowledgement.revision_id)
        .where(NoticeRevision.notice_id == notice.id, Acknowledgement.person_id == person_id)
        .order_by(NoticeRevision.number.desc(), Acknowledgement.at.desc(), Acknowledgement.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def asked_number(notice: Notice) -> int:
    """The last revision that asks everyone."""
    return max(revision.number for revision in notice.revisions if revision.material)


def may_read(notice: Notice) -> Any:
    """The condition, beside Person, that one is addressed, or has a duty over the notice's unit."""
    return _audience_people(notice) | authority.has_duty_over(notice.initiative.unit_id)


def find_of_thread(thread_id: int) -> int | None:
    """The id of the notice that this thread is about."""
    return db.session.scalar(select(Notice.id).where(Notice.thread_id == thread_id))


def _audience_people(notice: Notice) -> Any:
    """The condition that a Person is in post and addressed."""
    tree = authority.tree()
    wanted = [
        Person.unit_id.in_(tree.below([one.unit_id]))
        & (Person.status == one.status if one.status is not None else true())
        for one in notice.audience
    ]
    return or_(false(), *wanted) & Person.left_on.is_(None)


def count_answers(notice: Notice) -> tuple[dict[int, int], dict[int, dict[str, int]]]:
    """People of the audience by home unit, and their latest answers by unit and kind; two queries."""
    people = {
        unit_id: count
        for unit_id, count in db.session.execute(
            select(Person.unit_id, func.count()).where(_audience_people(notice)).group_by(Person.unit_id)
        )
    }
    ranked = (
        select(
            Acknowledgement.person_id,
            Acknowledgement.kind,
            func.row_number()
            .over(
                partition_by=Acknowledgement.person_id,
                order_by=(NoticeRevision.number.desc(), Acknowledgement.at.desc(), Acknowledgement.id.desc()),
            )
            .label("place"),
        )
        .join(NoticeRevision, NoticeRevision.id == Acknowledgement.revision_id)
        .where(NoticeRevision.notice_id == notice.id, NoticeRevision.number >= asked_number(notice))
        .subquery()
    )
    answers: dict[int, dict[str, int]] = {}
    for unit_id, kind, count in db.session.execute(
        select(Person.unit_id, ranked.c.kind, func.count())
        .join(Person, Person.id == ranked.c.person_id)
        .where(ranked.c.place == 1, _audience_people(notice))
        .group_by(Person.unit_id, ranked.c.kind)
    ):
        answers.setdefault(unit_id, {})[kind] = count
    return people, answers
