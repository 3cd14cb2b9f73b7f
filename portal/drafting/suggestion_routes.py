"""Suggesting other wording or figures; supporting, discussing and ruling on what was suggested."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from portal import htmx, submissions
from portal.access import Refusal, ensure, signed_in
from portal.db import db
from portal.discussion import subjects
from portal.discussion import threads as talks
from portal.drafting import ceilings, drafts, queries, revisions, suggestions, words
from portal.drafting import routes as drafting
from portal.drafting.forms import LineForm, SectionForm
from portal.drafting.models import Section, Suggestion
from portal.drafting.revisions import Piece
from portal.drafting.suggestions import Shown
from portal.forms import Form, clean, needed, text_rules
from portal.people.drafts import Typing, register, url_of
from portal.plans import queries as plans

bp = Blueprint("suggestions", __name__)

RULING_WORDS: dict[str | None, Any] = {
    None: _l("Menunggu putusan"),
    "accepted": _l("Diterima"),
    "partly": _l("Diterima dengan perubahan"),
    "declined": _l("Ditolak"),
    "withdrawn": _l("Ditarik penulisnya"),
}
RULING_TONES: dict[str | None, str] = {None: "emas", "accepted": "daun", "partly": "daun"}


class _Reasoned:
    reason = TextAreaField(
        _l("Alasan saran"), filters=[clean], validators=[needed(), *text_rules(1000)]
    )  # fmt: skip


class SuggestSectionForm(_Reasoned, SectionForm):
    pass


class SuggestLineForm(_Reasoned, LineForm):
    pass


class DeclineForm(Form):
    reason = TextAreaField(
        _l("Alasan menolak"),
        id="alasan-menolak",
        filters=[clean],
        validators=[needed(), *text_rules(1000)],
    )


def suggest_url(piece: Piece) -> str:
    if isinstance(piece, Section):
        return url_for("suggestions.suggest_section", section_id=piece.id)
    return url_for("suggestions.suggest_line", line_id=piece.id)


def _refuse_suggestion(piece: Piece) -> Refusal | None:
    return suggestions.refuse_suggestion(piece, plans.calendar_of(piece.plan))


def _changes(piece: Piece, old: Any, new: Any) -> Any:
    """Word by word for prose; figure by figure for a line."""
    if isinstance(piece, Section):
        return words.excerpt(words.diff(old or "", new or ""))
    form = LineForm(formdata=None)
    return [
        (form[name].label.text, form.shown(name, (old or {}).get(name)), form.shown(name, new.get(name)))
        for name in revisions.LINE_FIELDS
        if name in form and name != "sub_activity_id" and (old or {}).get(name) != new.get(name)
    ]


def suggested_changes(shown: Shown) -> Any:
    """The difference as it is read: against today's text while it waits, else against its own version."""
    piece = shown.piece
    if shown.today is not None:
        return _changes(piece, revisions.content_of(piece), shown.today.content)
    is_section = isinstance(piece, Section)
    base = (shown.base.body if is_section else shown.base.fields) if shown.base else None
    suggested = shown.suggestion.body if is_section else shown.suggestion.fields
    return _changes(piece, base, suggested)


def _editors_changes(shown: Shown) -> Any:
    """What the editor made of it: from the suggested words to those of the version; None where it is the same."""
    if shown.made is None or shown.suggestion.ruling != "partly":
        return None
    is_section = isinstance(shown.piece, Section)
    before = shown.suggestion.body if is_section else shown.suggestion.fields
    return _changes(shown.piece, before, shown.made.body if is_section else shown.made.fields)


# Suggesting


@bp.route("/bagian/<int:section_id>/saran", methods=["GET", "POST"])
@signed_in
def suggest_section(section_id: int) -> Response:
    piece = queries.get_section(section_id, current_user)
    return _suggest(piece, SuggestSectionForm(data={"body": piece.body} if _is_get() else None))


@bp.route("/baris/<int:line_id>/saran", methods=["GET", "POST"])
@signed_in
def suggest_line(line_id: int) -> Response:
    piece = queries.get_line(line_id, current_user)
    return _suggest(piece, SuggestLineForm(obj=piece if _is_get() else None))


def _is_get() -> bool:
    return request.method == "GET"


def _suggest(piece: Piece, form: SectionForm | LineForm) -> Response:
    ensure(_refuse_suggestion(piece))
    mine = suggestions.mine_waiting(piece, current_user)
    if mine is not None and _is_get():
        return htmx.redirect_to(url_for(".show", suggestion_id=mine.id))
    draft = _draft(piece)
    if _is_get():
        based_on = piece.version
        if draft.kept is not None and draft.offered is not None:
            form = type(form)(formdata=draft.offered)
            based_on = draft.kept.based_on or 0
        form.based_on.data = str(based_on)
    elif "based_on" not in form.errors and (found := _base(piece, form)) is None:
        abort(400)
    if form.validate_on_submit():
        content = suggestions.content_from(piece, found, _typed(form))
        if content == found:
            form.reason.errors = [_("Belum ada yang Anda ubah.")]
        else:
            based_on = form.number("based_on") or 0
            made = suggestions.suggest(piece, content, based_on, form.reason.data or "", current_user)
            draft.forget()
            url = url_for(".show", suggestion_id=made.id)
            submissions.commit(url)
            flash(_("Saran Anda terkirim dan menunggu putusan penyusun."))
            return htmx.redirect_to(url)
    return htmx.render(
        "drafting/suggestion/write.html",
        "drafting/suggestion/_write.html",
        422 if form.errors else 200,
        **_form_context(piece, form, suggest_url(piece)) | {"draft": draft},
    )


def _draft(piece: Piece) -> Typing:
    kind = "section" if isinstance(piece, Section) else "line"
    return Typing(
        f"{revisions.place_of(piece)}/suggestion",
        drafts.title_of(piece),
        suggest_url(piece),
        drafts.fields_of(piece),
        url_of("saran-bagian" if kind == "section" else "saran-baris", piece.id),
    )


def _typed(form: SectionForm | LineForm) -> Any:
    return form.body.data or "" if isinstance(form, SectionForm) else form.fields()


def _base(piece: Piece, form: SectionForm | LineForm) -> Any:
    """The content of the version that the form was opened from; None where there is no such version."""
    number = form.number("based_on")
    if number is None or (isinstance(form, SectionForm) and "body" not in request.form):
        return None
    if number == 0 and piece.version == 0:
        return revisions.content_of(piece)
    found = revisions.find(piece, number)
    if found is None:
        return None
    return found.body or "" if isinstance(piece, Section) else found.fields


def _form_context(piece: Piece, form: Any, action: str) -> dict[str, Any]:
    return {
        "piece": piece,
        "plan": piece.plan,
        "is_section": isinstance(piece, Section),
        "answerable": set(),
        "form": form,
        "action": action,
        "urls": drafting.urls(piece),
        "shown": None,
        "draft": None,
    }


# Reading


@bp.get("/rencana/<int:plan_id>/saran")
@signed_in
def index(plan_id: int) -> str:
    """What waits for a ruling, or what was ruled on."""
    plan = plans.get_visible(plan_id, current_user)
    every = suggestions.list_of_plan(plan, current_user)
    ruled = request.args.get("isi") == "diputuskan"
    editable = drafting.editable(plan, [one.piece for one in every])
    return render_template(
        "drafting/suggestion/index.html",
        found=[one for one in every if (one.suggestion.ruling is not None) == ruled],
        ruled=ruled,
        numbers=(
            sum(one.suggestion.ruling is None for one in every),
            sum(one.suggestion.ruling is not None for one in every),
        ),
        answerable=suggestions.answerable(every, editable, current_user.id),
        **drafting.head(plan, "suggestions"),
    )


@bp.get("/saran/<int:suggestion_id>")
@signed_in
def show(suggestion_id: int) -> str:
    return _page(suggestions.get(suggestion_id, current_user))


def _page(shown: Shown, **more: Any) -> str:
    return render_template("drafting/suggestion/show.html", **_context(shown, **more))


def _context(shown: Shown, **more: Any) -> dict[str, Any]:
    piece, suggestion = shown.piece, shown.suggestion
    calendar = plans.calendar_of(piece.plan)
    return {
        "shown": shown,
        "plan": piece.plan,
        "is_section": isinstance(piece, Section),
        "piece": piece,
        "urls": drafting.urls(piece),
        "editors_changes": _editors_changes(shown),
        "ruling_refusal": suggestions.refuse_ruling(suggestion, current_user.id, drafting._editing(piece)[1]),
        "support_refusal": suggestions.refuse_support(suggestion, current_user.id, calendar),
        "decline_form": DeclineForm(formdata=None),
        "answerable": set(),
        **talks.page(_talk(shown), more.pop("comment_form", None)),
        **more,
    }


def _subject(shown: Shown) -> subjects.Subject:
    piece = shown.piece
    return subjects.Subject(
        url_for("suggestions.show", suggestion_id=shown.suggestion.id),
        piece.plan.unit_id,
        piece.unit_id,
        title=drafts.title_of(piece),
    )


def _talk(shown: Shown) -> talks.Talk:
    """The conversation about a suggestion; its words are not quoted."""
    return talks.Talk(
        shown.suggestion.thread_id,
        _subject(shown),
        url_for("suggestions.comment", suggestion_id=shown.suggestion.id),
        drafting._refuse_comment(shown.piece.plan),
    )


# Supporting, discussing, withdrawing


def _done(shown: Shown, sentence: str) -> Response:
    url = url_for(".show", suggestion_id=shown.suggestion.id)
    submissions.commit(url)
    flash(sentence)
    return htmx.redirect_to(url)


def _supporting(suggestion_id: int) -> Shown:
    shown = suggestions.get(suggestion_id, current_user)
    calendar = plans.calendar_of(shown.piece.plan)
    ensure(suggestions.refuse_support(shown.suggestion, current_user.id, calendar))
    return shown


@bp.post("/saran/<int:suggestion_id>/dukungan")
@signed_in
def support(suggestion_id: int) -> Response:
    shown = _supporting(suggestion_id)
    suggestions.support(shown.suggestion, current_user)
    return _done(shown, _("Anda mendukung saran ini."))


@bp.post("/saran/<int:suggestion_id>/dukungan/penarikan")
@signed_in
def unsupport(suggestion_id: int) -> Response:
    shown = _supporting(suggestion_id)
    suggestions.unsupport(shown.suggestion, current_user)
    return _done(shown, _("Dukungan Anda ditarik."))


@bp.post("/saran/<int:suggestion_id>/tanggapan")
@signed_in
def comment(suggestion_id: int) -> Response:
    shown = suggestions.get(suggestion_id, current_user)
    return talks.post(
        _talk(shown), lambda form: _context(shown, comment_form=form), "drafting/suggestion/show.html"
    )


@bp.post("/saran/<int:suggestion_id>/penarikan")
@signed_in
def withdraw(suggestion_id: int) -> Response:
    shown = suggestions.get(suggestion_id, current_user)
    if shown.suggestion.by_id != current_user.id:
        ensure(Refusal(_("Hanya penulisnya yang dapat menarik saran.")))
    suggestions.withdraw(shown.suggestion, current_user)
    return _done(shown, _("Saran Anda ditarik."))


# Ruling


@bp.route("/saran/<int:suggestion_id>/penerimaan", methods=["GET", "POST"])
@signed_in
def accept(suggestion_id: int) -> Response:
    """The suggestion on today's text, in a box that the editor may change before it becomes the next version; or as it
    is, by one press on its card."""
    shown = suggestions.get(suggestion_id, current_user)
    piece = shown.piece
    duty, refusal = drafting._editing(piece)
    ensure(suggestions.refuse_ruling(shown.suggestion, current_user.id, refusal))
    is_section = isinstance(piece, Section)
    form = SectionForm() if is_section else LineForm()
    status, seen = 200, form.number("based_on")
    as_it_is = request.form.get("deed") == "whole"
    if request.method == "POST":
        status = 422
        if seen is None or (is_section and not as_it_is and "body" not in request.form):
            abort(400)
        if as_it_is or (form.validate() and drafting._known_entry(form)):
            content = None
            if not as_it_is:
                content = suggestions.content_from(piece, revisions.content_of(piece), _typed(form))
            try:
                made = suggestions.accept(shown, content, seen, form.reason.data, current_user, duty)
            except ceilings.OverCeiling as over:
                if as_it_is:
                    raise
                form["ceiling"].errors = [over.description]
            else:
                if made is not None:
                    return _done(
                        shown,
                        _("Tersimpan sebagai versi %(n)s.", n=made.number)
                        if made.suggestion_id == suggestion_id
                        else _("Saran diterima; versi %(n)s sudah memuatnya.", n=made.number),
                    )
                status = 409
                shown = suggestions.get(suggestion_id, current_user)
    sent = _sent(shown, form) if status == 409 and not as_it_is else None
    if status != 422:
        form = _on_today(shown)
    return htmx.render(
        "drafting/suggestion/write.html",
        "drafting/suggestion/_write.html",
        status,
        **_form_context(piece, form, url_for(".accept", suggestion_id=suggestion_id))
        | {"shown": shown, "met": status == 409, "sent": sent},
    )


def _sent(shown: Shown, form: SectionForm | LineForm) -> Any:
    """What was sent for a text that moved on meanwhile, shown again so that nothing typed is lost: as a difference to
    what stands in the box."""
    assert shown.today is not None
    content = suggestions.content_from(shown.piece, shown.today.content, _typed(form))
    return _changes(shown.piece, shown.today.content, content)


def _on_today(shown: Shown) -> SectionForm | LineForm:
    assert shown.today is not None
    if isinstance(shown.piece, Section):
        form: SectionForm | LineForm = SectionForm(formdata=None, data={"body": shown.today.content})
    else:
        values = {name: revisions.restored(name, value) for name, value in shown.today.content.items()}
        form = LineForm(formdata=None, data=values)
    form.based_on.data = str(shown.piece.version)
    return form


@bp.post("/saran/<int:suggestion_id>/penolakan")
@signed_in
def decline(suggestion_id: int) -> Response | tuple[str, int]:
    shown = suggestions.get(suggestion_id, current_user)
    duty, refusal = drafting._editing(shown.piece)
    ensure(suggestions.refuse_ruling(shown.suggestion, current_user.id, refusal))
    form = DeclineForm()
    if not form.validate_on_submit():
        return _page(shown, decline_form=form), 422
    suggestions.decline(shown.suggestion, form.reason.data or "", current_user, duty)
    return _done(shown, _("Saran ditolak; penulisnya membaca alasan Anda."))


def _find_subject(thread_id: int, user: Any) -> subjects.Subject | None:
    found = db.session.scalar(select(Suggestion.id).where(Suggestion.thread_id == thread_id))
    return None if found is None else _subject(suggestions.get(found, user))


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    subjects.register(_find_subject)
    register("saran-bagian", lambda section_id: _draft(queries.get_section(section_id, current_user)))
    register("saran-baris", lambda line_id: _draft(queries.get_line(line_id, current_user)))
    app.jinja_env.globals.update(
        ruling_words=RULING_WORDS,
        ruling_tones=RULING_TONES,
        rule_until=suggestions.rule_until,
        suggested_changes=suggested_changes,
        may_suggest=lambda piece: _refuse_suggestion(piece) is None,
        suggest_url=suggest_url,
    )
