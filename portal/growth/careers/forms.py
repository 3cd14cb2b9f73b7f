"""What a person can type about a career record."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal import clock
from portal.formatting import day
from portal.forms import Form, clean, needed, text_rules
from portal.growth.careers import rules, sections
from portal.plans.forms import day_field


def _text(label: Any, longest: int) -> TextAreaField:
    return TextAreaField(label, filters=[clean], validators=[needed(), *text_rules(longest)])


def _offer(field: Any, empty: Any = None) -> None:
    first = [SelectChoice("", empty)] if empty else []
    field.choices = [*first, *(SelectChoice(one.key, one.title) for one in sections.every())]


class ThanksForm(Form):
    text = _text(_l("Ucapan Anda"), 500)


class ShareForm(Form):
    """Which sections, and through which day."""

    sections = SelectMultipleField(
        _l("Bagian yang dibagikan"), validators=[needed(_l("Mohon pilih sedikitnya satu bagian."))]
    )
    until_on = day_field(_l("Dapat dibuka sampai"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.sections)

    def validate_until_on(self, field: Any) -> None:
        first, last = clock.today(), clock.today() + rules.LONGEST
        if field.data and not first <= field.data <= last:
            raise ValidationError(
                _("Pilih hari antara %(first)s dan %(last)s.", first=day(first), last=day(last))
            )


class CodeForm(Form):
    code = StringField(
        _l("Kode salinan"), filters=[clean], validators=[needed(), *text_rules(60, one_line=True)]
    )


class CorrectionForm(Form):
    place = SelectField(_l("Bagian"), validators=[needed(_l("Mohon pilih bagiannya."))])
    text = _text(_l("Apa yang keliru, dan apa yang benar?"), 2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.place, _l("Silakan pilih"))
        self.place.choices.append(SelectChoice("profile", _l("Data pegawai")))


class CorrectionAnswerForm(Form):
    outcome = SelectField(
        _l("Putusan"),
        choices=[
            SelectChoice("", _l("Silakan pilih")),
            *(SelectChoice(key, label) for key, label in rules.OUTCOMES.items()),
        ],
        validators=[needed(_l("Mohon pilih putusannya."))],
    )
    text = _text(_l("Jawaban"), 2000)
