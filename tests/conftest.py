"""Databases, keys and time for the tests: SQLite and a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from huying.accounts import passwords
from huying.db import Database
from huying.keys import Keyring
from huying.migrate import upgrade
from huying.phones import Vault
from tests.support import compiled, postgres

pytest_plugins = ["tests.support.dearest"]

settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, ten o'clock in the morning where people are served."""

SIDES = {"public": "feedback", "survey": "survey"}


@pytest.fixture
def now() -> datetime:
    """The moment at which tests play."""
    return NOW


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Passwords cost little here: every second test signs in. Programs of their own pay in full."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", hasher)
        patch.setattr(passwords, "_nobody", hasher.hash("nobody's"))
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
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An empty database of each side, brought up by its migrations, to be copied."""
    made = {}
    for side, package in SIDES.items():
        path = tmp_path_factory.mktemp("templates") / f"{side}.db"
        database = Database(f"sqlite:///{path}")
        upgrade(package, database)
        database.dispose()  # the last connection to leave writes the journal back into the file
        made[side] = path
    return made


@pytest.fixture(scope="session")
def postgres_templates(cluster: postgres.Cluster) -> dict[str, str]:
    """The same on PostgreSQL, each owned by its side's role."""
    made = {}
    for side, package in SIDES.items():
        name = cluster.create(f"huying_{side}")
        database = Database(cluster.url(name, f"huying_{side}"))
        upgrade(package, database)
        database.dispose()
        made[side] = name
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each test that touches a database runs on both."""
    return str(request.param)


def _database(
    side: str, engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    if engine_name == "sqlite":
        path = tmp_path / f"{side}.db"
        shutil.copy(request.getfixturevalue("sqlite_templates")[side], path)
        database = Database(f"sqlite:///{path}")
        yield database
        database.dispose()
        return
    started: postgres.Cluster = request.getfixturevalue("cluster")
    name = started.create(f"huying_{side}", template=request.getfixturevalue("postgres_templates")[side])
    database = Database(started.url(name, f"huying_{side}"))
    yield database
    database.dispose()
    started.drop(name)


@pytest.fixture
def public_db(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The public side's database, empty."""
    yield from _database("public", engine_name, request, tmp_path)


@pytest.fixture
def survey_db(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The independent side's database, empty."""
    yield from _database("survey", engine_name, request, tmp_path)


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
