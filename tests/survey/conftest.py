"""The real app over a small survey: settled, with its field open, called and over, or scored and closed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.app import create_app
from tests.support import signatures
from tests.support.seeds import Seed, Seeds
from tests.survey import world
from tests.survey.browsing import Visitor
from tests.survey.stories import THEN

Open = Callable[[str], Flask]
Led = Callable[[str, Callable[[Database, Vault], object]], Database]


@pytest.fixture(autouse=True, scope="session")
def signatures_checked_once() -> Iterator[None]:
    """Most bundles bear the signatures of the honest one they were bent from."""
    with signatures.remembered():
        yield


@pytest.fixture
def event_passes() -> Iterator[Callable[..., None]]:
    """Let time go on in this process until an event that comes soon is over, or by as much as is told."""
    with ExitStack() as stack:

        def passes(by: timedelta = THEN) -> None:
            stack.enter_context(time_machine.travel(clock.now() + by, tick=True))

        yield passes


@pytest.fixture
def led(engine_name: str, seeds: Seeds, tmp_path: Path, keys: Keyring) -> Iterator[Led]:
    """Give the independent side's database as something has led it: once a process, each test has a copy."""
    with ExitStack() as stack:

        def copied(name: str, lead: Callable[[Database, Vault], object]) -> Database:
            seed = Seed("survey", name, lead=lead)
            return stack.enter_context(seeds.copy(engine_name, seed, folder=tmp_path, keys=keys))

        yield copied


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory, sqlite_templates: dict[str, Path]) -> dict[str, Path]:
    """A data folder for each stage of the survey, to be copied."""
    folder = tmp_path_factory.mktemp("survey")
    shutil.copy(sqlite_templates["survey"], folder / "survey.db")
    settings = world.settings_in(folder)
    vault = Vault(settings.keys)
    steps: dict[str, tuple[Callable[[Session], object], ...]] = {
        "settled": (lambda session: world.settle(session, vault),),
        "open": (lambda session: world.open_wave(session, vault), world.hand_in_a_list),
        "ended": (lambda session: world.call_everybody(session, vault), world.end_field),
        "closed": (lambda session: world.score_wave(session, vault, over=world.over(session)),),
    }
    made = {}
    for stage, work in steps.items():
        database = Database(settings.database_url)
        for step in work:
            with database.transaction() as session:
                step(session)
        # Closing the last connection brings everything into the one file.
        database.dispose()
        made[stage] = tmp_path_factory.mktemp(stage) / "data"
        shutil.copytree(folder, made[stage])
    return made


@pytest.fixture
def app_at(stages: dict[str, Path], tmp_path: Path) -> Iterator[Open]:
    """Make the app over a copy of a stage's data."""
    made: list[Flask] = []

    def app(stage: str) -> Flask:
        folder = tmp_path / str(len(made))
        shutil.copytree(stages[stage], folder)
        made.append(create_app(world.settings_in(folder)))
        return made[-1]

    yield app
    for each in made:
        each.extensions["huying"].database.dispose()


@pytest.fixture
def visit(app_at: Open) -> Callable[..., Visitor]:
    """Sign in as a role at a stage."""

    def enter(stage: str, login: str | None = None) -> Visitor:
        return Visitor(app_at(stage), login)

    return enter
