"""What a person can type about a plan and its stages."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, ValidationError

from portal.forms import Form, clean, needed, text_rules
from portal.plans import stages

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


def sensible_day(_form: Any, field: Any) -> None:
    if field.data and not FIRST.year <= field.data.year <= LAST.year:
        raise ValidationError(_l("Mohon isi tanggal antara tahun 2000 dan 2100."))


def day_field(label: Any) -> DateField:
    return DateField(label, validators=[needed(_l("Mohon isi tanggal.")), sensible_day])


class PlanForm(Form):
    unit = SelectField(_l("Perangkat Daerah"), coerce=int)
    year = IntegerField(
        _l("Tahun rencana"),
        validators=[needed(), NumberRange(2000, 2100, message=_l("Tahun antara 2000 dan 2100."))],
    )
    preparation = day_field(stages.LABELS["preparation"])
    initial_draft = day_field(stages.LABELS["initial_draft"])
    forum = day_field(stages.LABELS["forum"])
    draft = day_field(stages.LABELS["draft"])
    verification = day_field(stages.LABELS["verification"])
    final_draft = day_field(stages.LABELS["final_draft"])

    def __init__(self, units: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit.choices = [SelectChoice(unit_id, name) for unit_id, name in units]

    def starts(self) -> dict[str, date]:
        return {kind: self[kind].data for kind in stages.DATED_STAGES}


class MoveForm(Form):
    stage = SelectField(_l("Tahapan"))
    to_on = day_field(_l("Mulai pada"))
    reason = TextAreaField(_l("Alasan"), filters=[clean], validators=[needed(), *text_rules(500)])

    def __init__(self, kinds: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage.choices = [SelectChoice(kind, stages.LABELS[kind]) for kind in kinds]
