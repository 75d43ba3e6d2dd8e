"""Codes of letters, questions about the frame, and each frozen grid in counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COUNTS = ("households", "missing", "shared", "staff", "changed", "before", "gone", "new")


def upgrade() -> None:
    op.create_table(
        "letter_code",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("household_code", sa.String(length=32), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_letter_code_household_code_household")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_letter_code")),
        sa.UniqueConstraint("household_code", name=op.f("uq_letter_code_household_code")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    for column in ("who", "at"):
        op.create_index(op.f(f"ix_question_{column}"), "question", [column])
    op.create_table(
        "wave_grid",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("grid", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_wave_grid_wave_label_wave")),
        sa.PrimaryKeyConstraint("wave_label", "grid", name=op.f("pk_wave_grid")),
    )
    dialect = op.get_bind().dialect.name
    for table in ("letter_code", "wave_grid"):
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)
