"""Files as clerks send them are taken and said, or refused by row and column: by page and by command."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.app import create_app
from survey.commands import register
from survey.models import LEDGER, Area, Household
from tests.support import clear_text
from tests.support.seeds import Seed, Seeds
from tests.survey import world
from tests.survey.browsing import Page, Visitor
from tests.survey.registry.clerks_files import GRIDS, REFUSED, ROWS, TAKEN, ClerksFile

Fresh = Callable[[], AbstractContextManager[Database]]
NUMBERS = [*(f"1380000000{number}" for number in range(1, 6)), "55551234"]
"""The digits of every number in the files that are taken."""

NEVER = sorted({words for given in REFUSED for words in given.never})

AT = datetime.fromisoformat("2026-11-26T10:00:00+08:00")


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    with time_machine.travel(AT, tick=True):
        yield


def _grids(session: Session, vault: Vault) -> None:
    session.add_all(Area(code=code, level="grid", name=name, grid_type="") for code, name in GRIDS)


EMPTY = Seed("survey", "clerks", _grids)
"""A registry of nobody, whose grids a deposit has named."""


def _staffed(session: Session, vault: Vault) -> None:
    _grids(session, vault)
    world.enrol(session)


STAFFED = Seed("survey", "clerks-staffed", _staffed)
"""The same, and a registrar."""


@pytest.fixture
def fresh(
    engine_name: str, seeds: Seeds, tmp_path: Path, keys: Keyring
) -> Callable[[], AbstractContextManager[Database]]:
    """Open one empty registry after another: nobody can be taken out of one again."""
    numbers = count()

    def copy() -> AbstractContextManager[Database]:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return seeds.copy(engine_name, EMPTY, folder=folder, keys=keys)

    return copy


@pytest.fixture
def survey_db(engine_name: str, seeds: Seeds, tmp_path: Path, keys: Keyring) -> Iterator[Database]:
    with seeds.copy(engine_name, STAFFED, folder=tmp_path, keys=keys) as database:
        yield database


@pytest.fixture
def registrar(survey_db: Database, tmp_path: Path) -> Iterator[Visitor]:
    """The registrar, signed in."""
    app = create_app(replace(world.settings_in(tmp_path), database_url=_url(survey_db)))
    yield Visitor(app, "registrar")
    app.extensions["huying"].database.dispose()


def _url(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def _command(database: Database, given: ClerksFile, folder: Path) -> tuple[str, str]:
    """Run `import-households` on a file; return what it told and the refusal, empty where it took it."""
    environment = {
        "HUYING_DATA": str(folder),
        "HUYING_SURVEY_DATABASE_URL": _url(database),
        "HUYING_DEMO": "1",
    }
    path = folder / given.file
    path.write_bytes(given.data())
    done = CliRunner().invoke(register, ["import-households", str(path)], env=environment)
    path.unlink()
    if done.exception is None:
        return done.output, ""
    assert isinstance(done.exception, Refused), (given.about, done.exception)
    return done.output, done.exception.message


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


def test_by_page_what_is_taken_states_five_households_and_everything_left_out_is_said(
    registrar: Visitor, survey_db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for given in TAKEN:
        page = _tried(registrar, given)
        assert "新增 5" in page.text, (given.about, page.text)
        _check_told(given, page.text)
        assert any(action.endswith("/apply") for action in page.actions), given.about
    registrar.send(_tried(registrar, TAKEN[0]), "/apply")
    _check_taken(survey_db, TAKEN[0])
    assert clear_text.holding(survey_db, NUMBERS) == set()
    told = [caplog.text, *(registrar.open(f"/registry/{name}.csv").html for name in ("codes", "quality"))]
    with survey_db.reading() as session:
        told += map(str, LEDGER.lines(session))
    assert not any(number in text for text in told for number in NUMBERS)


def test_by_page_what_is_refused_is_told_and_nothing_of_it_is_stored(
    registrar: Visitor, survey_db: Database
) -> None:
    for given in REFUSED:
        page = _tried(registrar, given)
        _check_told(given, page.text)
        if given.line:
            assert f'<td class="num">{given.line}</td>' in page.html, given.about
        assert not any(action.endswith("/apply") for action in page.actions), given.about
    assert _homes(survey_db) == set()
    assert clear_text.holding(survey_db, NEVER) == set()


def test_by_command_what_is_taken_is_stored_sealed_and_everything_left_out_is_said(
    fresh: Fresh, tmp_path: Path
) -> None:
    for given in TAKEN:
        with fresh() as database:
            told, refusal = _command(database, given, tmp_path)
            assert refusal == "", (given.about, refusal)
            _check_told(given, told)
            _check_taken(database, given)
            assert clear_text.holding(database, NUMBERS) == set(), given.about


def test_by_command_the_same_file_again_writes_nothing(fresh: Fresh, tmp_path: Path) -> None:
    for given in (TAKEN[0], TAKEN[15]):
        with fresh() as database:
            _command(database, given, tmp_path)
            before = list(clear_text.cells(database))
            assert "不变 5" in _command(database, given, tmp_path)[0]
            assert list(clear_text.cells(database)) == before


def test_by_command_what_is_refused_is_told_and_nothing_of_it_is_stored_or_logged(
    survey_db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for given in REFUSED:
        told, refusal = _command(survey_db, given, tmp_path)
        _check_told(given, told + refusal)
        assert refusal, given.about
        assert f"第 {given.line} 行" in refusal or not given.line, (given.about, refusal)
    assert _homes(survey_db) == set()
    assert clear_text.holding(survey_db, NEVER) == set()
    assert not any(words in caplog.text for words in NEVER)
