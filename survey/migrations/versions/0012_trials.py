"""Tried files are kept alike on both sides; those that wait now, for hours at the most, are tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("registry_trial")
    op.create_table(
        "registry_trial",
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("by", name=op.f("pk_registry_trial")),
    )
    op.create_index(op.f("ix_registry_trial_at"), "registry_trial", ["at"], unique=False)
