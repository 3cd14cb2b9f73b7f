"""Files that the steward hands in: read, compared, shown, and only then applied."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from flask import Flask, abort, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import delete, select
from werkzeug.wrappers import Response

from portal import clock, htmx, jobs, submissions
from portal.access import Refusal, duty, ensure
from portal.db import begin_writing, db, stop_writing
from portal.errors import Conflict
from portal.ledger import Holiday, Upload
from portal.people import roster
from portal.people.forms import ApplyForm, RosterUploadForm, UploadForm
from portal.people.limits import note_import
from portal.people.reading import (
    HOLIDAY_COLUMNS,
    PLAIN_KINDS,
    ROSTER_COLUMNS,
    ROSTER_KINDS,
    UNIT_COLUMNS,
    Comparison,
    known_headings,
)
from portal.people.steward import bp, reach
from portal.submissions import without_token
from portal.tables import Table, Unreadable, read_table

SHOWN = 50
KIND_WORDS = {
    "wrong": _l("Salah"),
    "new": _l("Baru"),
    "changed": _l("Berubah"),
    "moved": _l("Pindah unit"),
    "back": _l("Kembali"),
    "left": _l("Sudah keluar"),
    "same": _l("Tidak berubah"),
}


@dataclass(frozen=True)
class Sort:
    """One sort of file: its headings, its pages, and how it is compared."""

    title: Any
    form: type[UploadForm]
    columns: dict[str, tuple[str, ...]]
    kinds: tuple[str, ...]
    page: str
    done: str
    compare: Callable[[Table, Collection[int], bool], tuple[Comparison, str]]
    example: tuple[tuple[str, ...], ...]


SORTS = {
    "roster": Sort(
        _l("Baca daftar pegawai"),
        RosterUploadForm,
        ROSTER_COLUMNS,
        ROSTER_KINDS,
        "people.roster_file",
        "people.index",
        roster.compare_people,
        (
            ("NIP", "Nama", "Gelar", "Status", "Golongan", "Jabatan", "Unit kerja", "Email"),
            ("199001012015011999", "Nama Contoh Rekaan", "S.Sos.", "PNS", "III/c", "Analis Kebijakan", "(kode atau nama unit)", ""),
        ),
    ),
    "unit": Sort(
        _l("Baca daftar unit kerja"),
        UploadForm,
        UNIT_COLUMNS,
        PLAIN_KINDS,
        "people.unit_file",
        "people.units",
        lambda table, _reach, _full: roster.compare_with_units(table),
        (
            ("Kode", "Nama", "Singkatan", "Induk", "Jenis"),
            ("0.00.0.00.0.00.00.0000", "Dinas Contoh Rekaan", "Discontoh", "", "Perangkat Daerah"),
            ("0.00.0.00.0.00.00.0001", "Bidang Contoh Rekaan", "", "0.00.0.00.0.00.00.0000", "Unit kerja"),
        ),
    ),
    "holiday": Sort(
        _l("Baca hari libur"),
        UploadForm,
        HOLIDAY_COLUMNS,
        PLAIN_KINDS,
        "people.holidays",
        "people.holidays",
        lambda table, _reach, _full: roster.compare_with_holidays(table),
        (("Tanggal", "Nama"), ("2027-01-01", "Tahun Baru Masehi")),
    ),
}  # fmt: skip


def _whole_regency() -> Refusal | None:
    """Units and holidays belong to the whole regency."""
    if current_user.authority.over("steward", roster.regency_id()) is None:
        return Refusal(_("Hal ini hanya untuk pengelola kepegawaian seluruh kabupaten."))
    return None


@bp.route("/pegawai/impor", methods=["GET", "POST"])
@duty("steward")
@without_token
def roster_file() -> Response:
    """Hand in a roster; nothing is written but the file itself."""
    return _hand_in("roster")


@bp.route("/unit-kerja/impor", methods=["GET", "POST"])
@duty("steward")
@without_token
def unit_file() -> Response:
    """Hand in a list of units."""
    ensure(_whole_regency())
    return _hand_in("unit")


@bp.route("/hari-libur", methods=["GET", "POST"])
@duty("steward")
@without_token
def holidays() -> Response:
    """The holidays known, and a file with further ones."""
    if request.method != "GET":
        ensure(_whole_regency())
    return _hand_in("holiday")


def _hand_in(kind: str) -> Response:
    sort = SORTS[kind]
    form = sort.form()
    if request.method == "GET":
        return _file_page(kind, form)
    if reason := _take(kind, form):
        form.file.errors = [reason]
        return _file_page(kind, form, 422)
    return htmx.redirect_to(url_for(".upload", upload_id=g.upload_id))


def _file_page(kind: str, form: UploadForm, status: int = 200) -> Response:
    stop_writing()
    known = []
    if kind == "holiday":
        first = clock.today().replace(month=1, day=1)
        known = list(
            db.session.scalars(
                select(Holiday).where(Holiday.on_date >= first).order_by(Holiday.on_date).limit(200)
            )
        )
    context = {
        "kind": kind,
        "sort": SORTS[kind],
        "form": form,
        "holidays": known,
        "may_import": kind != "holiday" or _whole_regency() is None,
    }
    return make_response(render_template("people/file.html", **context), status)


def _take(kind: str, form: UploadForm) -> str | None:
    """Keep the file for its preview; returns why it cannot be read. The same file again is the same upload."""
    handed = form.file.data
    if not handed or not handed.filename:
        return _("Mohon pilih berkasnya.")
    note_import()
    db.session.commit()  # reading takes long and needs no transaction
    content = handed.read()
    sort = SORTS[kind]
    full = bool(form.full.data) if isinstance(form, RosterUploadForm) else False
    try:
        table = read_table(content, handed.filename, known=known_headings(sort.columns))
        stop_writing()
        _comparison, digest = sort.compare(table, reach(), full)
    except Unreadable as unreadable:
        return str(unreadable)
    begin_writing()
    basis = {"digest": digest, "full": full, "name": handed.filename[:120]}
    sha256 = hashlib.sha256(content).hexdigest()
    upload = db.session.scalars(
        select(Upload).where(
            Upload.person_id == current_user.id, Upload.kind == kind, Upload.sha256 == sha256
        )
    ).first()
    if upload is None or jobs.find(roster.job_key(upload.id)):
        upload = Upload(person_id=current_user.id, kind=kind, sha256=sha256, content=table.pack())
        db.session.add(upload)
    upload.basis, upload.at = basis, clock.now()
    if upload.id is None:
        db.session.flush()
        jobs.forget(roster.job_key(upload.id))  # SQLite gives the number of a deleted row again
    db.session.commit()
    g.upload_id = upload.id
    return None


def _get_upload(upload_id: int) -> Upload:
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.person_id != current_user.id or upload.kind not in SORTS:
        abort(404)
    return upload


@bp.get("/berkas-masukan/<int:upload_id>")
@duty("steward")
def upload(upload_id: int) -> Response:
    """What the file would change; while it is being applied, how far that is."""
    if (job := jobs.find(roster.job_key(upload_id))) and job.payload["by_id"] == current_user.id:
        return htmx.render("people/progress.html", "people/_progress.html", job=job, upload_id=upload_id)
    return _preview_page(_get_upload(upload_id), ApplyForm(formdata=None))


def _preview_page(upload: Upload, form: ApplyForm, status: int = 200) -> Response:
    sort, basis = SORTS[upload.kind], upload.basis or {}
    comparison, digest = sort.compare(Table.unpack(upload.content), reach(), basis["full"])
    counts = comparison.counts()
    kinds = [kind for kind in sort.kinds if counts[kind]]
    chosen = request.args.get("jenis", "")
    chosen = chosen if chosen in kinds else next(iter(kinds), "same")
    start = request.args.get("mulai", "")
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 0
    entries = comparison.of(chosen)
    return htmx.render(
        "people/preview.html",
        "people/_preview.html",
        status,
        upload=upload,
        sort=sort,
        name=basis["name"],
        full=basis["full"],
        comparison=comparison,
        counts=counts,
        kinds=kinds,
        words=KIND_WORDS,
        chosen=chosen,
        first=first,
        entries=entries[first : first + SHOWN],
        more=first + SHOWN if len(entries) > first + SHOWN else None,
        warnings=comparison.warnings,
        changed_since=digest != basis["digest"],
        form=form,
    )


@bp.post("/berkas-masukan/<int:upload_id>/penerapan")
@duty("steward")
def apply_upload(upload_id: int) -> Response:
    """Write what the preview showed; refused when something is wrong or was changed meanwhile."""
    upload = _get_upload(upload_id)
    sort, basis, form = SORTS[upload.kind], upload.basis or {}, ApplyForm()
    if upload.kind != "roster":
        ensure(_whole_regency())
    roster.hold()
    comparison, digest = sort.compare(Table.unpack(upload.content), reach(), basis["full"])
    if digest != basis["digest"]:
        raise Conflict(
            _("Daftarnya sudah berubah sejak berkas ini dibandingkan. Silakan unggah kembali berkasnya.")
        )
    if comparison.of("wrong"):
        raise Conflict(_("Masih ada baris yang salah. Perbaiki berkasnya, lalu unggah kembali."))
    under = current_user.authority.over("steward", roster.regency_id())
    duty_id = (under or current_user.authority.held[0]).duty_id
    if upload.kind == "roster":
        entries = roster.chosen(comparison, bool(form.leave.data))
        ensure(roster.refuse_leaving(entries))
        if len(entries) > roster.AT_ONCE:
            return _apply_as_job(upload, len(entries), bool(form.leave.data), duty_id)
        roster.apply_people(entries, current_user.id, duty_id, g.get("request_id"))
        count = len(entries)
    else:
        (roster.apply_units if upload.kind == "unit" else roster.apply_holidays)(comparison, duty_id)
        count = comparison.writes
    db.session.delete(upload)
    url = url_for(sort.done)
    submissions.commit(url)
    if count:
        flash(ngettext("%(num)s baris sudah diterapkan.", "%(num)s baris sudah diterapkan.", count))
    else:
        flash(_("Tidak ada yang berubah."))
    return htmx.redirect_to(url)


def _apply_as_job(upload: Upload, count: int, leave: bool, duty_id: int) -> Response:
    payload = {
        "upload_id": upload.id,
        "by_id": current_user.id,
        "duty_id": duty_id,
        "leave": leave,
        "request_id": g.get("request_id"),
        "count": count,
    }
    jobs.enqueue("roster import", roster.job_key(upload.id), payload)
    url = url_for(".upload", upload_id=upload.id)
    submissions.commit(url)
    return htmx.redirect_to(url)


@bp.post("/berkas-masukan/<int:upload_id>/pembatalan")
@duty("steward")
def discard_upload(upload_id: int) -> Response:
    """Throw the file away; nothing of it was written."""
    upload = _get_upload(upload_id)
    if jobs.find(roster.job_key(upload.id)):
        raise Conflict(_("Berkas ini sedang diterapkan."))
    url = url_for(SORTS[upload.kind].page)
    db.session.execute(delete(Upload).where(Upload.id == upload.id))  # another tab may have done so
    submissions.commit(url)
    flash(_("Berkas dibuang. Tidak ada yang berubah."))
    return htmx.redirect_to(url)


@bp.get("/templat/<any(roster, unit, holiday):kind>.<any(csv, xlsx):form>")
@duty("steward")
def template(kind: str, form: str) -> Response:
    """An empty file with the right headings and one example."""
    rows = SORTS[kind].example
    if form == "csv":
        text = StringIO()
        csv.writer(text, delimiter=";").writerows(rows)
        body, mimetype = text.getvalue().encode("utf-8-sig"), "text/csv"
    else:
        file = BytesIO()
        book = xlsxwriter.Workbook(file, {"in_memory": True})
        sheet = book.add_worksheet("Data")
        as_text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(rows[0]) - 1, 24, as_text)
        for number, row in enumerate(rows):
            for position, cell in enumerate(row):
                sheet.write_string(number, position, cell, as_text)
        book.close()
        body = file.getvalue()
        mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="templat-{kind}.{form}"'
    return response


def init_app(app: Flask) -> None:
    """Register the desk of the steward, whose views on files stand here."""
    app.register_blueprint(bp)
