"""Plans of the regency: the list, a new one, its stages."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import Refusal, Refused, duty, ensure, signed_in
from portal.db import db
from portal.errors import Conflict
from portal.forms import searched
from portal.people.authority import Held, in_being
from portal.people.models import Unit
from portal.plans import actions, commands, nomenclature_routes, queries, stages, words
from portal.plans.forms import MoveForm, PlanForm
from portal.plans.models import Plan, Stage, StageMove

bp = Blueprint("plans", __name__)
PAGE = 40


def planning_duty(plan: Plan) -> Held | None:
    """The duty under which this person may set the stages: planner, else leader."""
    over = current_user.authority.over
    return over("planner", plan.unit_id) or over("leader", plan.unit_id)


@bp.get("/rencana")
@signed_in
def index() -> str:
    words = searched()
    year = _year(request.args.get("tahun", ""))
    after = queries.Place.read(request.args.get("setelah", "")[:600].replace("\0", ""))
    plans = queries.list_visible(current_user, year, words, after, limit=PAGE + 1)
    following = None
    if len(plans) > PAGE:
        plans = plans[:PAGE]
        following = url_for(
            ".index", tahun=year, q=words or None, setelah=queries.Place.of(plans[-1]).written()
        )
    return render_template(
        "plans/index.html",
        plans=plans,
        words=words,
        year=year,
        years=queries.list_years(current_user),
        following=following,
        sums=sums_of[0]([plan.id for plan in plans]) if sums_of else {},
    )


def _year(text: str) -> int | None:
    """A year between 2000 and 2100 in an address."""
    return int(text) if re.fullmatch(r"20\d\d|2100", text, re.ASCII) else None


def _units() -> list[tuple[int, str]]:
    """The agencies for which this person plans."""
    reach = current_user.authority.reach("planner")
    rows = db.session.execute(
        select(Unit.id, Unit.name)
        .where(Unit.id.in_(reach), Unit.kind == "agency", in_being(clock.today()))
        .order_by(Unit.name)
    )
    return list(rows)


@bp.route("/rencana/baru", methods=["GET", "POST"])
@duty("planner")
def new() -> Response:
    units = _units()
    if not units:
        raise Refused(Refusal(_("Penugasan Anda tidak mencakup satu pun perangkat daerah.")))
    year = _year(request.args.get("tahun", "")) or clock.today().year + 1
    filled = {"year": year, "prefilled": year, **stages.default_starts(year)}
    form = PlanForm(units, data=filled if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            refusal = form.follow_year() or stages.refuse_starts(form.starts())
            if refusal is None:
                plan = actions.create(
                    form.unit.data,
                    form.year.data,
                    form.starts(),
                    current_user.authority.over("planner", form.unit.data),
                )
                url = url_for("drafting.show", plan_id=plan.id)
                for made in made_with_plan:
                    url = made(plan) or url
                submissions.commit(url)
                flash(_("Rencana dibuat."))
                return htmx.redirect_to(url)
            form.preparation.errors = [str(refusal)]
        except Conflict as conflict:
            form.unit.errors = [str(conflict.description)]
    year = _year(str(form.prefilled.data or "")) or year
    return htmx.render("plans/new.html", "plans/_new.html", 422 if form.errors else 200, form=form, year=year)


sums_of: list[Any] = []
"""The higher package that knows the lines: `sums(plan_ids)` gives lines and ceiling of each plan."""

made_with_plan: list[Any] = []
"""What higher packages add to a new plan: its chapters, and the address at which it goes on."""


@bp.route("/rencana/<int:plan_id>/tahapan", methods=["GET", "POST"])
@signed_in
def stage_list(plan_id: int) -> Response:
    plan = queries.get_visible(plan_id, current_user)
    calendar, today = queries.calendar_of(plan), clock.today()
    held = planning_duty(plan)
    if request.method == "POST" and held:
        queries.hold_stages(plan)
        calendar = queries.calendar_of(plan)
    coming = [kind for kind in stages.DATED_STAGES if calendar.starts.get(kind, today) > today]
    form = MoveForm(coming)
    if request.method == "POST":
        ensure(None if held else Refusal(_("Tanggal tahapan diubah oleh perencana atau pimpinan unit ini.")))
        ensure(None if coming else Refusal(_("Tidak ada tahapan yang masih akan datang.")))
    if held and form.validate_on_submit():
        refusal = stages.refuse_move(calendar, form.stage.data, form.to_on.data, today)
        if refusal is None:
            actions.move(plan, form.stage.data, form.to_on.data, form.reason.data or "", current_user, held)
            url = url_for(".stage_list", plan_id=plan.id)
            submissions.commit(url)
            flash(_("Tanggal tahapan diubah; alasannya dapat dibaca semua pegawai."))
            return htmx.redirect_to(url)
        form.to_on.errors = [str(refusal)]
    moves = db.session.scalars(
        select(StageMove)
        .join(Stage, Stage.id == StageMove.stage_id)
        .where(Stage.plan_id == plan.id)
        .options(joinedload(StageMove.stage), joinedload(StageMove.by))
        .order_by(StageMove.id.desc())
        .limit(100)
    ).all()
    return htmx.render(
        "plans/stages.html",
        "plans/_move.html",
        422 if form.errors else 200,
        form=form,
        plan=plan,
        calendar=calendar,
        current=calendar.stage(today),
        may_move=held is not None and bool(coming),
        moves=moves,
    )


def ribbon(plan: Plan) -> list[dict[str, Any]]:
    """The stage ribbon of a plan: each stage with its state and its day."""
    calendar = queries.calendar_of(plan)
    current = calendar.stage(clock.today())
    place = stages.STAGES.index(current)
    return [
        {
            "kind": kind,
            "label": stages.LABELS[kind],
            "state": "past" if n < place else "now" if n == place else "future",
            "starts_on": calendar.starts.get(kind),
        }
        for n, kind in enumerate(stages.STAGES)
    ]


def closing_day(plan: Plan) -> date | None:
    """The last day of the current stage; None where it has none."""
    calendar = queries.calendar_of(plan)
    return calendar.ends_on(calendar.stage(clock.today()))


def is_late(plan: Plan) -> bool:
    calendar = queries.calendar_of(plan)
    return stages.is_late(plan.year, calendar.starts, clock.today(), calendar.adopted)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(nomenclature_routes.bp)
    commands.init_app(app)
    app.jinja_env.globals.update(
        ribbon=ribbon,
        closing_day=closing_day,
        is_late=is_late,
        plan_title=words.plan_title,
        plan_title_of=words.title_of,
        stage_of=queries.stage_of,
        stage_labels=stages.LABELS,
    )
