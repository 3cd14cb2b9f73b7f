"""Rembuk: create_app() puts the parts together, and nothing else."""

from __future__ import annotations

import logging
import os
from typing import Any

import jinja2
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from portal import (
    access,
    assets,
    cli,
    config,
    db,
    errors,
    formatting,
    headers,
    htmx,
    i18n,
    navigation,
    packages,
    submissions,
)
from portal.application import Portal
from portal.people import sessions

csrf = CSRFProtect()
LARGEST_BODY = 6 * 1024 * 1024
"""Bytes of a request; an uploaded file may have 5 MiB, its form needs the rest."""


class Number(IntegerConverter):
    """A number of an address that both databases can hold; a larger one is no page."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


def create_app(**overrides: Any) -> Flask:
    """The portal. Settings come from the environment (PORTAL_…); `overrides` are for tests and tools."""
    settings = config.read(os.environ) | overrides
    app = Portal(
        __name__,
        static_folder=None,
        template_folder=str(config.TOP / "templates"),
        instance_path=str(settings["INSTANCE"]),
    )
    app.static_folder = str(config.TOP / "static")  # set afterwards: we serve it ourselves
    secure = settings["ADDRESS"].startswith("https")
    own_host = settings["ADDRESS"].split("//", 1)[1].rsplit(":", 1)[0]
    app.config.from_mapping(
        settings,
        SECURE=secure,
        SECRET_KEY=config.secret(settings["INSTANCE"], "secret_key"),
        BALLOT_KEY=config.secret(settings["INSTANCE"], "ballot_key"),
        SESSION_COOKIE_NAME="__Host-rembuk" if secure else "rembuk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        TRUSTED_HOSTS=sorted({own_host, "127.0.0.1", "localhost"}),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=True,
        SQLALCHEMY_DATABASE_URI=settings["DATABASE_URL"],
        SQLALCHEMY_ENGINE_OPTIONS=db.engine_options(settings["DATABASE_URL"]),
    )
    app.config.from_mapping(overrides)
    app.url_map.converters["int"] = Number
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.logger.setLevel(settings["LOG_LEVEL"])
    logging.getLogger("portal").setLevel(settings["LOG_LEVEL"])
    if settings["PROXY_HOPS"]:
        hops = settings["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    # The order of what happens before a view: number, who may enter, CSRF, the form's token.
    cli.init_app(app)
    headers.init_app(app)
    db.init_app(app)
    i18n.init_app(app)
    sessions.init_app(app)
    access.init_app(app)
    csrf.init_app(app)
    submissions.init_app(app)
    htmx.init_app(app)
    errors.init_app(app)
    formatting.init_app(app)
    assets.init_app(app)
    navigation.init_app(app)
    packages.init_app(app)
    access.check_marks(app)
    return app
