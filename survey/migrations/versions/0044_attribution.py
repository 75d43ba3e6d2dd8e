"""Whose hours they were, released for a period and never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0044"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = "attribution_release"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f(f"ck_{TABLE}_number")),
        sa.CheckConstraint("(number = 1) = (why = '')", name=op.f(f"ck_{TABLE}_why")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("period", "number", name=op.f(f"uq_{TABLE}_period_number")),
    )
    op.create_index(op.f(f"ix_{TABLE}_period"), TABLE, ["period"])
    for statement in insert_only_ddl(TABLE, dialect=op.get_bind().dialect.name):
        op.execute(statement)
