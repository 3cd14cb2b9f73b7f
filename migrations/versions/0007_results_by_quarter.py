"""results by quarter"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

APPEND_ONLY = {
    "realisation": (("id",), ("evaluation_id", "unit_id", "code", "number")),
    "evidence": (("id",),),
    "follow_up": (("id",), ("evaluation_id", "number")),
    "follow_up_result": (("id",), ("follow_up_id",)),
    "filing": (("id",), ("evaluation_id", "number")),
    "verdict": (("id",), ("filing_id",)),
    "verdict_finding": (("id",),),
    "objection": (("id",),),
    "objection_answer": (("id",), ("objection_id",)),
    "objection_withdrawal": (("objection_id",),),
    "spending_import": (("id",), ("unit_id", "period", "sha256")),
    "spending": (("id",),),
}
"""The tables whose rows are never changed, with their unique keys."""


def keep_append_only(table: str, keys: tuple[tuple[str, ...], ...]) -> None:
    """Triggers that refuse to change, delete or replace a row, on both databases."""
    if op.get_bind().dialect.name != "sqlite":
        for deeds, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deeds.split()[-1].lower()} BEFORE {deeds} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
        return
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for deed in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} {refusal}")
    # INSERT OR REPLACE deletes without the delete trigger.
    same = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")" for columns in keys
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refusal}"
    )


def upgrade() -> None:
    op.create_table(
        "renstra_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("target", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("rupiah", sa.BigInteger(), nullable=True),
        sa.Column("realised_before", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("rupiah_before", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_renstra_figure_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renstra_figure")),
        sa.UniqueConstraint("unit_id", "code", "year", name=op.f("uq_renstra_figure_unit_id_code_year")),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "voice",
            sa.Enum(
                "named",
                "unit",
                "withheld",
                name="voice",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answerer_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answerer_id"], ["person.id"], name=op.f("fk_objection_answerer_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_objection_by_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_objection_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_answerer_id"), "objection", ["answerer_id"], unique=False)
    op.create_index(op.f("ix_objection_by_id"), "objection", ["by_id"], unique=False)
    op.create_index("ix_objection_place", "objection", ["place"], unique=False)

    op.create_table(
        "spending_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(period) = 7", name=op.f("ck_spending_import_period")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_spending_import_by_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_spending_import_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending_import")),
        sa.UniqueConstraint(
            "unit_id", "period", "sha256", name=op.f("uq_spending_import_unit_id_period_sha256")
        ),
    )
    op.create_table(
        "objection_withdrawal",
        sa.Column("objection_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objection_withdrawal_objection_id_objection")
        ),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_objection_withdrawal")),
    )
    op.create_table(
        "quarter_target",
        sa.Column("line_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("rupiah", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f("ck_quarter_target_quarter")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_quarter_target_line_id_line")),
        sa.PrimaryKeyConstraint("line_id", "quarter", name=op.f("pk_quarter_target")),
    )
    op.create_table(
        "spending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("rupiah", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("rupiah >= 0 AND returned >= 0", name=op.f("ck_spending_rupiah")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["spending_import.id"], name=op.f("fk_spending_import_id_spending_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending")),
    )
    op.create_index("ix_spending_import_id_code", "spending", ["import_id", "code"], unique=False)

    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f("ck_evaluation_quarter")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_evaluation_snapshot_id_snapshot")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_evaluation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("unit_id", "year", "quarter", name=op.f("uq_evaluation_unit_id_year_quarter")),
    )
    op.create_index(op.f("ix_evaluation_snapshot_id"), "evaluation", ["snapshot_id"], unique=False)
    op.create_index("ix_evaluation_year_quarter", "evaluation", ["year", "quarter"], unique=False)

    op.create_table(
        "filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("driving", sa.Text(), nullable=False),
        sa.Column("hindering", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_filing_by_id_person")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_filing_duty_id_duty")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_filing_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("evaluation_id", "number", name=op.f("uq_filing_evaluation_id_number")),
    )
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "horizon",
            sa.Enum("quarter", "plan", name="horizon", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_follow_up_by_id_person")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_follow_up_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_follow_up_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("evaluation_id", "number", name=op.f("uq_follow_up_evaluation_id_number")),
    )
    op.create_index(op.f("ix_follow_up_unit_id"), "follow_up", ["unit_id"], unique=False)

    op.create_table(
        "realisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "measured",
                "not_started",
                "not_measured",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("numerator", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("denominator", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("rupiah", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'measured') = (value IS NOT NULL)", name=op.f("ck_realisation_value_when_measured")
        ),
        sa.CheckConstraint("denominator IS NULL OR denominator > 0", name=op.f("ck_realisation_denominator")),
        sa.CheckConstraint("rupiah IS NULL OR rupiah >= 0", name=op.f("ck_realisation_rupiah")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_realisation_by_id_person")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_realisation_duty_id_duty")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_realisation_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_realisation_line_id_line")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_realisation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_realisation")),
        sa.UniqueConstraint(
            "evaluation_id",
            "unit_id",
            "code",
            "number",
            name=op.f("uq_realisation_evaluation_id_unit_id_code_number"),
        ),
    )
    op.create_index(op.f("ix_realisation_by_id"), "realisation", ["by_id"], unique=False)
    op.create_index(op.f("ix_realisation_line_id"), "realisation", ["line_id"], unique=False)
    op.create_index(op.f("ix_realisation_unit_id"), "realisation", ["unit_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("realisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "document", "link", "visit", name="kind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=500), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("kept_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["realisation_id"], ["realisation.id"], name=op.f("fk_evidence_realisation_id_realisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_realisation_id"), "evidence", ["realisation_id"], unique=False)

    op.create_table(
        "follow_up_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "done",
                "partly",
                "not_yet",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_follow_up_result_by_id_person")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_follow_up_result_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_follow_up_result_follow_up_id_follow_up")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_result")),
        sa.UniqueConstraint("follow_up_id", name=op.f("uq_follow_up_result_follow_up_id")),
    )
    op.create_index(
        op.f("ix_follow_up_result_evaluation_id"), "follow_up_result", ["evaluation_id"], unique=False
    )

    op.create_table(
        "objection_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld",
                "partly",
                "dismissed",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("realisation_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_objection_answer_by_id_person")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_objection_answer_duty_id_duty")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objection_answer_objection_id_objection")
        ),
        sa.ForeignKeyConstraint(
            ["realisation_id"],
            ["realisation.id"],
            name=op.f("fk_objection_answer_realisation_id_realisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_answer")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objection_answer_objection_id")),
    )
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "validated", "returned", name="outcome", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_verdict_by_id_person")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_verdict_duty_id_duty")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_verdict_filing_id_filing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("filing_id", name=op.f("uq_verdict_filing_id")),
    )
    op.create_table(
        "verdict_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "fits",
                "unclear",
                "does_not_fit",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_verdict_finding_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_verdict_finding_verdict_id_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_finding")),
    )
    op.create_index(op.f("ix_verdict_finding_verdict_id"), "verdict_finding", ["verdict_id"], unique=False)

    op.add_column("line", sa.Column("target_upper", sa.Numeric(precision=20, scale=4), nullable=True))
    for table, keys in APPEND_ONLY.items():
        keep_append_only(table, keys)
