"""Completes are called again by lot, disputed and voided; an interview keeps when it was voided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DRAWN = ("unit", "entry", "reason", "interviewer_id", "attempt_id")
TOLD = ("by_id", "said", "verdict", "ended_at")
OPENED = (
    *("id", "wave_label", "unit", "interviewer_id", "attempt_id"),
    *("cause", "why", "opened_by", "opened_role", "opened_at"),
)
TAKEN_ONCE = (
    *("heard", "heard_at"),
    *("decision", "decided_by", "decided_role", "decided_at", "correction_id"),
)


def _leads(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    target, _dot, _key = to.partition(".")
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    for name in ("voided_at", "again_at"):
        op.add_column("interview", sa.Column(name, UtcDateTime(), nullable=True))
    _create_draws()
    _create_call_backs()
    _create_disputes()
    dialect = op.get_bind().dialect.name
    statements = insert_only_ddl("call_back_draw", dialect=dialect)
    statements += keeping_ddl("call_back", fixed=DRAWN, once=TOLD, dialect=dialect)
    statements += keeping_ddl("dispute", fixed=OPENED, once=TAKEN_ONCE, dialect=dialect)
    for statement in statements:
        op.execute(statement)


def _create_draws() -> None:
    op.create_table(
        "call_back_draw",
        sa.Column("entry", BIG, autoincrement=False, nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("after", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _leads("call_back_draw", "wave_label", "wave.label"),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_call_back_draw")),
    )
    op.create_index(op.f("ix_call_back_draw_wave_label"), "call_back_draw", ["wave_label"])


def _create_call_backs() -> None:
    op.create_table(
        "call_back",
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("entry", BIG, nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("next_due", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("dialled_at", UtcDateTime(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("reason IN ('lot', 'short', 'even')", name=op.f("ck_call_back_reason")),
        sa.CheckConstraint(
            "verdict IN ('agrees', 'differs', 'refused', 'not_reached', 'silent')",
            name=op.f("ck_call_back_verdict"),
        ),
        sa.CheckConstraint("holder_id <> interviewer_id", name=op.f("ck_call_back_holder")),
        sa.CheckConstraint("by_id <> interviewer_id", name=op.f("ck_call_back_by")),
        sa.CheckConstraint("(verdict IS NULL) = (ended_at IS NULL)", name=op.f("ck_call_back_ended")),
        _leads("call_back", "unit", "sampled_case.unit"),
        _leads("call_back", "entry", "call_back_draw.entry"),
        _leads("call_back", "interviewer_id", "account.id"),
        _leads("call_back", "attempt_id", "attempt.id"),
        _leads("call_back", "holder_id", "account.id"),
        _leads("call_back", "by_id", "account.id"),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_call_back")),
        sa.UniqueConstraint("holder_id", name=op.f("uq_call_back_holder_id")),
    )
    op.create_index(op.f("ix_call_back_entry"), "call_back", ["entry"])
    op.create_index(op.f("ix_call_back_interviewer_id"), "call_back", ["interviewer_id"])


def _create_disputes() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_role", sa.String(length=32), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.Column("heard_at", UtcDateTime(), nullable=True),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_role", sa.String(length=32), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("cause IN ('call_back', 'flag')", name=op.f("ck_dispute_cause")),
        sa.CheckConstraint("decision IN ('stands', 'voided')", name=op.f("ck_dispute_decision")),
        sa.CheckConstraint(
            "decided_by <> opened_by AND decided_role <> opened_role", name=op.f("ck_dispute_second")
        ),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_dispute_decided")),
        sa.CheckConstraint(
            "decision <> 'voided' OR correction_id IS NOT NULL", name=op.f("ck_dispute_voided")
        ),
        _leads("dispute", "wave_label", "wave.label"),
        _leads("dispute", "unit", "sampled_case.unit"),
        _leads("dispute", "interviewer_id", "account.id"),
        _leads("dispute", "attempt_id", "attempt.id"),
        _leads("dispute", "correction_id", "correction.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    for column in ("wave_label", "unit", "interviewer_id"):
        op.create_index(op.f(f"ix_dispute_{column}"), "dispute", [column])
    undecided = sa.text("decided_at IS NULL")
    op.create_index(
        "uq_dispute_open",
        "dispute",
        ["unit"],
        unique=True,
        sqlite_where=undecided,
        postgresql_where=undecided,
    )
