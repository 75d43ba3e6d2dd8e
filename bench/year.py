"""A year of one grid, invented: who is really there, what the office records of it, which numbers still ring.

What the page shows is decided by the real policy (contact_choice, pinging); everything else here is chance.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from bench.habits import Habits
from feedback.contacts.rules import CallableNumber, choose, holds_until, verified
from feedback.duty.rules import DutyRow, live_duty
from feedback.reach import rules as pinging
from huying.base.clock import LOCAL

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
END = BEGIN + YEAR
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WORKING = (time(8), time(20))
OFFICE = CallableNumber("居委会", "institution", "+99921000001", "landline", verified_at=BEGIN)
CITY = CallableNumber("市民热线", "institution", "12345", "landline")


@dataclass(frozen=True, slots=True)
class Truth:
    """Who is really on duty from an instant on (None: nobody), until the next."""

    at: datetime
    worker: int | None


@dataclass(slots=True)
class Phone:
    """A worker's number: last proven, when it dies, failed, doubted, asked, and when the office mends it."""

    proven_at: datetime
    dies_at: datetime
    mended_at: datetime | None = None
    failed_at: datetime | None = None
    doubted_at: datetime | None = None
    asked: list[datetime] = field(default_factory=list)

    def known(self, worker: int) -> CallableNumber:
        """Return what the system knows of it."""
        return CallableNumber(
            str(worker),
            "worker",
            f"+9991{worker:08d}",
            "mobile",
            verified_at=self.proven_at,
            failed_at=self.failed_at,
            suspected_at=self.doubted_at,
            hours=WORKING,
        )


@dataclass(slots=True)
class Year:
    """Minutes of one grid-year by what the page showed, and what a printed number would have shown."""

    not_by_register: float = 0.0
    past_validity: float = 0.0
    not_really_there: float = 0.0
    dead_number: float = 0.0
    vacant: float = 0.0
    stale: float = 0.0
    printed_not_there: float = 0.0
    printed_dead: float = 0.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """A duty row and when the office entered it, or closed it."""

    row: DutyRow
    known_from: datetime
    known_to: datetime | None = None


class Grid:
    """One grid through a year of chance."""

    def __init__(self, seed: int, habits: Habits) -> None:
        self.chance, self.habits = random.Random(seed), habits  # noqa: S311 - a repeatable year
        self.records: list[Recorded] = []
        self.truth: list[Truth] = []
        self.phones: dict[int, Phone] = {}
        self.left: dict[int, datetime] = {}
        self.first_death: dict[int, datetime] = {}
        self._staff()
        self._leaves()
        self.truth.sort(key=lambda each: each.at)

    def live_through(self) -> Year:
        """Step from change to change; between two, nothing on the page or in the street changes."""
        year, now = Year(), BEGIN
        steps = self._steps()
        upcoming = next(steps)
        while now < END:
            while upcoming <= now:
                upcoming = next(steps)
            self._mend(now)
            self._ask(now)
            answer, until = self._page(now)
            end = min(filter(None, (until, upcoming, self._next_ping(now), self._next_mended(now), END)))
            self._count(year, answer, now, (end - now) / timedelta(minutes=1))
            now = end
        return year

    def _staff(self) -> None:
        """Workers follow each other; an office enters some leavings late, and sometimes finds nobody."""
        worker, start = 0, BEGIN - DAY
        while start < END:
            stays = timedelta(days=self.chance.expovariate(self.habits.turnover / 365))
            leaves = start + stays
            self._hire(worker, start)
            self.truth.append(Truth(start, worker))
            entered = leaves
            if self.chance.random() < self.habits.office_forgets:
                entered += DAY * self.chance.expovariate(1 / self.habits.remembered_after_days)
            gap = timedelta()
            if self.chance.random() < self.habits.vacant_after_leaving:
                gap = DAY * self.chance.expovariate(1 / self.habits.vacant_days)
                self.truth.append(Truth(leaves, None))
            open_row = DutyRow("G", str(worker), 0, start)
            self.records.append(Recorded(open_row, start, entered))
            self.records.append(Recorded(replace(open_row, valid_to=leaves), entered))
            self.left[worker] = leaves
            worker, start = worker + 1, max(leaves + gap, entered)
            if start > leaves + gap:
                self.truth.append(Truth(leaves, None))

    def _hire(self, worker: int, at: datetime) -> None:
        self.phones[worker] = Phone(at, self._death(at))
        self.first_death[worker] = self.phones[worker].dies_at

    def _death(self, at: datetime) -> datetime:
        return at + timedelta(days=self.chance.expovariate(self.habits.dying_numbers / 365))

    def _leaves(self) -> None:
        """Holidays, some without a cover, and swaps of a shift."""
        for count, mean, layer in (
            (self.habits.leaves, self.habits.leave_days * DAY, 1),
            (self.habits.swaps, 8 * HOUR, 2),
        ):
            at = BEGIN
            while (at := at + DAY * self.chance.expovariate(count / 365)) < END:
                end = at + mean * self.chance.uniform(0.5, 1.5)
                holder = self._really(at)
                if holder is None or self._really(end) != holder:
                    continue
                planned = layer == 2 or self.chance.random() < self.habits.cover_planned
                stand_in = 1000 + len(self.phones) if planned else None
                if stand_in is not None:
                    self._hire(stand_in, at - DAY)
                    self.left[stand_in] = END
                    row = DutyRow("G", str(stand_in), layer, at, end)
                    self.records.append(Recorded(row, at - DAY))
                self.truth += [Truth(at, stand_in), Truth(end, holder)]
                self.truth.sort(key=lambda each: each.at)
                at = end

    def _really(self, at: datetime) -> int | None:
        past = [each for each in self.truth if each.at <= at]
        return max(past, key=lambda each: each.at).worker if past else None

    def _steps(self) -> Iterator[datetime]:
        """Yield every instant at which the street, the records or a number changes, in order."""
        marks = {each.at for each in self.truth}
        for record in self.records:
            marks |= {record.known_from, *([record.known_to] if record.known_to else [])}
        marks |= {phone.dies_at for phone in self.phones.values()}
        yield from sorted(mark for mark in marks if BEGIN < mark < END)
        while True:
            yield END + DAY

    def _register(self, now: datetime) -> list[DutyRow]:
        known = [r for r in self.records if r.known_from <= now and (r.known_to is None or now < r.known_to)]
        return [record.row for record in known]

    def _page(self, now: datetime) -> tuple[tuple[str | None, CallableNumber | None, str], datetime | None]:
        rows = self._register(now)
        row = live_duty(rows, at=now)
        numbers = [self.phones[int(row.worker)].known(int(row.worker))] if row else []
        office = replace(OFFICE, verified_at=now)
        answer = choose(
            duty=rows,
            numbers_by_worker={row.worker: numbers} if row else {},
            institution_chain=[office, CITY],
            at=now,
            timezone=LOCAL,
        )
        shown = answer.number if answer.personal else None
        until = holds_until(duty=rows, numbers=numbers, at=now, timezone=LOCAL)
        return (answer.worker if shown else None, shown, answer.state), until

    def _next_ping(self, now: datetime) -> datetime | None:
        due = (self._due(worker, now) for worker in self._on_register(now))
        return min((each for each in due if each is not None and each > now), default=None)

    def _on_register(self, now: datetime) -> set[int]:
        return {int(row.worker) for row in self._register(now) if row.valid_to is None or row.valid_to > now}

    def _due(self, worker: int, now: datetime) -> datetime | None:
        phone = self.phones[worker]
        if phone.failed_at is not None and phone.failed_at >= phone.proven_at:
            return None
        return pinging.due_at(
            str(worker),
            proven_at=phone.proven_at,
            asked=phone.asked,
            suspected_at=phone.doubted_at,
            now=now,
            timezone=LOCAL,
        )

    def _ask(self, now: datetime) -> None:
        """Ask what is due: a dead number fails, a leaver says no or nothing, the others mostly yes."""
        for worker in self._on_register(now):
            due, phone = self._due(worker, now), self.phones[worker]
            if due is None or due > now:
                continue
            phone.asked.append(now)
            gone = now >= self.left.get(worker, END)
            if now >= phone.dies_at or (gone and self.chance.random() < self.habits.leaver_says_no):
                phone.failed_at = now
            elif not gone and self.chance.random() < self.habits.answers_ping:
                phone.proven_at, phone.doubted_at, phone.asked = now, None, []
            if phone.failed_at == now or len(phone.asked) >= pinging.MOST_ASKED:
                phone.mended_at = now + DAY * self.chance.expovariate(1 / self.habits.mended_days)

    def _mend(self, now: datetime) -> None:
        """The office has called, or stored a new number for a dead one; a leaver stays unproven."""
        for worker, phone in self.phones.items():
            if phone.mended_at is not None and phone.mended_at <= now:
                phone.mended_at = None
                if now < self.left.get(worker, END):
                    if now >= phone.dies_at:
                        phone.dies_at = self._death(now)
                    phone.proven_at, phone.failed_at, phone.doubted_at, phone.asked = now, None, None, []

    def _next_mended(self, now: datetime) -> datetime | None:
        waiting = (phone.mended_at for phone in self.phones.values())
        return min((at for at in waiting if at is not None and at > now), default=None)

    def _count(
        self, year: Year, shown: tuple[str | None, CallableNumber | None, str], now: datetime, minutes: float
    ) -> None:
        worker, number, state = shown
        rows = self._register(now)
        on_register = live_duty(rows, at=now)
        really = self._really(now)
        year.vacant += minutes if on_register is None else 0.0
        year.stale += minutes if state == "stale" else 0.0
        self._printed(year, really, now, minutes)
        if worker is None or number is None:
            return
        phone = self.phones[int(worker)]
        year.not_by_register += 0.0 if on_register and on_register.worker == worker else minutes
        year.past_validity += 0.0 if verified(number, at=now) else minutes
        year.not_really_there += 0.0 if really == int(worker) else minutes
        dead = now >= phone.dies_at
        year.dead_number += minutes if dead else 0.0
        if dead and phone.doubted_at is None and self._doubted(minutes):
            phone.doubted_at = now

    def _doubted(self, minutes: float) -> bool:
        """Tell whether somebody scans, reaches nobody and says so within this time."""
        rate = self.habits.scans_a_day * self.habits.doubt_is_said / (24 * 60)
        return self.chance.random() < 1 - (1 - rate) ** minutes

    def _printed(self, year: Year, really: int | None, now: datetime, minutes: float) -> None:
        """Count what a poster with the holder's number printed on it would have done to a caller."""
        printed = self._on_paper(now)
        died = self.first_death[printed]
        dead = died <= now < died + self.habits.reprint_days * DAY
        year.printed_dead += minutes if dead else 0.0
        year.printed_not_there += minutes if really != printed else 0.0

    def _on_paper(self, now: datetime) -> int:
        """Return whose number the printed poster carries: who held the grid a reprint ago."""
        before = now - self.habits.reprint_days * DAY
        held = [int(r.row.worker) for r in self.records if r.row.layer == 0 and r.row.valid_from <= before]
        return max(held, default=0)
