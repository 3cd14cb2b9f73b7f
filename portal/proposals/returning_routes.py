"""Bringing a deferred or declined proposal back in the plan of the next year."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import Refusal, ensure, signed_in
from portal.people.drafts import Typing, register, url_of
from portal.plans import queries as plans
from portal.plans.models import Plan
from portal.proposals import queries, returning, routes
from portal.proposals.forms import ProposalForm
from portal.proposals.models import Proposal

bp = Blueprint("returning", __name__)


def refusal_of(by_id: int, again: int | None, plan: Plan) -> Refusal | None:
    """Why this person may not bring it back into this plan now."""
    return returning.refuse_return(
        current_user.id,
        by_id,
        again,
        plans.calendar_of(plan),
        clock.today(),
        plans_unit=current_user.authority.over("planner", plan.unit_id) is not None,
    )


@bp.get("/rencana/<int:plan_id>/usulan-tahun-lalu")
@signed_in
def index(plan_id: int) -> str:
    """What the year before deferred or declined, with what would change it: has it changed?"""
    plan = plans.get_visible(plan_id, current_user)
    left = [(one, refusal_of(one.by_id, one.again, plan)) for one in returning.list_left(plan)]
    return render_template("proposals/left.html", plan=plan, left=left)


@bp.route("/usulan/<int:proposal_id>/pengajuan-kembali", methods=["GET", "POST"])
@signed_in
def bring_back(proposal_id: int) -> Response:
    """The old words in a form, to be changed to what holds today and handed in to the plan of the next year."""
    old = queries.get_visible(proposal_id, current_user)
    left, plan = returning.find_left(old), _visible(returning.find_next(old)[0])
    if left is None or plan is None:
        abort(404)
    ensure(refusal_of(left.by_id, left.again, plan))
    code = old.sub_activity.code if old.sub_activity else ""
    draft = _draft(old)
    form = ProposalForm(obj=queries.words_of(old), data={"sub_activity": code}, **draft.restored)
    if form.validate_on_submit() and routes._knows_sub_activity(form):
        draft.forget()
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
        draft=draft,
    )


def _draft(old: Proposal) -> Typing:
    return Typing(
        f"proposal:{old.id}/again",
        queries.words_of(old).title,
        url_for("returning.bring_back", proposal_id=old.id),
        routes.WRITTEN,
        url_of("usulan-kembali", old.id),
    )


@dataclass(frozen=True)
class Return:
    """What the page of a proposal says about its coming back: where it went, or where it may go and why not."""

    again: int | None
    url: str | None
    refusal: Refusal | None


def return_of(proposal: Proposal) -> Return | None:
    """None for a proposal that was neither deferred nor declined, or where no plan of the next year is known."""
    if not proposal.answers or proposal.answers[-1].kind not in returning.KINDS or proposal.withdrawal:
        return None
    number, again = returning.find_next(proposal)
    plan = _visible(number)
    if plan is None:
        return None
    refusal = refusal_of(proposal.by_id, again, plan)
    return Return(again, url_for("returning.bring_back", proposal_id=proposal.id), refusal)


def _visible(plan_id: int | None) -> Plan | None:
    """The plan, where this person may know of it."""
    plan = plans.find(plan_id) if plan_id is not None else None
    return plan if plan is not None and plans.is_visible(plan, current_user) else None


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    register("usulan-kembali", lambda number: _draft(queries.get_visible(number, current_user)))
    app.jinja_env.globals["return_of"] = return_of
