"""Swaps that are taken back: when, and by whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("swap_offer", sa.Column("undone_at", UtcDateTime(), nullable=True))
    op.add_column(
        "swap_offer", sa.Column("undone_by", sa.String(length=32), server_default="", nullable=False)
    )
