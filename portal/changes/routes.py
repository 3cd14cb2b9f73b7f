"""Change initiatives: notices, what each person understood, concerns and replies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import htmx, submissions
from portal.access import duty, ensure, signed_in
from portal.changes import actions, queries, rules
from portal.changes.forms import AcknowledgementForm, InitiativeForm, NoticeForm, ReplyForm, RevisionForm
from portal.changes.models import Concern, Notice
from portal.db import db
from portal.drafting import words
from portal.people.authority import Held, tree
from portal.people.models import Unit

bp = Blueprint("changes", __name__)

PART_LABELS = ("what", "why", "benefit", "when", "still_open")


def _leading(unit_id: int) -> Held | None:
    return current_user.authority.over("leader", unit_id)


@bp.get("/perubahan")
@signed_in
def index() -> str:
    text = request.args.get("sebelum", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    rows = queries.list_notices(current_user, before)
    following = None
    if len(rows) > queries.PAGE:
        rows = rows[: queries.PAGE]
        following = url_for(".index", sebelum=rows[-1][0].id)
    return render_template(
        "changes/index.html",
        rows=rows,
        following=following,
        initiatives=queries.list_initiatives(current_user) if current_user.authority.has("leader") else [],
    )


def _units(reach: set[int]) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Unit.id, Unit.name)
        .where(Unit.id.in_(reach), Unit.until_on.is_(None))
        .order_by(Unit.kind, Unit.name)
    )
    return [(unit_id, name) for unit_id, name in rows]


@bp.route("/perubahan/baru", methods=["GET", "POST"])
@duty("leader")
def new() -> Response:
    form = InitiativeForm()
    form.unit.choices = _units(current_user.authority.reach("leader"))
    if form.validate_on_submit():
        held = _leading(form.unit.data)
        assert held is not None
        initiative = actions.begin(form.unit.data, form.title.data or "", current_user, held)
        url = url_for(".initiative", initiative_id=initiative.id)
        submissions.commit(url)
        flash(_("Inisiatif dicatat. Silakan tulis pemberitahuannya."))
        return htmx.redirect_to(url)
    return htmx.render("changes/new.html", "changes/_new.html", 422 if form.errors else 200, form=form)


@bp.get("/perubahan/<int:initiative_id>")
@signed_in
def initiative(initiative_id: int) -> str:
    found = queries.get_initiative(initiative_id, current_user)
    notices = db.session.scalars(
        select(Notice).where(Notice.initiative_id == found.id).order_by(Notice.id.desc()).limit(queries.PAGE)
    ).all()
    return render_template(
        "changes/initiative.html",
        initiative=found,
        notices=notices,
        may_write=_leading(found.unit_id) is not None,
    )


@bp.route("/perubahan/<int:initiative_id>/pemberitahuan/baru", methods=["GET", "POST"])
@signed_in
def new_notice(initiative_id: int) -> Response:
    found = queries.get_initiative(initiative_id, current_user)
    held = _leading(found.unit_id)
    ensure(rules.refuse_publish(held is not None))
    assert held is not None
    form = NoticeForm(data={"audience": [found.unit_id]} if request.method == "GET" else None)
    form.audience.choices = _units(tree().below([found.unit_id]))
    if form.validate_on_submit():
        parts = {part: form[part].data for part in actions.PARTS}
        notice = actions.publish(
            found, form.title.data or "", parts, form.audience.data, form.due_on.data, current_user, held
        )
        url = url_for(".notice", notice_id=notice.id)
        submissions.commit(url)
        flash(_("Pemberitahuan terbit dan menunggu tanda paham pegawai."))
        return htmx.redirect_to(url)
    return htmx.render(
        "changes/new_notice.html",
        "changes/_notice_form.html",
        422 if form.errors else 200,
        form=form,
        initiative=found,
    )


def _page(notice: Notice, addressed: bool, **more: Any) -> dict[str, Any]:
    """What the page of a notice and its fragments show."""
    current = notice.revisions[-1]
    given = queries.last_answer(notice, current_user.id)
    leads = _leading(notice.initiative.unit_id) is not None
    people, answers = queries.count_answers(notice)
    totals: dict[str, int] = {}
    for counts in answers.values():
        for kind, count in counts.items():
            totals[kind] = totals.get(kind, 0) + count
    everyone = sum(people.values())
    since = next((r for r in notice.revisions if given and r.number == given[1]), None)
    changed = None
    if since is not None and since.number != current.number:
        changed = {part: words.diff(getattr(since, part), getattr(current, part)) for part in PART_LABELS}
    concerns = queries.list_concerns(notice.id)
    return {
        "notice": notice,
        "current": current,
        "addressed": addressed,
        "given": given,
        "waits": addressed and (given is None or given[1] < queries.asked_number(notice)),
        "changed": changed,
        "since": since,
        "everyone": everyone,
        "totals": totals if everyone >= rules.SMALLEST else None,
        "shares": rules.shares(people, answers) if leads else None,
        "unit_names": tree().names,
        "concerns": concerns,
        "may_write": leads,
        "ack_form": AcknowledgementForm(formdata=None, data={"number": current.number}),
        **more,
    }


@bp.get("/pemberitahuan/<int:notice_id>")
@signed_in
def notice(notice_id: int) -> str:
    found, addressed = queries.get_visible(notice_id, current_user)
    return render_template("changes/notice.html", **_page(found, addressed))


@bp.post("/pemberitahuan/<int:notice_id>/tanda-paham")
@signed_in
def acknowledgement(notice_id: int) -> Response:
    found, addressed = queries.get_visible(notice_id, current_user)
    ensure(rules.refuse_acknowledge(addressed))
    form = AcknowledgementForm()
    text = form.number.data or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if form.validate_on_submit():
        actions.acknowledge(
            found, number, form.kind.data, form.body.data or "", form.voice.data or "named", current_user
        )
        url = url_for(".notice", notice_id=found.id)
        submissions.commit(url)
        flash(_("Jawaban Anda tercatat untuk versi %(n)s.", n=number))
        return htmx.redirect_to(url)
    return htmx.render(
        "changes/notice.html", "changes/_acknowledge.html", 422, **_page(found, addressed, ack_form=form)
    )


@bp.route("/pemberitahuan/<int:notice_id>/versi/baru", methods=["GET", "POST"])
@signed_in
def revise(notice_id: int) -> Response:
    found, _addressed = queries.get_visible(notice_id, current_user)
    held = _leading(found.initiative.unit_id)
    ensure(rules.refuse_publish(held is not None))
    assert held is not None
    form = RevisionForm(obj=found.revisions[-1] if request.method == "GET" else None)
    if form.validate_on_submit():
        parts = {part: form[part].data for part in actions.PARTS}
        number = actions.revise(found, parts, bool(form.material.data), current_user, held)
        url = url_for(".notice", notice_id=found.id)
        submissions.commit(url)
        flash(_("Versi %(n)s terbit.", n=number))
        return htmx.redirect_to(url)
    return htmx.render(
        "changes/revise.html", "changes/_revise.html", 422 if form.errors else 200, form=form, notice=found
    )


@bp.get("/pemberitahuan/<int:notice_id>/versi")
@signed_in
def versions(notice_id: int) -> str:
    found, _addressed = queries.get_visible(notice_id, current_user)
    steps = [
        (later, {part: words.diff(getattr(earlier, part), getattr(later, part)) for part in PART_LABELS})
        for earlier, later in zip(found.revisions, found.revisions[1:], strict=False)
    ]
    return render_template("changes/versions.html", notice=found, steps=steps)


@bp.route("/kekhawatiran/<int:concern_id>/balasan", methods=["GET", "POST"])
@signed_in
def reply(concern_id: int) -> Response:
    concern = queries.get_concern(concern_id, current_user)
    held = _leading(concern.notice.initiative.unit_id)
    ensure(rules.refuse_reply(held is not None, concern.by_id == current_user.id))
    assert held is not None
    form = ReplyForm()
    if form.validate_on_submit():
        actions.reply(concern, form.kind.data, form.text.data or "", current_user, held)
        url = url_for(".notice", notice_id=concern.notice_id, _anchor=f"kekhawatiran-{concern.id}")
        submissions.commit(url)
        flash(_("Balasan terbit."))
        return htmx.redirect_to(url)
    return htmx.render(
        "changes/reply.html", "changes/_reply.html", 422 if form.errors else 200, form=form, concern=concern
    )


def concern_author(concern: Concern) -> tuple[str, str]:
    """Name and unit as this concern may show them: a withheld author never appears."""
    if concern.voice == "named":
        return concern.by.full_name, concern.unit.name
    if concern.voice == "unit":
        return _("Pegawai"), concern.unit.name
    return _("Nama dirahasiakan"), ""


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        concern_author=concern_author, reply_words=rules.REPLIES, acknowledgement_words=rules.KINDS
    )
