"""Rules that only a database can keep: ledger and steps are added to, duty never overlaps."""

from __future__ import annotations

from alembic import op

from huying.store.insert_only import insert_only_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSERT_ONLY = ("log_entry", "log_node", "log_checkpoint", "case_step", "deposit_run")

POSTGRES_OVERLAP = (
    "ALTER TABLE duty ADD CONSTRAINT duty_no_overlap EXCLUDE USING gist "
    "(grid_code WITH =, layer WITH =, tstzrange(valid_from, valid_to, '[)') WITH &&) "
    "WHERE (retracted_at IS NULL)"
)
POSTGRES_DUTY = ("CREATE EXTENSION IF NOT EXISTS btree_gist", POSTGRES_OVERLAP)
# An open end is later than every other.
SQLITE_OVERLAP = (
    "SELECT RAISE(ABORT, 'duty_no_overlap') FROM duty d WHERE NEW.retracted_at IS NULL AND d.retracted_at IS NULL "
    "AND d.grid_code = NEW.grid_code AND d.layer = NEW.layer AND d.id <> NEW.id "
    "AND d.valid_from < coalesce(NEW.valid_to, '9999') AND NEW.valid_from < coalesce(d.valid_to, '9999')"
)
SQLITE_DUTY = (
    f"CREATE TRIGGER duty_no_overlap_insert AFTER INSERT ON duty BEGIN {SQLITE_OVERLAP}; END",
    f"CREATE TRIGGER duty_no_overlap_update AFTER UPDATE ON duty BEGIN {SQLITE_OVERLAP}; END",
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in INSERT_ONLY:
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)
    for statement in POSTGRES_DUTY if dialect == "postgresql" else SQLITE_DUTY:
        op.execute(statement)
