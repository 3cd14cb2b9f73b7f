"""Taking a plan out of the portal: the choice of a form, and the file itself. Nothing is written but
how often."""

from __future__ import annotations

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from portal import htmx, submissions
from portal.access import duty, signed_in
from portal.db import db, stop_writing
from portal.drafting import bundle, exporting
from portal.forms import Form, needed
from portal.people.limits import note_export
from portal.plans import queries as plans

bp = Blueprint("plan_export", __name__)
FORM_WORDS = {
    "pdf": _l("Buku Renja (PDF)"),
    "docx": _l("Buku Renja (DOCX)"),
    "xlsx": _l("Tabel (XLSX)"),
    "csv": _l("Tabel (CSV)"),
}


class BundleForm(Form):
    year = SelectField(_l("Tahun rencana"), coerce=int, validators=[needed()])
    format = RadioField(
        _l("Bentuk berkas"),
        choices=[SelectChoice(form, label) for form, label in FORM_WORDS.items()],
        validators=[needed()],
    )


@bp.get("/rencana/<int:plan_id>/unduh")
@signed_in
def choice(plan_id: int) -> Response:
    """What the plan can be had as, and what each form is good for."""
    plan = plans.get_visible(plan_id, current_user)
    return make_response(render_template("drafting/export.html", plan=plan))


@bp.post("/rencana/<int:plan_id>/unduh/renja.<any(pdf, docx, xlsx, csv):form>")
@signed_in
@submissions.without_token
def download(plan_id: int, form: str) -> Response:
    """The plan as a file. It carries no person's name, so that whoever may read the plan may have it."""
    plan = plans.get_visible(plan_id, current_user)
    note_export()
    db.session.commit()
    stop_writing()
    response = make_response(exporting.make(plan, form))
    response.headers["Content-Type"] = exporting.MIMETYPES[form]
    response.headers.set("Content-Disposition", "attachment", filename=exporting.filename(plan, form))
    return response


# All plans of a year


@bp.route("/rencana/unduhan", methods=["GET", "POST"])
@duty(*bundle.ROLES)
def bundles() -> Response:
    """Order all plans of a year as one ZIP, and what was ordered lately."""
    years = plans.list_years(current_user)
    form = BundleForm(data={"format": "pdf"} if request.method == "GET" else None)
    form.year.choices = [SelectChoice(year, str(year)) for year in years]
    if form.validate_on_submit():
        note_export()
        job_id = bundle.order(current_user, form.year.data, form.format.data, submissions.token())
        url = url_for(".bundle_of", job_id=job_id)
        submissions.commit(url)
        return htmx.redirect_to(url)
    return htmx.render(
        "drafting/bundles.html",
        "drafting/_bundles.html",
        422 if form.errors else 200,
        form=form,
        years=years,
        ordered=bundle.list_mine(current_user),
        form_words=FORM_WORDS,
    )


@bp.get("/rencana/unduhan/<int:job_id>")
@duty(*bundle.ROLES)
def bundle_of(job_id: int) -> Response:
    """How far it is, and then the file."""
    job = bundle.get_mine(job_id, current_user)
    return htmx.render(
        "drafting/bundle.html",
        "drafting/_bundle.html",
        job=job,
        file=bundle.find_file(job),
        form_words=FORM_WORDS,
    )


@bp.post("/rencana/unduhan/<int:job_id>/berkas")
@duty(*bundle.ROLES)
@submissions.without_token
def fetch_bundle(job_id: int) -> Response:
    """The file; it is forgotten once it was taken whole, so that the press can be repeated where a line broke."""
    stop_writing()  # reading takes as long as the reader's line
    file = bundle.find_file(bundle.get_mine(job_id, current_user))
    if file is None or file.basis is None:
        abort(404)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    response = Response(bundle.stream(app, file.id), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=file.basis["name"])
    response.content_length = file.basis["size"]
    return response


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["may_bundle"] = lambda: any(map(current_user.authority.has, bundle.ROLES))
