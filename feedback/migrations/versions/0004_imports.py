"""What imports keep: files tried, who said what when, and the remit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_run", sa.Column("left", sa.Integer(), nullable=True))
    op.add_column("import_run", sa.Column("by", sa.String(length=64), nullable=True))
    op.add_column("import_run", sa.Column("confirmed_by", sa.String(length=64), nullable=True))
    op.create_table(
        "import_file",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('tried', 'applied')", name=op.f("ck_import_file_state")),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_file_run_id_import_run")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_import_file")),
    )
    op.create_index(op.f("ix_import_file_at"), "import_file", ["at"], unique=False)
    op.create_table(
        "remit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=False),
        sa.Column("lead", sa.String(length=32), nullable=False),
        sa.Column("supporting", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("agreed_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_remit_order")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_remit_area_code_area")),
        sa.ForeignKeyConstraint(["lead"], ["department.code"], name=op.f("fk_remit_lead_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remit")),
        sa.UniqueConstraint(
            "category", "area_code", "valid_from", name=op.f("uq_remit_category_area_code_valid_from")
        ),
    )
    for column in ("area_code", "category", "changed_at"):
        op.create_index(op.f(f"ix_remit_{column}"), "remit", [column], unique=False)
