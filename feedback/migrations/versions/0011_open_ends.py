"""SQLite refuses overlaps of open-ended duty too: it read '9999' as a number, and any text is more."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OVERLAP = (
    "SELECT RAISE(ABORT, 'duty_no_overlap') FROM duty d WHERE NEW.retracted_at IS NULL AND d.retracted_at IS NULL "
    "AND d.grid_code = NEW.grid_code AND d.layer = NEW.layer AND d.id <> NEW.id "
    "AND d.valid_from < coalesce(NEW.valid_to, '9999-12-31') "
    "AND NEW.valid_from < coalesce(d.valid_to, '9999-12-31')"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for verb in ("insert", "update"):
        op.execute(f"DROP TRIGGER duty_no_overlap_{verb}")
        op.execute(f"CREATE TRIGGER duty_no_overlap_{verb} AFTER {verb} ON duty BEGIN {OVERLAP}; END")
