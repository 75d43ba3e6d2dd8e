"""Browsers in which an account's owner has signed in before, and what was sent after a session's end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_browser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_known_browser_digest")),
        _account("known_browser"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_browser")),
        sa.UniqueConstraint("account_id", "digest", name=op.f("uq_known_browser_account_id_digest")),
    )
    op.create_index(op.f("ix_known_browser_account_id"), "known_browser", ["account_id"])
    op.create_table(
        "unsent_form",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("offered_at", UtcDateTime(timezone=True), nullable=True),
        _account("unsent_form"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_unsent_form")),
    )


def _account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"))
