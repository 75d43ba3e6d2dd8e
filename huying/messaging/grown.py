"""The outbox of the first revision grows into that of carriers: one change, carried out by both sides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

CHECKS = {
    "state": "state IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'dropped')",
    "channel": "channel IN ('sms', 'chat', 'mail', 'voice')",
    "priority": "priority IN ('usual', 'urgent', 'asked')",
}
OLD = "id, purpose, subject, round, sealed_number, template, params, state, created_at, leased_until"
OLD += ", settled_at"


def grow_outbox() -> None:
    """Add what carriers need to an outbox; what it holds stays as it is."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        for column in _new_columns():
            op.add_column("outbox", column)
        op.drop_constraint(op.f("ck_outbox_state"), "outbox", type_="check")
        for name, rule in CHECKS.items():
            op.create_check_constraint(op.f(f"ck_outbox_{name}"), "outbox", rule)
    for name in ("state", "reference", "created_at"):
        op.create_index(op.f(f"ix_outbox_{name}"), "outbox", [name], unique=False)


def _new_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("channel", sa.String(length=8), nullable=False, server_default="sms"),
        sa.Column("priority", sa.String(length=8), nullable=False, server_default="usual"),
        sa.Column("number_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("code", sa.String(length=32), nullable=False, server_default=""),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retried", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", UtcDateTime(), nullable=True),
    ]


def _rebuild() -> None:
    """SQLite can't change a CHECK: the rows move into a table that has the new ones."""
    op.create_table(
        "outbox_next",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        *_new_columns(),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_outbox_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("purpose", "subject", "round", name=op.f("uq_outbox_purpose_subject_round")),
    )
    op.execute(f"INSERT INTO outbox_next ({OLD}) SELECT {OLD} FROM outbox")  # noqa: S608
    op.drop_table("outbox")
    op.rename_table("outbox_next", "outbox")
