"""The headers of every answer, and its compression."""

from __future__ import annotations

import gzip
import secrets

from flask import Flask, g, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SMALLEST = 500
"""Bytes under which compressing does not pay."""


def _begin() -> None:
    """Number the request. A HEAD is taken for the GET that it asks about, never for a form that was sent."""
    g.request_id = secrets.token_hex(8)
    if request.method == "HEAD":
        request.method = "GET"


def always(secure: bool) -> dict[str, str]:
    """The headers of every answer, of a portal whose address is https or not."""
    return ALWAYS | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if secure else {})


def _send(response: Response) -> Response:
    from flask import current_app

    response.headers.update(always(current_app.config["SECURE"]))
    if request.endpoint != "static" or response.status_code >= 400:  # a page of its reader, not a file
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
        _compress(response)
    return response


def _compress(response: Response) -> None:
    """gzip a page; never an answer of the ballot box, whose length must not depend on the choice."""
    if g.get("uncompressed") or response.direct_passthrough or response.headers.get("Content-Encoding"):
        return
    kind = response.mimetype or ""
    if not (kind.startswith("text/") or kind in ("application/json", "image/svg+xml")):
        return
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or response.status_code in (204, 304):
        return
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"


def uncompressed() -> None:
    """Send the answer of this request as it is."""
    g.uncompressed = True


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_send)
