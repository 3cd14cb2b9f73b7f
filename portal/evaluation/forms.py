"""What a person can type about a quarter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from portal.discussion.rules import VOICE_WORDS
from portal.evaluation import rules
from portal.forms import Form, NumberField, clean, needed, text_rules
from portal.plans.forms import sensible_day


def _text(label: Any, longest: int = 2000, *, is_needed: bool = True) -> TextAreaField:
    validators = [needed()] if is_needed else []
    return TextAreaField(label, filters=[clean], validators=[*validators, *text_rules(longest)])


def _choices(words: dict[str, Any], empty: Any = None) -> list[SelectChoice]:
    first = [SelectChoice("", empty)] if empty else []
    return [*first, *(SelectChoice(key, label) for key, label in words.items())]


class EvidenceForm(Form):
    """One piece of evidence; without a kind there is none."""

    evidence_kind = SelectField(
        _l("Bukti dukung"), choices=_choices(rules.EVIDENCE, _l("Tanpa bukti")), default=""
    )
    title = StringField(_l("Nama bukti"), filters=[clean], validators=text_rules(200, one_line=True))
    reference = StringField(
        _l("Nomor atau alamat bukti"), filters=[clean], validators=text_rules(500, one_line=True)
    )
    dated_on = DateField(_l("Tanggal bukti"), validators=[Optional(), sensible_day])
    kept_by = StringField(_l("Disimpan oleh"), filters=[clean], validators=text_rules(200, one_line=True))

    def validate_title(self, field: Any) -> None:
        if self.evidence_kind.data and not field.data:
            raise ValidationError(_l("Mohon isi nama buktinya."))

    def validate_reference(self, field: Any) -> None:
        if self.evidence_kind.data and not field.data:
            raise ValidationError(_l("Mohon isi nomor atau alamatnya."))

    def validate_kept_by(self, field: Any) -> None:
        if self.evidence_kind.data and not field.data:
            raise ValidationError(_l("Mohon isi siapa yang menyimpannya."))

    def evidence(self) -> list[dict[str, Any]]:
        """The piece that was typed, as the action takes it."""
        if not self.evidence_kind.data:
            return []
        return [
            {"kind": self.evidence_kind.data}
            | {name: self[name].data for name in ("title", "reference", "dated_on", "kept_by")}
        ]


MOST_EVIDENCE = 10
"""Pieces of one figure."""


class RealisationForm(EvidenceForm):
    """The figure of one line in one quarter, with its first piece of evidence; each further one has a form of its own."""

    number = HiddenField()
    pieces = HiddenField()
    """How many further pieces the page shows."""
    status = RadioField(_l("Keadaan"), choices=_choices(rules.STATUSES), default="measured")
    value = NumberField(_l("Realisasi kinerja"))
    numerator = NumberField(_l("Pembilang"))
    denominator = NumberField(_l("Penyebut"))
    rupiah = NumberField(_l("Realisasi belanja triwulan ini (Rp)"), whole=True)
    reason = _text(_l("Alasan"), 1000, is_needed=False)
    note = _text(_l("Catatan"), 1000, is_needed=False)

    def validate_denominator(self, field: Any) -> None:
        if field.data is not None and field.data <= 0:
            raise ValidationError(_l("Penyebut harus lebih dari nol."))
        if (field.data is None) != (self.numerator.data is None):
            raise ValidationError(_l("Mohon isi pembilang dan penyebut, atau kosongkan keduanya."))


def realisation_form(scale: list[Any] | None) -> type[RealisationForm]:
    """The form of a line; on a scale a grade is chosen, and its points are kept."""
    if not scale:
        return RealisationForm
    choices = [
        SelectChoice("", _l("Silakan pilih")),
        *(SelectChoice(str(points), name) for name, points in scale),
    ]

    class GradeForm(RealisationForm):
        value = SelectField(
            _l("Realisasi kinerja"), choices=choices, coerce=lambda text: Decimal(text) if text else None
        )

    return GradeForm


class FilingForm(Form):
    driving = _text(_l("Faktor pendorong"))
    hindering = _text(_l("Faktor penghambat"))
    next_quarter = _text(_l("Tindak lanjut triwulan berikutnya"), is_needed=False)
    next_plan = _text(_l("Tindak lanjut Renja berikutnya"), is_needed=False)
    unit = SelectField(_l("Unit yang menindaklanjuti"), coerce=int)


class FollowUpForm(Form):
    """What became of one follow-up of the quarter before; one for each, with its id before the names."""

    result = SelectField(
        _l("Hasil"),
        choices=_choices(rules.FOLLOW_UP_RESULTS, _l("Silakan pilih")),
        validators=[needed(_l("Mohon pilih hasilnya."))],
    )
    text = _text(_l("Keterangan"), 1000, is_needed=False)


class VerdictForm(Form):
    outcome = RadioField(
        _l("Putusan"), choices=_choices(rules.OUTCOMES), validators=[needed(_l("Mohon pilih putusannya."))]
    )
    whole = _text(_l("Catatan atas seluruh evaluasi"), is_needed=False)


class FindingForm(Form):
    """The finding on one line, with its id before the names."""

    result = SelectField(_l("Temuan"), choices=_choices(rules.FINDINGS), default="fits")
    text = _text(_l("Catatan"), 1000, is_needed=False)

    def validate_text(self, field: Any) -> None:
        if self.result.data != "fits" and not field.data:
            raise ValidationError(_l("Mohon tulis apa yang kurang."))


class ObjectionForm(Form):
    code = SelectField(_l("Baris"), choices=[SelectChoice("", _l("Seluruh evaluasi"))])
    text = _text(_l("Keberatan Anda"))
    voice = RadioField(_l("Ditampilkan sebagai"), choices=_choices(VOICE_WORDS), default="named")


class ObjectionAnswerForm(Form):
    outcome = SelectField(
        _l("Putusan"),
        choices=_choices(rules.OBJECTION_OUTCOMES, _l("Silakan pilih")),
        validators=[needed(_l("Mohon pilih putusannya."))],
    )
    text = _text(_l("Jawaban"))
