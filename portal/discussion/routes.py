"""Editing and striking one's own comments; new ones are posted at the address of what they are about."""

from __future__ import annotations

from flask import Blueprint, Flask, flash
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import ensure, signed_in
from portal.discussion import actions, queries, rules, subjects
from portal.discussion.forms import CommentForm

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


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        refuse_comment_edit=rules.refuse_edit, refuse_comment_strike=rules.refuse_strike
    )
    app.jinja_env.globals["now"] = lambda: clock.now()
