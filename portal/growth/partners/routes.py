"""Gaps, the public call, offers from the letter to the handover, and the public register."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import Refusal, duty, ensure, public, signed_in
from portal.db import db, hold
from portal.drafting import queries as drafting
from portal.growth import sheets
from portal.growth.partners import actions, queries, rules
from portal.growth.partners.forms import (
    AgreementForm,
    CallForm,
    CheckForm,
    DeliveryForm,
    GapForm,
    OfferForm,
    PriceCheckForm,
    RulingForm,
    StatementForm,
    WithdrawalForm,
)
from portal.growth.partners.models import Gap, Offer, Partner
from portal.growth.partners.rules import Course
from portal.holidays import due_on
from portal.people.authority import Held, in_being, leaders, tree
from portal.people.models import Unit

bp = Blueprint("partners", __name__)


MOST = 200
"""Gaps that a form lets choose from, the newest; the one that was asked for besides."""


def _before() -> int | None:
    text = request.args.get("sebelum", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _leading(unit_id: int) -> Held | None:
    return current_user.authority.over("leader", unit_id)


def _noting(unit_id: int) -> Held | None:
    """The duty by which one notes what a unit's line lacks."""
    authority = current_user.authority
    return next(
        (held for role in ("planner", "editor", "leader") if (held := authority.over(role, unit_id))), None
    )


def _keeps(unit_id: int) -> bool:
    """Whether one enters what comes by letter to this unit."""
    return current_user.authority.over("steward", unit_id) is not None


@bp.get("/mitra")
@public
def index() -> str:
    """The public register: who offered what, and what came of it."""
    found = queries.list_offers(queries.is_registered(), before=_before(), limit=queries.PAGE + 1)
    following = (
        url_for(".index", sebelum=found[queries.PAGE - 1][0].id) if len(found) > queries.PAGE else None
    )
    return render_template("growth/partners/index.html", offers=found[: queries.PAGE], following=following)


HEADINGS = ("Kesenjangan", "Mitra", "Dijanjikan", "Terpenuhi", "Nomor naskah", "Tanggal")


@bp.post("/mitra/unduh/tawaran.<any(xlsx, csv):form>")
@signed_in
@submissions.without_token
def download(form: str) -> Response:
    """The register as a table; it carries what every employee may see."""
    rows: list[list[sheets.Cell]] = []
    for offer, course in queries.list_offers(queries.is_registered()):
        agreement = offer.agreement
        rows.append(
            [
                offer.gap.text,
                public_name(offer),
                offer.quantity if offer.quantity is not None else offer.what,
                course.delivered
                if offer.quantity is not None
                else str(rules.STATES[course.state(clock.today())]),
                agreement.number if agreement else None,
                agreement.signed_on.isoformat() if agreement else None,
            ]
        )
    return sheets.answer(
        form, "tawaran-mitra", "Tawaran", HEADINGS, rows, "Semua tawaran yang sudah diputuskan"
    )


def public_name(offer: Offer) -> str:
    """The partner's name as everybody may read it: never one under which a private person was entered, too."""
    return _("perorangan") if offer.partner.is_private else offer.partner.name


@bp.get("/undangan")
@public
def calls() -> str:
    found = queries.list_calls(_before())
    following = url_for(".calls", sebelum=found[queries.PAGE - 1].id) if len(found) > queries.PAGE else None
    return render_template(
        "growth/partners/calls.html",
        calls=found[: queries.PAGE],
        following=following,
        may_call=current_user.is_authenticated and current_user.authority.has("leader"),
    )


@bp.get("/undangan/<int:call_id>")
@public
def call(call_id: int) -> str:
    """What is missing, until when one may offer, and how; readable and printable without signing in."""
    found = queries.get_call(call_id)
    return render_template("growth/partners/call.html", call=found, gaps=queries.with_met(found.gaps))


def _call_choices(form: CallForm) -> dict[int, Gap]:
    """Fill in the units one leads and their gaps that are open and in no running call; returns those gaps."""
    reach = current_user.authority.reach("leader")
    units = db.session.scalars(
        select(Unit.id).where(Unit.id.in_(reach), in_being(clock.today())).order_by(Unit.code, Unit.name)
    )
    form.unit.choices = [SelectChoice(one, tree().names[one]) for one in units]
    today = clock.today()
    open_gaps = queries.list_gaps(
        Gap.unit_id.in_(reach), ~queries.is_met(today), ~queries.is_called(today), limit=MOST
    )
    form.gaps.choices = [SelectChoice(one.gap.id, one.gap.text) for one in open_gaps]
    return {one.gap.id: one.gap for one in open_gaps}


@bp.route("/undangan/baru", methods=["GET", "POST"])
@duty("leader")
def new_call() -> Response:
    form = CallForm(data={"opens_on": clock.today()})
    gaps = _call_choices(form)
    if form.validate_on_submit():
        chosen = [gaps[one] for one in form.gaps.data]
        wrong = dict(rules.wrong_days(form.opens_on.data, form.closes_on.data, clock.today()))
        if not {gap.unit_id for gap in chosen} <= tree().below([form.unit.data]):
            wrong["gaps"] = _("Mohon pilih kesenjangan milik unit ini atau unit di bawahnya.")
        if not wrong:
            held = _leading(form.unit.data)
            assert held is not None
            given = {name: form[name].data for name in ("opens_on", "closes_on", "text", "contact")}
            made = actions.open_call(form.unit.data, chosen, given, current_user, held)
            url = url_for(".call", call_id=made.id)
            submissions.commit(url)
            flash(_("Undangan terbit dan dapat dibaca tanpa masuk."))
            return htmx.redirect_to(url)
        for name, words in wrong.items():
            form[name].errors = [words]
    return htmx.render(
        "growth/partners/new_call.html", "growth/partners/_call.html", 422 if form.errors else 200, form=form
    )


@bp.get("/kesenjangan")
@signed_in
def gaps() -> str:
    found = queries.list_gaps(before=_before(), limit=queries.PAGE + 1)
    following = (
        url_for(".gaps", sebelum=found[queries.PAGE - 1].gap.id) if len(found) > queries.PAGE else None
    )
    shown = found[: queries.PAGE]
    return render_template(
        "growth/partners/gaps.html",
        gaps=shown,
        lines=queries.lines_of([one.gap for one in shown], current_user),
        following=following,
        may_call=current_user.authority.has("leader"),
        kept={one.gap.id for one in shown if _keeps(one.gap.unit_id)},
    )


@bp.route("/kesenjangan/baris/<int:line_id>", methods=["GET", "POST"])
@signed_in
def new_gap(line_id: int) -> Response:
    line = drafting.get_line(line_id, current_user)
    held = _noting(line.unit_id)
    if held is None:
        ensure(Refusal(_("Kesenjangan dicatat oleh penyusun, perencana, atau pimpinan unit pemilik baris.")))
    assert held is not None
    form = GapForm()
    if form.validate_on_submit():
        given = {name: form[name].data or None for name in ("kind", "text", "quantity", "measure_unit")}
        actions.note_gap(f"line:{line.id}", line.unit_id, given, current_user, held)
        url = url_for(".gaps")
        submissions.commit(url)
        flash(_("Kesenjangan tercatat. Pimpinan dapat mengumumkannya dalam undangan kemitraan."))
        return htmx.redirect_to(url)
    return htmx.render(
        "growth/partners/new_gap.html",
        "growth/partners/_gap.html",
        422 if form.errors else 200,
        form=form,
        line=line,
        action=url_for(".new_gap", line_id=line.id),
    )


@bp.get("/tawaran")
@signed_in
def offers() -> str:
    found = queries.list_offers(queries.may_see(current_user), before=_before(), limit=queries.PAGE + 1)
    following = (
        url_for(".offers", sebelum=found[queries.PAGE - 1][0].id) if len(found) > queries.PAGE else None
    )
    return render_template(
        "growth/partners/offers.html",
        offers=found[: queries.PAGE],
        following=following,
        may_enter=current_user.authority.has("steward"),
    )


def _partner(form: OfferForm) -> Partner:
    names = ("name", "kind", "registration", "address")
    return actions.enter_partner({name: form[name].data or "" for name in names})


@bp.route("/tawaran/baru", methods=["GET", "POST"])
@duty("steward")
def new_offer() -> Response:
    asked = request.args.get("kesenjangan", "")
    form = OfferForm(
        data={"gap": int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None}
    )
    reach = current_user.authority.reach("steward")
    today = clock.today()
    may_offer = (Gap.unit_id.in_(reach), or_(~queries.is_met(today), queries.is_called(today)))
    chosen = queries.list_gaps(*may_offer, Gap.id == form.gap.data) if form.gap.data else []
    found = {one.gap.id: one.gap for one in (*chosen, *queries.list_gaps(*may_offer, limit=MOST))}
    open_gaps = dict(sorted(found.items(), reverse=True))
    form.gap.choices = [SelectChoice(key, f"{gap.text} ({gap.unit.brief})") for key, gap in open_gaps.items()]
    if form.validate_on_submit():
        gap = open_gaps[form.gap.data]
        hold(gap)  # the same letter is not entered twice at once
        if gap.quantity is not None and form.quantity.data is None:
            form.quantity.errors = [_("Mohon isi jumlahnya dalam %(unit)s.", unit=gap.measure_unit)]
        elif queries.is_entered(gap.id, form.name.data or "", form.letter_number.data or ""):
            form.letter_number.errors = [_("Surat ini sudah tercatat untuk kesenjangan yang sama.")]
        elif (partner := _partner(form)).kind != form.kind.data:
            kind = rules.PARTNER_KINDS[partner.kind]
            form.kind.errors = [_("Mitra ini sudah tercatat sebagai %(kind)s.", kind=kind)]
        else:
            given = {
                name: form[name].data for name in ("what", "quantity", "value", "letter_number", "letter_on")
            } | {"conditions": form.conditions.data or ""}
            call_id = queries.find_call_at(gap.id, form.letter_on.data)
            made = actions.enter_offer(gap, call_id, partner, given, current_user)
            url = url_for(".offer", offer_id=made.id)
            submissions.commit(url)
            flash(_("Tawaran tercatat. Silakan isi pernyataan Anda, lalu telaah."))
            if form.address.data and form.address.data != partner.address:
                flash(_("Alamat mitra tetap seperti yang sudah tercatat."))
            return htmx.redirect_to(url)
    return htmx.render(
        "growth/partners/new_offer.html",
        "growth/partners/_offer.html",
        422 if form.errors else 200,
        form=form,
    )


def _load(offer_id: int) -> tuple[Offer, Course]:
    return queries.get_offer(offer_id, current_user, hold=request.method == "POST")


def _takes_part(offer: Offer) -> bool:
    return _keeps(offer.gap.unit_id) or _leading(offer.gap.unit_id) is not None


def _ruler(offer: Offer, interested: Collection[int]) -> int | None:
    led = {unit_id: [one.person_id for one in found] for unit_id, found in leaders().items()}
    return rules.ruling_unit(tree().up(offer.gap.unit_id), led, interested)


def _refuse_rule(offer: Offer, course: Course) -> Refusal | None:
    unit_id = _ruler(offer, course.interested)
    return rules.refuse_rule(
        course,
        leads=_leading(offer.gap.unit_id) is not None,
        person_id=current_user.id,
        may_by_unit=unit_id is not None and _leading(unit_id) is not None,
        above=tree().names[unit_id] if unit_id is not None else None,
    )


@bp.get("/tawaran/<int:offer_id>")
@signed_in
def offer(offer_id: int) -> str:
    found, course = _load(offer_id)
    unit_id, today = found.gap.unit_id, clock.today()
    keeps, me = _keeps(unit_id), current_user.id
    ruling_unit = _ruler(found, course.interested)
    reads_statements = (
        _leading(unit_id) is not None or current_user.authority.over("auditor", unit_id) is not None
    )
    stated_at = max((one.at for one in found.statements if one.has_interest), default=None)
    return render_template(
        "growth/partners/offer.html",
        offer=found,
        course=course,
        state=course.state(today),
        calls=queries.list_calls_of([found.gap_id])[found.gap_id],
        inside=keeps or current_user.authority.any_over(unit_id) is not None,
        reads_statements=reads_statements,
        may={
            "check": rules.refuse_check(course, keeps=keeps, person_id=me) is None,
            "state": rules.refuse_state(course, takes_part=_takes_part(found), person_id=me) is None,
            "rule": _refuse_rule(found, course) is None,
            "agree": rules.refuse_agree(course, today, keeps=keeps) is None,
            "deliver": rules.refuse_deliver(course, keeps=keeps) is None,
            "withdraw": rules.refuse_withdraw(course, keeps=keeps) is None,
        },
        why_not_rule=_refuse_rule(found, course)
        if _leading(unit_id) is not None and not found.ruling
        else None,
        ruled_above=tree().names[ruling_unit]
        if reads_statements and ruling_unit is not None and ruling_unit != _ruler(found, ())
        else None,
        ruled_until=due_on(clock.day_of(stated_at), rules.RULING_DAYS)
        if stated_at and not found.ruling
        else None,
    )


def _done(found: Offer, words: str) -> Response:
    url = url_for(".offer", offer_id=found.id)
    submissions.commit(url)
    flash(words)
    return htmx.redirect_to(url)


def _step(name: str, found: Offer, form: Any, *, status: int | None = None, **more: Any) -> Response:
    """The page of one deed on an offer, or its form alone for htmx."""
    return htmx.render(
        "growth/partners/step.html",
        f"growth/partners/_{name}.html",
        status or (422 if form.errors else 200),
        step=f"growth/partners/_{name}.html",
        name=name,
        offer=found,
        form=form,
        **more,
    )


@bp.route("/tawaran/<int:offer_id>/telaah", methods=["GET", "POST"])
@signed_in
def check(offer_id: int) -> Response:
    found, course = _load(offer_id)
    ensure(rules.refuse_check(course, keeps=_keeps(found.gap.unit_id), person_id=current_user.id))
    forms = {
        item: (PriceCheckForm if item == 7 else CheckForm)(prefix=f"t{item}") for item in course.unanswered
    }
    for item, one in forms.items():
        one.result.label.text = f"{item}. {rules.CHECKS[item]}"
    checked = [one.validate_on_submit() for one in forms.values()]
    if all(checked):
        answers = {
            item: (one.result.data, one.text.data or "") for item, one in forms.items() if one.result.data
        }
        if answers:
            actions.check(found, answers, current_user)
            return _done(found, _("Telaah tercatat."))
        next(iter(forms.values())).result.errors = [_("Mohon jawab paling sedikit satu pertanyaan.")]
    wrong = any(one.errors for one in forms.values())
    return _step("check", found, next(iter(forms.values())), status=422 if wrong else 200, forms=forms)


@bp.route("/tawaran/<int:offer_id>/pernyataan", methods=["GET", "POST"])
@signed_in
def statement(offer_id: int) -> Response:
    found, course = _load(offer_id)
    ensure(rules.refuse_state(course, takes_part=_takes_part(found), person_id=current_user.id))
    form = StatementForm()
    if form.validate_on_submit():
        actions.declare(found, form.has_interest.data == "yes", form.text.data or "", current_user)
        return _done(found, _("Pernyataan Anda tercatat."))
    return _step("statement", found, form)


@bp.route("/tawaran/<int:offer_id>/putusan", methods=["GET", "POST"])
@signed_in
def ruling(offer_id: int) -> Response:
    found, course = _load(offer_id)
    ensure(_refuse_rule(found, course))
    held = _leading(found.gap.unit_id)
    assert held is not None
    form = RulingForm()
    if form.validate_on_submit():
        called = [
            (opens_on, closes_on)
            for _id, opens_on, closes_on in queries.list_calls_of([found.gap_id])[found.gap_id]
        ]
        refusal = rules.refuse_outcome(course, form.outcome.data, called, clock.today())
        if refusal is None:
            actions.rule(found, form.outcome.data, form.ground.data or "", current_user, held)
            return _done(found, _("Putusan terbit."))
        form.outcome.errors = [str(refusal)]
    return _step("ruling", found, form, course=course)


@bp.route("/tawaran/<int:offer_id>/penarikan", methods=["GET", "POST"])
@signed_in
def withdrawal(offer_id: int) -> Response:
    found, course = _load(offer_id)
    ensure(rules.refuse_withdraw(course, keeps=_keeps(found.gap.unit_id)))
    form = WithdrawalForm()
    if form.validate_on_submit():
        actions.withdraw(found, form.reason.data or "", current_user)
        return _done(found, _("Penarikan tercatat."))
    return _step("withdrawal", found, form)


@bp.route("/tawaran/<int:offer_id>/naskah", methods=["GET", "POST"])
@signed_in
def agreement(offer_id: int) -> Response:
    found, course = _load(offer_id)
    ensure(rules.refuse_agree(course, clock.today(), keeps=_keeps(found.gap.unit_id)))
    form = AgreementForm()
    if form.validate_on_submit():
        names = ("kind", "number", "signed_on", "from_on", "until_on", "duties_theirs", "duties_ours")
        actions.agree(found, {name: form[name].data for name in names}, current_user)
        return _done(found, _("Naskah kerja sama tercatat."))
    return _step("agreement", found, form)


@bp.route("/tawaran/<int:offer_id>/penyerahan", methods=["GET", "POST"])
@signed_in
def delivery(offer_id: int) -> Response:
    found, course = _load(offer_id)
    ensure(rules.refuse_deliver(course, keeps=_keeps(found.gap.unit_id)))
    assert found.agreement is not None
    form = DeliveryForm()
    if form.validate_on_submit():
        if found.quantity is not None and form.quantity.data is None:
            form.quantity.errors = [
                _("Mohon isi jumlahnya dalam %(unit)s.", unit=found.gap.measure_unit or _("satuan"))
            ]
        else:
            names = ("what", "quantity", "value", "on", "handover_number")
            actions.deliver(
                found, found.agreement, {name: form[name].data or None for name in names}, current_user
            )
            return _done(found, _("Penyerahan tercatat."))
    return _step("delivery", found, form)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(partner_words=rules, public_partner=public_name, may_note_gap=_noting)
