"""A street of the demo city: made once a run, whichever process needs it first; others copy it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from demo.city import SMALL, City, build
from demo.make import make
from demo.place import DemoFolder
from huying.base import clock
from tests.support.servers import Installation, free_port

SEED = 20261123
SIZE = replace(SMALL.of("春"), fewest=120, most=180, told=150, sample_where_listed=20, lists=3, distorted=2)
"""As many cases a grid as the small city has, half its homes and lists;
of a list, enough answers to be told of.
"""


def city() -> City:
    """Return the street as the demo invents it; equal at every call."""
    return build(SEED, size=SIZE)


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The street's folder, to be copied."""
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    folder, done = shared / "street", shared / "street-is-made"
    with (shared / "street-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            made = DemoFolder(folder, free_port(), free_port())
            made.clear()
            made.note(make(made, city(), now=clock.now(), tell=str))
            done.touch()
    return folder


def copied(street: Path, to: Path) -> DemoFolder:
    """Return a copy of the street, with ports of its own."""
    return DemoFolder(Path(shutil.copytree(street, to)), free_port(), free_port())


@contextmanager
def served(place: DemoFolder) -> Iterator[None]:
    """Serve both sides of a street."""
    with ExitStack() as servers:
        sides = (("feedback", "public", place.public_port), ("survey", "survey", place.survey_port))
        for side, key, port in sides:
            installed = Installation(side, place.data / key, port, place.environment(key))
            servers.enter_context(installed.serving())
        yield
