"""Files of figures and of spending: handed in, compared, shown, and only then written."""

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
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import Refusal, ensure, signed_in
from portal.db import begin_writing, db, stop_writing
from portal.errors import Conflict
from portal.evaluation import figures, intake, queries, spending
from portal.forms import Form, clean, needed, text_rules
from portal.ledger import Job, Upload
from portal.people.authority import Held, tree
from portal.people.limits import note_import
from portal.people.models import Unit
from portal.submissions import without_token
from portal.tables import Unreadable, pack_rows, unpack_rows

bp = Blueprint("intake", __name__, url_prefix="/hasil")
FIGURES, SPENDING = "quarters", "spending"
"""The kinds of upload."""
SHOWN = 50
KIND_WORDS = {"wrong": _l("Salah"), "new": _l("Baru"), "same": _l("Tidak berubah")}


class FiguresFileForm(Form):
    file = FileField(_l("Berkas CSV atau XLSX"))
    rows = TextAreaField(
        _l("Atau tempel dari lembar kerja"), filters=[clean], validators=text_rules(200_000, nip=True)
    )
    cells = RadioField(
        _l("Angka tiap triwulan dalam berkas ini"),
        choices=[
            SelectChoice("single", _l("Hanya triwulan itu sendiri")),
            SelectChoice("cumulative", _l("Kumulatif, dari awal tahun sampai dengan triwulan itu")),
        ],
        validators=[needed(_l("Mohon pilih salah satu; berkasnya sendiri tidak mengatakannya."))],
    )


class SpendingFileForm(Form):
    month = SelectField(_l("Bulan"), choices=[], validators=[needed()])
    file = FileField(_l("Berkas CSV atau XLSX dari SIPD"))


def held_over(unit_id: int) -> Held | None:
    """The duty by which one enters a unit's figures: its editor or planner."""
    authority = current_user.authority
    return authority.over("editor", unit_id) or authority.over("planner", unit_id)


def _refuse_figures(agency_id: int) -> Refusal | None:
    if any(held_over(unit_id) for unit_id in tree().below([agency_id])):
        return None
    return Refusal(_("Realisasi dibaca oleh penyusun atau perencana unit ini."))


def _refuse_spending(agency_id: int) -> Refusal | None:
    if held_over(agency_id):
        return None
    return Refusal(_("Belanja dibaca oleh penyusun atau perencana perangkat daerah ini."))


def may_read_in(agency_id: int) -> tuple[bool, bool]:
    """Whether this person reads in figures and spending of an agency."""
    return _refuse_figures(agency_id) is None, _refuse_spending(agency_id) is None


def _agency(agency_id: int, year: int, refusal: Refusal | None) -> Unit:
    """The agency, for whoever may read in for it; 404 without an adopted plan of the year."""
    unit = queries.get_editions(agency_id, year)[0].plan.unit
    ensure(refusal)
    return unit


# The file itself


def _keep(kind: str, content: bytes, packed: bytes, basis: dict[str, Any]) -> int:
    """Keep a file for its preview; the same file for the same purpose is the same upload."""
    begin_writing()
    told = hashlib.sha256(content + repr(sorted((k, v) for k, v in basis.items() if k != "digest")).encode())
    kept = db.session.scalars(
        select(Upload).where(
            Upload.person_id == current_user.id, Upload.kind == kind, Upload.sha256 == told.hexdigest()
        )
    ).first()
    if kept is None:
        kept = Upload(person_id=current_user.id, kind=kind, sha256=told.hexdigest(), content=packed)
        db.session.add(kept)
    kept.basis, kept.at = basis, clock.now()
    db.session.commit()
    stop_writing()
    return kept.id


def _get(kind: str, upload_id: int, agency_id: int, year: int) -> tuple[Upload, dict[str, Any]]:
    """My own file for this agency and year, or 404."""
    found = db.session.get(Upload, upload_id)
    basis = (found.basis or {}) if found is not None else {}
    if found is None or found.person_id != current_user.id or found.kind != kind:
        abort(404)
    if (basis.get("unit_id"), basis.get("year")) != (agency_id, year):
        abort(404)
    return found, basis


def _handed(field: Any) -> tuple[bytes, str] | None:
    """The content and name of what was handed in."""
    handed = field.data
    if not handed or not handed.filename:
        return None
    content = handed.read()
    handed.close()
    return content, handed.filename[:120]


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


# Figures


def _edits(unit_id: int) -> bool:
    return held_over(unit_id) is not None


@bp.route("/<int:agency_id>/<int:year>/impor", methods=["GET", "POST"])
@signed_in
@without_token
def upload(agency_id: int, year: int) -> Response:
    """Hand in a quarterly table, or paste one; nothing is written but the file itself."""
    unit = _agency(agency_id, year, _refuse_figures(agency_id))
    form = FiguresFileForm()
    if request.method == "POST":
        if form.validate() and (reason := _take(unit, year, form)) is None:
            return htmx.redirect_to(
                url_for(".preview", agency_id=agency_id, year=year, upload_id=g.upload_id)
            )
        if not form.errors:
            form.file.errors = [reason]
        stop_writing()
    return make_response(
        render_template("evaluation/import_file.html", unit=unit, year=year, form=form),
        422 if request.method == "POST" else 200,
    )


def _take(unit: Unit, year: int, form: FiguresFileForm) -> str | None:
    """Keep the file for its preview; returns why it cannot be read."""
    handed = _handed(form.file)
    if handed and form.rows.data:
        return _("Mohon pilih salah satu: berkas, atau baris yang ditempel.")
    if form.rows.data:
        handed = form.rows.data.encode(), _("lembar kerja")
    if handed is None:
        return _("Mohon pilih berkasnya, atau tempel barisnya.")
    note_import()
    db.session.commit()  # reading takes long and needs no transaction
    stop_writing()
    content, name = handed
    cumulative = form.cells.data == "cumulative"
    try:
        rows = intake.read(content, name)
        comparison = intake.compare(rows, intake.look_around(unit, year), cumulative=cumulative, edits=_edits)
    except Unreadable as unreadable:
        return str(unreadable)
    basis = {
        "unit_id": unit.id,
        "year": year,
        "cumulative": cumulative,
        "name": name,
        "digest": comparison.digest(),
    }
    g.upload_id = _keep(FIGURES, content, pack_rows(rows), basis)
    return None


def _compare(found: Upload, unit: Unit, year: int) -> tuple[intake.Comparison, intake.Around]:
    around = intake.look_around(unit, year)
    cumulative = bool((found.basis or {})["cumulative"])
    try:
        rows = unpack_rows(found.content)
        return intake.compare(rows, around, cumulative=cumulative, edits=_edits), around
    except Unreadable as unreadable:
        raise Conflict(str(unreadable)) from None


@bp.get("/<int:agency_id>/<int:year>/impor/<int:upload_id>")
@signed_in
def preview(agency_id: int, year: int, upload_id: int) -> Response:
    """What the file would change."""
    unit = _agency(agency_id, year, _refuse_figures(agency_id))
    found, basis = _get(FIGURES, upload_id, agency_id, year)
    comparison = intake.compare(
        unpack_rows(found.content),
        intake.look_around(unit, year),
        cumulative=basis["cumulative"],
        edits=_edits,
    )
    counts = comparison.counts()
    kinds = [kind for kind in intake.KINDS if counts[kind]]
    chosen = request.args.get("jenis", "")
    chosen = chosen if chosen in kinds else next(iter(kinds), "same")
    first, entries = _number("mulai"), comparison.of(chosen)
    return htmx.render(
        "evaluation/import_preview.html",
        "evaluation/_import_preview.html",
        unit=unit,
        year=year,
        upload=found,
        basis=basis,
        comparison=comparison,
        result=comparison.figures(),
        counts=counts,
        kinds=kinds,
        words=KIND_WORDS,
        chosen=chosen,
        first=first,
        entries=entries[first : first + SHOWN],
        more=first + SHOWN if len(entries) > first + SHOWN else None,
        changed_since=comparison.digest() != basis["digest"],
    )


@bp.post("/<int:agency_id>/<int:year>/impor/<int:upload_id>/penerapan")
@signed_in
def application(agency_id: int, year: int, upload_id: int) -> Response:
    """Write what the preview showed; refused when something is wrong or was changed meanwhile."""
    unit = _agency(agency_id, year, _refuse_figures(agency_id))
    found, basis = _get(FIGURES, upload_id, agency_id, year)
    comparison, around = _compare(found, unit, year)
    intake.hold(around, comparison)
    comparison, around = _compare(found, unit, year)  # as it stands once nobody else can change it
    if comparison.digest() != basis["digest"]:
        raise Conflict(
            _("Realisasi sudah berubah sejak berkas ini dibandingkan. Silakan unggah kembali berkasnya.")
        )

    def duty_of(unit_id: int) -> int | None:
        held = held_over(unit_id)
        return held.duty_id if held else None

    count = intake.apply(comparison, around, basis["name"], current_user.id, duty_of)
    db.session.delete(found)
    url = url_for("evaluation.quarter", agency_id=agency_id, year=year, quarter=max(comparison.quarters))
    submissions.commit(url)
    if count:
        flash(ngettext("%(num)s angka sudah diterapkan.", "%(num)s angka sudah diterapkan.", count))
    else:
        flash(_("Tidak ada yang berubah."))
    return htmx.redirect_to(url)


@bp.post("/<int:agency_id>/<int:year>/<any(impor, belanja):what>/<int:upload_id>/pembatalan")
@signed_in
def discarding(agency_id: int, year: int, what: str, upload_id: int) -> Response:
    """Throw the file away; nothing of it was written."""
    kind, page = (FIGURES, ".upload") if what == "impor" else (SPENDING, ".months")
    kept, _basis = _get(kind, upload_id, agency_id, year)
    db.session.execute(delete(Upload).where(Upload.id == kept.id))  # another tab may have done so
    url = url_for(page, agency_id=agency_id, year=year)
    submissions.commit(url)
    flash(_("Berkas dibuang. Tidak ada yang berubah."))
    return htmx.redirect_to(url)


# Spending


@bp.route("/<int:agency_id>/<int:year>/belanja", methods=["GET", "POST"])
@signed_in
@without_token
def months(agency_id: int, year: int) -> Response:
    """The months that were read in, and a file with a further one."""
    unit = queries.get_editions(agency_id, year)[0].plan.unit
    refusal = _refuse_spending(agency_id)
    form = SpendingFileForm()
    form.month.choices = [SelectChoice("", _("Silakan pilih"))] + [
        SelectChoice(period, spending.month_words(period))
        for quarter in figures.QUARTERS
        for period in spending.months_of(year, quarter)
    ]
    if request.method == "POST":
        ensure(refusal)
        if form.validate() and (reason := _take_month(unit, year, form)) is None:
            return htmx.redirect_to(
                url_for(".month_preview", agency_id=agency_id, year=year, upload_id=g.upload_id)
            )
        if not form.errors:
            form.file.errors = [reason]
        stop_writing()
    return make_response(
        render_template(
            "evaluation/spending.html",
            unit=unit,
            year=year,
            form=form,
            months=spending.list_months(agency_id, year),
            month_words=spending.month_words,
            may_read_in=refusal is None,
        ),
        422 if request.method == "POST" else 200,
    )


def _take_month(unit: Unit, year: int, form: SpendingFileForm) -> str | None:
    handed = _handed(form.file)
    if handed is None:
        return _("Mohon pilih berkasnya.")
    note_import()
    db.session.commit()
    stop_writing()
    content, name = handed
    try:
        reading = spending.read(spending.read_file(content, name), unit.code, form.month.data)
    except Unreadable as unreadable:
        return str(unreadable)
    basis = {"unit_id": unit.id, "year": year, "period": form.month.data, "name": name}
    g.upload_id = _keep(SPENDING, content, reading.pack(), basis)
    return None


@bp.get("/<int:agency_id>/<int:year>/belanja/<int:upload_id>")
@signed_in
def month_preview(agency_id: int, year: int, upload_id: int) -> Response:
    """What a file of spending says."""
    unit = _agency(agency_id, year, _refuse_spending(agency_id))
    found, basis = _get(SPENDING, upload_id, agency_id, year)
    reading = spending.Reading.unpack(found.content)
    known = next(
        (one for one in spending.list_months(agency_id, year) if one.period == basis["period"]), None
    )
    return htmx.render(
        "evaluation/spending_preview.html",
        "evaluation/_spending_preview.html",
        unit=unit,
        year=year,
        upload=found,
        basis=basis,
        reading=reading,
        result=reading.figures(),
        standing=known,
        is_known=spending.is_known(agency_id, basis["period"], reading.sha256()),
        shown=SHOWN,
        month_words=spending.month_words,
    )


@bp.post("/<int:agency_id>/<int:year>/belanja/<int:upload_id>/penerapan")
@signed_in
def month_application(agency_id: int, year: int, upload_id: int) -> Response:
    """Have the month written by the worker."""
    _agency(agency_id, year, _refuse_spending(agency_id))
    found, basis = _get(SPENDING, upload_id, agency_id, year)
    reading = spending.Reading.unpack(found.content)
    if reading.wrong:
        raise Conflict(_("Masih ada baris yang salah. Perbaiki berkasnya, lalu unggah kembali."))
    held = held_over(agency_id)
    assert held is not None
    payload = {
        "upload_id": found.id,
        "unit_id": agency_id,
        "period": basis["period"],
        "by_id": current_user.id,
        "duty_id": held.duty_id,
        "count": len(reading.entries),
        "sha256": reading.sha256(),
    }
    job_id = spending.order(payload, submissions.token())
    url = url_for(".month_progress", agency_id=agency_id, year=year, job_id=job_id)
    submissions.commit(url)
    return htmx.redirect_to(url)


@bp.get("/<int:agency_id>/<int:year>/belanja/pekerjaan/<int:job_id>")
@signed_in
def month_progress(agency_id: int, year: int, job_id: int) -> Response:
    """How far the worker is with my month."""
    unit = _agency(agency_id, year, _refuse_spending(agency_id))
    job = db.session.get(Job, job_id)
    if job is None or job.kind != spending.KIND or job.payload["by_id"] != current_user.id:
        abort(404)
    return htmx.render(
        "evaluation/spending_progress.html",
        "evaluation/_spending_progress.html",
        unit=unit,
        year=year,
        job=job,
        month_words=spending.month_words,
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["may_read_in"] = may_read_in
