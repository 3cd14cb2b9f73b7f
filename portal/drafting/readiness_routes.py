"""Kesiapan of a plan: what its owners have not called ready, ticked and sent by one press."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, Flask, flash, request, url_for
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import htmx, submissions
from portal.access import ensure, signed_in
from portal.db import hold
from portal.drafting import queries, readiness, revisions
from portal.drafting import routes as drafting_routes
from portal.people.authority import Held
from portal.plans import queries as plans
from portal.plans import routes as plan_routes
from portal.plans.models import Plan

bp = Blueprint("readiness", __name__)


def _duties(plan: Plan, units: dict[int, str]) -> dict[int, Held]:
    """Under which duty this person calls the pieces of which unit ready."""
    over = current_user.authority.over
    held = {
        unit_id: over("editor", unit_id) or (over("planner", unit_id) if unit_id == plan.unit_id else None)
        for unit_id in units
    }
    return {unit_id: duty for unit_id, duty in held.items() if duty}


@bp.route("/rencana/<int:plan_id>/kesiapan", methods=["GET", "POST"])
@signed_in
def index(plan_id: int) -> Response:
    """One's own pieces to be ticked; those of other units counted, and read unit by unit."""
    plan = plans.get_visible(plan_id, current_user)
    units = dict(queries.units_of(plan))
    duties = _duties(plan, units)
    calendar = plans.calendar_of(plan)
    refusal = readiness.refuse_ready(calendar, owns=bool(duties))
    if request.method == "POST":
        ensure(refusal)
        hold(plan)
        revisions.hold_open(plan.id)
    left = {readiness.key_of(piece): piece for piece in readiness.list_unready(plan.id)}
    sent = set(request.form.getlist("piece"))
    chosen = [piece for key, piece in left.items() if key in sent]
    unfinished = {key: why for key, piece in left.items() if (why := readiness.refuse_unfinished(piece))}
    if request.method == "POST":
        ensure(readiness.refuse_ready(calendar, owns=all(piece.unit_id in duties for piece in chosen)))
        if sent and not sent & unfinished.keys():
            readiness.call_ready(chosen, current_user, duties)
            url = url_for(".index", plan_id=plan.id)
            submissions.commit(url)
            _tell(len(chosen), len(sent) - len(chosen))
            return htmx.redirect_to(url)
    own = {key: piece for key, piece in left.items() if piece.unit_id in duties and refusal is None}
    others = {key: piece for key, piece in left.items() if key not in own}
    return htmx.render(
        "drafting/verification/readiness.html",
        "drafting/verification/_ready.html",
        422 if request.method == "POST" else 200,
        number=len(left),
        finished={key: piece for key, piece in own.items() if key not in unfinished},
        unfinished={key: piece for key, piece in own.items() if key in unfinished},
        reasons=unfinished,
        sent=sent,
        nothing=request.method == "POST" and not sent,
        units=units,
        others=Counter(piece.unit_id for piece in others.values()).most_common(),
        shown={key: piece for key, piece in others.items() if str(piece.unit_id) == request.args.get("unit")},
        closing=plan_routes.closing_day(plan),
        **drafting_routes.head(plan, ""),
    )


def _tell(done: int, passed: int) -> None:
    """What became of the ticked pieces: called ready, or changed since the page was read."""
    if done:
        flash(ngettext("%(num)s ditandai siap.", "%(num)s ditandai siap.", done))
    if passed:
        flash(
            ngettext(
                "%(num)s berubah atau sudah siap sejak halaman ini dibuka.",
                "%(num)s berubah atau sudah siap sejak halaman ini dibuka.",
                passed,
            )
        )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
