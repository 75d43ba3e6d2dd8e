"""Which test runs which line, and in what time: kept for each test file until it or what it ran changes."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from multiprocessing.context import ForkContext
from pathlib import Path

import coverage
import pytest

from bench.mutation.imports import dotted, imports, reach
from bench.mutation.quiet import QUIET, silence, use_profile

BATCH = 24
"""Test files that one process measures: each loads the whole tree anew."""


@dataclass(frozen=True)
class Plan:
    """What is judged by what: modules, where their tests lie, and what makes a test too heavy to be one."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    fixtures: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    watched: tuple[str, ...] = ()
    """What is watched beside the modules, so that one measuring serves every later question."""

    @property
    def everything(self) -> tuple[str, ...]:
        """What is watched, and what is judged without lying there."""
        inside = tuple(f"{each}." for each in self.watched)
        return (*self.watched, *(each for each in self.modules if not f"{each}.".startswith(inside)))

    def plain(self, item: pytest.Item) -> bool:
        """Whether a test needs no database, no server and no browser."""
        names = set(getattr(item, "fixturenames", ()))
        return not names & self.fixtures and not {mark.name for mark in item.iter_markers()} & self.marks


@dataclass
class Record:
    """What was measured of one test file; a test's name is without parameters, and empty before the first."""

    plan: str
    own: str
    ran: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    loaded: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Coverage:
    """What was measured of all test files, by the file's path below the root."""

    records: dict[str, Record]

    @cached_property
    def seconds(self) -> dict[str, float]:
        """CPU seconds of each test that passes when nothing is changed."""
        return {
            test: seconds
            for record in self.records.values()
            for test, seconds in record.seconds.items()
            if test not in record.failed
        }

    @cached_property
    def failed(self) -> list[str]:
        """Tests that fail though nothing is changed; they judge nothing."""
        return sorted(test for record in self.records.values() for test in record.failed)

    @cached_property
    def loaded(self) -> set[str]:
        """Modules that tests load."""
        return {name for record in self.records.values() for name in record.loaded}

    @cached_property
    def _lines(self) -> dict[str, dict[int, set[str]]]:
        found: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for record in self.records.values():
            for module, lines in record.lines.items():
                for line, tests in lines.items():
                    found[module][int(line)] |= {test for test in tests if not test or test in self.seconds}
        return {module: dict(lines) for module, lines in found.items()}

    def running(self, module: str, first: int = 0, last: int = sys.maxsize) -> set[str]:
        """Return the tests that run one of the lines of a module."""
        lines = self._lines.get(module, {})
        return {test for line, tests in lines.items() if first <= line <= last for test in tests}

    def breadth(self, module: str) -> dict[str, int]:
        """Return how many lines of a module each test file runs."""
        return {
            file: sum(1 for tests in record.lines.get(module, {}).values() if any(tests))
            for file, record in self.records.items()
        }


def test_name(item: pytest.Item) -> str:
    """Return a test's name without its parameters, which a fault may change."""
    return item.nodeid.partition("[")[0]


def measured(plan: Plan, *, root: Path, files: dict[str, Path], jobs: int, context: ForkContext) -> Coverage:
    """Return the coverage of the plan's tests, kept in var/mutants/ until a source changes."""
    folder = root / "var" / "mutants" / "coverage"
    folder.mkdir(parents=True, exist_ok=True)
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    wanted = _wanted(plan, root, files, digests)
    known = {file: record for file in wanted if (record := _kept(folder / f"{file.replace('/', '.')}.json"))}
    stale = [file for file, record in wanted.items() if not _holds(known.get(file), record, digests)]
    batches = [(plan, files, digests, {file: wanted[file] for file in batch}) for batch in _batches(stale)]
    with context.Pool(jobs, maxtasksperchild=1) as pool:
        for records in pool.imap_unordered(_measure, batches):
            for file, record in records.items():
                (folder / f"{file.replace('/', '.')}.json").write_text(json.dumps(asdict(record)))
            known |= records
    return Coverage({file: known[file] for file in wanted})


def _test_files(plan: Plan, root: Path) -> list[str]:
    found = {
        path
        for each in plan.tests
        for path in ([root / each] if each.endswith(".py") else (root / each).rglob("test_*.py"))
    }
    return sorted(str(path.relative_to(root)) for path in found)


def _wanted(plan: Plan, root: Path, files: dict[str, Path], digests: dict[str, str]) -> dict[str, Record]:
    """Return what stands for the tests' own sources: the record of each test file, nothing measured yet."""
    graph = imports(files)
    heavy = repr((sorted(plan.fixtures), sorted(plan.marks), sorted(set(plan.everything))))
    return {
        file: Record(plan=_digest([heavy]), own=_digest(digests[each] for each in _own(file, root, graph)))
        for file in _test_files(plan, root)
    }


def _own(file: str, root: Path, graph: dict[str, frozenset[str]]) -> list[str]:
    """Return a test file, what is arranged for its folder, and what of the tests these import."""
    folders = [
        dotted(folder / "conftest", root) for folder in (root / file).parents if folder.is_relative_to(root)
    ]
    begun = {dotted(root / file, root), *(set(folders) & graph.keys())}
    found = begun.union(*(reach(each, graph) for each in begun))
    return sorted(each for each in found if each in begun or each.split(".")[0] == "tests")


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _kept(path: Path) -> Record | None:
    return Record(**json.loads(path.read_text())) if path.exists() else None


def _holds(known: Record | None, wanted: Record, digests: dict[str, str]) -> bool:
    return (
        known is not None
        and (known.plan, known.own) == (wanted.plan, wanted.own)
        and all(digests.get(name) == digest for name, digest in known.ran.items())
    )


def _batches(stale: Sequence[str]) -> list[list[str]]:
    """Return the files in batches, each kept as soon as it is measured."""
    return [list(stale[start : start + BATCH]) for start in range(0, len(stale), BATCH)]


def _measure(
    batch: tuple[Plan, dict[str, Path], dict[str, str], dict[str, Record]],
) -> dict[str, Record]:
    plan, files, digests, records = batch
    inside = tuple(f"{each}." for each in plan.everything)
    names = {str(path): name for name, path in files.items() if f"{name}.".startswith(inside)}
    tool = coverage.Coverage(data_file=None, config_file=False, include=list(names))
    watching = _Watching(plan, tool, records)
    use_profile()
    silence()
    tool.start()
    pytest.main([*QUIET, "--continue-on-collection-errors", *records], plugins=[watching])
    tool.stop()
    _share(tool.get_data(), names, digests, records)
    loaded = [name for name, module in sys.modules.items() if getattr(module, "__file__", None)]
    next(iter(records.values())).loaded = loaded
    return records


def _share(
    data: coverage.CoverageData, names: dict[str, str], digests: dict[str, str], records: dict[str, Record]
) -> None:
    """Hand each line to the file of the test that ran it; what importing ran goes to the first."""
    first = next(iter(records))
    for path in data.measured_files():
        module = names[path]
        for line, tests in data.contexts_by_lineno(path).items():
            for test in tests:
                record = records[test.partition("::")[0] or first]
                record.lines.setdefault(module, {}).setdefault(str(line), []).append(test)
                if test:
                    record.ran[module] = digests[module]


class _Watching:
    """A pytest plugin that tells the coverage which test is running."""

    def __init__(self, plan: Plan, tool: coverage.Coverage, records: dict[str, Record]) -> None:
        self._plan, self._tool, self._records = plan, tool, records

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if self._plan.plain(item)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        name, began = test_name(item), time.process_time()
        self._tool.switch_context(name)
        try:
            return (yield)
        finally:
            self._tool.switch_context("")
            known = self._records[name.partition("::")[0]].seconds
            known[name] = known.get(name, 0.0) + time.process_time() - began

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._records[report.nodeid].failed.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            name = report.nodeid.partition("[")[0]
            self._records[name.partition("::")[0]].failed.append(name)
