"""Whether two households are one home, decided by name; how many are undecided in a frozen grid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("other", sa.String(length=32), nullable=False),
        sa.Column("keep", sa.String(length=32), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_decision")),
    )
    op.create_index(op.f("ix_home_decision_code"), "home_decision", ["code"])
    for statement in insert_only_ddl("home_decision", dialect=op.get_bind().dialect.name):
        op.execute(statement)
    op.add_column("wave_grid", sa.Column("twins", sa.Integer(), server_default="0", nullable=False))
