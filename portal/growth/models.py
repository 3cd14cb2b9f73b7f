"""The tables of training, partners, posts and careers."""

from __future__ import annotations

from portal.growth.partners import models as partners

__all__ = ["partners"]
