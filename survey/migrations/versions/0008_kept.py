"""What a wave was frozen and drawn with never changes, and no row of its field is ever deleted."""

from __future__ import annotations

from alembic import op

from huying.store.insert_only import keeping_ddl

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEPT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "wave": (
        (
            "label",
            "frame_root",
            "frame_size",
            "design_sha256",
            "rules",
            "beacon_source",
            "frozen_at",
            "first_entry",
        ),
        ("beacon_value", "draw_key", "drawn_at", "closed_at", "last_entry"),
    ),
    "wave_stratum": (("wave_label", "stratum", "frame_size", "sample_size", "replicate_size"), ()),
    "wave_party": (("wave_label", "party", "commitment"), ("part",)),
    "sampled_case": (("unit", "wave_label", "stratum", "rank"), ()),
    "attempt": (("id", "unit", "n", "interviewer_id", "started_at"), ("dialled_at", "ended_at")),
    "interview": (("unit", "mode", "wording_hash", "orders", "started_at"), ()),
}
"""Columns that stay, and columns that stay once they are filled. Of a wave's secret nothing is said: it dies."""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table, (fixed, once) in KEPT.items():
        for statement in keeping_ddl(table, fixed=fixed, once=once, dialect=dialect):
            op.execute(statement)
