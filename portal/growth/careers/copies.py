"""A shared copy as PDF, with its code and SHA-256."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import typst
from flask import current_app
from flask_babel import gettext as _

from portal.formatting import day
from portal.growth.careers.models import Share
from portal.people.codes import in_groups

FONTS = Path(__file__).resolve().parent.parent.parent / "fonts"
TEMPLATE = Path(__file__).with_name("copy.typ")


def words_of(share: Share) -> dict[str, Any]:
    """What stands on it, as plain text."""
    content = share.content
    return {
        "heading": _("Rekam karier"),
        "regency": content["regency"],
        "name": content["name"],
        "unit": content["unit"],
        "made": _("Salinan per %(day)s", day=day(date.fromisoformat(content["made_on"]))),
        "check": _(
            "Salinan ini dapat dibuka di %(address)s dengan kodenya sampai %(day)s, kecuali pemiliknya mencabutnya.",
            address=f"{current_app.config['ADDRESS']}/rekam-karier",
            day=day(share.until_on),
        ),
        "code_word": _("Kode salinan"),
        "code": in_groups(share.code),
        "sha256": share.sha256,
        "limits": _(
            "Disusun dan dibagikan oleh yang bersangkutan. Tidak memuat penilaian atas orang, dan bukan surat keputusan."
        ),
        "nothing": _("Tidak ada catatan."),
        "sections": [
            {
                "title": section["title"],
                "caveat": section["caveat"],
                "entries": [
                    entry | {"on": day(date.fromisoformat(entry["on"])) if entry["on"] else ""}
                    for entry in section["entries"]
                ],
            }
            for section in content["sections"]
        ],
    }


def pdf(share: Share) -> bytes:
    """Set it with typst; slow, so call it outside of a writing transaction."""
    return bytes(
        typst.compile(
            TEMPLATE,
            font_paths=[FONTS] if FONTS.is_dir() else [],
            sys_inputs={"sheet": json.dumps(words_of(share), ensure_ascii=False)},
            format="pdf",
        )
    )
