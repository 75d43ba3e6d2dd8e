"""Messages go by carriers; notices until taken; replies, opt-outs and answers that an operator asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.messaging.grown import grow_outbox
from huying.store.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    grow_outbox()
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("desk", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=16), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('told', 'taken', 'over', 'nobody')",
            name=op.f("ck_notice_outcome"),
        ),
        _to("notice", "step_id", "case_step"),
        _to("notice", "case_id", "help_case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "step_id", "who", "escalation_id", name=op.f("uq_notice_step_id_who_escalation_id")
        ),
    )
    for column in ("step_id", "case_id", "due_at"):
        op.create_index(op.f(f"ix_notice_{column}"), "notice", [column], unique=False)
    op.create_table(
        "noticed_step",
        sa.Column("step_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _to("noticed_step", "step_id", "case_step"),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_noticed_step")),
    )
    op.create_table(
        "message_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_receipt")),
        sa.UniqueConstraint("provider", "key", name=op.f("uq_message_receipt_provider_key")),
    )
    op.create_table(
        "message_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("understood", sa.String(length=8), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("handled_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "understood IN ('stop', 'resume', 'yes', 'no', 'other')", name=op.f("ck_message_reply_understood")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reply")),
        sa.UniqueConstraint("provider", "key", name=op.f("uq_message_reply_provider_key")),
    )
    op.create_index(op.f("ix_message_reply_at"), "message_reply", ["at"], unique=False)
    op.create_table(
        "opt_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_out")),
    )
    op.create_index(op.f("ix_opt_out_number_index"), "opt_out", ["number_index"], unique=False)
    op.create_table(
        "spoken_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("solved", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "solved IN ('solved', 'not_solved', 'unsure', 'unreached')", name=op.f("ck_spoken_answer_solved")
        ),
        _to("spoken_answer", "case_id", "help_case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spoken_answer")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_spoken_answer_case_id_round")),
    )
    op.create_index(op.f("ix_spoken_answer_case_id"), "spoken_answer", ["case_id"], unique=False)
