"""One-time form tokens: a repeated form answers with the first result and does nothing twice.

Every form of a signed-in person carries a token. The first statement of its writing transaction claims the
token, so that a second copy of the form waits for the first and then finds its result.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app, g, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import bindparam, delete, select, update
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response

from portal import access, clock, htmx
from portal.db import add, begin_writing, db, run, stop_writing
from portal.ledger import Submission

FIELD = "kiriman"
KEPT = timedelta(days=7)
LONGEST = 500
"""Characters of an address that a form may lead to."""
_LED_TO = (
    update(cast(Any, Submission.__table__))
    .where(Submission.person_id == bindparam("person"), Submission.token == bindparam("form"))
    .values(address=bindparam("address"))
)
SHAPE = re.compile(r"[A-Za-z0-9_-]{16,60}")


def form_tokens(action: str) -> Markup:
    """The two hidden fields of a form that posts to `action`.

    A form that comes back with errors keeps its token; every other one gets a new one.
    """
    token = ""
    if request.method == "POST" and request.path == action.partition("?")[0] and not g.get("submitted"):
        token = sent_token()
    token = token or secrets.token_urlsafe(18)
    return Markup(
        '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="{}" value="{}">'
    ).format(generate_csrf(), FIELD, token)


def token() -> str:
    """The token of the form at hand."""
    return str(g.submission_token)


def sent_token() -> str:
    """The token of the form that was sent, or nothing where none can be read."""
    if request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint is None:
        return ""
    try:
        token = request.form.get(FIELD, "")
    except HTTPException:
        return ""  # the body itself was the fault, and the page says so
    return token if SHAPE.fullmatch(token) else ""


def led_to(person_id: int, token: str) -> str | None:
    """Where the form with this token has led; None while it has led nowhere."""
    return db.session.scalar(
        select(Submission.address).where(Submission.person_id == person_id, Submission.token == token)
    )


def _before_view() -> Response | None:
    """Begin the writing transaction of a form, unless its token has led somewhere already."""
    if request.method in ("GET", "OPTIONS") or request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "claims_late", False):
        address = led_to(current_user.id, sent_token())
        g.is_repetition = address is not None
        return htmx.redirect_to(address) if address else None
    if (
        access.mark_of(current_app, request.endpoint) == ("public",) and not current_user.is_authenticated
    ) or getattr(view, "without_token", False):
        begin_writing()
        return None
    return claim()


def claim() -> Response | None:
    """Begin the writing transaction and claim the form's token; an answer when it has led somewhere already."""
    begin_writing()
    token = sent_token()
    if not token:
        raise BadRequest(_("Formulir ini tidak lengkap. Silakan muat ulang halaman, lalu kirim kembali."))
    g.submission_token = token
    if not claims(token):
        address = led_to(current_user.id, token)
        db.session.rollback()
        stop_writing()
        return htmx.redirect_to(address or "/")
    return None


def claims(token: str) -> bool:
    """Whether nobody has claimed this token yet; waits for a copy of the form that is at work."""
    return add(Submission, {"person_id": current_user.id, "token": token, "address": None, "at": clock.now()})


def release(claimed: str) -> None:
    """Give a claimed token back where something else is committed: the form has led nowhere."""
    db.session.execute(
        delete(Submission).where(Submission.person_id == current_user.id, Submission.token == claimed)
    )


def without_token(view: access.View) -> access.View:
    """Mark a view whose own row holds the token (the ballot's envelope) or that changes nothing of record."""
    view.without_token = True  # type: ignore[attr-defined]
    return view


def claims_late(view: access.View) -> access.View:
    """Mark a view that calls `claim` by itself, after something slow that belongs into no transaction."""
    view.claims_late = True  # type: ignore[attr-defined]
    return view


def commit(address: str) -> None:
    """The one commit of a deed: what was done, and the address that a repetition of the form is sent to."""
    if g.get("submission_token"):
        run(_LED_TO, {"person": current_user.id, "form": g.submission_token, "address": address})
    db.session.commit()
    g.submitted = True
    stop_writing()


def sweep() -> int:
    """Forget tokens after a week; returns how many."""
    result = db.session.execute(delete(Submission).where(Submission.at < clock.now() - KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]


def init_app(app: Flask) -> None:
    app.before_request(_before_view)
    app.jinja_env.globals["form_tokens"] = form_tokens
