"""What a person can type into a thread."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from portal.forms import Form, clean, needed, text_rules

LONGEST = 4000


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
        text = self.parent.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
