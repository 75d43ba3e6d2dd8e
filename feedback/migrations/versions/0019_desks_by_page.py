"""Who had a case before the grid leader gave it to a colleague; who printed a case, and with the number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("help_case", sa.Column("former_worker", sa.String(length=32), nullable=True))
    op.create_table(
        "case_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("numbered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_case_print_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_print")),
    )
    op.create_index(op.f("ix_case_print_case_id"), "case_print", ["case_id"], unique=False)
    for statement in insert_only_ddl("case_print", dialect=op.get_bind().dialect.name):
        op.execute(statement)
