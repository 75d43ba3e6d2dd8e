"""The public ledger's lines, findings, discarded deposits, changes of the map that wait, absent grids.

What a deposit brought is still insert-only, but for a deposit that a registrar has discarded by name.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSERT_ONLY = ("deposit_finding", "deposit_discard", "wave_absence")
BROUGHT = (
    "deposit",
    "deposited_post",
    "deposited_case",
    "deposited_rating_count",
    "deposited_list_row",
    "deposited_row",
)
CHANGE = (
    (
        "id",
        "at",
        "period",
        "code",
        "was_level",
        "was_parent",
        "was_type",
        "level",
        "parent_code",
        "grid_type",
        "households",
    ),
    ("decided_at", "decided_by", "decided_name", "decision", "reason"),
)
DISCARDED = """\
EXISTS (SELECT 1 FROM deposit_discard x JOIN deposit d ON d.sha256 = x.sha256
WHERE d.period = OLD.period AND x.at >= d.accepted_at)"""
FUNCTION = f"""\
CREATE FUNCTION refuse_undiscarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {DISCARDED} THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is insert-only', ERRCODE = 'restrict_violation';
END $$"""


UNDECIDED = """\
(NEW.level <> OLD.level OR NEW.grid_type <> OLD.grid_type OR COALESCE(NEW.parent_code, '') <>
COALESCE(OLD.parent_code, ''))
AND EXISTS (SELECT 1 FROM household h WHERE h.grid_code = OLD.code AND h.left_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM map_change m WHERE m.code = OLD.code AND m.decision = 'applied'
  AND m.level = NEW.level AND m.grid_type = NEW.grid_type
  AND COALESCE(m.parent_code, '') = COALESCE(NEW.parent_code, ''))"""
AREA = {
    "sqlite": (
        (
            f"CREATE TRIGGER area_decided BEFORE UPDATE ON area FOR EACH ROW WHEN {UNDECIDED} "
            "BEGIN SELECT RAISE(ABORT, 'area is insert-only'); END"
        ),
    ),
    "postgresql": (
        f"""\
CREATE FUNCTION area_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {UNDECIDED} THEN
    RAISE EXCEPTION USING MESSAGE = 'area is insert-only', ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$""",
        "CREATE TRIGGER area_decided BEFORE UPDATE ON area FOR EACH ROW EXECUTE FUNCTION area_decided()",
    ),
}
"""A grid with households keeps level, parent and type until a registrar has decided otherwise."""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    _tables()
    for table in INSERT_ONLY:
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)
    fixed, once = CHANGE
    for statement in keeping_ddl("map_change", fixed=fixed, once=once, dialect=dialect):
        op.execute(statement)
    if dialect == "postgresql":
        op.execute(FUNCTION)
    for statement in AREA[dialect]:
        op.execute(statement)
    for table in (*BROUGHT, "public_entry"):
        for statement in _guards(table, dialect=dialect, old=table in BROUGHT):
            op.execute(statement)


def _guards(table: str, *, dialect: str, old: bool) -> list[str]:
    """Statements after which rows never change, and go with a discarded deposit alone."""
    if dialect == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
        return [
            *([f"DROP TRIGGER {table}_no_delete"] if old else []),
            *([] if old else [f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"]),
            (
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                f"FOR EACH ROW WHEN NOT {DISCARDED} {refuse}"
            ),
        ]
    row, each = "FOR EACH ROW EXECUTE FUNCTION", "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    return [
        *([f"DROP TRIGGER {table}_no_change ON {table}"] if old else []),
        *([] if old else [f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {each}"]),
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {row} refuse_change()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {row} refuse_undiscarded()",
    ]


def _tables() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "public_entry",
        sa.Column("idx", big, autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["period"], ["deposit.period"], name=op.f("fk_public_entry_period_deposit")),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_public_entry")),
    )
    op.create_index(op.f("ix_public_entry_period"), "public_entry", ["period"])
    op.create_table(
        "deposit_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_finding")),
    )
    op.create_index(op.f("ix_deposit_finding_period"), "deposit_finding", ["period"])
    op.create_table(
        "deposit_discard",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "at", name=op.f("pk_deposit_discard")),
    )
    _map_change()
    op.create_table(
        "wave_absence",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("grid", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_wave_absence_wave_label_wave")),
        sa.PrimaryKeyConstraint("wave_label", "grid", name=op.f("pk_wave_absence")),
    )


def _map_change() -> None:
    op.create_table(
        "map_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("was_level", sa.String(length=16), nullable=False),
        sa.Column("was_parent", sa.String(length=32), nullable=True),
        sa.Column("was_type", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("parent_code", sa.String(length=32), nullable=True),
        sa.Column("grid_type", sa.String(length=32), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_name", sa.String(length=80), nullable=True),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('applied', 'refused', 'replaced')",
            name=op.f("ck_map_change_decision"),
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name=op.f("ck_map_change_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_change")),
    )
    op.create_index(op.f("ix_map_change_code"), "map_change", ["code"])
