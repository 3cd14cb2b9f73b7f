"""Training, partners, posts and careers."""

from __future__ import annotations

from flask import Flask

from portal.growth import commands
from portal.growth.careers import routes as careers
from portal.growth.partners import routes as partners
from portal.growth.posts import commands as posts
from portal.growth.training import attendance_routes, draw_routes, learning_routes, routes


def init_app(app: Flask) -> None:
    commands.init_app(app)
    careers.init_app(app)
    for part in (routes, draw_routes, attendance_routes, learning_routes):
        part.init_app(app)
    partners.init_app(app)
    posts.init_app(app)
