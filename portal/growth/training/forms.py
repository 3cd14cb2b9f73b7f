"""What a person can type about a training."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
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
from portal.forms import Form, NumberField, clean, needed, text_rules
from portal.growth.training import hours, rules
from portal.growth.training.models import Training
from portal.plans.forms import sensible_day


def _text(label: Any, longest: int = 2000, *, is_needed: bool = True) -> TextAreaField:
    validators = [needed()] if is_needed else []
    return TextAreaField(label, filters=[clean], validators=[*validators, *text_rules(longest)])


def _line(label: Any, longest: int = 200, shortest: int = 0, *, is_needed: bool = True) -> StringField:
    validators = [needed()] if is_needed else []
    return StringField(
        label, filters=[clean], validators=[*validators, *text_rules(longest, shortest, one_line=True)]
    )


def _day(label: Any) -> DateField:
    return DateField(label, validators=[needed(_l("Mohon isi tanggal.")), sensible_day])


def _choices(words: dict[str, Any], empty: Any = None) -> list[SelectChoice]:
    first = [SelectChoice("", empty)] if empty else []
    return [*first, *(SelectChoice(key, label) for key, label in words.items())]


def _id(value: str | int) -> int:
    text = str(value)
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise ValueError
    return int(text)


def _forms() -> list[SelectChoice]:
    return [SelectChoice(one.code, one.form) for one in hours.rules().values()]


def _count(label: Any, low: int = 1, high: int = 10_000, *, is_needed: bool = True) -> NumberField:
    return NumberField(label, low=low, high=high, whole=True, validators=[needed()] if is_needed else [])


POINTS: dict[str, Any] = {
    "few_hours": _l("JP tahun ini masih sedikit"),
    "new_topic": _l("Belum pernah mengikuti topik ini"),
    "unit_without_seat": _l("Unitnya tidak mendapat tempat selama dua tahun"),
    "line_owner": _l("Unitnya pemilik baris yang membiayai"),
}


class TrainingForm(Form):
    """A training with its criteria and quotas; nothing of them changes once it is published."""

    unit = SelectField(_l("Unit penyelenggara"), coerce=_id)
    title = _line(_l("Judul"), shortest=5)
    topic = _line(_l("Topik"))
    text = _text(_l("Isi dan tujuan"))
    form = SelectField(_l("Bentuk"), default="B3")
    mode = RadioField(_l("Cara"), choices=_choices(rules.MODES), default="onsite")
    place = _line(_l("Tempat"))
    seats = _count(_l("Jumlah tempat"))
    opens_on = _day(_l("Pendaftaran dibuka"))
    closes_on = _day(_l("Pendaftaran ditutup"))
    starts_on = _day(_l("Mulai"))
    ends_on = _day(_l("Selesai"))
    line = SelectField(_l("Dibiayai baris rencana"), coerce=_id)
    needs = SelectMultipleField(_l("Kebutuhan yang dijawab"), coerce=_id)
    min_attendance = _count(_l("Kehadiran paling sedikit (persen)"), 1, 100)
    asks_endorsement = BooleanField(_l("Memerlukan persetujuan atasan"))
    has_test = BooleanField(_l("Ada ujian yang harus dilalui"))
    must_status = SelectField(
        _l("Status pendaftar"),
        choices=[
            SelectChoice("", _l("Semua status")),
            SelectChoice("PNS", "PNS"),
            SelectChoice("PPPK", "PPPK"),
        ],
    )
    must_unit = SelectField(_l("Unit pendaftar"), coerce=_id)
    must_post = _line(_l("Jabatannya memuat kata"), 100, is_needed=False)
    few_hours = _count(_l("Poin: JP tahun ini masih sedikit"), 0, 100, is_needed=False)
    few_hours_under = _count(_l("Sedikit berarti di bawah (JP)"), 1, 100, is_needed=False)
    new_topic = _count(_l("Poin: belum pernah mengikuti topik ini"), 0, 100, is_needed=False)
    unit_without_seat = _count(
        _l("Poin: unitnya tidak mendapat tempat selama dua tahun"), 0, 100, is_needed=False
    )
    line_owner = _count(_l("Poin: unitnya pemilik baris yang membiayai"), 0, 100, is_needed=False)
    most = _count(_l("Paling banyak untuk satu perangkat daerah (tempat)"), is_needed=False)
    least_group = SelectField(_l("Tempat yang disediakan untuk"))
    least = _count(_l("Paling sedikit (tempat)"), is_needed=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.choices = _forms()

    def offer(
        self, units: list[tuple[int, str]], everywhere: list[tuple[int, str]], lines: Any, needs: Any
    ) -> None:
        """Units that one organises for, all units, lines that may pay, needs that may be met."""
        self.unit.choices = [SelectChoice(n, name) for n, name in units]
        self.must_unit.choices = [
            SelectChoice(0, _l("Semua unit")),
            *(SelectChoice(n, name) for n, name in everywhere),
        ]
        self.line.choices = [
            SelectChoice(0, _l("Tanpa baris")),
            *(SelectChoice(n, name) for n, name in lines),
        ]
        self.needs.choices = [SelectChoice(n, name) for n, name in needs]
        self.least_group.choices = [
            SelectChoice("", _l("Tidak ada")),
            SelectChoice("district", _l("Pegawai kecamatan")),
            *(SelectChoice(str(n), name) for n, name in everywhere),
        ]

    def validate_closes_on(self, field: Any) -> None:
        if field.data and self.opens_on.data and field.data <= self.opens_on.data:
            raise ValidationError(_l("Penutupan harus sesudah pembukaan."))

    def validate_starts_on(self, field: Any) -> None:
        if field.data and self.closes_on.data and field.data < self.closes_on.data:
            raise ValidationError(_l("Pelatihan mulai sesudah pendaftaran ditutup."))

    def validate_ends_on(self, field: Any) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("Selesainya tidak boleh sebelum mulainya."))

    def validate_few_hours_under(self, field: Any) -> None:
        if self.few_hours.data and not field.data:
            raise ValidationError(_l("Mohon isi batasnya."))

    def validate_line_owner(self, field: Any) -> None:
        if field.data and not self.line.data:
            raise ValidationError(_l("Pilih dahulu baris yang membiayai."))

    def validate_least(self, field: Any) -> None:
        if bool(field.data) != bool(self.least_group.data):
            raise ValidationError(_l("Isi jumlah dan pilih untuk siapa, atau kosongkan keduanya."))
        if field.data and self.seats.data and field.data > self.seats.data:
            raise ValidationError(_l("Tidak boleh melebihi jumlah tempat."))

    def given(self) -> dict[str, Any]:
        """The columns of the training."""
        names = (
            "title", "topic", "text", "form", "mode", "place", "seats", "opens_on", "closes_on", "starts_on",
            "ends_on", "min_attendance", "asks_endorsement", "has_test",
        )  # fmt: skip
        return {name: self[name].data for name in names} | {
            "unit_id": self.unit.data,
            "line_id": self.line.data or None,
        }

    def criteria(self) -> list[dict[str, Any]]:
        must = (
            ("status", self.must_status.data),
            ("unit", str(self.must_unit.data or "")),
            ("post", self.must_post.data),
        )
        found = [{"kind": "must", "test": test, "value": value, "points": 0} for test, value in must if value]
        return found + [
            {
                "kind": "points",
                "test": test,
                "value": str(self.few_hours_under.data) if test == "few_hours" else "",
                "points": self[test].data,
            }
            for test in POINTS
            if self[test].data
        ]

    def quotas(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [
            {"most": self.most.data or rules.most_seats(int(self.seats.data or 0))}
        ]
        if self.least.data:
            group = self.least_group.data
            who = {"group": group} if group == "district" else {"unit_id": int(group)}
            found.append(who | {"least": self.least.data})
        return found


def typed(training: Training, needs: list[int]) -> dict[str, Any]:
    """What the form of a draft opens with."""
    found: dict[str, Any] = {
        name: getattr(training, name)
        for name in (
            "title", "topic", "text", "form", "mode", "place", "seats", "opens_on", "closes_on", "starts_on",
            "ends_on", "min_attendance", "asks_endorsement", "has_test",
        )
    } | {"unit": training.unit_id, "line": training.line_id or 0, "needs": needs}  # fmt: skip
    for one in training.criteria:
        if one.kind == "points":
            found[one.test] = one.points
            if one.test == "few_hours":
                found["few_hours_under"] = int(one.value)
        else:
            found[f"must_{one.test}"] = int(one.value) if one.test == "unit" else one.value
    for quota in training.quotas:
        if quota.most is not None:
            # What nobody typed is left empty, so that it follows the number of seats.
            if quota.most != rules.most_seats(training.seats):
                found["most"] = quota.most
        else:
            found |= {"least": quota.least, "least_group": quota.group or str(quota.unit_id)}
    return found


class SeedForm(Form):
    """A seed of the draw. Only its SHA-256 is kept until it is told: write it down."""

    seed = _line(_l("Benih"), 100, 8)


class ReasonForm(Form):
    reason = _text(_l("Alasan"), 1000)


class EndorsementForm(Form):
    outcome = RadioField(
        _l("Putusan"),
        choices=[SelectChoice("endorsed", _l("Setuju")), SelectChoice("refused", _l("Tidak setuju"))],
        validators=[needed(_l("Mohon pilih putusannya."))],
    )
    reason = _text(_l("Alasan"), 1000, is_needed=False)

    def validate_reason(self, field: Any) -> None:
        if self.outcome.data == "refused" and not field.data:
            raise ValidationError(_l("Mohon tulis alasannya; pendaftar membacanya."))


class MeetingForm(Form):
    starts_at = DateTimeLocalField(_l("Mulai"), validators=[needed(_l("Mohon isi waktu.")), sensible_day])
    minutes = _count(_l("Lamanya (menit)"), 1, 1440)
    place = _line(_l("Tempat"))

    def instant(self) -> datetime:
        """What was typed in local time, as an instant."""
        return self.starts_at.data.replace(tzinfo=clock.zone()).astimezone(clock.now().tzinfo)


class WallCodeForm(Form):
    code = _line(_l("Kode di dinding"), 20)


class PresentForm(Form):
    """Somebody's minutes at a meeting; one for each, with the id of the application before the name."""

    minutes = _count(_l("Menit"), 0, 1440, is_needed=False)
    shown = HiddenField()
    """What stood there when the list was opened: whoever signs in meanwhile is not struck off by an older list."""

    @property
    def is_changed(self) -> bool:
        return str(self.minutes.data or "") != (self.shown.data or "")


class PassedForm(Form):
    """Whether somebody passed; one for each, with the id of the application before the name."""

    passed = BooleanField(_l("Lulus"))


SCORES = {str(n): str(n) for n in range(1, 6)}


class FeedbackForm(Form):
    content_score = RadioField(
        _l("Isinya sesuai kebutuhan saya"), choices=_choices(SCORES), validators=[needed(_l("Mohon pilih."))]
    )
    teaching_score = RadioField(
        _l("Pengajarnya jelas"), choices=_choices(SCORES), validators=[needed(_l("Mohon pilih."))]
    )
    use_score = RadioField(
        _l("Saya dapat memakainya dalam pekerjaan"),
        choices=_choices(SCORES),
        validators=[needed(_l("Mohon pilih."))],
    )
    text = _text(_l("Apa yang sebaiknya diubah?"), 1000, is_needed=False)


class UptakeForm(Form):
    used = RadioField(
        _l("Sudah dipakai?"), choices=_choices(rules.USES), validators=[needed(_l("Mohon pilih."))]
    )
    line = SelectField(_l("Pada baris rencana"), coerce=_id)
    text = _text(_l("Di mana, atau apa yang menghalangi?"), 1000)


class NeedForm(Form):
    unit = SelectField(_l("Unit yang memerlukan"), coerce=_id)
    topic = _line(_l("Topik"))
    source = SelectField(_l("Sumber kebutuhan"))
    line = SelectField(_l("Baris rencana"), coerce=_id)
    people = _count(_l("Jumlah pegawai"))
    text = _text(_l("Untuk apa?"), 1000)

    def validate_line(self, field: Any) -> None:
        if self.source.data == "plan" and not field.data:
            raise ValidationError(_l("Mohon pilih barisnya."))


class LearningForm(Form):
    title = _line(_l("Nama kegiatan"))
    form = SelectField(_l("Bentuk"), default="C3")
    issuer = _line(_l("Penyelenggara"))
    number = _line(_l("Nomor sertifikat"), 100)
    starts_on = _day(_l("Mulai"))
    ends_on = _day(_l("Selesai"))
    hours = _count(_l("JP pada sertifikat"), 1, 2000)
    minutes = _count(_l("Lamanya (menit), bila tertulis"), 1, 100_000, is_needed=False)
    kept_at = _line(_l("Sertifikat disimpan di"), 500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.choices = _forms()

    def validate_ends_on(self, field: Any) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("Selesainya tidak boleh sebelum mulainya."))
        if field.data and field.data > clock.today():
            raise ValidationError(_l("Dicatat sesudah selesai."))


class LearningVerdictForm(Form):
    outcome = RadioField(
        _l("Putusan"),
        choices=[SelectChoice("accepted", _l("Diakui")), SelectChoice("refused", _l("Tidak diakui"))],
        validators=[needed(_l("Mohon pilih putusannya."))],
    )
    hours = _count(_l("JP yang diakui"), 0, 2000, is_needed=False)
    reason = _text(_l("Alasan"), 1000, is_needed=False)

    def validate_hours(self, field: Any) -> None:
        if self.outcome.data == "accepted" and not field.data:
            raise ValidationError(_l("Mohon isi JP yang diakui."))

    def validate_reason(self, field: Any) -> None:
        if self.outcome.data == "refused" and not field.data:
            raise ValidationError(_l("Mohon tulis alasannya; pegawai membacanya."))
