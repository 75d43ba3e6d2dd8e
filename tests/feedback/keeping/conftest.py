"""The small town with a case that went through many hands, in a folder of its own, as a command finds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feedback.cases.operations import ratings
from feedback.cases.rules.requests import RatingAnswer
from feedback.deposit import operations as deposits
from feedback.models import LEDGER
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.deposit.sealing import new_keypair
from huying.ledger.witnessed import SIGNING
from huying.store.db import Database
from huying.store.installation import Installation
from tests.conftest import NOW
from tests.feedback import neighbourhood
from tests.feedback.town import Town, build
from tests.support.kept import BOTH, Nowhere, nowhere
from tests.support.seeds import Seed, Seeds

ORIGIN = "huying.local/public"


def _lead(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        build(session, vault=vault, now=NOW)
    town = Town(database, vault, NOW)
    declared = town.declared(once="form-declared-0001")
    with database.transaction() as session:
        answer = RatingAnswer("not_solved", 3, 1, words="还在滴")
        ratings.rate(session, town.token(declared), answer, now=NOW)
    town.whistle(town.answer(town.open(once="form-whistled-0001").case))
    vault.keys.put(deposits.RECIPIENT, new_keypair()[1])
    with database.transaction() as session:
        deposits.make(session, period="2026W48", keys=vault.keys, origin=ORIGIN, now=NOW + timedelta(hours=1))
        LEDGER.checkpoint(session, origin=f"{ORIGIN}/log", key=vault.keys.signing(SIGNING))


LIVED_IN = Seed("public", "lived in", lead=_lead)


@pytest.fixture(params=BOTH)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def here(engine_name: str, seeds: Seeds, tmp_path: Path) -> Iterator[Installation]:
    """An installation in which cases were opened, worked on, rated and deposited."""
    data = tmp_path / "public"
    data.mkdir()
    with seeds.copy(engine_name, LIVED_IN, folder=data, keys=Keyring(data / "keys" / "public")) as database:
        url = database.engine.url.render_as_string(hide_password=False)
        settings = replace(neighbourhood.settings_in(data), database_url=url, origin=ORIGIN)
        yield Installation(settings, database)


@pytest.fixture
def elsewhere(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Nowhere]:
    """Give settings like a side's where nothing is yet."""
    with nowhere(engine_name, lambda: request.getfixturevalue("cluster"), tmp_path) as like:
        yield like
