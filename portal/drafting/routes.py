"""A plan's page, its text and its table, edited piece by piece."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import clock, htmx, submissions
from portal.access import Refusal, ensure, signed_in
from portal.db import db
from portal.discussion import actions as discussion
from portal.discussion import queries as threads
from portal.discussion import subjects
from portal.discussion.forms import CommentForm
from portal.drafting import actions, import_routes, queries, revisions, rules, skeleton, words
from portal.drafting.forms import DropForm, LineForm, NewLineForm, OpennessForm, SectionForm
from portal.drafting.models import Line, Revision, Section
from portal.drafting.revisions import Piece
from portal.people.authority import Held
from portal.plans import queries as plans
from portal.plans import routes as plan_routes
from portal.plans import stages
from portal.plans.models import Plan
from portal.proposals.queries import find_sub_activity

bp = Blueprint("drafting", __name__)


def _editing(piece: Piece) -> tuple[Held | None, Refusal | None]:
    """The duty under which this person edits the piece, and why they may not."""
    planner = current_user.authority.over("planner", piece.plan.unit_id)
    editor = current_user.authority.over("editor", piece.unit_id)
    calendar = plans.calendar_of(piece.plan)
    returned = calendar.stage(clock.today()) == "verification" and queries.was_returned(piece.plan_id)
    refusal = rules.refuse_edit(
        calendar,
        clock.today(),
        plans_unit=planner is not None,
        edits_piece=editor is not None,
        returned=returned,
    )
    return planner or editor, refusal


def _refuse_comment(plan: Plan) -> Refusal | None:
    roles = frozenset(duty.role for duty in current_user.authority.held)
    return stages.refuse("comment", plans.calendar_of(plan), clock.today(), roles)


def _key(name: str = "sebelum") -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@bp.get("/rencana/<int:plan_id>")
@signed_in
def show(plan_id: int) -> str:
    plan = plans.get_visible(plan_id, current_user)
    sections = queries.list_sections(plan.id)
    planner = current_user.authority.over("planner", plan.unit_id)
    calendar, today = plans.calendar_of(plan), clock.today()
    editable = {
        section.id
        for section in sections
        if rules.refuse_edit(
            calendar,
            today,
            plans_unit=planner is not None,
            edits_piece=current_user.authority.over("editor", section.unit_id) is not None,
        )
        is None
    }
    return render_template(
        "drafting/show.html",
        plan=plan,
        tab="text",
        sections=sections,
        editable=editable,
        planner=planner,
        honesty=queries.honesty(plan.id),
        comments=threads.counts(section.thread_id for section in sections),
    )


@bp.get("/rencana/<int:plan_id>/tabel")
@signed_in
def table(plan_id: int) -> str:
    plan = plans.get_visible(plan_id, current_user)
    lines = queries.list_lines(plan.id)
    planner = current_user.authority.over("planner", plan.unit_id)
    calendar, today = plans.calendar_of(plan), clock.today()
    editable = {
        line.id
        for line in lines
        if rules.refuse_edit(
            calendar,
            today,
            plans_unit=planner is not None,
            edits_piece=current_user.authority.over("editor", line.unit_id) is not None,
        )
        is None
    }
    return render_template(
        "drafting/table.html",
        plan=plan,
        tab="table",
        table=queries.table_of(lines),
        editable=editable,
        planner=planner,
        may_add=planner is not None and stages.allows("edit", calendar.stage(today), {"planner"}),
        honesty=queries.honesty(plan.id),
        comments=threads.counts(line.thread_id for line in lines),
        origins=queries.list_origins(line.id for line in lines),
    )


@bp.get("/rencana/<int:plan_id>/riwayat")
@signed_in
def plan_history(plan_id: int) -> str:
    plan = plans.get_visible(plan_id, current_user)
    rows = queries.list_plan_revisions(plan, _key())
    following = None
    if len(rows) > queries.PAGE:
        rows = rows[: queries.PAGE]
        following = url_for(".plan_history", plan_id=plan.id, sebelum=rows[-1][0].id)
    return render_template(
        "drafting/plan_history.html",
        plan=plan,
        tab="history",
        rows=rows,
        following=following,
        planner=current_user.authority.over("planner", plan.unit_id),
        honesty=queries.honesty(plan.id),
    )


def _conversation(piece: Piece) -> dict[str, Any]:
    is_section = isinstance(piece, Section)
    post_url = (
        url_for("drafting.comment_section", section_id=piece.id)
        if is_section
        else url_for("drafting.comment_line", line_id=piece.id)
    )
    return {
        "remarks": threads.list_comments([piece.thread_id])[piece.thread_id],
        "post_url": post_url,
        "comment_form": CommentForm(formdata=None),
        "comment_refusal": _refuse_comment(piece.plan),
    }


def _page(piece: Piece, **more: Any) -> dict[str, Any]:
    """What the page of one piece shows."""
    _duty, refusal = _editing(piece)
    return {
        "piece": piece,
        "plan": piece.plan,
        "is_section": isinstance(piece, Section),
        "edit_refusal": refusal,
        "planner": current_user.authority.over("planner", piece.plan.unit_id),
        "origins": queries.list_origins([piece.id]).get(piece.id, []) if isinstance(piece, Line) else [],
        "openness_form": OpennessForm(
            formdata=None, data={"openness": piece.openness, "reason": piece.openness_reason}
        ),
        "drop_form": DropForm(formdata=None),
        "urls": urls(piece),
        **_conversation(piece),
        **more,
    }


def urls(piece: Piece) -> dict[str, str]:
    """The addresses of a piece and of its deeds."""
    if isinstance(piece, Section):
        ends = {"section_id": piece.id}
        kind = "section"
        back = url_for("drafting.show", plan_id=piece.plan_id, _anchor=f"bagian-{piece.id}")
    else:
        ends = {"line_id": piece.id}
        kind = "line"
        back = url_for("drafting.table", plan_id=piece.plan_id, _anchor=f"baris-{piece.id}")
    return {
        "show": url_for(f"drafting.{kind}", **ends),  # type: ignore[arg-type]
        "edit": url_for(f"drafting.edit_{kind}", **ends),  # type: ignore[arg-type]
        "history": url_for(f"drafting.{kind}_history", **ends),  # type: ignore[arg-type]
        "restore": url_for(f"drafting.restore_{kind}", **ends),  # type: ignore[arg-type]
        "openness": url_for(f"drafting.open_{kind}", **ends),  # type: ignore[arg-type]
        "back": back,
    }


@bp.get("/bagian/<int:section_id>")
@signed_in
def section(section_id: int) -> str:
    return render_template("drafting/piece.html", **_page(queries.get_section(section_id, current_user)))


@bp.get("/baris/<int:line_id>")
@signed_in
def line(line_id: int) -> str:
    return render_template("drafting/piece.html", **_page(queries.get_line(line_id, current_user)))


# Editing


@bp.route("/bagian/<int:section_id>/sunting", methods=["GET", "POST"])
@signed_in
def edit_section(section_id: int) -> Response:
    piece = queries.get_section(section_id, current_user)
    return _edit(piece, SectionForm(data={"body": piece.body} if request.method == "GET" else None))


@bp.route("/baris/<int:line_id>/sunting", methods=["GET", "POST"])
@signed_in
def edit_line(line_id: int) -> Response:
    piece = queries.get_line(line_id, current_user)
    return _edit(piece, LineForm(obj=piece if request.method == "GET" else None))


def _edit(piece: Piece, form: SectionForm | LineForm) -> Response:
    duty, refusal = _editing(piece)
    ensure(refusal)
    if request.method == "GET":
        form.based_on.data = str(piece.version)
    based_on = form.number("based_on")
    if request.method == "POST" and (based_on is None or based_on > piece.version):
        abort(400)
    if form.validate_on_submit():
        assert based_on is not None
        content = form.body.data or "" if isinstance(form, SectionForm) else form.fields()
        outcome = actions.save(
            piece,
            content,
            based_on,
            form.reason.data,
            current_user,
            duty,
            settles=form.number("clash") is not None,
        )
        if isinstance(outcome, actions.Clash):
            submissions.commit(_clash_url(piece, outcome.revision))
            return make_response(_render_clash(piece, outcome), 409)
        address = urls(piece)["back"]
        submissions.commit(address)
        if outcome is None:
            flash(_("Tidak ada yang berubah."))
        else:
            flash(_("Tersimpan sebagai versi %(n)s.", n=outcome.number))
        return htmx.redirect_to(address)
    return htmx.render(
        "drafting/edit.html",
        "drafting/_edit.html",
        422 if form.errors else 200,
        piece=piece,
        plan=piece.plan,
        is_section=isinstance(piece, Section),
        form=form,
        urls=urls(piece),
        clash=None,
    )


def _clash_url(piece: Piece, revision: Revision) -> str:
    if isinstance(piece, Section):
        return url_for("drafting.section_clash", section_id=piece.id, revision_id=revision.id)
    return url_for("drafting.line_clash", line_id=piece.id, revision_id=revision.id)


def _render_clash(piece: Piece, clash: actions.Clash) -> str:
    """Both sides, and the merged text in the box: one press saves it as a version on today's."""
    if isinstance(piece, Section):
        form: SectionForm | LineForm = SectionForm(formdata=None, data={"body": clash.merged})
        sides = {
            "mine": words.diff(clash.base, clash.revision.body or ""),
            "theirs": words.diff(clash.base, clash.theirs),
        }
        rows = []
    else:
        values = {name: revisions.restored(name, value) for name, value in clash.merged.items()}
        form = LineForm(formdata=None, data=values)
        sides = {}
        rows = [
            (
                form[name].label.text,
                clash.base.get(name),
                clash.theirs.get(name),
                (clash.revision.fields or {}).get(name),
            )
            for name in clash.conflicts
            if name in form
        ]
    form.based_on.data = str(piece.version)
    form.clash.data = str(clash.revision.id)
    form.reason.data = clash.revision.reason
    template = "drafting/_edit.html" if htmx.is_partial() else "drafting/edit.html"
    return render_template(
        template,
        piece=piece,
        plan=piece.plan,
        is_section=isinstance(piece, Section),
        form=form,
        urls=urls(piece),
        clash=clash,
        sides=sides,
        clash_rows=rows,
    )


def _clash_page(piece: Piece, revision_id: int) -> str:
    ensure(_editing(piece)[1])
    revision = db.session.get(Revision, revision_id)
    own = revision is not None and (
        revision.section_id == piece.id if isinstance(piece, Section) else revision.line_id == piece.id
    )
    if revision is None or not own or revision.kind != "clash" or revision.by_id != current_user.id:
        abort(404)
    return _render_clash(piece, actions.clash_of(piece, revision))


@bp.get("/bagian/<int:section_id>/bentrok/<int:revision_id>")
@signed_in
def section_clash(section_id: int, revision_id: int) -> str:
    return _clash_page(queries.get_section(section_id, current_user), revision_id)


@bp.get("/baris/<int:line_id>/bentrok/<int:revision_id>")
@signed_in
def line_clash(line_id: int, revision_id: int) -> str:
    return _clash_page(queries.get_line(line_id, current_user), revision_id)


@bp.route("/rencana/<int:plan_id>/baris/baru", methods=["GET", "POST"])
@signed_in
def new_line(plan_id: int) -> Response:
    plan = plans.get_visible(plan_id, current_user)
    duty = current_user.authority.over("planner", plan.unit_id)
    calendar = plans.calendar_of(plan)
    ensure(rules.refuse_edit(calendar, clock.today(), plans_unit=duty is not None, edits_piece=False))
    form = NewLineForm(data={"code": request.args.get("kode", "")[:40]} if request.method == "GET" else None)
    if form.validate_on_submit():
        found = find_sub_activity(form.code.data or "")
        if found is None and not form.name.data:
            form.name.errors = [_("Kode ini tidak ada dalam nomenklatur; mohon tulis namanya.")]
        else:
            made = actions.add_line(
                plan, plan.unit_id, form.code.data or "", form.name.data or "", found, current_user, duty
            )
            url = url_for(".edit_line", line_id=made.id)
            submissions.commit(url)
            flash(_("Baris ditambahkan. Silakan lengkapi angkanya."))
            return htmx.redirect_to(url)
    return htmx.render(
        "drafting/new_line.html", "drafting/_new_line.html", 422 if form.errors else 200, form=form, plan=plan
    )


@bp.post("/baris/<int:line_id>/coretan")
@signed_in
def drop_line(line_id: int) -> Response:
    piece = queries.get_line(line_id, current_user)
    duty = current_user.authority.over("planner", piece.plan.unit_id)
    form = DropForm()
    valid = form.validate_on_submit()
    ensure(
        rules.refuse_drop(
            plans.calendar_of(piece.plan), clock.today(), form.reason.data or "", plans_unit=duty is not None
        )
    )
    if not valid:
        return htmx.render("drafting/piece.html", "drafting/_drop.html", 422, **_page(piece, drop_form=form))
    actions.drop(piece, form.reason.data or "", current_user, duty)
    url = url_for(".table", plan_id=piece.plan_id)
    submissions.commit(url)
    flash(_("Baris dicoret; riwayatnya tetap ada."))
    return htmx.redirect_to(url)


# Openness


def _open(piece: Piece) -> Response:
    duty = current_user.authority.over("planner", piece.plan.unit_id)
    form = OpennessForm()
    valid = form.validate_on_submit()
    ensure(
        rules.refuse_openness(
            plans.calendar_of(piece.plan),
            clock.today(),
            piece.openness,
            form.openness.data if valid else piece.openness,
            form.reason.data or "",
            plans_unit=duty is not None,
        )
    )
    if not valid:
        return htmx.render(
            "drafting/piece.html", "drafting/_openness.html", 422, **_page(piece, openness_form=form)
        )
    actions.set_openness(piece, form.openness.data, form.reason.data or "", duty)
    address = urls(piece)["show"]
    submissions.commit(address)
    flash(_("Keterbukaan ditetapkan."))
    return htmx.redirect_to(address)


@bp.post("/bagian/<int:section_id>/keterbukaan")
@signed_in
def open_section(section_id: int) -> Response:
    return _open(queries.get_section(section_id, current_user))


@bp.post("/baris/<int:line_id>/keterbukaan")
@signed_in
def open_line(line_id: int) -> Response:
    return _open(queries.get_line(line_id, current_user))


# History


def _history(piece: Piece) -> str:
    rows = queries.list_revisions(piece, _key())
    address = urls(piece)["history"]
    following = None
    if len(rows) > queries.PAGE:
        rows = rows[: queries.PAGE]
        following = f"{address}?sebelum={rows[-1].id}"
    first, second = _key("dari"), _key("ke")
    old = revisions.find(piece, first) if first else None
    new = revisions.find(piece, second) if second else None
    return render_template(
        "drafting/history.html",
        piece=piece,
        plan=piece.plan,
        is_section=isinstance(piece, Section),
        rows=rows,
        following=following,
        urls=urls(piece),
        old=old,
        new=new,
        comparison=_comparison(piece, old, new) if old and new else None,
        may_restore=_editing(piece)[1] is None,
    )


def _comparison(piece: Piece, old: Revision, new: Revision) -> Any:
    """Word by word for prose; figure by figure for a line."""
    if isinstance(piece, Section):
        return words.diff(old.body or "", new.body or "")
    labels = LineForm(formdata=None)
    before, after = old.fields or {}, new.fields or {}
    return [
        (labels[name].label.text if name in labels else name, before.get(name), after.get(name))
        for name in revisions.LINE_FIELDS
        if before.get(name) != after.get(name)
    ]


@bp.get("/bagian/<int:section_id>/riwayat")
@signed_in
def section_history(section_id: int) -> str:
    return _history(queries.get_section(section_id, current_user))


@bp.get("/baris/<int:line_id>/riwayat")
@signed_in
def line_history(line_id: int) -> str:
    return _history(queries.get_line(line_id, current_user))


def _restore(piece: Piece) -> Response:
    duty, refusal = _editing(piece)
    ensure(refusal)
    text = request.form.get("number", "")
    revision = (
        revisions.find(piece, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    )
    if revision is None:
        abort(404)
    made = actions.restore(piece, revision, current_user, duty)
    address = urls(piece)["history"]
    submissions.commit(address)
    flash(
        _("Versi %(old)s dipulihkan sebagai versi %(new)s.", old=revision.number, new=made.number)
        if made
        else _("Versi itu sama dengan naskah sekarang.")
    )
    return htmx.redirect_to(address)


@bp.post("/bagian/<int:section_id>/pemulihan")
@signed_in
def restore_section(section_id: int) -> Response:
    return _restore(queries.get_section(section_id, current_user))


@bp.post("/baris/<int:line_id>/pemulihan")
@signed_in
def restore_line(line_id: int) -> Response:
    return _restore(queries.get_line(line_id, current_user))


# Comments


def _comment(piece: Piece) -> Response:
    ensure(_refuse_comment(piece.plan))
    form = CommentForm()
    if form.validate_on_submit():
        discussion.add(
            piece.thread_id, current_user, form.body.data or "", form.parent_id, on_revision=piece.version
        )
        address = f"{urls(piece)['show']}#percakapan"
        submissions.commit(address)
        flash(_("Tanggapan Anda terkirim."))
        return htmx.swap("discussion/_thread.html", address, **_conversation(piece))
    return htmx.render(
        "drafting/piece.html", "discussion/_thread.html", 422, **_page(piece, comment_form=form)
    )


@bp.post("/bagian/<int:section_id>/tanggapan")
@signed_in
def comment_section(section_id: int) -> Response:
    return _comment(queries.get_section(section_id, current_user))


@bp.post("/baris/<int:line_id>/tanggapan")
@signed_in
def comment_line(line_id: int) -> Response:
    return _comment(queries.get_line(line_id, current_user))


def _address(thread_id: int, user: Any) -> str | None:
    section_id = db.session.scalar(select(Section.id).where(Section.thread_id == thread_id))
    if section_id is not None:
        queries.get_section(section_id, user)
        return url_for("drafting.section", section_id=section_id)
    line_id = db.session.scalar(select(Line.id).where(Line.thread_id == thread_id))
    if line_id is not None:
        queries.get_line(line_id, user)
        return url_for("drafting.line", line_id=line_id)
    return None


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    import_routes.init_app(app)
    subjects.register(_address)
    if skeleton.make_sections not in plan_routes.made_with_plan:
        plan_routes.made_with_plan.append(skeleton.make_sections)
        plan_routes.sums_of.append(queries.plan_sums)
    app.jinja_env.globals.update(openness_words=rules.OPENNESS_WORDS)
