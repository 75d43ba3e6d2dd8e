"""The supervisor's board: counts that triggers keep, indexes for its looks, messages to the seats."""
# ruff: noqa: S608 - nothing but names of our own is put into a statement here

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

COUNTED = {
    "sampled_case": ("state", "priority", "opens_at", "next_due", "fit", "counted", "language", "final_code"),
    "correction": ("entry",),
    "attempt": ("ended_at",),
    "appointment": ("kept",),
}
"""Columns on whose change a count hangs: a lease that is renewed costs nothing."""
INTO = "INSERT INTO field_count (wave_label, what, key, n)"


def upgrade() -> None:
    _create_counts()
    _create_messages()
    op.create_index("ix_attempt_seat_ended", "attempt", ["interviewer_id", "ended_at"])
    op.create_index("ix_seat_break_seat_ended", "seat_break", ["interviewer_id", "ended_at"])
    op.create_index(
        "ix_appointment_open_at",
        "appointment",
        ["at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    dialect = op.get_bind().dialect.name
    for statement in _first_counts(dialect) + _triggers(dialect):
        op.execute(statement)


def _create_counts() -> None:
    op.create_table(
        "field_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_count")),
    )
    op.create_index("ix_field_count_key", "field_count", ["wave_label", "what", "key", "n"])


def _create_messages() -> None:
    op.create_table(
        "seat_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("is_for_all", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_message")),
    )
    op.create_index(op.f("ix_seat_message_at"), "seat_message", ["at"])
    op.create_table(
        "seat_message_copy",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["seat_message.id"], name=op.f("fk_seat_message_copy_message_id_seat_message")
        ),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["account.id"], name=op.f("fk_seat_message_copy_interviewer_id_account")
        ),
        sa.PrimaryKeyConstraint("message_id", "interviewer_id", name=op.f("pk_seat_message_copy")),
    )
    op.create_index("ix_seat_message_copy_unread", "seat_message_copy", ["interviewer_id", "read_at"])
    dialect = op.get_bind().dialect.name
    kept = keeping_ddl(
        "seat_message_copy", fixed=("message_id", "interviewer_id"), once=("read_at",), dialect=dialect
    )
    for statement in insert_only_ddl("seat_message", dialect=dialect) + kept:
        op.execute(statement)


# -- keys: what is counted apart, its parts with a bar between --


def _case_keys(row: str, dialect: str) -> dict[str, str]:
    """By what is counted of a case: the key, NULL where it isn't counted so."""
    tens = {
        "sqlite": f"substr({row}.opens_at, 1, 15)",
        "postgresql": f"left(to_char({row}.opens_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), 15)",
    }[dialect]
    waits = f"{row}.state IN ('queued', 'resting')"
    opens = (
        f"CASE WHEN NOT {waits} THEN '' WHEN {row}.opens_at IS NOT NULL THEN {tens} "
        f"WHEN {row}.fit > 0 THEN 'never' ELSE 'new' END"
    )
    apart = f"CASE WHEN {waits} AND {row}.opens_at > {row}.next_due THEN '1' ELSE '0' END"
    priority = f"CASE WHEN {waits} THEN {row}.priority ELSE 0 END"
    is_open = f"{row}.state <> 'closed'"
    return {
        # State, class, whether it waits for a window, and the ten minutes in which it opens.
        "case": f"{row}.state || '|' || {priority} || '|' || {apart} || '|' || {opens}",
        "made": f"CASE WHEN {is_open} THEN CAST({row}.counted AS VARCHAR(8)) END",
        "language": f"CASE WHEN {is_open} THEN {row}.language END",
        "outcome": f"{row}.final_code",
    }


def _attempt_counts(row: str, dialect: str) -> dict[str, tuple[str, str, str]]:
    """By what is counted: the key, how much, and on what condition."""
    local, seconds = {
        "sqlite": (
            "strftime('{}', {}, '+8 hours')",
            (
                f"CAST(strftime('%s', {row}.ended_at) AS INTEGER) "
                f"- CAST(strftime('%s', {row}.started_at) AS INTEGER)"
            ),
        ),
        "postgresql": (
            "to_char({1} AT TIME ZONE 'Asia/Shanghai', '{0}')",
            (
                f"CAST(floor(extract(epoch FROM {row}.ended_at)) - floor(extract(epoch FROM {row}.started_at)) "
                "AS INTEGER)"
            ),
        ),
    }[dialect]
    day_form, hour_form = {
        "sqlite": ("%Y-%m-%d", "%Y-%m-%d %H"),
        "postgresql": ("YYYY-MM-DD", "YYYY-MM-DD HH24"),
    }[dialect]
    day, hour = (
        local.format(day_form, f"{row}.ended_at"),
        local.format(hour_form, f"{row}.dialled_at"),
    )
    code = f"coalesce({row}.code, '')"
    seat = f"{row}.interviewer_id || '|' || coalesce({row}.ended_by, '') || '|' || {code}"
    dialled = f"{row}.dialled_at IS NOT NULL"
    return {
        "nth": (f"{row}.n || '|' || {code}", "1", dialled),
        "hour": (f"{hour} || '|' || {code}", "1", dialled),
        "date": (f"{local.format(day_form, f'{row}.dialled_at')} || '|' || {code}", "1", dialled),
        "day": (f"{day} || '|' || {seat}", "1", "1 = 1"),
        "seat": (seat, "1", "1 = 1"),
        "busy": (f"{day} || '|' || {row}.interviewer_id", seconds, "1 = 1"),
    }


def _wave_of(row: str) -> str:
    return f"(SELECT wave_label FROM sampled_case WHERE unit = {row}.unit)"


def _kept_key(row: str) -> str:
    return f"CASE WHEN {row}.kept THEN '1' ELSE '0' END"


# -- what a field that is under way counts already --


def _first_counts(dialect: str) -> list[str]:
    statements = [
        f"{INTO} SELECT c.wave_label, '{what}', {key}, count(*) FROM sampled_case AS c "
        f"WHERE {key} IS NOT NULL GROUP BY c.wave_label, {key}"
        for what, key in _case_keys("c", dialect).items()
    ]
    statements += [
        (
            f"{INTO} SELECT wave_label, 'outcome', from_code, -count(*) FROM correction "
            "WHERE entry IS NOT NULL GROUP BY wave_label, from_code"
        ),
        (
            f"{INTO} SELECT wave_label, 'outcome', to_code, count(*) FROM correction "
            "WHERE entry IS NOT NULL GROUP BY wave_label, to_code"
        ),
        (
            f"{INTO} SELECT c.wave_label, 'kept', {_kept_key('a')}, count(*) FROM appointment AS a "
            f"JOIN sampled_case AS c ON c.unit = a.unit WHERE a.kept IS NOT NULL "
            f"GROUP BY c.wave_label, {_kept_key('a')}"
        ),
    ]
    for what, (part, amount, condition) in _attempt_counts("a", dialect).items():
        statements.append(
            f"{INTO} SELECT c.wave_label, '{what}', {part}, sum({amount}) FROM attempt AS a "
            f"JOIN sampled_case AS c ON c.unit = a.unit "
            f"WHERE a.ended_at IS NOT NULL AND {condition} GROUP BY c.wave_label, {part}"
        )
    return statements


# -- triggers --


def _triggers(dialect: str) -> list[str]:
    return [
        *_counting(
            "sampled_case", "case", insert=_cases_in(dialect), update=_cases_changed(dialect), dialect=dialect
        ),
        *_counting(
            "correction",
            "outcome",
            insert=_corrected("NEW.entry IS NOT NULL"),
            update=_corrected("OLD.entry IS NULL AND NEW.entry IS NOT NULL"),
            dialect=dialect,
        ),
        *_counting(
            "attempt",
            "attempt",
            insert=_attempts("NEW.ended_at IS NOT NULL", dialect),
            update=_attempts("OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL", dialect),
            dialect=dialect,
        ),
        *_counting(
            "appointment",
            "kept",
            insert=_kept("NEW.kept IS NOT NULL"),
            update=_kept("OLD.kept IS NULL AND NEW.kept IS NOT NULL"),
            dialect=dialect,
        ),
    ]


def _counting(table: str, name: str, *, insert: list[str], update: list[str], dialect: str) -> list[str]:
    """Statements that run `insert` after each row that is added to the table, `update` after each change."""
    made = []
    for verb, body in (("INSERT", insert), (f"UPDATE OF {', '.join(COUNTED[table])}", update)):
        on = verb.split()[0].lower()
        trigger, what = f"{table}_counts_{on}", f"count_{name}_{on}"
        if dialect == "sqlite":
            made.append(f"CREATE TRIGGER {trigger} AFTER {verb} ON {table} BEGIN {'; '.join(body)}; END")
            continue
        made.append(
            f"CREATE FUNCTION {what}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {'; '.join(body)}; RETURN NULL; END $$"
        )
        made.append(
            f"CREATE TRIGGER {trigger} AFTER {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {what}()"
        )
    return made


def _cases_in(dialect: str) -> list[str]:
    return [
        f"{INTO} SELECT NEW.wave_label, '{what}', {key}, 1 WHERE {key} IS NOT NULL"
        for what, key in _case_keys("NEW", dialect).items()
    ]


def _cases_changed(dialect: str) -> list[str]:
    differs = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}[dialect]
    before, after = _case_keys("OLD", dialect), _case_keys("NEW", dialect)
    return [
        f"{INTO} SELECT NEW.wave_label, '{what}', {key}, {n} "
        f"WHERE {key} IS NOT NULL AND {before[what]} {differs} {after[what]}"
        for keys, n in ((before, -1), (after, 1))
        for what, key in keys.items()
    ]


def _corrected(condition: str) -> list[str]:
    return [
        f"{INTO} SELECT NEW.wave_label, 'outcome', NEW.from_code, -1 WHERE {condition}",
        f"{INTO} SELECT NEW.wave_label, 'outcome', NEW.to_code, 1 WHERE {condition}",
    ]


def _attempts(condition: str, dialect: str) -> list[str]:
    return [
        f"{INTO} SELECT {_wave_of('NEW')}, '{what}', {key}, {amount} WHERE {condition} AND {more}"
        for what, (key, amount, more) in _attempt_counts("NEW", dialect).items()
    ]


def _kept(condition: str) -> list[str]:
    return [f"{INTO} SELECT {_wave_of('NEW')}, 'kept', {_kept_key('NEW')}, 1 WHERE {condition}"]
