"""Both sides outside the demo; time stands still unless a test moves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.huying.accounts import desk

Opens = Callable[..., Flask]


@pytest.fixture(autouse=True)
def moment(now: datetime) -> Iterator[time_machine.Traveller]:
    """Ten in the morning."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def opens(tmp_path: Path, sqlite_templates: dict[str, Path]) -> Iterator[Opens]:
    """Make a side's app; variables of its environment by name, without the side's prefix."""
    made: list[Flask] = []

    def app(side: str, **environment: str) -> Flask:
        folder = tmp_path / f"{side}-{len(made)}"
        made.append(desk.make_app(side, folder, sqlite_templates[side], **environment))
        return made[-1]

    yield app
    for each in made:
        desk.database(each).dispose()


@pytest.fixture(params=["public", "survey"])
def app(request: pytest.FixtureRequest, opens: Opens) -> Flask:
    """Either side, without a second factor."""
    return opens(str(request.param), SECOND_FACTOR="optional")


@pytest.fixture
def survey(opens: Opens) -> Flask:
    """The independent side as it is installed: it asks everybody for a second factor."""
    return opens("survey")
