"""What a person can type into a section, a line, and about their openness."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.drafting import rules
from portal.drafting.models import OPENNESS
from portal.forms import Form, NumberField, clean, needed, text_rules

LONGEST = 20_000


class _Saving(Form):
    """What every save carries: the version it was opened from, the clash it settles, and a reason."""

    based_on = HiddenField()
    clash = HiddenField()
    reason = StringField(_l("Alasan perubahan"), filters=[clean], validators=text_rules(160, one_line=True))

    def number(self, name: str) -> int | None:
        text = self[name].data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class SectionForm(_Saving):
    body = TextAreaField(_l("Naskah"), filters=[clean], validators=text_rules(LONGEST))


class LineForm(_Saving):
    indicator = StringField(_l("Indikator"), filters=[clean], validators=text_rules(1000, one_line=True))
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
    location = StringField(_l("Lokasi"), filters=[clean], validators=text_rules(1000, one_line=True))
    target_group = StringField(
        _l("Kelompok sasaran"), filters=[clean], validators=text_rules(1000, one_line=True)
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
        """The values of a valid form by column name."""
        left_out = {"based_on", "clash", "reason", "csrf_token"}
        return {field.name: field.data for field in self if field.name not in left_out}


class NewLineForm(Form):
    code = StringField(
        _l("Kode sub kegiatan"),
        filters=[clean],
        validators=[needed(), *text_rules(40, one_line=True, nip=True)],
    )
    name = StringField(_l("Nama sub kegiatan"), filters=[clean], validators=text_rules(500, one_line=True))


class DropForm(Form):
    reason = StringField(_l("Alasan mencoret"), filters=[clean], validators=text_rules(500, one_line=True))


class OpennessForm(Form):
    openness = SelectField(
        _l("Keterbukaan"), choices=[SelectChoice(kind, rules.OPENNESS_WORDS[kind]) for kind in OPENNESS]
    )
    reason = StringField(_l("Alasan"), filters=[clean], validators=text_rules(300, one_line=True))
