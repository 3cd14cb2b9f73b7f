"""Taking up an accepted proposal as a new line, or linking it to one."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import ensure, signed_in
from portal.drafting import actions, origins, queries, rules
from portal.drafting.models import Line
from portal.plans import queries as plans
from portal.plans.models import Plan
from portal.proposals import queries as proposals

bp = Blueprint("origins", __name__)


@bp.route("/usulan/<int:proposal_id>/baris", methods=["GET", "POST"])
@signed_in
def choose(proposal_id: int) -> Response | str:
    """The planner makes an accepted proposal a line of its own, or links it to a line that takes proposals."""
    proposal = proposals.get_visible(proposal_id, current_user)
    plan = proposal.plan
    duty = current_user.authority.over("planner", plan.unit_id)
    ensure(origins.refuse_link(proposal, plans.calendar_of(plan), clock.today(), plans_unit=duty is not None))
    if request.method == "GET":
        lines = [
            one for one in queries.list_lines(plan.id) if rules.refuse_input(one.openness, "proposal") is None
        ]
        words = proposals.words_of(proposal)
        return render_template("drafting/origin.html", proposal=proposal, plan=plan, words=words, lines=lines)
    if (chosen := request.form.get("line", "")) != "new":
        line = _line_of(plan, chosen)
    elif (entry := proposal.sub_activity) is not None:
        line = actions.add_line(plan, plan.unit_id, entry.code, "", entry, current_user, duty)
    else:
        return htmx.redirect_to(url_for("drafting.new_line", plan_id=plan.id))
    origins.link(proposal, line, current_user, duty)
    url = url_for("proposals.show", proposal_id=proposal.id)
    submissions.commit(url)
    flash(_("Usulan tertaut pada baris %(code)s.", code=line.code))
    return htmx.redirect_to(url)


def _line_of(plan: Plan, chosen: str) -> Line:
    """The standing line of the plan that was chosen, or 404; it must take proposals."""
    line = next((one for one in queries.list_lines(plan.id) if str(one.id) == chosen), None) or abort(404)
    ensure(rules.refuse_input(line.openness, "proposal"))
    return line


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        lines_of_proposals=origins.lines_of_proposals,
        proposal_line_url=lambda proposal_id: url_for("origins.choose", proposal_id=proposal_id),
    )
