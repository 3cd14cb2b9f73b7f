"""The ratings (predikat kinerja) and their edges, as the regencies that compute them publicly do.

The table in force is in whole numbers (91–100, 76–90, 66–75, 51–65, up to 50) and leaves 90.4 in no band; three systems
of regencies read it as below, over the edge after rounding to two decimals. The edges are printed under each table.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.evaluation.figures import Band

BANDS = (
    Band("ST", Decimal(90)), Band("T", Decimal(75)), Band("S", Decimal(65)), Band("R", Decimal(50)), Band("SR", None),
)  # fmt: skip
LABELS: dict[str, Any] = {
    "ST": _l("Sangat Tinggi"),
    "T": _l("Tinggi"),
    "S": _l("Sedang"),
    "R": _l("Rendah"),
    "SR": _l("Sangat Rendah"),
}
