"""What binds an interview that rated nothing: it counts among all completes, so it is bound too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.insert_only import insert_only_ddl

revision = "0026"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interview_binding",
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit"], ["sampled_case.unit"], name=op.f("fk_interview_binding_unit_sampled_case")
        ),
        sa.ForeignKeyConstraint(
            ["wave_label"], ["wave.label"], name=op.f("fk_interview_binding_wave_label_wave")
        ),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_interview_binding")),
    )
    op.create_index(
        op.f("ix_interview_binding_wave_label"), "interview_binding", ["wave_label"], unique=False
    )
    for statement in insert_only_ddl("interview_binding", dialect=op.get_bind().dialect.name):
        op.execute(statement)
