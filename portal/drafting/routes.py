"""A plan's page, its text and its table, edited piece by piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, Flask, abort, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import clock, htmx, kept, submissions
from portal.access import Refusal, ensure, signed_in
from portal.db import db
from portal.discussion import queries as threads
from portal.discussion import subjects
from portal.discussion import threads as talks
from portal.drafting import (
    actions,
    carrying,
    ceilings,
    checks,
    drafts,
    exporting_routes,
    import_routes,
    origin_routes,
    parts,
    past,
    queries,
    quotable,
    revisions,
    rows,
    rules,
    skeleton,
    suggestions,
    verification,
    voices,
    words,
)
from portal.drafting.forms import (
    DropForm,
    LineForm,
    NewLineForm,
    OpennessForm,
    OpennessOfManyForm,
    SectionForm,
)
from portal.drafting.models import Line, Revision, Section
from portal.drafting.revisions import Piece
from portal.forms import searched
from portal.people.authority import Held
from portal.people.drafts import Typing, name_fields, register, url_of
from portal.plans import nomenclature, stages
from portal.plans import queries as plans
from portal.plans import routes as plan_routes
from portal.plans.models import Plan, SubActivity

bp = Blueprint("drafting", __name__)


def _refuse_edit(piece: Piece, plan: Plan, returned: bool) -> Refusal | None:
    return rules.refuse_edit(
        plans.calendar_of(plan),
        clock.today(),
        plans_unit=current_user.authority.over("planner", plan.unit_id) is not None,
        edits_piece=current_user.authority.over("editor", piece.unit_id) is not None,
        returned=returned,
        dropped=isinstance(piece, Line) and piece.dropped_at is not None,
    )


def _was_returned(plan: Plan) -> bool:
    """Whether its last verification gave it back while it is verified; asked once a request."""
    asked = g.setdefault("was_returned", {})
    if plan.id not in asked:
        asked[plan.id] = plans.stage_of(plan) == "verification" and queries.was_returned(plan.id)
    return bool(asked[plan.id])


def _editing(piece: Piece) -> tuple[Held | None, Refusal | None]:
    """The duty under which this person edits the piece, and why they may not."""
    planner = current_user.authority.over("planner", piece.plan.unit_id)
    editor = current_user.authority.over("editor", piece.unit_id)
    return planner or editor, _refuse_edit(piece, piece.plan, _was_returned(piece.plan))


def refusal_of(piece: Piece) -> Refusal | None:
    """Why this person may not edit the piece now."""
    return _editing(piece)[1]


def _refuse_comment(plan: Plan) -> Refusal | None:
    mine = current_user.authority
    roles = {duty.role for duty in mine.held if mine.over(duty.role, plan.unit_id)}
    return stages.refuse("comment", plans.calendar_of(plan), clock.today(), roles)


def _key(name: str = "sebelum") -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def head(plan: Plan, tab: str) -> dict[str, Any]:
    """What the head of a plan's pages shows."""
    planner, honesty = current_user.authority.over("planner", plan.unit_id), queries.honesty(plan.id)
    return {
        "plan": plan,
        "tab": tab,
        "planner": planner,
        "honesty": honesty,
        "unruled": suggestions.left_at_closing(plan, honesty.suggestions, _adding(plan)[1])
        if planner
        else None,
    }


def editable(plan: Plan, pieces: Sequence[Piece]) -> set[Piece]:
    """Those pieces that this person may edit now."""
    returned = _was_returned(plan)
    # Whether one may edit depends on the owner and on being struck, not on each piece: asked once for each.
    alike = {(piece.unit_id, getattr(piece, "dropped_at", None)): piece for piece in pieces}
    free = {key for key, piece in alike.items() if _refuse_edit(piece, plan, returned) is None}
    return {piece for piece in pieces if (piece.unit_id, getattr(piece, "dropped_at", None)) in free}


def _around(plan: Plan, pieces: Sequence[Piece], kind: str) -> dict[str, Any]:
    """What stands beside these pieces: how much was said, where they came from, which of them one may edit."""
    consulted = stages.allows("comment", plans.stage_of(plan))
    mine = editable(plan, pieces)
    behind = voices.of(pieces, current_user, quoted=kind == "section")
    waiting = [piece.id for piece in pieces if behind[piece.id].waiting]
    suggested = suggestions.waiting_for(waiting, kind, current_user) if waiting else {}
    return {
        "plan": plan,
        "editable": mine,
        "voices": behind,
        "suggested": suggested,
        "answerable": suggestions.answerable(
            (one for ones in suggested.values() for one in ones), mine, current_user.id
        ),
        "consulted_until": plan_routes.closing_day(plan) if consulted else None,
        "may_comment": _refuse_comment(plan) is None,
        "takes_suggestions": stages.allows("suggest", plans.stage_of(plan)),
    }


@bp.get("/rencana/<int:plan_id>")
@signed_in
def show(plan_id: int) -> Response:
    """The text: its first sections whole, the others when they are scrolled to (then each is asked for alone)."""
    plan = plans.get_visible(plan_id, current_user)
    sections, wanted = queries.list_sections(plan.id), _key("bagian")
    whole = parts.shown_whole(sections, wanted)
    if htmx.is_partial():
        sections = [section for section in sections if section.id == wanted] or abort(404)
    read = [section for section in sections if section.id in whole]
    return htmx.render(
        "drafting/show.html",
        "drafting/_sections.html",
        sections=sections,
        whole=whole,
        talk=threads.latest(section.thread_id for section in read),
        **head(plan, "text") | _around(plan, read, "section"),
    )


@bp.get("/rencana/<int:plan_id>/tabel")
@signed_in
def table(plan_id: int) -> Response:
    """The table: every programme with its sums, and of the lines a part; the further ones are asked for alone."""
    plan = plans.get_visible(plan_id, current_user)
    lines, wanted, typed = queries.list_lines(plan.id), _key("baris"), searched()
    sought = [line for line in lines if typed.lower() in f"{line.code} {line.name}".lower()]
    whole = queries.table_of(sought)
    if htmx.is_partial():
        part = parts.rest(whole, wanted or 0, _key("sampai")) or abort(404)
        return make_response(render_template("drafting/_part.html", part=part, **_rows(plan, part.lines)))
    shown = list(parts.page(whole, wanted))
    return make_response(
        render_template(
            "drafting/table.html",
            table=whole,
            parts=shown,
            words=typed,
            is_long=len(lines) > parts.FIRST,
            any_line=bool(lines),
            total=sum(line.ceiling or 0 for line in lines),
            found=checks.check(lines, plan.unit.code, verification.changed_since_first_draft(plan)),
            may_add=_adding(plan)[1] is None,
            may_fill=bool(editable(plan, lines)),
            **head(plan, "table") | _rows(plan, [line for part in shown for line in part.lines]),
        )
    )


def _rows(plan: Plan, lines: Sequence[Line]) -> dict[str, Any]:
    """What rows of the table show, and how each is made."""
    around = _around(plan, lines, "line")
    keys = {
        line.id: rows.key_of(
            line,
            plan.year,
            around["voices"][line.id],
            line in around["editable"],
            around["may_comment"],
            around["takes_suggestions"],
        )
        for line in lines
    }
    return around | {
        "field_labels": LineForm(formdata=None),
        # What a suggestion shows depends on who looks, so that its row is made anew.
        "row": lambda make, line: (
            make(line) if line.id in around["suggested"] else kept.html(keys[line.id], make, line)
        ),
    }


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
        "drafting/plan_history.html", rows=rows, following=following, **head(plan, "history")
    )


def _talk(piece: Piece) -> talks.Talk:
    """The conversation about a piece."""
    kind = "section" if isinstance(piece, Section) else "line"
    return talks.Talk(
        piece.thread_id,
        _subject(piece),
        url_for(f"drafting.comment_{kind}", **{f"{kind}_id": piece.id}),  # type: ignore[arg-type]
        _refuse_comment(piece.plan),
        lambda version: quotable.text(piece, version),
    )


def draft_of(piece: Piece) -> Typing:
    return drafts.of(piece, urls(piece)["edit"])


def _openness_form(piece: Piece, formdata: Any = None, prefix: str = "") -> OpennessForm:
    shown = {"openness": piece.openness, "reason": piece.openness_reason, "unit": piece.unit_id}
    was = {"was": piece.openness, "was_reason": piece.openness_reason or ""}
    form = OpennessForm(formdata=formdata, data=shown | was, prefix=prefix)
    form.unit.choices = [] if prefix else queries.units_of(piece.plan)
    return form


def _page(piece: Piece, **more: Any) -> dict[str, Any]:
    """What the page of one piece shows."""
    _duty, refusal = _editing(piece)
    kind = "section" if isinstance(piece, Section) else "line"
    return {
        "piece": piece,
        "is_section": isinstance(piece, Section),
        "edit_refusal": refusal,
        "planner": current_user.authority.over("planner", piece.plan.unit_id),
        "openness_form": _openness_form(piece),
        "drop_form": DropForm(formdata=None),
        "field_labels": LineForm(formdata=None),
        "urls": urls(piece),
        **_around(piece.plan, [piece], kind),
        **talks.page(_talk(piece), more.pop("comment_form", None)),
        **more,
    }


def urls(piece: Piece) -> dict[str, str]:
    """The addresses of a piece and of its deeds."""
    if isinstance(piece, Section):
        ends = {"section_id": piece.id}
        kind = "section"
        place = {"bagian": piece.id, "_anchor": f"bagian-{piece.id}"}
        back = url_for("drafting.show", plan_id=piece.plan_id, **place)  # type: ignore[arg-type]
    else:
        ends = {"line_id": piece.id}
        kind = "line"
        place = {"baris": piece.id, "_anchor": f"baris-{piece.id}"}
        back = url_for("drafting.table", plan_id=piece.plan_id, **place)  # type: ignore[arg-type]
    return {
        "show": url_for(f"drafting.{kind}", **ends),  # type: ignore[arg-type]
        "origins": url_for(f"provenance.{kind}", **ends),  # type: ignore[arg-type]
        "edit": url_for(f"drafting.edit_{kind}", **ends),  # type: ignore[arg-type]
        "history": url_for(f"drafting.{kind}_history", **ends),  # type: ignore[arg-type]
        "restore": url_for(f"drafting.restore_{kind}", **ends),  # type: ignore[arg-type]
        "openness": url_for(f"drafting.open_{kind}", **ends),  # type: ignore[arg-type]
        "back": back,
    }


@bp.get("/bagian/<int:section_id>")
@signed_in
def section(section_id: int) -> Response:
    piece = queries.get_section(section_id, current_user)
    return htmx.render("drafting/piece.html", "drafting/_section.html", section=piece, **_page(piece))


@bp.get("/baris/<int:line_id>")
@signed_in
def line(line_id: int) -> Response:
    piece = queries.get_line(line_id, current_user)
    return htmx.render("drafting/piece.html", "drafting/_line.html", line=piece, opened=True, **_page(piece))


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
    form = LineForm(obj=piece if request.method == "GET" else None)
    if request.method == "GET" and (picked := nomenclature.resolve(request.args.get("kode", "")[:40])):
        form.sub_activity_id.data, form.name.data = str(picked.id), picked.name
        form.indicator.data = piece.indicator or picked.indicator
        form.measure_unit.data = piece.measure_unit or picked.measure_unit
    return _edit(piece, form)


def _edit(piece: Piece, form: SectionForm | LineForm) -> Response:
    duty, refusal = _editing(piece)
    ensure(refusal)
    if request.method == "GET":
        form = _with_draft(piece, form)
        form.inline.data = "1" if htmx.is_partial() else ""
    based_on = form.number("based_on")
    if request.method == "POST":
        whole = "body" in request.form or isinstance(form, LineForm)
        if based_on is None or based_on > piece.version or not whole:
            abort(400)
    if form.validate_on_submit() and _known_entry(form):
        assert based_on is not None
        content = form.body.data or "" if isinstance(form, SectionForm) else form.fields()
        clashed = form.number("clash")
        settled = queries.find_clash(piece, clashed) if clashed else None
        settles = settled is not None and settled.by_id == current_user.id
        try:
            made = actions.save(
                piece, content, based_on, form.reason.data, current_user, duty, settles=settles
            )
        except revisions.Adopted as adopted:
            form.reason.errors = [adopted.description]
            return htmx.render("drafting/edit.html", "drafting/_edit.html", 409, **_form_context(piece, form))
        except ceilings.OverCeiling as over:
            form["ceiling"].errors = [over.description]
            return htmx.render("drafting/edit.html", "drafting/_edit.html", 422, **_form_context(piece, form))
        if made is not None and made.kind == "clash":
            draft_of(piece).forget()  # what was sent stands in the history now
            submissions.commit(_clash_url(piece, made))
            return make_response(_render_clash(piece, made, form.inline.data or ""), 409)
        address = urls(piece)["back"]
        draft_of(piece).forget()
        drafts.leave(current_user.id, piece)
        submissions.commit(address)
        if made is None:
            flash(_("Tidak ada yang berubah."))
        else:
            flash(_("Tersimpan sebagai versi %(n)s.", n=made.number), undo_of(piece, made))
        return _in_place(piece) if form.inline.data and htmx.is_partial() else htmx.redirect_to(address)
    return htmx.render(
        "drafting/edit.html", "drafting/_edit.html", 422 if form.errors else 200, **_form_context(piece, form)
    )


def undo_of(piece: Piece, made: Revision) -> str:
    """What a message of a save carries so that the save can be undone beside it (pieces.html, `toast`)."""
    number = made.number or 0
    return f"{urls(piece)['restore']} {number - 1} {number}" if number > 1 else "message"


def _with_draft(piece: Piece, form: SectionForm | LineForm) -> SectionForm | LineForm:
    """The form as it was left, on the version it was opened from; else on today's text."""
    draft = draft_of(piece)
    if draft.kept is None or draft.offered is None or "kode" in request.args:
        form.based_on.data = str(piece.version)
        return form
    form = type(form)(formdata=draft.offered)
    form.based_on.data = str(draft.kept.based_on if draft.kept.based_on is not None else piece.version)
    return form


def _form_context(piece: Piece, form: SectionForm | LineForm) -> dict[str, Any]:
    for field in form:  # several pieces may be open on one page
        field.id = field.label.field_id = f"{revisions.place_of(piece).replace(':', '-')}-{field.name}"
    unknown = piece.code if isinstance(piece, Line) and piece.sub_activity_id is None else None
    return {
        "piece": piece,
        "plan": piece.plan,
        "is_section": isinstance(piece, Section),
        "form": form,
        "urls": urls(piece),
        "clash": None,
        "draft": draft_of(piece),
        "successors": nomenclature.successors([unknown]).get(unknown, []) if unknown else [],
    }


def _known_entry(form: SectionForm | LineForm) -> bool:
    """A picked entry of the nomenclature must be one."""
    if isinstance(form, SectionForm) or not form.sub_activity_id.data:
        return True
    number = form.number("sub_activity_id")
    entry = db.session.get(SubActivity, number) if number is not None else None
    if entry is None or entry.level != nomenclature.LEVEL:
        form.name.errors = [_("Sub kegiatan yang dipilih tidak ada dalam nomenklatur.")]
        return False
    return True


def _in_place(piece: Piece) -> Response:
    """The saved piece where its form stood; of a line also the sums it stands in."""
    if isinstance(piece, Section):
        return htmx.swap(
            "drafting/_section.html",
            urls(piece)["back"],
            lambda: {"section": piece, **_around(piece.plan, [piece], "section")},
        )

    def context() -> dict[str, Any]:
        db.session.expire(piece, ["sub_activity"])
        whole = queries.table_of(queries.list_lines(piece.plan_id))
        return {
            "line": piece,
            "opened": True,
            "total": whole.ceiling,
            "sums": [whole, *whole.around(piece.id)],
            "field_labels": LineForm(formdata=None),
            **_around(piece.plan, [piece], "line"),
        }

    return htmx.swap("drafting/_line_saved.html", urls(piece)["back"], context)


def _clash_url(piece: Piece, revision: Revision) -> str:
    if isinstance(piece, Section):
        return url_for("drafting.section_clash", section_id=piece.id, revision_id=revision.id)
    return url_for("drafting.line_clash", line_id=piece.id, revision_id=revision.id)


def _render_clash(piece: Piece, revision: Revision, inline: str = "") -> str:
    """Both sides, and the merged text in the box: one press saves it as a version on today's."""
    clash = actions.clash_of(piece, revision)
    sides: dict[str, Any] = {}
    rows = []
    if isinstance(piece, Section):
        form: SectionForm | LineForm = SectionForm(formdata=None, data={"body": clash.merged})
        sides = {
            "mine": words.excerpt(words.diff(clash.base, revision.body or "")),
            "theirs": words.excerpt(words.diff(clash.base, clash.theirs)),
        }
    else:
        values = {name: revisions.restored(name, value) for name, value in clash.merged.items()}
        form = LineForm(formdata=None, data=values)
        mine = revision.fields or {}
        for name in revisions.LINE_FIELDS:
            three = [side.get(name) for side in (clash.base, clash.theirs, mine)]
            if name in form and name != "sub_activity_id" and len({str(value) for value in three}) > 1:
                shown = [form.shown(name, value) for value in three]
                rows.append((form[name].label.text, *shown, name in clash.conflicts))
    form.based_on.data = str(piece.version)
    form.clash.data = str(revision.id)
    form.inline.data = inline
    form.reason.data = revision.reason
    context = _form_context(piece, form) | {"clash": clash, "sides": sides, "clash_rows": rows}
    return render_template("drafting/_edit.html" if htmx.is_partial() else "drafting/edit.html", **context)


def _clash_page(piece: Piece, revision_id: int) -> str:
    ensure(_editing(piece)[1])
    revision = queries.find_clash(piece, revision_id)
    if revision is None or revision.by_id != current_user.id:
        abort(404)
    return _render_clash(piece, revision)


@bp.get("/bagian/<int:section_id>/bentrok/<int:revision_id>")
@signed_in
def section_clash(section_id: int, revision_id: int) -> str:
    return _clash_page(queries.get_section(section_id, current_user), revision_id)


@bp.get("/baris/<int:line_id>/bentrok/<int:revision_id>")
@signed_in
def line_clash(line_id: int, revision_id: int) -> str:
    return _clash_page(queries.get_line(line_id, current_user), revision_id)


def _adding(plan: Plan) -> tuple[Held | None, Refusal | None]:
    """Lines are added and struck by the planner."""
    duty = current_user.authority.over("planner", plan.unit_id)
    return duty, rules.refuse_edit(
        plans.calendar_of(plan),
        clock.today(),
        plans_unit=duty is not None,
        edits_piece=False,
        returned=_was_returned(plan),
    )


@bp.route("/rencana/<int:plan_id>/baris/baru", methods=["GET", "POST"])
@signed_in
def new_line(plan_id: int) -> Response:
    plan = plans.get_visible(plan_id, current_user)
    duty, refusal = _adding(plan)
    ensure(refusal)
    draft = _new_line_draft(plan)
    code = request.args.get("kode", "")[:40]
    picked = nomenclature.resolve(code) if request.method == "GET" and code else None
    form = NewLineForm(
        data={"sub_activity": code, "name": picked.name if picked else "", "unit": plan.unit_id}
        if request.method == "GET"
        else None,
        **({} if code else draft.restored),
    )
    form.unit.choices = owners = queries.units_of(plan)
    if form.validate_on_submit():
        owner = form.unit.data or plan.unit_id
        found = nomenclature.resolve(form.sub_activity.data or "")
        if found is None and not form.name.data:
            form.name.errors = [_("Kode ini tidak ada dalam nomenklatur; mohon tulis namanya.")]
        elif owner not in dict(owners):
            form.unit.errors = [_("Silakan pilih salah satu yang tersedia.")]
        else:
            code, name = form.sub_activity.data or "", form.name.data or ""
            try:
                with db.session.begin_nested():
                    made = actions.add_line(plan, owner, code, name, found, current_user, duty)
            except ceilings.OverCeiling as over:
                form.sub_activity.errors = [over.description]
            else:
                draft.forget()
                url = url_for(".edit_line", line_id=made.id)
                submissions.commit(url)
                flash(_("Baris ditambahkan. Silakan lengkapi angkanya."))
                return htmx.redirect_to(url)
    return htmx.render(
        "drafting/new_line.html",
        "drafting/_new_line.html",
        422 if form.errors else 200,
        form=form,
        plan=plan,
        draft=draft,
        bidang=nomenclature.bidang_of(plan.unit.code),
    )


def _new_line_draft(plan: Plan) -> Typing:
    return Typing(
        f"plan:{plan.id}/line",
        _l("baris baru Renja %(year)s", year=plan.year),
        url_for("drafting.new_line", plan_id=plan.id),
        ("unit", "sub_activity", "name"),
        url_of("baris-baru", plan.id),
    )


@bp.post("/baris/<int:line_id>/coretan")
@signed_in
def drop_line(line_id: int) -> Response:
    piece = queries.get_line(line_id, current_user)
    duty, refusal = _adding(piece.plan)
    ensure(refusal)
    form = DropForm()
    if form.validate_on_submit():
        missing = rules.drop_reason_missing(plans.stage_of(piece.plan), form.reason.data or "")
        if missing is None:
            actions.drop(piece, form.reason.data or "", current_user, duty)
            url = url_for(".table", plan_id=piece.plan_id)
            submissions.commit(url)
            flash(_("Baris dicoret; riwayatnya tetap ada."))
            return htmx.redirect_to(url)
        form.reason.errors = [missing]
    return htmx.render("drafting/piece.html", "drafting/_drop.html", 422, **_page(piece, drop_form=form))


# Openness


def _has_reason(piece: Piece, form: OpennessForm) -> bool:
    """Whether a changed openness says why where it must."""
    if not form.is_changed:
        return True
    reason, new = form.reason.data or "", form.openness.data
    given = reason if new == "fixed" or reason != (piece.openness_reason or "") else ""
    missing = rules.reason_missing(plans.stage_of(piece.plan), piece.openness, new, given)
    if missing is not None:
        form.reason.errors = [missing]
    return missing is None


def _set(piece: Piece, form: OpennessForm, duty: Held | None) -> None:
    if form.is_changed:
        actions.set_openness(piece, form.openness.data, form.reason.data or "", duty)


@dataclass
class Opening:
    """A chapter or programme of the honesty card: the choice at its head, and its rows."""

    name: str
    form: OpennessOfManyForm
    rows: list[tuple[Piece, OpennessForm]]

    def carry(self) -> int:
        """Put the choice at the head into the rows, for saving when they are sent again; how many it changes."""
        chosen, reason = self.form.openness.data, self.form.reason.data or ""
        if not chosen or not self.form.validate():
            return 0
        for piece, row in self.rows:
            if chosen == "was":
                row.openness.data, row.reason.data = row.was.data, row.was_reason.data
            elif reason or row.openness.data != chosen:
                row.openness.data, row.reason.data = chosen, reason
                if not _has_reason(piece, row):
                    self.form.reason.errors, row.reason.errors = row.reason.errors, []
        if not self.form.errors:
            self.form.openness.data, self.form.reason.data = "", ""
        return sum(row.is_changed for _piece, row in self.rows)


def _openings(plan: Plan, proposed: Mapping[Any, tuple[str, str]]) -> list[Opening]:
    """Chapters and programmes; a row that is `proposed` another openness shows it, unsaved."""

    def opening(name: str, pieces: Sequence[Piece]) -> Opening:
        rows: list[tuple[Piece, OpennessForm]] = []
        for piece in pieces:
            piece.plan = plan
            prefix = revisions.place_of(piece).replace(":", "-") + "-"
            sent = request.form if f"{prefix}openness" in request.form else None
            row = _openness_form(piece, sent, prefix)
            row.openness.data, row.reason.data = proposed.get(
                carrying.key_between_years(piece), (row.openness.data, row.reason.data)
            )
            rows.append((piece, row))
        # Called after its first row: it means the same group whatever was added meanwhile.
        first = revisions.place_of(pieces[0]).replace(":", "-")
        return Opening(name, OpennessOfManyForm(prefix=f"semua-{first}-"), rows)

    chapters = [
        list(ones)
        for _number, ones in groupby(queries.list_sections(plan.id), lambda one: one.number.partition(".")[0])
    ]
    programmes = queries.table_of(queries.list_lines(plan.id)).programmes
    return [
        *(opening(f"{ones[0].number} {ones[0].heading}", ones) for ones in chapters),
        *(opening(f"{one.code} {one.name}".strip(), one.lines) for one in programmes),
    ]


@bp.route("/rencana/<int:plan_id>/keterbukaan", methods=["GET", "POST"])
@signed_in
def openness(plan_id: int) -> Response:
    """The honesty card: what is open, and why not; the planner sets all of it here, row by row or many at once."""
    plan = plans.get_visible(plan_id, current_user)
    duty = current_user.authority.over("planner", plan.unit_id)
    refusal = rules.refuse_openness(plans.calendar_of(plan), plans_unit=duty is not None)
    if request.method == "POST":
        ensure(refusal)
    begins = refusal is None and plans.stage_of(plan) == "preparation"
    before = past.plan_before(plan) if begins and request.method == "GET" else None
    as_before = before is not None and request.args.get("dari") == "tahun-lalu"
    openings = _openings(plan, carrying.openness_before(before) if before and as_before else {})
    rows = [row for opening in openings for row in opening.rows]
    if request.method == "POST" and any(opening.form.openness.data for opening in openings):
        carried = sum(opening.carry() for opening in openings)
        if not any(opening.form.errors for opening in openings):
            flash(
                ngettext(
                    "%(num)s baris berubah dan belum tersimpan. Silakan periksa, lalu tetapkan.",
                    "%(num)s baris berubah dan belum tersimpan. Silakan periksa, lalu tetapkan.",
                    carried,
                )
                if carried
                else _("Tidak ada baris yang berubah.")
            )
    elif request.method == "POST":
        ours = [row for row in rows if row[1].openness.name in request.form]
        wrong = [piece for piece, form in ours if not (form.validate() and _has_reason(piece, form))]
        if not wrong:
            for piece, form in ours:
                _set(piece, form, duty)
            url = url_for(".openness", plan_id=plan.id)
            submissions.commit(url)
            flash(_("Keterbukaan ditetapkan."))
            return htmx.redirect_to(url)
    forms = [form for _piece, form in rows] + [opening.form for opening in openings]
    return htmx.render(
        "drafting/openness.html",
        "drafting/_openness_all.html",
        422 if any(form.errors for form in forms) else 200,
        openings=openings,
        refusal=refusal,
        before=before,
        as_before=as_before,
        **head(plan, ""),
    )


def _open(piece: Piece) -> Response:
    duty = current_user.authority.over("planner", piece.plan.unit_id)
    ensure(rules.refuse_openness(plans.calendar_of(piece.plan), plans_unit=duty is not None))
    form = _openness_form(piece, request.form)
    valid = form.validate()
    if not form.openness.raw_data:
        form.openness.errors = [_("Mohon diisi.")]
        valid = False
    owner = form.unit.data if form.unit.raw_data else piece.unit_id
    if owner not in dict(form.unit.choices):
        form.unit.errors = [_("Silakan pilih salah satu yang tersedia.")]
        valid = False
    if not valid or not _has_reason(piece, form):
        return htmx.render(
            "drafting/piece.html", "drafting/_openness.html", 422, **_page(piece, openness_form=form)
        )
    _set(piece, form, duty)
    actions.give(piece, owner, duty)
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
    first, second, kept = _key("dari"), _key("ke"), _key("bentrok")
    new = queries.find_clash(piece, kept) if kept else revisions.find(piece, second) if second else None
    old = revisions.find(piece, (new.based_on if kept and new else first) or 0)
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
        not_found=bool(kept or first or second) and not (old and new),
        may_restore=_editing(piece)[1] is None,
    )


def _comparison(piece: Piece, old: Revision, new: Revision) -> Any:
    """Word by word for prose; figure by figure for a line."""
    if isinstance(piece, Section):
        return words.diff(old.body or "", new.body or "")
    form = LineForm(formdata=None)
    before, after = old.fields or {}, new.fields or {}
    return [
        (form[name].label.text, form.shown(name, before.get(name)), form.shown(name, after.get(name)))
        for name in revisions.LINE_FIELDS
        if name in form and name != "sub_activity_id" and before.get(name) != after.get(name)
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
    undone = request.form.get("urungkan", "")
    only_from = int(undone) if undone.isascii() and undone.isdigit() and len(undone) < 10 else None
    made = actions.restore(piece, revision, current_user, duty, only_from)
    address = urls(piece)["history" if only_from is None else "back"]
    if request.form.get("ke") == "lembar" and isinstance(piece, Line):
        activity = queries.activity_of(piece.code)
        place = {"kegiatan": activity, "_anchor": f"angka-{piece.id}"}
        address = url_for("plan_table.sheet", plan_id=piece.plan_id, **place)  # type: ignore[arg-type]
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
    return talks.post(_talk(piece), lambda form: _page(piece, comment_form=form), "drafting/piece.html")


@bp.post("/bagian/<int:section_id>/tanggapan")
@signed_in
def comment_section(section_id: int) -> Response:
    return _comment(queries.get_section(section_id, current_user))


@bp.post("/baris/<int:line_id>/tanggapan")
@signed_in
def comment_line(line_id: int) -> Response:
    return _comment(queries.get_line(line_id, current_user))


def _subject(piece: Piece) -> subjects.Subject:
    address = urls(piece)
    return subjects.Subject(
        address["show"],
        piece.plan.unit_id,
        piece.unit_id,
        piece.version,
        address["history"],
        drafts.title_of(piece),
    )


def _find_subject(thread_id: int, user: Any) -> subjects.Subject | None:
    section_id = db.session.scalar(select(Section.id).where(Section.thread_id == thread_id))
    if section_id is not None:
        return _subject(queries.get_section(section_id, user))
    line_id = db.session.scalar(select(Line.id).where(Line.thread_id == thread_id))
    return None if line_id is None else _subject(queries.get_line(line_id, user))


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    from portal.drafting import (  # their pages stand on this module
        adoption_routes,
        carrying_routes,
        history_routes,
        live_routes,
        provenance_routes,
        readiness_routes,
        suggestion_routes,
        table_routes,
        verification_routes,
    )

    table_routes.init_app(app)
    history_routes.init_app(app)

    origin_routes.init_app(app)
    provenance_routes.init_app(app)
    verification_routes.init_app(app)
    readiness_routes.init_app(app)
    adoption_routes.init_app(app)
    carrying_routes.init_app(app)
    suggestion_routes.init_app(app)
    import_routes.init_app(app)
    exporting_routes.init_app(app)
    live_routes.init_app(app)
    subjects.register(_find_subject)
    name_fields("section", SectionForm)
    name_fields("line", LineForm)
    register("baris-baru", lambda plan_id: _new_line_draft(plans.get_visible(plan_id, current_user)))
    if skeleton.make_sections not in plan_routes.made_with_plan:
        plan_routes.made_with_plan.append(skeleton.make_sections)
        plan_routes.made_with_plan.append(carrying_routes.start_of)
        plan_routes.sums_of.append(queries.plan_sums)
    app.jinja_env.globals.update(
        openness_words=rules.OPENNESS_WORDS,
        kind_words=rules.KIND_WORDS,
        origin_words=voices.words,
        writer_of=revisions.writer,
        votes_on=lambda proposal_ids: voices.votes_on(proposal_ids, current_user),
    )
