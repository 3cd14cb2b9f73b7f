"""Training, partners, posts and careers: what can be run so far."""

from __future__ import annotations

from flask import Flask

from portal.growth import commands
from portal.growth.partners import routes as partners
from portal.growth.posts import commands as posts


def init_app(app: Flask) -> None:
    commands.init_app(app)
    partners.init_app(app)
    posts.init_app(app)
