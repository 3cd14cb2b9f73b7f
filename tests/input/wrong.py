"""What a field must refuse, read from the field itself."""

from __future__ import annotations

from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Length

from portal.formatting import figure
from portal.forms import NumberField, no_control, no_line_break, no_nip

CONTROL, TURNED, NIP = "Ada \x07 di sini", "Ada \u202e di sini", "Pegawai 199001012015012101"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def is_needed(field: Field) -> bool:
    """Whether a field may not be empty."""
    return any(
        isinstance(rule, InputRequired) or getattr(rule, "__qualname__", "").startswith("needed.")
        for rule in field.validators
    )


def _of_text(field: Field) -> dict[str, str]:
    found = {}
    for rule in field.validators:
        if isinstance(rule, Length):
            found["too long"] = "a" * (rule.max + 1)
            if rule.min > 1:
                found["too short"] = "a" * (rule.min - 1)
    names = {
        no_control: ("control", CONTROL),
        no_line_break: ("two lines", "satu\ndua dan tiga"),
        no_nip: ("a NIP", NIP),
    }
    found |= dict(names[rule] for rule in field.validators if rule in names)
    if "control" in found:
        found["right to left"] = TURNED
    return found


def _of_number(field: NumberField) -> dict[str, str]:
    found = {
        "wrong type": "seribu",
        "not a number": "NaN",
        "infinite": "1e309",
        "too large": figure(field.high + 1),
        "far too large": "9" * 190,
        "too small": figure(field.low - 1),
        "markup": MARKUP,
    }
    return found | ({"a fraction": "1,5"} if field.whole else {"too fine": "1,00001"})


def wrong_values(field: Field) -> dict[str, str]:
    """A value that must be refused, by what is wrong with it."""
    found = {"empty": "", "blank": "   "} if is_needed(field) else {}
    if isinstance(field, NumberField):
        return found | _of_number(field)
    if isinstance(field, IntegerField):
        return found | {"wrong type": "dua ribu", "huge": "9" * 5000, "negative": "-1", "not a number": "NaN"}
    if isinstance(field, DateTimeLocalField):
        return found | {
            "wrong type": "kemarin",
            "no such day": "2026-02-31T10:00",
            "first": "0001-01-01T00:00",
            "last": "9999-12-31T23:59",
        }
    if isinstance(field, DateField):
        return found | {
            "wrong type": "kemarin",
            "no such day": "2026-02-31",
            "first": "0001-01-01",
            "last": "9999-12-31",
        }
    if isinstance(field, (SelectField, SelectMultipleField, RadioField)):
        return {"no choice": "bukan-pilihan", "another id": "999999999", "huge": "9" * 5000, "markup": MARKUP}
    return found | _of_text(field)
