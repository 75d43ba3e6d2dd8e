"""Files as clerks send them are taken and said, or refused by row and column: by page and by command."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from huying.base.errors import Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.app import create_app
from survey.commands import register
from survey.models import LEDGER, Area, Household, RegistryImport
from tests.support import clear_text
from tests.support.owner import empty
from tests.survey import world
from tests.survey.browsing import Page, Visitor
from tests.survey.registry.clerks_files import GRIDS, REFUSED, ROWS, TAKEN, ClerksFile, text

Command = Callable[[ClerksFile], tuple[str, str]]
NUMBERS = [*(f"1380000000{number}" for number in range(1, 6)), "55551234"]
"""The digits of every number in the files that are taken."""

THIRD = 3
"""Each row is taken by page on SQLite and by command on PostgreSQL, one in three the other way round too."""

AT = datetime.fromisoformat("2026-11-26T10:00:00+08:00")


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def app(survey_db: Database, tmp_path: Path) -> Iterator[Flask]:
    """A registry of nobody, whose grids a deposit has named, and a registrar."""
    url = survey_db.engine.url.render_as_string(hide_password=False)
    settings = replace(world.settings_in(tmp_path), database_url=url)
    with survey_db.transaction() as session:
        world.settle(session, Vault(settings.keys))
        session.add_all(Area(code=code, level="grid", name=name, grid_type="") for code, name in GRIDS)
    made = create_app(settings)
    _forget(survey_db)
    yield made
    made.extensions["huying"].database.dispose()


@pytest.fixture
def by_page(engine_name: str) -> slice:
    """The files that are tried by page on this database."""
    return slice(None) if engine_name == "sqlite" else slice(None, None, THIRD)


@pytest.fixture
def by_command(engine_name: str) -> slice:
    """The files that are given to the command on this database."""
    return slice(None) if engine_name == "postgresql" else slice(1, None, THIRD)


@pytest.fixture
def command(survey_db: Database, tmp_path: Path) -> Command:
    """Run `import-households` on a file; return what it told and the refusal, empty where it took it."""
    url = survey_db.engine.url.render_as_string(hide_password=False)
    environment = {"HUYING_DATA": str(tmp_path), "HUYING_SURVEY_DATABASE_URL": url, "HUYING_DEMO": "1"}

    def run(given: ClerksFile) -> tuple[str, str]:
        path = tmp_path / given.file
        path.write_bytes(given.data())
        done = CliRunner().invoke(register, ["import-households", str(path)], env=environment)
        path.unlink()
        if done.exception is None:
            return done.output, ""
        assert isinstance(done.exception, Refused), (given.about, done.exception)
        return done.output, done.exception.message

    return run


def _forget(database: Database) -> None:
    empty(database, "registry_event", "household_number", "household_adult", "household")


def _homes(database: Database) -> set[tuple[str, str]]:
    with database.reading() as session:
        return set(session.execute(select(Household.code, Household.grid_code)).all())


def _check_taken(database: Database, given: ClerksFile) -> None:
    found = _homes(database)
    assert len(found) == len(ROWS), given.about
    if given.coded:
        assert found == {(row[0], row[1]) for row in ROWS}, given.about


def _check_told(given: ClerksFile, told: str) -> None:
    for words in given.said:
        assert words in told, (given.about, words, told)
    for words in given.never:
        assert words not in told, given.about


def _tried(registrar: Visitor, given: ClerksFile) -> Page:
    return registrar.send(
        registrar.open("/registry/"), "/registry/", file=(io.BytesIO(given.data()), given.file)
    )


def test_by_page_what_is_taken_is_stored_sealed_and_everything_left_out_is_said(
    app: Flask, survey_db: Database, by_page: slice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    registrar, told = Visitor(app, "registrar"), []
    for given in TAKEN[by_page]:
        page = _tried(registrar, given)
        assert "新增 5" in page.text, (given.about, page.text)
        _check_told(given, page.text)
        registrar.send(page, "/apply")
        _check_taken(survey_db, given)
        told.append(registrar.open("/registry/codes.csv").html)
        assert clear_text.holding(survey_db, NUMBERS) == set(), given.about
        _forget(survey_db)
    with survey_db.reading() as session:
        told += [caplog.text, *map(str, LEDGER.lines(session)), registrar.open("/registry/quality.csv").html]
    assert not any(number in text for text in told for number in NUMBERS)


def test_by_page_what_is_refused_is_told_and_nothing_of_it_is_stored(
    app: Flask, survey_db: Database, by_page: slice
) -> None:
    registrar = Visitor(app, "registrar")
    for given in REFUSED[by_page]:
        page = _tried(registrar, given)
        _check_told(given, page.text)
        if given.line:
            assert f'<td class="num">{given.line}</td>' in page.html, given.about
        assert not any(action.endswith("/apply") for action in page.actions), given.about
    assert _homes(survey_db) == set()
    never = sorted({words for given in REFUSED for words in given.never})
    assert clear_text.holding(survey_db, never) == set()


def test_by_command_what_is_taken_is_stored_once_and_everything_left_out_is_said(
    app: Flask, survey_db: Database, command: Command, by_command: slice
) -> None:
    for given in TAKEN[by_command]:
        told, refusal = command(given)
        assert refusal == "", (given.about, refusal)
        _check_told(given, told)
        _check_taken(survey_db, given)
        _forget(survey_db)


def test_by_command_the_same_file_again_writes_nothing(
    app: Flask, survey_db: Database, command: Command
) -> None:
    for given in (TAKEN[0], TAKEN[15]):
        command(given)
        with survey_db.reading() as session:
            before = session.scalar(select(func.count(RegistryImport.id)))
        assert "不变 5" in command(given)[0]
        with survey_db.reading() as session:
            assert session.scalar(select(func.count(RegistryImport.id))) == before
        _forget(survey_db)


def test_by_command_what_is_refused_is_told_and_nothing_of_it_is_stored_or_logged(
    app: Flask,
    survey_db: Database,
    command: Command,
    by_command: slice,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for given in REFUSED[by_command]:
        told, refusal = command(given)
        _check_told(given, told + refusal)
        assert refusal, given.about
        assert f"第 {given.line} 行" in refusal or not given.line, (given.about, refusal)
    assert _homes(survey_db) == set()
    never = sorted({words for given in REFUSED for words in given.never})
    assert clear_text.holding(survey_db, never) == set()
    assert not any(words in caplog.text for words in never)


SPELLINGS = ("春一路3号楼2单元101室", "春一路 ３-２-101", "春一路三号楼二单元101", "春一路3栋2单元101")
FOUR = ClerksFile(
    "four codes, one telephone, one address in four spellings",
    "four.csv",
    text(
        [
            ["户编号", "网格编号", "住址", "电话", "来源", "登记日期", "登记人"],
            *(
                [f"F{n}", GRIDS[0][0], address, "+99913800000009", "物业", "2026-11-01", "李四"]
                for n, address in enumerate(SPELLINGS)
            ),
        ]
    ),
)
CODES = ["F0", "F1", "F2", "F3"]


def test_by_page_one_home_under_four_codes_is_stored_only_after_a_decision(
    app: Flask, survey_db: Database
) -> None:
    registrar = Visitor(app, "registrar")
    page = _tried(registrar, FOUR)
    assert "这几户是同一家吗" in page.text
    assert not any(action.endswith("/apply") for action in page.actions)
    assert _homes(survey_db) == set()
    page = registrar.send(page, "/homes", codes=" ".join(CODES), keep="F2")
    assert "新增 1" in page.text
    registrar.send(page, "/apply")
    assert _homes(survey_db) == {("F2", GRIDS[0][0])}


def test_by_command_one_home_under_four_codes_is_stored_only_after_a_decision(
    app: Flask, survey_db: Database, tmp_path: Path
) -> None:
    url = survey_db.engine.url.render_as_string(hide_password=False)
    environment = {"HUYING_DATA": str(tmp_path), "HUYING_SURVEY_DATABASE_URL": url, "HUYING_DEMO": "1"}
    path = tmp_path / FOUR.file
    path.write_bytes(FOUR.data())
    taking = ["import-households", str(path)]
    refused = CliRunner().invoke(register, taking, env=environment)
    assert "F0、F1、F2、F3" in str(getattr(refused.exception, "message", ""))
    assert _homes(survey_db) == set()
    deciding = ["registry", "decide", *CODES, "--keep", "F2", "--by", "registrar"]
    assert CliRunner().invoke(register, deciding, env=environment).exception is None
    assert CliRunner().invoke(register, taking, env=environment).exception is None
    assert _homes(survey_db) == {("F2", GRIDS[0][0])}
