"""What belongs to no package: the landing page, help, data protection, and the page of pieces."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from portal import clock, demo, htmx
from portal.access import public, signed_in
from portal.front import search as finding
from portal.front.guides import GUIDES
from portal.plans import stages
from portal.proposals.forms import ProposalForm

bp = Blueprint("front", __name__)


@bp.get("/")
@public
def landing() -> str | Response:
    """What Rembuk is, for who has not signed in; everyone else goes on to what waits for them."""
    if current_user.is_authenticated:
        return htmx.redirect_to(url_for("inbox.index"))
    return render_template("landing.html")


@bp.get("/pola")
@public
def pieces() -> str:
    """Every recurring piece in every state; in development and in the demo only."""
    if not (current_app.config["DEVELOPMENT"] or is_demo()):
        abort(404)
    form = ProposalForm(formdata=None, data={"title": "Pelatihan"})
    form.title.errors = [_("Panjangnya 10 sampai 160 huruf.")]
    form.cost.errors = [_("Mohon ditulis sebagai angka, misalnya 1.250.000.")]
    ribbon = [
        {"label": label, "state": "past" if n < 2 else "now" if n == 2 else "future", "starts_on": None}
        for n, label in enumerate(stages.LABELS.values())
    ]
    return render_template(
        "pola.html",
        form=form,
        sample_ribbon=ribbon,
        day_after=lambda days: clock.today() + timedelta(days=days),
    )


@bp.get("/cari")
@signed_in
def search() -> str:
    """Everything that carries the words, by kind."""
    words = " ".join(request.args.get("q", "")[:100].replace("\0", "").split())
    long_enough = len(words) >= finding.SHORTEST
    return render_template(
        "front/search.html",
        words=words,
        long_enough=long_enough,
        found=finding.find(current_user, words) if long_enough else [],
        kinds={
            "proposal": _("Usulan"),
            "line": _("Baris rencana"),
            "section": _("Bagian rencana"),
            "notice": _("Pemberitahuan"),
        },
    )


@bp.get("/bantuan")
@signed_in
def help_index() -> str:
    return render_template(
        "front/help.html", guides=[(key, guide.label, guide.second) for key, guide in GUIDES.items()]
    )


@bp.get("/bantuan/<role>")
@signed_in
def help_page(role: str) -> str:
    if role not in GUIDES:
        abort(404)
    return render_template("front/guide.html", guide=GUIDES[role])


@bp.get("/pelindungan-data")
@public
def data_protection() -> str:
    """What is kept of whom, why, for how long, and who can see it."""
    return render_template("front/data_protection.html")


def is_demo() -> bool:
    """Whether this is the demo: asked once a process, for people of the demo come only before the first page."""
    if "DEMO" not in current_app.config:
        try:
            current_app.config["DEMO"] = demo.present()
        except DBAPIError:
            return False  # the page that says so must stand without the database
    return bool(current_app.config["DEMO"])


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"demo": is_demo(), "endpoints": app.view_functions})
    app.register_blueprint(bp)
