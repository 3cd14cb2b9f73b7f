"""The places of the navigation. Packages register theirs; the counter of what waits comes from the inbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import i18n


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Place:
    endpoint: str
    label: Any
    icon: str
    shown: Callable[[], bool] = _always
    under: tuple[str, ...] = ()
    """Further blueprints whose pages lie under this place."""


DRAFTING = (
    "drafting", "plan_import", "plan_export", "plan_table", "plan_past", "origins", "provenance", "suggestions",
    "verification", "readiness", "adoption", "carrying", "live",
)  # fmt: skip
"""Blueprints whose pages lie under a plan."""

PLACES = (
    Place("inbox.index", _l("Menunggu saya"), "inbox"),
    Place(
        "plans.index",
        _l("Rencana"),
        "clipboard-list",
        under=DRAFTING,
    ),
    Place("proposals.index", _l("Usulan"), "bulb", under=("returning",)),
    Place("voting.index", _l("Suara"), "checkbox"),
    Place("changes.index", _l("Perubahan"), "speakerphone"),
)


def _may(*roles: str) -> Callable[[], bool]:
    return lambda: any(current_user.authority.has(role) for role in roles)


MORE = (
    Place("evaluation.index", _l("Hasil"), "report", under=("results",)),
    Place("training.index", _l("Pelatihan"), "calendar", under=("training_draw", "attendance", "learning")),
    Place("partners.index", _l("Mitra"), "building"),
    Place("careers.index", _l("Rekam karier"), "id-badge-2"),
    Place("proposals.desk", _l("Meja pimpinan"), "stack-2", _may("leader")),
    Place("people.index", _l("Pegawai"), "users", _may("steward", "auditor")),
    Place("records.log", _l("Log audit"), "shield-check", _may("auditor")),
    Place("background_jobs.index", _l("Pekerjaan latar"), "clock", _may("steward")),
)

counters: dict[str, Callable[[], int]] = {}
"""Numbers beside a place, by endpoint; registered by the package that can count."""


HOME: dict[str, str] = {}
"""The place under which the other pages of a package stand."""
for _place in (*PLACES, *MORE):
    for _package in (_place.endpoint.partition(".")[0], *_place.under):
        HOME.setdefault(_package, _place.endpoint)


@dataclass(frozen=True)
class Shown:
    """A place as this reader finds it; its words follow from the endpoint, so that a drawn one can be kept under the rest."""

    endpoint: str
    count: int | None
    current: bool
    label: Any = field(compare=False)
    icon: str = field(compare=False)
    url: str = field(compare=False)


EVERYWHERE = {place.endpoint for place in (*PLACES, *MORE)}


def _places(places: tuple[Place, ...]) -> tuple[Shown, ...]:
    if not current_user.is_authenticated:
        return ()
    here = request.endpoint if request.endpoint in EVERYWHERE else HOME.get(request.blueprint or "")
    known = current_app.view_functions
    return tuple(
        Shown(
            place.endpoint,
            (counters[place.endpoint]() or None) if place.endpoint in counters else None,
            place.endpoint == here,
            place.label,
            place.icon,
            url_for(place.endpoint),
        )
        for place in places
        if place.endpoint in known and place.shown()
    )


def _context() -> dict[str, Any]:
    known = current_user.is_authenticated
    return {
        "nav": partial(_places, PLACES),  # called by whole pages only: a fragment counts nothing
        "nav_more": partial(_places, MORE),
        "regency": current_app.config["REGENCY"],
        "locale": i18n.language(),
        "theme": current_user.theme,
        "account_url": url_for("account.show")
        if known and "account.show" in current_app.view_functions
        else None,
    }


def init_app(app: Flask) -> None:
    app.context_processor(_context)
