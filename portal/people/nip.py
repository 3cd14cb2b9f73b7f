"""The NIP: 18 digits of birth date, six of the appointment, sex, serial; no checksum. Always text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

SEPARATORS = re.compile(r"[\s.'’`\-\u00a0\u2007\u202f]+")
SCIENTIFIC = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")


@dataclass(frozen=True)
class Nip:
    """A NIP that was read: its digits, or why it is none; `warning` where it is only unusual."""

    digits: str = ""
    problem: str | None = None
    warning: str | None = None


def bare(value: str) -> str:
    """What was typed, without spaces, dots and apostrophes."""
    return SEPARATORS.sub("", value)[:60]


def read_nip(value: object, today: date) -> Nip:
    """The NIP of a cell or a field."""
    if isinstance(value, int | float | date):
        return Nip(
            problem=_(
                "NIP tersimpan sebagai angka sehingga digit terakhirnya sudah rusak; "
                "atur kolom NIP sebagai teks, lalu isi kembali dari sumbernya."
            )
        )
    text = str(value or "").strip()
    if not text:
        return Nip(problem=_("NIP kosong."))
    if SCIENTIFIC.fullmatch(text):
        return Nip(
            problem=_("NIP sudah berubah menjadi bilangan (misalnya 1,99E+17); isi kembali dari sumbernya.")
        )
    digits = bare(text)
    if not re.fullmatch(r"[0-9]+", digits):
        return Nip(problem=_("NIP hanya boleh berisi angka."))
    if len(digits) != 18:
        return Nip(problem=_("NIP terdiri dari 18 digit; di sini ada %(n)d.", n=len(digits)))
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return Nip(problem=_("Delapan digit pertama NIP bukan tanggal lahir yang benar."))
    if born > today:
        return Nip(problem=_("Tanggal lahir dalam NIP belum terjadi."))
    if digits[14] not in "12":
        return Nip(problem=_("Digit ke-15 NIP (jenis kelamin) harus 1 atau 2."))
    if digits[15:] == "000":
        return Nip(problem=_("Tiga digit terakhir NIP tidak boleh 000."))
    month = int(digits[12:14])
    unusual = not (1 <= month <= 12 or month >= 21)
    warning = _("Digit ke-13 dan ke-14 NIP tidak lazim; mohon diperiksa.") if unusual else None
    return Nip(digits, warning=warning)
