"""Taking up an accepted proposal as a new line, or linking it to one."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import ensure, signed_in
from portal.drafting import actions, origins, rules
from portal.drafting import queries as drafting
from portal.plans import queries as plans
from portal.proposals import queries as proposals

bp = Blueprint("origins", __name__)


@bp.route("/usulan/<int:proposal_id>/baris", methods=["GET", "POST"])
@signed_in
def choose(proposal_id: int) -> Response | str:
    proposal = proposals.get_visible(proposal_id, current_user)
    plan = proposal.plan
    duty = current_user.authority.over("planner", plan.unit_id)
    ensure(origins.refuse_link(proposal, plans.calendar_of(plan), clock.today(), plans_unit=duty is not None))
    lines = drafting.list_lines(plan.id)
    if request.method == "GET":
        return render_template(
            "drafting/origin.html",
            proposal=proposal,
            plan=plan,
            words=proposals.words_of(proposal),
            lines=[line for line in lines if rules.refuse_input(line.openness, "proposal") is None],
        )
    chosen = request.form.get("line", "")
    if chosen == "new":
        if proposal.sub_activity is None:
            return htmx.redirect_to(url_for("drafting.new_line", plan_id=plan.id))
        line = actions.add_line(
            plan, plan.unit_id, proposal.sub_activity.code, "", proposal.sub_activity, current_user, duty
        )
    else:
        found = next((one for one in lines if str(one.id) == chosen), None)
        if found is None:
            abort(404)
        ensure(rules.refuse_input(found.openness, "proposal"))
        line = found
    origins.link(proposal, line, current_user, duty)
    url = url_for("proposals.show", proposal_id=proposal.id)
    submissions.commit(url)
    flash(_("Usulan tertaut pada baris %(code)s.", code=line.code))
    return htmx.redirect_to(url)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        lines_of_proposals=origins.lines_of_proposals,
        proposal_line_url=lambda proposal_id: url_for("origins.choose", proposal_id=proposal_id),
    )
