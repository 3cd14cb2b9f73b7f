"""How a plan is named where it is not on its own page."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.plans.models import Plan


def plan_title(plan: Plan) -> str:
    """“Renja 2027 · BKPSDM”, “Perubahan Renja ke-1 2027 · BKPSDM”; the whole name of a unit without a short one."""
    return title_of(plan.year, plan.edition, plan.unit.brief)


def title_of(year: int, edition: int, unit: str) -> str:
    """`plan_title` from its parts, for lists that load no plan."""
    if edition:
        return _("Perubahan Renja ke-%(n)s %(year)s · %(unit)s", n=edition, year=year, unit=unit)
    return _("Renja %(year)s · %(unit)s", year=year, unit=unit)
