"""Workers come and go: leave, swaps, emergencies; a quarter of them retires within a year and is replaced."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.quarter.carrier import Later
from bench.quarter.habits import DistrictHabits
from bench.quarter.layout import Layout, hire
from bench.quarter.residents import Attempt
from feedback.duty import queries as duty
from feedback.duty.rules import EMERGENCY, Assignment
from feedback.models import ACCOUNTS, Account
from feedback.roster.operations import leave, posts, retirement, swaps
from feedback.roster.rules.weeks import LeaveRequest, SwapRequest
from huying.accounts import people
from huying.base import clock
from huying.store.installation import Installation

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass
class Roster:
    """The office that plans duty."""

    here: Installation
    layout: Layout
    habits: DistrictHabits
    chance: random.Random
    later: Later
    attempt: Attempt
    retired: int = 0
    replaced: int = 0
    covers: int = 0

    def plan(self, begin: datetime, days: int) -> None:
        """Draw when workers retire, and when two departments are without anybody."""
        mean = 365 / self.habits.turnover_a_year
        for code in list(self.layout.workers):
            leaves = self.chance.expovariate(1 / mean)
            if leaves < days:
                self.later(begin + DAY * leaves, self._retires(code))
        for login in ("urban", "leader1"):
            away = begin + DAY * self.chance.uniform(5, days * 0.6)
            self.later(away, self._account(login, active=False))
            self.later(away + DAY * 4, self._account(login, active=True))

    def day(self, now: datetime) -> None:
        """Plan leave on Mondays, swaps and emergencies on any day."""
        monday = clock.local(now).weekday() == 0
        for code, grid in list(self.layout.workers.items()):
            other = self.chance.choice(sorted(self.layout.workers))
            if monday and self.chance.random() < self.habits.leave_a_week:
                first = clock.local(now).date() + timedelta(days=self.chance.randrange(1, 6))
                last = first + timedelta(days=self.chance.randrange(1, 9))
                wish = LeaveRequest(code, other, first, last)
                self._cover("leave", lambda s, wish=wish: leave.grant(s, wish, by="office", now=now))  # type: ignore[misc]
            if monday and self.chance.random() < self.habits.swap_a_week:
                self._swap(code, grid, other, now=now)
            if self.chance.random() < self.habits.emergency_cover_a_day / 5:
                cover = Assignment(grid, other, EMERGENCY, now, now + HOUR * self.chance.randrange(2, 40))
                self._cover("emergency", lambda s, it=cover: posts.assign(s, it, by="office", now=now))  # type: ignore[misc]

    def _cover(self, what: str, act: Callable[[Session], object]) -> None:
        self.covers += self.attempt(what, act)

    def _swap(self, code: str, grid: str, other: str, *, now: datetime) -> None:
        start = now + HOUR * self.chance.randrange(2, 60)
        wish = SwapRequest(grid, other, start, start + HOUR * 8)

        def swap(session: Session) -> None:
            asked = swaps.offer(session, wish, from_worker=code, now=now)
            swaps.settle(session, asked.id, worker_code=other, agreed=True, now=now)

        self._cover("swap", swap)

    def _retires(self, code: str) -> Callable[[datetime], None]:
        def retire(now: datetime) -> None:
            grids = self._held(code)
            if not self.attempt("retire", lambda s: retirement.retire(s, code, by="office", now=now)):
                return
            self.retired += 1
            self.layout.workers.pop(code)
            for grid in grids:
                wait = DAY * self.chance.uniform(0, 2 * self.habits.replaced_within_days)
                self.later(now + wait, self._replaces(grid))

        return retire

    def _held(self, code: str) -> list[str]:
        with self.here.database.reading() as session:
            rows = [row for grid in self.layout.grids for row in duty.rows(session, grid)]
            return sorted({row.grid_code for row in rows if row.worker_code == code and row.valid_to is None})

    def _replaces(self, grid: str) -> Callable[[datetime], None]:
        def replace(now: datetime) -> None:
            vault = self.here.vault
            done = self.attempt("hire", lambda s: hire(s, self.layout, grid, vault=vault, now=now, since=now))
            self.replaced += done

        return replace

    def _account(self, login: str, *, active: bool) -> Callable[[datetime], None]:
        def switch(session: Session) -> None:
            account = session.scalars(select(Account).where(Account.login == login)).one()
            people.set_active(session, ACCOUNTS, account, active=active)

        return lambda _now: (self.attempt("account", switch), None)[1]
