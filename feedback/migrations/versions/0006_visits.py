"""Visits that workers claim."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("worker_code", sa.String(length=32), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("visited_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["grid_code"], ["area.code"], name=op.f("fk_visit_grid_code_area")),
        sa.ForeignKeyConstraint(["worker_code"], ["worker.code"], name=op.f("fk_visit_worker_code_worker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("code", name=op.f("uq_visit_code")),
        sa.UniqueConstraint("once", name=op.f("uq_visit_once")),
    )
    for column in ("grid_code", "visited_at", "worker_code"):
        op.create_index(op.f(f"ix_visit_{column}"), "visit", [column], unique=False)
