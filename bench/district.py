"""A quarter of an invented district through the real operations and a real database; exit 1 where it fails.

python -m bench.district [--grids 40] [--cases 2000] [--days 90] [--minutes 60] [--seed 1] [--postgresql]
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bench.contest import machine
from bench.quarter.audit import Audit, figures
from bench.quarter.carrier import Post
from bench.quarter.habits import DistrictHabits
from bench.quarter.layout import build
from bench.quarter.residents import Residents
from bench.quarter.roster import Roster
from bench.quarter.staff import Staff
from feedback.models import db
from feedback.side import SIDE
from huying.base import clock, settings
from huying.base.channels import Channels, Sms
from huying.side.worker import BackgroundWorker
from huying.store import installation as places
from huying.store.installation import Installation
from tests.huying.messaging.providers import KEY, Gateway
from tests.support import postgres

BEGIN = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
UNUSED = frozenset({"print"})
"""Tasks that start processes of their own."""
SHOWN = 20
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
"""A folder in memory: what is measured is the program, not the disk."""


@dataclass
class Time:
    """The clock of the district, and what is going to happen, in order."""

    now: datetime
    waiting: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def later(self, at: datetime, act: Callable[[datetime], None]) -> None:
        """Put something off until its hour."""
        heapq.heappush(self.waiting, (max(at, self.now), next(self.numbers), act))

    def until(self, moment: datetime) -> None:
        """Let everything happen that happens before `moment`."""
        while self.waiting and self.waiting[0][0] < moment:
            self.now, _number, act = heapq.heappop(self.waiting)
            act(self.now)
        self.now = moment


@dataclass(frozen=True)
class Options:
    """How large the district is, and how long its story."""

    grids: int = 40
    cases: int = 2000
    days: int = 90
    minutes: int = 60
    seed: int = 1


class District:
    """A district with everybody in it."""

    def __init__(self, here: Installation, gateway: Gateway, time_: Time, options: Options) -> None:
        self.here, self.time, self.options = here, time_, options
        self.chance, habits = random.Random(options.seed), DistrictHabits()  # noqa: S311 - a repeatable quarter
        with here.database.transaction() as session:
            layout = build(session, grids=options.grids, chance=self.chance, vault=here.vault, now=time_.now)
        self.post = Post(gateway, here, chance=self.chance, habits=habits)
        self.staff = Staff(here, layout, habits, self.chance)
        means = (here, layout, habits, self.chance)
        self.residents = Residents(*means, self.post, time_.later, self.staff.attempt)
        self.roster = Roster(*means, time_.later, self.staff.attempt)
        tasks = [task for task in SIDE.tasks if task.name not in UNUSED]
        self.worker = BackgroundWorker(here, tasks, tell=lambda _said: None)
        self.audit = Audit()
        self.figures: list[tuple[str, str]] = []

    def live(self) -> None:
        """Go through the quarter, a step of the clock after the other."""
        begin, step = self.time.now, timedelta(minutes=self.options.minutes)
        self.roster.plan(begin, self.options.days)
        for number in range(self.options.cases):
            at = begin + DAY * self.options.days * self.chance.random()
            self.time.later(at, lambda when, number=number: self.residents.come(number, when))  # type: ignore[misc]
        for turn in range(1, int(DAY * self.options.days / step) + 1):
            self.time.until(begin + turn * step)
            self._step(self.time.now, daily=turn % int(DAY / step) == 0)
        with self.here.database.reading() as session:
            self.audit.at_the_end(session, self.time.now)

    def _step(self, now: datetime, *, daily: bool) -> None:
        self.post.be_moody()
        if not self.worker.round():
            self.audit.faults.append(f"{now:%m-%d %H:%M} work failed: {sorted(self.worker.failed)}")
        self.post.hand_out(self.time.later, self.residents.read, now=now)
        if now.minute == 0:
            self.staff.hour(now)
            self.residents.look(now)
        if daily:
            print(f"{now:%m-%d}: {len(self.faults())} faults", file=sys.stderr, flush=True)
            self.roster.day(now)
        with self.here.database.reading() as session:
            self.audit.hour(session, now, census=daily)

    def faults(self) -> list[str]:
        """Return everything that must not be."""
        twice = [f"told twice: {each}" for each in self.post.twice]
        stopped = [f"told though stopped: {each}" for each in self.post.to_stopped]
        return [*self.audit.faults, *twice, *stopped]


def run(options: Options, *, url: str = "") -> District:
    """Let a quarter pass and return the district at its end, its database closed."""
    time_, usual = Time(BEGIN), clock.now
    gateway = Gateway()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder, gateway.serving():
        clock.now = lambda: time_.now
        try:
            with places.opened(_settings(Path(folder), gateway, url), package="feedback", db=db) as here:
                district = District(here, gateway, time_, options)
                district.live()
                with here.database.reading() as session:
                    district.figures = figures(session)
        finally:
            clock.now = usual
    return district


def main() -> int:
    """Run the quarter and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in vars(Options()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--postgresql", action="store_true")
    given = vars(parser.parse_args())
    with _database(own=given.pop("postgresql")) as url:
        began = time.process_time()
        district = run(Options(**given), url=url)
        took = time.process_time() - began
    _print(district, took=took)
    faults = district.faults()
    for fault in faults[:SHOWN]:
        print(f"FAULT {fault}", file=sys.stderr)
    return 1 if faults else 0


def _print(district: District, *, took: float) -> None:
    options, roster = district.options, district.roster
    print(
        f"{machine()}; {options.days} days, {options.grids} grids, seed {options.seed}, {took:,.0f} CPU s\n"
    )
    print("| what | how many |\n|---|---|")
    print(f"| hours looked at | {district.audit.hours:,} |")
    print(f"| cases without a desk, summed over those hours | {district.audit.without_desk:,} |")
    print(f"| faults of any kind | {len(district.faults()):,} |")
    print(f"| workers retired, replaced; covers | {roster.retired}, {roster.replaced}; {roster.covers} |")
    for name, value in district.figures:
        print(f"| {name} | {value} |")
    print(
        f"| reached twice, or though stopped | {len(district.post.twice)}, {len(district.post.to_stopped)} |"
    )
    print(f"| forged events refused | {district.post.forged:,} |\n")
    for why, times in sorted(district.staff.refused.items(), key=lambda each: -each[1])[:SHOWN]:
        print(f"- refused {times}×: {why}")


def _settings(data: Path, gateway: Gateway, url: str) -> settings.Settings:
    loaded = settings.load("public", "HUYING_PUBLIC", {"HUYING_DATA": str(data)})
    sms = Sms("http", KEY, gateway.carrier.address, templates={"rating": "SMS_1"})  # type: ignore[attr-defined]
    return replace(
        loaded,
        base_url="https://hy.example.cn",
        channels=Channels(sms),
        allowed_numbers="invented",
        database_url=url or loaded.database_url,
    )


@contextmanager
def _database(*, own: bool) -> Iterator[str]:
    if not own:
        yield ""
        return
    with postgres.cluster() as cluster:
        yield cluster.url(cluster.create("huying_public"), "huying_public")


if __name__ == "__main__":
    sys.exit(main())
