"""What every fork for a mutant does: chosen tests in their order, within limits, to the first that fails."""

from __future__ import annotations

import gc
import os
import resource
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.mutation.covering import Plan, test_name
from bench.mutation.verdicts import KILLED, SURVIVED, TIMED_OUT, UNTESTED, Task

WAITING = 120.0
"""Seconds after which a mutant that only waits is given up."""
MEMORY = 4 << 30


@dataclass(frozen=True)
class Outcome:
    """How a fork ended, and at which test."""

    fate: str
    killer: str = ""


class Choice:
    """A pytest plugin that runs chosen tests in their order and ends its process at the first that fails."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._order: dict[str, int] = {}
        self._told = -1

    @property
    def forked(self) -> bool:
        """Whether this process is a fork that tries something."""
        return self._told >= 0

    def choose(self, tests: Sequence[str], told: int) -> None:
        """Run these, and write the one that fails to a file descriptor."""
        self._order, self._told = {test: place for place, test in enumerate(tests)}, told

    def keep(self, file: Callable[[str], bool]) -> list[str]:
        """Return the chosen tests of some files."""
        return [test for test in self._order if file(test.partition("::")[0])]

    def arrange(self, items: list[pytest.Item]) -> None:
        """Leave what was chosen, in its order."""
        chosen = [item for item in items if test_name(item) in self._order]
        items[:] = sorted(chosen, key=lambda item: self._order[test_name(item)])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is no plain test."""
        items[:] = [item for item in items if self._plan.plain(item)]
        if self.forked:
            self.arrange(items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """End at once: what the test leaves behind is this process's alone."""
        if report.failed and self.forked:
            os.write(self._told, report.nodeid.partition("[")[0].encode())
            os._exit(1)


class Judge:
    """Forks for a task, and again without its fault for a test that kills for the first time."""

    def __init__(self, choice: Choice, seconds: Mapping[str, float], patience: float) -> None:
        self._choice, self._seconds, self._patience = choice, seconds, patience
        self._trusted: dict[str, bool] = {}
        self._kills: Counter[tuple[str, str]] = Counter()

    def outcome(self, task: Task, plant: Callable[[Task], None]) -> Outcome | None:
        """Return what became of a task; None in a fork, which has its fault planted and runs its tests."""
        while True:
            tests = self._ordered(task)
            if not tests:
                return Outcome(UNTESTED)
            found = self._fork(tests)
            if found is None:
                plant(task)
                return None
            if not found.killer or self._trusted.get(found.killer):
                break
            control = self._fork((found.killer,))
            if control is None:
                return None
            self._trusted[found.killer] = control.fate == SURVIVED
        self._kills[task.source.name, found.killer] += 1
        return found

    def _ordered(self, task: Task) -> tuple[str, ...]:
        """Return the task's tests, those first that have killed most in its module, then the fastest."""
        fit = (test for test in task.tests if self._trusted.get(test, True))
        name = task.source.name
        return tuple(sorted(fit, key=lambda test: (-self._kills[name, test], self._seconds[test])))

    def _fork(self, tests: Sequence[str]) -> Outcome | None:
        reading, writing = os.pipe()
        if pid := os.fork():
            os.close(writing)
            _, status = os.waitpid(pid, 0)
            killer = os.read(reading, 4096).decode()
            os.close(reading)
            return Outcome(_fate(status), killer)
        self._choice.choose(tests, writing)
        _limit(self._patience + 10 * sum(self._seconds[test] for test in tests))
        return None


def ended(code: int) -> None:
    """End a fork as its tests did."""
    os._exit(0 if code in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} else 1)


def _fate(status: int) -> str:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGALRM, signal.SIGPROF}:
        return TIMED_OUT
    return SURVIVED if status == 0 else KILLED


def _limit(seconds: float) -> None:
    for timer, noise, most in (
        (signal.ITIMER_PROF, signal.SIGPROF, seconds),
        (signal.ITIMER_REAL, signal.SIGALRM, 10 * seconds + WAITING),
    ):
        signal.signal(noise, signal.SIG_DFL)
        signal.setitimer(timer, most)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def warm() -> None:
    """Let Hypothesis read the sources once, not in every fork; then keep the heap out of collections."""

    @settings(max_examples=1)
    @given(st.integers())
    def draw(number: int) -> None:
        del number

    draw()
    gc.freeze()
