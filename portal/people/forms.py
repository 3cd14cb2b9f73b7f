"""What a person can type about accounts, people and duties."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.forms import Form, clean, needed, text_rules
from portal.people.models import ROLES, STANDINGS
from portal.people.words import ROLE_NAMES, STANDING_NAMES

NIP_RULES = [needed(_l("Mohon isi NIP Anda.")), *text_rules(40, one_line=True, nip=True)]


class SignInForm(Form):
    nip = StringField(_l("NIP"), filters=[clean], validators=NIP_RULES)
    password = PasswordField(_l("Kata sandi"), validators=[needed(_l("Mohon isi kata sandi Anda."))])
    own_device = BooleanField(_l("Perangkat ini milik saya sendiri"))
    next = HiddenField()


class ActivationForm(Form):
    nip = StringField(_l("NIP"), filters=[clean], validators=NIP_RULES)
    code = StringField(
        _l("Kode aktivasi"),
        filters=[clean],
        validators=[needed(_l("Mohon isi kode dari lembar aktivasi.")), *text_rules(40, one_line=True)],
    )
    new_password = PasswordField(_l("Kata sandi baru"), validators=[needed()])
    repeat = PasswordField(_l("Ulangi kata sandi baru"), validators=[needed()])


class PasswordForm(Form):
    password = PasswordField(_l("Kata sandi sekarang"), validators=[needed()])
    new_password = PasswordField(_l("Kata sandi baru"), validators=[needed()])
    repeat = PasswordField(_l("Ulangi kata sandi baru"), validators=[needed()])


class ConfirmForm(Form):
    password = PasswordField(_l("Kata sandi"), validators=[needed(_l("Mohon isi kata sandi Anda."))])
    next = HiddenField()


class AppearanceForm(Form):
    theme = SelectField(
        _l("Tampilan"),
        choices=[
            SelectChoice("system", _l("Mengikuti perangkat")),
            SelectChoice("light", _l("Terang")),
            SelectChoice("dark", _l("Gelap")),
        ],
    )


class UploadForm(Form):
    file = FileField(_l("Berkas CSV atau XLSX"))


class RosterUploadForm(UploadForm):
    full = BooleanField(_l("Berkas ini memuat semua pegawai"))


class ApplyForm(Form):
    leave = BooleanField(_l("Ya, mereka sudah tidak bertugas di sini"))


class DutyForm(Form):
    role = SelectField(_l("Peran"), choices=[SelectChoice(role, ROLE_NAMES[role]) for role in ROLES])
    unit = SelectField(_l("Unit kerja"), coerce=int)
    standing = SelectField(
        _l("Kedudukan"), choices=[SelectChoice(standing, STANDING_NAMES[standing]) for standing in STANDINGS]
    )
    from_on = DateField(_l("Mulai"), validators=[InputRequired(_l("Mohon isi tanggalnya."))])
    until_on = DateField(_l("Sampai dengan"), validators=[Optional()])
    document = StringField(
        _l("Dasar penugasan"), filters=[clean], validators=[*text_rules(200, one_line=True)]
    )


class DutyEndForm(Form):
    until_on = DateField(_l("Hari terakhir"), validators=[InputRequired(_l("Mohon isi tanggalnya."))])
    revoke = BooleanField(_l("Penugasan ini keliru; cabut sekarang juga"))


class UnitEndForm(Form):
    until_on = DateField(_l("Hari terakhir"), validators=[InputRequired(_l("Mohon isi tanggalnya."))])
    successor = SelectField(_l("Digabung ke"), coerce=int)


class SlipForm(Form):
    again = BooleanField(_l("Cetak lagi bagi yang kodenya masih berlaku"))
