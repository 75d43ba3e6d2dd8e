"""Tried files are sealed pressed together; those that wait now, for a day at the most, are tried again."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE import_file SET sealed = NULL")
