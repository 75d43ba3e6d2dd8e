"""A street of the demo city, served anew to each file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from demo.place import DemoFolder
from tests.support.browser import chromium
from tests.support.street import copied, served, street

__all__ = ["street"]


@pytest.fixture(scope="module")
def place(street: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFolder]:
    found = copied(street, tmp_path_factory.mktemp("demo") / "data")
    with served(found):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
