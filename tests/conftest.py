"""Databases, keys and time for the tests: SQLite and a real PostgreSQL."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from tests.support import compiled, postgres, signing_in
from tests.support.examples import NIGHTLY, USUAL
from tests.support.seeds import EMPTY, Seeds

pytest_plugins = [
    "tests.support.dearest",
    "tests.support.cheap",
    "tests.support.longest",
    "tests.support.nightly",
]

settings.register_profile("quick", deadline=None, max_examples=5, derandomize=True)
settings.register_profile("default", deadline=None, max_examples=USUAL)
settings.register_profile("ci", deadline=None, max_examples=USUAL, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=NIGHTLY)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, ten o'clock in the morning where people are served."""


def pytest_collection_finish() -> None:
    """Put aside what stays until the end: looking it through for garbage again and again costs a fortieth.

    What comes later is looked through less often, which saves as much again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def now() -> datetime:
    """The moment at which tests play."""
    return NOW


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Passwords cost little here and in forked programs; a program of its own pays in full."""
    with pytest.MonkeyPatch.context() as patch:
        signing_in.cheap(patch.setattr)
        yield


@pytest.fixture(autouse=True, scope="session")
def compiled_once() -> Iterator[None]:
    """Templates and routes are compiled once: every second test makes an app."""
    with compiled.once():
        yield


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    """A keyring of its own."""
    return Keyring(tmp_path / "keys")


@pytest.fixture
def vault(keys: Keyring) -> Vault:
    """Seals numbers with those keys."""
    return Vault(keys)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server for this test process."""
    with postgres.cluster() as started:
        yield started


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Seeds:
    """Databases that are made once in this test process, to be copied."""
    return Seeds(tmp_path_factory.mktemp("seeds"), lambda: request.getfixturevalue("cluster"))


@pytest.fixture(scope="session")
def sqlite_templates(seeds: Seeds) -> dict[str, Path]:
    """An empty database of each side, brought up by its migrations, to be copied."""
    return {side: Path(seeds.template("sqlite", seed)) for side, seed in EMPTY.items()}


@pytest.fixture(scope="session")
def postgres_templates(seeds: Seeds) -> dict[str, str]:
    """The same on PostgreSQL, each owned by its side's role."""
    return {side: seeds.template("postgresql", seed) for side, seed in EMPTY.items()}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each test that touches a database runs on both."""
    return str(request.param)


@pytest.fixture
def public_db(engine_name: str, seeds: Seeds, tmp_path: Path, keys: Keyring) -> Iterator[Database]:
    """The public side's database, empty."""
    with seeds.copy(engine_name, EMPTY["public"], folder=tmp_path, keys=keys) as database:
        yield database


@pytest.fixture
def survey_db(engine_name: str, seeds: Seeds, tmp_path: Path, keys: Keyring) -> Iterator[Database]:
    """The independent side's database, empty."""
    with seeds.copy(engine_name, EMPTY["survey"], folder=tmp_path, keys=keys) as database:
        yield database


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database without a schema, owned by the independent side's role."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    started: postgres.Cluster = request.getfixturevalue("cluster")
    name = started.create("huying_survey")
    yield started.url(name, "huying_survey")
    started.drop(name)
