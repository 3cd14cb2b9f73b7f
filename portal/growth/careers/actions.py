"""What is done with a career record. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from portal import audit, clock
from portal.db import add, db, hold
from portal.errors import Conflict
from portal.growth.careers import rules, sections
from portal.growth.careers.models import CorrectionAnswer, CorrectionRequest, Share, ShareView, Thanks
from portal.growth.careers.queries import Contribution
from portal.growth.careers.sections import Entry
from portal.people.authority import Held
from portal.people.codes import bare_code, new_code
from portal.people.queries import full_unit_name


def thank(for_what: Contribution, text: str, user: Any, duty: Held) -> None:
    """Once a leader and thing; Conflict on a second one at the same moment."""
    row = {
        "person_id": for_what.person_id,
        "place": for_what.place,
        "text": text,
        "by_id": user.id,
        "duty_id": duty.duty_id,
        "at": clock.now(),
    }
    if not add(Thanks, row):
        raise Conflict(_("Anda sudah mengucapkan terima kasih untuk ini."))
    audit.record("thanked", for_what.place, after=text, duty_id=duty.duty_id)


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "more": entry.more,
        "on": entry.on.isoformat() if entry.on else None,
        "words": entry.words,
    }


def content_of(user: Any, chosen: Collection[str], until_on: date) -> dict[str, Any]:
    """The chosen sections as they stand now, as plain text: without addresses, NIP, or anything that was not chosen."""
    return {
        "regency": current_app.config["REGENCY"],
        "name": user.full_name,
        "unit": full_unit_name(user.unit_id),
        "made_on": clock.today().isoformat(),
        "until_on": until_on.isoformat(),
        "sections": [
            {
                "title": str(section.title),
                "caveat": str(section.caveat or ""),
                "entries": [_plain(entry) for entry in section.entries(user.id)],
            }
            for section in sections.every()
            if section.key in chosen
        ],
    }


def share(user: Any, chosen: list[str], until_on: date) -> Share:
    content = content_of(user, chosen, until_on)
    made = Share(
        person_id=user.id,
        sections=chosen,
        code=bare_code(new_code()),
        content=content,
        sha256=audit.sha(content) or "",
        until_on=until_on,
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record("shared a career record", f"share:{made.id}", after=content)
    return made


def revoke(found: Share) -> None:
    """From now on nobody opens it; a second time changes nothing."""
    hold(found)
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        audit.record("revoked a shared record", f"share:{found.id}")


def note_view(found: Share) -> None:
    db.session.add(ShareView(share_id=found.id, at=clock.now()))
    db.session.flush()
    audit.record("opened a shared record", f"share:{found.id}", anonymous=True)


def request_correction(place: str, text: str, user: Any) -> CorrectionRequest:
    made = CorrectionRequest(
        person_id=user.id,
        place=place,
        text=text,
        due_on=clock.today() + timedelta(days=rules.CORRECTION_DAYS),
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record("asked for a correction", f"correction:{made.id}", after=text)
    return made


def answer(asked: CorrectionRequest, outcome: str, text: str, user: Any, duty: Held) -> None:
    db.session.add(
        CorrectionAnswer(
            request_id=asked.id,
            outcome=outcome,
            text=text,
            by_id=user.id,
            duty_id=duty.duty_id,
            at=clock.now(),
        )
    )
    db.session.flush()
    audit.record(
        f"answered a correction {outcome}", f"correction:{asked.id}", after=text, duty_id=duty.duty_id
    )
