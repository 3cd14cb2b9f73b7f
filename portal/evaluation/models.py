"""Results by quarter: targets, entries, filings, verdicts, objections and spending. Rows are added, never changed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Id, Label, Name, Sha256, Word, choice, to
from portal.discussion.models import VOICES
from portal.drafting.models import Line, Snapshot
from portal.people.models import Duty, Person, Unit

STATUSES = ("measured", "not_started", "not_measured")
EVIDENCE_KINDS = ("document", "link", "visit")
HORIZONS = ("quarter", "plan")
FOLLOW_UP_RESULTS = ("done", "partly", "not_yet")
OUTCOMES = ("validated", "returned")
FINDINGS = ("fits", "unclear", "does_not_fit")
OBJECTION_OUTCOMES = ("upheld", "partly", "dismissed")


class RenstraFigure(Base):
    """The five-year plan's figures for a sub-activity, as they stand at the beginning of a year."""

    __tablename__ = "renstra_figure"
    __table_args__ = (UniqueConstraint("unit_id", "code", "year"),)
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id", index=False)
    code: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    target: Mapped[Decimal | None]
    rupiah: Mapped[int | None] = mapped_column(BigInteger)
    realised_before: Mapped[Decimal | None]
    rupiah_before: Mapped[int | None] = mapped_column(BigInteger)


class Evaluation(Base):
    """One quarter of one agency's plan. `snapshot` is the edition in force on the quarter's last day."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("unit_id", "year", "quarter"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
        Index("ix_evaluation_year_quarter", "year", "quarter"),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id", index=False)
    year: Mapped[int]
    quarter: Mapped[int]
    snapshot_id: Mapped[int] = to("snapshot.id")

    unit: Mapped[Unit] = relationship()
    snapshot: Mapped[Snapshot] = relationship()


class Realisation(Base):
    """What a line reached in a quarter, as its owner entered it; the highest number counts.

    `value` and `rupiah` are of that quarter alone where figures add up, else the position at its end. Editions are joined
    by (owner, year, code). Append-only.
    """

    __tablename__ = "realisation"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "unit_id", "code", "number"),
        CheckConstraint("(status = 'measured') = (value IS NOT NULL)", name="value_when_measured"),
        CheckConstraint("denominator IS NULL OR denominator > 0", name="denominator"),
        CheckConstraint("rupiah IS NULL OR rupiah >= 0", name="rupiah"),
    )
    id: Mapped[Id]
    evaluation_id: Mapped[int] = to("evaluation.id", index=False)
    unit_id: Mapped[int] = to("unit.id")
    code: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    line_id: Mapped[int] = to("line.id")
    status: Mapped[str] = mapped_column(choice("status", *STATUSES))
    value: Mapped[Decimal | None]
    numerator: Mapped[Decimal | None]
    denominator: Mapped[Decimal | None]
    rupiah: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None]
    reason: Mapped[str | None]
    by_id: Mapped[int | None] = to("person.id")
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]

    line: Mapped[Line] = relationship()
    by: Mapped[Person | None] = relationship()
    """Nobody where the server's keeper read it in."""
    evidence: Mapped[list[Evidence]] = relationship(order_by="Evidence.id")
    proofs = 0
    """How many pieces of evidence, where the query counted them."""


class Evidence(Base):
    """Where the proof of a figure lies; a reference, never a file."""

    __tablename__ = "evidence"
    id: Mapped[Id]
    realisation_id: Mapped[int] = to("realisation.id")
    kind: Mapped[str] = mapped_column(choice("kind", *EVIDENCE_KINDS))
    title: Mapped[Label]
    reference: Mapped[Name]
    dated_on: Mapped[date | None]
    kept_by: Mapped[Label]


class FollowUp(Base):
    """What is to be done before the next quarter, or in the next plan."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("evaluation_id", "number"),)
    id: Mapped[Id]
    evaluation_id: Mapped[int] = to("evaluation.id", index=False)
    number: Mapped[int]
    horizon: Mapped[str] = mapped_column(choice("horizon", *HORIZONS))
    text: Mapped[str]
    unit_id: Mapped[int] = to("unit.id")
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()


class FollowUpResult(Base):
    """What became of a follow-up, said in the next quarter."""

    __tablename__ = "follow_up_result"
    id: Mapped[Id]
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id"), unique=True)
    evaluation_id: Mapped[int] = to("evaluation.id")
    result: Mapped[str] = mapped_column(choice("result", *FOLLOW_UP_RESULTS))
    text: Mapped[str]
    by_id: Mapped[int] = to("person.id", index=False)
    at: Mapped[datetime]


class Filing(Base):
    """The evaluation as the leader handed it in, whole, with its SHA-256."""

    __tablename__ = "filing"
    __table_args__ = (UniqueConstraint("evaluation_id", "number"),)
    id: Mapped[Id]
    evaluation_id: Mapped[int] = to("evaluation.id", index=False)
    number: Mapped[int]
    driving: Mapped[str]
    hindering: Mapped[str]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[Sha256]
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int] = to("duty.id", index=False)
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()
    duty: Mapped[Duty] = relationship()
    verdict: Mapped[Verdict | None] = relationship(back_populates="filing")


class Verdict(Base):
    """What the verifier says of a filing."""

    __tablename__ = "verdict"
    id: Mapped[Id]
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), unique=True)
    outcome: Mapped[str] = mapped_column(choice("outcome", *OUTCOMES))
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int] = to("duty.id", index=False)
    at: Mapped[datetime]

    filing: Mapped[Filing] = relationship(back_populates="verdict")
    by: Mapped[Person] = relationship()
    findings: Mapped[list[VerdictFinding]] = relationship(order_by="VerdictFinding.id")


class VerdictFinding(Base):
    """A finding of a verdict: on the whole, or on the line with this code and owner."""

    __tablename__ = "verdict_finding"
    id: Mapped[Id]
    verdict_id: Mapped[int] = to("verdict.id")
    unit_id: Mapped[int | None] = to("unit.id", index=False)
    code: Mapped[str | None] = mapped_column(String(40))
    item: Mapped[Word]
    result: Mapped[str] = mapped_column(choice("result", *FINDINGS))
    text: Mapped[str]


class Objection(Base):
    """An employee's objection to what was said of something (`evaluation:9`), answered by the one named."""

    __tablename__ = "objection"
    __table_args__ = (Index("ix_objection_place", "place"),)
    id: Mapped[Id]
    place: Mapped[Word]
    code: Mapped[str | None] = mapped_column(String(40))
    by_id: Mapped[int] = to("person.id")
    unit_id: Mapped[int] = to("unit.id", index=False)
    voice: Mapped[str] = mapped_column(choice("voice", *VOICES), default="named")
    text: Mapped[str]
    answerer_id: Mapped[int] = to("person.id")
    due_on: Mapped[date]
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    answerer: Mapped[Person] = relationship(foreign_keys=[answerer_id])
    unit: Mapped[Unit] = relationship()
    answer: Mapped[ObjectionAnswer | None] = relationship(back_populates="objection")
    withdrawal: Mapped[ObjectionWithdrawal | None] = relationship()


class ObjectionAnswer(Base):
    __tablename__ = "objection_answer"
    id: Mapped[Id]
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), unique=True)
    outcome: Mapped[str] = mapped_column(choice("outcome", *OBJECTION_OUTCOMES))
    text: Mapped[str]
    realisation_id: Mapped[int | None] = to("realisation.id", index=False)
    by_id: Mapped[int] = to("person.id", index=False)
    duty_id: Mapped[int | None] = to("duty.id", index=False)
    at: Mapped[datetime]

    objection: Mapped[Objection] = relationship(back_populates="answer")
    by: Mapped[Person] = relationship()


class ObjectionWithdrawal(Base):
    __tablename__ = "objection_withdrawal"
    objection_id: Mapped[int] = mapped_column(
        ForeignKey("objection.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]


class SpendingImport(Base):
    """A file of the planning system's spending of one unit and month; the newest of a period counts."""

    __tablename__ = "spending_import"
    __table_args__ = (
        Index("ix_spending_import_unit_id_period", "unit_id", "period"),
        CheckConstraint("length(period) = 7", name="period"),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = to("unit.id", index=False)
    sha256: Mapped[Sha256]
    period: Mapped[str] = mapped_column(String(7))
    by_id: Mapped[int | None] = to("person.id", index=False)
    at: Mapped[datetime]


class Spending(Base):
    """One row of such a file: rupiah of one account, paid on a day or not yet. `returned` lowers the sum."""

    __tablename__ = "spending"
    __table_args__ = (
        CheckConstraint("rupiah >= 0 AND returned >= 0", name="rupiah"),
        Index("ix_spending_import_id_code", "import_id", "code"),
    )
    id: Mapped[Id]
    import_id: Mapped[int] = to("spending_import.id", index=False)
    code: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(60))
    document_on: Mapped[date | None]
    paid_on: Mapped[date | None]
    rupiah: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger, default=0)
