"""Editing and striking one's own comments, their states, and moderation; new ones are posted at the address of what
they are about."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import ensure, signed_in
from portal.discussion import actions, anchors, queries, rules, subjects, threads
from portal.discussion.forms import CommentForm, ReasonForm, StateForm
from portal.discussion.models import Comment
from portal.people import drafts

bp = Blueprint("discussion", __name__, url_prefix="/tanggapan")


@bp.route("/<int:comment_id>/sunting", methods=["GET", "POST"])
@signed_in
def edit(comment_id: int) -> Response:
    comment = queries.get(comment_id)
    back = subjects.address(comment.thread_id, current_user)
    ensure(rules.refuse_edit(current_user.id, comment, clock.now()))
    form = CommentForm(body=comment.body)
    if form.validate_on_submit():
        actions.edit(comment, form.body.data or "")
        submissions.commit(f"{back}#tanggapan-{comment.id}")
        flash(_("Tanggapan Anda sudah disunting."))
        return htmx.redirect_to(f"{back}#tanggapan-{comment.id}")
    return htmx.render(
        "discussion/edit.html",
        "discussion/_edit.html",
        422 if form.errors else 200,
        form=form,
        comment=comment,
        back=back,
    )


@bp.post("/<int:comment_id>/coretan")
@signed_in
def strike(comment_id: int) -> Response:
    comment = queries.get(comment_id)
    back = subjects.address(comment.thread_id, current_user)
    ensure(rules.refuse_strike(current_user.id, comment))
    actions.strike(comment)
    submissions.commit(f"{back}#tanggapan-{comment.id}")
    flash(_("Tanggapan Anda sudah dicoret; tulisannya tetap dapat dibaca."))
    return htmx.redirect_to(f"{back}#tanggapan-{comment.id}")


@bp.get("/<int:comment_id>")
@signed_in
def show(comment_id: int) -> Response:
    """The comment in its conversation."""
    comment = queries.get(comment_id)
    address = f"{subjects.address(comment.thread_id, current_user)}#tanggapan-{comment.id}"
    return redirect(address, 303)  # type: ignore[return-value]


@bp.post("/<int:comment_id>/sebutan")
@signed_in
def mention(comment_id: int) -> Response:
    """Who is named goes to the comment, and has then seen it."""
    comment = queries.get(comment_id)
    address = f"{subjects.address(comment.thread_id, current_user)}#tanggapan-{comment.id}"
    actions.see(comment, current_user.id)
    submissions.commit(address)
    return htmx.redirect_to(address)


@bp.post("/<int:comment_id>/keadaan")
@signed_in
def state(comment_id: int) -> Response:
    comment = queries.get(comment_id)
    subject = subjects.of(comment.thread_id, current_user)
    mine = current_user.authority
    duty = mine.over("planner", subject.unit_id) or mine.over("editor", subject.owner_id)
    form = StateForm()
    if not form.validate():
        abort(400)
    allowed = rules.states_for(current_user.id, comment, duty is not None)
    ensure(rules.refuse_state(allowed, form.kind.data, form.number, subject.version, comment.on_revision))
    made = actions.set_state(comment, form.kind.data, form.number, current_user, duty and duty.duty_id)
    return _done(comment, subject, _("Keadaan tanggapan dicatat.") if made else _("Tidak ada yang berubah."))


def _done(comment: Comment, subject: subjects.Subject, words: str) -> Response:
    address = f"{subject.address}#tanggapan-{comment.id}"
    submissions.commit(address)
    flash(words)
    return htmx.redirect_to(address)


def _reason(
    comment: Comment, subject: subjects.Subject, form: ReasonForm, deed: str, reasons: list[str]
) -> Response:
    return htmx.render(
        "discussion/reason.html",
        "discussion/_reason.html",
        422 if form.errors else 200,
        form=form,
        comment=comment,
        deed=deed,
        reasons=reasons,
        back=f"{subject.address}#tanggapan-{comment.id}",
    )


@bp.route("/<int:comment_id>/laporan", methods=["GET", "POST"])
@signed_in
def report(comment_id: int) -> Response:
    comment = queries.get(comment_id)
    subject = subjects.of(comment.thread_id, current_user)
    ensure(rules.refuse_report(current_user.id, comment, queries.is_hidden(comment)))
    form = ReasonForm()
    if form.validate_on_submit():
        made = actions.report(comment, current_user, form.reason.data or "")
        return _done(
            comment,
            subject,
            _("Laporan Anda dibaca perencana unit ini.")
            if made
            else _("Anda sudah melaporkan tanggapan ini."),
        )
    return _reason(comment, subject, form, "report", [])


@bp.route("/<int:comment_id>/penyembunyian", methods=["GET", "POST"])
@signed_in
def hide(comment_id: int) -> Response:
    """Hide a comment, or leave a reported one as it stands; either with a reason."""
    comment = queries.get(comment_id)
    subject = subjects.of(comment.thread_id, current_user)
    duty = current_user.authority.over("planner", subject.unit_id)
    ensure(rules.refuse_moderation(duty is not None))
    assert duty is not None
    form = ReasonForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        if request.form.get("deed") == "leave":
            actions.leave(comment, current_user, reason, duty.duty_id)
            return _done(comment, subject, _("Tanggapan dibiarkan tampil."))
        actions.hide(comment, current_user, reason, duty.duty_id)
        return _done(comment, subject, _("Tanggapan disembunyikan; penulisnya membaca alasannya."))
    return _reason(comment, subject, form, "hide", queries.list_reports(comment))


@bp.post("/<int:comment_id>/penampilan")
@signed_in
def unhide(comment_id: int) -> Response:
    comment = queries.get(comment_id)
    subject = subjects.of(comment.thread_id, current_user)
    duty = current_user.authority.over("planner", subject.unit_id)
    ensure(rules.refuse_moderation(duty is not None))
    assert duty is not None
    actions.show(comment, duty.duty_id)
    return _done(comment, subject, _("Tanggapan ditampilkan kembali."))


def _reply_draft(comment_id: int) -> drafts.Typing:
    comment = queries.get(comment_id)
    return threads.draft_of(comment.thread_id, subjects.of(comment.thread_id, current_user), comment_id)


def init_app(app: Flask) -> None:
    drafts.register("percakapan", lambda thread: threads.draft_of(thread, subjects.of(thread, current_user)))
    drafts.register("balasan", _reply_draft)
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        refuse_comment_edit=rules.refuse_edit,
        refuse_comment_strike=rules.refuse_strike,
        refuse_comment_report=rules.refuse_report,
        comment_states=rules.states_for,
        comment_state_words=threads.state_words,
        state_names=rules.STATES,
        mark_quotes=anchors.mark,
    )
    app.jinja_env.globals["now"] = lambda: clock.now()
