"""In which order files are tested: the longest first, so that no core waits for another at the end."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.cheap import DEAR

MADE_ONCE = "street"
"""A fixture of the whole run, not of a worker: who needs it while it is made waits."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with servers and browsers; then files by how many dear tests they have.

    What one file makes for several, a worker makes while the others do something else: the first of these
    files comes before all others, the rest of them last of their kind.
    """
    listed = set(DEAR.read_text("utf-8").split())
    dear = Counter(item.path for item in items if item.nodeid.partition("[")[0] in listed)
    sharing = {item.path for item in items if MADE_ONCE in getattr(item, "fixturenames", ())}
    first = max(sharing, key=lambda path: (dear[path], path), default=None)
    items.sort(
        key=lambda item: (item.path != first, not _is_served(item), item.path in sharing, -dear[item.path])
    )


def _is_served(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("server") or item.get_closest_marker("browser"))
