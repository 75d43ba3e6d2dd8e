"""Programs read published tables by tokens, whose uses are counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import keeping_ddl

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

FIXED = (
    "id",
    "name",
    "purpose",
    "digest",
    "reads",
    "finest",
    "per_hour",
    "made_by",
    "made_role",
    "made_at",
    "expires_at",
)


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reads", sa.String(length=16), nullable=False),
        sa.Column("finest", sa.String(length=16), nullable=False),
        sa.Column("per_hour", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_role", sa.String(length=32), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("reads IN ('published', 'frozen')", name=op.f("ck_api_token_reads")),
        sa.CheckConstraint(
            "finest IN ('city', 'street', 'community', 'grid')", name=op.f("ck_api_token_finest")
        ),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_api_token_digest")),
        sa.CheckConstraint("per_hour BETWEEN 1 AND 10000", name=op.f("ck_api_token_per_hour")),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_api_token_expires")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_api_token_revoked")),
        sa.CheckConstraint(
            "made_role <> 'administrator' OR (reads = 'published' AND finest IN ('city', 'street'))",
            name=op.f("ck_api_token_given"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_table(
        "api_token_hour",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("used >= 0 AND refused >= 0", name=op.f("ck_api_token_hour_counts")),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_api_token_hour_token_id_api_token")
        ),
        sa.PrimaryKeyConstraint("token_id", "hour", name=op.f("pk_api_token_hour")),
    )
    _guard()


def _guard() -> None:
    """Let tokens be revoked alone, and counts grow alone."""
    dialect = op.get_bind().dialect.name
    for statement in (
        *keeping_ddl("api_token", fixed=FIXED, once=("revoked_at", "revoked_by"), dialect=dialect),
        *keeping_ddl("api_token_hour", fixed=("token_id", "hour"), dialect=dialect),
    ):
        op.execute(statement)
    shrinks = "NEW.used < OLD.used OR NEW.refused < OLD.refused"
    begins = "CREATE TRIGGER api_token_hour_grows BEFORE UPDATE ON api_token_hour FOR EACH ROW WHEN"
    if dialect == "postgresql":
        op.execute(f"{begins} ({shrinks}) EXECUTE FUNCTION refuse_change()")
    else:
        op.execute(f"{begins} {shrinks} BEGIN SELECT RAISE(ABORT, 'api_token_hour is insert-only'); END")
