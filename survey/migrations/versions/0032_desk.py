"""The interviewer's desk: breaks, notes of a call, practice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

BREAKS = "'rest', 'meal', 'meeting', 'technical', 'off'"
PRACTISED = "'held', 'talking', 'interviewing', 'coding', 'closed'"


def upgrade() -> None:
    op.create_table(
        "seat_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.String(length=16),
            sa.CheckConstraint(f"reason IN ({BREAKS})", name=op.f("ck_seat_break_reason")),
            nullable=False,
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["account.id"], name=op.f("fk_seat_break_interviewer_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_break")),
    )
    op.create_index(op.f("ix_seat_break_interviewer_id"), "seat_break", ["interviewer_id"])
    op.create_index(
        "uq_seat_break_open",
        "seat_break",
        ["interviewer_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "call_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f("fk_call_note_unit_sampled_case")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_call_note_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_note")),
    )
    op.create_index(op.f("ix_call_note_unit"), "call_note", ["unit"])
    for statement in insert_only_ddl("call_note", dialect=op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "practice_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("household", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.String(length=16),
            sa.CheckConstraint(f"state IN ({PRACTISED})", name=op.f("ck_practice_call_state")),
            nullable=False,
        ),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("dialled_at", UtcDateTime(), nullable=True),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["account.id"], name=op.f("fk_practice_call_interviewer_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_call")),
    )
    op.create_index(op.f("ix_practice_call_interviewer_id"), "practice_call", ["interviewer_id"])
    op.create_index(
        "uq_practice_call_open",
        "practice_call",
        ["interviewer_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
