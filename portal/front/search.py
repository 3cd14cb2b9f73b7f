"""One search over what a reader may know of: proposals, lines and sections of plans, notices."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import cast, func, literal, or_, select, union_all

from portal.changes.models import Initiative, Notice
from portal.changes.queries import is_visible as notice_is_visible
from portal.db import db
from portal.drafting.models import Line, Section
from portal.people.models import Unit
from portal.plans import queries as plans
from portal.plans.models import Plan
from portal.proposals.models import Proposal, ProposalRevision

MOST = 10
"""Things of one kind that are shown; more words narrow them."""
SHORTEST = 3
ADDRESSES = {
    "proposal": ("proposals.show", "proposal_id"),
    "line": ("drafting.line", "line_id"),
    "section": ("drafting.section", "section_id"),
    "notice": ("changes.notice", "notice_id"),
}


class Found(NamedTuple):
    kind: str
    ref: int
    title: str
    more: str
    year: int | None

    @property
    def url(self) -> str:
        endpoint, name = ADDRESSES[self.kind]
        return url_for(endpoint, **{name: self.ref})  # type: ignore[arg-type]


def _arm(kind: str, ref: Any, title: Any, more: Any, year: Any, words: str, *also: Any) -> Any:
    matches = or_(*(func.lower(text).contains(words, autoescape=True) for text in (title, *also)))
    columns = (literal(kind), ref.label("ref"), title.label("title"), more.label("more"), year.label("year"))
    return select(*columns).where(matches).order_by(year.desc(), ref.desc()).limit(MOST)


def find(user: Any, typed: str) -> list[Found]:
    """What carries these words in its title or code, the latest year and the newest first within each kind; one query."""
    words = typed.lower()
    proposals = (
        _arm("proposal", Proposal.id, ProposalRevision.title, Unit.name, Plan.year, words)
        .join(Plan, Plan.id == Proposal.plan_id)
        .join(Unit, Unit.id == Plan.unit_id)
        .join(
            ProposalRevision,
            (ProposalRevision.proposal_id == Proposal.id) & (ProposalRevision.number == Proposal.version),
        )
        .where(Proposal.submitted_at.is_not(None), plans.visible(user))
    )
    lines = (
        _arm("line", Line.id, Line.name, Unit.name, Plan.year, words, Line.code)
        .join(Plan, Plan.id == Line.plan_id)
        .join(Unit, Unit.id == Plan.unit_id)
        .where(Line.dropped_at.is_(None), plans.visible(user))
    )
    sections = (
        _arm("section", Section.id, Section.heading, Unit.name, Plan.year, words, Section.body)
        .join(Plan, Plan.id == Section.plan_id)
        .join(Unit, Unit.id == Plan.unit_id)
        .where(plans.visible(user))
    )
    notices = (
        _arm("notice", Notice.id, Notice.title, Unit.name, cast(literal(None), Plan.year.type), words)
        .join(Initiative, Initiative.id == Notice.initiative_id)
        .join(Unit, Unit.id == Initiative.unit_id)
        .where(notice_is_visible(user))
    )
    arms = (select(arm.subquery()) for arm in (proposals, lines, sections, notices))
    return [Found(*row) for row in db.session.execute(union_all(*arms))]
