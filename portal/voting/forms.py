"""What a person can type about a poll; the ballot itself is a plain form of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal import clock
from portal.forms import Form, NumberField, clean, needed, text_rules
from portal.plans.forms import sensible_day
from portal.voting.rules import LONGEST_OPTION

YEAR = timedelta(days=366)


def _id(value: str | int) -> int:
    text = str(value)
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise ValueError
    return int(text)


class PollForm(Form):
    unit = SelectField(_l("Pemilih: pegawai unit ini dan di bawahnya"), coerce=int)
    plan = SelectField(_l("Rencana yang dibahas"), coerce=int)
    question = StringField(
        _l("Pertanyaan"), filters=[clean], validators=[needed(), *text_rules(300, 10, one_line=True)]
    )
    options = TextAreaField(_l("Pilihan, satu per baris"), filters=[clean], validators=text_rules(1700))
    proposals = SelectMultipleField(_l("Usulan yang menjadi pilihan"), coerce=_id)
    opens_at = DateTimeLocalField(
        _l("Dibuka mulai"), validators=[needed(_l("Mohon isi waktu.")), sensible_day]
    )
    closes_at = DateTimeLocalField(
        _l("Ditutup pada"), validators=[needed(_l("Mohon isi waktu.")), sensible_day]
    )
    strength = SelectField(
        _l("Saksi"),
        choices=[
            SelectChoice("2-3", _l("Tiga saksi, dua membuka kotak")),
            SelectChoice("1-2", _l("Dua saksi, satu membuka kotak (perkara ringan)")),
        ],
    )
    witnesses = SelectMultipleField(_l("Para saksi"), coerce=_id, validate_choice=False)
    quorum = NumberField(_l("Kuorum (persen pemilih, boleh kosong)"), whole=True, low=1, high=100)

    def option_texts(self) -> list[str]:
        """The options as typed; none typed means agree, disagree, abstain."""
        return [line.strip() for line in (self.options.data or "").split("\n") if line.strip()]

    def witness_count(self) -> int:
        return int(self.strength.data[-1])

    def sufficient_count(self) -> int:
        """How many witnesses open the box."""
        return int(self.strength.data[0])

    def instant(self, name: str) -> datetime:
        """What was typed in local time, as an instant."""
        return self[name].data.replace(tzinfo=clock.zone()).astimezone(clock.now().tzinfo)

    def validate_options(self, field: Any) -> None:
        texts, chosen = self.option_texts(), len(self.proposals.data or [])
        if (texts or chosen > 1) and not 2 <= len(texts) + chosen <= 8:
            raise ValidationError(
                _l(
                    "Kosongkan untuk setuju, tidak setuju, abstain; atau tulis dan centang 2 sampai 8 pilihan."
                )
            )
        if len(set(texts)) != len(texts):
            raise ValidationError(_l("Ada pilihan yang sama."))
        if any(len(text) > LONGEST_OPTION for text in texts):
            raise ValidationError(_l("Satu pilihan paling panjang 200 huruf."))

    def validate_opens_at(self, field: Any) -> None:
        if field.data and abs(field.data - clock.local(clock.now()).replace(tzinfo=None)) > YEAR:
            raise ValidationError(_l("Paling lama satu tahun dari sekarang."))

    def validate_closes_at(self, field: Any) -> None:
        now = clock.local(clock.now()).replace(tzinfo=None)
        if field.data and field.data <= now:
            raise ValidationError(_l("Waktu penutupan sudah lewat."))
        if field.data and field.data - now > YEAR:
            raise ValidationError(_l("Paling lama satu tahun dari sekarang."))
        if self.opens_at.data and field.data and field.data <= self.opens_at.data:
            raise ValidationError(_l("Penutupan harus sesudah pembukaan."))

    def validate_witnesses(self, field: Any) -> None:
        wanted = self.witness_count() if self.strength.data in ("2-3", "1-2") else 0
        if wanted and len(set(field.data or [])) != wanted:
            raise ValidationError(_l("Mohon pilih %(n)d pegawai sebagai saksi.", n=wanted))


class DepartureForm(Form):
    reason = TextAreaField(
        _l("Alasan menyimpang dari hasil"), filters=[clean], validators=[needed(), *text_rules(4000)]
    )
