"""Bringing a deferred or declined proposal back in the plan of the next year."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import Refusal, ensure, signed_in
from portal.plans import queries as plans
from portal.plans.models import Plan
from portal.proposals import queries, returning, routes
from portal.proposals.forms import ProposalForm
from portal.proposals.models import Proposal
from portal.proposals.returning import Left

bp = Blueprint("returning", __name__)


def refusal_of(left: Left, plan: Plan) -> Refusal | None:
    """Why this person may not bring it back into this plan now."""
    return returning.refuse_return(
        current_user.id,
        left.by_id,
        left.again,
        plans.calendar_of(plan),
        clock.today(),
        plans_unit=current_user.authority.over("planner", plan.unit_id) is not None,
    )


@bp.get("/rencana/<int:plan_id>/usulan-tahun-lalu")
@signed_in
def index(plan_id: int) -> str:
    """What the year before deferred or declined, with what would change it: has it changed?"""
    plan = plans.get_visible(plan_id, current_user)
    left = [(one, refusal_of(one, plan)) for one in returning.list_left(plan)]
    return render_template("proposals/left.html", plan=plan, left=left)


@bp.route("/usulan/<int:proposal_id>/pengajuan-kembali", methods=["GET", "POST"])
@signed_in
def bring_back(proposal_id: int) -> Response:
    """The old words in a form, to be changed to what holds today and handed in to the plan of the next year."""
    old = queries.get_visible(proposal_id, current_user)
    left, plan = returning.find_left(old), _next_plan(old)
    if left is None or plan is None:
        abort(404)
    ensure(refusal_of(left, plan))
    code = old.sub_activity.code if old.sub_activity else ""
    form = ProposalForm(obj=queries.words_of(old), data={"sub_activity": code})
    if form.validate_on_submit() and routes._knows_sub_activity(form):
        made = returning.bring_back(left, plan, current_user, *routes._typed(form))
        url = url_for("proposals.show", proposal_id=made.id)
        submissions.commit(url)
        flash(_("Usulan diajukan kembali."))
        return htmx.redirect_to(url)
    return htmx.render(
        "proposals/return.html",
        "proposals/_form.html",
        422 if form.errors else 200,
        form=form,
        left=left,
        old=old,
        plan=plan,
        deed_label=_("Ajukan kembali"),
    )


def _next_plan(old: Proposal) -> Plan | None:
    """The plan of the next year, where this person may know of it."""
    number = returning.find_next_plan(old.plan)
    plan = plans.find(number) if number is not None else None
    return plan if plan is not None and plans.is_visible(plan, current_user) else None


@dataclass(frozen=True)
class Return:
    """What the page of a proposal says about its coming back: where it went, or where it may go and why not."""

    again: int | None
    url: str | None
    refusal: Refusal | None


def return_of(proposal: Proposal) -> Return | None:
    """None for a proposal that was neither deferred nor declined, or where no plan of the next year is known."""
    if not proposal.answers or proposal.answers[-1].kind not in returning.KINDS:
        return None
    left, plan = returning.find_left(proposal), _next_plan(proposal)
    if left is None or plan is None:
        return None
    return Return(
        left.again, url_for("returning.bring_back", proposal_id=proposal.id), refusal_of(left, plan)
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["return_of"] = return_of
