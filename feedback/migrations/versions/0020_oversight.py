"""All cases by deadline, who took lists of them away, and how many households a grid has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN = sa.text("holder <> ''")


def upgrade() -> None:
    op.create_table(
        "case_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("filters", sa.String(length=1000), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.CheckConstraint("form IN ('csv', 'xlsx')", name=op.f("ck_case_export_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_export")),
    )
    for statement in insert_only_ddl("case_export", dialect=op.get_bind().dialect.name):
        op.execute(statement)
    op.add_column("area", sa.Column("households", sa.Integer(), nullable=True))
    op.create_index("ix_help_case_due", "help_case", ["due_at", "id"])
    op.create_index(
        "ix_help_case_running", "help_case", ["due_at", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    for table, column in (
        ("help_case", "category"),
        ("whistle", "sounded_at"),
        ("account", "worker_code"),
        ("account", "department_code"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
