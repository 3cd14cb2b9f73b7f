"""What a planner does with the rows of the table: copy, move, take up again; figures cell by cell."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, StringField

from portal import htmx, submissions
from portal.access import ensure, signed_in
from portal.db import db
from portal.drafting import actions, ceilings, importing, queries, routes
from portal.drafting.models import Line
from portal.forms import Form, NumberField, clean, needed, text_rules
from portal.plans import nomenclature
from portal.plans import queries as plans

bp = Blueprint("plan_table", __name__)
STEPS = {"naik": -1, "turun": 1}


class CopyForm(Form):
    sub_activity = StringField(
        _l("Kode sub kegiatan"),
        filters=[clean],
        validators=[needed(), *text_rules(40, one_line=True, nip=True)],
    )
    unit = SelectField(_l("Pemilik"), coerce=int, validate_choice=False)


@bp.route("/baris/<int:line_id>/salinan", methods=["GET", "POST"])
@signed_in
def copy(line_id: int) -> Response:
    """A second line with the same words and figures, under its own code or owner."""
    line = queries.get_line(line_id, current_user)
    duty, refusal = routes._adding(line.plan)
    ensure(refusal)
    form = CopyForm(
        data={"sub_activity": line.code, "unit": line.unit_id} if request.method == "GET" else None
    )
    form.unit.choices = owners = queries.units_of(line.plan)
    if form.validate_on_submit():
        code, owner = form.sub_activity.data or "", form.unit.data
        if owner not in dict(owners):
            form.unit.errors = [_("Silakan pilih salah satu yang tersedia.")]
        elif (code, owner) == (line.code, line.unit_id):
            form.sub_activity.errors = [_("Salinan memerlukan kode atau pemilik yang lain.")]
        else:
            found = nomenclature.resolve(code)
            try:
                with db.session.begin_nested():
                    made = actions.copy_line(line, owner, code, found, current_user, duty)
            except ceilings.OverCeiling as over:
                form.sub_activity.errors = [over.description]
            else:
                url = url_for("drafting.edit_line", line_id=made.id)
                submissions.commit(url)
                flash(_("Baris disalin. Silakan sesuaikan isinya."))
                return htmx.redirect_to(url)
    return make_response(
        render_template("drafting/copy.html", line=line, plan=line.plan, form=form),
        422 if form.errors else 200,
    )


@bp.post("/baris/<int:line_id>/perpindahan")
@signed_in
def move(line_id: int) -> Response:
    """One place up or down within the activity."""
    line = queries.get_line(line_id, current_user)
    duty, refusal = routes._adding(line.plan)
    ensure(refusal)
    step = STEPS.get(request.form.get("ke", ""))
    if step is None:
        abort(400)
    importing.hold_plan(line.plan)
    moved = actions.move(line, step, duty)
    url = url_for(".sheet", plan_id=line.plan_id, kegiatan=queries.activity_of(line.code))
    submissions.commit(url)
    flash(_("Baris dipindahkan.") if moved else _("Baris ini sudah di ujung kegiatannya."))
    return htmx.redirect_to(url)


@bp.get("/rencana/<int:plan_id>/coretan")
@signed_in
def struck(plan_id: int) -> str:
    """The lines that were struck, by whom and why."""
    plan = plans.get_visible(plan_id, current_user)
    return render_template(
        "drafting/struck.html",
        lines=queries.list_struck(plan.id),
        may_take_up=routes._adding(plan)[1] is None,
        **routes.head(plan, "table"),
    )


@bp.post("/baris/<int:line_id>/pemakaian")
@signed_in
def take_up(line_id: int) -> Response:
    """A struck line stands in the table again."""
    line = queries.get_line(line_id, current_user)
    duty, refusal = routes._adding(line.plan)
    ensure(refusal)
    actions.take_up(line, current_user, duty)
    url = url_for("drafting.line", line_id=line.id)
    submissions.commit(url)
    flash(_("Baris dipakai kembali."))
    return htmx.redirect_to(url)


# The sheet: one activity as cells


class FiguresForm(Form):
    based_on = HiddenField()
    target = NumberField(_l("Target"))
    ceiling = NumberField(_l("Pagu indikatif (rupiah)"), whole=True)
    forward_target = NumberField(_l("Target prakiraan maju (N+1)"))
    forward_ceiling = NumberField(_l("Pagu prakiraan maju (N+1, rupiah)"), whole=True)


FIGURES = ("target", "ceiling", "forward_target", "forward_ceiling")


def _row(line: Line, form: FiguresForm | None = None) -> dict[str, Any]:
    """A row of the sheet: its cells are fields of one form."""
    form = form or FiguresForm(formdata=None, obj=line)
    for field in form:
        field.id = field.label.field_id = f"{field.name}-{line.id}"
    urls = routes.urls(line)
    return {"line": line, "form": form, "figures": FIGURES, "restore_url": urls["restore"]}


@bp.get("/rencana/<int:plan_id>/lembar")
@signed_in
def sheet(plan_id: int) -> str:
    """The figures of one activity as a grid of cells, each row a form of its own."""
    plan = plans.get_visible(plan_id, current_user)
    table = queries.table_of(queries.list_lines(plan.id))
    activities = [activity for programme in table.programmes for activity in programme.groups]
    wanted = request.args.get("kegiatan", "")
    chosen = next((group for group in activities if group.code == wanted), next(iter(activities), None))
    lines = chosen.lines if chosen else []
    editable = routes._around(plan, lines, "line")["editable"]
    return render_template(
        "drafting/sheet.html",
        activities=activities,
        chosen=chosen,
        rows=[_row(line) for line in lines],
        editable=editable,
        may_add=routes._adding(plan)[1] is None,
        table=table,
        **routes.head(plan, "table"),
    )


@bp.post("/baris/<int:line_id>/angka")
@signed_in
def figures(line_id: int) -> Response:
    """Save the figures of one row on the version that its cells were opened from."""
    line = queries.get_line(line_id, current_user)
    duty, refusal = routes._editing(line)
    ensure(refusal)
    form = FiguresForm()
    text = form.based_on.data or ""
    based_on = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if based_on is None or based_on > line.version:
        abort(400)
    activity = queries.activity_of(line.code)
    url = url_for(".sheet", plan_id=line.plan_id, kegiatan=activity, _anchor=f"angka-{line.id}")
    made, wrong = None, not form.validate_on_submit()
    if not wrong:
        sent = {name: form[name].data for name in FIGURES if form[name].raw_data}
        try:
            made = actions.save(line, sent, based_on, None, current_user, duty)
        except ceilings.OverCeiling as over:
            form.ceiling.errors, wrong = [over.description], True
    if wrong and htmx.is_partial():
        return make_response(render_template("drafting/_figures_form.html", **_row(line, form)), 422)
    if wrong:
        return make_response(
            render_template("drafting/figures.html", plan=line.plan, back=url, **_row(line, form)), 422
        )
    if made is not None and made.kind == "clash":
        clash = routes._clash_url(line, made)
        submissions.commit(clash)
        return htmx.redirect_to(clash)
    submissions.commit(url)
    if not htmx.is_partial():
        if made is None:
            flash(_("Tidak ada yang berubah."))
        else:
            flash(_("Tersimpan sebagai versi %(n)s.", n=made.number), routes.undo_of(line, made))
        return htmx.redirect_to(url)
    whole = queries.table_of(queries.list_lines(line.plan_id))
    after = {"saved": True, "made": made, "plan": line.plan, "total": whole.ceiling}
    context = _row(line) | after | {"sums": whole.around(line.id)[1:]}
    return make_response(render_template("drafting/_figures_form.html", **context))


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
