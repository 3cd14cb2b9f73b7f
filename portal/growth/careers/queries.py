"""What a career record is made of, and what was shared, thanked and asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import (
    Integer,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.db import UTCDateTime, db, rows
from portal.drafting import suggestions
from portal.drafting.models import Line, Revision, Section, Snapshot, Suggestion
from portal.drafting.suggestion_routes import RULING_WORDS
from portal.evaluation.models import Evaluation, Filing, Verdict
from portal.evaluation.rules import ROMAN, last_day
from portal.formatting import hundredths
from portal.growth.careers import sections
from portal.growth.careers.models import CorrectionAnswer, CorrectionRequest, Share, ShareView, Thanks
from portal.growth.careers.sections import Entry, Stay
from portal.growth.training import queries as training
from portal.people.authority import tree
from portal.people.models import Duty, Person, Unit
from portal.plans.models import Plan
from portal.proposals import queries as proposals
from portal.proposals.models import Answer, Proposal, ProposalRevision
from portal.proposals.rules import DECISIONS

MOST = 100
"""Entries of one kind on a record."""
QUARTERS = 8
"""Of results, the newest."""
TAKEN_UP = ("accepted", "partly")
ME = bindparam("me", type_=Integer)


def _words() -> Any:
    """The condition that ProposalRevision holds the present words of Proposal."""
    return and_(ProposalRevision.proposal_id == Proposal.id, ProposalRevision.number == Proposal.version)


def _arm(kind: str, ref: Any, title: Any, more: Any, year: Any, at: Any) -> Any:
    """One kind of contribution; the columns of all kinds are the same, so that one statement asks for them."""
    return select(
        literal(kind).label("kind"),
        ref.label("ref"),
        cast(title, String).label("title"),
        cast(more, String).label("more"),
        cast(year, Integer).label("year"),
        type_coerce(at, UTCDateTime()).label("at"),
    )


@cache
def _contributions() -> Any:
    """Proposals accepted, suggestions taken up, lines edited: under one's own name only."""
    later = aliased(Answer)
    accepted = (
        _arm("proposal", Proposal.id, ProposalRevision.title, Answer.kind, null(), Answer.at)
        .select_from(Proposal)
        .join(Answer, Answer.proposal_id == Proposal.id)
        .join(ProposalRevision, _words())
        .where(
            Proposal.by_id == ME,
            Proposal.voice == "named",
            Answer.kind.in_(TAKEN_UP),
            ~exists(select(later.id).where(later.proposal_id == Proposal.id, later.round > Answer.round)),
        )
        .order_by(Answer.at.desc())
    )
    taken_up = (
        _arm(
            "suggestion", Suggestion.id, func.coalesce(Section.heading, Line.name), Suggestion.ruling, null(),
            Suggestion.ruled_at,
        )
        .select_from(Suggestion)
        .outerjoin(Section, Section.id == Suggestion.section_id)
        .outerjoin(Line, Line.id == Suggestion.line_id)
        .where(Suggestion.by_id == ME, Suggestion.voice == "named", Suggestion.ruling.in_(TAKEN_UP))
        .order_by(Suggestion.ruled_at.desc())
    )  # fmt: skip
    # By plan; what only took over a suggestion is its writer's.
    number, last = func.count(func.distinct(Line.id)), func.max(Revision.at)
    edited = (
        _arm("plan", Plan.id, Unit.name, number, Plan.year, last)
        .select_from(Revision)
        .join(Line, Line.id == Revision.line_id)
        .join(Plan, Plan.id == Line.plan_id)
        .join(Unit, Unit.id == Plan.unit_id)
        .where(Revision.by_id == ME, Revision.suggestion_id.is_(None), Revision.number.is_not(None))
        .group_by(Plan.id, Unit.name, Plan.year)
        .order_by(last.desc())
    )
    arms = (select(arm.limit(MOST).subquery()) for arm in (accepted, taken_up, edited))
    together = union_all(*arms).subquery()
    return select(together).order_by(together.c.at.desc(), together.c.kind, together.c.ref)


def list_contributions(person_id: int) -> list[Entry]:
    return [_contribution(*row) for row in rows(_contributions(), {"me": person_id})]


def _contribution(kind: str, ref: int, title: str, more: str, year: int | None, at: datetime) -> Entry:
    if kind == "plan":
        return Entry(
            ngettext("%(num)s baris disunting", "%(num)s baris disunting", int(more)),
            _("Renja %(unit)s %(year)s", unit=title, year=year),
            clock.day_of(at),
            url_for("drafting.show", plan_id=ref),
        )
    words, url = _named(kind, ref, title)
    said = DECISIONS if kind == "proposal" else RULING_WORDS
    return Entry(words, str(said[more]), clock.day_of(at), url)


def _named(kind: str, ref: int, title: str) -> tuple[str, str]:
    """How a proposal or suggestion is called, and its address."""
    if kind == "proposal":
        return _("Usulan “%(title)s”", title=title), url_for("proposals.show", proposal_id=ref)
    return _("Saran atas “%(title)s”", title=title), url_for("suggestions.show", suggestion_id=ref)


def list_thanks(person_id: int) -> list[Entry]:
    def stands_at(kind: str, key: Any) -> Any:
        return Thanks.place == literal(f"{kind}:") + cast(key, String)

    found = rows(
        select(
            Thanks.place,
            func.coalesce(ProposalRevision.title, Section.heading, Line.name),
            Thanks.text,
            Thanks.at,
            Person.name,
            Unit.name,
        )
        .join(Person, Person.id == Thanks.by_id)
        .join(Duty, Duty.id == Thanks.duty_id)
        .join(Unit, Unit.id == Duty.unit_id)
        .outerjoin(Proposal, stands_at("proposal", Proposal.id))
        .outerjoin(ProposalRevision, _words())
        .outerjoin(Suggestion, stands_at("suggestion", Suggestion.id))
        .outerjoin(Section, Section.id == Suggestion.section_id)
        .outerjoin(Line, Line.id == Suggestion.line_id)
        .where(Thanks.person_id == person_id)
        .order_by(Thanks.id.desc())
        .limit(MOST)
    )
    entries = []
    for place, title, text, at, name, unit in found:
        kind, _colon, ref = place.partition(":")
        words, url = _named(kind, int(ref), title)
        who = _("%(name)s, pimpinan %(unit)s", name=name, unit=unit)
        entries.append(Entry(words, who, clock.day_of(at), url, text))
    return entries


def list_training(person_id: int) -> list[Entry]:
    """What was completed at the portal or recognised from elsewhere, with the hours that count; two statements."""
    learnt = training.list_learnt([person_id])
    titles = {one.place: one.title for one in learnt if one.state in ("completed", "accepted")}
    return [
        Entry(
            titles[one.activity.key],
            _("%(n)s JP", n=one.hours),
            one.activity.ends_on,
            url_for("learning.index", tahun=one.year),
        )
        for one in reversed(training.counted(learnt))
        if one.activity.key in titles
    ]


def stays_of(person_id: int) -> list[Stay]:
    """Where a person was when; where nobody wrote it down, the present unit without a first day."""
    for ask in sections.stays_known:
        if found := list(ask(person_id)):
            return found
    unit_id = db.session.scalar(select(Person.unit_id).where(Person.id == person_id))
    return [Stay(unit_id)] if unit_id else []


def _was_there(stays: Sequence[Stay], unit_id: int, year: int, quarter: int) -> bool:
    """Whether one of these stays reaches into the quarter."""
    ends, begins = last_day(year, quarter), date(year, 3 * quarter - 2, 1)
    return any(
        stay.unit_id == unit_id
        and (stay.from_on is None or stay.from_on <= ends)
        and (stay.until_on is None or stay.until_on >= begins)
        for stay in stays
    )


def list_results(person_id: int) -> list[Entry]:
    """Of the lines of the units in which somebody was: what was handed in and validated, the newest quarters first."""
    stays = stays_of(person_id)
    units = {stay.unit_id for stay in stays}
    agencies = {above for unit_id in units for above in tree().up(unit_id)}
    other = aliased(Filing)
    newest = (
        select(func.max(other.number))
        .where(other.evaluation_id == Evaluation.id)
        .correlate(Evaluation)
        .scalar_subquery()
    )
    quarters = rows(
        select(Evaluation.unit_id, Evaluation.year, Evaluation.quarter, Snapshot.plan_id, Filing.content)
        .join(Snapshot, Snapshot.id == Evaluation.snapshot_id)
        .join(Filing, and_(Filing.evaluation_id == Evaluation.id, Filing.number == newest))
        .join(Verdict, Verdict.filing_id == Filing.id)
        .where(Evaluation.unit_id.in_(agencies), Verdict.outcome == "validated")
        .order_by(Evaluation.year.desc(), Evaluation.quarter.desc(), Evaluation.unit_id)
        .limit(QUARTERS)
    )
    names = {
        (plan_id, unit_id, code): name
        for plan_id, unit_id, code, name in rows(
            select(Line.plan_id, Line.unit_id, Line.code, Line.name).where(
                Line.unit_id.in_(units), Line.plan_id.in_({quarter[3] for quarter in quarters})
            )
        )
    }
    return [
        Entry(
            names.get((plan_id, line["unit_id"], line["code"]), line["code"]),
            _achieved(year, quarter, line["achievement"]),
            last_day(year, quarter),
            url_for("evaluation.quarter", agency_id=agency_id, year=year, quarter=quarter),
        )
        for agency_id, year, quarter, plan_id, content in quarters
        for line in content.get("lines", ())
        if _was_there(stays, line["unit_id"], year, quarter)
    ]


def _achieved(year: int, quarter: int, percent: Any) -> str:
    if percent is None:
        return _("TW %(q)s %(year)s, belum dapat dihitung", q=ROMAN[quarter], year=year)
    return _(
        "TW %(q)s %(year)s, capaian %(percent)s persen",
        q=ROMAN[quarter],
        year=year,
        percent=hundredths(Decimal(percent)),
    )


# What is shared, asked and thanked


@dataclass(frozen=True)
class Shared:
    """A shared copy with how often, and when last, it was opened."""

    share: Share
    views: int
    seen_at: datetime | None


def list_shares(person_id: int) -> list[Shared]:
    found = db.session.execute(
        select(Share, func.count(ShareView.id), func.max(ShareView.at))
        .outerjoin(ShareView, ShareView.share_id == Share.id)
        .where(Share.person_id == person_id)
        .group_by(Share.id)
        .order_by(Share.id.desc())
        .limit(MOST)
    )
    return [Shared(*row) for row in found]


def get_share(share_id: int, person_id: int) -> Share:
    """One's own copy; anybody else's is a 404."""
    found = db.session.get(Share, share_id)
    return found if found is not None and found.person_id == person_id else abort(404)


def list_views(share_id: int) -> list[datetime]:
    """When a copy was opened, the latest first."""
    query = select(ShareView.at).where(ShareView.share_id == share_id).order_by(ShareView.id.desc())
    return [at for (at,) in rows(query.limit(MOST))]


def find_share(code: str) -> Share | None:
    """The copy with this code, whatever its state; who revokes it waits for who opens it, and the other way round."""
    return db.session.scalar(
        select(Share).where(Share.code == code).with_for_update(),
        execution_options={"populate_existing": True},
    )


def count_open_shares(person_id: int, today: date) -> int:
    return int(
        db.session.scalar(
            select(func.count(Share.id)).where(
                Share.person_id == person_id, Share.revoked_at.is_(None), Share.until_on >= today
            )
        )
        or 0
    )


def list_requests(person_id: int) -> list[CorrectionRequest]:
    return list(
        db.session.scalars(
            select(CorrectionRequest)
            .where(CorrectionRequest.person_id == person_id)
            .options(joinedload(CorrectionRequest.answer).joinedload(CorrectionAnswer.by))
            .order_by(CorrectionRequest.id.desc())
            .limit(MOST)
        )
    )


def count_waiting_requests(person_id: int) -> int:
    answered = exists(select(CorrectionAnswer.id).where(CorrectionAnswer.request_id == CorrectionRequest.id))
    return int(
        db.session.scalar(
            select(func.count(CorrectionRequest.id)).where(
                CorrectionRequest.person_id == person_id, ~answered
            )
        )
        or 0
    )


def get_request(correction_id: int, reach: set[int], *, alone: bool) -> CorrectionRequest:
    """A request of somebody whose record this steward keeps; `alone`: who comes second finds what the first one did."""
    query = (
        select(CorrectionRequest)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .where(CorrectionRequest.id == correction_id, Person.unit_id.in_(reach))
    )
    found = db.session.scalar(query.with_for_update(of=CorrectionRequest) if alone else query)
    return found or abort(404)


@dataclass(frozen=True)
class Contribution:
    """Something that a person did and for which a leader may thank."""

    place: str
    person_id: int
    title: str
    url: str
    is_named: bool
    counts: bool
    unit_ids: tuple[int, ...]
    """Whose leaders may thank: of the plan, and of the person."""


def get_proposal(proposal_id: int, user: Any) -> Contribution:
    found = proposals.get_visible(proposal_id, user)
    return Contribution(
        f"proposal:{found.id}",
        found.by_id,
        *_named("proposal", found.id, proposals.words_of(found).title),
        found.voice == "named",
        found.submitted_at is not None and found.withdrawal is None,
        (found.plan.unit_id, found.unit_id),
    )


def get_suggestion(suggestion_id: int, user: Any) -> Contribution:
    shown = suggestions.get(suggestion_id, user)
    found, piece = shown.suggestion, shown.piece
    return Contribution(
        f"suggestion:{found.id}",
        found.by_id,
        *_named("suggestion", found.id, piece.heading if isinstance(piece, Section) else piece.name),
        found.voice == "named",
        found.ruling != "withdrawn",
        (piece.plan.unit_id, found.unit_id),
    )


def has_thanked(place: str, by_id: int) -> bool:
    return bool(db.session.scalar(select(Thanks.id).where(Thanks.place == place, Thanks.by_id == by_id)))


sections.register(
    sections.Section(
        "training",
        _l("Pelatihan dan JP"),
        _l("Belum ada pelatihan yang selesai atau pembelajaran yang diakui."),
        list_training,
        position=20,
    )
)
sections.register(
    sections.Section(
        "contributions",
        _l("Sumbangan atas nama saya"),
        _l("Belum ada usulan yang diterima, saran yang dipakai, atau baris yang disunting atas nama Anda."),
        list_contributions,
        _l("Yang Anda tulis dengan nama dirahasiakan tidak pernah tampil di sini."),
        position=50,
    )
)
sections.register(
    sections.Section(
        "thanks",
        _l("Ucapan terima kasih"),
        _l("Belum ada ucapan terima kasih dari pimpinan."),
        list_thanks,
        position=60,
    )
)
sections.register(
    sections.Section(
        "results",
        _l("Hasil baris unit saya"),
        _l("Belum ada hasil yang divalidasi pada baris unit Anda."),
        list_results,
        caveat=_l(
            "Hasil unit, bukan hasil perorangan. Masa seseorang di unit itu hanya diketahui bila penempatannya tercatat."
        ),
        position=70,
    )
)
