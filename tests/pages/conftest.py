"""A street of the demo city, served anew to each file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from demo.place import DemoFolder
from tests.pages.every import EveryPage
from tests.support.browser import chromium
from tests.support.street import copied, served, street

__all__ = ["street"]


@pytest.fixture(scope="module")
def unserved(street: Path, tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    return copied(street, tmp_path_factory.mktemp("demo") / "data")


@pytest.fixture(scope="module")
def place(unserved: DemoFolder) -> Iterator[DemoFolder]:
    with served(unserved):
        yield unserved


@pytest.fixture(scope="module")
def every_page(street: Path, unserved: DemoFolder) -> Iterator[EveryPage]:
    """Who can reach what: looked for once a run, for the copies of the street are alike."""
    found = EveryPage(unserved, street.parent)
    yield found
    found.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
