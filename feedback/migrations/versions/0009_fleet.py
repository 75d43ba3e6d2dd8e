"""Print jobs and their proofs, badges, counts of scans, inspections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for added in (
        sa.Column("proofed_at", UtcDateTime(), nullable=True),
        sa.Column("posted_by", sa.String(length=64), nullable=True),
        sa.Column("last_scan_at", UtcDateTime(), nullable=True),
        sa.Column("last_genuine_at", UtcDateTime(), nullable=True),
        sa.Column("last_genuine_by", sa.String(length=64), nullable=True),
    ):
        op.add_column("poster", added)
    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("paper", sa.String(length=4), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind IN ('poster', 'badge')", name=op.f("ck_print_job_kind")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_print_job_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sa.UniqueConstraint("once", name=op.f("uq_print_job_once")),
    )
    op.create_table(
        "print_proof",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("community_code", sa.String(length=32), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("symbols", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("proofed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["area.code"], name=op.f("fk_print_proof_community_code_area")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["print_job.id"], name=op.f("fk_print_proof_job_id_print_job")),
        sa.PrimaryKeyConstraint("job_id", "community_code", name=op.f("pk_print_proof")),
    )
    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("dial_code", sa.String(length=7), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("worker_code", sa.String(length=32), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("retired_reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["worker_code"], ["worker.code"], name=op.f("fk_badge_worker_code_worker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("code", name=op.f("uq_badge_code")),
        sa.UniqueConstraint("dial_code", name=op.f("uq_badge_dial_code")),
        sa.UniqueConstraint("once", name=op.f("uq_badge_once")),
    )
    op.create_table(
        "scan_count",
        sa.Column("poster_id", sa.Integer(), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["poster_id"], ["poster.id"], name=op.f("fk_scan_count_poster_id_poster")),
        sa.PrimaryKeyConstraint("poster_id", "hour", name=op.f("pk_scan_count")),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poster_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("genuine", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("why IN ('routine', 'silent', 'reported')", name=op.f("ck_inspection_why")),
        sa.ForeignKeyConstraint(["poster_id"], ["poster.id"], name=op.f("fk_inspection_poster_id_poster")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    for table, column in (("badge", "worker_code"), ("scan_count", "hour"), ("inspection", "poster_id")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    for statement in insert_only_ddl("print_proof", dialect=op.get_bind().dialect.name):
        op.execute(statement)
