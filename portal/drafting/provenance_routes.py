"""Asal-usul: the timeline of a piece, its declared sources, and where a plan's lines come from."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice

from portal import htmx, submissions
from portal.access import ensure, signed_in
from portal.drafting import provenance
from portal.drafting import queries as drafting
from portal.drafting import routes as drafting_routes
from portal.drafting.models import Section
from portal.drafting.revisions import Piece
from portal.forms import Form, clean, needed, text_rules
from portal.plans import queries as plans

bp = Blueprint("provenance", __name__)


class SourceForm(Form):
    kind = RadioField(
        _l("Sumber"),
        choices=[SelectChoice(kind, provenance.SOURCES[kind]) for kind in provenance.DECLARED],
        validators=[needed()],
    )
    text = StringField(
        _l("Dokumen"), filters=[clean], validators=[needed(), *text_rules(300, 3, one_line=True)]
    )


def _timeline(piece: Piece, form: SourceForm | None = None) -> Response:
    """The page of a piece's origins; with the form where the planner may declare a source."""
    urls = drafting_routes.urls(piece)
    steps = provenance.timeline(piece, urls["show"], urls["history"], current_user)
    kind = request.args.get("jenis")
    planner = current_user.authority.over("planner", piece.plan.unit_id) is not None
    refusal = provenance.refuse_declare(plans.calendar_of(piece.plan), plans_unit=planner)
    return htmx.render(
        "drafting/timeline.html",
        "drafting/_source_form.html",
        422 if form and form.errors else 200,
        piece=piece,
        urls=urls,
        here=_address(piece),
        steps=[step for step in steps if kind not in provenance.KINDS or step.kind == kind],
        numbers=provenance.numbers(steps),
        chosen=kind if kind in provenance.KINDS else None,
        kinds=provenance.KINDS,
        form=(form or SourceForm(formdata=None)) if refusal is None else None,
    )


def _address(piece: Piece) -> str:
    if isinstance(piece, Section):
        return url_for("provenance.section", section_id=piece.id)
    return url_for("provenance.line", line_id=piece.id)


def _declare(piece: Piece) -> Response:
    duty = current_user.authority.over("planner", piece.plan.unit_id)
    ensure(provenance.refuse_declare(plans.calendar_of(piece.plan), plans_unit=duty is not None))
    form = SourceForm()
    if not form.validate():
        return _timeline(piece, form)
    provenance.declare(piece, form.kind.data, form.text.data or "", current_user, duty)
    submissions.commit(_address(piece))
    flash(_("Sumber tercatat."))
    return htmx.redirect_to(_address(piece))


@bp.get("/baris/<int:line_id>/asal-usul")
@signed_in
def line(line_id: int) -> Response:
    return _timeline(drafting.get_line(line_id, current_user))


@bp.post("/baris/<int:line_id>/asal-usul")
@signed_in
def declare_line(line_id: int) -> Response:
    return _declare(drafting.get_line(line_id, current_user))


@bp.get("/bagian/<int:section_id>/asal-usul")
@signed_in
def section(section_id: int) -> Response:
    return _timeline(drafting.get_section(section_id, current_user))


@bp.post("/bagian/<int:section_id>/asal-usul")
@signed_in
def declare_section(section_id: int) -> Response:
    return _declare(drafting.get_section(section_id, current_user))


@bp.get("/rencana/<int:plan_id>/asal-usul")
@signed_in
def plan(plan_id: int) -> str:
    """Where the lines of a plan come from, as shares of lines and of rupiah."""
    found = plans.get_visible(plan_id, current_user)
    return render_template(
        "drafting/sources.html",
        shares=provenance.sources(found.id),
        chosen=request.args.get("sumber"),
        **drafting_routes.head(found, "origins"),
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["source_words"] = provenance.SOURCES
