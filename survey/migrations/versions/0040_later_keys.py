"""What an interviewer says of a call that its carrier had ended already is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLE = "later_key"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dial_ulid", sa.String(length=26), nullable=False),
        sa.Column("said", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dial_ulid"], ["dial.ulid"], name=op.f("fk_later_key_dial_ulid_dial")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_later_key_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_later_key")),
        sa.UniqueConstraint("dial_ulid", "said", name=op.f("uq_later_key_dial_ulid_said")),
    )
    for statement in insert_only_ddl(TABLE, dialect=op.get_bind().dialect.name):
        op.execute(statement)
