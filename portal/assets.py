"""Static files: compressed, and cached for ever under the hash of their content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Flask, abort, current_app, request, url_for
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from portal.access import public

mimetypes.add_type("font/woff2", ".woff2")
COMPRESSED = (".css", ".js", ".svg", ".json", ".txt")


@lru_cache(maxsize=256)
def _read(path: str, _changed: int) -> tuple[bytes, bytes | None, str]:
    """Bytes, gzip bytes where that pays, and the hash of a file; read once while it does not change."""
    content = Path(path).read_bytes()
    packed = gzip.compress(content, 9, mtime=0) if path.endswith(COMPRESSED) else None
    return content, packed, hashlib.sha256(content).hexdigest()[:12]


def _file(filename: str) -> tuple[bytes, bytes | None, str] | None:
    path = safe_join(str(current_app.static_folder), filename)
    if path is None or "\0" in path:
        return None
    try:
        file = Path(path)
        return _read(path, file.stat().st_mtime_ns) if file.is_file() else None
    except OSError:
        return None


@lru_cache(maxsize=256)
def static_url(filename: str) -> str:
    """The address of a static file with the hash of its content; said once a process, for every icon asks."""
    found = _file(filename)
    return url_for("static", filename=filename, v=found[2] if found else None, _external=False)


@public
def static_file(filename: str) -> Response:
    found = _file(filename)
    if found is None:
        abort(404)
    content, packed, digest = found
    accepts = packed is not None and bool(request.accept_encodings["gzip"])
    response = Response(packed if accepts and packed else content)
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    response.mimetype = kind
    if kind.startswith("text/"):
        response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    if accepts:
        response.headers["Content-Encoding"] = "gzip"
    if packed is not None:
        response.vary.add("Accept-Encoding")
    named = request.args.get("v") == digest
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if named else "public, max-age=60"
    )
    response.set_etag(digest + ("-gz" if accepts else ""))
    return response.make_conditional(request)


def init_app(app: Flask) -> None:
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static_file)
    app.jinja_env.globals["static_url"] = static_url
