"""What a person can type about a plan and its stages."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, ValidationError

from portal.access import Refusal
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
    prefilled = HiddenField()
    """The year for which the page filled in the days."""

    def __init__(self, units: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit.choices = [SelectChoice(unit_id, name) for unit_id, name in units]

    def starts(self) -> dict[str, date]:
        return {kind: self[kind].data for kind in stages.DATED_STAGES}

    def follow_year(self) -> Refusal | None:
        """Move the days that stand as they were filled in for another year, and ask to look at them again."""
        year, before = self.year.data, self.prefilled.data or ""
        if before not in map(str, range(FIRST.year, LAST.year + 1)) or before == str(year):
            return None
        was, now = stages.default_starts(int(before)), stages.default_starts(year)
        moved = [kind for kind, day in self.starts().items() if day == was[kind]]
        for kind in moved:
            self[kind].raw_data, self[kind].data = None, now[kind]
        self.prefilled.data = str(year)
        if not moved:
            return None
        return Refusal(
            _("Hari mulai disesuaikan dengan tahun %(year)s. Silakan periksa, lalu buat rencana.", year=year)
        )


class MoveForm(Form):
    stage = SelectField(_l("Tahapan"))
    to_on = day_field(_l("Mulai pada"))
    reason = TextAreaField(_l("Alasan"), filters=[clean], validators=[needed(), *text_rules(500)])

    def __init__(self, kinds: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage.choices = [SelectChoice(kind, stages.LABELS[kind]) for kind in kinds]
