"""Polls as screens need them. Nothing here reads a choice before the box was opened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, url_for
from sqlalchemy import Row, and_, case, exists, func, null, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import db
from portal.drafting.voices import Vote
from portal.people import authority
from portal.people.models import Person
from portal.voting.models import Departure, Envelope, Option, Poll, Receipt, Result, VoterRoll, Witness

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
            selectinload(Poll.options).joinedload(Option.proposal),
            selectinload(Poll.witnesses).joinedload(Witness.person),
        )
    )
    if poll is None:
        abort(404)
    return poll


def may_read(poll: Poll) -> Any:
    """The condition, beside Person, that one may know of the poll: as `_is_visible`, for others than oneself."""
    return or_(
        Person.unit_id.in_(authority.tree().below([poll.unit_id])),
        exists(
            select(VoterRoll.poll_id).where(VoterRoll.poll_id == poll.id, VoterRoll.person_id == Person.id)
        ),
        exists(select(Witness.poll_id).where(Witness.poll_id == poll.id, Witness.person_id == Person.id)),
        authority.has_duty_over(poll.unit_id),
    )


def find_of_thread(thread_id: int) -> int | None:
    """The id of the poll that this thread is about."""
    return db.session.scalar(select(Poll.id).where(Poll.thread_id == thread_id))


def is_on_roll(poll: Poll, person_id: int) -> bool:
    return db.session.get(VoterRoll, (poll.id, person_id)) is not None


def electorate(unit_id: int) -> list[int]:
    """The staff in post of the unit and below, today."""
    units = authority.tree().below([unit_id])
    return list(
        db.session.scalars(
            select(Person.id).where(Person.unit_id.in_(units), Person.left_on.is_(None)).order_by(Person.id)
        )
    )


def own_envelope(poll: Poll, person_id: int) -> Row[bytes, str] | None:
    """The hash and the form's token of the voter's last envelope, as they stand now."""
    return db.session.execute(
        select(Envelope.env_hash, Envelope.form_token).where(
            Envelope.poll_id == poll.id, Envelope.person_id == person_id
        )
    ).one_or_none()


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


def votes_on(proposal_ids: Iterable[int], user: Any) -> list[Vote]:
    """How announced polls that this person may know of went for these proposals, the earliest first; none with fewer
    ballots than show a result. One query."""
    ballots = (
        select(func.sum(Result.n))
        .where(Result.poll_id == Poll.id, Result.stratum == "")
        .correlate(Poll)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Option.proposal_id, Poll.id, Poll.question, Option.text, Result.n, ballots, Poll.announced_at)
        .join(Poll, Poll.id == Option.poll_id)
        .join(
            Result,
            and_(
                Result.poll_id == Poll.id,
                Result.option_position == Option.position,
                Result.stratum == "",
            ),
        )
        .where(
            Option.proposal_id.in_(list(proposal_ids)),
            Poll.announced_at.is_not(None),
            ballots >= Poll.min_cell,
            _is_visible(user),
        )
        .order_by(Poll.announced_at, Poll.id, Option.position)
    )
    return [
        Vote(proposal_id, poll_id, question, text, n, int(all_), at, url_for("voting.show", poll_id=poll_id))
        for proposal_id, poll_id, question, text, n, all_, at in rows
    ]


def departure(poll: Poll) -> Departure | None:
    return db.session.scalar(
        select(Departure).where(Departure.poll_id == poll.id).options(joinedload(Departure.by))
    )


def public_polls(user: Any, asked: int | None) -> list[tuple[int, str | None]]:
    """The polls whose receipts can be checked by anyone, newest first; the one asked for stands among them.

    With the question for who may know of it, else without.
    """
    known = case((_is_visible(user), Poll.question)) if user.is_authenticated else null()
    rows = db.session.execute(
        select(Poll.id, known)
        .where(Poll.opened_at.is_not(None))
        .order_by((Poll.id == asked).desc() if asked else Poll.id.desc(), Poll.id.desc())
        .limit(PAGE)
    )
    return [(poll_id, question) for poll_id, question in rows]


def people_in_post(ids: list[int]) -> list[Person]:
    return list(
        db.session.scalars(
            select(Person)
            .where(Person.id.in_(ids), Person.left_on.is_(None))
            .options(joinedload(Person.unit))
            .order_by(Person.name, Person.id)
        )
    )


def unfit_witnesses(people: list[int], unit_id: int) -> dict[int, str]:
    """Who of these people cannot be a witness for this unit, with the name: who has left, or has a duty over it."""
    has_duty = authority.has_duty_over(unit_id)
    return {
        row.id: row.name
        for row in db.session.execute(
            select(Person.id, Person.name)
            .where(Person.id.in_(people), or_(has_duty, Person.left_on.is_not(None)))
            .order_by(Person.name)
        )
    }
