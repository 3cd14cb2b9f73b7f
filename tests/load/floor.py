"""The floors of a measurement: a one-row read and a one-row commit, by the same server with the same settings."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from portal import config, db
from portal.access import public

settings = config.read(__import__("os").environ)
app = Flask(__name__)
app.config.from_mapping(
    SQLALCHEMY_DATABASE_URI=settings["DATABASE_URL"],
    SQLALCHEMY_ENGINE_OPTIONS=db.engine_options(settings["DATABASE_URL"]),
)
db.init_app(app)


@app.get("/masuk")
@public
def ready() -> str:
    return "ready"


@app.get("/read")
@public
def read() -> str:
    return str(db.db.session.execute(text("SELECT name FROM unit LIMIT 1")).scalar())


@app.post("/write")
@public
def write() -> str:
    db.begin_writing()
    db.db.session.execute(text("INSERT INTO thread DEFAULT VALUES"))
    db.db.session.commit()
    return "ok"
