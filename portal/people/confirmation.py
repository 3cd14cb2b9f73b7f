"""The password asked again before weighty deeds."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import htmx
from portal.db import db, stop_writing


def require_confirmation(back: str | None = None) -> Response | None:
    """Send to the password first, unless it was given within 15 minutes: `if ask := require_confirmation(): return ask`.

    After it a page opens as asked; a form leads to `back`, the page that holds it (else where it was sent from).
    """
    if current_user.has_just_confirmed:
        return None
    onward = request.full_path if request.query_string else request.path
    if request.method != "GET":
        onward = back or urlsplit(request.referrer or "").path or "/"
    db.session.rollback()
    stop_writing()
    return htmx.redirect_to(f"{url_for('account.confirm')}?{urlencode({'next': onward})}")
