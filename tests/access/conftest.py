"""Both sides, peopled so that everybody has something of their own and something of somebody else's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

import feedback.app
import survey.app
from huying.base.phones import Vault
from huying.store.db import Database
from tests.access import things
from tests.access.visiting import SIDES, Opens
from tests.conftest import NOW
from tests.feedback import neighbourhood as town
from tests.survey import world


def _public(folder: Path) -> None:
    settings = town.settings_in(folder)
    database, vault = Database(settings.database_url), Vault(settings.keys)
    with database.transaction() as session:
        town._settle(session, vault)
        town._hang(session)
        town._employ(session)
        things.begin_cases(session, vault)
    database.dispose()


def _survey(folder: Path) -> None:
    settings = world.settings_in(folder)
    database, vault = Database(settings.database_url), Vault(settings.keys)
    with database.transaction() as session:
        world.settle(session, vault)
    with database.transaction() as session:
        world.open_wave(session, vault)
        things.take_cases(session, vault)
    database.dispose()


MAKERS = {"public": _public, "survey": _survey}
APPS = {
    "public": lambda folder: feedback.app.create_app(town.settings_in(folder)),
    "survey": lambda folder: survey.app.create_app(world.settings_in(folder)),
}


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory, sqlite_templates: dict[str, Path]) -> dict[str, Path]:
    """A data folder of each side, to be copied."""
    made = {}
    with time_machine.travel(NOW, tick=False):
        for side in SIDES:
            made[side] = tmp_path_factory.mktemp(side)
            shutil.copy(sqlite_templates[side], made[side] / f"{side}.db")
            MAKERS[side](made[side])
    return made


@pytest.fixture(autouse=True)
def moment() -> Iterator[time_machine.Traveller]:
    """Ten in the morning."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def opens(peopled: dict[str, Path], tmp_path: Path) -> Iterator[Opens]:
    """Make a side's app over data of this test alone."""
    made: list[Flask] = []

    def app(side: str) -> Flask:
        folder = tmp_path / f"{side}-{len(made)}"
        shutil.copytree(peopled[side], folder)
        made.append(APPS[side](folder))
        return made[-1]

    yield app
    for each in made:
        each.extensions["huying"].database.dispose()
