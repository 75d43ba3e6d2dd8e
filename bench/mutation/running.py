"""A whole run: measure what tests run, then judge the modules side by side."""

from __future__ import annotations

import importlib
import math
import multiprocessing
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

from bench.mutation.covering import Coverage, Plan, measured
from bench.mutation.imports import dependents, sources
from bench.mutation.judging import Case, Verdict, judge
from bench.mutation.planting import mutants
from bench.mutation.source import Source

APART = frozenset({"__main__", "bench", "hypothesis", "pytest", "_pytest"})
FAR = 3.0
"""Seconds of tests, the fastest first, that are asked about a constant beyond those of its own module."""
FORK = multiprocessing.get_context("fork")


def listed(plan: Plan, *, root: Path) -> Iterator[str]:
    """Yield a line for every mutant of the plan."""
    files = sources(root)
    for name in _modules(plan, files):
        for each in mutants(Source.of(name, files[name])):
            yield f"{name}:{each.line}: {each.operator}: {each.before}  →  {each.after or '(nothing)'}"


def run(plan: Plan, *, root: Path, jobs: int) -> Iterator[tuple[str, list[Verdict]]]:
    """Yield what became of the mutants of each module, as modules get ready."""
    files = sources(root)
    names = _modules(plan, files)
    coverage = measured(plan, root=root, files=files, context=FORK)
    _preload(coverage, files)
    after = dependents(files)
    cases = [_case(Source.of(name, files[name]), plan, coverage, files, after[name]) for name in names]
    with FORK.Pool(jobs, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_judged, sorted(cases, key=_effort, reverse=True))


def _judged(case: Case) -> tuple[str, list[Verdict]]:
    return case.source.name, judge(case)


def _effort(case: Case) -> int:
    return len(case.source.text) * len(case.near + case.far)


def _modules(plan: Plan, files: dict[str, Path]) -> list[str]:
    return [name for wanted in plan.modules for name in _matching(wanted, files)]


def _matching(wanted: str, files: dict[str, Path]) -> list[str]:
    found = [name for name in files if name == wanted or name.startswith(f"{wanted}.")]
    if not found:
        raise SystemExit(f"no module {wanted}")
    return [name for name in found if _says_something(files[name])]


def _says_something(path: Path) -> bool:
    return path.name != "__init__.py" or path.read_bytes().count(b"\n") > 1


def _preload(coverage: Coverage, files: dict[str, Path]) -> None:
    """Import once for all forks what isn't ours."""
    ours = {name.partition(".")[0] for name in files}
    for name in coverage.loaded:
        if name.partition(".")[0] not in ours | APART:
            with suppress(ImportError):
                importlib.import_module(name)


def _case(
    source: Source, plan: Plan, coverage: Coverage, files: dict[str, Path], after: frozenset[str]
) -> Case:
    near = coverage.running(source.path) - {""}
    far = {test for name in after for test in coverage.of(files[name])} - near - {""}
    ours = [name for name in coverage.loaded if name in files and "tests" not in name.split(".")]
    return Case(
        plan=plan,
        source=source,
        coverage=coverage,
        near=_fastest(near, coverage),
        far=_fastest(far, coverage, within=FAR),
        neutral=tuple(name for name in ours if name not in after and name != source.name),
    )


def _fastest(tests: set[str], coverage: Coverage, *, within: float = math.inf) -> tuple[str, ...]:
    ordered = sorted(tests, key=lambda test: coverage.seconds[test])
    spent = accumulate(coverage.seconds[test] for test in ordered)
    return tuple(test for test, seconds in zip(ordered, spent, strict=True) if seconds <= within)
