"""What is done with a training: publishing, applying, drawing, attending, completing. Nothing here commits.

Whoever changes the list or takes a seat holds the training first (`queries.get_training(…, alone=True)`), so that seats
are counted by one at a time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import delete, insert, select, update

from portal import audit, clock, jobs
from portal.db import add, db, run
from portal.growth import draw
from portal.growth.draw import Entrant
from portal.growth.training import criteria, hours, queries, rules
from portal.growth.training.models import (
    Attendance,
    CalendarAddress,
    Completion,
    Criterion,
    Draw,
    Endorsement,
    Enrolment,
    EnrolmentWithdrawal,
    Feedback,
    FeedbackGiven,
    Learning,
    LearningVerdict,
    Meeting,
    Need,
    QueuePlace,
    Quota,
    SeatOffer,
    Training,
    TrainingCancellation,
    TrainingNeed,
    Uptake,
)
from portal.people.authority import Held
from portal.people.codes import ALPHABET


def _code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def place_of(training: Training) -> str:
    return f"training:{training.id}"


def save(
    training: Training | None,
    given: Mapping[str, Any],
    asked: Sequence[Mapping[str, Any]],
    quotas: Sequence[Mapping[str, Any]],
    needs: Sequence[int],
    user: Any,
    duty: Held,
) -> Training:
    """Make a draft, or change one; its criteria, quotas and needs are those given."""
    if training is None:
        training = Training(by_id=user.id, at=clock.now(), **given)
        db.session.add(training)
        verb = "drafted a training"
    else:
        for name, value in given.items():
            setattr(training, name, value)
        training.criteria.clear()
        training.quotas.clear()
        verb = "changed a training"
    db.session.flush()
    training.criteria.extend(Criterion(position=n, **one) for n, one in enumerate(asked))
    training.quotas.extend(Quota(position=n, **one) for n, one in enumerate(quotas))
    db.session.execute(delete(TrainingNeed).where(TrainingNeed.training_id == training.id))
    db.session.add_all(TrainingNeed(training_id=training.id, need_id=need_id) for need_id in needs)
    db.session.flush()
    audit.record(
        verb, place_of(training), after={**given, "criteria": asked, "quotas": quotas}, duty_id=duty.duty_id
    )
    return training


def publish(training: Training, seed: str, user: Any, duty: Held) -> None:
    """Fix criteria, quotas and the first seed, of which only the SHA-256 is kept."""
    training.draw = Draw(
        training_id=training.id, commitment_a=draw.sha256(seed), by_id=user.id, published_at=clock.now()
    )
    db.session.flush()
    audit.record(
        "published a training", place_of(training), after=training.draw.commitment_a, duty_id=duty.duty_id
    )


def cancel(training: Training, reason: str, user: Any, duty: Held) -> None:
    training.cancellation = TrainingCancellation(
        training_id=training.id, reason=reason, by_id=user.id, at=clock.now()
    )
    db.session.flush()
    audit.record("cancelled a training", place_of(training), after=reason, duty_id=duty.duty_id)


def apply(training: Training, before: Enrolment | None, user: Any) -> Enrolment:
    """Apply, again after withdrawing, or take a seat that is free after the draw."""
    now = clock.now()
    made = before
    if made is None:
        code = f"P-{_code(6)}"
        while db.session.scalar(
            select(Enrolment.id).where(Enrolment.training_id == training.id, Enrolment.code == code)
        ):
            code = f"P-{_code(6)}"
        made = Enrolment(
            training_id=training.id, person_id=user.id, code=code, unit_id=user.unit_id, at=now, offers=[]
        )
        db.session.add(made)
    elif made.withdrawal is not None:
        db.session.delete(made.withdrawal)
        made.at = now
    db.session.flush()
    if training.draw is not None and training.draw.at is not None:
        db.session.add(
            SeatOffer(
                enrolment_id=made.id,
                number=len(made.offers) + 1,
                at=now,
                answer="accepted",
                answered_at=now,
            )
        )
        db.session.flush()
    audit.record("applied for a training", place_of(training))
    return made


def withdraw(enrolment: Enrolment) -> None:
    """Give one's place back; a seat that frees goes to the next."""
    db.session.add(EnrolmentWithdrawal(enrolment_id=enrolment.id, at=clock.now()))
    db.session.flush()
    audit.record("withdrew from a training", place_of(enrolment.training))
    pass_on(enrolment.training)


def endorse(enrolment: Enrolment, outcome: str, reason: str | None, user: Any, duty: Held) -> None:
    db.session.add(
        Endorsement(enrolment_id=enrolment.id, outcome=outcome, reason=reason, by_id=user.id, at=clock.now())
    )
    db.session.flush()
    audit.record(
        f"{outcome} an application", place_of(enrolment.training), after=reason, duty_id=duty.duty_id
    )
    pass_on(enrolment.training)


def commit_seed(training: Training, seed: str, user: Any, duty: Held) -> None:
    """Fix the auditor's seed, of which only the SHA-256 is kept."""
    made = training.draw
    assert made is not None
    made.commitment_b, made.b_by_id = draw.sha256(seed), user.id
    db.session.flush()
    audit.record("fixed a seed", place_of(training), after=made.commitment_b, duty_id=duty.duty_id)


def freeze(training: Training, seed: str, user: Any, duty: Held) -> None:
    """Freeze the list with its points. Where there are seats for all they are given at once; else the first seed is told."""
    made = training.draw
    assert made is not None
    listed = queries.list_frozen(training)
    points = queries.points(training, listed)
    for one in listed:
        one.points = points[one.id]
    made.list_sha256 = draw.list_sha256(one.code for one in listed)
    made.frozen_at = clock.now()
    if len(listed) > training.seats:
        made.seed_a = seed
    else:
        ordered = sorted(listed, key=lambda one: (-points[one.id], one.code))
        _write_order(training, [(one, points[one.id], None) for one in ordered], range(len(ordered)))
        made.at = made.frozen_at
    db.session.flush()
    audit.record("froze a list", place_of(training), after=made.list_sha256, duty_id=duty.duty_id)


def draw_seats(training: Training, seed: str, user: Any, duty: Held) -> None:
    """Tell the second seed and write the order, by the points of the frozen list, and the seats; the first result stays."""
    made = training.draw
    assert made is not None and made.seed_a is not None and made.list_sha256 is not None
    listed = queries.list_frozen(training)
    points = {one.id: one.points for one in listed if one.points is not None}
    by_code = {one.code: one for one in listed}
    ordered = draw.order([Entrant(one.code, points[one.id]) for one in listed], made.seed_a, seed)
    enrolments = [by_code[one.code] for one in ordered]
    most = next((one.most for one in training.quotas if one.most is not None), None)
    units = [queries.agency_of(one.unit_id) for one in enrolments]
    least = [
        (
            frozenset(
                place for place, one in enumerate(enrolments) if criteria.is_in_group(quota, one.unit_id)
            ),
            quota.least,
        )
        for quota in training.quotas
        if quota.least is not None
    ]
    taken, _waiting = draw.seat(
        units, training.seats, dict.fromkeys(units, most) if most is not None else None, least
    )
    keyed = [
        (one, points[one.id], draw.key(made.seed_a, seed, made.list_sha256, one.code)) for one in enrolments
    ]
    made.seed_b, made.at = seed, clock.now()
    _write_order(training, keyed, taken)
    db.session.flush()
    audit.record("drew seats", place_of(training), after=made.list_sha256, duty_id=duty.duty_id)
    pass_on(training)


def _write_order(
    training: Training, ordered: Sequence[tuple[Enrolment, int, str | None]], taken: Sequence[int]
) -> None:
    if not ordered:
        return
    now = clock.now()
    run(
        insert(cast(Any, QueuePlace.__table__)),
        [
            {
                "enrolment_id": one.id,
                "training_id": training.id,
                "points": points,
                "draw_key": key,
                "place": place,
            }
            for place, (one, points, key) in enumerate(ordered, 1)
        ],
    )
    run(
        insert(cast(Any, SeatOffer.__table__)),
        [{"enrolment_id": ordered[place][0].id, "number": 1, "at": now} for place in taken],
    )


def pass_on(training: Training) -> None:
    """Offer each free seat to the next of the waiting list, for 48 hours or until the training begins."""
    now, begins = clock.now(), clock.start_of(training.starts_on)
    if (
        training.draw is None
        or training.draw.at is None
        or training.cancellation is not None
        or now >= begins
    ):
        return
    free = training.seats - queries.count_taken(training.id, now)
    if free < 1:
        return
    for enrolment_id in queries.list_waiting(training.id)[:free]:
        db.session.add(
            SeatOffer(enrolment_id=enrolment_id, number=1, at=now, until=min(now + rules.OFFER, begins))
        )
        audit.record("offered a seat", place_of(training))
    db.session.flush()


@jobs.every("freed seats", 60)
def pass_all_on() -> None:
    """Offers that nobody took within their time go to the next."""
    for training_id in queries.list_with_waiting(clock.today()):
        pass_on(queries.get_training(training_id, alone=True))


def answer_offer(enrolment: Enrolment, answer: str) -> None:
    """Take the offered seat, or leave it to the next."""
    offer = enrolment.offers[-1]
    offer.answer, offer.answered_at = answer, clock.now()
    db.session.flush()
    audit.record(f"{answer} a seat", place_of(enrolment.training))
    pass_on(enrolment.training)


# Meetings and results


def meet(training: Training, starts_at: datetime, minutes: int, place: str, duty: Held) -> Meeting:
    made = Meeting(
        training_id=training.id,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
        code_seed=secrets.token_hex(32),
    )
    db.session.add(made)
    db.session.flush()
    audit.record("set a meeting", place_of(training), after=[starts_at, minutes, place], duty_id=duty.duty_id)
    return made


def wall_code(meeting: Meeting) -> str:
    """The code that hangs on the wall of a meeting: six signs that only this portal can make."""
    made = hmac.new(
        current_app.config["SECRET_KEY"], f"meeting:{meeting.id}:{meeting.code_seed}".encode(), hashlib.sha256
    ).digest()
    return "".join(ALPHABET[byte % 32] for byte in made[:6])


def come(meeting: Meeting, enrolment: Enrolment) -> None:
    """Sign oneself in by the code on the wall; a second time changes nothing."""
    add(Attendance, {"meeting_id": meeting.id, "enrolment_id": enrolment.id, "minutes": meeting.minutes})
    audit.record("came to a meeting", f"training:{meeting.training_id}")


def list_attendance(meeting: Meeting, present: Mapping[int, int], duty: Held) -> None:
    """The minutes of these enrolments, none where they were not there; of all others nothing changes."""
    db.session.execute(
        delete(Attendance).where(
            Attendance.meeting_id == meeting.id, Attendance.enrolment_id.in_(list(present))
        )
    )
    db.session.add_all(
        Attendance(meeting_id=meeting.id, enrolment_id=enrolment_id, minutes=minutes)
        for enrolment_id, minutes in present.items()
        if minutes
    )
    db.session.flush()
    audit.record(
        "listed attendance",
        f"training:{meeting.training_id}",
        after=sorted(present.items()),
        duty_id=duty.duty_id,
    )


def complete(training: Training, passed: Mapping[int, bool], user: Any, duty: Held) -> int:
    """Write the result of everybody who had a seat and has none yet; returns how many completed.

    `passed` says by enrolment whether the test was passed. Too little attendance is not completed, whatever it says.
    """
    now = clock.now()
    meetings = queries.list_meetings(training.id)
    held = sum(one.minutes for one in meetings)
    earned = hours.of_training(
        training.form, [(clock.day_of(one.starts_at), one.minutes) for one in meetings]
    )
    attended = queries.attended(training.id)
    seated = queries.list_seated(training.id, now)
    before = sum(one.completion is not None and one.completion.outcome == "completed" for one in seated)
    done = 0
    for one in seated:
        if one.completion is not None:
            continue
        is_done = passed.get(one.id, False) and hours.is_enough(
            attended.get(one.id, 0), held, training.min_attendance
        )
        done += is_done
        db.session.add(
            Completion(
                enrolment_id=one.id,
                outcome="completed" if is_done else "not_completed",
                training_hours=earned if is_done else 0,
                number=f"{training.id:04d}/{before + done:03d}/{training.ends_on.year}" if is_done else None,
                code=_code(12) if is_done else None,
                by_id=user.id,
                at=now,
            )
        )
    db.session.flush()
    audit.record("recorded results", place_of(training), after=sorted(passed.items()), duty_id=duty.duty_id)
    return done


def give_feedback(training: Training, scores: Sequence[int], text: str, user: Any) -> None:
    """Scores for content, teaching and use; the person stands in another table, the log names nobody."""
    content, teaching, use = scores
    add(FeedbackGiven, {"training_id": training.id, "person_id": user.id})
    db.session.add(
        Feedback(
            id=secrets.token_hex(16),
            training_id=training.id,
            content_score=content,
            teaching_score=teaching,
            use_score=use,
            text=text,
        )
    )
    db.session.flush()
    audit.record("gave feedback", place_of(training), anonymous=True)


def tell_uptake(enrolment: Enrolment, used: str, line_id: int | None, text: str) -> None:
    db.session.add(Uptake(enrolment_id=enrolment.id, used=used, line_id=line_id, text=text, at=clock.now()))
    db.session.flush()
    audit.record("told what was used", place_of(enrolment.training), after=[used, line_id, text])


# Needs, learning elsewhere, the calendar


def need(given: Mapping[str, Any], user: Any, duty: Held | None) -> Need:
    """`duty` is None for a wish of one's own."""
    made = Need(by_id=user.id, at=clock.now(), **given)
    db.session.add(made)
    db.session.flush()
    audit.record(
        "recorded a need", f"unit:{made.unit_id}", after=given, duty_id=duty.duty_id if duty else None
    )
    return made


def learn(given: Mapping[str, Any], user: Any) -> bool:
    """Record learning done elsewhere; it counts up to the cap of its form until the steward has settled it. False where
    this certificate stands already."""
    if not add(Learning, {"person_id": user.id, "at": clock.now(), **given}):
        return False
    made = queries.find_same(user.id, given["issuer"], given["number"])
    assert made is not None
    audit.record("recorded learning", f"learning:{made.id}", after=given)
    return True


def settle(learning: Learning, outcome: str, given: int, reason: str | None, user: Any, duty: Held) -> None:
    db.session.add(
        LearningVerdict(
            learning_id=learning.id,
            outcome=outcome,
            hours=given if outcome == "accepted" else 0,
            reason=reason,
            by_id=user.id,
            duty_id=duty.duty_id,
            at=clock.now(),
        )
    )
    db.session.flush()
    audit.record(
        f"{outcome} learning", f"learning:{learning.id}", after=[given, reason], duty_id=duty.duty_id
    )


def revoke_address(person_id: int) -> None:
    db.session.execute(
        update(CalendarAddress)
        .where(CalendarAddress.person_id == person_id, CalendarAddress.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    audit.record("revoked a calendar address", f"person:{person_id}")


def make_address(person_id: int) -> None:
    """A new secret address; the one before ends."""
    revoke_address(person_id)
    db.session.add(CalendarAddress(person_id=person_id, at=clock.now()))
    db.session.flush()
    audit.record("made a calendar address", f"person:{person_id}")


def address_key(address: CalendarAddress) -> str:
    """The secret part of an address; nothing of it is stored."""
    told = f"calendar:{address.id}:{address.person_id}:{address.at.isoformat()}"
    return hmac.new(current_app.config["SECRET_KEY"], told.encode(), hashlib.sha256).hexdigest()[:40]
