"""The judged see their scores before they are public, and appeal: previews, codes of cards, what was found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.ledger.store import BIG
from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

REASONS = "('holder', 'cases', 'vacant', 'registry', 'arithmetic', 'other')"
ROLES = "('auditor', 'registrar', 'supervisor')"
KEPT = {
    "card_code": (("id", "wave_label", "unit", "digest", "made_by", "made_at", "expires_at"), ("ended_at",)),
    "appeal": (
        ("id", "wave_label", "number", "unit", "reason", "said", "cases", "lodged_at", "due_at", "entry"),
        ("taken_by", "taken_role", "taken_at", "recount", "recounted_at"),
    ),
    "appeal_finding": (
        ("id", "appeal_id", "outcome", "said", "found_by", "found_role", "found_at"),
        ("second_by", "second_role", "second_at", "agrees", "entry"),
    ),
}
"""Of each table the columns that never change, and those that are filled once."""


def upgrade() -> None:
    _create_preview()
    _create_code()
    _create_appeal()
    _create_finding()
    dialect = op.get_bind().dialect.name
    statements = list(insert_only_ddl("score_preview", dialect=dialect))
    for table, (fixed, once) in KEPT.items():
        statements += keeping_ddl(table, fixed=fixed, once=once, dialect=dialect)
    for statement in (*statements, *_preview_stands(dialect)):
        op.execute(statement)


def _create_preview() -> None:
    op.create_table(
        "score_preview",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("entry", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_label"], ["wave.label"], name=op.f("fk_score_preview_wave_label_wave")
        ),
        sa.PrimaryKeyConstraint("wave_label", name=op.f("pk_score_preview")),
    )


def _create_code() -> None:
    op.create_table(
        "card_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_card_code_digest")),
        _of_preview("card_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_card_code_digest")),
    )
    live = sa.text("ended_at IS NULL")
    columns = ["wave_label", "unit"]
    op.create_index(
        "uq_card_code_live", "card_code", columns, unique=True, sqlite_where=live, postgresql_where=live
    )


def _create_appeal() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("cases", sa.Text(), nullable=False),
        sa.Column("lodged_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("entry", BIG, nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=True),
        sa.Column("taken_role", sa.String(length=32), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("recount", sa.Text(), nullable=True),
        sa.Column("recounted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(f"reason IN {REASONS}", name=op.f("ck_appeal_reason")),
        sa.CheckConstraint(f"taken_role IN {ROLES}", name=op.f("ck_appeal_taken_role")),
        sa.CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name=op.f("ck_appeal_taken")),
        sa.CheckConstraint("(recount IS NULL) = (recounted_at IS NULL)", name=op.f("ck_appeal_recounted")),
        sa.CheckConstraint("due_at > lodged_at", name=op.f("ck_appeal_due")),
        _of_preview("appeal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("wave_label", "number", name=op.f("uq_appeal_wave_label_number")),
    )
    op.create_index(op.f("ix_appeal_unit"), "appeal", ["unit"])


def _create_finding() -> None:
    op.create_table(
        "appeal_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("found_by", sa.String(length=64), nullable=False),
        sa.Column("found_role", sa.String(length=32), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("second_by", sa.String(length=64), nullable=True),
        sa.Column("second_role", sa.String(length=32), nullable=True),
        sa.Column("second_at", UtcDateTime(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("entry", BIG, nullable=True),
        sa.CheckConstraint("outcome IN ('confirmed', 'corrected')", name=op.f("ck_appeal_finding_outcome")),
        sa.CheckConstraint(f"found_role IN {ROLES}", name=op.f("ck_appeal_finding_found_role")),
        sa.CheckConstraint(f"second_role IN {ROLES}", name=op.f("ck_appeal_finding_second_role")),
        sa.CheckConstraint(
            "second_by <> found_by AND second_role <> found_role", name=op.f("ck_appeal_finding_second")
        ),
        sa.CheckConstraint(
            "(agrees IS NULL) = (second_at IS NULL) AND (second_by IS NULL) = (second_at IS NULL) "
            "AND (second_role IS NULL) = (second_at IS NULL)",
            name=op.f("ck_appeal_finding_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_finding_appeal_id_appeal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_finding")),
    )
    stands = sa.text("second_at IS NULL OR agrees")
    op.create_index(
        "uq_appeal_finding_stands",
        "appeal_finding",
        ["appeal_id"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )


def _of_preview(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_wave_label_score_preview")
    return sa.ForeignKeyConstraint(["wave_label"], ["score_preview.wave_label"], name=name)


def _preview_stands(dialect: str) -> list[str]:
    """While a preview runs no clock that the program holds lets its score be logged: the wave stays drawn."""
    early = "SELECT 1 FROM score_preview p WHERE p.wave_label = NEW.label AND p.ends_at > NEW.closed_at"
    head = "CREATE TRIGGER wave_waits_for_preview BEFORE UPDATE ON wave FOR EACH ROW"
    if dialect == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'wave waits for its preview'); END"
        return [f"{head} WHEN NEW.state = 'closed' AND EXISTS ({early}) {refuse}"]
    function = (
        "CREATE FUNCTION wait_for_preview() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN\n  IF NEW.state = 'closed' AND EXISTS ({early}) THEN\n"
        "    RAISE EXCEPTION USING MESSAGE = 'wave waits for its preview', ERRCODE = 'restrict_violation';\n"
        "  END IF;\n  RETURN NEW;\nEND $$"
    )
    return [function, f"{head} EXECUTE FUNCTION wait_for_preview()"]
