"""Rules that only a database can keep: what was frozen, drawn, said or logged is never changed."""

from __future__ import annotations

from alembic import op

from huying.store.insert_only import insert_only_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSERT_ONLY = (
    "log_entry",
    "log_node",
    "log_checkpoint",
    "frame_unit",
    "sample_unit",
    "wave_list_match",
    "answer",
    "outcome",
    "offer",
    "access_record",
    "score_release",
    "deposit",
    "deposited_post",
    "deposited_case",
    "deposited_rating_count",
    "deposited_list_row",
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in INSERT_ONLY:
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)
