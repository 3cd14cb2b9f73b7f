"""What a person can type about a gap, a call and an offer."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal import clock
from portal.forms import Form, NumberField, clean, needed, text_rules
from portal.growth.partners import rules
from portal.plans.forms import day_field, sensible_day


def _text(label: Any, longest: int = 2000, *, is_needed: bool = True) -> TextAreaField:
    validators = [needed()] if is_needed else []
    return TextAreaField(label, filters=[clean], validators=[*validators, *text_rules(longest)])


def _line(label: Any, longest: int = 200, *, is_needed: bool = True) -> StringField:
    validators = [needed()] if is_needed else []
    return StringField(
        label, filters=[clean], validators=[*validators, *text_rules(longest, one_line=True)], default=""
    )


def _choices(words: dict[str, Any], empty: Any = None) -> list[SelectChoice]:
    first = [SelectChoice("", empty)] if empty else []
    return [*first, *(SelectChoice(key, label) for key, label in words.items())]


def _one_of(label: Any, words: dict[str, Any]) -> SelectField:
    return SelectField(
        label, choices=_choices(words, _l("Silakan pilih")), validators=[needed(_l("Mohon pilih satu."))]
    )


def _quantity(label: Any) -> NumberField:
    return NumberField(label, high=10**9)


def _above_zero(_form: Any, field: Any) -> None:
    if field.data is not None and field.data <= 0:
        raise ValidationError(_l("Jumlahnya harus lebih dari nol, atau kosongkan."))


def _not_later(_form: Any, field: Any) -> None:
    if field.data and field.data > clock.today():
        raise ValidationError(_l("Tanggalnya tidak boleh sesudah hari ini."))


def _past_day(label: Any) -> DateField:
    return DateField(label, validators=[needed(_l("Mohon isi tanggal.")), sensible_day, _not_later])


class GapForm(Form):
    kind = _one_of(_l("Yang kurang"), rules.GAP_KINDS)
    text = _text(_l("Uraian"), 500)
    quantity = _quantity(_l("Jumlah"))
    measure_unit = _line(_l("Satuan"), 100, is_needed=False)

    validate_quantity = _above_zero

    def validate_measure_unit(self, field: Any) -> None:
        if self.quantity.data is not None and not field.data:
            raise ValidationError(_l("Mohon isi satuannya."))


class CallForm(Form):
    unit = SelectField(_l("Unit yang mengundang"), coerce=int)
    gaps = SelectMultipleField(_l("Kesenjangan yang diumumkan"), coerce=int)
    opens_on = day_field(_l("Dibuka"))
    closes_on = day_field(_l("Ditutup"))
    text = _text(_l("Undangan"), 4000)
    contact = _text(_l("Alamat surat dan kontak"), 500)

    def validate_gaps(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Mohon pilih paling sedikit satu kesenjangan."))


class OfferForm(Form):
    gap = SelectField(_l("Untuk kesenjangan"), coerce=int)
    name = _line(_l("Nama mitra"))
    kind = _one_of(_l("Jenis mitra"), rules.PARTNER_KINDS)
    registration = _line(_l("Nomor badan hukum atau NIB"), 60, is_needed=False)
    address = _text(_l("Alamat"), 500, is_needed=False)
    what = _text(_l("Yang ditawarkan"), 500)
    quantity = _quantity(_l("Jumlah"))
    value = NumberField(_l("Taksiran nilai (Rp)"), whole=True)
    conditions = _text(_l("Syarat dari mitra"), is_needed=False)
    letter_number = _line(_l("Nomor surat"))
    letter_on = _past_day(_l("Tanggal surat"))

    validate_quantity = _above_zero


class CheckForm(Form):
    """The answer to one question; one for each, with its number before the names."""

    result = RadioField(
        _l("Hasil"), choices=_choices({"": _l("Belum diperiksa"), **rules.CHECK_RESULTS}), default=""
    )
    text = _text(_l("Keterangan"), 1000, is_needed=False)

    def validate_text(self, field: Any) -> None:
        if self.result.data == "problem" and not field.data:
            raise ValidationError(_l("Mohon tulis apa masalahnya."))


class PriceCheckForm(CheckForm):
    """The seventh question: where the price was found is said also where nothing is wrong."""

    def validate_text(self, field: Any) -> None:
        if self.result.data and not field.data:
            raise ValidationError(_l("Mohon sebut sumber harganya, atau apa masalahnya."))


class StatementForm(Form):
    has_interest = RadioField(
        _l("Pernyataan"),
        choices=[
            SelectChoice("no", _l("Saya tidak mempunyai benturan kepentingan dengan mitra ini")),
            SelectChoice("yes", _l("Saya mempunyai benturan kepentingan")),
        ],
        validators=[needed(_l("Mohon pilih pernyataan Anda."))],
    )
    text = _text(_l("Keterangan"), 1000, is_needed=False)

    def validate_text(self, field: Any) -> None:
        if self.has_interest.data == "yes" and not field.data:
            raise ValidationError(_l("Mohon tulis benturan kepentingannya."))


class RulingForm(Form):
    outcome = RadioField(
        _l("Putusan"), choices=_choices(rules.OUTCOMES), validators=[needed(_l("Mohon pilih putusannya."))]
    )
    ground = _text(_l("Dasar putusan"))


class WithdrawalForm(Form):
    reason = _text(_l("Alasan mitra, beserta nomor suratnya"), 1000)


class AgreementForm(Form):
    kind = _one_of(_l("Jenis naskah"), rules.AGREEMENTS)
    number = _line(_l("Nomor naskah"))
    signed_on = _past_day(_l("Ditandatangani"))
    from_on = day_field(_l("Berlaku mulai"))
    until_on = day_field(_l("Berlaku sampai"))
    duties_theirs = _text(_l("Kewajiban mitra"))
    duties_ours = _text(_l("Kewajiban pemerintah daerah"))

    def validate_until_on(self, field: Any) -> None:
        if field.data and self.from_on.data and field.data <= self.from_on.data:
            raise ValidationError(_l("Tanggal berakhir harus sesudah tanggal mulai."))


class DeliveryForm(Form):
    what = _text(_l("Yang diserahkan"), 500)
    quantity = _quantity(_l("Jumlah"))
    value = NumberField(_l("Nilai (Rp)"), whole=True)
    on = _past_day(_l("Tanggal penyerahan"))
    handover_number = _line(_l("Nomor berita acara serah terima"), is_needed=False)

    validate_quantity = _above_zero
