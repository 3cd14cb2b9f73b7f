"""Reading a plan's table from a file: handed in, compared, shown, and only then applied."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Flask, abort, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf.file import FileField
from sqlalchemy import delete, select
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from portal import clock, htmx, submissions
from portal.access import ensure, signed_in
from portal.db import begin_writing, db, stop_writing
from portal.drafting import ceilings, commands, importing, queries, rules
from portal.errors import Conflict
from portal.forms import Form, clean, needed, text_rules
from portal.ledger import Upload
from portal.people.authority import Held
from portal.people.limits import note_import
from portal.plans import nomenclature
from portal.plans import queries as plans
from portal.plans.models import Plan
from portal.submissions import without_token
from portal.tables import Table, Unreadable

bp = Blueprint("plan_import", __name__)
KIND = "plan"
SHOWN = 50
KIND_WORDS = {
    "wrong": _l("Salah"),
    "new": _l("Baru"),
    "changed": _l("Berubah"),
    "same": _l("Tidak berubah"),
}


class PlanFileForm(Form):
    file = FileField(_l("Berkas CSV atau XLSX"))
    ceiling_column = StringField(_l("Kolom pagu"), filters=[clean], validators=text_rules(100, one_line=True))


def _editable(plan_id: int) -> tuple[Plan, Held]:
    """The plan, for its planner in a stage that is open to editing."""
    plan = plans.get_visible(plan_id, current_user)
    held = current_user.authority.over("planner", plan.unit_id)
    calendar, today = plans.calendar_of(plan), clock.today()
    returned = calendar.stage(today) == "verification" and queries.was_returned(plan.id)
    ensure(
        rules.refuse_edit(calendar, today, plans_unit=held is not None, edits_piece=False, returned=returned)
    )
    assert held is not None
    return plan, held


@bp.route("/rencana/<int:plan_id>/impor", methods=["GET", "POST"])
@signed_in
@without_token
def upload(plan_id: int) -> Response:
    """Hand in a file; nothing is written but the file itself."""
    plan, _held = _editable(plan_id)
    form = PlanFileForm()
    status = 200
    if request.method == "POST":
        reason = None
        if form.validate():
            reason = _take(plan, form)
            if reason is None:
                return htmx.redirect_to(url_for(".preview", plan_id=plan.id, upload_id=g.upload_id))
            form.file.errors = [reason]
        status = 422
        stop_writing()
    return make_response(render_template("drafting/import_file.html", plan=plan, form=form), status)


def _take(plan: Plan, form: PlanFileForm) -> str | None:
    """Keep the file for its preview; returns why it cannot be read. The same file again is the same upload."""
    handed = form.file.data
    if not handed or not handed.filename:
        return _("Mohon pilih berkasnya.")
    note_import()
    db.session.commit()  # reading takes long and needs no transaction
    content = handed.read()
    handed.close()
    return keep(plan, content, handed.filename, form.ceiling_column.data or None)


def keep(plan: Plan, content: bytes, name: str, ceiling_column: str | None) -> str | None:
    """Keep a table for its preview as `g.upload_id`; returns why it cannot be read."""
    try:
        table = importing.read(content, name)
        stop_writing()
        comparison = importing.compare(plan, table, ceiling_column)
    except Unreadable as unreadable:
        return str(unreadable)
    if not comparison.entries:
        return _("Tidak ada baris sub kegiatan dalam berkas ini.")
    begin_writing()
    basis = {
        "digest": comparison.digest(),
        "plan": plan.id,
        "name": name[:120],
        "ceiling_column": ceiling_column,
    }
    sha256 = hashlib.sha256(content).hexdigest()
    same = db.session.scalars(
        select(Upload).where(
            Upload.person_id == current_user.id, Upload.kind == KIND, Upload.sha256 == sha256
        )
    )
    kept = next((upload for upload in same if (upload.basis or {}).get("plan") == plan.id), None)
    if kept is None:
        kept = Upload(person_id=current_user.id, kind=KIND, sha256=sha256, content=table.pack())
        db.session.add(kept)
    kept.basis, kept.at = basis, clock.now()
    db.session.commit()
    g.upload_id = kept.id
    return None


class PasteForm(Form):
    rows = TextAreaField(
        _l("Baris dari lembar kerja"), filters=[clean], validators=[needed(), *text_rules(500_000, nip=True)]
    )


PASTED = (
    "Kode", "Nama", "Indikator", "Satuan", "Target", "Pagu indikatif", "Target N+1",
    "Pagu N+1", "Sumber dana", "Lokasi", "Kelompok sasaran",
)  # fmt: skip
"""The columns of pasted rows that bring no headings of their own."""


@bp.route("/rencana/<int:plan_id>/tempel", methods=["GET", "POST"])
@signed_in
@without_token
def paste(plan_id: int) -> Response:
    """Rows copied from a spreadsheet; compared and shown as those of a file are."""
    plan, _held = _editable(plan_id)
    form = PasteForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            note_import()
            db.session.commit()  # reading takes long and needs no transaction
            reason = keep(plan, _with_headings(form.rows.data or "").encode(), _("lembar kerja"), None)
            if reason is None:
                return htmx.redirect_to(url_for(".preview", plan_id=plan.id, upload_id=g.upload_id))
            form.rows.errors = [reason]
        stop_writing()
    return make_response(render_template("drafting/paste.html", plan=plan, form=form, columns=PASTED), status)


def _with_headings(text: str) -> str:
    """Rows that begin with a code get the headings that the page names."""
    first = text.partition("\n")[0].split("\t")[0].strip().strip('"')
    return "\t".join(PASTED) + "\n" + text if importing.CODE.fullmatch(first) else text


def _get_upload(plan: Plan, upload_id: int) -> Upload:
    """My own file for this plan, or 404."""
    found = db.session.get(Upload, upload_id)
    if found is None or found.person_id != current_user.id or found.kind != KIND:
        abort(404)
    if (found.basis or {}).get("plan") != plan.id:
        abort(404)
    return found


def _compare(plan: Plan, found: Upload, *, hold: bool = False) -> importing.Comparison:
    basis = found.basis or {}
    try:
        return importing.compare(plan, Table.unpack(found.content), basis["ceiling_column"], hold=hold)
    except Unreadable as unreadable:
        raise Conflict(str(unreadable)) from None


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


@bp.get("/rencana/<int:plan_id>/impor/<int:upload_id>")
@signed_in
def preview(plan_id: int, upload_id: int) -> Response:
    """What the file would change in the plan's table."""
    plan, _held = _editable(plan_id)
    found = _get_upload(plan, upload_id)
    comparison = _compare(plan, found)
    counts = comparison.counts()
    kinds = [kind for kind in importing.KINDS if counts[kind]]
    chosen = request.args.get("jenis", "")
    chosen = chosen if chosen in kinds else next(iter(kinds), "same")
    first, entries = _number("mulai"), comparison.of(chosen)
    total = ceilings.total_of(plan.id)
    context: dict[str, Any] = {
        "plan": plan,
        "upload": found,
        "name": (found.basis or {})["name"],
        "comparison": comparison,
        "counts": counts,
        "kinds": kinds,
        "words": KIND_WORDS,
        "chosen": chosen,
        "first": first,
        "entries": entries[first : first + SHOWN],
        "more": first + SHOWN if len(entries) > first + SHOWN else None,
        "over": ceilings.refusal_of(plan.id, comparison.total_after(total), total),
        "changed_since": comparison.digest() != (found.basis or {})["digest"],
        "label_of": importing.label_of,
        "nomenclature_year": nomenclature.UPDATE_OF,
    }
    return htmx.render("drafting/import_preview.html", "drafting/_import_preview.html", **context)


@bp.post("/rencana/<int:plan_id>/impor/<int:upload_id>/penerapan")
@signed_in
def application(plan_id: int, upload_id: int) -> Response:
    """Write what the preview showed; refused when something is wrong or was changed meanwhile."""
    plan, held = _editable(plan_id)
    found = _get_upload(plan, upload_id)
    importing.hold_plan(plan)
    comparison = _compare(plan, found, hold=True)
    basis = found.basis or {}
    if comparison.digest() != basis["digest"]:
        raise Conflict(
            _("Tabel rencana sudah berubah sejak berkas ini dibandingkan. Silakan unggah kembali berkasnya.")
        )
    if comparison.of("wrong"):
        raise Conflict(_("Masih ada baris yang salah. Perbaiki berkasnya, lalu unggah kembali."))
    count = importing.apply(comparison, plan, current_user.id, held.duty_id, source=basis["name"])
    db.session.delete(found)
    url = url_for("drafting.table", plan_id=plan.id)
    submissions.commit(url)
    if count:
        flash(ngettext("%(num)s baris sudah diterapkan.", "%(num)s baris sudah diterapkan.", count))
    else:
        flash(_("Tidak ada yang berubah."))
    return htmx.redirect_to(url)


@bp.post("/rencana/<int:plan_id>/impor/<int:upload_id>/pembatalan")
@signed_in
def discarding(plan_id: int, upload_id: int) -> Response:
    """Throw the file away; nothing of it was written."""
    plan, _held = _editable(plan_id)
    upload = _get_upload(plan, upload_id)
    db.session.execute(delete(Upload).where(Upload.id == upload.id))  # another tab may have done so
    url = url_for(".upload", plan_id=plan.id)
    submissions.commit(url)
    flash(_("Berkas dibuang. Tidak ada yang berubah."))
    return htmx.redirect_to(url)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    commands.init_app(app)
    app.jinja_env.globals.update(line_label=importing.label_of, nomenclature_year=nomenclature.UPDATE_OF)
