"""A plan's adoption, the edition that follows it with its differences, and the records behind the honesty card."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import StringField

from portal import clock, htmx, submissions
from portal.access import Refusal, ensure, signed_in
from portal.drafting import adoption, revisions, words
from portal.drafting import routes as drafting_routes
from portal.drafting.forms import LineForm
from portal.drafting.models import Line, Section
from portal.forms import Form, clean, needed, text_rules
from portal.people.confirmation import require_confirmation
from portal.people.words import STANDING_NAMES
from portal.plans import queries as plans
from portal.plans import stages
from portal.plans.forms import day_field
from portal.plans.models import Plan

bp = Blueprint("adoption", __name__)


class AdoptionForm(Form):
    decree_number = StringField(
        _l("Nomor keputusan"),
        filters=[clean],
        validators=[needed(), *text_rules(100, one_line=True, nip=True)],
    )
    decree_on = day_field(_l("Tanggal keputusan"))


class EditionForm(Form):
    preparation = day_field(stages.LABELS["preparation"])
    initial_draft = day_field(stages.LABELS["initial_draft"])
    forum = day_field(stages.LABELS["forum"])
    draft = day_field(stages.LABELS["draft"])
    verification = day_field(stages.LABELS["verification"])
    final_draft = day_field(stages.LABELS["final_draft"])

    def starts(self) -> dict[str, date]:
        return {kind: self[kind].data for kind in stages.DATED_STAGES}


def _next_starts(today: date) -> dict[str, date]:
    """Days for a change of a plan, two weeks a stage."""
    return {kind: today + timedelta(weeks=2 * n) for n, kind in enumerate(stages.DATED_STAGES)}


@bp.route("/rencana/<int:plan_id>/penetapan", methods=["GET", "POST"])
@signed_in
def show(plan_id: int) -> Response:
    """What adoption waits for and, for the leader, its form; afterwards the decree and the hash."""
    plan = plans.get_visible(plan_id, current_user)
    here = url_for(".show", plan_id=plan.id)
    held = current_user.authority.over("leader", plan.unit_id)
    refusal = adoption.refuse_adopt(plans.calendar_of(plan), clock.today(), leads=held is not None)
    form = AdoptionForm()
    if request.method == "POST":
        ensure(refusal)
        assert held is not None
        if (again := require_confirmation(here)) is not None:
            return again
        if adoption.list_missing(plan):
            ensure(Refusal(_("Rencana ini belum dapat ditetapkan; silakan lihat apa yang masih kurang.")))
        if form.decree_on.data and form.decree_on.data > clock.today():
            form.decree_on.errors = [_("Tanggal keputusan tidak boleh sesudah hari ini.")]
        elif form.validate_on_submit():
            adoption.adopt(plan, form.decree_number.data or "", form.decree_on.data, current_user, held)
            submissions.commit(here)
            flash(_("Rencana ditetapkan. Naskahnya tidak dapat diubah lagi."))
            return htmx.redirect_to(here)
    snapshot = adoption.find_snapshot(plan.id)
    following = adoption.find_edition(plan.unit_id, plan.year, plan.edition + 1) if snapshot else None
    return htmx.render(
        "drafting/adoption/show.html",
        "drafting/adoption/_form.html",
        422 if form.errors else 200,
        form=form,
        refusal=refusal,
        standing=STANDING_NAMES.get(held.standing) if held and held.standing != "definitif" else None,
        missing=[] if snapshot else adoption.list_missing(plan),
        snapshot=snapshot,
        following=following,
        may_begin=adoption.refuse_edition(
            plans.calendar_of(plan),
            plans_unit=current_user.authority.over("planner", plan.unit_id) is not None,
            has_next=following is not None,
        )
        is None,
        **drafting_routes.head(plan, "adoption"),
    )


@bp.route("/rencana/<int:plan_id>/perubahan-renja", methods=["GET", "POST"])
@signed_in
def begin(plan_id: int) -> Response:
    """The planner begins the next edition of an adopted plan."""
    plan = plans.get_visible(plan_id, current_user)
    held = current_user.authority.over("planner", plan.unit_id)
    following = adoption.find_edition(plan.unit_id, plan.year, plan.edition + 1)
    ensure(
        adoption.refuse_edition(
            plans.calendar_of(plan), plans_unit=held is not None, has_next=following is not None
        )
    )
    assert held is not None
    form = EditionForm(data=_next_starts(clock.today()) if request.method == "GET" else None)
    if form.validate_on_submit():
        wrong = stages.refuse_starts(form.starts())
        if wrong is None:
            snapshot = adoption.find_snapshot(plan.id)
            assert snapshot is not None
            made = adoption.begin_edition(snapshot, plan, form.starts(), current_user, held)
            url = url_for("drafting.show", plan_id=made.id)
            submissions.commit(url)
            flash(_("Perubahan Renja dimulai dari naskah yang ditetapkan."))
            return htmx.redirect_to(url)
        form.preparation.errors = [str(wrong)]
    return htmx.render(
        "drafting/adoption/begin.html",
        "drafting/adoption/_begin.html",
        422 if form.errors else 200,
        form=form,
        plan=plan,
    )


@bp.get("/rencana/<int:plan_id>/perbedaan")
@signed_in
def differences(plan_id: int) -> str:
    """A changed plan against the text that was adopted before it."""
    plan = plans.get_visible(plan_id, current_user)
    old = adoption.find_edition(plan.unit_id, plan.year, plan.edition - 1)
    snapshot = adoption.find_snapshot(old.id) if old else None
    form = LineForm(formdata=None)
    rows = [(one, _parts(one, form)) for one in adoption.differences(plan, snapshot)] if snapshot else []
    return render_template(
        "drafting/adoption/differences.html",
        rows=rows,
        old=old if snapshot else None,
        **drafting_routes.head(plan, "differences"),
    )


def _parts(one: adoption.Difference, form: LineForm) -> dict[str, Any]:
    """Word by word for prose, figure by figure for a line."""
    if one.piece is None or one.old is None:
        return {}
    if isinstance(one.piece, Section):
        return {"words": words.excerpt(words.diff(one.old["body"] or "", one.piece.body))}
    now = revisions.line_fields(one.piece)
    return {
        "figures": [
            (form[name].label.text, form.shown(name, one.old.get(name)), form.shown(name, now[name]))
            for name in revisions.LINE_FIELDS
            if name in form and name != "sub_activity_id" and one.old.get(name) != now[name]
        ]
    }


@bp.get("/rencana/<int:plan_id>/kartu-kejujuran")
@signed_in
def honesty(plan_id: int) -> str:
    """Exactly the records that a number of the honesty card counts."""
    plan: Plan = plans.get_visible(plan_id, current_user)
    changed = request.args.get("isi") == "berubah"
    pieces = adoption.list_opened(plan.id, changed=changed)
    return render_template(
        "drafting/adoption/honesty.html",
        plan=plan,
        changed=changed,
        pieces=[(piece, isinstance(piece, Line)) for piece in pieces],
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
