"""A conversation as the page of its subject shows it, and what is posted to it: one way for every kind of thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import flash, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select, true
from werkzeug.wrappers import Response

from portal import htmx, submissions
from portal.access import Refusal, ensure
from portal.db import db
from portal.discussion import actions, anchors, queries, rules
from portal.discussion.forms import RemarkForm, named
from portal.discussion.models import CommentState
from portal.discussion.subjects import Subject
from portal.forms import searched
from portal.people.drafts import Typing, url_of
from portal.people.models import Draft

Text = Callable[[int], str | None]
"""The readable HTML of a version of the subject, None where there is no such version."""


def _nothing(_version: int) -> str | None:
    return None


@dataclass(frozen=True)
class Talk:
    """A thread on its subject: where comments are posted, why this person may post none, and the quotable text."""

    thread_id: int
    subject: Subject
    post_url: str
    refusal: Refusal | None
    text: Text = _nothing
    note: str = ""
    """What the page says about the conversation itself."""
    among: Any = field(default_factory=true)
    """The condition, beside Person, that one may read the conversation, and so be named in it."""

    @property
    def keeps(self) -> Any:
        """The duty under which this person says what became of a comment."""
        mine = current_user.authority
        return mine.over("planner", self.subject.unit_id) or mine.over("editor", self.subject.owner_id)

    @property
    def now(self) -> str:
        """Today's readable text."""
        return self.text(self.subject.version or 0) or ""


def draft_of(thread_id: int, subject: Subject, comment_id: int | None = None) -> Typing:
    """The form of a new comment, or of a reply to one."""
    if comment_id is None:
        place, url, anchor = f"thread:{thread_id}", url_of("percakapan", thread_id), "tulis"
    else:
        place, url = f"thread:{thread_id}/{comment_id}", url_of("balasan", comment_id)
        anchor = f"tanggapan-{comment_id}"
    return Typing(place, subject.title, f"{subject.address}#{anchor}", ("body",), url)


def _drafts(talk: Talk) -> Callable[[int | None], Typing]:
    """The form of a new comment (None) or of a reply to one, with what this person began to write in it; one query."""
    place = f"thread:{talk.thread_id}"
    mine = select(Draft).where(Draft.person_id == current_user.id)
    rows = db.session.scalars(mine.where(or_(Draft.place == place, Draft.place.startswith(f"{place}/"))))
    kept = {draft.place: draft for draft in rows}

    def find(comment_id: int | None) -> Typing:
        draft = draft_of(talk.thread_id, talk.subject, comment_id)
        vars(draft)["kept"] = kept.get(draft.place)
        return draft

    return find


def form_of(talk: Talk) -> RemarkForm:
    """The form of a new comment: as it was sent, or empty (with the words chosen on another page)."""
    form = RemarkForm()
    if not form.is_submitted():
        form.quote.data = request.args.get("kutip", "")[: anchors.LONGEST].replace("\0", "")
    if form.version is None:
        form.on_version.data = str(talk.subject.version or 0)
    read = talk.text(form.version or 0) or ""
    found = queries.list_colleagues(searched("search"), named(form), current_user.id, talk.among)
    if not found and "mentions" in request.form:
        found = queries.list_beside(
            current_user, talk.among
        )  # whom one ticked has left: these are still here
    return form.offer(anchors.blocks(read), [(one.id, f"{one.name}, {one.unit.name}") for one in found])


def page(talk: Talk, form: RemarkForm | None = None) -> dict[str, Any]:
    """What the conversation shows."""
    remarks = queries.list_comments([talk.thread_id])[talk.thread_id]
    moderated = queries.standing(talk.thread_id, remarks)
    moderates = current_user.authority.over("planner", talk.subject.unit_id) is not None
    sees_all = moderates or current_user.authority.has("auditor")
    for top in remarks:
        for one in (top, *top.replies):
            one.known = sees_all or one.comment.by_id == current_user.id
    text = talk.now
    asked = queries.quotes_of(remarks)
    _text, numbers = anchors.mark(text, asked)
    drafts = _drafts(talk)
    begun = drafts(None)
    comment_form = form or (form_of(talk) if request.method == "GET" else _empty(talk))
    if form is None and begun.kept:
        comment_form.body.data = begun.kept.fields.get("body")
    return {
        "comment_draft": begun,
        "reply_draft": lambda comment: drafts(comment.id),
        "remarks": remarks,
        "talk_to": talk,
        "moderated": moderated,
        "moderates": moderates,
        "sees_reports": sees_all,
        "standing_quotes": [quote for quote in asked if quote.comment_id in numbers],
        "quote_numbers": numbers,
        "quote_stands": lambda words: anchors.stands(text, words),
        "post_url": talk.post_url,
        "comment_form": comment_form,
        "comment_refusal": talk.refusal,
    }


def _empty(talk: Talk) -> RemarkForm:
    form = RemarkForm(formdata=None, data={"on_version": str(talk.subject.version or 0)})
    return form.offer(anchors.blocks(talk.now), [])


def _quoted(talk: Talk, form: RemarkForm) -> str | None:
    """The quoted words; an error beside the field where they do not stand in the version that was read."""
    read = talk.text(form.version or 0) or ""
    if form.quote.data:
        if not anchors.stands(read, form.quote.data):
            form.paragraph.errors = [_("Kata-kata yang dikutip tidak ada dalam versi yang Anda baca.")]
        return " ".join(form.quote.data.split())
    if form.paragraph.data:
        return anchors.shortened(anchors.blocks(read)[int(form.paragraph.data)])
    return None


def post(talk: Talk, whole: Callable[[RemarkForm], dict[str, Any]], template: str) -> Response:
    """Say something, or look for a colleague to name; `whole` is the context of the subject's page."""
    ensure(talk.refusal)
    form = form_of(talk)
    searches = request.form.get("deed") == "search"
    if not searches and form.validate_on_submit():
        quote = _quoted(talk, form)
        if not form.paragraph.errors:
            read = form.version if quote else talk.subject.version
            comment = actions.add(
                talk.thread_id, current_user, form.body.data or "", form.parent_id, quote, read, named(form)
            )
            draft_of(talk.thread_id, talk.subject, form.parent_id).forget()
            address = f"{talk.subject.address}#tanggapan-{comment.id}"
            submissions.commit(address)
            flash(_("Tanggapan Anda terkirim."))
            return htmx.swap("discussion/_thread.html", address, lambda: page(talk))
    if htmx.is_partial():
        return htmx.render(template, "discussion/_thread.html", 200 if searches else 422, **page(talk, form))
    return htmx.render(template, "discussion/_thread.html", 200 if searches else 422, **whole(form))


def state_words(state: queries.State | CommentState | None) -> str:
    """ "Mengubah teks (versi 5)"."""
    if state is None:
        return str(rules.STATES["open"])
    if state.kind == "changed":
        return _("Mengubah teks (versi %(n)s)", n=state.revision_number)
    return str(rules.STATES[state.kind])
