"""The tables of training, partners, posts and careers."""

from __future__ import annotations

from portal.growth.careers import models as careers
from portal.growth.partners import models as partners
from portal.growth.training import models as training

__all__ = ["careers", "partners", "training"]
