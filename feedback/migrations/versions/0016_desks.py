"""A case is always on a desk: keeper, lead, pauses, escalations, verdicts; hours that count as another's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WHISTLE_STATES = "state IN ('sounded', 'accepted', 'done', 'refused', 'handed_back', 'escalated', 'ended')"
KEPT = """
UPDATE help_case SET keeper = CASE WHEN holder <> 'resident' THEN holder ELSE coalesce(
  (SELECT CASE WHEN s.actor LIKE 'worker%' THEN 'worker' ELSE s.actor END FROM case_step s
   WHERE s.case_id = help_case.id AND s.event IN ('ask', 'declare') ORDER BY s.id DESC LIMIT 1), 'unit') END
"""


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    kind = sa.String(length=length) if length else sa.Text()
    return sa.Column(name, kind, server_default="", nullable=False)


def upgrade() -> None:
    op.add_column("worker", sa.Column("retired_at", UtcDateTime(), nullable=True))
    op.add_column("help_case", sa.Column("round_at", UtcDateTime(), nullable=True))
    for name, length in (("keeper", 48), ("lead", 48), ("idling", 16)):
        op.add_column("help_case", _text(name, length))
    op.create_index(op.f("ix_help_case_keeper"), "help_case", ["keeper"], unique=False)
    for added in (_text("hours_of", 48), _text("hours_to", 48), sa.Column("since", UtcDateTime())):
        op.add_column("case_step", added)
    _whistles()
    _pauses()
    _escalations()
    _verdicts()
    op.execute(KEPT)


def _whistles() -> None:
    for added in (
        _text("reason_code", 16),
        sa.Column("instead", sa.String(length=32), nullable=True),
        _text("sounded_by", 48),
        sa.Column("remit_lead", sa.String(length=32), nullable=True),
        _text("why"),
        sa.Column("lead", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    ):
        op.add_column("whistle", added)
    with op.batch_alter_table("whistle") as whistle:
        whistle.drop_constraint(op.f("ck_whistle_state"), type_="check")
        whistle.create_check_constraint(op.f("ck_whistle_state"), WHISTLE_STATES)


def _pauses() -> None:
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=48), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("countersigned_at", UtcDateTime(), nullable=True),
        sa.Column("countersigned_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_pause_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index(op.f("ix_pause_case_id"), "pause", ["case_id"], unique=False)


def _escalations() -> None:
    op.create_table(
        "escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("whistle_id", sa.Integer(), nullable=True),
        sa.Column("passed_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('accept', 'due', 'further', 'idling', 'backstop', 'void')",
            name=op.f("ck_escalation_kind"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_escalation_case_id")),
        sa.ForeignKeyConstraint(["whistle_id"], ["whistle.id"], name=op.f("fk_escalation_whistle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("case_id", "key", name=op.f("uq_escalation_case_id_key")),
    )
    op.create_index(op.f("ix_escalation_case_id"), "escalation", ["case_id"], unique=False)
    for statement in insert_only_ddl("escalation", dialect=op.get_bind().dialect.name):
        op.execute(statement)


def _verdicts() -> None:
    op.create_table(
        "scope_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('confirmed', 'declined')", name=op.f("ck_scope_verdict_verdict")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_scope_verdict_two_persons")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_scope_verdict_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope_verdict")),
    )
    op.create_index(op.f("ix_scope_verdict_case_id"), "scope_verdict", ["case_id"], unique=False)
