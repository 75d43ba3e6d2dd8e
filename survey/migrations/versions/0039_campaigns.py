"""Waves are of several kinds: campaigns draw deposited rows, or dead numbers, and have a ledger of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.ledger.store import BIG
from huying.store.db import UtcDateTime
from huying.store.insert_only import REFUSE_FUNCTION, insert_only_ddl

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

FROM_DEPOSITS = "'case_followup', 'visit_check', 'test_call'"
KINDS = f"'household', 'phase2', {FROM_DEPOSITS}"
WHOSE = "(household_code IS NULL) <> (row_code IS NULL)"
FIXED = ("kind", "deposit_period", "phase_of")
LEDGER = ("campaign_entry", "campaign_node", "campaign_checkpoint", "campaign_cosignature")
RELEASE = "campaign_release"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    _tell_kinds(dialect)
    _take_rows(dialect)
    _create_ledger()
    _create_release()
    for table in (*LEDGER, RELEASE):
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)


def _tell_kinds(dialect: str) -> None:
    op.execute(
        "ALTER TABLE wave ADD COLUMN kind VARCHAR(16) DEFAULT 'household' NOT NULL "
        f"CONSTRAINT {op.f('ck_wave_kind')} CHECK (kind IN ({KINDS}))"
    )
    op.execute(
        "ALTER TABLE wave ADD COLUMN deposit_period VARCHAR(7) "
        f"CONSTRAINT {op.f('fk_wave_deposit_period_deposit')} REFERENCES deposit (period) "
        f"CONSTRAINT {op.f('ck_wave_frame_of_deposit')} "
        f"CHECK ((kind IN ({FROM_DEPOSITS})) = (deposit_period IS NOT NULL))"
    )
    op.execute(
        "ALTER TABLE wave ADD COLUMN phase_of VARCHAR(32) "
        f"CONSTRAINT {op.f('fk_wave_phase_of_wave')} REFERENCES wave (label) "
        f"CONSTRAINT {op.f('ck_wave_frame_of_wave')} CHECK ((kind = 'phase2') = (phase_of IS NOT NULL))"
    )
    for statement in _keeps_kind(dialect):
        op.execute(statement)


def _keeps_kind(dialect: str) -> list[str]:
    differs = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}[dialect]
    when = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in FIXED)
    head = f"CREATE TRIGGER wave_keeps_kind BEFORE UPDATE ON wave FOR EACH ROW WHEN {'(' + when + ')'}"
    if dialect == "sqlite":
        return [f"{head} BEGIN SELECT RAISE(ABORT, 'wave is insert-only'); END"]
    return [REFUSE_FUNCTION, f"{head} EXECUTE FUNCTION refuse_change()"]


def _take_rows(dialect: str) -> None:
    """A unit is a household or a deposited row."""
    if dialect == "postgresql":
        op.alter_column("frame_unit", "household_code", nullable=True)
    else:
        _let_household_be_empty()
    op.execute(
        "ALTER TABLE frame_unit ADD COLUMN row_code VARCHAR(128) "
        f"CONSTRAINT {op.f('ck_frame_unit_whose')} CHECK ({WHOSE})"
    )
    op.create_index("ix_frame_unit_row", "frame_unit", ["wave_label", "row_code"], unique=True)


def _let_household_be_empty() -> None:
    # Other tables refer to this one, and it may hold millions of rows. SQLite's own procedure for a constraint
    # that goes, and changes nothing of what is stored, is to write the table's text anew.
    bind = op.get_bind()
    text = bind.scalar(sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'frame_unit'"))
    loose = str(text).replace("household_code VARCHAR(32) NOT NULL", "household_code VARCHAR(32)")
    if loose == text:
        raise RuntimeError("frame_unit.household_code isn't as 0001 made it")
    bind.execute(sa.text("PRAGMA writable_schema=ON"))
    change = sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = 'frame_unit'")
    bind.execute(change, {"sql": loose})
    bind.execute(sa.text("PRAGMA writable_schema=RESET"))


def _create_ledger() -> None:
    op.create_table(
        "campaign_entry",
        sa.Column("idx", BIG, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_campaign_entry")),
    )
    op.create_table(
        "campaign_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("idx", BIG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name=op.f("pk_campaign_node")),
    )
    op.create_table(
        "campaign_checkpoint",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_campaign_checkpoint")),
    )
    op.create_table(
        "campaign_cosignature",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", "key", name=op.f("pk_campaign_cosignature")),
    )


def _create_release() -> None:
    op.create_table(
        RELEASE,
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_label"], ["wave.label"], name=op.f("fk_campaign_release_wave_label_wave")
        ),
        sa.PrimaryKeyConstraint("wave_label", name=op.f("pk_campaign_release")),
    )
