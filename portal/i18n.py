"""Indonesian first, English second."""

from __future__ import annotations

from functools import cache

from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel
from flask_login import current_user

from portal import config

LANGUAGES = ("id", "en")
FOLDER = str(config.TOP / "translations")
babel = Babel()


def language() -> str:
    """The language of this request: the person's, else what this browser chose, else Indonesian."""
    if not has_request_context():
        return "id"
    if "language" not in g:
        chosen = session.get("language")
        if chosen not in LANGUAGES and not request.routing_exception and current_user.is_authenticated:
            chosen = current_user.language
        g.language = chosen if chosen in LANGUAGES else "id"
    return str(g.language)


@cache
def _catalogue(chosen: str) -> NullTranslations:
    return Translations.load(FOLDER, [chosen])


def _words() -> NullTranslations:
    return _catalogue(language())


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "id"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = FOLDER
    babel.init_app(app, locale_selector=language)
    # A page says a hundred strings, and Flask-Babel looks up the request anew for each: templates go straight.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda one: _words().gettext(one),
        lambda one, many, number: _words().ngettext(one, many, number),
        newstyle=True,
    )
