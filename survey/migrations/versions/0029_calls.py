"""Dials and numbers, appointments, wishes for all waves, doubts, days off; an attempt is closed once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huying.store.db import UtcDateTime
from huying.store.insert_only import insert_only_ddl, keeping_ddl

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

SHORT, UNIT = sa.String(length=32), sa.String(length=14)
OPEN = "state IN ('requested', 'unknown', 'queued', 'initiated', 'ringing', 'in_progress')"
DIAL_STATES = (
    *("requested", "unknown", "queued", "initiated", "ringing", "in_progress"),
    *("completed", "busy", "no_answer", "failed", "canceled"),
)
KEPT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "case_number": (("unit", "position", "blind_index"), ()),
    "dial": (
        ("ulid", "unit", "attempt_id", "position", "number_ref", "adapter", "started_at"),
        ("provider_sid", "ended_at", "code"),
    ),
    "appointment": (
        ("id", "unit", "at", "with_respondent", "pinned_id", "made_at", "made_by_id"),
        ("ended_at", "kept"),
    ),
    "dnc": (
        ("id", "wish", "unit", "household_code", "number_index", "at", "by", "how"),
        ("lifted_at", "lifted_by", "lifted_why"),
    ),
}
CLOSING = (
    *("window", "dialled_at", "ended_at", "ended_by", "code", "set_by", "note"),
    *("minute_nonce", "refused_by", "refusal_reason"),
)
RELEASED = """\
SELECT 1 FROM sample_unit u
JOIN wave w ON w.label = u.wave_label AND w.state = 'drawn' AND w.ended_at IS NULL
JOIN wave_stratum s ON s.wave_label = u.wave_label AND s.stratum = u.stratum
WHERE u.unit = NEW.unit AND u.wave_label = NEW.wave_label AND u.stratum = NEW.stratum
AND u.rank <= s.sample_size + s.released * s.replicate_size + s.late"""
ASKED = """\
INSERT INTO dnc (wish, unit, household_code, at, by, how)
SELECT 'wave-' || c.unit, c.unit, f.household_code, o.at, o.by, 'call'
FROM sampled_case c JOIN frame_unit f ON f.unit = c.unit
JOIN outcome o ON o.id = (SELECT MAX(id) FROM outcome WHERE unit = c.unit)
WHERE o.code = 'refusal_person'"""
"""Every correction is an outcome too: the last one is in force."""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    _create_numbers()
    _create_dials()
    _create_appointments()
    _create_wishes()
    _create_logs()
    op.add_column("attempt", sa.Column("refused_by", sa.String(length=16), nullable=True))
    op.add_column("attempt", sa.Column("refusal_reason", sa.String(length=16), nullable=True))
    for table in ("eligibility_statement", "case_event"):
        for statement in insert_only_ddl(table, dialect=dialect):
            op.execute(statement)
    for table, (fixed, once) in KEPT.items():
        for statement in keeping_ddl(table, fixed=fixed, once=once, dialect=dialect):
            op.execute(statement)
    for statement in _closed_once(dialect) + _released_alone(dialect):
        op.execute(statement)
    op.execute(ASKED)


def _create_numbers() -> None:
    op.create_table(
        "case_number",
        sa.Column("unit", UNIT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "state IN ('untested', 'live', 'suspect', 'bad')", name=op.f("ck_case_number_state")
        ),
        sa.ForeignKeyConstraint(
            ["unit"], ["sampled_case.unit"], name=op.f("fk_case_number_unit_sampled_case")
        ),
        sa.PrimaryKeyConstraint("unit", "position", name=op.f("pk_case_number")),
    )
    op.create_index(op.f("ix_case_number_blind_index"), "case_number", ["blind_index"], unique=False)


def _create_dials() -> None:
    op.create_table(
        "dial",
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.Column("unit", UNIT, nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number_ref", sa.String(length=24), nullable=False),
        sa.Column("adapter", sa.String(length=16), nullable=False),
        sa.Column("provider_sid", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("code", SHORT, nullable=True),
        sa.Column("set_by", sa.String(length=16), nullable=True),
        sa.CheckConstraint(f"state IN {DIAL_STATES}", name=op.f("ck_dial_state")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_dial_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f("fk_dial_unit_sampled_case")),
        sa.PrimaryKeyConstraint("ulid", name=op.f("pk_dial")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_dial_attempt_id_position")),
        sa.UniqueConstraint("provider_sid", name=op.f("uq_dial_provider_sid")),
    )
    op.create_index(op.f("ix_dial_unit"), "dial", ["unit"], unique=False)
    _create_partial("ix_dial_open", "dial", where=OPEN)


def _create_partial(name: str, table: str, *, where: str) -> None:
    kept = sa.text(where)
    op.create_index(name, table, ["unit"], unique=True, sqlite_where=kept, postgresql_where=kept)


def _create_appointments() -> None:
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", UNIT, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("with_respondent", sa.Boolean(), nullable=False),
        sa.Column("pinned_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["account.id"], name=op.f("fk_appointment_made_by_id_account")
        ),
        sa.ForeignKeyConstraint(["pinned_id"], ["account.id"], name=op.f("fk_appointment_pinned_id_account")),
        sa.ForeignKeyConstraint(
            ["unit"], ["sampled_case.unit"], name=op.f("fk_appointment_unit_sampled_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_unit"), "appointment", ["unit"], unique=False)
    _create_partial("ix_appointment_open", "appointment", where="ended_at IS NULL")


def _create_wishes() -> None:
    op.create_table(
        "dnc",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=26), nullable=False),
        sa.Column("unit", UNIT, nullable=True),
        sa.Column("household_code", SHORT, nullable=True),
        sa.Column("number_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=64), nullable=True),
        sa.Column("lifted_why", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "household_code IS NOT NULL OR number_index IS NOT NULL", name=op.f("ck_dnc_whose")
        ),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_dnc_lifted")),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f("fk_dnc_unit_sampled_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dnc")),
    )
    for column in ("household_code", "number_index", "unit", "wish"):
        op.create_index(op.f(f"ix_dnc_{column}"), "dnc", [column], unique=False)


def _create_logs() -> None:
    op.create_table(
        "eligibility_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        *_of_attempt("eligibility_statement"),
        sa.Column("code", SHORT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_statement")),
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        *_of_attempt("case_event"),
        sa.Column("what", SHORT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    for table in ("eligibility_statement", "case_event"):
        op.create_index(op.f(f"ix_{table}_unit"), table, ["unit"], unique=False)
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'workday')", name=op.f("ck_holiday_kind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )


def _of_attempt(table: str) -> list[sa.Column[object] | sa.ForeignKeyConstraint]:
    return [
        sa.Column("unit", UNIT, nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f(f"fk_{table}_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f(f"fk_{table}_unit_sampled_case")),
    ]


def _closed_once(dialect: str) -> list[str]:
    """Statements after which nothing of an attempt changes once it has ended."""
    differs = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}[dialect]
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in CLOSING)
    head = "CREATE TRIGGER attempt_closed BEFORE UPDATE ON attempt FOR EACH ROW"
    when = f"WHEN (OLD.ended_at IS NOT NULL AND ({changed}))"
    if dialect == "postgresql":
        return [f"{head} {when} EXECUTE FUNCTION refuse_change()"]
    return [f"{head} {when} BEGIN SELECT RAISE(ABORT, 'attempt is insert-only'); END"]


def _released_alone(dialect: str) -> list[str]:
    """Statements after which only a drawn household whose replicate is out becomes a case."""
    said = "sampled_case takes released units only"
    head = "CREATE TRIGGER sampled_case_released BEFORE INSERT ON sampled_case FOR EACH ROW"
    if dialect == "sqlite":
        return [f"{head} WHEN NOT EXISTS ({RELEASED}) BEGIN SELECT RAISE(ABORT, '{said}'); END"]
    return [
        (
            "CREATE FUNCTION refuse_unreleased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NOT EXISTS ({RELEASED}) THEN "
            f"RAISE EXCEPTION USING MESSAGE = '{said}', ERRCODE = 'restrict_violation'; END IF; "
            "RETURN NEW; END $$"
        ),
        f"{head} EXECUTE FUNCTION refuse_unreleased()",
    ]
