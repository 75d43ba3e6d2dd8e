"""Scores that a process of the background makes, as a page asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import keeping_ddl

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = "score_making"
FIXED = ("id", "wave_label", "why", "asked_by", "asked_at")
ONCE = ("ended_at", "ended_by", "failure")
CHECKS = {
    "state": "state IN ('waiting', 'running', 'done', 'stopped', 'failed')",
    "held": "(state = 'running') = (holder IS NOT NULL)",
    "ended": "(state IN ('waiting', 'running')) = (ended_at IS NULL)",
    "step": "step_done >= 0 AND step_done <= step_of",
}
LIVE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("beat_at", UtcDateTime(), nullable=True),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("step_done", sa.Integer(), nullable=False),
        sa.Column("step_of", sa.Integer(), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f(f"fk_{TABLE}_wave_label_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_wave_label"), TABLE, ["wave_label"])
    op.create_index(
        f"uq_{TABLE}_live", TABLE, ["wave_label"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    # What is over is never opened again: a state that isn't over has no end.
    for statement in keeping_ddl(TABLE, fixed=FIXED, once=ONCE, dialect=op.get_bind().dialect.name):
        op.execute(statement)
