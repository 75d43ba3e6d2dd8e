"""The resident's word: versions, words by receipt, proofs of numbers, photos, joins, limits, verdicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

VERSION = ("rating_id", "at", "channel", "by", "solved", "conduct", "result")
WORD = ("case_id", "round", "channel", "at", "solved", "settles_at")

ANSWERED = """INSERT INTO rating_version (rating_id, at, channel, "by", solved, conduct, result, words)
SELECT id, answered_at, 'link', '', solved, conduct, result, words FROM rating WHERE answered_at IS NOT NULL"""
PROVEN = """INSERT INTO contact_proof (case_id, how, asked_at, tries, proven_at, proven_by)
SELECT id, 'before', opened_at, 0, opened_at, '' FROM help_case WHERE contact_sealed IS NOT NULL"""


def upgrade() -> None:
    op.create_table(
        "limited_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("poster_id", sa.Integer(), nullable=True),
        sa.Column("grid_code", sa.String(length=32), nullable=True),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["poster_id"], ["poster.id"], name=op.f("fk_limited_request_poster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limited_request")),
    )
    op.create_index(op.f("ix_limited_request_at"), "limited_request", ["at"], unique=False)
    op.create_table(
        "case_join",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("desk_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("resident_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("refused_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("joined_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_case_join_case_id")),
        sa.ForeignKeyConstraint(["into_id"], ["help_case.id"], name=op.f("fk_case_join_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_join")),
        sa.UniqueConstraint("case_id", "into_id", name=op.f("uq_case_join_case_id_into_id")),
    )
    op.create_index(op.f("ix_case_join_case_id"), "case_join", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_join_into_id"), "case_join", ["into_id"], unique=False)
    op.create_table(
        "case_photo",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_case_photo_case_id")),
        sa.PrimaryKeyConstraint("case_id", "position", name=op.f("pk_case_photo")),
    )
    op.create_index(op.f("ix_case_photo_at"), "case_photo", ["at"], unique=False)
    op.create_table(
        "contact_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("proven_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("proven_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "how IN ('message', 'call', 'voice', 'before')", name=op.f("ck_contact_proof_how")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_contact_proof_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_proof")),
    )
    op.create_index(op.f("ix_contact_proof_case_id"), "contact_proof", ["case_id"], unique=False)
    op.create_table(
        "receipt_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("solved", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("settles_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('receipt', 'late')", name=op.f("ck_receipt_word_channel")),
        sa.CheckConstraint(
            "solved IN ('solved', 'not_solved', 'unsure')", name=op.f("ck_receipt_word_solved")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_receipt_word_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_word")),
    )
    op.create_index(op.f("ix_receipt_word_case_id"), "receipt_word", ["case_id"], unique=False)
    op.create_index(op.f("ix_receipt_word_settles_at"), "receipt_word", ["settles_at"], unique=False)
    op.create_table(
        "request_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('contact', 'poster', 'address', 'number', 'same')", name=op.f("ck_request_mark_kind")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_request_mark_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_mark")),
    )
    op.create_index(op.f("ix_request_mark_at"), "request_mark", ["at"], unique=False)
    op.create_index(op.f("ix_request_mark_key"), "request_mark", ["key"], unique=False)
    op.create_table(
        "rating_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.CheckConstraint("verdict IN ('exclude', 'keep')", name=op.f("ck_rating_verdict_verdict")),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_rating_verdict_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_verdict")),
        sa.UniqueConstraint("rating_id", "by", name=op.f("uq_rating_verdict_rating_id_by")),
    )
    op.create_index(op.f("ix_rating_verdict_rating_id"), "rating_verdict", ["rating_id"], unique=False)
    op.create_table(
        "rating_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("solved", sa.String(length=16), nullable=False),
        sa.Column("conduct", sa.Integer(), nullable=True),
        sa.Column("result", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("channel IN ('link', 'telephone')", name=op.f("ck_rating_version_channel")),
        sa.CheckConstraint(
            "solved IN ('solved', 'not_solved', 'unsure')", name=op.f("ck_rating_version_solved")
        ),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_rating_version_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_version")),
    )
    op.create_index(op.f("ix_rating_version_rating_id"), "rating_version", ["rating_id"], unique=False)
    op.create_table(
        "rating_trace",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("network", sa.LargeBinary(length=16), nullable=True),
        sa.Column("of_staff", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rating_version.id"], name=op.f("fk_rating_trace_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_rating_trace")),
    )
    op.create_index(op.f("ix_rating_trace_at"), "rating_trace", ["at"], unique=False)
    op.add_column("rating", sa.Column("channel", sa.String(length=16), server_default="link", nullable=False))
    op.add_column("rating", sa.Column("settles_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("rating", sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_rating_settles_at"), "rating", ["settles_at"], unique=False)
    dialect = op.get_bind().dialect.name
    op.execute("UPDATE rating SET settles_at = answered_at, settled_at = answered_at")
    op.execute(ANSWERED)
    op.execute(PROVEN)
    statements = keeping_ddl("rating_version", fixed=VERSION, dialect=dialect)
    statements += keeping_ddl("receipt_word", fixed=WORD, once=("settled_at",), dialect=dialect)
    for table in ("limited_request", "rating_verdict"):
        statements += insert_only_ddl(table, dialect=dialect)
    for statement in statements:
        op.execute(statement)
