"""Owners of a plan's pieces, the checks beside its table, its ceiling, and the rounds of verification."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import Refusal, ensure, signed_in
from portal.db import db, hold
from portal.drafting import actions, checks, queries, revisions, verification
from portal.drafting import routes as drafting_routes
from portal.drafting.models import Line, Section
from portal.drafting.revisions import Piece
from portal.forms import Form, NumberField, clean, needed, text_rules
from portal.people.authority import Held
from portal.plans import queries as plans
from portal.plans.models import Plan

bp = Blueprint("verification", __name__)
NOTES = 6
"""Notes on sections or lines that one sending of a round takes."""


class CeilingForm(Form):
    ceiling = NumberField(_l("Pagu indikatif unit (rupiah)"), whole=True, validators=[needed()])


class ReasonForm(Form):
    text = TextAreaField(
        _l("Alasan melampaui pagu"), filters=[clean], validators=[needed(), *text_rules(1000)]
    )


class OwnersForm(Form):
    unit = SelectField(_l("Pemilik"), coerce=int, validators=[needed()])


class RoundForm(Form):
    """A verdict and words for each point of the checklist, notes on pieces by their code or number, the outcome."""

    outcome = RadioField(
        _l("Putusan"),
        choices=[SelectChoice(kind, label) for kind, label in verification.OUTCOMES.items()],
        validators=[needed()],
    )

    def points(self) -> dict[str, tuple[str, str]]:
        return {
            item: (self[f"{item}_result"].data, self[f"{item}_text"].data or "")
            for item in verification.CHECKLIST
        }


for _item, _label in verification.CHECKLIST.items():
    setattr(
        RoundForm,
        f"{_item}_result",
        SelectField(
            _label,
            choices=[SelectChoice("", _l("Silakan pilih"))]
            + [SelectChoice(kind, label) for kind, label in verification.RESULTS.items()],
            validators=[needed()],
        ),
    )
    setattr(
        RoundForm,
        f"{_item}_text",
        StringField(_l("Catatan"), filters=[clean], validators=text_rules(500, one_line=True)),
    )
for _n in range(NOTES):
    setattr(
        RoundForm,
        f"place_{_n}",
        StringField(
            _l("Nomor bagian atau kode baris"), filters=[clean], validators=text_rules(40, one_line=True)
        ),
    )
    setattr(
        RoundForm,
        f"note_{_n}",
        StringField(_l("Catatan"), filters=[clean], validators=text_rules(500, one_line=True)),
    )


def _verifier(plan: Plan) -> Held | None:
    return current_user.authority.over("verifier", plan.unit_id)  # type: ignore[no-any-return]


def _leader(plan: Plan) -> Held | None:
    return current_user.authority.over("leader", plan.unit_id)  # type: ignore[no-any-return]


# The checks and the ceiling


def checks_of(plan: Plan, lines: list[Line]) -> list[checks.Found]:
    """What the checks find in the lines of a plan; one query."""
    return checks.check(lines, plan.unit.code, verification.changed_since_first_draft(plan))


def _checks_page(plan: Plan, status: int = 200, **forms: Form) -> Response:
    lines = queries.list_lines(plan.id)
    table = queries.table_of(lines)
    calendar = plans.calendar_of(plan)
    adoptable = not calendar.adopted
    reason = verification.find_ceiling_reason(plan.id)
    context: dict[str, Any] = {
        "found": checks_of(plan, lines),
        "table": table,
        "support": checks.support_total(lines),
        "over": checks.over_ceiling(table.ceiling, plan.ceiling),
        "reason": reason,
        "ceiling_form": CeilingForm(formdata=None, data={"ceiling": plan.ceiling})
        if _verifier(plan) and adoptable
        else None,
        "reason_form": ReasonForm(formdata=None, data={"text": reason.text if reason else ""})
        if _leader(plan) and adoptable
        else None,
        "editable": drafting_routes.editable(plan, lines),
    } | forms
    return htmx.render(
        "drafting/verification/checks.html",
        "drafting/verification/_ceiling.html",
        status,
        **drafting_routes.head(plan, "checks") | context,
    )


@bp.get("/rencana/<int:plan_id>/pemeriksaan")
@signed_in
def checks_page(plan_id: int) -> Response:
    return _checks_page(plans.get_visible(plan_id, current_user))


@bp.post("/rencana/<int:plan_id>/pagu")
@signed_in
def ceiling(plan_id: int) -> Response:
    plan = plans.get_visible(plan_id, current_user)
    held = _verifier(plan)
    ensure(verification.refuse_ceiling(plans.calendar_of(plan), verifies=held is not None))
    assert held is not None
    form = CeilingForm()
    if not form.validate_on_submit():
        return _checks_page(plan, 422, ceiling_form=form)
    hold(plan)
    revisions.hold_open(plan.id)
    value = form.ceiling.data
    verification.set_ceiling(plan, int(value) if value is not None else None, held)
    url = url_for(".checks_page", plan_id=plan.id)
    submissions.commit(url)
    flash(_("Pagu indikatif tersimpan."))
    return htmx.redirect_to(url)


@bp.post("/rencana/<int:plan_id>/alasan-pagu")
@signed_in
def ceiling_reason(plan_id: int) -> Response:
    plan = plans.get_visible(plan_id, current_user)
    held = _leader(plan)
    ensure(verification.refuse_ceiling_reason(plans.calendar_of(plan), leads=held is not None))
    assert held is not None
    form = ReasonForm()
    if not form.validate_on_submit():
        return _checks_page(plan, 422, reason_form=form)
    hold(plan)
    revisions.hold_open(plan.id)
    verification.give_ceiling_reason(plan, form.text.data or "", current_user, held)
    url = url_for(".checks_page", plan_id=plan.id)
    submissions.commit(url)
    flash(_("Alasan melampaui pagu tersimpan dan dapat dibaca semua pegawai."))
    return htmx.redirect_to(url)


# Owners


@bp.route("/rencana/<int:plan_id>/pemilik", methods=["GET", "POST"])
@signed_in
def owners(plan_id: int) -> Response:
    """The planner gives many sections and lines to a unit at once."""
    plan = plans.get_visible(plan_id, current_user)
    duty = current_user.authority.over("planner", plan.unit_id)
    ensure(None if duty else Refusal(_("Pemilik bagian ditetapkan oleh perencana unit ini.")))
    ensure(Refusal(_("Rencana ini sudah ditetapkan.")) if plans.calendar_of(plan).adopted else None)
    form = OwnersForm()
    form.unit.choices = [SelectChoice(unit_id, name) for unit_id, name in queries.units_of(plan)]
    pieces: list[Piece] = [*queries.list_sections(plan.id), *queries.list_lines(plan.id)]
    chosen = set(request.form.getlist("piece"))
    nothing = request.method == "POST" and not chosen
    if form.validate_on_submit() and chosen:
        given = [piece for piece in pieces if revisions.place_of(piece) in chosen]
        for piece in given:
            actions.give(piece, form.unit.data, duty)
        url = url_for(".owners", plan_id=plan.id)
        submissions.commit(url)
        flash(
            ngettext(
                "Pemilik %(n)s bagian atau baris ditetapkan.",
                "Pemilik %(n)s bagian atau baris ditetapkan.",
                len(given),
                n=len(given),
            )
        )
        return htmx.redirect_to(url)
    return htmx.render(
        "drafting/verification/owners.html",
        "drafting/verification/_owners.html",
        422 if form.errors or nothing else 200,
        form=form,
        rows=[(revisions.place_of(piece), piece) for piece in pieces],
        chosen=chosen,
        nothing=nothing,
        plan=plan,
    )


# Verification


def _places(plan: Plan, form: RoundForm) -> list[tuple[Piece, str]] | None:
    """The notes with their pieces; None where one names no piece of the plan or says nothing (said beside it)."""
    named: dict[str, Piece] = {}
    named |= {row.code: row for row in db.session.scalars(
        select(Line).where(Line.plan_id == plan.id, Line.dropped_at.is_(None)).order_by(Line.id.desc())
    )}  # fmt: skip
    named |= {
        row.number: row for row in db.session.scalars(select(Section).where(Section.plan_id == plan.id))
    }
    notes: list[tuple[Piece, str]] = []
    wrong = False
    for n in range(NOTES):
        place, note = form[f"place_{n}"], form[f"note_{n}"]
        if not place.data and not note.data:
            continue
        piece = named.get(place.data or "")
        if piece is None:
            place.errors = [_("Nomor atau kode ini tidak ada dalam rencana.")]
        elif not note.data:
            note.errors = [_("Mohon tulis catatannya.")]
        else:
            notes.append((piece, note.data))
            continue
        wrong = True
    return None if wrong else notes


@bp.route("/rencana/<int:plan_id>/verifikasi", methods=["GET", "POST"])
@signed_in
def rounds(plan_id: int) -> Response:
    """Every round, what is left to mend, and for the verifier the checklist."""
    plan = plans.get_visible(plan_id, current_user)
    held = _verifier(plan)
    if request.method == "POST":
        hold(plan)
        plan = plans.get_visible(plan_id, current_user)
    refusal = verification.refuse_verify(plans.calendar_of(plan), clock.today(), verifies=held is not None)
    form = RoundForm() if refusal is None else None
    if request.method == "POST":
        ensure(refusal)
        assert form is not None and held is not None
        if form.validate_on_submit() and (notes := _places(plan, form)) is not None:
            points = form.points()
            results = {result for result, _text in points.values()} | ({"repair"} if notes else set())
            refused = verification.refuse_outcome(
                form.outcome.data,
                results,
                verification.excess_of(plan),
                verification.find_ceiling_reason(plan.id) is not None,
            )
            if refused is None:
                verification.verify(plan, form.outcome.data, points, notes, current_user, held)
                url = url_for(".rounds", plan_id=plan.id)
                submissions.commit(url)
                flash(
                    _("Rencana dinyatakan lolos verifikasi.")
                    if form.outcome.data == "passed"
                    else _("Rencana dikembalikan kepada perencana beserta catatannya.")
                )
                return htmx.redirect_to(url)
            form.outcome.errors = [str(refused)]
    return htmx.render(
        "drafting/verification/rounds.html",
        "drafting/verification/_round.html",
        422 if form is not None and form.errors else 200,
        form=form,
        refusal=refusal,
        rounds=verification.list_rounds(plan.id),
        checklist=verification.CHECKLIST,
        note_rows=range(NOTES),
        **drafting_routes.head(plan, "verification"),
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        result_words=verification.RESULTS,
        outcome_words=verification.OUTCOMES,
        checklist_words=verification.CHECKLIST | {verification.NOTE: _l("Catatan pada bagian atau baris")},
    )
