"""The places of the navigation. Packages register theirs; the counter of what waits comes from the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import i18n


def _always() -> bool:
    return True


class Lazy:
    """A list that is made when a template first walks it: fragments never do."""

    def __init__(self, make: Callable[[], list[dict[str, Any]]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._make())


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
    "verification", "adoption", "carrying", "live",
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


def _places(places: tuple[Place, ...]) -> list[dict[str, Any]]:
    everywhere = {place.endpoint for place in (*PLACES, *MORE)}
    here = request.endpoint if request.endpoint in everywhere else HOME.get(request.blueprint or "")
    shown = []
    for place in places:
        if place.endpoint not in current_app.view_functions or not place.shown():
            continue
        count = counters[place.endpoint]() if place.endpoint in counters else 0
        shown.append(
            {
                "label": place.label,
                "url": url_for(place.endpoint),
                "icon": place.icon,
                "count": count or None,
                "current": place.endpoint == here,
            }
        )
    return shown


def _context() -> dict[str, Any]:
    known = current_user.is_authenticated
    return {
        "nav": Lazy(lambda: _places(PLACES) if known else []),
        "nav_more": Lazy(lambda: _places(MORE) if known else []),
        "regency": current_app.config["REGENCY"],
        "locale": i18n.language(),
        "theme": current_user.theme,
        "account_url": url_for("account.show")
        if known and "account.show" in current_app.view_functions
        else None,
    }


def init_app(app: Flask) -> None:
    app.context_processor(_context)
