"""The start of a year: what the plan of the year before leaves to this one, chosen line by line."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import ensure, signed_in
from portal.drafting import carrying, importing, past, revisions, rules
from portal.forms import Form, needed
from portal.plans import queries as plans
from portal.plans.models import Plan
from portal.proposals import returning

bp = Blueprint("carrying", __name__)


class StartForm(Form):
    figures = RadioField(
        _l("Target dan pagu dimulai dari"),
        choices=[
            SelectChoice("forecast", _l("Prakiraan maju (N+1) tahun lalu; bila kosong, angka tahun lalu")),
            SelectChoice("same", _l("Angka tahun lalu apa adanya")),
        ],
        validators=[needed()],
    )


@bp.route("/rencana/<int:plan_id>/lanjutan", methods=["GET", "POST"])
@signed_in
def start(plan_id: int) -> Response:
    """Lines and text of the year before, ticked to be taken over; struck lines and unanswered wishes apart."""
    plan = plans.get_visible(plan_id, current_user)
    held = current_user.authority.over("planner", plan.unit_id)
    ensure(rules.refuse_start(plans.calendar_of(plan), clock.today(), plans_unit=held is not None))
    assert held is not None
    if request.method == "POST":
        importing.hold_plan(plan)
    offer = carrying.find_start(plan)
    form = StartForm(data={"figures": "forecast"} if request.method == "GET" else None)
    chosen = set(request.form.getlist("piece"))
    nothing = request.method == "POST" and not chosen
    if offer is not None and form.validate_on_submit() and not nothing:
        sections, lines = carrying.take_over(plan, offer, chosen, form.figures.data, current_user, held)
        url = url_for("drafting.table" if lines or not sections else "drafting.show", plan_id=plan.id)
        submissions.commit(url)
        flash(
            _(
                "%(lines)s dan %(sections)s dilanjutkan dari tahun lalu.",
                lines=ngettext("%(num)s baris", "%(num)s baris", lines),
                sections=ngettext("%(num)s bagian", "%(num)s bagian", sections),
            )
        )
        return htmx.redirect_to(url)
    if offer is not None and request.method == "GET":
        standing: list[revisions.Piece] = [*offer.sections, *offer.lines]
        chosen = {revisions.place_of(piece) for piece in standing}
    return htmx.render(
        "drafting/start.html",
        "drafting/_start.html",
        422 if form.errors or nothing else 200,
        plan=plan,
        form=form,
        offer=offer,
        chosen=chosen,
        nothing=nothing,
        place_of=revisions.place_of,
        left=returning.list_left(plan),
    )


def start_of(plan: Plan) -> str | None:
    """Where a plan just made goes on: to what the year before leaves it; None where that year has no plan, or
    `preparation` is over already."""
    offered = plans.stage_of(plan) == "preparation" and past.plan_before(plan)
    return url_for("carrying.start", plan_id=plan.id) if offered else None


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
