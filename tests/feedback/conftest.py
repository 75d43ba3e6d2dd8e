from __future__ import annotations

from datetime import datetime

import pytest

from huying.base.phones import Vault
from huying.store.db import Database
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


@pytest.fixture
def town(public_db: Database, vault: Vault, now: datetime) -> Town:
    """The small town, on each database."""
    with public_db.transaction() as session:
        build(session, vault=vault, now=now)
    return Town(public_db, vault, now)
