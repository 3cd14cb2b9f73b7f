"""Taking a plan out of the portal: the choice of a form, and the file itself. Nothing is written."""

from __future__ import annotations

from flask import Blueprint, Flask, make_response, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import signed_in
from portal.drafting import exporting
from portal.plans import queries as plans

bp = Blueprint("plan_export", __name__)


@bp.get("/rencana/<int:plan_id>/unduh")
@signed_in
def choice(plan_id: int) -> Response:
    """What the plan can be had as, and what each form is good for."""
    plan = plans.get_visible(plan_id, current_user)
    return make_response(render_template("drafting/export.html", plan=plan))


@bp.get("/rencana/<int:plan_id>/unduh/renja.<any(pdf, xlsx, csv):form>")
@signed_in
def download(plan_id: int, form: str) -> Response:
    """The plan as a file. It carries no person's name, so that whoever may read the plan may have it."""
    plan = plans.get_visible(plan_id, current_user)
    response = make_response(exporting.make(plan, form))
    response.headers["Content-Type"] = exporting.MIMETYPES[form]
    response.headers.set("Content-Disposition", "attachment", filename=exporting.filename(plan, form))
    return response


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
