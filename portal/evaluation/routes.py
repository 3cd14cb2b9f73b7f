"""Results by quarter: the regency, an agency's year, one quarter; entering, handing in, judging, objecting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import ensure, signed_in
from portal.db import db, stop_writing
from portal.discussion.rules import VOICE_WORDS
from portal.drafting import carrying
from portal.drafting.exporting import MIMETYPES
from portal.errors import Conflict
from portal.evaluation import (
    actions,
    bands,
    charts,
    commands,
    intake_routes,
    queries,
    result_routes,
    rules,
    spending,
    target_routes,
    yearly,
)
from portal.evaluation import form as e81
from portal.evaluation.figures import QUARTERS
from portal.evaluation.forms import (
    MOST_EVIDENCE,
    EvidenceForm,
    FilingForm,
    FindingForm,
    FollowUpForm,
    ObjectionAnswerForm,
    ObjectionForm,
    RealisationForm,
    VerdictForm,
    realisation_form,
)
from portal.evaluation.intake_routes import held_over
from portal.evaluation.models import Evaluation, Evidence, Objection, Realisation
from portal.evaluation.queries import Row, Sheet
from portal.evaluation.spending import Imported
from portal.people.authority import Held, tree
from portal.people.limits import note_export
from portal.people.queries import names_of_speakers

bp = Blueprint("evaluation", __name__, url_prefix="/hasil")


def _leading(unit_id: int) -> Held | None:
    return current_user.authority.over("leader", unit_id)


def _judging(unit_id: int) -> Held | None:
    """The duty by which one judges: a verifier from outside the unit; of the verifiers' own unit a leader above it."""
    above = tree().up(unit_id)[1:2]
    if current_user.unit_id not in tree().below([unit_id]):
        return current_user.authority.over("verifier", unit_id) or (
            _leading(above[0]) if above and queries.houses_verifiers(unit_id) else None
        )
    return None


def _load(unit_id: int, year: int, quarter: int) -> tuple[Sheet, Evaluation | None, rules.Course]:
    """The quarter with what has happened to it, or 404 where there is no adopted plan or no such quarter.

    What is sent to it is judged by how it stands once nobody else can change it.
    """
    if quarter not in QUARTERS:
        abort(404)
    editions = queries.get_editions(unit_id, year)
    if request.method == "POST":
        actions.begin(unit_id, year, quarter, queries.edition_of(editions, year, quarter).snapshot.id)
    return queries.make_sheet(editions, year, quarter), *queries.find_evaluation(unit_id, year, quarter)


def _address(sheet: Sheet, endpoint: str = ".quarter", **more: Any) -> str:
    return url_for(endpoint, agency_id=sheet.unit.id, year=sheet.year, quarter=sheet.quarter, **more)


@bp.get("/")
@signed_in
def index() -> str:
    """The regency: which agency stands where in which quarter."""
    years = queries.list_evaluated_years()
    year = result_routes.asked_year(years)
    rows = queries.list_agencies(year) if year else []
    return render_template("evaluation/index.html", years=years, year=year, rows=rows)


@bp.get("/<int:agency_id>/<int:year>")
@signed_in
def show(agency_id: int, year: int) -> str:
    """An agency's year, one minute to read: the newest quarter that has figures."""
    editions = queries.get_editions(agency_id, year)
    courses = queries.list_courses(agency_id, year)
    latest = max((q for q in QUARTERS if courses[q].entered_at), default=0)
    sheet = queries.make_sheet(editions, year, latest or 1)
    rows = [row for row in sheet.rows if not row.is_dropped]
    return render_template(
        "evaluation/show.html",
        sheet=sheet,
        courses=courses,
        latest=latest,
        bullets={
            row.line.id: charts.bullet(row.value, row.line.target, row.first_target, row.line.target_upper)
            for row in rows
        },
        quadrant=charts.quadrant(
            ((number, row.year.exact, row.spending.exact) for number, row in enumerate(rows, 1)),
            sheet.performance.percent,
            sheet.money.percent,
        ),
        money=yearly.money_of(sheet) if latest else None,
        lowered=yearly.list_lowered(year, agency_id) if len(editions) > 1 else [],
    )


def _page(sheet: Sheet, evaluation: Evaluation | None, course: rules.Course) -> dict[str, Any]:
    today = clock.today()
    unit_id = sheet.unit.id
    filings = queries.list_filings(evaluation.id) if evaluation else []
    judge = _judging(unit_id)
    objections = queries.list_objections(evaluation.id) if evaluation else []
    return {
        "sheet": sheet,
        "evaluation": evaluation,
        "course": course,
        "state": course.state(today),
        "may_enter": {
            row.line.id: rules.refuse_enter(
                course, today, edits=held_over(row.line.unit_id) is not None, dropped=row.is_dropped
            )
            is None
            for row in sheet.rows
        },
        "leads": _leading(unit_id) is not None,
        "refuse_file": rules.refuse_file(
            course,
            today,
            leads=_leading(unit_id) is not None,
            missing=len(sheet.incomplete),
        ),
        "may_judge": judge is not None
        and evaluation is not None
        and rules.refuse_judge(
            course,
            today,
            verifies=True,
            took_part=queries.took_part(evaluation.id, current_user.id),
        )
        is None,
        "may_object": rules.refuse_object(course, today) is None,
        "filings": filings,
        "follow_ups": queries.list_follow_ups(evaluation.id) if evaluation else [],
        "objections": objections,
        "speakers": names_of_speakers(one.unit_id for one in objections if one.voice == "unit"),
    }


@bp.get("/<int:agency_id>/<int:year>/<int:quarter>")
@signed_in
def quarter(agency_id: int, year: int, quarter: int) -> str:
    sheet, evaluation, course = _load(agency_id, year, quarter)
    return render_template("evaluation/quarter.html", **_page(sheet, evaluation, course))


PROOF = ("title", "reference", "dated_on", "kept_by")


def _entered(row: Row, imported: Imported | None, shares_code: bool) -> dict[str, Any]:
    """What the form of a line opens with: the figure that stands, with its first piece of evidence; else what was read
    in of its spending."""
    given = row.now
    if given is None:
        paid = imported.paid.get(row.line.code) if imported and not shares_code else None
        return {"number": "0", "rupiah": paid}
    return {
        "number": str(given.number),
        "status": given.status,
        **{
            name: getattr(given, name)
            for name in ("value", "numerator", "denominator", "rupiah", "note", "reason")
        },
        **(_proof(given.evidence[0]) if given.evidence else {}),
    }


def _proof(piece: Evidence) -> dict[str, Any]:
    return {"evidence_kind": piece.kind, **{name: getattr(piece, name) for name in PROOF}}


def _further(form: RealisationForm, row: Row) -> list[EvidenceForm]:
    """A form for each further piece of evidence; one more where it was asked for."""
    if request.method == "GET":
        kept = row.now.evidence[1:] if row.now else []
        found = [EvidenceForm(prefix=f"bukti{n}", data=_proof(one)) for n, one in enumerate(kept, 2)]
    else:
        text = form.pieces.data or ""
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
        number += "more" in request.form
        found = [EvidenceForm(prefix=f"bukti{n}") for n in range(2, min(number, MOST_EVIDENCE - 1) + 2)]
    form.pieces.data = str(len(found))
    return found


def _opened(form: RealisationForm) -> int:
    text = form.number.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@bp.post("/<int:agency_id>/<int:year>/<int:quarter>/unduh/e81.<any(xlsx, csv, pdf):form>")
@signed_in
@submissions.without_token
def download(agency_id: int, year: int, quarter: int, form: str) -> Response:
    """Form E.81 through a quarter. It carries no person's name, so that every employee may have it."""
    if quarter not in QUARTERS:
        abort(404)
    editions = queries.get_editions(agency_id, year)
    note_export()
    db.session.commit()
    stop_writing()
    made = e81.make(editions, year, quarter)
    response = make_response({"csv": e81.as_csv, "pdf": e81.as_pdf, "xlsx": e81.as_xlsx}[form](made))
    response.headers["Content-Type"] = MIMETYPES[form]
    name = f"e81-{year}-tw{quarter}-{made.sheet.unit.code or agency_id}.{form}".replace("/", "-")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.route("/<int:agency_id>/<int:year>/<int:quarter>/baris/<int:row_id>", methods=["GET", "POST"])
@signed_in
def entry(agency_id: int, year: int, quarter: int, row_id: int) -> Response:
    """The figure of one line; a save on an older one shows both and asks again."""
    sheet, evaluation, course = _load(agency_id, year, quarter)
    row = sheet.find(row_id) or abort(404)
    held = held_over(row.line.unit_id)
    ensure(rules.refuse_enter(course, clock.today(), edits=held is not None, dropped=row.is_dropped))
    assert held is not None
    imported = spending.of_quarter(agency_id, year, quarter)
    shares_code = any(one.line.code == row.line.code and one is not row for one in sheet.rows)
    form = realisation_form(row.line.scale)(
        data=_entered(row, imported, shares_code) if request.method == "GET" else None
    )
    if row.line.accumulation != "average":
        del form.numerator, form.denominator
    pieces = _further(form, row)
    context = {
        "form": form,
        "pieces": pieces,
        "sheet": sheet,
        "row": row,
        "imported": imported,
        "shares_code": shares_code,
    }
    if "more" in request.form:
        return _entry_answer(200, context)
    checked = [one.validate_on_submit() for one in (form, *pieces)]
    if all(checked) and _fits(form, row, course):
        given = {
            name: form[name].data or None if name in ("note", "reason") else form[name].data
            for name in ("status", "value", "numerator", "denominator", "rupiah", "note", "reason")
            if name in form
        }
        evidence = [proof for one in (form, *pieces) for proof in one.evidence()]
        assert evaluation is not None
        try:
            actions.enter(evaluation, row, given, evidence, _opened(form), current_user, held)
        except Conflict as clash:
            db.session.rollback()
            return _entry_answer(409, context | {"clash": str(clash)})
        url = _address(sheet, _anchor=f"baris-{row_id}")
        submissions.commit(url)
        flash(_("Realisasi tersimpan. Angka sebelumnya tetap ada dalam riwayat."))
        return htmx.redirect_to(url)
    return _entry_answer(422 if any(one.errors for one in (form, *pieces)) else 200, context)


def _fits(form: RealisationForm, row: Row, course: rules.Course) -> bool:
    """Whether the figure may be saved; else what it lacks stands beside its field."""
    before = sum(given.rupiah or 0 for quarter, given in row.entered.items() if quarter < row.until)
    typed = Realisation(
        status=form.status.data,
        value=form.value.data,
        numerator=form.numerator.data if "numerator" in form else None,
        denominator=form.denominator.data if "denominator" in form else None,
    )
    wrong = rules.wrong_figure(
        form.status.data,
        form.value.data,
        form.reason.data,
        form.rupiah.data,
        row.line.ceiling,
        before,
        course.judged_at is not None,
        replace(row, entered=row.entered | {row.until: typed}).asks_note,
        form.note.data,
    )
    for name, sentence in wrong.items():
        form[name].errors = [*form[name].errors, sentence]
    return not wrong


def _entry_answer(status: int, context: dict[str, Any]) -> Response:
    sheet, row = context["sheet"], context["row"]
    return htmx.render(
        "evaluation/entry.html",
        "evaluation/_entry.html",
        status,
        **{"clash": None, "action": _address(sheet, ".entry", row_id=row.line.id)} | context,
    )


@bp.get("/<int:agency_id>/<int:year>/<int:quarter>/baris/<int:row_id>/riwayat")
@signed_in
def history(agency_id: int, year: int, quarter: int, row_id: int) -> str:
    """Every figure that was entered for a line in a quarter."""
    sheet, evaluation, _course = _load(agency_id, year, quarter)
    row = sheet.find(row_id) or abort(404)
    numbers = queries.list_numbers(evaluation.id, row.key) if evaluation else []
    return render_template("evaluation/history.html", sheet=sheet, row=row, numbers=numbers)


@bp.route("/<int:agency_id>/<int:year>/<int:quarter>/penyampaian", methods=["GET", "POST"])
@signed_in
def filing(agency_id: int, year: int, quarter: int) -> Response:
    sheet, evaluation, course = _load(agency_id, year, quarter)
    held = _leading(agency_id)
    unanswered = queries.list_open_follow_ups(agency_id, year, quarter)
    refusal = rules.refuse_file(course, clock.today(), leads=held is not None, missing=len(sheet.incomplete))
    ensure(refusal)
    assert held is not None
    form = FilingForm()
    form.unit.choices = [SelectChoice(n, name) for n, name in actions.units_of(agency_id)]
    answers = {one.id: FollowUpForm(prefix=f"tl{one.id}") for one in unanswered}
    checked = [one.validate_on_submit() for one in (form, *answers.values())]
    if all(checked):
        assert evaluation is not None
        wanted = (("quarter", form.next_quarter.data), ("plan", form.next_plan.data))
        actions.file(
            evaluation,
            sheet,
            form.driving.data or "",
            form.hindering.data or "",
            [(horizon, text, form.unit.data) for horizon, text in wanted if text],
            {n: (answer.result.data, answer.text.data or "") for n, answer in answers.items()},
            current_user,
            held,
        )
        url = _address(sheet)
        submissions.commit(url)
        flash(_("Evaluasi disampaikan dan menunggu telaah verifikator."))
        return htmx.redirect_to(url)
    return htmx.render(
        "evaluation/filing.html",
        "evaluation/_filing.html",
        422 if form.errors or any(answer.errors for answer in answers.values()) else 200,
        form=form,
        sheet=sheet,
        unanswered=unanswered,
        answers=answers,
        action=_address(sheet, ".filing"),
    )


@bp.route("/<int:agency_id>/<int:year>/<int:quarter>/telaah", methods=["GET", "POST"])
@signed_in
def verdict(agency_id: int, year: int, quarter: int) -> Response:
    sheet, evaluation, course = _load(agency_id, year, quarter)
    held = _judging(agency_id)
    ensure(
        rules.refuse_judge(
            course,
            clock.today(),
            verifies=held is not None,
            took_part=evaluation is not None and queries.took_part(evaluation.id, current_user.id),
        )
    )
    assert held is not None and evaluation is not None
    form = VerdictForm()
    findings = {
        row.line.id: FindingForm(prefix=f"b{row.line.id}") for row in sheet.rows if not row.is_dropped
    }
    checked = [one.validate_on_submit() for one in (form, *findings.values())]
    if all(checked):
        refusal = rules.refuse_outcome(
            form.outcome.data, [finding.result.data for finding in findings.values()]
        )
        if refusal is None:
            given: list[tuple[queries.Key | None, str, str]] = [
                (row.key, findings[row.line.id].result.data, findings[row.line.id].text.data or "")
                for row in sheet.rows
                if row.line.id in findings
            ]
            if form.whole.data:
                given.append(
                    (None, "fits" if form.outcome.data == "validated" else "unclear", form.whole.data)
                )
            actions.judge(
                queries.list_filings(evaluation.id)[0], form.outcome.data, given, current_user, held
            )
            url = _address(sheet)
            submissions.commit(url)
            flash(_("Hasil telaah terbit."))
            return htmx.redirect_to(url)
        form.outcome.errors = [str(refusal)]
    return htmx.render(
        "evaluation/verdict.html",
        "evaluation/_verdict.html",
        422 if form.errors or any(finding.errors for finding in findings.values()) else 200,
        form=form,
        sheet=sheet,
        findings=findings,
        imported=spending.of_quarter(agency_id, year, quarter),
        action=_address(sheet, ".verdict"),
    )


@bp.route("/<int:agency_id>/<int:year>/<int:quarter>/keberatan", methods=["GET", "POST"])
@signed_in
def objection(agency_id: int, year: int, quarter: int) -> Response:
    sheet, evaluation, course = _load(agency_id, year, quarter)
    ensure(rules.refuse_object(course, clock.today()))
    assert evaluation is not None
    form = ObjectionForm()
    form.code.choices = [
        *form.code.choices,
        *(
            SelectChoice(code, f"{code} {name}")
            for code, name in sorted({(r.line.code, r.line.name) for r in sheet.rows})
        ),
    ]
    answerer = actions.find_answerer(evaluation, current_user.id)
    if form.validate_on_submit():
        if answerer is None:
            form.text.errors = [
                _("Belum ada pimpinan yang dapat menjawab. Silakan hubungi pengelola kepegawaian.")
            ]
        else:
            actions.object_to(
                evaluation,
                form.code.data or None,
                form.text.data or "",
                form.voice.data,
                answerer,
                current_user,
            )
            url = _address(sheet, _anchor="keberatan")
            submissions.commit(url)
            flash(_("Keberatan Anda tercatat dan dijawab dalam 14 hari."))
            return htmx.redirect_to(url)
    return htmx.render(
        "evaluation/objection.html",
        "evaluation/_objection.html",
        422 if form.errors else 200,
        form=form,
        sheet=sheet,
        course=course,
        action=_address(sheet, ".objection"),
    )


def _objection(objection_id: int) -> tuple[Objection, Evaluation]:
    if request.method == "POST":  # who comes second finds what the first one did
        db.session.execute(select(Objection.id).where(Objection.id == objection_id).with_for_update())
    found = db.session.get(Objection, objection_id) or abort(404)
    evaluation = db.session.get(Evaluation, int(found.place.partition(":")[2])) or abort(404)
    return found, evaluation


def _quarter_of(evaluation: Evaluation) -> str:
    return url_for(
        ".quarter",
        agency_id=evaluation.unit_id,
        year=evaluation.year,
        quarter=evaluation.quarter,
        _anchor="keberatan",
    )


@bp.route("/keberatan/<int:objection_id>/jawaban", methods=["GET", "POST"])
@signed_in
def objection_answer(objection_id: int) -> Response:
    found, evaluation = _objection(objection_id)
    ensure(
        rules.refuse_answer_objection(
            is_answerer=current_user.id == found.answerer_id
            or (found.by_id != current_user.id and _leading(evaluation.unit_id) is not None),
            is_own=current_user.id == found.by_id,
            settled=found.answer is not None or found.withdrawal is not None,
        )
    )
    form = ObjectionAnswerForm()
    if form.validate_on_submit():
        actions.answer(
            found, form.outcome.data, form.text.data or "", current_user, _leading(evaluation.unit_id)
        )
        url = _quarter_of(evaluation)
        submissions.commit(url)
        flash(_("Jawaban terbit."))
        return htmx.redirect_to(url)
    return htmx.render(
        "evaluation/objection_answer.html",
        "evaluation/_objection_answer.html",
        422 if form.errors else 200,
        form=form,
        objection=found,
        evaluation=evaluation,
        back=_quarter_of(evaluation),
    )


@bp.post("/keberatan/<int:objection_id>/penarikan")
@signed_in
def objection_withdrawal(objection_id: int) -> Response:
    found, evaluation = _objection(objection_id)
    if found.by_id != current_user.id:
        abort(404)
    if found.answer is None and found.withdrawal is None:
        actions.withdraw(found)
    url = _quarter_of(evaluation)
    submissions.commit(url)
    flash(_("Keberatan Anda ditarik."))
    return htmx.redirect_to(url)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    if queries.list_results not in carrying.results_of:
        carrying.results_of.append(queries.list_results)
    result_routes.init_app(app)
    intake_routes.init_app(app)
    target_routes.init_app(app)
    commands.init_app(app)
    app.jinja_env.filters["roman"] = lambda number: rules.ROMAN.get(number, number)
    app.jinja_env.globals.update(
        evaluation_states=rules.STATES,
        evaluation_words=rules,
        unreached_of=queries.list_unreached,
        rating_words=bands.LABELS,
        rating_bands=bands.BANDS,
        voice_words=VOICE_WORDS,
    )
