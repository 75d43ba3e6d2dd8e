"""Letters to addresses that another register has, so that those left out of ours get one too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outside_letter",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("plain", sa.String(length=400), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_outside_letter")),
        sa.UniqueConstraint("grid_code", "plain", name=op.f("uq_outside_letter_grid_code_plain")),
    )
