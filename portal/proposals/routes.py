"""Proposals: write, hand in, support, comment, answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import duty, ensure, signed_in
from portal.db import db
from portal.discussion import subjects, threads
from portal.discussion.forms import RemarkForm
from portal.forms import searched
from portal.people.authority import leaders_of
from portal.people.drafts import Typing, register, url_of
from portal.plans import queries as plans
from portal.plans import stages
from portal.plans.models import Plan
from portal.proposals import actions, queries, rules
from portal.proposals.forms import AnswerForm, ProposalForm
from portal.proposals.models import Proposal, ProposalRevision

bp = Blueprint("proposals", __name__)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _key(text: str) -> tuple[datetime, int] | None:
    """The key of a page, as `list` puts it into the address: microseconds and id."""
    first, _dot, second = text.partition("-")
    if not (first.isascii() and first.isdigit() and second.isascii() and second.isdigit() and len(text) < 30):
        return None
    try:
        return datetime.fromtimestamp(int(first) / 1_000_000, UTC), int(second)
    except (OverflowError, ValueError, OSError):
        return None


@bp.get("/usulan")
@signed_in
def index() -> str:
    plan_id, words = _number("rencana"), searched()
    plan = plans.get_visible(plan_id, current_user) if plan_id else None
    rows = queries.list_submitted(current_user, plan_id, words, _key(request.args.get("setelah", "")))
    following = None
    if len(rows) > queries.PAGE:
        rows = rows[: queries.PAGE]
        last = rows[-1]
        assert last.submitted_at is not None
        key = f"{round(last.submitted_at.timestamp() * 1_000_000)}-{last.id}"
        following = url_for(".index", rencana=plan_id, q=words or None, setelah=key)
    drafts = queries.list_mine(current_user) if not request.args else []
    return render_template(
        "proposals/index.html", rows=rows, drafts=drafts, plan=plan, words=words, following=following
    )


def _typed(form: ProposalForm) -> tuple[dict[str, Any], int | None]:
    """The words of a valid form and the sub-activity its code names, if it names one."""
    words = {
        "title": form.title.data,
        "problem": form.problem.data,
        "idea": form.idea.data,
        "benefit": form.benefit.data,
        "cost": form.cost.data,
    }
    found = queries.find_sub_activity(form.sub_activity.data) if form.sub_activity.data else None
    return words, found.id if found else None


def _knows_sub_activity(form: ProposalForm) -> bool:
    if form.sub_activity.data and queries.find_sub_activity(form.sub_activity.data) is None:
        form.sub_activity.errors = [_("Kode ini tidak ada dalam nomenklatur kabupaten.")]
        return False
    return True


@bp.route("/usulan/baru", methods=["GET", "POST"])
@signed_in
def new() -> Response | str:
    plan_id = _number("rencana")
    if plan_id is None:
        typed = searched()
        found = queries.open_plans(current_user, typed)
        return render_template("proposals/choose.html", plans=found, words=typed)
    plan = plans.get_visible(plan_id, current_user)
    ensure(stages.refuse("propose", plans.calendar_of(plan), clock.today()))
    draft = _new_draft(plan)
    form = ProposalForm(**draft.restored)
    if form.validate_on_submit() and _knows_sub_activity(form):
        words, sub_activity_id = _typed(form)
        proposal = actions.draft(plan, current_user, words, sub_activity_id)
        draft.forget()
        url = url_for(".show", proposal_id=proposal.id)
        submissions.commit(url)
        flash(_("Draf tersimpan. Hanya Anda yang dapat melihatnya sampai Anda mengajukannya."))
        return htmx.redirect_to(url)
    return htmx.render(
        "proposals/new.html",
        "proposals/_form.html",
        422 if form.errors else 200,
        form=form,
        plan=plan,
        proposal=None,
        draft=draft,
    )


WRITTEN = ("title", "problem", "idea", "benefit", "cost", "sub_activity")


def _new_draft(plan: Plan) -> Typing:
    return Typing(
        f"plan:{plan.id}/proposal",
        _l("usulan baru Renja %(year)s", year=plan.year),
        url_for("proposals.new", rencana=plan.id),
        WRITTEN,
        url_of("usulan-baru", plan.id),
    )


def _edit_draft(proposal: Proposal) -> Typing:
    if proposal.by_id != current_user.id:
        abort(404)
    url = url_for("proposals.edit", proposal_id=proposal.id)
    title = queries.words_of(proposal).title
    return Typing(f"proposal:{proposal.id}", title, url, WRITTEN, url_of("usulan", proposal.id))


def _answer_draft(proposal: Proposal) -> Typing:
    return Typing(
        f"answer:{proposal.id}",
        queries.words_of(proposal).title,
        url_for("proposals.answer", proposal_id=proposal.id),
        ("kind", "text", "ground", "condition"),
        url_of("jawaban", proposal.id),
    )


@bp.route("/usulan/<int:proposal_id>/sunting", methods=["GET", "POST"])
@signed_in
def edit(proposal_id: int) -> Response:
    proposal = queries.get_visible(proposal_id, current_user)
    if request.method == "POST":
        actions.lock(proposal)
    ensure(rules.refuse_edit(current_user.id, proposal, plans.calendar_of(proposal.plan), clock.today()))
    words, draft = queries.words_of(proposal), _edit_draft(proposal)
    form = ProposalForm(
        obj=words,
        data={"sub_activity": proposal.sub_activity.code if proposal.sub_activity else ""},
        **draft.restored,
    )
    if form.validate_on_submit() and _knows_sub_activity(form):
        actions.edit(proposal, *_typed(form))
        draft.forget()
        url = url_for(".show", proposal_id=proposal.id)
        submissions.commit(url)
        flash(_("Perubahan tersimpan. Usulan belum diajukan."))
        return htmx.redirect_to(url)
    return htmx.render(
        "proposals/new.html",
        "proposals/_form.html",
        422 if form.errors else 200,
        form=form,
        plan=proposal.plan,
        proposal=proposal,
        draft=draft,
    )


def _context(proposal: Proposal, comment_form: RemarkForm | None = None) -> dict[str, Any]:
    """What the page of a proposal and its fragments show."""
    calendar, today = plans.calendar_of(proposal.plan), clock.today()
    held = current_user.authority.over("leader", proposal.plan.unit_id)
    roles = frozenset({"leader"}) if held else frozenset()
    words = queries.words_of(proposal)
    return {
        "proposal": proposal,
        "plan": proposal.plan,
        "words": words,
        "state": rules.state(proposal),
        "is_returned": rules.is_returned(proposal),
        "supports": queries.visible_supports(proposal, current_user),
        "refusals": {
            "support": rules.refuse_support(current_user.id, proposal, calendar, today),
            "submit": rules.refuse_submit(current_user.id, proposal, calendar, today),
            "edit": rules.refuse_edit(current_user.id, proposal, calendar, today),
            "withdraw": rules.refuse_withdraw(current_user.id, proposal),
            "answer": rules.refuse_answer(current_user.id, roles, proposal, calendar, today),
        },
        "may_plan": current_user.authority.over("planner", proposal.plan.unit_id) is not None,
        **threads.page(_talk(_head_of(proposal)), comment_form),
    }


def _head_of(proposal: Proposal) -> queries.Head:
    """What its deeds ask of a proposal whose page is shown."""
    words = queries.words_of(proposal)
    return queries.Head(
        proposal.id,
        proposal.by_id,
        proposal.thread_id,
        proposal.version,
        proposal.submitted_at,
        proposal.withdrawal.id if proposal.withdrawal else None,
        queries.Quotable(words.title, words.problem, words.idea, words.benefit),
        proposal.plan.unit_id,
        plans.calendar_of(proposal.plan),
    )


def _subject(proposal: queries.Head) -> subjects.Subject:
    return subjects.Subject(
        url_for("proposals.show", proposal_id=proposal.id),
        proposal.unit_id,
        proposal.unit_id,
        proposal.version,
        title=proposal.words.title,
    )


def _text(words: ProposalRevision | queries.Quotable | None) -> str | None:
    """The words of a proposal in one of its versions, as safe HTML: what a comment can quote."""
    if words is None:
        return None
    parts = "\n".join((words.problem, words.idea, words.benefit)).split("\n")
    return str(Markup("").join(Markup("<p>{}</p>").format(part) for part in parts if part.strip()))


def _talk(proposal: queries.Head) -> threads.Talk:
    def text(version: int) -> str | None:
        return _text(proposal.words if version == proposal.version else queries.find_words(proposal, version))

    return threads.Talk(
        proposal.thread_id,
        _subject(proposal),
        url_for("proposals.comment", proposal_id=proposal.id),
        _refuse_comment(proposal),
        text,
    )


def _refuse_comment(proposal: queries.Head) -> Any:
    roles = frozenset(duty.role for duty in current_user.authority.held)
    return stages.refuse("comment", proposal.calendar, clock.today(), roles)


@bp.get("/usulan/<int:proposal_id>")
@signed_in
def show(proposal_id: int) -> str:
    proposal = queries.get_visible(proposal_id, current_user)
    return render_template("proposals/show.html", **_context(proposal))


@bp.post("/usulan/<int:proposal_id>/pengajuan")
@signed_in
def submission(proposal_id: int) -> Response:
    proposal = queries.get_visible(proposal_id, current_user)
    actions.lock(proposal)
    ensure(rules.refuse_submit(current_user.id, proposal, plans.calendar_of(proposal.plan), clock.today()))
    actions.submit(proposal)
    url = url_for(".show", proposal_id=proposal.id)
    submissions.commit(url)
    flash(_("Usulan diajukan."))
    return htmx.redirect_to(url)


@bp.post("/usulan/<int:proposal_id>/penarikan")
@signed_in
def withdrawal(proposal_id: int) -> Response:
    proposal = queries.get_visible(proposal_id, current_user)
    actions.lock(proposal)
    ensure(rules.refuse_withdraw(current_user.id, proposal))
    actions.withdraw(proposal, current_user)
    url = url_for(".show", proposal_id=proposal.id)
    submissions.commit(url)
    flash(_("Usulan ditarik; tulisannya tetap dapat dibaca."))
    return htmx.redirect_to(url)


def _support_answer(proposal_id: int) -> Response:
    def context() -> dict[str, Any]:
        proposal = queries.get_visible(proposal_id, current_user)
        calendar = plans.calendar_of(proposal.plan)
        return {
            "proposal": proposal,
            "supports": queries.visible_supports(proposal, current_user),
            "refusals": {"support": rules.refuse_support(current_user.id, proposal, calendar, clock.today())},
        }

    return htmx.swap("proposals/_support.html", url_for(".show", proposal_id=proposal_id), context)


@bp.post("/usulan/<int:proposal_id>/dukungan")
@signed_in
def support(proposal_id: int) -> Response:
    proposal = queries.get_head(proposal_id, current_user)
    ensure(rules.refuse_support(current_user.id, proposal, proposal.calendar, clock.today()))
    added = actions.support(proposal, current_user)
    submissions.commit(url_for(".show", proposal_id=proposal.id))
    flash(_("Anda mendukung usulan ini.") if added else _("Anda sudah mendukung usulan ini."))
    return _support_answer(proposal_id)


@bp.post("/usulan/<int:proposal_id>/dukungan/penarikan")
@signed_in
def unsupport(proposal_id: int) -> Response:
    proposal = queries.get_head(proposal_id, current_user)
    ensure(rules.refuse_support(current_user.id, proposal, proposal.calendar, clock.today()))
    actions.unsupport(proposal, current_user)
    submissions.commit(url_for(".show", proposal_id=proposal.id))
    flash(_("Dukungan Anda ditarik."))
    return _support_answer(proposal_id)


@bp.post("/usulan/<int:proposal_id>/tanggapan")
@signed_in
def comment(proposal_id: int) -> Response:
    def whole(form: RemarkForm) -> dict[str, Any]:
        return _context(queries.get_visible(proposal_id, current_user), form)

    talk = _talk(queries.get_head(proposal_id, current_user))
    return threads.post(talk, whole, "proposals/show.html")


@bp.route("/usulan/<int:proposal_id>/jawaban", methods=["GET", "POST"])
@signed_in
def answer(proposal_id: int) -> Response:
    proposal = queries.get_visible(proposal_id, current_user)
    held = current_user.authority.over("leader", proposal.plan.unit_id)
    calendar = plans.calendar_of(proposal.plan)
    roles = frozenset({"leader"}) if held else frozenset()
    ensure(rules.refuse_answer(current_user.id, roles, proposal, calendar, clock.today()))
    assert held is not None
    draft = _answer_draft(proposal)
    state = f"{proposal.version}-{len(proposal.answers)}"
    form = AnswerForm(opened=state, **draft.restored)
    is_valid = form.validate_on_submit()
    is_late = form.is_late(
        state,
        _(
            "Usulan ini berubah atau dijawab sejak formulir ini dibuka. Silakan baca dahulu, lalu kirim kembali."
        ),
    )
    if is_valid and not is_late:
        actions.answer(
            proposal,
            current_user,
            held,
            form.kind.data,
            form.text.data or "",
            form.ground.data,
            form.condition.data,
        )
        draft.forget()
        following = _next(proposal) if request.form.get("deed") == "next" else None
        url = following or url_for(".show", proposal_id=proposal.id)
        submissions.commit(url)
        flash(_("Jawaban resmi terbit."))
        return htmx.redirect_to(url)
    return htmx.render(
        "proposals/answer.html",
        "proposals/_answer_form.html",
        409 if is_late else 422 if form.errors else 200,
        form=form,
        proposal=proposal,
        words=queries.words_of(proposal),
        supports=queries.visible_supports(proposal, current_user),
        draft=draft,
        following=_next(proposal),
    )


def _next(proposal: Proposal) -> str | None:
    """The form for the answer that waits for this leader after this one; from the last on to the first."""
    for after in (proposal.id, None):
        for row in queries.list_waiting(current_user, after):
            if row.id != proposal.id:
                return url_for(".answer", proposal_id=row.id)
    return None


@bp.get("/meja")
@duty("leader")
def desk() -> str:
    rows = queries.list_waiting(current_user, _number("setelah"))
    following = None
    if len(rows) > queries.PAGE:
        rows = rows[: queries.PAGE]
        following = url_for(".desk", setelah=rows[-1].id)
    waiting, late = queries.count_waiting(current_user, clock.today())
    supports = queries.count_supports(rows)
    return render_template(
        "proposals/desk.html", rows=rows, following=following, waiting=waiting, late=late, supports=supports
    )


def _find_subject(thread_id: int, user: Any) -> subjects.Subject | None:
    found = db.session.scalar(select(Proposal.id).where(Proposal.thread_id == thread_id))
    return None if found is None else _subject(queries.get_head(found, user))


def init_app(app: Flask) -> None:
    from portal.proposals import returning_routes  # its pages stand on this module

    app.register_blueprint(bp)
    returning_routes.init_app(app)
    subjects.register(_find_subject)
    register("usulan-baru", lambda plan_id: _new_draft(plans.get_visible(plan_id, current_user)))
    register("usulan", lambda number: _edit_draft(queries.get_visible(number, current_user)))
    register("jawaban", lambda number: _answer_draft(queries.get_visible(number, current_user)))
    app.jinja_env.globals.update(
        decision_words=rules.DECISIONS,
        decision_looks=rules.LOOKS,
        ground_words=rules.GROUND_WORDS,
        proposal_state=rules.state,
        leaders_of=leaders_of,
    )
