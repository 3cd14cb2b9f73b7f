"""The tables of training, partners, posts and careers."""

from __future__ import annotations

from portal.growth.careers import models as careers

__all__ = ["careers"]
