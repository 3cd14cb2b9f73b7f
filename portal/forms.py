"""What all forms share: one language, lengths, and the characters that no text may hold."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import get_translations
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, HiddenField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError
from wtforms.widgets import TextInput

from portal.formatting import figure, read_number

# Control characters but line feed and tab; marks that turn the direction of writing.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
EIGHTEEN_DIGITS = re.compile(r"(?<!\d)(?:\d[ .\u00a0-]?){17}\d(?!\d)")


# What WTForms says by itself, in our words.
OWN_WORDS = {
    "Not a valid choice.": _l("Silakan pilih salah satu yang tersedia."),
    "Invalid Choice: could not coerce.": _l("Silakan pilih salah satu yang tersedia."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _l("Silakan pilih yang tersedia."),
    "Not a valid date value.": _l("Mohon ditulis sebagai tanggal, misalnya 2026-03-19."),
    "Not a valid datetime value.": _l("Mohon ditulis sebagai tanggal dan jam."),
    "Not a valid integer value.": _l("Mohon ditulis sebagai angka bulat."),
    "This field is required.": _l("Mohon diisi."),
}


def searched(name: str = "q") -> str:
    """What was typed into a search field, as far as it is looked for; no database takes a pattern of any length."""
    return request.values.get(name, "")[:100].replace("\0", "").strip()


class _Translations:
    """WTForms' own messages in our words, without interpolating them."""

    def gettext(self, string: str) -> str:
        return str(OWN_WORDS[string]) if string in OWN_WORDS else str(get_translations().gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(get_translations().ngettext(singular, plural, n))


class Form(FlaskForm):
    """Every form of the portal. CSRF is checked once for all requests, so the form itself carries no field."""

    class Meta(FlaskForm.Meta):
        csrf = False
        locales = ("id",)

        def get_translations(self, _form: Any) -> _Translations:
            return _Translations()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent as a form, and files where the form asks for one; a file in another field is no text."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if request.method != "POST" or not request.form:
                return None
            asked = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, file) for name in asked for file in request.files.getlist(name)]
            return CombinedMultiDict((MultiDict(files), request.form))


class AnsweringForm(Form):
    """A form that publishes an answer, with its first field `kind`: it carries what stood there when it was opened."""

    opened = HiddenField()

    def is_late(self, state: str, said: str) -> bool:
        """Whether something came since it was opened; then it says so, and is opened anew on what stands there now."""
        if self.opened.data == state:
            return False
        self.opened.data = state
        self["kind"].errors = [said]
        return True


def clean(value: str | None) -> str | None:
    """Text in one Unicode form with plain line ends; spaces at the ends are dropped."""
    if value is None:
        return None
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def no_control(_form: Any, field: Field) -> None:
    if field.data and FORBIDDEN.search(field.data):
        raise ValidationError(_l("Ada huruf kendali yang tidak terlihat; silakan hapus, lalu ketik kembali."))


def no_nip(_form: Any, field: Field) -> None:
    """18 digits in a row may be somebody's NIP and never go into a text."""
    if field.data and EIGHTEEN_DIGITS.search(field.data):
        raise ValidationError(_l("Ada 18 angka berurutan yang mungkin NIP seseorang. Silakan hapus."))


def no_line_break(_form: Any, field: Field) -> None:
    if field.data and ("\n" in field.data or "\t" in field.data):
        raise ValidationError(_l("Mohon ditulis dalam satu baris."))


def needed(message: Any = None) -> Any:
    """The field must not be empty; one that could not be read has said so already."""

    def check(_form: Any, field: Field) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            typed = any(isinstance(value, str) and value.strip() for value in field.raw_data or ())
            if typed and field.errors:
                raise StopValidation
            field.errors = []
            raise StopValidation(message or _l("Mohon diisi."))

    return check


def text_rules(longest: int, shortest: int = 0, *, one_line: bool = False, nip: bool = False) -> list[Any]:
    """The validators of a free text: length in letters, no control characters, no NIP."""
    if shortest:
        length = Length(
            min=shortest,
            max=longest,
            message=_l("Panjangnya %(min)d sampai %(max)d huruf."),
        )
    else:
        length = Length(max=longest, message=_l("Paling panjang %(max)d huruf."))
    rules: list[Any] = [length, no_control]
    if one_line:
        rules.append(no_line_break)
    if not nip:
        rules.append(no_nip)
    return rules


class NumberField(Field):
    """A number as written in Indonesian; `data` is a Decimal or None, what was typed stays in the box."""

    widget = TextInput()

    def __init__(
        self,
        *args: Any,
        low: Decimal | int = 0,
        high: Decimal | int = 10**15,
        whole: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.low, self.high, self.whole = low, high, whole
        self.typed: str | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0][:200] if valuelist else None
        text = (self.typed or "").strip().removeprefix("Rp").strip()
        self.data = None
        if not text:
            return
        try:
            number = read_number(text)
        except ValueError:
            raise ValueError(str(_l("Mohon ditulis sebagai angka, misalnya 1.250.000."))) from None
        if self.whole and number != number.to_integral_value():
            raise ValueError(str(_l("Mohon ditulis tanpa pecahan.")))
        if not self.low <= number <= self.high:
            raise ValueError(
                str(_l("Angkanya antara %(low)s dan %(high)s.", low=figure(self.low), high=figure(self.high)))
            )
        if number.as_tuple().exponent < -4:  # type: ignore[operator]
            raise ValueError(str(_l("Paling banyak empat angka di belakang koma.")))
        self.data = int(number) if self.whole else number

    def _value(self) -> str:
        return self.typed if self.typed is not None else figure(self.data)


__all__ = ["Form", "InputRequired", "NumberField", "clean", "needed", "text_rules"]
