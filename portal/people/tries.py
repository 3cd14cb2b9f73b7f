"""How often passwords and codes may be tried: counted in the database, before the slow comparison.

An account waits 2, 4, 8 … seconds from its fifth failure on, at most 15 minutes; an address may fail 30 times in
15 minutes. Unknown NIPs are counted like known ones.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, func, select, update
from werkzeug.exceptions import TooManyRequests

from portal import audit, clock, errors, throttle
from portal.db import db
from portal.ledger import Attempt
from portal.people.models import Person

log = logging.getLogger(__name__)
FREE = 5
LONGEST_WAIT = 15 * 60
REMEMBERED = 60 * 60
ADDRESS_LIMIT, ADDRESS_WINDOW = 30, 15 * 60


def wait_after(failures: int) -> int:
    """Seconds to wait after so many failures of an account."""
    return 0 if failures < FREE else min(2 ** min(failures - FREE + 1, 10), LONGEST_WAIT)


def in_words(seconds: int) -> str:
    """A waiting time as it is said: "40 detik", "3 menit"."""
    if seconds < 60:
        return ngettext("%(num)s detik", "%(num)s detik", max(seconds, 1))
    return ngettext("%(num)s menit", "%(num)s menit", -(-seconds // 60))


def _account(nip: str) -> str:
    return "akun:" + hashlib.sha256(nip.encode()).hexdigest()[:40]


def _address() -> str:
    return f"alamat:{request.remote_addr or '-'}"


def too_many(seconds: int) -> TooManyRequests:
    return errors.throttled(
        _("Terlalu banyak percobaan. Silakan tunggu %(time)s, lalu coba kembali.", time=in_words(seconds)),
        seconds,
    )


def begin(nip: str) -> Person | None:
    """Count one try and return whose NIP it is; raises a 429 with the waiting time. Commits.

    The try is counted before it is known how it ends, so that parallel ones cannot slip past; `succeeded` takes
    it back.
    """
    person = note(nip)
    db.session.commit()
    return person


def note(nip: str) -> Person | None:
    """`begin` within the transaction at hand, which lets no other try of this account in before it ends."""
    now = int(clock.now().timestamp())
    person = db.session.scalar(
        select(Person).where(Person.nip == nip, Person.left_on.is_(None)).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    failures, last = _failures(nip)
    if last is not None and (left := last + wait_after(failures) - now) > 0:
        db.session.rollback()
        raise too_many(left)
    begin_code("sign-in")
    throttle.note(_account(nip), 1)
    return person


def begin_code(where: str) -> None:
    """Count one try of this address, of a code that belongs to no account; raises a 429 like a sign-in.

    To be committed also when the code is wrong; `code_found` takes the try back.
    """
    throttle.note(_address(), ADDRESS_WINDOW)
    if (tried := throttle.count(_address(), ADDRESS_WINDOW)) > ADDRESS_LIMIT:
        db.session.rollback()
        log.warning("%s throttled for one address: more than %d failures", where, ADDRESS_LIMIT)
        raise too_many(int(throttle.wait(ADDRESS_WINDOW).total_seconds()))
    elif tried == ADDRESS_LIMIT:
        audit.record("throttled address", where)


def _failures(nip: str) -> tuple[int, int | None]:
    """How often this account was tried in vain within the last hour, and the second of the latest try."""
    count, last = db.session.execute(
        select(func.coalesce(func.sum(Attempt.count), 0), func.max(Attempt.window)).where(
            Attempt.key == _account(nip), Attempt.window > int(clock.now().timestamp()) - REMEMBERED
        )
    ).one()
    return int(count), last


def failed(nip: str, person: Person | None) -> None:
    """Put into the audit log that this account must wait now. Commits.

    An unknown NIP is logged without what was typed: it may be somebody's password.
    """
    failures, _last = _failures(nip)
    if wait_after(failures):
        audit.record("locked sign-in", f"person:{person.id}" if person else "sign-in")
    db.session.commit()


def succeeded(nip: str) -> None:
    """Forget the failures of this account and take the try back from its address; in the transaction at hand."""
    code_found()
    throttle.forget(_account(nip))  # in the order of `begin`, so that two never wait for each other


def code_found() -> None:
    """Take a try back from its address; in the transaction at hand."""
    window = int(clock.now().timestamp()) // ADDRESS_WINDOW
    db.session.execute(
        update(Attempt)
        .where(Attempt.key == _address(), Attempt.window == window, Attempt.count > 0)
        .values(count=Attempt.count - 1)
    )


def sweep() -> None:
    """Forget tries that no rule counts any more."""
    old = int((clock.now() - timedelta(seconds=2 * REMEMBERED)).timestamp())
    db.session.execute(delete(Attempt).where(Attempt.key.startswith("akun:"), Attempt.window < old))
    throttle.sweep("alamat:", ADDRESS_WINDOW)
