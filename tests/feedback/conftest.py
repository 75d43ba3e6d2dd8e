from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huying.base.keys import Keyring
from huying.base.phones import Vault
from tests.conftest import NOW
from tests.feedback.neighbourhood import (
    app,
    asked,
    backstage,
    data,
    delivered,
    moment,
    resident,
    settled,
    sign_in,
    visitor,
)
from tests.feedback.town import Town, build
from tests.support.seeds import Seed, Seeds

__all__ = [
    "app",
    "asked",
    "backstage",
    "data",
    "delivered",
    "moment",
    "resident",
    "settled",
    "sign_in",
    "town",
    "visitor",
]


SMALL = Seed("public", "town", lambda session, vault: build(session, vault=vault, now=NOW))


@pytest.fixture
def town(engine_name: str, seeds: Seeds, tmp_path: Path, keys: Keyring) -> Iterator[Town]:
    """The small town, on each database."""
    with seeds.copy(engine_name, SMALL, folder=tmp_path, keys=keys) as database:
        yield Town(database, Vault(keys), NOW)
