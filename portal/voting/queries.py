"""Polls as screens need them. Nothing here reads a choice before the box was opened."""

from __future__ import annotations

from typing import Any

from flask import abort
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import db
from portal.people import authority
from portal.people.models import Person
from portal.voting.models import Board, Departure, Envelope, Poll, Receipt, Result, VoterRoll, Witness

PAGE = 40


def _is_visible(user: Any) -> Any:
    """Who is on the roll, belongs to the unit, is a witness, or has a duty over the unit."""
    reach = user.authority.reach(*{duty.role for duty in user.authority.held})
    parts = [
        Poll.unit_id.in_(authority.tree().up(user.unit_id)),
        exists(select(VoterRoll.poll_id).where(VoterRoll.poll_id == Poll.id, VoterRoll.person_id == user.id)),
        exists(select(Witness.poll_id).where(Witness.poll_id == Poll.id, Witness.person_id == user.id)),
    ]
    if reach:
        parts.append(Poll.unit_id.in_(reach))
    return or_(*parts)


def list_polls(user: Any, before: int | None = None, words: str = "") -> list[Poll]:
    """Polls this person may know of, newest first; all words stand in the question."""
    query = (
        select(Poll)
        .where(_is_visible(user))
        .options(joinedload(Poll.unit), selectinload(Poll.witnesses))
        .order_by(Poll.id.desc())
        .limit(PAGE + 1)
    )
    for word in words.split()[:8]:
        query = query.where(Poll.question.icontains(word, autoescape=True))
    if before is not None:
        query = query.where(Poll.id < before)
    return list(db.session.scalars(query))


def get_visible(poll_id: int, user: Any) -> Poll:
    """The poll with its options and witnesses, or 404."""
    poll = db.session.scalar(
        select(Poll)
        .where(Poll.id == poll_id, _is_visible(user))
        .options(
            joinedload(Poll.unit),
            joinedload(Poll.by),
            selectinload(Poll.options),
            selectinload(Poll.witnesses).joinedload(Witness.person),
        )
    )
    if poll is None:
        abort(404)
    return poll


def is_on_roll(poll: Poll, person_id: int) -> bool:
    return db.session.get(VoterRoll, (poll.id, person_id)) is not None


def electorate(poll: Poll) -> list[int]:
    """The staff in post of the poll's unit and below, today."""
    units = authority.tree().below([poll.unit_id])
    return list(
        db.session.scalars(
            select(Person.id).where(Person.unit_id.in_(units), Person.left_on.is_(None)).order_by(Person.id)
        )
    )


def own_envelope(poll: Poll, person_id: int) -> Envelope | None:
    return db.session.get(Envelope, (poll.id, person_id))


def count_envelopes(poll: Poll) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(Envelope).where(Envelope.poll_id == poll.id)) or 0
    )


def has_receipt(poll_id: int, prefix: bytes) -> bool:
    """Whether an envelope with this receipt was ever accepted."""
    upper = prefix + b"\xff" * 22
    lower = prefix + b"\x00" * 22
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Receipt.poll_id == poll_id, Receipt.env_hash >= lower, Receipt.env_hash <= upper
                )
            )
        )
    )


def results(poll: Poll) -> dict[int, int]:
    """Ballots by option position, once the box was opened."""
    return {
        position: count
        for position, count in db.session.execute(
            select(Result.option_position, Result.n).where(Result.poll_id == poll.id, Result.stratum == "")
        )
    }


def board(poll: Poll) -> list[Board]:
    return list(db.session.scalars(select(Board).where(Board.poll_id == poll.id).order_by(Board.seq)))


def departure(poll: Poll) -> Departure | None:
    return db.session.scalar(
        select(Departure).where(Departure.poll_id == poll.id).options(joinedload(Departure.by))
    )


def find_people(names: list[str]) -> dict[str, list[Person]]:
    """People in post by name as typed, without regard to case; one query."""
    lowered = {name.lower() for name in names}
    rows = db.session.scalars(
        select(Person).where(func.lower(Person.name).in_(lowered), Person.left_on.is_(None))
    )
    found: dict[str, list[Person]] = {name: [] for name in names}
    for person in rows:
        for name in names:
            if person.name.lower() == name.lower():
                found[name].append(person)
    return found


def public_polls() -> list[Poll]:
    """Polls whose receipts can be checked by anyone."""
    return list(
        db.session.scalars(
            select(Poll).where(Poll.opened_at.is_not(None)).order_by(Poll.id.desc()).limit(PAGE)
        )
    )
