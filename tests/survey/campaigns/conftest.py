"""A follow-up of silent cases in its field, and one that was worked: led once, each test has a copy."""

from __future__ import annotations

import pytest

from huying.store.db import Database
from tests.survey.campaigns.deposited import lead, work
from tests.survey.conftest import Led


@pytest.fixture
def database(led: Led) -> Database:
    """The independent side with a deposit taken in, and its follow-up in the field."""
    return led("a follow-up in its field", lead)


@pytest.fixture
def worked(led: Led) -> Database:
    """The same, everybody called: of each street every third says that it isn't solved."""
    return led(
        "a follow-up that was worked", lambda database, vault: (lead(database, vault), work(database, vault))
    )
