"""Extensions behind households' numbers, sealed as the numbers are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("household_number", "household_adult"):
        op.add_column(table, sa.Column("extension", sa.LargeBinary(), nullable=True))
