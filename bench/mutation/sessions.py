"""Two ways to plant a fault: into live functions after all tests are collected, or before an import."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FunctionType

import pytest

from bench.mutation.covering import Coverage, Plan
from bench.mutation.judging import Choice, Judge, Outcome, ended, warm
from bench.mutation.loading import live_functions, serve, swap
from bench.mutation.quiet import QUIET, silence, use_profile
from bench.mutation.source import compiled
from bench.mutation.verdicts import Task

Tell = Callable[[Task, Outcome], None]


@dataclass(frozen=True)
class Pile:
    """Tasks for one process, and what it may load before it forks."""

    plan: Plan
    coverage: Coverage
    tasks: tuple[Task, ...]
    neutral: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    """Test files to begin with where a module is imported afresh."""

    @property
    def files(self) -> list[str]:
        """The test files of all tasks."""
        return sorted({test.partition("::")[0] for task in self.tasks for test in task.tests})


def in_live_functions(pile: Pile, tell: Tell) -> None:
    """Collect all tests once, then fork for each mutant."""
    _prepare(pile.neutral)
    choice = Choice(pile.plan)
    live = _Live(choice, Judge(choice, pile.coverage.seconds, patience=5.0), pile.tasks, tell)
    _ended(choice, pytest.main(["-x", *QUIET, *pile.files], plugins=[choice, live]))


def afresh(pile: Pile, tell: Tell) -> None:
    """Fork for each mutant of one module before it is imported; try a few files first, then the others."""
    _prepare(pile.neutral)
    warm()
    choice = Choice(pile.plan)
    early = _Afresh(choice, Judge(choice, pile.coverage.seconds, patience=30.0), pile.tasks, tell)
    code = pytest.main(["-x", *QUIET, *pile.first], plugins=[choice, early])
    later = sorted({test.partition("::")[0] for test in choice.keep(lambda file: file not in pile.first)})
    if choice.forked and later and code in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        code = pytest.main(["-x", *QUIET, *later], plugins=[choice])
    _ended(choice, code)


def _ended(choice: Choice, code: int) -> None:
    if choice.forked:
        ended(code)


def _prepare(modules: Iterable[str]) -> None:
    use_profile()
    silence()
    for name in modules:
        with suppress(ImportError):
            importlib.import_module(name)


class _Live:
    """A pytest plugin that forks once all tests are collected."""

    def __init__(self, choice: Choice, judge: Judge, tasks: Sequence[Task], tell: Tell) -> None:
        self._choice, self._judge, self._tasks, self._tell = choice, judge, tasks, tell
        self._sources = {task.source.name: task.source for task in tasks}
        self._codes = {name: compiled(each.text, each.path) for name, each in self._sources.items()}
        self._functions: dict[int, list[FunctionType]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self) -> None:
        for name, source in self._sources.items():
            serve(source, self._codes[name])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed:
            return None
        self._functions = live_functions(self._sources.values())
        warm()
        for task in self._tasks:
            outcome = self._judge.outcome(task, self._plant)
            if outcome is None:
                self._choice.arrange(session.items)
                return None
            self._tell(task, outcome)
        return True

    def _plant(self, task: Task) -> None:
        changed = compiled(task.source.replaced(*task.mutant.edit), task.source.path)
        swap(self._codes[task.source.name], changed, self._functions)


class _Afresh:
    """A pytest plugin that forks before any of ours is imported that imports the module."""

    def __init__(self, choice: Choice, judge: Judge, tasks: Sequence[Task], tell: Tell) -> None:
        self._choice, self._judge, self._tasks, self._tell = choice, judge, tasks, tell

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self) -> None:
        if self._choice.forked:
            return
        for task in self._tasks:
            outcome = self._judge.outcome(task, _served)
            if outcome is None:
                return
            self._tell(task, outcome)
        ended(pytest.ExitCode.OK)


def _served(task: Task) -> None:
    serve(task.source, compiled(task.source.replaced(*task.mutant.edit), task.source.path))
