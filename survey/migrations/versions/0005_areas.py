"""The tree of areas as each wave was frozen with it; waves of before take the tree of now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.insert_only import insert_only_ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wave_area",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("parent_code", sa.String(length=32), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("grid_type", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_wave_area_wave_label_wave")),
        sa.PrimaryKeyConstraint("wave_label", "code", name=op.f("pk_wave_area")),
    )
    op.execute(
        "INSERT INTO wave_area (wave_label, code, parent_code, level, name, grid_type) "
        "SELECT wave.label, area.code, area.parent_code, area.level, area.name, area.grid_type "
        "FROM wave CROSS JOIN area"
    )
    for statement in insert_only_ddl("wave_area", dialect=op.get_bind().dialect.name):
        op.execute(statement)
