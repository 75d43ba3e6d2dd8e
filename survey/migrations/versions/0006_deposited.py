"""Visits, posters and changes of the remit as they were deposited; never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.insert_only import insert_only_ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deposited_row",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=128), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["period"], ["deposit.period"], name=op.f("fk_deposited_row_period_deposit")),
        sa.PrimaryKeyConstraint("period", "kind", "code", name=op.f("pk_deposited_row")),
    )
    op.create_index(op.f("ix_deposited_row_area_code"), "deposited_row", ["area_code"], unique=False)
    for statement in insert_only_ddl("deposited_row", dialect=op.get_bind().dialect.name):
        op.execute(statement)
