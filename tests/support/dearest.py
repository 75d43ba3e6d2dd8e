"""Says at the end of a run which tests cost most CPU, all they start included, and which worker waited."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

SHOWN = 10
TICKS = os.sysconf("SC_CLK_TCK")


def _children(process: int) -> Iterator[int]:
    # What tests start is started by its parent's first thread: asking all threads costs more than some tests.
    with suppress(OSError), Path(f"/proc/{process}/task/{process}/children").open("rb") as listed:
        yield from map(int, listed.read().split())


def _spent_below(process: int) -> float:
    # A living child's time isn't in os.times() before somebody has waited for it.
    total = 0.0
    for child in _children(process):
        with suppress(OSError), Path(f"/proc/{child}/stat").open("rb") as told:
            times = told.read().rpartition(b")")[2].split()[11:15]
            total += sum(map(int, times)) / TICKS + _spent_below(child)
    return total


def cpu_seconds() -> float:
    """Return the CPU time of this process and of all below it, ended or (where /proc says so) alive."""
    return sum(os.times()[:4]) + _spent_below(os.getpid())


class Dearest:
    """Measures each test where it runs and gathers the costs where the run is reported."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.begun: float | None = None
        self.costs: dict[str, float] = {}
        self.workers = 0.0
        self.last: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if self.begun is None:
            self.begun = cpu_seconds()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "teardown":
            ended = cpu_seconds()
            report.user_properties.append(("cpu", ended - (self.begun or 0.0)))
            self.begun = ended
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if worker := getattr(report, "worker_id", ""):
            self.last[worker] = time.monotonic()
        for name, value in report.user_properties:
            if name == "cpu" and report.when == "teardown":
                self.costs[report.nodeid] = float(str(value))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["cpu"] = cpu_seconds()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.workers += getattr(node, "workeroutput", {}).get("cpu", 0.0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        ranked = sorted(self.costs.items(), key=lambda each: -each[1])
        if path := self.config.getoption("costs"):
            lines = (f"{cost:.3f}\t{test}\n" for test, cost in ranked)
            Path(path).write_text("".join(lines), encoding="utf-8")
        if len(ranked) <= SHOWN:
            return
        own = sum(os.times()[:2]) if self.workers else cpu_seconds()
        terminalreporter.section(f"{len(ranked)} tests, {self.workers + own:.0f} s of CPU; the dearest")
        for test, cost in ranked[:SHOWN]:
            terminalreporter.write_line(f"{cost:8.2f} s  {test}")
        for worker, moment in sorted(self.last.items()):
            waited = max(self.last.values()) - moment
            terminalreporter.write_line(f"{worker} was without a test for the last {waited:.1f} s")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--costs", metavar="FILE", help="write the CPU seconds of every test to FILE")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Dearest(config), "dearest-tests")
