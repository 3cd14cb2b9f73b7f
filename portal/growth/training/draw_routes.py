"""The draw for scarce seats: the second seed, the frozen list, the order that anyone recomputes."""

from __future__ import annotations

import json

from flask import Blueprint, Flask, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import ensure, signed_in
from portal.growth import draw
from portal.growth.training import access, actions, queries, rules
from portal.growth.training.forms import SeedForm
from portal.growth.training.models import Training

bp = Blueprint("training_draw", __name__, url_prefix="/pelatihan/<int:training_id>")


def _answer(kind: str, form: SeedForm, training: Training, **more: object) -> Response:
    return htmx.render(
        "training/seed.html",
        "training/_seed.html",
        422 if form.errors else 200,
        kind=kind,
        form=form,
        training=training,
        action=url_for(f".{kind}", training_id=training.id),
        **more,
    )


@bp.route("/benih", methods=["GET", "POST"])
@signed_in
def commitment(training_id: int) -> Response:
    """The auditor fixes the second seed."""
    training = access.get(training_id, alone=request.method == "POST")
    held, made = access.auditing(training.unit_id), training.draw
    ensure(
        rules.refuse_commit(
            training,
            clock.today(),
            audits=held is not None,
            is_steward=made is not None and made.by_id == current_user.id,
        )
    )
    assert held is not None
    form = SeedForm()
    if form.validate_on_submit():
        actions.commit_seed(training, form.seed.data or "", current_user, held)
        url = url_for("training.show", training_id=training_id)
        submissions.commit(url)
        flash(_("Sidik benih kedua diumumkan."))
        return htmx.redirect_to(url)
    return _answer("commitment", form, training)


@bp.route("/pembekuan", methods=["GET", "POST"])
@signed_in
def freezing(training_id: int) -> Response:
    """The list is frozen; the first seed is told where there are fewer seats than applicants."""
    training = access.get(training_id, alone=request.method == "POST")
    held = access.organising(training.unit_id)
    undecided = queries.list_undecided(training_id) if training.asks_endorsement else []
    now = clock.now()
    listed = queries.list_frozen(training)
    is_scarce = len(listed) > training.seats
    ensure(
        rules.refuse_freeze(
            training,
            clock.today(),
            organises=held is not None,
            undecided=sum(now < rules.endorsed_by(one) for one in undecided),
            is_scarce=is_scarce,
        )
    )
    assert held is not None and training.draw is not None
    form = SeedForm()
    if not is_scarce:
        del form.seed
    if form.validate_on_submit():
        seed = form.seed.data or "" if is_scarce else ""
        if is_scarce and (wrong := rules.wrong_seed(seed, training.draw.commitment_a)):
            form.seed.errors = [wrong]
        else:
            actions.freeze(training, seed, current_user, held)
            url = url_for("training.show", training_id=training_id)
            submissions.commit(url)
            flash(
                _("Daftar dibekukan. Undian dilakukan setelah auditor membuka benihnya.")
                if is_scarce
                else _("Semua pendaftar mendapat tempat.")
            )
            return htmx.redirect_to(url)
    return _answer("freezing", form, training, applicants=len(listed))


@bp.route("/undian/benih", methods=["GET", "POST"])
@signed_in
def seed(training_id: int) -> Response:
    """The auditor tells the second seed, and the seats are drawn; a second time finds the first result."""
    training = access.get(training_id, alone=request.method == "POST")
    held, made = access.auditing(training.unit_id), training.draw
    if held is not None and made is not None and made.at is not None:
        url = url_for(".show", training_id=training_id)
        if request.method == "POST":
            submissions.commit(url)
        return htmx.redirect_to(url)
    codes = [one.code for one in queries.list_frozen(training)] if made and made.frozen_at else None
    ensure(rules.refuse_draw(training, audits=held is not None, codes=codes))
    assert held is not None and made is not None
    form = SeedForm()
    if form.validate_on_submit():
        if wrong := rules.wrong_seed(form.seed.data or "", made.commitment_b):
            form.seed.errors = [wrong]
        else:
            actions.draw_seats(training, form.seed.data or "", current_user, held)
            url = url_for(".show", training_id=training_id)
            submissions.commit(url)
            flash(_("Undian selesai. Siapa pun dapat menghitung ulang urutannya."))
            return htmx.redirect_to(url)
    return _answer("seed", form, training)


@bp.get("/undian")
@signed_in
def show(training_id: int) -> str:
    """The order by code, recomputed while one looks at it."""
    training = access.get(training_id)
    if training.draw is None:
        abort(404)
    own = queries.find_enrolment(training_id, current_user.id)
    published = queries.published(training)
    now = clock.now()
    places = queries.list_places(training_id, queries.SHOWN, own.id if own else None)
    return render_template(
        "training/draw.html",
        training=training,
        own=own,
        places=[(one, one.word(now)) for one in places],
        listed=[] if places else queries.list_listed(training_id, queries.SHOWN, own.id if own else None),
        published=published,
        difference=draw.find_difference(published) if published else None,
    )


@bp.get("/undian.json")
@signed_in
def file(training_id: int) -> Response:
    """What `flask training draw-check` reads."""
    published = queries.published(access.get(training_id)) or abort(404)
    response = make_response(json.dumps(published, ensure_ascii=False, indent=1))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=f"undian-pelatihan-{training_id}.json")
    return response


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
