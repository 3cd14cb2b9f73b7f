"""One's own career record, what is shared of it, thanks, and corrections."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import audit, clock, htmx, submissions
from portal.access import duty, ensure, public, signed_in
from portal.db import db, stop_writing
from portal.growth.careers import actions, copies, queries, rules, sections
from portal.growth.careers.forms import (
    CodeForm,
    CorrectionAnswerForm,
    CorrectionForm,
    ShareForm,
    ThanksForm,
)
from portal.growth.careers.queries import Contribution
from portal.people import tries
from portal.people.authority import Held
from portal.people.codes import bare_code
from portal.people.limits import note_export
from portal.submissions import without_token

bp = Blueprint("careers", __name__)


@bp.get("/karier/")
@signed_in
def index() -> str:
    """One's own record; nobody else has a page of it."""
    today = clock.today()
    return render_template(
        "careers/index.html",
        parts=[(section, section.entries(current_user.id)) for section in sections.every()],
        shares=[(one, rules.share_state(one.share, today)) for one in queries.list_shares(current_user.id)],
        requests=queries.list_requests(current_user.id),
        titles={section.key: section.title for section in sections.every()},
    )


# Thanks


def _leading(what: Contribution) -> Held | None:
    """The duty under which one thanks: as leader over the plan, or over the unit of whoever did it."""
    authority = current_user.authority
    return next((held for unit_id in what.unit_ids if (held := authority.over("leader", unit_id))), None)


def _thank(what: Contribution) -> Response:
    held = _leading(what)
    ensure(
        rules.refuse_thank(
            leads=held is not None,
            is_own=what.person_id == current_user.id,
            is_named=what.is_named,
            counts=what.counts,
            thanked=held is not None and queries.has_thanked(what.place, current_user.id),
        )
    )
    assert held is not None
    form = ThanksForm()
    if form.validate_on_submit():
        actions.thank(what, form.text.data or "", current_user, held)
        submissions.commit(what.url)
        flash(_("Ucapan terima kasih tercatat pada rekam karier yang bersangkutan."))
        return htmx.redirect_to(what.url)
    return htmx.render(
        "careers/thanks.html",
        "careers/_thanks.html",
        422 if form.errors else 200,
        form=form,
        what=what,
        action=request.path,
    )


@bp.route("/usulan/<int:proposal_id>/terima-kasih", methods=["GET", "POST"])
@signed_in
def thank_for_proposal(proposal_id: int) -> Response:
    return _thank(queries.get_proposal(proposal_id, current_user))


@bp.route("/saran/<int:suggestion_id>/terima-kasih", methods=["GET", "POST"])
@signed_in
def thank_for_suggestion(suggestion_id: int) -> Response:
    return _thank(queries.get_suggestion(suggestion_id, current_user))


def thanks_url(place: str, by_id: int, voice: str, *unit_ids: int) -> str | None:
    """Where this reader thanks for something from its own page; None where they do not."""
    if voice != "named" or by_id == current_user.id or not current_user.authority.has("leader"):
        return None
    if not any(current_user.authority.over("leader", unit_id) for unit_id in unit_ids):
        return None
    if queries.has_thanked(place, current_user.id):
        return None
    kind, _colon, ref = place.partition(":")
    values: dict[str, Any] = {f"{kind}_id": int(ref)}
    return url_for(f"careers.thank_for_{kind}", **values)


# Shared copies


@bp.route("/karier/bagikan", methods=["GET", "POST"])
@signed_in
def share() -> Response:
    """Choose sections and a day; the copy holds them as they stand now."""
    ensure(rules.refuse_share(queries.count_open_shares(current_user.id, clock.today())))
    form = ShareForm()
    if form.validate_on_submit():
        made = actions.share(current_user, form.sections.data or [], form.until_on.data)
        url = url_for(".shared", share_id=made.id)
        submissions.commit(url)
        flash(_("Salinan siap dibagikan."))
        return htmx.redirect_to(url)
    return htmx.render(
        "careers/share.html",
        "careers/_share.html",
        422 if form.errors else 200,
        form=form,
        first=clock.today(),
        last=clock.today() + rules.LONGEST,
    )


@bp.get("/karier/bagikan/<int:share_id>")
@signed_in
def shared(share_id: int) -> str:
    """One's own copy: its code, who may open it until when, and how often it was opened."""
    found = queries.get_share(share_id, current_user.id)
    return render_template(
        "careers/shared.html",
        share=found,
        copy=copies.words_of(found),
        views=queries.list_views(found.id),
        state=rules.share_state(found, clock.today()),
    )


@bp.post("/karier/bagikan/<int:share_id>/salinan.pdf")
@signed_in
@without_token
def copy(share_id: int) -> Response:
    """The copy for the printer, with its code and SHA-256."""
    found = queries.get_share(share_id, current_user.id)
    note_export()
    db.session.commit()
    stop_writing()
    response = make_response(copies.pdf(found))
    response.mimetype = "application/pdf"
    response.headers.set("Content-Disposition", "attachment", filename=f"rekam-karier-{found.id}.pdf")
    return response


@bp.post("/karier/bagikan/<int:share_id>/pencabutan")
@signed_in
def revocation(share_id: int) -> Response:
    """From now on nobody opens this copy."""
    actions.revoke(queries.get_share(share_id, current_user.id))
    url = url_for(".shared", share_id=share_id)
    submissions.commit(url)
    flash(_("Salinan dicabut. Kodenya tidak membuka apa pun lagi."))
    return htmx.redirect_to(url)


@bp.route("/rekam-karier", methods=["GET", "POST"])
@public
@without_token
def opening() -> Response:
    """Whoever has a code reads the copy; tries are counted as those of activation codes are."""
    form = CodeForm()
    if request.method == "GET":
        return make_response(render_template("careers/opening.html", form=form))
    found = None
    if form.validate():
        tries.begin_code("shared record")
        found = queries.find_share(bare_code(form.code.data or ""))
        if found is not None and rules.share_state(found, clock.today()) == "open":
            actions.note_view(found)
            tries.code_found()
        else:
            found = None
            form.code.errors = [_("Kode ini tidak dikenal, atau salinannya sudah berakhir atau dicabut.")]
        db.session.commit()
    stop_writing()
    if found is None:
        return make_response(render_template("careers/opening.html", form=form), 422)
    return make_response(
        render_template(
            "careers/opened.html",
            share=found,
            copy=copies.words_of(found),
            fits=audit.sha(found.content) == found.sha256,
        )
    )


# Corrections


@bp.route("/karier/perbaikan", methods=["GET", "POST"])
@signed_in
def correction() -> Response:
    """Say what is wrong; the steward answers in fourteen days."""
    ensure(rules.refuse_request(queries.count_waiting_requests(current_user.id)))
    chosen = request.args.get("bagian", "")
    form = CorrectionForm(data={"place": chosen} if request.method == "GET" else None)
    if form.validate_on_submit():
        actions.request_correction(form.place.data, form.text.data or "", current_user)
        url = url_for(".index", _anchor="perbaikan")
        submissions.commit(url)
        flash(_("Permintaan Anda tercatat dan dijawab dalam 14 hari."))
        return htmx.redirect_to(url)
    return htmx.render(
        "careers/correction.html", "careers/_correction.html", 422 if form.errors else 200, form=form
    )


@bp.route("/karier/perbaikan/<int:correction_id>/jawaban", methods=["GET", "POST"])
@duty("steward")
def correction_answer(correction_id: int) -> Response:
    """The steward's answer; the record itself is mended where its data is kept."""
    asked = queries.get_request(
        correction_id, current_user.authority.reach("steward"), alone=request.method == "POST"
    )
    ensure(rules.refuse_answer(is_own=asked.person_id == current_user.id, answered=asked.answer is not None))
    held = current_user.authority.over("steward", asked.person.unit_id)
    assert held is not None  # only requests within reach are found
    form = CorrectionAnswerForm()
    if form.validate_on_submit():
        actions.answer(asked, form.outcome.data, form.text.data or "", current_user, held)
        url = url_for("inbox.index")
        submissions.commit(url)
        flash(_("Jawaban tersampaikan."))
        return htmx.redirect_to(url)
    return htmx.render(
        "careers/correction_answer.html",
        "careers/_correction_answer.html",
        422 if form.errors else 200,
        form=form,
        asked=asked,
        title=next((one.title for one in sections.every() if one.key == asked.place), _("Data pegawai")),
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        thanks_url=thanks_url,
        share_words=rules.SHARE_STATES,
        correction_words=rules.OUTCOMES,
        career_tones=rules.TONES,
    )
