"""Cases that another system, the city's invented hotline, exported: most of a large city's cases."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.cases import MATTERS
from demo.city import City
from feedback.imports.operations import cases
from feedback.imports.operations.mapping import parse_mapping
from huying.base import clock
from huying.store.db import Database

MAPPING = parse_mapping(
    """
    source = "hotline"
    [columns]
    external_id = "工单号"
    opened = "登记时间"
    declared = "办结时间"
    department = "承办单位"
    category = "类别"
    grid = "网格"
    status = "状态"
    [time]
    format = "%Y-%m-%d %H:%M"
    zone = "Asia/Shanghai"
    [status]
    declared = ["已办结"]
    open = ["办理中"]
    [grids]
    unknown = "refuse"
    unassigned = ["未知"]
    [departments]
    unknown = "refuse"
    """
)
HEADINGS = tuple(MAPPING.columns.values())


@dataclass(frozen=True, slots=True)
class _Ticket:
    number: int
    opened: datetime
    declared: datetime
    department: str
    category: str
    grid: str

    def row(self, at: datetime) -> tuple[str, ...]:
        """Return the ticket as it stands at `at`."""
        over = self.declared <= at
        times = (self.opened, self.declared if over else None)
        opened, declared = (clock.local(time).strftime("%Y-%m-%d %H:%M") if time else "" for time in times)
        code = f"RX{self.number:06d}"
        return (
            code,
            opened,
            declared,
            self.department,
            self.category,
            self.grid,
            "已办结" if over else "办理中",
        )


class Hotline:
    """The hotline's tickets in the order of time; brought over moment by moment."""

    def __init__(self, city: City, *, weeks: int, now: datetime) -> None:
        chance = random.Random(city.seed + 2)  # noqa: S311  (invented events, not a draw of respondents)
        minutes = weeks * 7 * 1440
        moments = sorted(
            now - timedelta(minutes=chance.randint(60, minutes)) for _ in range(city.size.imported)
        )
        self.tickets = [_ticket(number, at, city, chance) for number, at in enumerate(moments)]
        self.brought = 0

    def until(self, database: Database, moment: datetime) -> int:
        """Import the tickets that were registered before `moment`; return how many there are by now."""
        rows = list(self._due(moment))
        if rows:
            with database.transaction() as session:
                cases.import_cases(session, _csv(rows), mapping=MAPPING, now=moment)
        return self.brought

    def _due(self, moment: datetime) -> Iterator[tuple[str, ...]]:
        while self.brought < len(self.tickets) and self.tickets[self.brought].opened < moment:
            yield self.tickets[self.brought].row(moment)
            self.brought += 1


def _ticket(number: int, at: datetime, city: City, chance: random.Random) -> _Ticket:
    opened, matter = at.replace(second=0, microsecond=0), chance.choice(MATTERS)
    return _Ticket(
        number=number,
        opened=opened,
        declared=opened + timedelta(minutes=round(chance.expovariate(1 / 2880)) + 10),
        department=matter.department,
        category=matter.category,
        grid=chance.choice(city.grids).code,
    )


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    made = io.StringIO(newline="")
    csv.writer(made).writerows([HEADINGS, *rows])
    return made.getvalue().encode()
