"""Every error in plain words: a page, or a fragment beside the form that asked, which keeps what was typed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, SecurityError, TooManyRequests
from werkzeug.wrappers import Response

from portal import htmx
from portal.access import Refused
from portal.db import db, stop_writing

log = logging.getLogger(__name__)

NOT_SHOWN = {
    "csrf_token",
    "kiriman",
    "nip",
    "password",
    "new_password",
    "repeat",
    "code",
    "choice",
    "choices",
    "receipt",
}
"""Fields whose content never goes back to a screen; `code` stands for `code-A` too."""
SECRETS = NOT_SHOWN - {"csrf_token", "kiriman"}
CHOSEN = re.compile(r"[a-z0-9_-]{1,24}")
"""What a choice or a hidden field sends: carried along unseen, for it says nothing to a person."""

WORDS = {
    400: (
        _l("Permintaan ini tidak dapat dibaca."),
        _l("Silakan muat ulang halaman sebelumnya, lalu kirim kembali."),
    ),
    401: (
        _l("Sesi Anda sudah berakhir."),
        _l("Yang Anda ketik masih ada. Silakan masuk kembali di tab baru, lalu kirim lagi dari sini."),
    ),
    403: (_l("Hal ini tidak dapat dilakukan."), _l("Anda tidak memiliki wewenang untuk halaman ini.")),
    404: (
        _l("Halaman tidak ditemukan."),
        _l("Alamatnya mungkin salah ketik, atau isinya tidak terbuka bagi Anda."),
    ),
    405: (
        _l("Cara membuka halaman ini tidak dikenal."),
        _l("Silakan kembali dan gunakan tombol pada halaman."),
    ),
    409: (
        _l("Keadaannya sudah berubah."),
        _l("Orang lain lebih dahulu mengubahnya. Silakan muat ulang, lalu periksa kembali."),
    ),
    413: (
        _l("Kiriman terlalu besar."),
        _l("Berkas paling besar 5 MB dan tulisan paling panjang 20.000 huruf. Silakan perkecil."),
    ),
    422: (_l("Isian belum lengkap."), _l("Silakan periksa isian, lalu kirim kembali.")),
    429: (_l("Terlalu banyak percobaan."), _l("Silakan tunggu sebentar, lalu coba kembali.")),
    500: (
        _l("Terjadi gangguan pada portal."),
        _l("Kesalahan ini sudah tercatat. Tidak ada yang tersimpan separuh. Silakan coba kembali."),
    ),
    503: (
        _l("Portal sedang sibuk."),
        _l("Belum ada yang tersimpan. Silakan kirim kembali sebentar lagi."),
    ),
}


ways_on: list[Callable[[], tuple[str, str] | None]] = []
"""Of a page that cannot be opened: the word and the address of what still can be."""


class Conflict(HTTPException):
    """What was asked no longer fits the state of things; the description is for the person who asked."""

    code = 409


def throttled(message: str, seconds: int) -> TooManyRequests:
    """A 429 that says how long to wait."""
    error = TooManyRequests(description=message)
    error.retry_after = seconds
    return error


def _sent() -> dict[str, str]:
    """The fields of the form at hand."""
    if request.method in ("GET", "HEAD"):
        return {}
    try:
        return dict(request.form.items())
    except (HTTPException, ParseException):
        return {}  # the body itself was the fault


def _typed() -> dict[str, str]:
    """What was typed into the form at hand, to be shown and sent again; never a secret."""
    return {
        key: value
        for key, value in _sent().items()
        if key.partition("-")[0] not in NOT_SHOWN and value.strip()
    }


def _is_closed(code: int) -> bool:
    """Whether a page was to be opened and may not be."""
    return code in (403, 404) and request.method == "GET" and bool(request.endpoint)


def answer(code: int, description: str | None = None, retry_after: int | None = None) -> Response:
    """The page of an error, or its fragment for htmx."""
    title, message = WORDS.get(code, WORDS[500 if code >= 500 else 400])
    context: dict[str, Any] = {
        "code": code,
        "title": str(title),
        "message": description or str(message),
        "sign_in_url": url_for("account.sign_in") if code == 401 else None,
        "next_label": _("Masuk") if code == 401 else _("Ke halaman depan"),
        "next_url": url_for("account.sign_in") if code == 401 else "/",
        "way_on": next(filter(None, (way() for way in ways_on)), None) if _is_closed(code) else None,
    }
    if htmx.is_partial():
        response = htmx.message(render_template("errors/_message.html", **context), code)
    else:
        typed = _typed()
        words = {name: value for name, value in typed.items() if not CHOSEN.fullmatch(value)}
        carried = {name: value for name, value in typed.items() if name not in words}
        # A refused choice is made anew; what met an ended session or a database that was away is sent as it was.
        whole = code in (401, 503) and not any(key.partition("-")[0] in SECRETS for key in _sent())
        again = bool(words or (carried and code == 401) or (whole and request.method == "POST"))
        here = request.full_path if request.query_string else request.path
        context |= {"kept": words, "carried": carried, "retry_url": here if again else None}
        response = make_response(render_template("errors/page.html", **context), code)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    code = error.code or 500
    if isinstance(error, SecurityError):
        # No address can be built for a host that is not ours: a sentence without a page.
        return Response(_("Alamat portal ini tidak dikenal."), code, mimetype="text/plain")
    db.session.rollback()
    stop_writing()
    said = None
    if isinstance(error, Refused | Conflict | TooManyRequests):
        said = error.description
    elif isinstance(error, CSRFError):
        said = _("Formulir ini sudah terlalu lama terbuka. Silakan muat ulang halaman, lalu kirim kembali.")
    elif code == 400 and type(error).description != error.description:
        said = error.description
    response = answer(code, said, getattr(error, "retry_after", None))
    if code == 405 and error.get_response().headers.get("Allow"):
        response.headers["Allow"] = error.get_response().headers["Allow"]
    return response


READ_ONLY = "25006"
"""PostgreSQL's word for a database that takes no writes, which its driver does not count among the passing faults."""


def _database(error: DBAPIError) -> Response:
    """The database is locked, full, read-only or away: nothing was written, the form keeps its text."""
    passing = isinstance(error, OperationalError) or error.connection_invalidated
    if passing or getattr(error.orig, "sqlstate", None) == READ_ONLY:
        return _busy(error.orig)
    return _fault(error)


def _busy(error: BaseException | None) -> Response:
    db.session.rollback()
    stop_writing()
    log.warning("database not available: %s", type(error).__name__)
    if "readonly" in str(error):
        db.engine.dispose()  # SQLite's connections stay as they were opened
    # Whose page it is would have to be asked for; this one must stand without any question.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    return answer(503, retry_after=5)


def _garbled(error: ParseException) -> Response:
    """A body sent in pieces that do not fit together."""
    db.session.rollback()
    stop_writing()
    return answer(400)


def _fault(error: Exception) -> Response:
    db.session.rollback()
    stop_writing()
    log.exception("unexpected error at %s", request.endpoint)
    return answer(500)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(NoConnection, _busy)
    app.register_error_handler(ParseException, _garbled)
    app.register_error_handler(Exception, _fault)
