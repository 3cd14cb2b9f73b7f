"""Indonesian first, English second."""

from __future__ import annotations

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel
from flask_login import current_user

from portal import config

LANGUAGES = ("id", "en")
babel = Babel()


def language() -> str:
    """The language of this request: the person's, else what this browser chose, else Indonesian."""
    if not has_request_context():
        return "id"
    if "language" not in g:
        chosen = session.get("language")
        if chosen not in LANGUAGES and not request.routing_exception and current_user.is_authenticated:
            preference = getattr(current_user, "preference", None)
            chosen = preference.language if preference else None
        g.language = chosen if chosen in LANGUAGES else "id"
    return str(g.language)


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "id"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(config.TOP / "translations")
    babel.init_app(app, locale_selector=language)
