"""Events of carriers as they came, what they tell of a dial, and the telephone system's call records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tell_of_dials()
    _create_events()
    _create_records()
    for table in ("provider_event", "telephone_file", "telephone_record"):
        for statement in insert_only_ddl(table, dialect=op.get_bind().dialect.name):
            op.execute(statement)


def _tell_of_dials() -> None:
    op.add_column("dial", sa.Column("answered_at", UtcDateTime(), nullable=True))
    op.add_column("dial", sa.Column("line_ended_at", UtcDateTime(), nullable=True))
    op.add_column("dial", sa.Column("cause", sa.String(length=16), server_default="", nullable=False))
    op.add_column("dial", sa.Column("heard", sa.String(length=16), server_default="", nullable=False))
    op.add_column("dial", sa.Column("number_index", sa.LargeBinary(length=16), nullable=True))
    op.add_column("dial", sa.Column("route", sa.LargeBinary(length=16), nullable=True))
    op.add_column("dial", sa.Column("records", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_dial_started_at", "dial", ["started_at"])


def _create_events() -> None:
    op.create_table(
        "provider_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("payload", sa.LargeBinary(length=16), nullable=False),
        sa.Column("dial_ulid", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("heard", sa.String(length=16), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
        sa.UniqueConstraint(
            "provider",
            "call_sid",
            "key",
            "payload",
            name=op.f("uq_provider_event_provider_call_sid_key_payload"),
        ),
    )
    op.create_index(op.f("ix_provider_event_dial_ulid"), "provider_event", ["dial_ulid"])


def _create_records() -> None:
    op.create_table(
        "telephone_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("covers_from", UtcDateTime(), nullable=False),
        sa.Column("covers_until", UtcDateTime(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_telephone_file_sha256")),
    )
    op.create_table(
        "telephone_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("extension", sa.String(length=32), nullable=False),
        sa.Column("number_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["telephone_file.id"], name=op.f("fk_telephone_record_file_id_telephone_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone_record")),
        sa.UniqueConstraint(
            "at",
            "extension",
            "number_index",
            "seconds",
            name=op.f("uq_telephone_record_at_extension_number_index_seconds"),
        ),
    )
    op.create_index("ix_telephone_record_number_index", "telephone_record", ["number_index"])
