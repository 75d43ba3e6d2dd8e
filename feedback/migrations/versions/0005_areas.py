"""The map over time: what areas were, what changed them, posters to be placed after a split."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("area", sa.Column("begun_at", UtcDateTime(), nullable=True))
    op.add_column("area", sa.Column("retired_at", UtcDateTime(), nullable=True))
    op.add_column("poster", sa.Column("undecided", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "area_past",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("parent_code", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("grid_type", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["area.code"], name=op.f("fk_area_past_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_past")),
    )
    op.create_index(op.f("ix_area_past_code"), "area_past", ["code"], unique=False)
    op.create_table(
        "area_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('split', 'merge', 'dissolve', 'revise')", name=op.f("ck_area_change_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_change")),
    )
    for table in ("area_past", "area_change"):
        for statement in insert_only_ddl(table, dialect=op.get_bind().dialect.name):
            op.execute(statement)
