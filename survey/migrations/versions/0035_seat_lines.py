"""An interviewer's extension is known, as a trait of theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import keeping_ddl

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLE = "interviewer_trait"
KINDS = "kind IN ('street', 'language', 'line')"
FIXED = ("id", "account_id", "kind", "value", "set_by", "set_at")
COLUMNS = ", ".join((*FIXED, "ended_at"))


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_interviewer_trait_kind"), TABLE)
        op.create_check_constraint(op.f("ck_interviewer_trait_kind"), TABLE, KINDS)
        return
    # SQLite changes no CHECK: the table is made anew, with its triggers.
    op.drop_index(op.f("ix_interviewer_trait_account_id"), TABLE)
    op.rename_table(TABLE, "former_trait")
    _create()
    op.execute(f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM former_trait")  # noqa: S608
    op.execute("DROP TRIGGER interviewer_trait_no_delete")
    op.execute("DROP TRIGGER interviewer_trait_keeps")
    op.drop_table("former_trait")
    for statement in keeping_ddl(TABLE, fixed=FIXED, once=("ended_at",), dialect="sqlite"):
        op.execute(statement)


def _create() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_interviewer_trait_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_interviewer_trait_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviewer_trait")),
    )
    op.create_index(op.f("ix_interviewer_trait_account_id"), TABLE, ["account_id"])
