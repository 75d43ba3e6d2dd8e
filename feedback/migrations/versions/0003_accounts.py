"""Sessions, invitations, lockouts and second factors of accounts.

What the very first hour's 0001 lacked is added where it is missing: the keys of posters and lists sent twice.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _once()
    op.add_column("account", sa.Column("subject", sa.String(length=255), nullable=True))
    op.create_index(op.f("ix_account_subject"), "account", ["subject"], unique=False)
    op.create_table(
        "account_session",
        sa.Column("id", sa.Integer(), nullable=False),
        _account(),
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("begun_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        *_constraints("account_session"),
        sa.UniqueConstraint("token_digest", name=op.f("uq_account_session_token_digest")),
    )
    op.create_table(
        "account_link",
        sa.Column("id", sa.Integer(), nullable=False),
        _account(),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        *_constraints("account_link"),
        sa.UniqueConstraint("digest", name=op.f("uq_account_link_digest")),
    )
    op.create_table(
        "account_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_failure")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "second_factor",
        _account(),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        *_constraints("second_factor", key="account_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        _account(),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        *_constraints("recovery_code"),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_code_digest")),
    )
    for table, column in INDEXED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    for statement in insert_only_ddl("sign_in", dialect=op.get_bind().dialect.name):
        op.execute(statement)


INDEXED = (
    ("account_session", "account_id"),
    ("account_link", "account_id"),
    ("account_failure", "subject"),
    ("account_failure", "at"),
    ("sign_in", "login"),
    ("recovery_code", "account_id"),
)


def _once() -> None:
    found = sa.inspect(op.get_bind())
    for table in ("poster", "worker_list"):
        if "once" not in {column["name"] for column in found.get_columns(table)}:
            op.add_column(table, sa.Column("once", sa.String(length=64), nullable=True))
            op.create_index(op.f(f"uq_{table}_once"), table, ["once"], unique=True)


def _account() -> sa.Column[int]:
    return sa.Column("account_id", sa.Integer(), nullable=False)


def _constraints(table: str, *, key: str = "id") -> tuple[sa.Constraint, ...]:
    foreign = sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"))
    return foreign, sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}"))
