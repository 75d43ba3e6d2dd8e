"""Each side's revisions: up from empty they give exactly the tables of the models."""

from __future__ import annotations

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

import feedback.models
import survey.models
from feedback.models import Case, CaseStep, Department, Escalation, Whistle
from huying.store.db import Database
from huying.store.migrate import configuration, upgrade
from tests.support.owner import as_owner

MODELS = {"feedback": feedback.models.Base, "survey": survey.models.Base}


def _differences(database: Database, package: str) -> list[object]:
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), MODELS[package].metadata))


def test_the_public_side_agrees_with_its_models(public_db):
    assert _differences(public_db, "feedback") == []


def test_the_independent_side_agrees_with_its_models(survey_db):
    assert _differences(survey_db, "survey") == []


def test_upgrading_twice_changes_nothing(survey_db):
    upgrade("survey", survey_db)
    assert _differences(survey_db, "survey") == []


@pytest.mark.parametrize("package", MODELS)
def test_there_is_one_chain_of_numbered_revisions(package):
    script = ScriptDirectory.from_config(configuration(package))
    numbers = [revision.revision for revision in script.walk_revisions()]
    assert numbers == sorted(numbers, reverse=True)
    assert all(re.fullmatch("[0-9]{4}", number) for number in numbers)


CHANGES = pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])


def _refused(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(database) as session:
        session.execute(text(statement))


@CHANGES
def test_a_case_step_can_be_neither_changed_nor_deleted(public_db, now, statement):
    with public_db.transaction() as session:
        times = {"opened_at": now, "due_at": now}
        case = Case(code="C", source="staff", category="c", state="registered", holder="unit", **times)
        case.steps.append(CaseStep(at=now, event="open", actor="a", state="registered", holder="unit"))
        session.add(case)
    _refused(public_db, statement.format("case_step", "note"))


@CHANGES
@pytest.mark.parametrize(
    ("table", "column"), [("log_entry", "body"), ("log_node", "hash"), ("log_checkpoint", "note")]
)
def test_the_ledger_can_be_neither_changed_nor_deleted(survey_db, now, table, column, statement):
    with survey_db.transaction() as session:
        survey.models.LEDGER.append(session, b'{"t":"test"}', at=now)
        session.add(survey.models.LogCheckpoint(size=1, note="n"))
    _refused(survey_db, statement.format(table, column))


def test_strata_from_before_there_were_arms_are_whole_grids(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'survey.db'}")
    upgrade("survey", database, revision="0010")
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO wave (label, state, frame_root, frame_size, design_sha256, rules, beacon_source, "
                "frozen_at, first_entry) VALUES ('w', 'void', '', 3, '', '{}', 'dice:x', '2026-01-01', 0)"
            )
        )
        session.execute(
            text(
                "INSERT INTO wave_stratum (wave_label, stratum, frame_size, sample_size, replicate_size, "
                "released) VALUES ('w', 'G7', 3, 1, 0, 0)"
            )
        )
    upgrade("survey", database)
    assert _differences(database, "survey") == []
    with database.reading() as session:
        assert session.scalars(text("SELECT grid_code FROM wave_stratum")).all() == ["G7"]
    _refused(database, "UPDATE wave_stratum SET grid_code = 'G8'")
    database.dispose()


def test_what_the_first_hours_tables_lacked_comes_with_the_next_revision(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'public.db'}")
    upgrade("feedback", database, revision="0002")
    with database.transaction() as session:
        for table in ("worker_list_row", "worker_list"):
            session.execute(text(f"DROP TABLE {table}"))
        columns = "id INTEGER PRIMARY KEY, worker_code VARCHAR(32) NOT NULL, handed_in_at DATETIME NOT NULL"
        session.execute(text(f"CREATE TABLE worker_list ({columns})"))
    upgrade("feedback", database, revision="0003")
    with database.engine.connect() as connection:
        indexes = {index["name"]: index for index in inspect(connection).get_indexes("worker_list")}
    assert indexes["uq_worker_list_once"]["column_names"] == ["once"]
    assert indexes["uq_worker_list_once"]["unique"]
    database.dispose()


HELD = (
    ("worker", "worker", "answered", "answer", "worker:W1"),
    ("dept:water", "dept:water", "accepted", "accept", "dept:water"),
    ("resident", "worker", "declared", "declare", "worker:W1"),
    ("resident", "dept:water", "declared", "declare", "dept:water"),
    ("", "", "confirmed", "confirm", "resident"),
)


def test_cases_from_before_there_were_desks_are_on_the_desk_of_who_had_them(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'public.db'}")
    upgrade("feedback", database, revision="0013")
    with database.transaction() as session:
        for number, (holder, _keeper, state, event, actor) in enumerate(HELD, 1):
            session.execute(
                text(
                    "INSERT INTO help_case (id, code, source, category, detail, text, place, urgency, flags, "
                    "opened_at, due_at, state, holder, round) VALUES (:n, :n, 'poster', 'c', '', '', '', "
                    "'ordinary', '', '2026-01-01', '2026-01-08', :state, :holder, 1)"
                ),
                {"n": number, "state": state, "holder": holder},
            )
            session.execute(
                text(
                    "INSERT INTO case_step (case_id, at, event, actor, state, holder, round, note) "
                    "VALUES (:n, '2026-01-01', :event, :actor, :state, :holder, 1, '')"
                ),
                {"n": number, "event": event, "actor": actor, "state": state, "holder": holder},
            )
    upgrade("feedback", database)
    assert _differences(database, "feedback") == []
    with database.reading() as session:
        kept = session.scalars(text("SELECT keeper FROM help_case ORDER BY id")).all()
    assert kept == [keeper for _holder, keeper, *_rest in HELD]
    database.dispose()


def test_messages_from_before_hold_no_receipt_any_more(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'public.db'}")
    upgrade("feedback", database, revision="0020")
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO help_case (code, once, source, category, detail, text, place, urgency, flags, "
                "opened_at, due_at, state, holder, round, lead, idling, keeper) VALUES ('C1', 'mark', 'poster', "
                "'c', '', '', '', 'ordinary', '', '2026-01-01', '2026-01-08', 'confirmed', '', 1, '', '', '')"
            )
        )
        for number, params in enumerate(('{"receipt": "ABCD-2345-EFGH", "case": "C1"}', "{}")):
            session.execute(
                text(
                    "INSERT INTO outbox (purpose, subject, round, channel, priority, sealed_number, template, "
                    "params, state, created_at) VALUES ('receipt', :n, 1, 'sms', 'usual', x'00', 'receipt', "
                    ":params, 'queued', '2026-01-01')"
                ),
                {"n": str(number), "params": params},
            )
    upgrade("feedback", database)
    with database.reading() as session:
        kept = session.scalars(text("SELECT params FROM outbox ORDER BY id")).all()
    assert kept == ['{"once": "mark", "case": "C1"}', "{}"]
    database.dispose()


@pytest.mark.parametrize(("state", "stands"), [("ended", True), ("lost", False)])
def test_a_whistle_has_a_listed_state(public_db, now, state, stands):
    def sound() -> None:
        with public_db.transaction() as session:
            times = {"opened_at": now, "due_at": now}
            case = Case(code="C", source="staff", category="c", state="registered", holder="unit", **times)
            session.add_all([case, Department(code="d", name="d")])
            session.flush()
            called = {"department_code": "d", "request": "x", "sounded_at": now, "accept_due": now}
            session.add(Whistle(case=case, due_at=now, state=state, **called))

    if stands:
        sound()
    else:
        with pytest.raises(DBAPIError):
            sound()


@CHANGES
def test_an_escalation_can_be_neither_changed_nor_deleted(public_db, now, statement):
    with public_db.transaction() as session:
        case = Case(
            code="C",
            source="staff",
            category="c",
            state="registered",
            holder="unit",
            opened_at=now,
            due_at=now,
        )
        session.add(case)
        session.flush()
        row = {"kind": "due", "level": "street", "passed_at": now, "at": now}
        session.add(Escalation(case_id=case.id, key="case:1:1", **row))
    _refused(public_db, statement.format("escalation", "level"))
