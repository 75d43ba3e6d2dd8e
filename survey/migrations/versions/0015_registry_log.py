"""The registry's own log, files that wait for a second name, and counts from outside.

A household leaves or moves only with its row in the log; a number that was in force stays as it was. A
registry from before imports were kept gets one without an entry, so that the log is known to be younger.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INSERT_ONLY = ("registry_event", "departure_check", "outside_count", "wave_outside")
REQUEST = (
    ("id", "at", "by", "file", "sha256", "over", "why"),
    ("decided_at", "decided_by", "decided_name", "decision", "reason"),
)
NUMBER = (
    "id",
    "household_code",
    "sealed",
    "blind_index",
    "source",
    "source_date",
    "source_by",
    "recorded_at",
)
UNLOGGED = """\
(NEW.left_at IS NOT NULL AND OLD.left_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM registry_event e WHERE e.household_code = OLD.code AND e.kind = 'left' AND e.at = NEW.left_at))
OR (NEW.grid_code <> OLD.grid_code AND NOT EXISTS (
  SELECT 1 FROM registry_event e WHERE e.household_code = OLD.code AND e.kind = 'new'
  AND e.grid_code = NEW.grid_code AND e.at = NEW.changed_at))
OR NEW.code <> OLD.code"""
FROM_BEFORE = """\
INSERT INTO registry_import
  (at, "by", file, sha256, read, created, changed, moved, "left", alarm, confirmed_by, why)
SELECT max(changed_at), 'upgrade', '', '', count(*), count(*), 0, 0, 0, '', '', '' FROM household
WHERE NOT EXISTS (SELECT 1 FROM registry_import) HAVING count(*) > 0"""
HOUSEHOLD = {
    "sqlite": (
        (
            "CREATE TRIGGER household_no_delete BEFORE DELETE ON household "
            "BEGIN SELECT RAISE(ABORT, 'household is insert-only'); END"
        ),
        (
            f"CREATE TRIGGER household_logged BEFORE UPDATE ON household FOR EACH ROW WHEN {UNLOGGED} "
            "BEGIN SELECT RAISE(ABORT, 'household is insert-only'); END"
        ),
    ),
    "postgresql": (
        f"""\
CREATE FUNCTION household_logged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {UNLOGGED} THEN
    RAISE EXCEPTION USING MESSAGE = 'household is insert-only', ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$""",
        (
            "CREATE TRIGGER household_no_delete BEFORE DELETE ON household "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        ),
        (
            "CREATE TRIGGER household_no_truncate BEFORE TRUNCATE ON household "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
        (
            "CREATE TRIGGER household_logged BEFORE UPDATE ON household "
            "FOR EACH ROW EXECUTE FUNCTION household_logged()"
        ),
    ),
}


def upgrade() -> None:
    for name in ("entry", "request_id"):
        op.add_column("registry_import", sa.Column(name, sa.Integer(), nullable=True))
    why = sa.Column("why", sa.String(length=400), server_default="", nullable=False)
    op.add_column("registry_import", why)
    registered = sa.Column("registered", sa.Integer(), server_default="0", nullable=False)
    op.add_column("wave_grid", registered)
    op.add_column("wave_grid", sa.Column("unlogged", sa.Integer(), server_default="0", nullable=False))
    _events()
    _requests()
    _outside()
    dialect = op.get_bind().dialect.name
    for table in INSERT_ONLY:
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)
    fixed, once = REQUEST
    kept = keeping_ddl("registry_request", fixed=fixed, once=once, dialect=dialect)
    kept += keeping_ddl("household_number", fixed=NUMBER, dialect=dialect)
    for statement in (*kept, *HOUSEHOLD[dialect]):
        op.execute(statement)
    op.execute(FROM_BEFORE)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [to], name=op.f(name))


def _events() -> None:
    op.create_table(
        "registry_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("household_code", sa.String(length=32), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('new', 'number', 'added', 'left')", name=op.f("ck_registry_event_kind")),
        _key("registry_event", "import_id", "registry_import.id"),
        _key("registry_event", "household_code", "household.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_event")),
        sa.UniqueConstraint("import_id", "place", name=op.f("uq_registry_event_import_id_place")),
    )
    for column in ("at", "household_code", "grid_code"):
        op.create_index(op.f(f"ix_registry_event_{column}"), "registry_event", [column])
    op.create_table(
        "departure_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _key("departure_check", "event_id", "registry_event.id"),
        _key("departure_check", "by_id", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure_check")),
    )
    op.create_index(op.f("ix_departure_check_event_id"), "departure_check", ["event_id"])


def _requests() -> None:
    op.create_table(
        "registry_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("over", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_name", sa.String(length=80), nullable=True),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> by", name=op.f("ck_registry_request_second")),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('applied', 'refused')",
            name=op.f("ck_registry_request_decision"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (decision IS NULL)",
            name=op.f("ck_registry_request_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_request")),
    )


def _outside() -> None:
    op.create_table(
        "outside_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_count")),
    )
    op.create_index(op.f("ix_outside_count_grid_code"), "outside_count", ["grid_code"])
    op.create_table(
        "wave_outside",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("grid", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        _key("wave_outside", "wave_label", "wave.label"),
        sa.PrimaryKeyConstraint("wave_label", "grid", "source", name=op.f("pk_wave_outside")),
    )
