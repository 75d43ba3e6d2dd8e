"""Every stratum knows its grid: a grid may be drawn in two. What the strata were frozen with never changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.insert_only import keeping_ddl

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FIXED = ("wave_label", "stratum", "grid_code", "frame_size", "sample_size", "replicate_size")
OLD = {
    "sqlite": "DROP TRIGGER wave_stratum_keeps",
    "postgresql": "DROP TRIGGER wave_stratum_keeps ON wave_stratum",
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    column = sa.Column("grid_code", sa.String(length=32), server_default="", nullable=False)
    op.add_column("wave_stratum", column)
    # Until now every stratum was a whole grid.
    op.execute("UPDATE wave_stratum SET grid_code = stratum")
    op.execute(OLD[dialect])
    *_others, keeps = keeping_ddl("wave_stratum", fixed=FIXED, dialect=dialect)
    op.execute(keeps)
