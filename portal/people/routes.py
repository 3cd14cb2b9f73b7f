"""Signing in and out, the language, the account."""

from __future__ import annotations

from flask import Blueprint, Flask, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import i18n
from portal.access import local_address, public
from portal.db import db
from portal.people.models import Preference
from portal.submissions import without_token

bp = Blueprint("account", __name__)


@bp.route("/masuk", methods=["GET", "POST"])
@public
@without_token
def sign_in() -> str:
    return "masuk"


@bp.post("/bahasa")
@public
@without_token
def language() -> Response:
    """Switch the language, for this browser and where known for the person."""
    chosen = request.form.get("language", "")
    if chosen in i18n.LANGUAGES:
        session["language"] = chosen
        g.pop("language", None)
        if current_user.is_authenticated:
            preference = current_user.preference or Preference(person_id=current_user.id)
            preference.language = chosen
            db.session.add(preference)
            db.session.commit()
    return redirect(local_address(request.form.get("next")) or url_for("account.sign_in"), 303)  # type: ignore[return-value]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
