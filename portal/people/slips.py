"""The sheet of activation slips, one a person, as PDF. Codes live in memory only, while the sheet is made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst
from flask import current_app
from flask_babel import gettext as _

from portal import formatting
from portal.people.codes import ALPHABET
from portal.people.models import Activation, Person
from portal.people.queries import full_unit_name

FONTS = Path(__file__).resolve().parent.parent / "fonts"
TEMPLATE = Path(__file__).with_name("slips.typ")
assert len(ALPHABET) == 32


def sheet(made: list[tuple[Person, str, Activation]]) -> dict[str, Any]:
    """What stands on the slips, as plain text."""
    return {
        "title": _("Kode aktivasi Rembuk"),
        "regency": current_app.config["REGENCY"],
        "address": current_app.config["ADDRESS"],
        "steps": [
            _("Buka %(address)s/aktivasi pada ponsel atau komputer.", address=current_app.config["ADDRESS"]),
            _("Isi NIP lengkap Anda dan kode ini."),
            _("Pilih kata sandi sendiri, paling sedikit sepuluh huruf."),
        ],
        "warning": _(
            "Kode ini hanya untuk Anda dan hanya dapat dipakai satu kali. Jangan difoto atau dibagikan."
        ),
        "labels": {"nip": _("NIP berakhiran"), "until": _("Berlaku sampai")},
        "slips": [
            {
                "unit": full_unit_name(person.unit_id),
                "name": person.full_name,
                "nip": person.masked_nip,
                "code": code,
                "until": formatting.moment(activation.expires_at),
            }
            for person, code, activation in made
        ],
    }


def pdf(content: dict[str, Any]) -> bytes:
    """Set the sheet with typst; slow, so call it after the commit."""
    made = typst.compile(
        TEMPLATE,
        font_paths=[FONTS] if FONTS.is_dir() else [],
        sys_inputs={"sheet": json.dumps(content, ensure_ascii=False)},
        format="pdf",
    )
    return made
