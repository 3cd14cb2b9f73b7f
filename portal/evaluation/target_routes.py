"""Targets by quarter, the measure of a line and its Renstra figures: where a planner types them, one line or many."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, Flask, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal import submissions
from portal.access import ensure, signed_in
from portal.drafting import importing, queries, revisions
from portal.drafting import routes as drafting
from portal.drafting.models import Line
from portal.evaluation import intake, rules, targets
from portal.evaluation.figures import QUARTERS
from portal.evaluation.intake_routes import held_over
from portal.forms import Form, NumberField, clean, needed, text_rules
from portal.htmx import redirect_to
from portal.plans import queries as plans
from portal.plans.models import Plan
from portal.tables import Unreadable

bp = Blueprint("targets", __name__)


class TargetForm(Form):
    seen = HiddenField()
    kind = RadioField(
        _l("Jenis nilai"), choices=[SelectChoice(key, word) for key, word in targets.KINDS.items()],
        validators=[needed()],
    )  # fmt: skip
    scale = TextAreaField(_l("Skala peringkat"), filters=[clean], validators=text_rules(1500))
    direction = RadioField(
        _l("Arah"), choices=[SelectChoice(key, word) for key, word in rules.DIRECTIONS.items()],
        validators=[needed()],
    )  # fmt: skip
    accumulation = RadioField(
        _l("Cara menjumlah"),
        choices=[
            SelectChoice("sum", _l("Jumlah: angka tiap triwulan dijumlahkan")),
            SelectChoice("last", _l("Posisi terakhir: yang dihitung keadaan pada akhir triwulan")),
            SelectChoice("average", _l("Rata-rata: yang dihitung rata-rata triwulan")),
        ],
        validators=[needed()],
    )
    upper = NumberField(_l("Batas atas target"))
    value1, rupiah1 = NumberField(_l("Target triwulan I")), NumberField(_l("Rencana belanja triwulan I (Rp)"), whole=True)  # fmt: skip
    value2, rupiah2 = NumberField(_l("Target triwulan II")), NumberField(_l("Rencana belanja triwulan II (Rp)"), whole=True)  # fmt: skip
    value3, rupiah3 = NumberField(_l("Target triwulan III")), NumberField(_l("Rencana belanja triwulan III (Rp)"), whole=True)  # fmt: skip
    value4, rupiah4 = NumberField(_l("Target triwulan IV")), NumberField(_l("Rencana belanja triwulan IV (Rp)"), whole=True)  # fmt: skip
    renstra_target = NumberField(_l("Target akhir Renstra"))
    renstra_rupiah = NumberField(_l("Pagu akhir Renstra (Rp)"), whole=True)
    renstra_realised_before = NumberField(_l("Realisasi Renstra sampai tahun lalu"))
    renstra_rupiah_before = NumberField(_l("Belanja Renstra sampai tahun lalu (Rp)"), whole=True)

    def quarters(self) -> dict[int, tuple[Any, Any]]:
        return {q: (self[f"value{q}"].data, self[f"rupiah{q}"].data) for q in QUARTERS}

    def renstra(self) -> dict[str, Any]:
        return {name: self[f"renstra_{name}"].data for name in targets.RENSTRA}


def _opened(line: Line) -> TargetForm:
    figures, renstra = targets.targets_of(line), targets.renstra_of(line)
    values: dict[str, Any] = {
        "kind": targets.kind_of(line),
        "scale": targets.scale_text(line),
        "direction": line.direction,
        "accumulation": line.accumulation,
        "upper": line.target_upper,
    }
    for quarter, (value, money) in figures.items():
        values |= {f"value{quarter}": value, f"rupiah{quarter}": money}
    values |= {f"renstra_{name}": getattr(renstra, name) for name in targets.RENSTRA} if renstra else {}
    return TargetForm(formdata=None, data=values)


@bp.route("/baris/<int:line_id>/ukuran", methods=["GET", "POST"])
@signed_in
def edit(line_id: int) -> Response:
    """How a line is measured, and its targets; a save on an older one shows what stands and asks again."""
    line = queries.get_line(line_id, current_user)
    ensure(drafting.refusal_of(line))
    form = _opened(line) if request.method == "GET" else TargetForm()
    status, clash = 200, False
    if request.method == "POST":
        status = 422
        if form.validate():
            revisions.lock(line)
            fields = _fields(line, form)
            clash = form.seen.data != targets.seen_of(line)
            if clash:
                status = 409
            elif fields is not None:
                held = held_over(line.unit_id) or current_user.authority.over("planner", line.plan.unit_id)
                targets.save(line, fields, form.quarters(), form.renstra(), current_user, held)
                url = url_for(".index", plan_id=line.plan_id, _anchor=f"baris-{line.id}")
                submissions.commit(url)
                flash(_("Ukuran dan target tersimpan."))
                return redirect_to(url)
    return make_response(
        render_template(
            "evaluation/target.html",
            line=line,
            plan=line.plan,
            form=form,
            seen=form.seen.data if request.method == "POST" and not clash else targets.seen_of(line),
            clash=clash,
            standing=targets.targets_of(line),
            usual=targets.usual_words(line),
            has_fixed_renstra=targets.has_fixed_renstra(line),
        ),
        status,
    )


def _fields(line: Line, form: TargetForm) -> dict[str, Any] | None:
    """What is saved of the line itself; None where something does not fit, said beside its field."""
    kind, scale = form.kind.data, None
    target = line.target
    if kind == "grade":
        try:
            scale = targets.read_scale(form.scale.data or "")
        except ValueError as wrong:
            form.scale.errors = [str(wrong)]
            return None
        if target is not None and not any(revisions.plain(target) == points for _name, points in scale):
            form.scale.errors = [
                _("Target baris ini tidak ada pada skalanya; target diisi dengan angka peringkatnya.")
            ]
            return None
    elif kind == "done":
        scale, target = targets.DONE, Decimal(1)
    if form.upper.data is not None and (target is None or form.upper.data <= target):
        form.upper.errors = [_("Batas atas harus lebih besar daripada target.")]
        return None
    if wrong_sum := targets.wrong_targets(line, form.accumulation.data, form.quarters()):
        form.value1.errors = [wrong_sum]
        return None
    if targets.has_fixed_renstra(line) and targets.changes_renstra(line, form.renstra()):
        form.renstra_target.errors = [_("Angka Renstra tidak berubah oleh perubahan Renja.")]
        return None
    kept = line.value_kind if kind == targets.kind_of(line) else {"percent": "percent", "number": "number"}.get(kind, "index")  # fmt: skip
    return {
        "accumulation": form.accumulation.data,
        "direction": form.direction.data,
        "value_kind": kept,
        "scale": scale,
        "target": target,
        "target_upper": form.upper.data,
    }


# All lines of a plan


class PasteTargetsForm(Form):
    rows = TextAreaField(
        _l("Baris dari lembar kerja"), filters=[clean], validators=[needed(), *text_rules(200_000, nip=True)]
    )
    apply = HiddenField()


def _page(plan: Plan, form: PasteTargetsForm, status: int = 200, found: Any = None) -> Response:
    lines = queries.list_lines(plan.id)
    return make_response(
        render_template(
            "evaluation/targets.html",
            plan=plan,
            lines=lines,
            quarters=queries.list_quarter_targets(plan.id),
            editable=drafting.editable(plan, lines),
            form=form,
            found=found,
            wrong=[one for one in found or () if one.problems],
            changed=[one for one in found or () if one.is_changed],
        ),
        status,
    )


@bp.route("/rencana/<int:plan_id>/ukuran", methods=["GET", "POST"])
@signed_in
def index(plan_id: int) -> Response:
    """How each line is measured and its targets by quarter; many are pasted at once, shown, and then applied."""
    plan = plans.get_visible(plan_id, current_user)
    form = PasteTargetsForm()
    if request.method == "GET":
        return _page(plan, form)
    lines = queries.list_lines(plan.id)
    mine = drafting.editable(plan, lines)
    if not mine:
        ensure(drafting._adding(plan)[1])
    if not form.validate():
        return _page(plan, form, 422)
    applies = form.apply.data == "1"
    if applies:
        importing.hold_plan(plan)
    standing = {
        line_id: {one.quarter: (one.value, one.rupiah) for one in ones}
        for line_id, ones in queries.list_quarter_targets(plan.id).items()
    }
    try:
        rows = intake.read(_with_headings(form.rows.data or ""), "tempelan.csv")
        found = targets.compare(rows, lines, standing, mine, plan.year)
    except Unreadable as unreadable:
        form.rows.errors = [str(unreadable)]
        return _page(plan, form, 422)
    if any(one.problems for one in found):
        return _page(plan, form, 422, found)
    if not applies:
        return _page(plan, form, 200, found)
    count = 0
    for one in found:
        if one.line is not None and one.is_changed:
            held = held_over(one.line.unit_id)
            count += targets.set_targets(one.line, one.targets, held.duty_id if held else None)
    url = url_for(".index", plan_id=plan.id)
    submissions.commit(url)
    flash(ngettext("%(num)s baris sudah diterapkan.", "%(num)s baris sudah diterapkan.", count))
    return redirect_to(url)


COLUMNS = ("Kode", *(f"Target TW {rules.ROMAN[q]} {unit}" for q in QUARTERS for unit in ("K", "Rp")))
"""The columns of pasted rows that bring no headings of their own."""


def _with_headings(text: str) -> bytes:
    """Rows that begin with a code get the headings that the page names."""
    first = text.partition("\n")[0].split("\t")[0].strip().strip('"')
    return ("\t".join(COLUMNS) + "\n" + text if importing.CODE.fullmatch(first) else text).encode()


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(grade_of=targets.grade_of, target_columns=COLUMNS)
