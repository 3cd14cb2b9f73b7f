"""Results to read: a line over the years, the lowered targets of a year, and the open data of what is final."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, make_response, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, submissions
from portal.access import public, signed_in
from portal.db import db, stop_writing
from portal.drafting.exporting import MIMETYPES
from portal.evaluation import charts, publishing, queries, yearly
from portal.evaluation.figures import QUARTERS
from portal.people.limits import note_export

bp = Blueprint("results", __name__)


def asked_year(years: list[int]) -> int | None:
    """The year of the address where there is one, else the newest that has begun."""
    asked = request.args.get("tahun", "")
    year = int(asked) if asked.isdigit() and asked.isascii() and len(asked) == 4 else None
    if year in years:
        return year
    return next((one for one in years if one <= clock.today().year), years[-1] if years else None)


@bp.get("/hasil/<int:agency_id>/<int:year>/baris/<int:row_id>")
@signed_in
def line(agency_id: int, year: int, row_id: int) -> str:
    """One line by the newest edition of its year, under whichever edition its number stands: its quarters, and its
    indicator over the years."""
    editions = queries.get_editions(agency_id, year)
    key = yearly.find_key(row_id, [edition.plan.id for edition in editions])
    courses = queries.list_courses(agency_id, year)
    entered = max((quarter for quarter in QUARTERS if courses[quarter].entered_at), default=1)
    # A line that the newest edition dropped before it had a figure still stands where the quarter before lists it.
    for quarter in (QUARTERS[-1], entered):
        sheet = queries.make_sheet(editions, year, quarter)
        row = next((row for row in sheet.rows if row.key == key), None)
        if row is not None:
            break
    else:
        abort(404)
    latest = max(row.entered, default=0)
    lowered_here = yearly.list_lowered(year, agency_id) if row.against_first else []
    years = yearly.list_years(agency_id, row.key)
    return render_template(
        "evaluation/line.html",
        sheet=sheet,
        row=row,
        courses=courses,
        latest=latest,
        changed=next((one for one in lowered_here if one.row.key == key), None),
        bullet=charts.bullet(row.value, row.line.target, row.first_target, row.line.target_upper),
        years=years,
        slope=charts.slope([(one.year, one.value, one.line.target) for one in years]),
    )


@bp.get("/hasil/target-diturunkan")
@signed_in
def lowered() -> str:
    """Every target of a year that was made easier, with its reason."""
    years = queries.list_evaluated_years()
    year = asked_year(years)
    found = yearly.list_lowered(year) if year else []
    return render_template("evaluation/lowered.html", years=years, year=year, lowered=found)


@bp.post("/hasil/target-diturunkan/<int:year>/unduh/target.<any(xlsx, csv):form>")
@signed_in
@submissions.without_token
def lowered_file(year: int, form: str) -> Response:
    """The same as a file; it names no person."""
    if year not in queries.list_evaluated_years():
        abort(404)
    note_export()
    db.session.commit()
    stop_writing()
    found = yearly.list_lowered(year)
    made = publishing.lowered_csv(found, year) if form == "csv" else publishing.lowered_xlsx(found, year)
    response = make_response(made)
    response.headers["Content-Type"] = MIMETYPES[form]
    response.headers.set("Content-Disposition", "attachment", filename=f"target-diturunkan-{year}.{form}")
    return response


@bp.get("/data/hasil")
@public
def open_data() -> str:
    """What is published of results, for anyone: the years and what each column means."""
    return render_template(
        "evaluation/open_data.html",
        years=yearly.list_final_years(),
        columns=publishing.OPEN,
        known=current_user.is_authenticated,
    )


@bp.get("/data/hasil-<int:year>.csv")
@public
def open_file(year: int) -> Response:
    if year not in yearly.list_final_years():
        abort(404)
    response = make_response(publishing.open_csv(year, yearly.list_final(year)))
    response.headers["Content-Type"] = MIMETYPES["csv"]
    response.headers.set("Content-Disposition", "attachment", filename=f"hasil-renja-{year}.csv")
    return response


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(results_of_proposal=yearly.results_of_proposal)
