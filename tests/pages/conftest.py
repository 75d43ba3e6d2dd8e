"""A street of the demo city, made once for all tests and served anew to each file of them."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from demo.city import SMALL, build
from demo.make import make
from demo.place import DemoFolder
from demo.serve import both
from huying.base import clock
from tests.support.browser import chromium
from tests.support.servers import free_port

SEED = 20261123


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The street's folder, to be copied; whichever test process comes first makes it for the others."""
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    folder, done = shared / "street", shared / "street-is-made"
    with (shared / "street-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            made = DemoFolder(folder, free_port(), free_port())
            made.clear()
            made.note(make(made, build(SEED, size=SMALL.of("春")), now=clock.now(), tell=str))
            done.touch()
    return folder


@pytest.fixture(scope="module")
def place(street: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFolder]:
    copied = shutil.copytree(street, tmp_path_factory.mktemp("demo") / "data")
    served = DemoFolder(copied, free_port(), free_port())
    with both(served):
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
