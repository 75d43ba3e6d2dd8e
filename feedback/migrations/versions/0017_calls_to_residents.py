"""Calls to residents on one list: taken, done, nobody answered; a word by receipt that an operator took down."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ASKED = """INSERT INTO resident_call (case_id, why, round, taken_by, taken_at, tries, outcome, settled_at)
SELECT case_id, 'word', round, asked_by, at, tried, CASE WHEN solved = 'unreached' THEN '' ELSE 'done' END,
  CASE WHEN solved = 'unreached' THEN NULL ELSE at END FROM spoken_answer"""


def upgrade() -> None:
    op.create_table(
        "resident_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "why IN ('asked', 'prove', 'contested', 'word')", name=op.f("ck_resident_call_why")
        ),
        sa.CheckConstraint("outcome IN ('', 'done', 'unreached')", name=op.f("ck_resident_call_outcome")),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_resident_call_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_call")),
        sa.UniqueConstraint("case_id", "why", "round", name=op.f("uq_resident_call_case_id_why_round")),
    )
    op.create_index(op.f("ix_resident_call_case_id"), "resident_call", ["case_id"], unique=False)
    op.execute(ASKED)
    op.drop_table("spoken_answer")
    op.add_column("receipt_word", sa.Column("by", sa.String(length=64), server_default="", nullable=False))
