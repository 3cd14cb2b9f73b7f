"""How roles, standings and kinds of unit are called on a screen."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

ROLE_NAMES = {
    "editor": _l("Penyusun"),
    "planner": _l("Perencana"),
    "leader": _l("Pimpinan"),
    "verifier": _l("Verifikator"),
    "steward": _l("Pengelola kepegawaian"),
    "auditor": _l("Pengawas"),
}
STANDING_NAMES = {
    "definitif": _l("Definitif"),
    "plt": _l("Plt."),
    "plh": _l("Plh."),
    "pj": _l("Pj."),
}
KIND_NAMES = {
    "regency": _l("Kabupaten"),
    "agency": _l("Perangkat Daerah"),
    "division": _l("Unit kerja"),
}


def device_words(agent: str) -> str:
    """A device as a person knows it: "Chrome di Android"; the raw name where it is unknown."""
    browser = next(
        (
            name
            for mark, name in (
                ("Edg", "Edge"),
                ("OPR", "Opera"),
                ("SamsungBrowser", "Samsung Internet"),
                ("Firefox", "Firefox"),
                ("Chrome", "Chrome"),
                ("Safari", "Safari"),
            )
            if mark in agent
        ),
        "",
    )
    system = next(
        (
            name
            for mark, name in (
                ("Android", "Android"),
                ("iPhone", "iPhone"),
                ("iPad", "iPad"),
                ("Windows", "Windows"),
                ("Mac OS", "Mac"),
                ("Linux", "Linux"),
            )
            if mark in agent
        ),
        "",
    )
    if browser and system:
        return str(_l("%(browser)s di %(system)s", browser=browser, system=system))
    return browser or system or str(_l("Perangkat tidak dikenal"))


def init_app(app: Flask) -> None:
    app.jinja_env.filters["device_words"] = device_words
    app.jinja_env.globals.update(role_names=ROLE_NAMES, standing_names=STANDING_NAMES, kind_names=KIND_NAMES)
