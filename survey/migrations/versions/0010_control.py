"""What was found of the numbers of a wave's control part; never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEYS = (
    ("unit", "frame_unit", "unit"),
    ("wave_label", "wave", "label"),
    ("by_id", "account", "id"),
)


def upgrade() -> None:
    op.create_table(
        "control_check",
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.{to}"], name=op.f(f"fk_control_check_{column}_{table}")
            )
            for column, table, to in KEYS
        ),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_control_check")),
    )
    op.create_index(op.f("ix_control_check_wave_label"), "control_check", ["wave_label"])
    for statement in insert_only_ddl("control_check", dialect=op.get_bind().dialect.name):
        op.execute(statement)
