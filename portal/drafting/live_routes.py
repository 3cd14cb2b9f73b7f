"""Drafts of what is typed, who is editing, and what others did since a page was opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import htmx
from portal.access import signed_in
from portal.db import stop_writing
from portal.drafting import drafts, feed, queries, revisions
from portal.drafting.revisions import Piece
from portal.drafting.routes import refusal_of, urls
from portal.people import drafts as people_drafts
from portal.plans import queries as plans
from portal.submissions import without_token

bp = Blueprint("live", __name__)


def _keep(get: Callable[[int, Any], Piece], number: int) -> Response:
    """Keep a draft, note who is there, or both; never a save. What can be read before is read before it writes."""
    stop_writing()
    piece = get(number, current_user)
    deed = request.form.get("urusan", "draf")
    edits = deed not in ("pergi", "buang") and refusal_of(piece) is None
    draft = drafts.of(piece, urls(piece)["edit"])
    people_drafts.limit()
    if deed == "pergi":
        drafts.leave(current_user.id, piece)
    elif edits:
        drafts.stay(current_user.id, piece)
    return people_drafts.answered(draft, draft.take(deed), deed == "buang")


@bp.post("/bagian/<int:section_id>/draf")
@signed_in
@without_token
def keep_section(section_id: int) -> Response:
    return _keep(queries.get_section, section_id)


@bp.post("/baris/<int:line_id>/draf")
@signed_in
@without_token
def keep_line(line_id: int) -> Response:
    return _keep(queries.get_line, line_id)


def live(plan_id: int, piece: Piece | None = None, typing: bool = False) -> dict[str, Any]:
    """What the bar of an open page shows and from where it goes on asking."""
    place = revisions.place_of(piece) if piece is not None else None
    mark = feed.mark(plan_id, place, current_user.id)
    return {
        "url": url_for("live.news", plan_id=plan_id, sejak=mark, di=place, baru=1 if typing else None),
        "news": 0,
        "editing": feed.editing(plan_id, place, current_user.id),
    }


def _elsewhere(place: str | None) -> str | None:
    """Where the news is shown to somebody who types: the piece in a tab of its own."""
    kind, _colon, number = (place or "").partition(":")
    if "baru" not in request.args or kind not in ("section", "line") or not number.isdecimal():
        return None
    return url_for(f"drafting.{kind}", **{f"{kind}_id": int(number)})  # type: ignore[arg-type]


@bp.get("/rencana/<int:plan_id>/kabar")
@signed_in
def news(plan_id: int) -> Response:
    """What others did since the page was made; 304 where that is what it was told last.

    The tag holds the person and the plan under the portal's key, so that only who was shown this page knows it:
    the plan itself is asked for again when there is something to say.
    """
    place = request.args.get("di") or None
    me = current_user.id
    number = feed.news(plan_id, place, me, request.args.get("sejak", "")[:40])
    editing = feed.editing(plan_id, place, me)
    state = repr((me, plan_id, place, number, [(one.place, one.person_id, one.since) for one in editing]))
    key = hashlib.sha256(str(current_app.secret_key).encode()).digest()
    tag = hashlib.blake2b(state.encode(), key=key, digest_size=12).hexdigest()
    if htmx.knows(tag):
        return Response(status=304)
    plans.get_visible(plan_id, current_user)
    if not htmx.is_partial():
        return htmx.redirect_to(url_for("drafting.show", plan_id=plan_id))
    body = render_template(
        "drafting/live/_news.html", news=number, editing=editing, address=_elsewhere(place)
    )
    return htmx.tagged(make_response(body), tag)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(live=live)
