"""Training, partners, posts and careers."""

from __future__ import annotations

from flask import Flask

from portal.growth import commands
from portal.growth.careers import routes as careers


def init_app(app: Flask) -> None:
    commands.init_app(app)
    careers.init_app(app)
