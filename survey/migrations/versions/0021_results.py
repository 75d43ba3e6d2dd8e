"""What a wave publishes beside its score, corrections that people signed, dropped answers, the calendar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ASKED = (
    "id",
    "wave_label",
    "unit",
    "from_code",
    "to_code",
    "why",
    "salt",
    "asked_by",
    "asked_role",
    "asked_at",
)
CONFIRMED = ("confirmed_by", "confirmed_role", "confirmed_at", "entry")


def _wave(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f(f"fk_{table}_wave_label_wave"))


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "wave_result",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.Column("late", sa.Text(), nullable=True),
        _wave("wave_result"),
        sa.PrimaryKeyConstraint("wave_label", name=op.f("pk_wave_result")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("from_code", sa.String(length=32), nullable=False),
        sa.Column("to_code", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_role", sa.String(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_role", sa.String(length=32), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("entry", BIG, nullable=True),
        _wave("correction"),
        sa.ForeignKeyConstraint(
            ["unit"], ["sampled_case.unit"], name=op.f("fk_correction_unit_sampled_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_unit"), "correction", ["unit"], unique=False)
    op.create_index(op.f("ix_correction_wave_label"), "correction", ["wave_label"], unique=False)
    op.create_table(
        "dropped_answer",
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("entry", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment"],
            ["answer_commitment.commitment"],
            name=op.f("fk_dropped_answer_commitment_answer_commitment"),
        ),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_dropped_answer")),
    )
    op.create_table(
        "freeze_calendar",
        sa.Column("entry", BIG, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("dates", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_freeze_calendar")),
    )
    statements = keeping_ddl("correction", fixed=ASKED, once=CONFIRMED, dialect=dialect)
    for table in ("wave_result", "dropped_answer", "freeze_calendar"):
        statements += insert_only_ddl(table, dialect=dialect)
    for statement in statements:
        op.execute(statement)
