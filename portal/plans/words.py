"""How a plan is named where it is not on its own page."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.plans.models import Plan


def plan_title(plan: Plan) -> str:
    """“Renja BKPSDM 2027”, “Perubahan Renja ke-1 BKPSDM 2027”; the whole name of a unit without a short one."""
    return title_of(plan.year, plan.edition, plan.unit.brief)


def title_of(year: int, edition: int, unit: str) -> str:
    """`plan_title` from its parts, for lists that load no plan."""
    if edition:
        return _("Perubahan Renja ke-%(n)s %(unit)s %(year)s", n=edition, year=year, unit=unit)
    return _("Renja %(unit)s %(year)s", year=year, unit=unit)
