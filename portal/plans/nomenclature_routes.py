"""Searching the nomenclature, to read it or to pick an entry for a form."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from portal import htmx
from portal.access import signed_in
from portal.plans import nomenclature
from portal.plans.models import SubActivity

bp = Blueprint("nomenclature", __name__)
RETURN = re.compile(r"/[A-Za-z0-9_\-][A-Za-z0-9_/.\-]*(?:\?[A-Za-z0-9_=&.\-]*)?")


@bp.get("/nomenklatur")
@signed_in
def search() -> Response:
    """Entries by words or code; `pilih` is the address that a picked code is taken back to."""
    words = request.args.get("q", "")[:200].replace("\0", "")
    back = request.args.get("pilih", "")[:200]
    back = back if RETURN.fullmatch(back) else ""
    bidang = nomenclature.bidang_of(words) or nomenclature.bidang_of(request.args.get("bidang", "")[:10])
    found = nomenclature.search(words, request.args.get("setelah", "")[:60].replace("\0", ""), bidang)

    def code_of(entry: SubActivity) -> str:
        return nomenclature.for_bidang(entry.code, bidang)

    def pick(entry: SubActivity) -> str:
        return f"{back}{'&' if '?' in back else '?'}kode={code_of(entry)}"

    kept: dict[str, Any] = {"q": words, "pilih": back or None, "bidang": bidang}
    return htmx.render(
        "plans/nomenclature.html",
        "plans/_nomenclature.html",
        words=words,
        back=back,
        bidang=bidang,
        entries=found.entries,
        following=url_for(".search", setelah=found.following, **kept) if found.following else None,
        code_of=code_of,
        pick=pick,
    )
