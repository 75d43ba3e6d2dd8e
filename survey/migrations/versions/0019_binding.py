"""A wave binds its score: answers and outcomes never change, days' batches, minutes, what was sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "wave": (
        (
            "label",
            "frame_root",
            "frame_size",
            "design_sha256",
            "rules",
            "beacon_source",
            "frozen_at",
            "first_entry",
            "terms",
            "groups",
            "codes",
        ),
        (
            "beacon_value",
            "draw_key",
            "drawn_at",
            "closed_at",
            "last_entry",
            "ended_at",
            "counted_at",
        ),
    ),
    "sampled_case": (("unit", "wave_label", "stratum", "rank"), ("final_code",)),
    "attempt": (
        ("id", "unit", "n", "interviewer_id", "started_at"),
        ("dialled_at", "ended_at", "minute_nonce"),
    ),
}
"""Columns that stay, and columns that stay once they are filled."""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name, kind in (
        ("terms", sa.Text()),
        ("groups", sa.Text()),
        ("codes", sa.Text()),
        ("ended_at", UtcDateTime()),
        ("counted_at", UtcDateTime()),
    ):
        op.add_column("wave", sa.Column(name, kind, nullable=True))
    op.add_column("wave_stratum", sa.Column("late", sa.Integer(), server_default="0", nullable=False))
    op.add_column("attempt", sa.Column("minute_nonce", sa.String(length=32), nullable=True))
    op.add_column("answer_commitment", sa.Column("binding_nonce", sa.String(length=32), nullable=True))
    op.create_table(
        "answer_batch",
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("entry", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment"],
            ["answer_commitment.commitment"],
            name=op.f("fk_answer_batch_commitment_answer_commitment"),
        ),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_answer_batch")),
    )
    # Of waves that are over, the batch is the entry before the close.
    op.execute(
        "INSERT INTO answer_batch (commitment, entry) SELECT a.commitment, w.last_entry - 2 "
        "FROM answer_commitment a JOIN wave w ON w.label = a.wave_label "
        "WHERE a.logged AND w.last_entry IS NOT NULL"
    )
    op.drop_column("answer_commitment", "logged")
    for table in ("answer_commitment", "answer_batch"):
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)
    for table, (fixed, once) in KEPT.items():
        on = f" ON {table}" if dialect == "postgresql" else ""
        op.execute(f"DROP TRIGGER {table}_keeps{on}")
        *_others, keeps = keeping_ddl(table, fixed=fixed, once=once, dialect=dialect)
        op.execute(keeps)
