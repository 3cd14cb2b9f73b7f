"""What a person can type into a thread."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.discussion.anchors import LONGEST as LONGEST_QUOTE
from portal.forms import Form, clean, needed, text_rules

LONGEST = 4000
MOST_MENTIONS = 10


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


class CommentForm(Form):
    body = TextAreaField(
        _l("Tanggapan Anda"),
        filters=[clean],
        validators=[needed(_l("Mohon tulis tanggapan Anda.")), *text_rules(LONGEST)],
    )
    parent = HiddenField()

    @property
    def parent_id(self) -> int | None:
        """The comment that is replied to; None for a new remark."""
        return _number(self.parent.data)


class RemarkForm(CommentForm):
    """A new comment: the words it quotes, selected or a whole paragraph, and the colleagues it names."""

    quote = HiddenField(filters=[clean], validators=text_rules(LONGEST_QUOTE))
    on_version = HiddenField()
    paragraph = SelectField(
        _l("Kutip satu paragraf"), choices=[SelectChoice("", _l("Tanpa kutipan"))], default=""
    )
    search = StringField(_l("Cari rekan"), filters=[clean], validators=text_rules(100, one_line=True))
    mentions = SelectMultipleField(_l("Rekan yang disebut"), coerce=int, choices=[])

    def offer(self, blocks: Sequence[str], people: Sequence[tuple[int, str]]) -> RemarkForm:
        """The paragraphs and the colleagues to choose from."""
        self.paragraph.choices = [
            SelectChoice("", _l("Tanpa kutipan")),
            *(
                SelectChoice(str(n), words if len(words) <= 90 else f"{words[:89]}…")
                for n, words in enumerate(blocks)
            ),
        ]
        self.mentions.choices = [SelectChoice(person_id, name) for person_id, name in people]
        return self

    @property
    def version(self) -> int | None:
        """The version that was read when this was written."""
        return _number(self.on_version.data)


class StateForm(Form):
    kind = SelectField(
        _l("Keadaan"),
        choices=[
            SelectChoice("answered", _l("Ditanggapi")),
            SelectChoice("changed", _l("Mengubah teks")),
            SelectChoice("settled", _l("Selesai")),
        ],
    )
    version = HiddenField()

    @property
    def number(self) -> int | None:
        return _number(self.version.data)


class ReasonForm(Form):
    """Why a comment is reported, hidden or shown again; everybody reads why one is hidden."""

    reason = TextAreaField(
        _l("Alasan"), filters=[clean], validators=[needed(_l("Mohon tulis alasannya.")), *text_rules(300)]
    )


def named(form: RemarkForm) -> list[int]:
    """The ids of the colleagues that were ticked."""
    ids = (number for number in form.mentions.data or [] if 0 < number < 2**31)
    return list(dict.fromkeys(ids))[:MOST_MENTIONS]
