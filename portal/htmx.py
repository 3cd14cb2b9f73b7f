"""Page or fragment: the only file that reads or writes an HX- header."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, get_flashed_messages, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response


def is_partial() -> bool:
    """Whether htmx asked for a part of a page. Back asks for a full one."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Request-Type", "partial") == "partial"
        and "HX-History-Restore-Request" not in request.headers
    )


def render(page: str, fragment: str, status: int = 200, **context: Any) -> Response:
    """The whole page, or for htmx the fragment that the page includes."""
    if is_partial():
        return _fragment(fragment, status, context)
    return make_response(render_template(page, **context), status)


def swap(fragment: str, otherwise: str, context: Callable[[], dict[str, Any]]) -> Response:
    """After a deed: for htmx the changed fragment and the news of it, else a redirect to `otherwise`.

    `context` is asked only for the fragment.
    """
    if is_partial():
        return _fragment(fragment, 200, context())
    return redirect(otherwise, 303)  # type: ignore[return-value]


def redirect_to(url: str) -> Response:
    """Leave the page: a 3xx would be followed and swapped in by htmx, so it gets a header instead."""
    if is_partial():
        return Response("", 200, {"HX-Redirect": url})
    return redirect(url, 303)  # type: ignore[return-value]


def _fragment(fragment: str, status: int, context: dict[str, Any]) -> Response:
    body = render_template(fragment, **context)
    if get_flashed_messages(with_categories=True):
        body += render_template("_flash.html")
    return make_response(Markup(body), status)


def message(body: str, status: int) -> Response:
    """An error beside the form that asked; what was typed there stays."""
    response = make_response(body, status)
    response.headers["HX-Retarget"] = "find [data-message]"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def knows(tag: str) -> bool:
    """Whether the page that asks again was given this tag last."""
    return request.headers.get("HX-PTag") == tag


def tagged(response: Response, tag: str) -> Response:
    """An answer that the page need not be given twice."""
    response.headers["HX-PTag"] = tag
    return response


def _vary(response: Response) -> Response:
    response.vary.update(("HX-Request", "HX-Request-Type"))
    return response


def init_app(app: Flask) -> None:
    app.after_request(_vary)
