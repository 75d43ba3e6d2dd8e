"""Which tests on the second database wait for the night: the dear ones whose twin on SQLite runs every time.

Nothing of locks, grants, migrations or kills is among them: those are why there is a second database.
"""

from __future__ import annotations

from pathlib import Path

import pytest

WAITING = Path(__file__).with_name("nightly.txt")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    waiting = set(WAITING.read_text("utf-8").splitlines())
    for item in items:
        if item.nodeid in waiting:
            item.add_marker(pytest.mark.slow)
