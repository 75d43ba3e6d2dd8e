"""A wave that is scored, in a folder of its own, as a command finds it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.installation import Installation
from survey.ledger_key import ORIGIN
from tests.support.kept import BOTH, Nowhere, nowhere
from tests.support.seeds import Seed, Seeds
from tests.survey import world

OPEN = (world.settle, world.open_wave)
STEPS = {"open": OPEN, "closed": (*OPEN, world.call_everybody, world.close_wave)}

At = Callable[[str], Installation]


def _seed(stage: str) -> Seed:
    def lead(database: Database, vault: Vault) -> None:
        for step in STEPS[stage]:
            with database.transaction() as session:
                step(session, vault)

    return Seed("survey", f"kept {stage}", lead=lead)


@pytest.fixture(params=BOTH)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def at(engine_name: str, seeds: Seeds, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[At]:
    """Give an installation whose wave is `open`, or `closed` and scored."""
    with ExitStack() as stack:

        def opened(stage: str) -> Installation:
            data = tmp_path / "survey"
            database = stack.enter_context(_copied(engine_name, stage, seeds, data, request))
            url = database.engine.url.render_as_string(hide_password=False)
            settings = replace(world.settings_in(data), database_url=url, origin=ORIGIN.removesuffix("/log"))
            return Installation(settings, database)

        yield opened


@contextmanager
def _copied(
    engine: str, stage: str, seeds: Seeds, data: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    if engine == "sqlite":
        stages: dict[str, Path] = request.getfixturevalue("stages")
        shutil.copytree(stages[stage], data)
        database = Database(f"sqlite:///{data / 'survey.db'}")
        yield database
        database.dispose()
        return
    data.mkdir()
    with seeds.copy(engine, _seed(stage), folder=data, keys=Keyring(data / "keys" / "survey")) as database:
        yield database


@pytest.fixture
def here(at: At) -> Installation:
    """An installation that has led a wave to its score."""
    return at("closed")


@pytest.fixture
def elsewhere(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Nowhere]:
    """Give settings like a side's where nothing is yet."""
    with nowhere(engine_name, lambda: request.getfixturevalue("cluster"), tmp_path) as like:
        yield like
