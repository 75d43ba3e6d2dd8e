"""Browsers that are known, what was sent after a session's end, wrong codes; no receipt in a message's row."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0021"
down_revision = "0020"
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
    op.create_table(
        "wrong_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('code', 'dial')", name=op.f("ck_wrong_code_kind")),
        sa.CheckConstraint("length(key) = 16", name=op.f("ck_wrong_code_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_code")),
    )
    for column in ("key", "at"):
        op.create_index(op.f(f"ix_wrong_code_{column}"), "wrong_code", [column])
    _blank_receipts(op.get_bind())


def _blank_receipts(connection: sa.Connection) -> None:
    """Put what a receipt is computed from in its place, in messages that wait or were sent."""
    outbox = sa.table("outbox", sa.column("id"), sa.column("template"), sa.column("params"))
    case = sa.table("help_case", sa.column("code"), sa.column("once"))
    told = sa.select(outbox.c.id, outbox.c.params).where(outbox.c.template == "receipt")
    for number, params in connection.execute(told).all():
        said = json.loads(params or "{}")
        if "receipt" in said:
            code = said.get("case", "")
            once = connection.scalar(sa.select(case.c.once).where(case.c.code == code))
            kept = json.dumps({"once": once or "", "case": code})
            connection.execute(sa.update(outbox).where(outbox.c.id == number).values(params=kept))


def _account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"))
