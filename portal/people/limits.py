"""How many files a person may hand in, and take out, within an hour."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_login import current_user

from portal import jobs, throttle

IMPORTS, EXPORTS, HOUR = 30, 20, 3600
HANDED_IN, TAKEN_OUT = "impor:", "ekspor:"


def note_import() -> None:
    """Count one more file handed in by this person; a 429 above the limit."""
    _note(HANDED_IN, IMPORTS)


def note_export() -> None:
    """Count one more file taken out by this person; a 429 above the limit."""
    _note(TAKEN_OUT, EXPORTS)


def _note(counted: str, most: int) -> None:
    message = _("Paling banyak %(n)d berkas dalam satu jam. Silakan tunggu.", n=most)
    throttle.limit(f"{counted}{current_user.id}", most, HOUR, message)


@jobs.every("old counts of files", HOUR)
def forget_counts() -> None:
    for counted in (HANDED_IN, TAKEN_OUT):
        throttle.sweep(counted, HOUR)
