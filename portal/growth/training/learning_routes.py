"""One's training hours, learning done elsewhere and the steward's word on it, needs, the calendar feed, the report."""

from __future__ import annotations

import hmac

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import duty, ensure, public, signed_in
from portal.db import db, stop_writing
from portal.drafting.exporting import MIMETYPES
from portal.formatting import day
from portal.growth.training import access, actions, calendar, hours, queries, report, rules
from portal.growth.training.forms import LearningForm, LearningVerdictForm, NeedForm
from portal.growth.training.models import CalendarAddress
from portal.people.limits import note_export

bp = Blueprint("learning", __name__)


def _year() -> int:
    asked = request.args.get("tahun", "")
    is_year = asked.isascii() and asked.isdigit() and len(asked) == 4
    return int(asked) if is_year else clock.today().year


@bp.get("/pelatihan/jp")
@signed_in
def index() -> str:
    """One's own hours of a year, each with why not more; nobody else's."""
    year = _year()
    learnt = queries.list_learnt([current_user.id])
    by_place = {one.place: one for one in learnt}
    counted = queries.counted(learnt)
    address = queries.find_address(current_user.id)
    shown = [(by_place[one.activity.key], one) for one in reversed(counted) if one.year == year]
    years = sorted({one.year for one in counted} | {clock.today().year, year}, reverse=True)
    return render_template(
        "training/hours.html",
        year=year,
        years=years,
        shown=shown,
        refused=[one for one in queries.list_learnings(current_user.id) if one.verdict and one.verdict.outcome == "refused" and one.ends_on.year == year],
        words=hours.in_words(hours.total(counted, year), current_user.person.status),
        rule=(hours.SOURCE, hours.SOURCE_YEAR),
        address=_feed_url(address) if address else None,
    )  # fmt: skip


@bp.route("/pelatihan/jp/baru", methods=["GET", "POST"])
@signed_in
def new() -> Response:
    """Record learning done elsewhere."""
    form = LearningForm()
    similar = None
    if form.validate_on_submit():
        issuer, number = form.issuer.data or "", form.number.data or ""
        similar = queries.find_similar(
            current_user.id, form.title.data or "", form.starts_on.data, form.ends_on.data
        )
        same = queries.find_same(current_user.id, issuer, number)
        if same is None and (similar is None or request.form.get("tetap") == "1"):
            names = (
                "title",
                "form",
                "issuer",
                "number",
                "starts_on",
                "ends_on",
                "hours",
                "minutes",
                "kept_at",
            )
            if actions.learn({name: form[name].data for name in names}, current_user):
                url = url_for(".index", tahun=form.ends_on.data.year)
                submissions.commit(url)
                flash(_("Tercatat. Pengelola kepegawaian akan memeriksanya."))
                return htmx.redirect_to(url)
            same = queries.find_same(current_user.id, issuer, number)  # another tab was first
        if same is not None:
            form.number.errors = [_("Sertifikat ini sudah tercatat %(day)s.", day=day(clock.day_of(same.at)))]
            similar = None
    return htmx.render(
        "training/learning.html",
        "training/_learning.html",
        422 if form.errors or similar else 200,
        form=form,
        similar=similar,
        action=url_for(".new"),
    )


@bp.get("/pelatihan/jp/telaah")
@duty("steward")
def unsettled() -> str:
    """Learning elsewhere that waits for the steward's word."""
    return render_template(
        "training/unsettled.html", learnings=queries.list_unsettled(current_user.authority.reach("steward"))
    )


@bp.route("/pelatihan/jp/<int:learning_id>/telaah", methods=["GET", "POST"])
@duty("steward")
def verdict(learning_id: int) -> Response:
    learning = queries.get_learning(learning_id, alone=request.method == "POST")
    held = current_user.authority.over("steward", learning.person.unit_id)
    ensure(
        rules.refuse_validate(
            keeps=held is not None,
            is_own=learning.person_id == current_user.id,
            settled=learning.verdict is not None,
        )
    )
    form = LearningVerdictForm(data={"hours": learning.hours} if request.method == "GET" else None)
    if form.validate_on_submit():
        actions.settle(
            learning,
            form.outcome.data,
            int(form.hours.data or 0),
            form.reason.data or None,
            current_user,
            held,
        )
        url = url_for(".unsettled")
        submissions.commit(url)
        flash(_("Putusan Anda tercatat."))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/verdict.html",
        "training/_verdict.html",
        422 if form.errors else 200,
        form=form,
        learning=learning,
        rule=hours.rules()[learning.form],
        action=url_for(".verdict", learning_id=learning_id),
    )


# Needs


@bp.get("/pelatihan/kebutuhan")
@signed_in
def needs() -> str:
    """What is needed and no training meets yet, by topic."""
    return render_template(
        "training/needs.html", topics=queries.list_needs(), organises=bool(access.organised())
    )


@bp.route("/pelatihan/kebutuhan/baru", methods=["GET", "POST"])
@signed_in
def need() -> Response:
    """Whoever plans or keeps the roster records counts of a unit; everybody may wish for themselves."""
    mine = current_user.authority.reach("planner", "steward", "leader")
    form = NeedForm(
        data={"people": 1, "source": "plan" if mine else "request"} if request.method == "GET" else None
    )
    own = mine or {current_user.unit_id}
    form.unit.choices = [SelectChoice(n, name) for n, name in access.units(own)]
    lines = queries.lines_to_choose(mine, clock.today().year) if mine else []
    form.line.choices = [SelectChoice(0, _("Tanpa baris")), *(SelectChoice(n, name) for n, name in lines)]
    sources = rules.SOURCES if mine else {"request": rules.SOURCES["request"]}
    form.source.choices = [SelectChoice(key, word) for key, word in sources.items()]
    if not mine:
        form.people.high = 1
    if form.validate_on_submit():
        names = ("topic", "source", "people", "text")
        given = {name: form[name].data for name in names}
        held = access.recording(form.unit.data) if mine else None
        actions.need(
            given | {"unit_id": form.unit.data, "line_id": form.line.data or None}, current_user, held
        )
        url = url_for(".needs")
        submissions.commit(url)
        flash(_("Kebutuhan tercatat."))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/need.html",
        "training/_need.html",
        422 if form.errors else 200,
        form=form,
        plans=bool(mine),
        action=url_for(".need"),
    )


# The calendar feed


def _feed_url(address: CalendarAddress) -> str:
    path = url_for(".feed", address_id=address.id, key=actions.address_key(address))
    return f"{current_app.config['ADDRESS']}{path}"


@bp.post("/pelatihan/kalender")
@signed_in
def address() -> Response:
    """A new secret address; or none any more."""
    if request.form.get("urusan") == "cabut":
        actions.revoke_address(current_user.id)
        said = _("Alamat kalender dicabut. Aplikasi kalender tidak dapat membacanya lagi.")
    else:
        actions.make_address(current_user.id)
        said = _("Alamat kalender dibuat. Alamat yang lama tidak berlaku lagi.")
    url = url_for(".index", _anchor="kalender")
    submissions.commit(url)
    flash(said)
    return htmx.redirect_to(url)


@bp.get("/kalender/<int:address_id>-<string(length=40):key>.ics")
@public
def feed(address_id: int, key: str) -> Response:
    """What a calendar program reads; who has left, or revoked the address, has none."""
    found = db.session.get(CalendarAddress, address_id)
    if (
        found is None
        or found.revoked_at is not None
        or not hmac.compare_digest(actions.address_key(found).encode(), key.encode())
        or not queries.is_in_post(found.person_id)
    ):
        abort(404)
    now = clock.now()
    host = current_app.config["ADDRESS"]
    events = []
    for training, meetings in queries.list_calendar(found.person_id, now):
        url = f"{host}{url_for('training.show', training_id=training.id)}"
        for meeting in meetings:
            uid = f"pertemuan-{meeting.id}@rembuk"
            events.append(
                calendar.Event(uid, training.title, meeting.place, meeting.starts_at, meeting.minutes, url)
            )
        if not meetings:
            length = (training.ends_on - training.starts_on).days + 1
            uid = f"pelatihan-{training.id}@rembuk"
            events.append(
                calendar.Event(uid, training.title, training.place, training.starts_on, length, url)
            )
    response = make_response(calendar.feed(_("Pelatihan saya"), events, clock.zone(), now))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/pelatihan/unduh/laporan.<any(xlsx, csv):form>")
@signed_in
@submissions.without_token
def download(form: str) -> Response:
    """The training report of a year; counts only, for every employee."""
    asked = request.form.get("tahun", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else clock.today().year
    note_export()
    db.session.commit()
    stop_writing()
    made = report.make(year)
    response = make_response(report.as_csv(made) if form == "csv" else report.as_xlsx(made))
    response.headers["Content-Type"] = MIMETYPES[form]
    response.headers.set("Content-Disposition", "attachment", filename=f"laporan-pelatihan-{year}.{form}")
    return response


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
