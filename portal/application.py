"""Flask as the portal needs it: what is the same in every request is not made anew."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request
from flask.templating import Environment


class Templates(Environment):
    """Templates whose globals are the environment's own.

    Jinja lays an empty map over them for each template, and every import and every render walks both key by key.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


class Portal(Flask):
    """Flask that spells an address once a process: within a request it follows from its words alone."""

    jinja_environment = Templates

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._address = lru_cache(4096, typed=True)(self._spell)

    def _spell(self, _under: str, endpoint: str, **values: Any) -> str:
        return super().url_for(endpoint, **values)

    def url_for(self, endpoint: str, **values: Any) -> str:  # type: ignore[override]
        if not has_request_context() or "_external" in values or "_scheme" in values:
            return super().url_for(endpoint, **values)
        if endpoint[:1] == ".":
            endpoint = f"{request.blueprint}{endpoint}" if request.blueprint else endpoint[1:]
        try:
            return self._address(request.root_path, endpoint, **values)
        except TypeError:  # a list among the values
            return super().url_for(endpoint, **values)
