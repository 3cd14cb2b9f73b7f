"""The ballot box: prepare, witness, open, vote, close, open the box, check a receipt."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from nacl.public import PrivateKey
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import clock, headers, htmx, jobs, submissions
from portal.access import Refusal, Refused, duty, ensure, public, signed_in
from portal.db import db, stop_writing
from portal.discussion import subjects, threads
from portal.discussion.forms import RemarkForm
from portal.drafting import voices
from portal.errors import Conflict
from portal.forms import searched
from portal.people import queries as people
from portal.people.authority import Held, in_being, tree
from portal.people.confirmation import require_confirmation
from portal.people.models import Person, Unit
from portal.plans import queries as plans
from portal.plans import stages
from portal.plans.models import Plan
from portal.plans.words import plan_title
from portal.proposals import queries as proposals
from portal.voting import actions, box, queries, rules
from portal.voting.forms import DepartureForm, PollForm
from portal.voting.models import Poll, Witness

bp = Blueprint("voting", __name__)

DIGITS = re.compile(r"[0-9]{1,9}")
SHOWN = 8
"""So many people are offered as witnesses at once."""


@bp.after_request
def _never_compressed(response: Response) -> Response:
    """The length of an answer of the ballot box says nothing, whatever was sent."""
    headers.uncompressed()
    return response


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
    known = form.plan.data in {plan.id for plan in offered}
    form.proposals.choices = [
        (one.id, rules.option_of(one.number, one.title))
        for one in (proposals.list_votable(form.plan.data) if known else ())
    ]


def _options(form: PollForm) -> list[tuple[str, int | None]]:
    """The chosen proposals, then what was typed; for nothing, or for one proposal alone: agree, disagree, abstain."""
    named = dict(form.proposals.choices)
    chosen = list(dict.fromkeys(form.proposals.data or []))
    typed = form.option_texts()
    if len(chosen) < 2 and not typed:
        agree = (_("Setuju"), chosen[0] if chosen else None)
        return [agree, (_("Tidak setuju"), None), (_("Abstain"), None)]
    return [*((named[one], one) for one in chosen), *((text, None) for text in typed)]


def _candidates(form: PollForm) -> dict[str, Any]:
    """The chosen witnesses, and whom the search found; with who of them cannot be one for this unit."""
    search = searched("cari")
    chosen = queries.people_in_post((form.witnesses.data or [])[:SHOWN])
    found = []
    if search:
        page = people.list_people(tree().names.keys(), search)
        found = [person for person in page.people if person not in chosen]
    shown = [person.id for person in (*chosen, *found[:SHOWN])]
    known = form.unit.data in {choice[0] for choice in form.unit.choices}
    return {
        "form": form,
        "search": search,
        "chosen": chosen,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
        "unfit": queries.unfit_witnesses(shown, form.unit.data) if known else {},
    }


def _check(form: PollForm, plan: Plan | None) -> list[Person]:
    """The witnesses of a valid form; puts beside the fields what only the database knows."""
    chosen = queries.people_in_post(form.witnesses.data)
    unfit = queries.unfit_witnesses(form.witnesses.data, form.unit.data)
    wrong = [
        _("%(name)s bertugas atas unit ini, sehingga tidak dapat menjadi saksi.", name=name)
        for name in unfit.values()
    ]
    if len(chosen) != form.witness_count():
        wrong.append(_("Ada pegawai yang tidak ditemukan."))
    if wrong:
        form.witnesses.errors = wrong
    roll = len(queries.electorate(form.unit.data))
    if (refusal := rules.refuse_roll(roll)) is not None:
        form.unit.errors = [refusal.reason]
    calendar = plans.calendar_of(plan) if plan else None
    if (refusal := rules.refuse_closing_day(form.instant("closes_at"), calendar)) is not None:
        form.closes_at.errors = [refusal.reason]
    return chosen


@bp.route("/pemungutan-suara/baru", methods=["GET", "POST"])
@duty("planner", "leader")
def new() -> Response:
    if request.method == "GET":
        form = PollForm(request.args or None)
        _choices(form)
        part = "voting/_proposals.html" if "usulan" in request.args else "voting/_candidates.html"
        return htmx.render("voting/new.html", part, **_candidates(form))
    form = PollForm()
    _choices(form)
    searching = "pencarian" in request.form
    if not searching and form.validate():
        plan = db.session.get_one(Plan, form.plan.data) if form.plan.data else None
        witnesses = _check(form, plan)
        held = _preparing(form.unit.data)
        if not form.errors and held is not None:
            poll = actions.prepare(
                form.unit.data,
                plan.id if plan else None,
                form.question.data or "",
                _options(form),
                form.instant("opens_at"),
                form.instant("closes_at"),
                form.sufficient_count(),
                witnesses,
                int(form.quorum.data) if form.quorum.data is not None else None,
                current_user,
                held,
            )
            url = url_for(".show", poll_id=poll.id)
            submissions.commit(url)
            flash(_("Pemungutan suara disiapkan. Para saksi perlu mengambil kodenya."))
            return htmx.redirect_to(url)
    db.session.rollback()
    stop_writing()
    return htmx.render("voting/new.html", "voting/_new.html", 200 if searching else 422, **_candidates(form))


def _witness_of(poll: Poll) -> Witness | None:
    return next((w for w in poll.witnesses if w.person_id == current_user.id), None)


def _refuse_open(poll: Poll, roll: int, leads: Held | None) -> Refusal | None:
    unfit = queries.unfit_witnesses([one.person_id for one in poll.witnesses], poll.unit_id)
    calendar = plans.calendar_of(poll.plan) if poll.plan else None
    return rules.refuse_open(poll, roll, leads is not None, list(unfit.values()), calendar, clock.now())


def _subject(poll: Poll) -> subjects.Subject:
    return subjects.Subject(
        url_for("voting.show", poll_id=poll.id), poll.unit_id, poll.unit_id, title=poll.question
    )


def _talk(poll: Poll) -> threads.Talk:
    """The conversation about a question, apart from its box: signed by name, read by all who may know of the poll."""
    note = _(
        "Percakapan ini terbuka dan bernama, terpisah dari suara Anda yang rahasia. Mohon tidak menulis pilihan Anda di sini."
    )
    return threads.Talk(
        poll.thread_id,
        _subject(poll),
        url_for("voting.comment", poll_id=poll.id),
        None,
        note=note,
        among=queries.may_read(poll),
    )


def _find_subject(thread_id: int, user: Any) -> subjects.Subject | None:
    found = queries.find_of_thread(thread_id)
    return None if found is None else _subject(queries.get_visible(found, user))


def _page(poll: Poll, comment_form: RemarkForm | None = None, **more: Any) -> dict[str, Any]:
    """What the page of a poll shows; counts per option only once the box was opened."""
    now = clock.now()
    state = rules.state(poll, now)
    leads = current_user.authority.over("leader", poll.unit_id)
    envelope = queries.own_envelope(poll, current_user.id) if state in ("open", "closed") else None
    on_roll = poll.opened_at is not None and queries.is_on_roll(poll, current_user.id)
    results = queries.results(poll) if state == "announced" else {}
    cast_count = sum(results.values())
    roll = len(queries.electorate(poll.unit_id)) if state == "draft" else poll.roll_count or 0
    return {
        "poll": poll,
        "state": state,
        "leads": leads,
        "roll": roll,
        "witness": _witness_of(poll),
        "on_roll": on_roll,
        "receipt": box.receipt_text(envelope.env_hash) if envelope else None,
        "prints": [
            (label, digest)
            for label, digest in (
                (_("Pertanyaan, pilihan, saksi, dan daftar pemilih"), poll.manifest_hash),
                (_("Amplop saat ditutup"), poll.final_root),
                (_("Papan suara"), poll.board_root),
            )
            if digest is not None
        ],
        "refusals": {
            "open": _refuse_open(poll, roll, leads) if state == "draft" else None,
            "cast": rules.refuse_cast(poll, on_roll, now),
            "opening": rules.refuse_opening(poll, _witness_of(poll) is not None, now),
            "cancel": rules.refuse_cancel(poll, leads is not None, now),
            "roll": rules.refuse_roll(roll),
        },
        "ranking": sorted(
            ((option, results.get(option.position, 0)) for option in poll.options), key=lambda row: -row[1]
        )
        if cast_count >= poll.min_cell
        else None,
        "cast_count": cast_count,
        "departure": queries.departure(poll) if state == "announced" else None,
        "departure_form": DepartureForm(formdata=None),
        "check_until": poll.closes_at + rules.CHECK_PERIOD,
        **threads.page(_talk(poll), comment_form),
        **more,
    }


@bp.post("/pemungutan-suara/<int:poll_id>/tanggapan")
@signed_in
def comment(poll_id: int) -> Response:
    poll = queries.get_visible(poll_id, current_user)
    return threads.post(_talk(poll), lambda form: _page(poll, form), "voting/show.html")


@bp.get("/pemungutan-suara/<int:poll_id>")
@signed_in
def show(poll_id: int) -> str:
    return render_template("voting/show.html", **_page(queries.get_visible(poll_id, current_user)))


def _witness_page(poll: Poll, mine: Witness, status: int = 200, code: str | None = None) -> Response:
    return make_response(
        render_template("voting/witness.html", poll=poll, witness=mine, code=code, wrong=status == 422),
        status,
    )


@bp.route("/pemungutan-suara/<int:poll_id>/saksi", methods=["GET", "POST"])
@signed_in
@submissions.claims_late
def witness(poll_id: int) -> Response:
    """A witness fetches the code alone; it is on this one answer and nowhere else."""
    poll = queries.get_visible(poll_id, current_user)
    mine = _witness_of(poll)
    if mine is None:
        raise Refused(Refusal(_("Anda bukan saksi pemungutan suara ini.")))
    if request.method == "GET":
        return _witness_page(poll, mine)
    if (again := require_confirmation(request.path)) is not None:
        return again
    code = box.new_code()
    public_key = bytes(box.key_of_code(code, mine.salt, actions.memory()).public_key)
    if (earlier := submissions.claim()) is not None:
        return earlier
    ensure(rules.refuse_fetch(poll, mine.code_tested_at is not None, clock.now()))
    actions.store_key(mine, public_key)
    submissions.commit(url_for(".witness", poll_id=poll.id))
    mine.public_key = public_key
    return _witness_page(poll, mine, code=code)


@bp.post("/pemungutan-suara/<int:poll_id>/saksi/uji")
@signed_in
@submissions.claims_late
def code_test(poll_id: int) -> Response:
    poll = queries.get_visible(poll_id, current_user)
    mine = _witness_of(poll)
    if (again := require_confirmation(url_for(".witness", poll_id=poll.id))) is not None:
        return again
    right = mine is not None and bool(_keys([mine], {mine.slot: request.form.get("code", "")}))
    if (earlier := submissions.claim()) is not None:
        return earlier
    actions.lock(poll)
    ensure(rules.refuse_test(poll, mine, clock.now()))
    assert mine is not None
    if not right:
        db.session.rollback()
        stop_writing()
        return _witness_page(poll, mine, 422)
    actions.mark_tested(mine)
    url = url_for(".show", poll_id=poll.id)
    submissions.commit(url)
    flash(_("Kode Anda benar. Simpan kertasnya di tempat yang aman."))
    return htmx.redirect_to(url)


def _keys(witnesses: list[Witness], typed: dict[str, str]) -> dict[str, PrivateKey]:
    """The keys of those witnesses whose code was typed rightly, by slot; slow, and never inside a transaction."""
    found = {}
    for one in witnesses:
        code = box.plain_code(typed.get(one.slot, "")[:200])
        if code and one.public_key is not None:
            key = box.key_of_code(code, one.salt, actions.memory())
            if bytes(key.public_key) == one.public_key:
                found[one.slot] = key
    return found


@bp.post("/pemungutan-suara/<int:poll_id>/pembukaan-suara")
@signed_in
def open_poll(poll_id: int) -> Response:
    poll = queries.get_visible(poll_id, current_user)
    actions.lock(poll)
    held = current_user.authority.over("leader", poll.unit_id)
    people = queries.electorate(poll.unit_id)
    ensure(_refuse_open(poll, len(people), held))
    assert held is not None
    url = url_for(".show", poll_id=poll.id)
    if (again := require_confirmation(url)) is not None:
        return again
    actions.open_poll(poll, people, held)
    submissions.commit(url)
    flash(_("Pemungutan suara dibuka. Daftar pemilih sudah tetap."))
    return htmx.redirect_to(url)


@bp.post("/pemungutan-suara/<int:poll_id>/pembatalan")
@signed_in
def cancel(poll_id: int) -> Response:
    poll = queries.get_visible(poll_id, current_user)
    actions.lock(poll)
    held = current_user.authority.over("leader", poll.unit_id)
    ensure(rules.refuse_cancel(poll, held is not None, clock.now()))
    assert held is not None
    actions.cancel(poll, held)
    url = url_for(".show", poll_id=poll.id)
    submissions.commit(url)
    flash(_("Pemungutan suara dibatalkan. Kunci dan isi kotak dihapus tanpa dibaca."))
    return htmx.redirect_to(url)


def _ballot(poll: Poll, status: int = 200, message: str | None = None) -> Response:
    db.session.rollback()
    stop_writing()
    own = queries.own_envelope(poll, current_user.id)
    receipt = box.receipt_text(own.env_hash) if own else ""
    return make_response(
        render_template("voting/ballot.html", poll=poll, receipt=receipt, message=message), status
    )


@bp.route("/pemungutan-suara/<int:poll_id>/amplop", methods=["GET", "POST"])
@signed_in
@submissions.without_token
def envelope(poll_id: int) -> Response:
    """The ballot: a plain form; the envelope itself holds the one-time token."""
    poll = queries.get_visible(poll_id, current_user)
    if request.method == "GET":
        ensure(rules.refuse_cast(poll, queries.is_on_roll(poll, current_user.id), clock.now()))
        return _ballot(poll)
    token = request.form.get(submissions.FIELD, "")
    if not submissions.SHAPE.fullmatch(token):
        abort(400)
    actions.hold_for_cast(poll)
    own = queries.own_envelope(poll, current_user.id)
    if own is None or own.form_token != token:
        ensure(rules.refuse_cast(poll, queries.is_on_roll(poll, current_user.id), clock.now()))
        position = _number(request.form.get("choice"))
        if position is None or position >= len(poll.options):
            return _ballot(poll, 422, _("Mohon pilih satu jawaban."))
        actions.count_cast(current_user.id)
        try:
            actions.cast(poll, current_user.id, token, position, request.form.get("receipt"))
        except Conflict as stale:
            return _ballot(poll, 409, stale.description)
        db.session.commit()
    return htmx.redirect_to(url_for(".receipt", poll_id=poll.id))


@bp.get("/pemungutan-suara/<int:poll_id>/tanda-terima")
@signed_in
def receipt(poll_id: int) -> Response | str:
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
@submissions.claims_late
def opening(poll_id: int) -> Response:
    """The witnesses open the box, together, on one page."""
    poll = queries.get_visible(poll_id, current_user)
    is_witness = _witness_of(poll) is not None
    if request.method == "GET":
        ensure(rules.refuse_opening(poll, is_witness, clock.now()))
        if (again := require_confirmation()) is not None:
            return again
        return make_response(render_template("voting/opening.html", poll=poll, wrong=False))
    typed = {one.slot: request.form.get(f"code-{one.slot}", "") for one in poll.witnesses}
    keys = _keys(poll.witnesses, typed) if is_witness else {}
    if (earlier := submissions.claim()) is not None:
        return earlier
    actions.lock(poll)
    ensure(rules.refuse_opening(poll, is_witness, clock.now()))
    if (again := require_confirmation(request.path)) is not None:
        return again
    try:
        actions.open_box(poll, keys)
    except box.WrongCode:
        db.session.rollback()
        stop_writing()
        return make_response(render_template("voting/opening.html", poll=poll, wrong=True), 422)
    url = url_for(".show", poll_id=poll.id)
    submissions.commit(url)
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
    poll_id, typed = _number(request.args.get("kotak")), request.args.get("kode", "")[:60]
    found = None
    if poll_id is not None and typed:
        prefix = box.receipt_prefix(typed)
        found = bool(prefix) and queries.has_receipt(poll_id, prefix or b"")
    return render_template(
        "voting/check.html",
        polls=queries.public_polls(current_user, poll_id),
        poll_id=poll_id,
        typed=typed,
        found=found,
    )


@jobs.every("close polls", 20)
def _close_due() -> None:
    actions.close_due()


jobs.every("old counts of votes", 3600)(actions.forget_counts)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    subjects.register(_find_subject)
    if queries.votes_on not in voices.votes_known:
        voices.votes_known.append(queries.votes_on)
    app.jinja_env.globals.update(poll_state=rules.state, poll_words=rules.STATES)
