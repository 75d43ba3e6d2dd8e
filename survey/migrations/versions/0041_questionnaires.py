"""Questionnaires that are read in as files: kept for good, one a digest and a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "questionnaire_version"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("wording_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(wording_hash) = 64", name=op.f("ck_questionnaire_version_wording_hash")),
        sa.PrimaryKeyConstraint("wording_hash", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint("name", name=op.f("uq_questionnaire_version_name")),
    )
    for statement in insert_only_ddl(TABLE, dialect=op.get_bind().dialect.name):
        op.execute(statement)
