"""Background work: each task for itself; a fault is logged without numbers and tried again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import text

import feedback.commands
import survey.commands
from feedback.side import SIDE as FEEDBACK
from huying.base.settings import Settings
from huying.side import worker
from huying.side.side import Side
from huying.side.tasks import Task, changing
from huying.side.worker import BackgroundWorker
from huying.store.db import Database
from huying.store.installation import Installation as Ground
from survey.side import SIDE as SURVEY
from tests.feedback.neighbourhood import settings_in
from tests.support.servers import PREFIXES, Installation

SIDES = pytest.mark.parametrize("side", [FEEDBACK, SURVEY], ids=lambda side: side.name)
SHORT = "0.2"
"""Seconds for which a writer waits for another here."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def ground(settings: Settings) -> Iterator[Ground]:
    """What tasks work on that need no tables."""
    database = Database(settings.database_url)
    yield Ground(settings, database)
    database.dispose()


def failing(_installation: Ground, _now: object) -> str:
    message = "nobody answers at +8613800138000"
    raise LookupError(message)


def noting(done: list[str], name: str, **how: timedelta) -> Task:
    def work(_installation: Ground, _now: object) -> str:
        done.append(name)
        return name

    return Task(name, work, **how)


def test_a_task_that_fails_keeps_no_other_from_being_done(ground, caplog) -> None:
    done: list[str] = []
    tasks = (noting(done, "first"), Task("broken", failing), noting(done, "last"))
    assert not BackgroundWorker(ground, tasks, tell=print).round()
    assert done == ["first", "last"]
    assert "broken" in caplog.text
    assert "LookupError" in caplog.text


def test_the_log_tells_no_number(ground, caplog) -> None:
    BackgroundWorker(ground, (Task("broken", failing),), tell=print).round()
    assert "nobody answers at" in caplog.text
    assert "13800138000" not in caplog.text


def test_what_failed_is_tried_in_the_next_round_however_seldom_it_is_due(ground) -> None:
    tried: list[str] = []

    def work(_installation: Ground, _now: object) -> str:
        tried.append("once more")
        if len(tried) == 1:
            raise LookupError
        return ""

    background = BackgroundWorker(ground, (Task("rare", work, timedelta(days=1)),), tell=print)
    assert [background.round() for _ in range(3)] == [False, True, True]
    assert len(tried) == 2


def test_a_task_is_done_as_often_as_it_is_due(ground, now) -> None:
    done: list[str] = []
    tasks = (noting(done, "always"), noting(done, "hourly", every=timedelta(hours=1)))
    background = BackgroundWorker(ground, tasks, tell=print)
    with time_machine.travel(now, tick=False) as moment:
        for minutes in (0, 30, 29, 1):
            moment.shift(timedelta(minutes=minutes))
            background.round()
    assert (done.count("always"), done.count("hourly")) == (4, 2)


def test_what_was_done_is_said(ground) -> None:
    said: list[str] = []
    BackgroundWorker(
        ground, (noting([], "told"), Task("quiet", lambda _here, _now: "")), tell=said.append
    ).round()
    assert said == ["told"]


def test_a_terminal_that_is_gone_does_not_end_the_work(ground) -> None:
    def gone(_said: str) -> None:
        raise BrokenPipeError

    done: list[str] = []
    assert not BackgroundWorker(ground, (noting(done, "told"), noting(done, "next")), tell=gone).round()
    assert done == ["told", "next"]


def test_a_change_is_one_transaction_that_a_fault_undoes(settings, public_db) -> None:
    def change(session, _installation, _now) -> None:
        session.execute(text("INSERT INTO department (code, name) VALUES ('d', 'd')"))
        raise LookupError

    BackgroundWorker(Ground(settings, public_db), (changing("half done", change),), tell=print).round()
    with public_db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM department")) == 0


def test_each_side_names_its_tasks_once() -> None:
    for side in (FEEDBACK, SURVEY):
        names = [task.name for task in side.tasks]
        assert len(set(names)) == len(names)


def test_the_worker_shows_that_it_lives_and_what_fails(ground) -> None:
    assert worker.last_beat(ground.settings) is None
    background = BackgroundWorker(ground, (Task("broken", failing), noting([], "well")), tell=print)
    background.round()
    assert worker.last_beat(ground.settings) is not None
    assert worker.failing(ground.settings) == ("broken",)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the write lock of a database file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@pytest.fixture
def installed(side: Side, tmp_path: Path) -> Installation:
    prefix = PREFIXES[side.name]
    url = f"sqlite:///{tmp_path / 'data' / 'side.db'}?timeout={SHORT}"
    made = Installation(side.name, tmp_path / "data", 8000, {f"{prefix}_DATABASE_URL": url})
    made.run("upgrade")
    return made


def awaited(condition: Callable[[], bool]) -> None:
    """Wait until something has come about."""
    for _ in range(1200):
        with suppress(FileNotFoundError):
            if condition():
                return
        time.sleep(0.05)
    pytest.fail("it never came about")


@pytest.mark.server
@SIDES
def test_a_writer_who_holds_the_database_too_long_does_not_end_the_work(
    side: Side, installed: Installation, tmp_path: Path
) -> None:
    beat, log = installed.data / f"{side.key}-work", tmp_path / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "huying", side.name, "work", "--every", "1"],
            env=installed.environment,
            stderr=told,
        )
    try:
        awaited(lambda: beat.read_text() == "")
        with locked(installed.data / "side.db"):
            awaited(lambda: "drop tried files" in beat.read_text())
            assert process.poll() is None
        awaited(lambda: beat.read_text() == "")
    finally:
        process.terminate()
        process.wait(20)
    assert "drop tried files: failed" in log.read_text()


@pytest.mark.server
@SIDES
def test_a_single_round_in_which_a_task_failed_is_an_error_and_the_doctor_names_the_task(
    side: Side, installed: Installation
) -> None:
    group = {"feedback": feedback.commands.register, "survey": survey.commands.register}[side.name]

    def run(*words: str) -> Result:
        return CliRunner().invoke(group, words, env=installed.environment)

    with locked(installed.data / "side.db"):
        assert run("work", "--once").exit_code == 1
        (line,) = [line for line in run("doctor").output.splitlines() if "没有做成" in line]
    assert line.startswith("! work 在运行")
    assert "drop tried files" in line
    assert run("work", "--once").exit_code == 0
