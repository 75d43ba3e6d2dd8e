"""A week of which everything is known: deposited, its silent cases called, counted; each test has a copy."""

from __future__ import annotations

import pytest

from huying.store.db import Database
from tests.survey.attribution.a_week import lead
from tests.survey.conftest import Led


@pytest.fixture
def week(led: Led) -> Database:
    """The independent side with a week's deposit taken in, its follow-up counted."""
    return led("a week that was called", lead)
