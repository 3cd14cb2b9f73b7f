"""Who may enter: every view carries exactly one mark, every refusal its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized
from werkzeug.wrappers import Response

SAFE = ("GET", "HEAD", "OPTIONS")
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Refusal:
    """Why a deed is not possible now, in a sentence for the person who asked."""

    reason: str

    def __str__(self) -> str:
        return str(self.reason)


class Refused(Forbidden):
    """A 403 that says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def ensure(refusal: Refusal | None) -> None:
    """Stop the request with a 403 when a rule refuses."""
    if refusal is not None:
        raise Refused(refusal)


def _mark(view: View, mark: tuple[str, ...]) -> View:
    if hasattr(view, "access_mark"):
        raise TypeError(f"{view.__name__} carries two access marks")
    view.access_mark = mark  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anyone may enter, signed in or not."""
    return _mark(view, ("public",))


def signed_in(view: View) -> View:
    """Every employee may enter."""
    return _mark(view, ("signed_in",))


def duty(*roles: str) -> Callable[[View], View]:
    """Only who holds one of these roles somewhere, today; which unit is a question of the view's rules."""
    return lambda view: _mark(view, ("duty", *roles))


def mark_of(app: Flask, endpoint: str) -> tuple[str, ...] | None:
    return getattr(app.view_functions[endpoint], "access_mark", None)


def _enter() -> Response | None:
    from flask import current_app

    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise BadRequest  # a form of another site, whatever token it carries
    if request.endpoint is None:
        return None  # the 404 or 405 that follows says what is to be said
    mark = mark_of(current_app, request.endpoint)
    if mark is None:
        raise RuntimeError(f"{request.endpoint} carries no access mark")
    if mark == ("public",):
        return None
    if not current_user.is_authenticated:
        if request.method == "GET" and "HX-Request" not in request.headers:
            here = request.full_path if request.query_string else request.path
            return redirect(url_for("account.sign_in", next=here), 303)
        raise Unauthorized
    if mark[0] == "duty" and not any(current_user.authority.has(role) for role in mark[1:]):
        raise Refused(Refusal(_("Halaman ini hanya untuk pegawai dengan penugasan yang sesuai.")))
    return None


def init_app(app: Flask) -> None:
    app.before_request(_enter)


def check_marks(app: Flask) -> None:
    """Called once all views are registered: a view without a mark stops the start."""
    if missing := sorted(name for name in app.view_functions if mark_of(app, name) is None):
        raise RuntimeError(f"no access mark on: {', '.join(missing)}")


def local_address(value: str | None) -> str | None:
    """The address to go on to after signing in, when it is one of ours; None for anything else."""
    if not value or len(value) > 2000 or not value.startswith("/") or value.startswith("//"):
        return None
    if "\\" in value or not value.isascii() or not value.isprintable():
        return None
    return value
