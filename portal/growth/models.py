"""The tables of training; those of posts and careers will stand beside them."""

from __future__ import annotations

from portal.growth.training import models

__all__ = ["models"]
