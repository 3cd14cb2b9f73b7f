"""The tables of training and partners; those of posts and careers will stand beside them."""

from __future__ import annotations

from portal.growth.partners import models as partners
from portal.growth.training import models as training

__all__ = ["partners", "training"]
