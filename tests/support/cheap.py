"""Which tests a quick run leaves out: those that were measured to cost too much of the hour's patience.

python -m tests.support.cheap COSTS    # COSTS as pytest --costs writes it; writes tests/support/dear.txt
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

DEAR = Path(__file__).with_name("dear.txt")
MOST = 0.08
"""CPU seconds that a test of a quick run may cost, its parameters together no more than a few of these."""


def _name(node: str) -> str:
    return node.partition("[")[0]


def dear(costs: str) -> list[str]:
    """Return the tests of which one run cost more than `MOST`, by file, without their parameters."""
    rows = (line.partition("\t") for line in costs.splitlines())
    return sorted({_name(node) for cost, _tab, node in rows if float(cost) > MOST})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cheap", action="store_true", help="leave out the tests that dear.txt lists")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("cheap"):
        listed = set(DEAR.read_text("utf-8").split())
        left = [item for item in items if _name(item.nodeid) in listed]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _name(item.nodeid) not in listed]


if __name__ == "__main__":
    found = dear(Path(sys.argv[1]).read_text("utf-8"))
    DEAR.write_text("\n".join(found) + "\n", encoding="utf-8")
