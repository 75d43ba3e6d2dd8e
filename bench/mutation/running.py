"""A whole run: measure what tests run, leave out what is known, then try mutant after mutant."""

from __future__ import annotations

import importlib
import multiprocessing
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing.connection import Connection, wait
from pathlib import Path

from bench.mutation.covering import Plan, measured
from bench.mutation.imports import dependents, importers, sources
from bench.mutation.judging import Outcome
from bench.mutation.loading import swappable
from bench.mutation.planting import Mutant, mutants
from bench.mutation.sessions import Pile, Tell, afresh, in_live_functions
from bench.mutation.source import Source, compiled
from bench.mutation.verdicts import UNTESTED, Known, Task, Verdict

APART = frozenset({"__main__", "bench", "hypothesis", "pytest", "_pytest", "conftest"})
NEAR, FAR = 10.0, 3.0
"""CPU seconds of tests that are asked, the fastest first: of the lines themselves, of what imports them."""
FIRST, LATER = 3, 20
"""Test files that a module imported afresh is tried by, at first and in all."""
FORK = multiprocessing.get_context("fork")
Work = Callable[[Pile, Tell], None]
Planted = tuple[Source, Mutant]


@dataclass(frozen=True)
class Sample:
    """So many mutants by a seed, spread evenly over the list of all in the order of their modules."""

    size: int
    seed: int

    def of(self, everything: Sequence[Planted]) -> list[Planted]:
        """Return every so manieth from a random place on."""
        step = max(1.0, len(everything) / self.size)
        begun = random.Random(self.seed).random() * step  # noqa: S311
        return [everything[int(begun + step * place)] for place in range(min(self.size, len(everything)))]


def listed(plan: Plan, *, root: Path) -> Iterator[str]:
    """Yield a line for every mutant of the plan."""
    files = sources(root)
    for name in _modules(plan, files):
        for each in mutants(Source.of(name, files[name])):
            yield f"{name}:{each.line}: {each.operator}: {each.before}  →  {each.after or '(nothing)'}"


def run(
    plan: Plan, *, root: Path, jobs: int, sample: Sample | None = None, fresh: bool = False
) -> list[tuple[str, list[Verdict]]]:
    """Return what became of the mutants of each module; what is known from before isn't tried again."""
    running = _Running(plan, root, jobs)
    planted = running.planted()
    chosen = running.tasks(sample.of(planted) if sample else planted)
    verdicts = running.verdicts(chosen, fresh=fresh)
    found: defaultdict[str, list[Verdict]] = defaultdict(list)
    for task in chosen:
        found[task.source.name].append(verdicts[task.key])
    return list(found.items())


class _Running:
    """What a run needs to know of the tree."""

    def __init__(self, plan: Plan, root: Path, jobs: int) -> None:
        self._plan, self._root, self._jobs = plan, root, jobs
        self._files = sources(root)
        self._coverage = measured(plan, root=root, files=self._files, jobs=jobs, context=FORK)
        self._after = dependents(self._files)
        self._importers = importers(self._files)

    def planted(self) -> list[Planted]:
        """Return every mutant with its module."""
        sources = (Source.of(name, self._files[name]) for name in _modules(self._plan, self._files))
        return [(source, mutant) for source in sources for mutant in mutants(source)]

    def tasks(self, planted: Iterable[Planted]) -> list[Task]:
        """Return mutants with the tests that may notice them."""
        whole: dict[str, tuple[str, ...]] = {}
        found = []
        for source, mutant in planted:
            live = self._live(source, mutant)
            if live:
                tests = self._fastest(self._coverage.running(source.name, *mutant.lines), NEAR)
            else:
                if source.name not in whole:
                    whole[source.name] = self._whole(source.name)
                tests = whole[source.name]
            found.append(Task(source, mutant, tests, live=live))
        return found

    def verdicts(self, tasks: Sequence[Task], *, fresh: bool) -> dict[str, Verdict]:
        """Return the verdict of each task by its key."""
        known = Known(self._root / "var" / "mutants" / "verdicts.jsonl", self._coverage)
        found = {task.key: former for task in tasks if not fresh and (former := known.of(task))}
        for task, outcome in self._tried([task for task in tasks if task.key not in found]):
            found[task.key] = task.verdict(outcome.fate, outcome.killer)
            known.keep(task, found[task.key])
        return found

    def _tried(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome]]:
        yield from ((task, Outcome(UNTESTED)) for task in tasks if not task.tests)
        tested = [task for task in tasks if task.tests]
        if not tested:
            return
        self._preload()
        live = [task for task in tested if task.live]
        yield from _told(in_live_functions, self._piles(live), self._jobs)
        yield from _told(afresh, self._modulewise([task for task in tested if not task.live]), self._jobs)

    def _live(self, source: Source, mutant: Mutant) -> bool:
        """Whether a mutant changes only what runs when it is called, and nothing called it on import."""
        if not mutant.called or "" in self._coverage.running(source.name, *mutant.lines):
            return False
        return swappable(source.code, compiled(source.replaced(*mutant.edit), source.path))

    def _whole(self, name: str) -> tuple[str, ...]:
        """Return the tests of a module that is imported afresh: what runs it, what runs its importers."""
        near = self._coverage.running(name) | self._standing_by(name)
        far = {test for after in self._after[name] for test in self._coverage.running(after)} - near
        chosen = self._fastest(near, NEAR) + self._fastest(far, FAR)
        files = Counter(test.partition("::")[0] for test in chosen)
        kept = {*self._first(name), *(file for file, _ in files.most_common(LATER))}
        return tuple(test for test in chosen if test.partition("::")[0] in kept)

    def _standing_by(self, name: str) -> set[str]:
        """Return the tests beside an import of a module: who looks at tables alone runs none of its lines."""
        seconds = self._coverage.seconds
        beside = {
            str(self._files[each].relative_to(self._root))
            for each in self._importers[name]
            if each in self._files
        }
        return {test for test in seconds if test.partition("::")[0] in beside}

    def _fastest(self, tests: Iterable[str], within: float) -> tuple[str, ...]:
        seconds = self._coverage.seconds
        ordered = sorted((test for test in tests if test in seconds), key=lambda test: (seconds[test], test))
        spent = accumulate(seconds[test] for test in ordered)
        return tuple(test for test, most in zip(ordered, spent, strict=True) if most <= within)

    def _first(self, name: str) -> tuple[str, ...]:
        """Return the test files that run most lines of a module, or that import it."""
        lines = self._coverage.breadth(name)
        beside = {test.partition("::")[0] for test in self._standing_by(name)}
        found = sorted(lines, key=lambda file: (-lines[file], file not in beside))
        return tuple(file for file in found if lines[file] or file in beside)[:FIRST]

    def _piles(self, tasks: Sequence[Task]) -> list[Pile]:
        """Return a pile for each process, whole modules side by side."""
        ours = {task.source.name for task in tasks}
        after = ours.union(*(self._after[name] for name in ours)) if ours else set()
        parts = [tasks[place :: self._jobs] for place in range(self._jobs)]
        return [
            Pile(self._plan, self._coverage, tuple(part), neutral=self._neutral(after))
            for part in parts
            if part
        ]

    def _modulewise(self, tasks: Sequence[Task]) -> list[Pile]:
        piles: defaultdict[str, list[Task]] = defaultdict(list)
        for task in tasks:
            piles[task.source.name].append(task)
        return [
            Pile(
                self._plan,
                self._coverage,
                tuple(pile),
                neutral=self._neutral({name, *self._after[name]}),
                first=self._first(name) or (pile[0].tests[0].partition("::")[0],),
            )
            for name, pile in piles.items()
        ]

    def _neutral(self, after: Iterable[str]) -> tuple[str, ...]:
        """Return what may be loaded before the modules: whatever doesn't import them."""
        apart = set(after)
        ours = (name for name in sorted(self._coverage.loaded) if name in self._files)
        return tuple(name for name in ours if name not in apart and "tests" not in name.split("."))

    def _preload(self) -> None:
        """Import once for all forks what isn't ours."""
        ours = {name.partition(".")[0] for name in self._files}
        for name in sorted(self._coverage.loaded):
            if name.partition(".")[0] not in ours | APART:
                with suppress(Exception):
                    importlib.import_module(name)


def _told(work: Work, piles: Sequence[Pile], jobs: int) -> Iterator[tuple[Task, Outcome]]:
    """Work the piles off in processes, so many at a time, and yield what they tell as they tell it."""
    waiting, open_ = list(piles)[::-1], {}
    while waiting or open_:
        while waiting and len(open_) < jobs:
            reading, process = _started(work, pile := waiting.pop())
            open_[reading] = (process, pile, [])
        for reading in wait(list(open_)):
            process, pile, told = open_[reading]
            try:
                number, outcome = reading.recv()
            except EOFError:
                process.join()
                del open_[reading]
                if len(told) < len(pile.tasks):
                    names = sorted({task.source.name for task in pile.tasks})
                    raise RuntimeError(f"tests fail without a mutant: {', '.join(names[:3])}") from None
                continue
            told.append(number)
            yield pile.tasks[number], outcome


def _started(work: Work, pile: Pile) -> tuple[Connection, multiprocessing.process.BaseProcess]:
    reading, writing = FORK.Pipe(duplex=False)
    numbers = {task.key: number for number, task in enumerate(pile.tasks)}

    def tell(task: Task, outcome: Outcome) -> None:
        writing.send((numbers[task.key], outcome))

    process = FORK.Process(target=work, args=(pile, tell))
    process.start()
    writing.close()
    return reading, process


def _modules(plan: Plan, files: dict[str, Path]) -> list[str]:
    return [name for wanted in plan.modules for name in _matching(wanted, files)]


def _matching(wanted: str, files: dict[str, Path]) -> list[str]:
    found = [name for name in files if name == wanted or name.startswith(f"{wanted}.")]
    if not found:
        raise SystemExit(f"no module {wanted}")
    return [name for name in found if _says_something(files[name])]


def _says_something(path: Path) -> bool:
    return path.name != "__init__.py" or path.read_bytes().count(b"\n") > 1
