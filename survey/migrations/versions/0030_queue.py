"""The queue as data: when a case opens, how a window suits it; what an offer was decided by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

SHORT, UNIT = sa.String(length=32), sa.String(length=14)
INSERT_ONLY = ("placement", "fit_refresh")
TRAIT = ("id", "account_id", "kind", "value", "set_by", "set_at")


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    _cases()
    for name, kind in (
        ("offered_as", sa.Integer()),
        ("due", UtcDateTime()),
        ("fit", sa.Integer()),
        ("counted", sa.Integer()),
        ("rank", sa.Integer()),
        ("theta", sa.Integer()),
        ("filtered", sa.Text()),
        ("rules_hash", sa.String(length=64)),
    ):
        op.add_column("offer", sa.Column(name, kind, nullable=True))
    _logs()
    for table in INSERT_ONLY:
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)
    for statement in keeping_ddl("interviewer_trait", fixed=TRAIT, once=("ended_at",), dialect=dialect):
        op.execute(statement)


def _cases() -> None:
    for name, kind in (("opens_at", UtcDateTime()), ("released_at", UtcDateTime()), ("language", SHORT)):
        op.add_column("sampled_case", sa.Column(name, kind, nullable=True))
    op.add_column("sampled_case", sa.Column("fit", sa.Integer(), server_default="0", nullable=False))
    for name in ("pinned_id", "theta"):
        op.add_column("sampled_case", sa.Column(name, sa.Integer(), nullable=True))
    # What waits is placed anew by the first claim; appointments open ten minutes early, as they did.
    op.execute("UPDATE sampled_case SET opens_at = next_due, released_at = next_due")
    op.drop_index("ix_sampled_case_next", "sampled_case")
    op.create_index(
        "ix_sampled_case_next", "sampled_case", ["wave_label", "state", "priority", "fit", "counted", "rank"]
    )
    op.create_index(
        "ix_sampled_case_opens", "sampled_case", ["wave_label", "state", "opens_at", "priority", "next_due"]
    )
    op.create_index(op.f("ix_sampled_case_lease_until"), "sampled_case", ["lease_until"])


def _logs() -> None:
    op.create_table(
        "placement",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("unit", UNIT, nullable=False),
        sa.Column("after_offer", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("pinned_id", sa.Integer(), nullable=True),
        sa.Column("language", SHORT, nullable=True),
        sa.ForeignKeyConstraint(["pinned_id"], ["account.id"], name=op.f("fk_placement_pinned_id_account")),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f("fk_placement_unit_sampled_case")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_placement")),
    )
    op.create_index(op.f("ix_placement_unit"), "placement", ["unit"])
    op.create_table(
        "fit_refresh",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("wave_label", SHORT, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("after_offer", sa.Integer(), nullable=False),
        sa.Column("stamp", SHORT, nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_fit_refresh_wave_label_wave")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fit_refresh")),
    )
    op.create_index(op.f("ix_fit_refresh_wave_label"), "fit_refresh", ["wave_label"])
    op.create_table(
        "interviewer_trait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", SHORT, nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('street', 'language')", name=op.f("ck_interviewer_trait_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_interviewer_trait_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviewer_trait")),
    )
    op.create_index(op.f("ix_interviewer_trait_account_id"), "interviewer_trait", ["account_id"])
