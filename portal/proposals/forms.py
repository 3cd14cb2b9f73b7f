"""What a person can type into a proposal and an answer."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.forms import AnsweringForm, Form, NumberField, clean, needed, text_rules
from portal.proposals import rules
from portal.proposals.models import GROUNDS


class ProposalForm(Form):
    title = StringField(
        _l("Judul usulan"), filters=[clean], validators=[needed(), *text_rules(160, 10, one_line=True)]
    )
    problem = TextAreaField(_l("Masalah"), filters=[clean], validators=[needed(), *text_rules(4000)])
    idea = TextAreaField(_l("Gagasan"), filters=[clean], validators=[needed(), *text_rules(4000)])
    benefit = TextAreaField(_l("Manfaat"), filters=[clean], validators=[needed(), *text_rules(4000)])
    cost = NumberField(_l("Perkiraan biaya (rupiah)"), whole=True, high=10**13)
    sub_activity = StringField(
        _l("Kode sub kegiatan"), filters=[clean], validators=text_rules(40, one_line=True, nip=True)
    )


class AnswerForm(AnsweringForm):
    kind = SelectField(_l("Putusan"), validators=[needed(_l("Mohon pilih putusan."))])
    text = TextAreaField(_l("Jawaban"), filters=[clean], validators=[needed(), *text_rules(4000)])
    ground = SelectField(_l("Dasar putusan"))
    condition = TextAreaField(
        _l("Yang dapat mengubah putusan ini"), filters=[clean], validators=text_rules(2000)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice("", _l("Silakan pilih"))] + [
            SelectChoice(kind, rules.DECISIONS[kind]) for kind in rules.KINDS
        ]
        self.ground.choices = [SelectChoice("", _l("Silakan pilih"))] + [
            SelectChoice(ground, rules.GROUND_WORDS[ground]) for ground in GROUNDS
        ]

    def validate_ground(self, field: Any) -> None:
        if self.kind.data and self.kind.data != "accepted" and not field.data:
            raise ValidationError(_l("Selain diterima, putusan memerlukan dasar."))

    def validate_condition(self, field: Any) -> None:
        if self.kind.data in rules.NEEDS_CONDITION and not field.data:
            raise ValidationError(_l("Mohon tulis apa yang dapat mengubah putusan ini."))
