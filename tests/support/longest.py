"""In which order files are tested: the longest first, so that no core waits for another at the end."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.cheap import DEAR


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with servers and browsers; then files by how many dear tests they have."""
    listed = set(DEAR.read_text("utf-8").split())
    dear = Counter(item.path for item in items if item.nodeid.partition("[")[0] in listed)
    items.sort(key=lambda item: (not _is_served(item), -dear[item.path]))


def _is_served(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("server") or item.get_closest_marker("browser"))
