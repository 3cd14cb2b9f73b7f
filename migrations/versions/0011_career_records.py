"""career records: thanks, shared copies, requests for correction"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

APPEND_ONLY = {
    "thanks": (("id",), ("place", "by_id")),
    "share_view": (("id",),),
    "correction_request": (("id",),),
    "correction_answer": (("id",), ("request_id",)),
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
        "thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_thanks_by_id_person")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_thanks_duty_id_duty")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thanks_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
        sa.UniqueConstraint("place", "by_id", name=op.f("uq_thanks_place_by_id")),
    )
    op.create_index(op.f("ix_thanks_person_id"), "thanks", ["person_id"], unique=False)
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sections", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_share_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sa.UniqueConstraint("code", name=op.f("uq_share_code")),
    )
    op.create_index(op.f("ix_share_person_id"), "share", ["person_id"], unique=False)
    op.create_table(
        "share_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_view_share_id_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_view")),
    )
    op.create_index(op.f("ix_share_view_share_id"), "share_view", ["share_id"], unique=False)
    op.create_table(
        "correction_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_correction_request_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
    )
    op.create_index(
        op.f("ix_correction_request_person_id"), "correction_request", ["person_id"], unique=False
    )
    op.create_table(
        "correction_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "corrected",
                "partly",
                "declined",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_correction_answer_by_id_person")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_correction_answer_duty_id_duty")),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["correction_request.id"],
            name=op.f("fk_correction_answer_request_id_correction_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_answer")),
        sa.UniqueConstraint("request_id", name=op.f("uq_correction_answer_request_id")),
    )
    for table, keys in APPEND_ONLY.items():
        keep_append_only(table, keys)
