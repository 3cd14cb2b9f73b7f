"""What a person can type about a change."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal import clock
from portal.changes import rules
from portal.discussion.rules import VOICE_WORDS
from portal.forms import AnsweringForm, Form, clean, needed, text_rules
from portal.plans.forms import sensible_day


def _part(label: Any) -> TextAreaField:
    return TextAreaField(label, filters=[clean], validators=[needed(), *text_rules(4000)])


class InitiativeForm(Form):
    unit = SelectField(_l("Unit"), coerce=int)
    title = StringField(
        _l("Nama inisiatif"), filters=[clean], validators=[needed(), *text_rules(160, 5, one_line=True)]
    )


class NoticeForm(Form):
    title = StringField(
        _l("Judul pemberitahuan"), filters=[clean], validators=[needed(), *text_rules(160, 5, one_line=True)]
    )
    what = _part(rules.PARTS["what"])
    why = _part(rules.PARTS["why"])
    benefit = _part(rules.PARTS["benefit"])
    when = _part(rules.PARTS["when"])
    still_open = _part(rules.PARTS["still_open"])
    audience = SelectMultipleField(_l("Ditujukan kepada unit (dan di bawahnya)"), coerce=int)
    due_on = DateField(
        _l("Mohon ditanggapi sebelum"), validators=[needed(_l("Mohon isi tanggal.")), sensible_day]
    )

    def validate_audience(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Mohon pilih paling sedikit satu unit."))

    def validate_due_on(self, field: Any) -> None:
        if field.data and field.data <= clock.today():
            raise ValidationError(_l("Paling cepat besok."))


class RevisionForm(Form):
    number = HiddenField()
    what = _part(rules.PARTS["what"])
    why = _part(rules.PARTS["why"])
    benefit = _part(rules.PARTS["benefit"])
    when = _part(rules.PARTS["when"])
    still_open = _part(rules.PARTS["still_open"])
    material = BooleanField(_l("Minta semua orang menjawab lagi"), default=True)


def opened_number(field: Any) -> int:
    """The version that a form was opened from; 0 where it says none."""
    text = field.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


class AcknowledgementForm(Form):
    kind = HiddenField()
    number = HiddenField()
    body = TextAreaField(
        _l("Kekhawatiran atau pertanyaan Anda"), filters=[clean], validators=text_rules(4000)
    )
    voice = RadioField(
        _l("Ditampilkan sebagai"),
        choices=[SelectChoice(voice, label) for voice, label in VOICE_WORDS.items()],
        default="named",
    )

    def validate_kind(self, field: Any) -> None:
        if field.data not in rules.KINDS:
            raise ValidationError(_l("Mohon pilih satu jawaban."))

    def validate_body(self, field: Any) -> None:
        if self.kind.data in ("concerned", "unclear") and not field.data:
            raise ValidationError(_l("Mohon tulis kekhawatiran atau pertanyaan Anda."))


class ReplyForm(AnsweringForm):
    kind = SelectField(
        _l("Keadaan sesudah balasan"),
        choices=[
            SelectChoice("", _l("Silakan pilih")),
            *(SelectChoice(k, w) for k, w in rules.REPLIES.items()),
        ],
        validators=[needed(_l("Mohon pilih keadaannya."))],
    )
    text = TextAreaField(_l("Balasan"), filters=[clean], validators=[needed(), *text_rules(4000)])
