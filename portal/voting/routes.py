"""The ballot box: prepare, witness, open, vote, close, open the box, check a receipt."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal import clock, headers, htmx, jobs, submissions
from portal.access import Refusal, duty, ensure, public, signed_in
from portal.db import db
from portal.forms import searched
from portal.people.authority import Held, authority_of, in_being
from portal.people.confirmation import require_confirmation
from portal.people.models import Person, Unit
from portal.plans import queries as plans
from portal.plans import stages
from portal.plans.models import Plan
from portal.plans.words import plan_title
from portal.voting import actions, box, queries, rules
from portal.voting.forms import DepartureForm, PollForm
from portal.voting.models import Poll, Witness

bp = Blueprint("voting", __name__)
log = logging.getLogger(__name__)

DIGITS = re.compile(r"[0-9]{1,9}")


def _number(text: str | None) -> int | None:
    return int(text) if text and DIGITS.fullmatch(text) else None


@bp.get("/pemungutan-suara")
@signed_in
def index() -> str:
    words = searched()
    rows = queries.list_polls(current_user, _number(request.args.get("sebelum")), words)
    following = None
    if len(rows) > queries.PAGE:
        rows = rows[: queries.PAGE]
        following = url_for(".index", sebelum=rows[-1].id, q=words or None)
    return render_template("voting/index.html", rows=rows, following=following, now=clock.now(), words=words)


def _preparing(unit_id: int) -> Held | None:
    over = current_user.authority.over
    return over("planner", unit_id) or over("leader", unit_id)


def _choices(form: PollForm) -> None:
    reach = current_user.authority.reach("planner", "leader")
    form.unit.choices = [
        (unit_id, name)
        for unit_id, name in db.session.execute(
            select(Unit.id, Unit.name).where(Unit.id.in_(reach), in_being(clock.today())).order_by(Unit.name)
        )
    ]
    offered = [
        plan
        for plan in plans.list_visible(current_user, limit=100)
        if plan.unit_id in reach and stages.allows("poll", plans.stage_of(plan))
    ]
    form.plan.choices = [
        (0, _("Tanpa rencana")),
        *((plan.id, plan_title(plan)) for plan in offered),
    ]


def _witnesses(form: PollForm) -> list[Person]:
    """The named witnesses; errors are put beside the field."""
    names = form.witness_names()
    wanted = int(form.strength.data[-1])
    errors = []
    if len(names) != wanted or len(set(names)) != len(names):
        errors.append(_("Mohon tulis %(n)d nama yang berbeda.", n=wanted))
    found = queries.find_people(names)
    people = []
    for name in names:
        if len(found[name]) != 1:
            errors.append(_("%(name)s: tidak ditemukan, atau lebih dari satu.", name=name))
            continue
        people.append(found[name][0])
    for person in people:
        if authority_of(person.id).any_over(form.unit.data) is not None:
            errors.append(
                _("%(name)s bertugas atas unit ini, sehingga tidak dapat menjadi saksi.", name=person.name)
            )
    form.witnesses.errors = errors
    return people


@bp.route("/pemungutan-suara/baru", methods=["GET", "POST"])
@duty("planner", "leader")
def new() -> Response:
    form = PollForm()
    _choices(form)
    if form.validate_on_submit():
        people = _witnesses(form)
        plan_id = form.plan.data or None
        if plan_id:
            plan = db.session.get_one(Plan, plan_id)
            if plan.unit_id not in current_user.authority.reach("planner", "leader"):
                abort(404)
            draft = next((s.starts_on for s in plan.stages if s.kind == "draft"), None)
            if draft and form.instant("closes_at") > clock.start_of(draft):
                form.closes_at.errors = [_("Harus ditutup sebelum tahapan Rancangan dimulai.")]
        if form.instant("closes_at") <= clock.now():
            form.closes_at.errors = [_("Waktu penutupan sudah lewat.")]
        if form.instant("closes_at") > clock.now() + timedelta(days=366):
            form.closes_at.errors = [_("Paling lama satu tahun.")]
        held = _preparing(form.unit.data)
        if not form.errors and held is not None:
            options = form.option_texts() or [_("Setuju"), _("Tidak setuju"), _("Abstain")]
            poll = actions.prepare(
                form.unit.data,
                plan_id,
                form.question.data or "",
                options,
                form.instant("opens_at"),
                form.instant("closes_at"),
                int(form.strength.data[0]),
                people,
                int(form.quorum.data) if form.quorum.data is not None else None,
                current_user,
                held,
            )
            url = url_for(".show", poll_id=poll.id)
            submissions.commit(url)
            flash(_("Pemungutan suara disiapkan. Para saksi perlu mengambil kodenya."))
            return htmx.redirect_to(url)
    return htmx.render("voting/new.html", "voting/_new.html", 422 if form.errors else 200, form=form)


def _witness_of(poll: Poll) -> Witness | None:
    return next((w for w in poll.witnesses if w.person_id == current_user.id), None)


def _page(poll: Poll, **more: Any) -> dict[str, Any]:
    """What the page of a poll shows; counts per option only once the box was opened."""
    now = clock.now()
    state = rules.state(poll, now)
    leads = current_user.authority.over("leader", poll.unit_id)
    envelope = queries.own_envelope(poll, current_user.id) if state in ("open", "closed") else None
    on_roll = poll.opened_at is not None and queries.is_on_roll(poll, current_user.id)
    results = queries.results(poll) if state == "announced" else {}
    cast_count = sum(results.values())
    roll = len(queries.electorate(poll)) if state == "draft" else poll.roll_count or 0
    return {
        "poll": poll,
        "state": state,
        "now": now,
        "leads": leads,
        "roll": roll,
        "witness": _witness_of(poll),
        "receipt": box.receipt_text(envelope.env_hash) if envelope else None,
        "refusals": {
            "open": rules.refuse_open(poll, roll, leads is not None, now),
            "cast": rules.refuse_cast(poll, on_roll, now),
            "opening": rules.refuse_opening(poll, _witness_of(poll) is not None, now),
            "cancel": rules.refuse_cancel(poll, leads is not None, now),
            "roll": rules.refuse_roll(roll),
        },
        "results": results if cast_count >= poll.min_cell else None,
        "cast_count": cast_count,
        "departure": queries.departure(poll) if state == "announced" else None,
        "departure_form": DepartureForm(formdata=None),
        "check_until": poll.closes_at + rules.CHECK_PERIOD,
        **more,
    }


@bp.get("/pemungutan-suara/<int:poll_id>")
@signed_in
def show(poll_id: int) -> str:
    headers.uncompressed()
    return render_template("voting/show.html", **_page(queries.get_visible(poll_id, current_user)))


@bp.route("/pemungutan-suara/<int:poll_id>/saksi", methods=["GET", "POST"])
@signed_in
def witness(poll_id: int) -> Response | str:
    """A witness fetches the code alone; it is on this one answer and nowhere else."""
    headers.uncompressed()
    poll = queries.get_visible(poll_id, current_user)
    mine = _witness_of(poll)
    if mine is None:
        ensure(Refusal(_("Anda bukan saksi pemungutan suara ini.")))
    assert mine is not None
    if request.method == "GET":
        return render_template("voting/witness.html", poll=poll, witness=mine, code=None, wrong=False)
    if (again := require_confirmation()) is not None:
        return again
    ensure(rules.refuse_fetch(poll, True, mine.public_key is not None, clock.now()))
    code = box.new_code()
    key = box.key_of_code(code, mine.salt, actions.memory())
    actions.store_key(mine, bytes(key.public_key))
    submissions.commit(url_for(".witness", poll_id=poll.id))
    mine.public_key = bytes(key.public_key)
    return make_response(
        render_template("voting/witness.html", poll=poll, witness=mine, code=code, wrong=False)
    )


@bp.post("/pemungutan-suara/<int:poll_id>/saksi/uji")
@signed_in
def code_test(poll_id: int) -> Response | str:
    headers.uncompressed()
    poll = queries.get_visible(poll_id, current_user)
    mine = _witness_of(poll)
    if mine is None or mine.public_key is None:
        ensure(Refusal(_("Kode Anda belum diambil.")))
    assert mine is not None
    key = box.key_of_code(request.form.get("code", "")[:200], mine.salt, actions.memory())
    if bytes(key.public_key) != mine.public_key:
        return make_response(
            render_template("voting/witness.html", poll=poll, witness=mine, code=None, wrong=True), 422
        )
    actions.mark_tested(mine)
    url = url_for(".show", poll_id=poll.id)
    submissions.commit(url)
    flash(_("Kode Anda benar. Simpan kertasnya di tempat yang aman."))
    return htmx.redirect_to(url)


@bp.post("/pemungutan-suara/<int:poll_id>/pembukaan-suara")
@signed_in
def open_poll(poll_id: int) -> Response:
    poll = queries.get_visible(poll_id, current_user)
    held = current_user.authority.over("leader", poll.unit_id)
    people = queries.electorate(poll)
    ensure(rules.refuse_open(poll, len(people), held is not None, clock.now()))
    assert held is not None
    if (again := require_confirmation()) is not None:
        return again
    actions.lock(poll)
    ensure(rules.refuse_open(poll, len(people), True, clock.now()))
    actions.open_poll(poll, people, held)
    url = url_for(".show", poll_id=poll.id)
    submissions.commit(url)
    flash(_("Pemungutan suara dibuka. Daftar pemilih sudah tetap."))
    return htmx.redirect_to(url)


@bp.post("/pemungutan-suara/<int:poll_id>/pembatalan")
@signed_in
def cancel(poll_id: int) -> Response:
    poll = queries.get_visible(poll_id, current_user)
    held = current_user.authority.over("leader", poll.unit_id)
    ensure(rules.refuse_cancel(poll, held is not None, clock.now()))
    assert held is not None
    actions.cancel(poll, held)
    url = url_for(".show", poll_id=poll.id)
    submissions.commit(url)
    flash(_("Pemungutan suara dibatalkan. Isi kotak tidak akan pernah dibaca."))
    return htmx.redirect_to(url)


@bp.route("/pemungutan-suara/<int:poll_id>/amplop", methods=["GET", "POST"])
@signed_in
@submissions.without_token
def envelope(poll_id: int) -> Response | str:
    """The ballot: a plain form; the envelope itself holds the one-time token."""
    headers.uncompressed()
    poll = queries.get_visible(poll_id, current_user)
    on_roll = poll.opened_at is not None and queries.is_on_roll(poll, current_user.id)
    if request.method == "GET":
        ensure(rules.refuse_cast(poll, on_roll, clock.now()))
        return render_template("voting/ballot.html", poll=poll, wrong=False)
    token = request.form.get(submissions.FIELD, "")
    if not submissions.SHAPE.fullmatch(token):
        abort(400)
    position = _number(request.form.get("choice"))
    actions.hold_for_cast(poll)
    own = queries.own_envelope(poll, current_user.id)
    if own is None or own.form_token != token:
        ensure(rules.refuse_cast(poll, on_roll, clock.now()))
        if position is None or position >= len(poll.options):
            return make_response(render_template("voting/ballot.html", poll=poll, wrong=True), 422)
        actions.cast(poll, current_user.id, token, position)
        db.session.commit()
    return redirect(url_for(".receipt", poll_id=poll.id), 303)  # type: ignore[return-value]


@bp.get("/pemungutan-suara/<int:poll_id>/tanda-terima")
@signed_in
def receipt(poll_id: int) -> Response | str:
    headers.uncompressed()
    poll = queries.get_visible(poll_id, current_user)
    own = queries.own_envelope(poll, current_user.id)
    if own is None:
        return htmx.redirect_to(url_for(".show", poll_id=poll.id))
    return render_template(
        "voting/receipt.html",
        poll=poll,
        code=box.receipt_text(own.env_hash),
        open=rules.state(poll, clock.now()) == "open",
        check_until=poll.closes_at + rules.CHECK_PERIOD,
    )


@bp.route("/pemungutan-suara/<int:poll_id>/pembukaan", methods=["GET", "POST"])
@signed_in
def opening(poll_id: int) -> Response | str:
    """The witnesses open the box, together, on one page."""
    headers.uncompressed()
    poll = queries.get_visible(poll_id, current_user)
    mine = _witness_of(poll)
    ensure(rules.refuse_opening(poll, mine is not None, clock.now()))
    if request.method == "GET":
        return render_template("voting/opening.html", poll=poll, wrong=False)
    if (again := require_confirmation()) is not None:
        return again
    keys = {}
    for one in poll.witnesses:
        typed = request.form.get(f"code-{one.slot}", "")[:200]
        if typed.strip() and one.public_key is not None:
            key = box.key_of_code(typed, one.salt, actions.memory())
            if bytes(key.public_key) == one.public_key:
                keys[one.slot] = key
    try:
        actions.open_box(poll, keys)
    except box.WrongCode:
        db.session.rollback()
        return make_response(render_template("voting/opening.html", poll=poll, wrong=True), 422)
    url = url_for(".show", poll_id=poll.id)
    submissions.commit(url)
    try:
        actions.scrub()
    except SQLAlchemyError:
        log.warning("the database could not be scrubbed after an opening; it will be at the next one")
    flash(_("Kotak sudah dibuka dan hasilnya terbit."))
    return htmx.redirect_to(url)


@bp.post("/pemungutan-suara/<int:poll_id>/penyimpangan")
@signed_in
def departure(poll_id: int) -> Response:
    poll = queries.get_visible(poll_id, current_user)
    held = current_user.authority.over("leader", poll.unit_id)
    if held is None or rules.state(poll, clock.now()) != "announced":
        ensure(Refusal(_("Alasan menyimpang ditulis oleh pimpinan sesudah hasil terbit.")))
    assert held is not None
    form = DepartureForm()
    if form.validate_on_submit():
        actions.depart(poll, form.reason.data or "", current_user, held)
        url = url_for(".show", poll_id=poll.id)
        submissions.commit(url)
        flash(_("Alasan Anda terbit."))
        return htmx.redirect_to(url)
    return htmx.render("voting/show.html", "voting/_departure.html", 422, **_page(poll, departure_form=form))


@bp.get("/tanda-terima")
@public
def check() -> str:
    """Anyone checks whether an envelope with this receipt lies in a box, or did."""
    headers.uncompressed()
    poll_id, typed = _number(request.args.get("kotak")), request.args.get("kode", "")[:60]
    found = None
    if poll_id is not None and typed:
        prefix = box.receipt_prefix(typed)
        found = bool(prefix) and queries.has_receipt(poll_id, prefix or b"")
    return render_template(
        "voting/check.html", polls=queries.public_polls(), poll_id=poll_id, typed=typed, found=found
    )


@jobs.every("close polls", 20)
def _close_due() -> None:
    actions.close_due()


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(poll_state=rules.state, poll_words=rules.STATES)
