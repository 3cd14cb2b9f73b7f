"""The calendar of trainings: making and publishing one, applying, the superior's word, one's seat."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import Refusal, duty, ensure, signed_in
from portal.growth.training import access, actions, criteria, hours, queries, rules
from portal.growth.training.forms import EndorsementForm, ReasonForm, SeedForm, TrainingForm, typed
from portal.growth.training.models import Enrolment, Training

bp = Blueprint("training", __name__, url_prefix="/pelatihan")


def _at(training_id: int) -> str:
    return url_for("training.show", training_id=training_id)


@bp.get("/")
@signed_in
def index() -> str:
    """The calendar; under it one's own."""
    today, past = clock.today(), request.args.get("lampau") == "1"
    own = queries.list_own(current_user.id)
    return render_template(
        "training/index.html",
        trainings=queries.list_trainings(today, access.organised(), past=past),
        past=past,
        own=[(one, rules.enrolment_state(one, one.training, clock.now())) for one in own],
        organises=bool(access.organised()),
    )


def _offered(form: TrainingForm, training: Training | None = None) -> TrainingForm:
    mine = access.organised()
    form.offer(
        access.units(mine),
        access.units(),
        queries.lines_to_choose(mine, clock.today().year),
        queries.needs_to_choose(mine, training.id if training else None),
    )
    return form


def _save(training: Training | None, form: TrainingForm) -> Response | None:
    """Save what was typed; None where it is not right yet."""
    _offered(form, training)
    if not form.validate_on_submit():
        return None
    held = access.organising(form.unit.data)
    assert held is not None  # only such units are offered
    made = actions.save(
        training, form.given(), form.criteria(), form.quotas(), form.needs.data or [], current_user, held
    )
    url = _at(made.id)
    submissions.commit(url)
    flash(_("Draf pelatihan tersimpan. Terbitkan bila sudah benar."))
    return htmx.redirect_to(url)


def _form(form: TrainingForm, training: Training | None, action: str) -> Response:
    return htmx.render(
        "training/edit.html",
        "training/_edit.html",
        422 if form.errors else 200,
        form=form,
        training=training,
        action=action,
    )


@bp.route("/baru", methods=["GET", "POST"])
@duty("planner", "steward")
def new() -> Response:
    start = {"min_attendance": 80, "asks_endorsement": True} if request.method == "GET" else None
    form = TrainingForm(data=start)
    return _save(None, form) or _form(form, None, url_for(".new"))


@bp.route("/<int:training_id>/sunting", methods=["GET", "POST"])
@signed_in
def edit(training_id: int) -> Response:
    training = access.get(training_id, alone=request.method == "POST")
    ensure(rules.refuse_edit(training, organises=access.organising(training.unit_id) is not None))
    start = typed(training, [one.id for one in queries.needs_of(training_id)])
    form = TrainingForm(data=start if request.method == "GET" else None)
    return _save(training, form) or _form(form, training, url_for(".edit", training_id=training_id))


@bp.route("/<int:training_id>/penerbitan", methods=["GET", "POST"])
@signed_in
def publication(training_id: int) -> Response:
    """Criteria, quotas and the first seed are fixed."""
    training = access.get(training_id, alone=request.method == "POST")
    held = access.organising(training.unit_id)
    ensure(rules.refuse_publish(training, clock.today(), organises=held is not None))
    assert held is not None
    form = SeedForm()
    if form.validate_on_submit():
        actions.publish(training, form.seed.data or "", current_user, held)
        url = _at(training_id)
        submissions.commit(url)
        flash(_("Pelatihan terbit. Kriteria dan kuotanya tidak berubah lagi."))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/publication.html",
        "training/_publication.html",
        422 if form.errors else 200,
        form=form,
        training=training,
        action=url_for(".publication", training_id=training_id),
    )


@bp.route("/<int:training_id>/pembatalan", methods=["GET", "POST"])
@signed_in
def cancellation(training_id: int) -> Response:
    training = access.get(training_id, alone=request.method == "POST")
    held = access.organising(training.unit_id)
    ensure(rules.refuse_cancel(training, clock.today(), organises=held is not None))
    assert held is not None
    form = ReasonForm()
    if form.validate_on_submit():
        actions.cancel(training, form.reason.data or "", current_user, held)
        url = _at(training_id)
        submissions.commit(url)
        flash(_("Pelatihan dibatalkan. Para pendaftar membaca alasannya."))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/cancellation.html",
        "training/_cancellation.html",
        422 if form.errors else 200,
        form=form,
        training=training,
        action=url_for(".cancellation", training_id=training_id),
    )


def _refuse_apply(training: Training, own: Enrolment | None, free: int, waiting: int) -> Refusal | None:
    known = criteria.facts_of(current_user.person, current_user.unit_id)
    return rules.refuse_apply(
        training,
        clock.today(),
        unmet=criteria.unmet(training.criteria, known, queries.line_owner(training)),
        already=rules.enrolment_state(own, training, clock.now()) if own else None,
        free=free,
        waiting=waiting,
    )


def _room(training: Training) -> tuple[int, int]:
    """Free seats and people on the waiting list, once the seats were given."""
    if training.draw is None or training.draw.at is None:
        return 0, 0
    waiting = len(queries.list_waiting(training.id))
    return training.seats - queries.count_taken(training.id, clock.now()), waiting


@bp.get("/<int:training_id>")
@signed_in
def show(training_id: int) -> str:
    training = access.get(training_id)
    own = queries.find_enrolment(training_id, current_user.id)
    now, today = clock.now(), clock.today()
    state = rules.state(training, today)
    free, waiting = _room(training)
    organises = access.organising(training.unit_id) is not None
    audits = access.auditing(training.unit_id) is not None
    meetings = queries.list_meetings(training_id)
    own_state = rules.enrolment_state(own, training, now) if own else None
    ended = today >= training.ends_on
    return render_template(
        "training/show.html",
        training=training,
        state=state,
        own=own,
        own_state=own_state,
        applied=queries.count_applied([training_id]).get(training_id, 0),
        free=free,
        waiting=waiting,
        refuse_apply=_refuse_apply(training, own, free, waiting),
        refuse_withdraw=rules.refuse_withdraw(training, own, today, is_own=True) if own else None,
        organises=organises,
        audits=audits,
        meetings=meetings,
        needs=queries.needs_of(training_id),
        hours=hours.of_training(
            training.form, [(clock.day_of(one.starts_at), one.minutes) for one in meetings]
        ),
        opinion=queries.opinion(training_id) if ended else None,
        may_give_feedback=ended and queries.may_give_feedback(own),
        used=queries.used(training_id) if today >= rules.asked_on(training) else None,
    )


@bp.post("/<int:training_id>/pendaftaran")
@signed_in
def application(training_id: int) -> Response:
    """Apply in one tap, or take a seat that is free after the draw."""
    training = access.get(training_id, alone=True)
    own = queries.find_enrolment(training_id, current_user.id)
    free, waiting = _room(training)
    ensure(_refuse_apply(training, own, free, waiting))
    actions.apply(training, own, current_user)
    url = _at(training_id)
    submissions.commit(url)
    if training.draw is not None and training.draw.at is not None:
        flash(_("Anda mendapat tempat."))
    elif training.asks_endorsement:
        flash(_("Anda terdaftar. Atasan Anda diminta menyetujui dalam lima hari."))
    else:
        flash(_("Anda terdaftar."))
    return htmx.redirect_to(url)


@bp.post("/pendaftaran/<int:enrolment_id>/penarikan")
@signed_in
def withdrawal(enrolment_id: int) -> Response:
    enrolment = queries.get_enrolment(enrolment_id, alone=True)
    if enrolment.person_id != current_user.id:
        abort(404)
    ensure(rules.refuse_withdraw(enrolment.training, enrolment, clock.today(), is_own=True))
    actions.withdraw(enrolment)
    url = _at(enrolment.training_id)
    submissions.commit(url)
    flash(_("Anda mundur dari pelatihan ini."))
    return htmx.redirect_to(url)


@bp.post("/pendaftaran/<int:enrolment_id>/tempat")
@signed_in
def seat(enrolment_id: int) -> Response:
    """Say that one comes, or leave the seat to the next."""
    enrolment = queries.get_enrolment(enrolment_id, alone=True)
    if enrolment.person_id != current_user.id:
        abort(404)
    answer = request.form.get("jawaban", "")
    ensure(rules.refuse_answer_offer(enrolment, enrolment.training, clock.now(), is_own=True))
    if answer not in ("accepted", "declined"):
        abort(400)
    actions.answer_offer(enrolment, answer)
    url = _at(enrolment.training_id)
    submissions.commit(url)
    flash(
        _("Kehadiran Anda dipastikan.")
        if answer == "accepted"
        else _("Tempat Anda diberikan kepada yang berikut.")
    )
    return htmx.redirect_to(url)


@bp.route("/pendaftaran/<int:enrolment_id>/persetujuan", methods=["GET", "POST"])
@signed_in
def endorsement(enrolment_id: int) -> Response:
    enrolment = queries.get_enrolment(enrolment_id, alone=request.method == "POST")
    held = access.superior(enrolment.unit_id, enrolment.person_id)
    ensure(rules.refuse_endorse(enrolment, enrolment.training, clock.now(), leads=held is not None))
    assert held is not None
    form = EndorsementForm()
    if form.validate_on_submit():
        actions.endorse(enrolment, form.outcome.data, form.reason.data or None, current_user, held)
        url = url_for("inbox.index")
        submissions.commit(url)
        flash(_("Putusan Anda tercatat."))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/endorsement.html",
        "training/_endorsement.html",
        422 if form.errors else 200,
        form=form,
        enrolment=enrolment,
        until_on=clock.day_of(enrolment.at) + timedelta(days=rules.ENDORSEMENT_DAYS),
        action=url_for(".endorsement", enrolment_id=enrolment_id),
    )


def init_app(app: Flask) -> None:
    words: dict[str, Any] = {
        "training_words": rules,
        "criterion_words": criteria.words,
        "quota_words": criteria.quota_words,
        "learning_forms": hours.rules,
        "training_state": rules.state,
    }
    app.jinja_env.globals.update(words)
    app.register_blueprint(bp)
