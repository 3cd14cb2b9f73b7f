"""The blueprints of the portal, and the models of every package, in the order of their imports."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

PACKAGES = (
    "people",
    "discussion",
    "plans",
    "proposals",
    "drafting",
    "evaluation",
    "growth",
    "voting",
    "changes",
    "inbox",
    "records",
)


def load_models() -> None:
    """Make every table known to the metadata."""
    import_module("portal.ledger")
    for package in PACKAGES:
        if find_spec(f"portal.{package}.models"):
            import_module(f"portal.{package}.models")


def init_app(app: Flask) -> None:
    load_models()
    for package in (*PACKAGES, "front"):
        if find_spec(f"portal.{package}.routes"):
            import_module(f"portal.{package}.routes").init_app(app)
