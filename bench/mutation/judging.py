"""Each mutant in a forked process of its own: pytest is started once a module, and stopped at two forks."""

from __future__ import annotations

import gc
import importlib
import os
import resource
import signal
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import CodeType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.mutation.covering import Coverage, Plan, test_name
from bench.mutation.loading import live_functions, serve, swap, swappable
from bench.mutation.planting import Mutant, mutants
from bench.mutation.quiet import QUIET, silence, use_profile
from bench.mutation.source import Source, compiled

PATIENCE = 5.0
"""CPU seconds that a mutant may take beyond ten times what its tests took when they were measured."""
WAITING = 120.0
"""Seconds after which a mutant that only waits is given up."""
MEMORY = 4 << 30
SURVIVED, KILLED, TIMED_OUT, UNTESTED = "survived", "killed", "timed out", "untested"


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant."""

    mutant: Mutant
    fate: str


@dataclass(frozen=True)
class Case:
    """One module with what is known of it before its mutants are tried."""

    plan: Plan
    source: Source
    coverage: Coverage
    near: tuple[str, ...]
    """Tests that run a line of the module, the fastest first."""
    far: tuple[str, ...]
    """Tests that run a line of something that imports it."""
    neutral: tuple[str, ...]
    """Modules that don't import it, which may be loaded before it."""

    def running(self, mutant: Mutant) -> tuple[str, ...]:
        """Return the tests that run the lines of a mutant, in the order in which to ask them."""
        running = self.coverage.running(self.source.path, *mutant.lines)
        return tuple(test for test in self.near if test in running)


def judge(case: Case) -> list[Verdict]:
    """Return the fate of every mutant of a module; run it in a process of its own."""
    planted = mutants(case.source)
    files = dict.fromkeys(test.partition("::")[0] for test in case.near + case.far)
    if not planted or not files:
        return [Verdict(mutant, UNTESTED) for mutant in planted]
    _prepare(case.neutral)
    judging = _Judging(case, planted)
    try:
        code = pytest.main(["-x", *QUIET, *files], plugins=[judging])
    finally:
        if judging.trying is not None:  # a fork that didn't come as far as its tests
            os._exit(1)
    unchanged, *verdicts = judging.verdicts
    if code or unchanged.fate != SURVIVED:
        raise RuntimeError(f"the tests of {case.source.name} fail without a mutant")
    return verdicts


def _prepare(modules: Iterable[str]) -> None:
    use_profile()
    silence()
    for name in modules:
        with suppress(ImportError):
            importlib.import_module(name)


class _Judging:
    """A pytest plugin that forks twice: before anything is imported, and once all tests are collected."""

    def __init__(self, case: Case, planted: Sequence[Mutant]) -> None:
        self._case = case
        self._code = compiled(case.source.text, case.source.path)
        self._live = [mutant for mutant in planted if self._swappable(mutant)]
        unchanged = replace(planted[0], edit=(0, 0, b""))
        self._reimported = [unchanged, *(mutant for mutant in planted if mutant not in self._live)]
        self._order: dict[str, int] = {}
        self.trying: Mutant | None = None
        self.verdicts: list[Verdict] = []

    def _swappable(self, mutant: Mutant) -> bool:
        """Whether a mutant changes only what runs when it is called, and nothing called it on import."""
        running = self._case.coverage.running(self._case.source.path, *mutant.lines)
        return mutant.called and "" not in running and swappable(self._code, self._compiled(mutant))

    def _compiled(self, mutant: Mutant) -> CodeType:
        return compiled(self._case.source.replaced(*mutant.edit), self._case.source.path)

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self) -> None:
        for mutant in self._reimported:
            if self._fork(mutant, tests=self._case.near + self._case.far):
                serve(self._case.source, self._compiled(mutant))
                return
        serve(self._case.source, self._code)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if self._case.plan.plain(item)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if self.trying is None and not session.testsfailed:
            functions = live_functions(self._case.source) if self._live else {}
            _warm()
            for mutant in self._live:
                if self._fork(mutant, tests=self._case.running(mutant)):
                    swap(self._code, self._compiled(mutant), functions)
                    break
            else:
                return True
        chosen = [item for item in session.items if test_name(item) in self._order]
        session.items = sorted(chosen, key=lambda item: self._order[test_name(item)])
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self.trying is not None:
            os._exit(0 if exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} else 1)

    def _fork(self, mutant: Mutant, *, tests: tuple[str, ...]) -> bool:
        """Return True in a new process that is to try the mutant, False once its fate is known."""
        if not tests:
            self.verdicts.append(Verdict(mutant, UNTESTED))
            return False
        if pid := os.fork():
            _, status = os.waitpid(pid, 0)
            self.verdicts.append(Verdict(mutant, _fate(status)))
            return False
        self.trying = mutant
        self._order = {test: place for place, test in enumerate(tests)}
        _limit(PATIENCE + 10 * sum(self._case.coverage.seconds[test] for test in tests))
        return True


def _fate(status: int) -> str:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGALRM, signal.SIGPROF}:
        return TIMED_OUT
    return SURVIVED if status == 0 else KILLED


def _limit(seconds: float) -> None:
    for timer, noise, most in (
        (signal.ITIMER_PROF, signal.SIGPROF, seconds),
        (signal.ITIMER_REAL, signal.SIGALRM, seconds + WAITING),
    ):
        signal.signal(noise, signal.SIG_DFL)
        signal.setitimer(timer, most)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def _warm() -> None:
    """Let Hypothesis read the sources once, not in every fork; then keep the heap out of collections."""

    @settings(max_examples=1)
    @given(st.integers())
    def draw(number: int) -> None:
        del number

    draw()
    gc.freeze()
