"""Tables that are only ever added to, or keep some columns: triggers that refuse what would change them.

They guard against accidents; against an owner of the database only witnesses help.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import DDL, Table, event, text
from sqlalchemy.orm import Session

REFUSE_FUNCTION = """\
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is insert-only', ERRCODE = 'restrict_violation';
END $$"""
_ROW = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
_STATEMENT = "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"


def sqlite_triggers(table: str) -> list[str]:
    """Statements, one a string, that make the SQLite table insert-only."""
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def postgres_triggers(table: str) -> list[str]:
    """Statements, one a string, that make the PostgreSQL table insert-only; they share one function."""
    return [
        REFUSE_FUNCTION,
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} {_ROW}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {_STATEMENT}",
    ]


def keeping_ddl(
    table: str, *, fixed: tuple[str, ...] = (), once: tuple[str, ...] = (), dialect: str
) -> list[str]:
    """Statements after which no row of the table is deleted and none of the columns changes.

    A column of `once` may be filled where it was empty, and stays from then on.
    """
    differs = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}[dialect]
    changed = [f"NEW.{name} {differs} OLD.{name}" for name in fixed]
    changed += [f"(OLD.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name})" for name in once]
    when = " OR ".join(changed)
    keeps = f"CREATE TRIGGER {table}_keeps BEFORE UPDATE ON {table} FOR EACH ROW"
    if dialect == "postgresql":
        return [
            REFUSE_FUNCTION,
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {_ROW}",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {_STATEMENT}",
            f"{keeps} WHEN ({when}) EXECUTE FUNCTION refuse_change()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
    return [
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"{keeps} WHEN {when} {refuse}",
    ]


TRIGGERS = {"sqlite": sqlite_triggers, "postgresql": postgres_triggers}


def insert_only_ddl(table: str, *, dialect: str) -> list[str]:
    """Statements for a database by its SQLAlchemy dialect name, `sqlite` or `postgresql`."""
    return TRIGGERS[dialect](table)


@contextmanager
def lifted(session: Session, *tables: str) -> Iterator[None]:
    """Lift what refuses changes of the tables until the block ends; the owner alone can."""
    if session.get_bind().dialect.name == "postgresql":
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    rows = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    guards = {name: sql for table in tables for name, sql in session.execute(rows, {"table": table}).all()}
    for name in guards:
        session.execute(text(f"DROP TRIGGER {name}"))
    yield
    for sql in guards.values():
        session.connection().exec_driver_sql(sql)


def protect(*tables: Table) -> None:
    """Make the tables insert-only whenever metadata creates them; migrations name the triggers themselves."""
    for table in tables:
        for dialect, triggers in TRIGGERS.items():
            for statement in triggers(table.name):
                ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                event.listen(table, "after_create", ddl)
