"""Pages of a plan's past: on a day, between two days, beside the year before, and who wrote which sentence."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Flask, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import clock
from portal.access import signed_in
from portal.drafting import past, queries, routes
from portal.drafting.forms import LineForm
from portal.drafting.models import Section
from portal.plans import queries as plans

bp = Blueprint("plan_past", __name__)
KIND_WORDS = {
    "new": _l("Baru"),
    "gone": _l("Tidak ada lagi"),
    "changed": _l("Berubah"),
    "same": _l("Tetap sama"),
}


def _day(name: str) -> date | None:
    """A day of the address; None where there is none, or no day."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


@bp.get("/rencana/<int:plan_id>/pada")
@signed_in
def as_of(plan_id: int) -> str:
    """The plan as it stood on a day, or what changed between two days."""
    plan = plans.get_visible(plan_id, current_user)
    day, other = _day("pada") or clock.today(), _day("dengan")
    wrong = any(request.args.get(name) and not _day(name) for name in ("pada", "dengan"))
    stood = past.as_of(plan, day)
    compared = []
    if other is not None:
        for change in past.changes(stood, past.as_of(plan, other)):
            one, two = change.old, change.new
            compared.append((change, routes._comparison(change.piece, one, two) if one and two else None))
    return render_template(
        "drafting/as_of.html",
        day=day,
        other=other,
        wrong=wrong,
        past=stood,
        compared=compared,
        is_section=lambda piece: isinstance(piece, Section),
        shown=LineForm(formdata=None).shown,
        **routes.head(plan, "history"),
    )


@bp.get("/rencana/<int:plan_id>/tahun-lalu")
@signed_in
def year_before(plan_id: int) -> str:
    """Line by line beside the plan of the year before, matched by code."""
    plan = plans.get_visible(plan_id, current_user)
    before = past.plan_before(plan)
    if before is not None and not plans.is_visible(before, current_user):
        before = None
    pairs = past.pairs(queries.list_lines(before.id), queries.list_lines(plan.id)) if before else []
    return render_template(
        "drafting/year_before.html",
        before=before,
        pairs=[pair for pair in pairs if pair.kind != "same"],
        counts={kind: sum(pair.kind == kind for pair in pairs) for kind in KIND_WORDS},
        words=KIND_WORDS,
        old_sum=sum((pair.old.ceiling or 0) for pair in pairs if pair.old),
        new_sum=sum((pair.new.ceiling or 0) for pair in pairs if pair.new),
        **routes.head(plan, "history"),
    )


@bp.get("/bagian/<int:section_id>/penulis")
@signed_in
def writers(section_id: int) -> str:
    """Who wrote each sentence of a section, in which version."""
    section = queries.get_section(section_id, current_user)
    versions = past.list_versions(section)
    return render_template(
        "drafting/writers.html",
        section=section,
        plan=section.plan,
        sentences=past.blame(versions),
        first=versions[0].number if versions else 1,
        urls=routes.urls(section),
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
