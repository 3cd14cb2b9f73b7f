"""Change initiatives: notices, what each person understood, concerns and replies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import duty, ensure, signed_in
from portal.changes import actions, queries, rules
from portal.changes.forms import (
    AcknowledgementForm,
    InitiativeForm,
    NoticeForm,
    ReplyForm,
    RevisionForm,
    opened_number,
)
from portal.changes.models import Concern, Initiative, Notice, NoticeRevision
from portal.db import db
from portal.discussion import subjects, threads
from portal.discussion.forms import RemarkForm
from portal.drafting import words
from portal.formatting import markdown
from portal.forms import searched
from portal.people import shares
from portal.people.authority import Held, in_being, tree
from portal.people.drafts import Typing, register, url_of
from portal.people.models import Unit
from portal.people.queries import full_unit_name, names_of_speakers

bp = Blueprint("changes", __name__)


def _leading(unit_id: int) -> Held | None:
    return current_user.authority.over("leader", unit_id)


@bp.get("/perubahan")
@signed_in
def index() -> str:
    text = request.args.get("sebelum", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    given = searched()
    rows = queries.list_notices(current_user, before, given)
    following = None
    if len(rows) > queries.PAGE:
        rows = rows[: queries.PAGE]
        following = url_for(".index", sebelum=rows[-1].notice.id, q=given or None)
    waiting = queries.list_waiting(current_user, given) if before is None else []
    first = {row.notice.id for row in waiting}
    return render_template(
        "changes/index.html",
        waiting=waiting,
        rows=[row for row in rows if row.notice.id not in first],
        following=following,
        words=given,
        initiatives=queries.list_initiatives(current_user)
        if current_user.authority.has("leader") and not given
        else [],
    )


def _units(reach: set[int]) -> list[tuple[int, str]]:
    rows = db.session.scalars(
        select(Unit.id).where(Unit.id.in_(reach), in_being(clock.today())).order_by(Unit.code, Unit.name)
    )
    return _named(list(rows))


def _named(unit_ids: list[int]) -> list[tuple[int, str]]:
    """Units with their names; with their agency's, where they are of several."""
    agencies = {tree().up(unit_id)[-2:][0] for unit_id in unit_ids}
    return [(n, tree().names[n] if len(agencies) == 1 else full_unit_name(n)) for n in unit_ids]


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
    draft = _notice_draft(found)
    form = NoticeForm(data={"audience": [found.unit_id]}, **draft.restored)
    form.audience.choices = _units(tree().below([found.unit_id]))
    if form.validate_on_submit():
        parts = {part: form[part].data for part in actions.PARTS}
        notice = actions.publish(
            found, form.title.data or "", parts, form.audience.data, form.due_on.data, current_user, held
        )
        draft.forget()
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
        draft=draft,
    )


def _notice_draft(found: Initiative) -> Typing:
    return Typing(
        f"notice:new:{found.id}",
        found.title,
        url_for("changes.new_notice", initiative_id=found.id),
        ("title", *actions.PARTS, "audience", "due_on"),
        url_of("pemberitahuan-baru", found.id),
    )


def _reply_draft(concern: Concern) -> Typing:
    return Typing(
        f"concern:{concern.id}/reply",
        concern.notice.title,
        url_for("changes.reply", concern_id=concern.id),
        ("kind", "text"),
        url_of("balasan-kekhawatiran", concern.id),
    )


def _revision_draft(found: Notice) -> Typing:
    return Typing(
        f"notice:{found.id}",
        found.title,
        url_for("changes.revise", notice_id=found.id),
        ("number", *actions.PARTS, "material"),
        url_of("pemberitahuan", found.id),
    )


def _between(old: NoticeRevision, new: NoticeRevision) -> dict[str, list[words.Part]]:
    """The five parts with what changed from one version to another."""
    return {part: words.diff(getattr(old, part), getattr(new, part)) for part in actions.PARTS}


def _authors(concerns: list[Concern]) -> dict[int, tuple[str, str]]:
    """Name and unit as each concern may show them: a withheld author never appears."""
    speakers = names_of_speakers(concern.unit_id for concern in concerns if concern.voice == "unit")
    found = {}
    for concern in concerns:
        if concern.voice == "named":
            found[concern.id] = (concern.by.full_name, full_unit_name(concern.unit_id))
        elif concern.voice == "unit":
            found[concern.id] = (_("Pegawai"), speakers[concern.unit_id])
        else:
            found[concern.id] = (_("Nama dirahasiakan"), "")
    return found


def _page(
    notice: Notice,
    addressed: bool,
    form: AcknowledgementForm | None = None,
    since: int | None = None,
    comment_form: RemarkForm | None = None,
) -> dict[str, Any]:
    """What the page of a notice shows, with what changed since this version (else: the one answered last)."""
    current = notice.revisions[-1]
    given = queries.last_answer(notice, current_user.id)
    leads = _leading(notice.initiative.unit_id) is not None
    people, answers = queries.count_answers(notice)
    since = since or (given[1] if given else None)
    before = next((r for r in notice.revisions if r.number == since and r.number != current.number), None)
    concerns = queries.list_concerns(notice.id)
    states = [concern.replies[-1].kind if concern.replies else "open" for concern in concerns]
    return {
        "notice": notice,
        "current": current,
        "addressed": addressed,
        "given": given,
        "waits": addressed and (given is None or given[1] < queries.asked_number(notice)),
        "changed": _between(before, current) if before else None,
        "since": before,
        "total": shares.total(people, answers),
        "shares": shares.shares(people, answers) if leads else None,
        "unit_names": dict(_named(sorted(people))),
        "concerns": concerns,
        "authors": _authors(concerns),
        "states": {state: states.count(state) for state in ("open", *rules.REPLIES)},
        "may_write": leads,
        "ack_form": form or AcknowledgementForm(formdata=None),
        "is_old": False,
        **threads.page(_talk(notice), comment_form),
    }


def _numbered(notice: Notice, text: str | None) -> NoticeRevision | None:
    """The version of a notice with this number."""
    return next((one for one in notice.revisions if str(one.number) == text), None)


def _subject(notice: Notice) -> subjects.Subject:
    unit_id = notice.initiative.unit_id
    return subjects.Subject(
        url_for("changes.notice", notice_id=notice.id),
        unit_id,
        unit_id,
        notice.revisions[-1].number,
        url_for("changes.versions", notice_id=notice.id),
        notice.title,
    )


def _talk(notice: Notice) -> threads.Talk:
    """The conversation about a notice: who may read it speaks in it; of its five parts words are quoted."""

    def text(version: int) -> str | None:
        found = _numbered(notice, str(version))
        return Markup("").join(markdown(getattr(found, part)) for part in actions.PARTS) if found else None

    return threads.Talk(
        notice.thread_id,
        _subject(notice),
        url_for("changes.comment", notice_id=notice.id),
        None,
        text,
        among=queries.may_read(notice),
    )


@bp.post("/pemberitahuan/<int:notice_id>/tanggapan")
@signed_in
def comment(notice_id: int) -> Response:
    found, addressed = queries.get_visible(notice_id, current_user)
    return threads.post(
        _talk(found), lambda form: _page(found, addressed, comment_form=form), "changes/notice.html"
    )


def _find_subject(thread_id: int, user: Any) -> subjects.Subject | None:
    found = queries.find_of_thread(thread_id)
    return None if found is None else _subject(queries.get_visible(found, user)[0])


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
    number = opened_number(form.number)
    if form.validate_on_submit():
        if number != found.revisions[-1].number:  # what is answered now has not been read yet
            return _notice_answer(409, _page(found, addressed, form, number))
        actions.acknowledge(
            found, number, form.kind.data, form.body.data or "", form.voice.data or "named", current_user
        )
        url = url_for(".notice", notice_id=found.id)
        submissions.commit(url)
        flash(_("Jawaban Anda tercatat untuk versi %(n)s.", n=number))
        return htmx.redirect_to(url)
    return _notice_answer(422, _page(found, addressed, form))


def _notice_answer(status: int, context: dict[str, Any]) -> Response:
    return htmx.render(
        "changes/notice.html", "changes/_acknowledge.html", status, **context | {"is_old": status == 409}
    )


@bp.route("/pemberitahuan/<int:notice_id>/versi/baru", methods=["GET", "POST"])
@signed_in
def revise(notice_id: int) -> Response:
    found, _addressed = queries.get_visible(notice_id, current_user)
    held = _leading(found.initiative.unit_id)
    ensure(rules.refuse_publish(held is not None))
    assert held is not None
    current = found.revisions[-1]
    draft = _revision_draft(found)
    form = RevisionForm(obj=current if request.method == "GET" else None, **draft.restored)
    status, changed = 200, None
    if form.validate_on_submit():
        opened = opened_number(form.number)
        if opened == current.number:
            parts = {part: form[part].data for part in actions.PARTS}
            number = actions.revise(found, opened, parts, bool(form.material.data), current_user, held)
            draft.forget()
            url = url_for(".notice", notice_id=found.id)
            submissions.commit(url)
            flash(_("Versi %(n)s terbit.", n=number))
            return htmx.redirect_to(url)
        before = next((r for r in found.revisions if r.number == opened), found.revisions[0])
        status, changed = 409, _between(before, current)
    elif form.errors:
        status = 422
    return htmx.render(
        "changes/revise.html",
        "changes/_revise.html",
        status,
        form=form,
        notice=found,
        current=current,
        changed=changed,
        draft=draft,
    )


@bp.get("/pemberitahuan/<int:notice_id>/versi")
@signed_in
def versions(notice_id: int) -> str:
    found, _addressed = queries.get_visible(notice_id, current_user)
    pairs = list(zip(found.revisions, found.revisions[1:], strict=False))
    asked = [_numbered(found, request.args.get(name)) for name in ("dari", "ke")]
    if asked[0] is not None and asked[1] is not None and asked[0].number < asked[1].number:
        pairs = [(asked[0], asked[1])]
    steps = [(later, _between(earlier, later)) for earlier, later in pairs]
    return render_template("changes/versions.html", notice=found, steps=steps)


@bp.route("/kekhawatiran/<int:concern_id>/balasan", methods=["GET", "POST"])
@signed_in
def reply(concern_id: int) -> Response:
    concern = queries.get_concern(concern_id, current_user)
    held = _leading(concern.notice.initiative.unit_id)
    ensure(rules.refuse_reply(held is not None, concern.by_id == current_user.id))
    assert held is not None
    draft = _reply_draft(concern)
    state = str(len(concern.replies))
    form = ReplyForm(opened=state, **draft.restored)
    is_valid = form.validate_on_submit()
    is_late = form.is_late(
        state,
        _("Kekhawatiran ini dibalas sejak formulir ini dibuka. Silakan baca dahulu, lalu kirim kembali."),
    )
    if is_valid and not is_late:
        draft.forget()
        actions.reply(concern, form.kind.data, form.text.data or "", current_user, held)
        url = url_for(".notice", notice_id=concern.notice_id, _anchor=f"kekhawatiran-{concern.id}")
        submissions.commit(url)
        flash(_("Balasan terbit."))
        return htmx.redirect_to(url)
    return htmx.render(
        "changes/reply.html",
        "changes/_reply.html",
        409 if is_late else 422 if form.errors else 200,
        form=form,
        concern=concern,
        draft=draft,
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    subjects.register(_find_subject)
    register("pemberitahuan-baru", lambda n: _notice_draft(queries.get_initiative(n, current_user)))
    register("pemberitahuan", lambda n: _revision_draft(queries.get_visible(n, current_user)[0]))
    register("balasan-kekhawatiran", lambda n: _reply_draft(queries.get_concern(n, current_user)))
    app.jinja_env.globals.update(
        reply_words=rules.REPLIES, acknowledgement_words=rules.KINDS, part_words=rules.PARTS
    )
