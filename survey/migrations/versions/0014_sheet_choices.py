"""What people said of files with such headings is kept, and offered with the next of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import huying.store.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_choice",
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("by", "layout", "fingerprint", name=op.f("pk_sheet_choice")),
    )
