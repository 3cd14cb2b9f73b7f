"""The certificate of a completed training as PDF, with the code of its public check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst
from flask import current_app
from flask_babel import gettext as _

from portal.formatting import day
from portal.growth.training.models import Enrolment

FONTS = Path(__file__).resolve().parent.parent.parent / "fonts"
TEMPLATE = Path(__file__).with_name("certificate.typ")


def in_groups(code: str) -> str:
    """The code as one reads it aloud."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def days(enrolment: Enrolment) -> str:
    training = enrolment.training
    if training.starts_on == training.ends_on:
        return day(training.ends_on)
    return _("%(start)s sampai %(end)s", start=day(training.starts_on), end=day(training.ends_on))


def content(enrolment: Enrolment) -> dict[str, Any]:
    """What stands on it, as plain text."""
    done = enrolment.completion
    assert done is not None and done.code is not None
    address = current_app.config["ADDRESS"]
    return {
        "regency": current_app.config["REGENCY"],
        "heading": _("Sertifikat"),
        "number": _("Nomor %(number)s", number=done.number),
        "given_to": _("Diberikan kepada"),
        "name": enrolment.person.full_name,
        "unit": enrolment.unit.name,
        "sentence": _("yang telah menyelesaikan pelatihan"),
        "title": enrolment.training.title,
        "days": days(enrolment),
        "hours": _("%(n)s jam pelajaran (JP)", n=done.training_hours),
        "check": _("Keasliannya dapat diperiksa siapa pun di"),
        "address": f"{address}/sertifikat",
        "code_word": _("Kode pemeriksaan"),
        "code": in_groups(done.code),
        "limits": _("Dicatat oleh portal; diselenggarakan oleh %(unit)s.", unit=enrolment.training.unit.name),
    }


def pdf(enrolment: Enrolment) -> bytes:
    """Set it with typst; slow, so call it outside of a writing transaction."""
    return bytes(
        typst.compile(
            TEMPLATE,
            font_paths=[FONTS] if FONTS.is_dir() else [],
            sys_inputs={"sheet": json.dumps(content(enrolment), ensure_ascii=False)},
            format="pdf",
        )
    )
