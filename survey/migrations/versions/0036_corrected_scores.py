"""Scores of a wave that are made again beside the first ones, and the completes undone between."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

UNDONE = "undone_complete"
FIXED = ("id", "wave_label", "unit", "to_code", "why", "asked_by", "asked_role", "asked_at")
ONCE = ("confirmed_by", "confirmed_role", "confirmed_at", "number")


def upgrade() -> None:
    _create_release()
    _create_undone()
    dialect = op.get_bind().dialect.name
    triggers = insert_only_ddl("corrected_release", dialect=dialect)
    for statement in (*triggers, *keeping_ddl(UNDONE, fixed=FIXED, once=ONCE, dialect=dialect)):
        op.execute(statement)


def _create_release() -> None:
    op.create_table(
        "corrected_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 1", name=op.f("ck_corrected_release_number")),
        sa.ForeignKeyConstraint(
            ["wave_label"], ["wave.label"], name=op.f("fk_corrected_release_wave_label_wave")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrected_release")),
        sa.UniqueConstraint("wave_label", "number", name=op.f("uq_corrected_release_wave_label_number")),
    )


def _create_undone() -> None:
    op.create_table(
        UNDONE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("to_code", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_role", sa.String(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_role", sa.String(length=32), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit"], ["sampled_case.unit"], name=op.f("fk_undone_complete_unit_sampled_case")
        ),
        sa.ForeignKeyConstraint(
            ["wave_label"], ["wave.label"], name=op.f("fk_undone_complete_wave_label_wave")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undone_complete")),
        sa.UniqueConstraint("unit", name=op.f("uq_undone_complete_unit")),
    )
    op.create_index(op.f("ix_undone_complete_wave_label"), UNDONE, ["wave_label"])
