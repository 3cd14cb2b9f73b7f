"""What a person can type into a section, a line, and about their openness."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from portal.drafting import revisions, rules
from portal.drafting.models import OPENNESS
from portal.formatting import figure
from portal.forms import Form, NumberField, clean, needed, text_rules

LONGEST = 20_000


class _Saving(Form):
    """What every save carries: the version it was opened from, the clash it settles, and a reason."""

    based_on = HiddenField()
    clash = HiddenField()
    inline = HiddenField()
    reason = StringField(_l("Alasan perubahan"), filters=[clean], validators=text_rules(160, one_line=True))

    def number(self, name: str) -> int | None:
        text = self[name].data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class SectionForm(_Saving):
    body = TextAreaField(_l("Naskah"), filters=[clean], validators=text_rules(LONGEST))


LONG: dict[str, Any] = {"widget": TextArea(), "render_kw": {"rows": 2, "data-line": "1"}}
"""One line of text that is longer than a phone is wide."""


class LineForm(_Saving):
    name = StringField(
        _l("Nama sub kegiatan"),
        filters=[clean],
        validators=[needed(), *text_rules(1000, one_line=True)],
        **LONG,
    )
    sub_activity_id = HiddenField()
    indicator = StringField(
        _l("Indikator"), filters=[clean], validators=text_rules(1000, one_line=True), **LONG
    )
    measure_unit = StringField(_l("Satuan"), filters=[clean], validators=text_rules(200, one_line=True))
    target = NumberField(_l("Target"))
    ceiling = NumberField(_l("Pagu indikatif (rupiah)"), whole=True)
    forward_target = NumberField(_l("Target prakiraan maju (N+1)"))
    forward_ceiling = NumberField(_l("Pagu prakiraan maju (N+1, rupiah)"), whole=True)
    strategic_target = NumberField(_l("Target akhir Renstra"))
    realised_before = NumberField(_l("Realisasi N-2"))
    expected_now = NumberField(_l("Prakiraan capaian N-1"))
    funding_source = StringField(
        _l("Sumber dana"), filters=[clean], validators=text_rules(500, one_line=True)
    )
    location = StringField(_l("Lokasi"), filters=[clean], validators=text_rules(1000, one_line=True), **LONG)
    target_group = StringField(
        _l("Kelompok sasaran"), filters=[clean], validators=text_rules(1000, one_line=True), **LONG
    )
    national_priority = StringField(
        _l("Prioritas nasional"), filters=[clean], validators=text_rules(500, one_line=True)
    )
    regional_priority = StringField(
        _l("Prioritas daerah"), filters=[clean], validators=text_rules(500, one_line=True)
    )
    urgency = StringField(_l("Urgensi"), filters=[clean], validators=text_rules(500, one_line=True))
    note = TextAreaField(_l("Catatan pembahasan"), filters=[clean], validators=text_rules(4000))
    accumulation = SelectField(
        _l("Cara menjumlah"),
        choices=[
            SelectChoice("sum", _l("Dijumlahkan")),
            SelectChoice("last", _l("Nilai terakhir")),
            SelectChoice("average", _l("Rata-rata")),
        ],
        default="sum",
    )
    direction = SelectField(
        _l("Arah"),
        choices=[
            SelectChoice("higher", _l("Makin tinggi makin baik")),
            SelectChoice("lower", _l("Makin rendah makin baik")),
        ],
        default="higher",
    )

    def fields(self) -> dict[str, Any]:
        """The values that were sent, by column name; a field that was not sent says nothing."""
        sent = {
            field.name: field.data for field in self if field.name in revisions.LINE_FIELDS and field.raw_data
        }
        if "sub_activity_id" in sent:
            sent["sub_activity_id"] = self.number("sub_activity_id")
        return sent

    def shown(self, name: str, value: Any) -> str:
        """A kept value as the screen writes it."""
        if value is None or value == "":
            return "–"
        if name in revisions.NUMBERS or name in revisions.MONEY:
            return figure(Decimal(value))
        field = self[name]
        if isinstance(field, SelectField):
            return str({choice.value: choice.label for choice in field.choices}.get(value, value))
        return str(value)


class NewLineForm(Form):
    unit = SelectField(_l("Pemilik"), coerce=int, validate_choice=False)
    sub_activity = StringField(
        _l("Kode sub kegiatan"),
        filters=[clean],
        validators=[needed(), *text_rules(40, one_line=True, nip=True)],
    )
    name = StringField(_l("Nama sub kegiatan"), filters=[clean], validators=text_rules(500, one_line=True))


class DropForm(Form):
    reason = StringField(
        _l("Alasan mencoret"), id="alasan-coretan", filters=[clean], validators=text_rules(500, one_line=True)
    )


class OpennessForm(Form):
    """`was` and `was_reason` are what the page showed: who changed nothing sets nothing."""

    openness = SelectField(
        _l("Keterbukaan"), choices=[SelectChoice(kind, rules.OPENNESS_WORDS[kind]) for kind in OPENNESS]
    )
    reason = StringField(_l("Alasan"), filters=[clean], validators=text_rules(300, one_line=True))
    was = HiddenField()
    was_reason = HiddenField()
    unit = SelectField(_l("Pemilik"), coerce=int, validate_choice=False)

    @property
    def is_changed(self) -> bool:
        return (self.openness.data, self.reason.data or "") != (self.was.data, self.was_reason.data or "")


class OpennessOfManyForm(Form):
    """The choice at the head of a chapter or programme, for each of its rows."""

    openness = SelectField(
        _l("Keterbukaan"),
        choices=[
            SelectChoice("", _l("Biarkan per baris")),
            *(SelectChoice(kind, rules.OPENNESS_WORDS[kind]) for kind in OPENNESS),
            SelectChoice("was", _l("Kembalikan seperti semula")),
        ],
        default="",
    )
    reason = StringField(_l("Alasan"), filters=[clean], validators=text_rules(300, one_line=True))
