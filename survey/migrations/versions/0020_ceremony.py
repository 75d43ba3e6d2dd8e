"""One-time links of parties, what a design promised, and early ends that two people signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ASKED = ("wave_label", "why", "salt", "asked_by", "asked_role", "asked_at")
CONFIRMED = ("confirmed_by", "confirmed_role", "confirmed_at")


def _wave(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f(f"fk_{table}_wave_label_wave"))


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "party_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('seal', 'open')", name=op.f("ck_party_link_purpose")),
        _wave("party_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_party_link_digest")),
    )
    op.create_index(op.f("ix_party_link_wave_label"), "party_link", ["wave_label"], unique=False)
    op.create_table(
        "wave_outlook",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("response", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        _wave("wave_outlook"),
        sa.PrimaryKeyConstraint("wave_label", name=op.f("pk_wave_outlook")),
    )
    op.create_table(
        "early_ending",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_role", sa.String(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_role", sa.String(length=32), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        _wave("early_ending"),
        sa.PrimaryKeyConstraint("wave_label", name=op.f("pk_early_ending")),
    )
    statements = insert_only_ddl("wave_outlook", dialect=dialect)
    statements += keeping_ddl("early_ending", fixed=ASKED, once=CONFIRMED, dialect=dialect)
    for statement in statements:
        op.execute(statement)
