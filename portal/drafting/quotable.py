"""The readable text of a piece in one of its versions: what a comment can quote."""

from __future__ import annotations

from markupsafe import Markup, escape

from portal.drafting import revisions
from portal.drafting.forms import LineForm
from portal.drafting.models import Section
from portal.drafting.revisions import MONEY, NUMBERS, TEXTS, Piece
from portal.formatting import markdown

FIELDS = (*TEXTS, *NUMBERS, *MONEY)
"""What is quoted of a line. Its choices are left out: their words change with the language of the screen."""


def text(piece: Piece, version: int) -> str | None:
    """The version as safe HTML; None where there is none."""
    if version == piece.version:
        content = revisions.content_of(piece)
    elif (revision := revisions.find(piece, version)) is not None:
        content = revision.body if isinstance(piece, Section) else revision.fields
    else:
        return "" if version == 0 else None
    if isinstance(piece, Section):
        return str(markdown(content))
    form = LineForm(formdata=None)
    values = (form.shown(name, (content or {}).get(name)) for name in FIELDS)
    return str(Markup("").join(Markup("<p>{}</p>").format(escape(value)) for value in values if value != "–"))
