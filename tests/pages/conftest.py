"""A street of the demo city, made once and served while its pages are looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from demo.city import SMALL, build
from demo.make import make
from demo.place import Place
from demo.serve import both
from huying import clock
from tests.support.browser import chromium
from tests.support.servers import free_port

SEED = 20261123


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("demo"), free_port(), free_port())
    made.clear()
    made.note(make(made, build(SEED, size=SMALL.of("春")), now=clock.now(), tell=str))
    with both(made):
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
