"""Which test runs which line, and in what time: measured once, kept until a file changes."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass, field
from multiprocessing.context import ForkContext
from pathlib import Path

import coverage
import pytest

from bench.mutation.quiet import QUIET, silence, use_profile


@dataclass(frozen=True)
class Plan:
    """What is judged by what: modules, where their tests lie, and what makes a test too heavy to be one."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    fixtures: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    def plain(self, item: pytest.Item) -> bool:
        """Whether a test needs no database, no server and no browser."""
        names = set(getattr(item, "fixturenames", ()))
        return not names & self.fixtures and not {mark.name for mark in item.iter_markers()} & self.marks


@dataclass
class Coverage:
    """What was measured; a test's name leaves its parameters out, and is empty before the first."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def running(self, path: Path, first: int = 0, last: int = sys.maxsize) -> set[str]:
        """Return the tests that run one of the lines of a file."""
        lines = self.lines.get(str(path), {})
        return {test for line, tests in lines.items() if first <= int(line) <= last for test in tests}

    def of(self, path: Path) -> set[str]:
        """Return the tests that run a line of a file or stand in it."""
        own = {test for test in self.seconds if path.match(test.partition("::")[0])}
        return own | self.running(path)


def test_name(item: pytest.Item) -> str:
    """Return a test's name without its parameters, which a fault may change."""
    return item.nodeid.partition("[")[0]


def measured(plan: Plan, *, root: Path, files: dict[str, Path], context: ForkContext) -> Coverage:
    """Return the coverage of the plan's tests, kept in var/ until a source changes."""
    kept = root / "var" / "mutants.json"
    digest = _digest(plan, files)
    if kept.exists() and (known := json.loads(kept.read_text())).pop("digest") == digest:
        return Coverage(**known)
    with context.Pool(1) as pool:
        found = pool.apply(_measure, (plan, root, files))
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps({"digest": digest, **asdict(found)}))
    return found


def _digest(plan: Plan, files: dict[str, Path]) -> str:
    digest = hashlib.sha256(repr(plan).encode())
    for name, path in sorted(files.items()):
        digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()


def _measure(plan: Plan, root: Path, files: dict[str, Path]) -> Coverage:
    paths = [str(path) for path in files.values() if "tests" not in path.relative_to(root).parts]
    tool = coverage.Coverage(data_file=None, config_file=False, include=paths)
    watching = _Watching(plan, tool)
    use_profile()
    silence()
    tool.start()
    code = pytest.main([*QUIET, *plan.tests], plugins=[watching])
    tool.stop()
    if code:
        raise RuntimeError(f"the tests fail without a mutant: {watching.found.failed or code!r}")
    found = watching.found
    found.loaded = [name for name, module in sys.modules.items() if getattr(module, "__file__", None)]
    data = tool.get_data()
    for path in data.measured_files():
        found.lines[path] = {
            str(line): sorted(tests) for line, tests in data.contexts_by_lineno(path).items()
        }
    return found


class _Watching:
    """A pytest plugin that tells the coverage which test is running."""

    def __init__(self, plan: Plan, tool: coverage.Coverage) -> None:
        self._plan, self._tool = plan, tool
        self.found = Coverage()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if self._plan.plain(item)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        name, began = test_name(item), time.perf_counter()
        self._tool.switch_context(name)
        try:
            return (yield)
        finally:
            self._tool.switch_context("")
            self.found.seconds[name] = self.found.seconds.get(name, 0.0) + time.perf_counter() - began

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.found.failed.append(report.nodeid)
