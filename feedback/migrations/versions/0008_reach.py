"""Duty phones, checks by message, swaps, powers; and a mark of every change that a scan page hangs on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WATCHED = {
    "area": "",
    "contact": "",
    "duty": "",
    "fallback": "",
    "poster": "code, dial_code, grid_code, place, retired_at, replaced_by",
    "post_phone": "",
    "power": "",
    "worker": "",
}
"""Tables that scan pages hang on, and of which columns an update counts (none named: all)."""

POSTGRES_FUNCTION = """\
CREATE OR REPLACE FUNCTION mark_answer_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO answer_change DEFAULT VALUES;
  RETURN NULL;
END $$"""
SQLITE_MARK = "INSERT INTO answer_change (id) VALUES (NULL)"


def upgrade() -> None:
    op.add_column("contact", sa.Column("suspected_at", UtcDateTime(), nullable=True))
    op.add_column("fallback", sa.Column("leader", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "post_phone",
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_post_phone_contact_id_contact")
        ),
        sa.ForeignKeyConstraint(["grid_code"], ["area.code"], name=op.f("fk_post_phone_grid_code_area")),
        sa.PrimaryKeyConstraint("grid_code", name=op.f("pk_post_phone")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_post_phone_contact_id")),
    )
    op.create_table(
        "ping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'yes', 'no', 'failed')", name=op.f("ck_ping_state")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_ping_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ping")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_ping_token_hash")),
    )
    op.create_table(
        "swap_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("from_worker", sa.String(length=32), nullable=False),
        sa.Column("to_worker", sa.String(length=32), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_swap_offer_order")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_swap_offer_duty_id_duty")),
        sa.ForeignKeyConstraint(
            ["from_worker"], ["worker.code"], name=op.f("fk_swap_offer_from_worker_worker")
        ),
        sa.ForeignKeyConstraint(["grid_code"], ["area.code"], name=op.f("fk_swap_offer_grid_code_area")),
        sa.ForeignKeyConstraint(["to_worker"], ["worker.code"], name=op.f("fk_swap_offer_to_worker_worker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap_offer")),
    )
    op.create_table(
        "power",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_type", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.Column("instead", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('can', 'cannot')", name=op.f("ck_power_kind")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_power_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_power")),
    )
    op.create_table(
        "answer_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_change")),
    )
    for table, columns in (
        ("ping", ("asked_at", "contact_id")),
        ("power", ("grid_type",)),
        ("swap_offer", ("from_worker", "grid_code", "to_worker")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _triggers(dialect: str) -> list[str]:
    if dialect == "postgresql":
        return [POSTGRES_FUNCTION, *(_postgres(table, columns) for table, columns in WATCHED.items())]
    return [
        f"CREATE TRIGGER {table}_marks_{verb.split()[0].lower()} AFTER {verb} ON {table} BEGIN {SQLITE_MARK}; END"
        for table, columns in WATCHED.items()
        for verb in ("INSERT", _update(columns), "DELETE")
    ]


def _postgres(table: str, columns: str) -> str:
    # Once a statement, not once a row: an import of a whole city makes one mark.
    return (
        f"CREATE TRIGGER {table}_marks AFTER INSERT OR {_update(columns)} OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION mark_answer_change()"
    )


def _update(columns: str) -> str:
    return f"UPDATE OF {columns}" if columns else "UPDATE"
