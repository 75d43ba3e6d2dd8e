"""The households of the invented city: who lives there, what they think, what is wrong with their entry."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

AGES = {"old": (0.18, 0.37, 0.45), "commodity": (0.30, 0.48, 0.22), "fringe": (0.42, 0.42, 0.16)}
"""Shares of households by the age of who answers, 18-39, 40-59, 60 and over, in each type of grid."""
RENTING = {"old": 0.28, "commodity": 0.25, "fringe": 0.68}
OLDER = (-0.35, 0.0, 0.45)
"""By how much age moves satisfaction, on the scale of log-odds; renting and having no telephone likewise."""
RENTER, PHONELESS = -0.45, -0.35
NO_PHONE = (0.05, 0.03, 0.11)
"""The share without a telephone, by age."""
WILLING_BY_AGE, WILLING_RENTER = (-0.06, 0.0, 0.06), -0.06
WORKER_ON_CONDUCT, DEPARTMENT_ON_RESULT = 1.6, 1.5
AWARE, ASKED = 0.82, 0.22
EMPTY, MOVED = 0.008, 0.006
"""Homes that stand empty: their telephone is dead, or rings where their people live now."""
SHARED, STAFF = 0.004, 0.003
"""Entries that have another home's number, or the grid worker's own."""
LIVED_IN, DEAD_LINE, MOVED_AWAY = "lived in", "dead line", "moved away"
SATISFIED, NOT = (4, 4, 5), (1, 2, 3, 3)


@dataclass(frozen=True, slots=True)
class DemoHousehold:
    """A household, and its truth: what it would answer if it were asked.

    `number` is empty where the registry has none; `own` says that it is this home's. `age` is 0 to 2.
    `conduct`, `result` and `department` are what it thinks of the worker, of what came of its matter, and of
    the department that had it in hand.
    """

    code: str
    grid: str
    address: str
    number: str
    own: bool
    age: int
    renting: bool
    home: str
    aware: bool
    overall: int
    conduct: int
    result: int
    department: int
    asked: bool
    reachable: float
    willing: float

    @property
    def satisfied(self) -> bool:
        """Whether it would rate the grid's service 4 or 5."""
        return self.overall >= 4

    @property
    def counts(self) -> bool:
        """Whether somebody lives there who knows of the worker."""
        return self.home == LIVED_IN and self.aware


@dataclass(frozen=True, slots=True)
class Setting:
    """What all households of a grid have in common.

    `level` are the log-odds of being satisfied in a grid of its `kind`, `worker` what the worker adds,
    `departments` what each department adds in its street. `staff` is the worker's number.
    """

    code: str
    kind: str
    level: float
    worker: float
    departments: Mapping[str, float]
    staff: str


@dataclass(frozen=True, slots=True)
class Entry:
    """How a household stands in the registry."""

    code: str
    address: str
    number: str


def household(at: Setting, entry: Entry, *, before: str, chance: random.Random) -> DemoHousehold:
    """Return a household of a grid; `before` is a number that some other entry has."""
    draw = chance.random
    age = chance.choices((0, 1, 2), AGES[at.kind])[0]
    renting = draw() < RENTING[at.kind]
    number = _number(at, entry, age, before=before, draw=draw())
    person = OLDER[age] + RENTER * renting + PHONELESS * (not number)
    served = chance.choice(tuple(at.departments.values()))
    whole = sum(at.departments.values()) / len(at.departments)
    overall = _rated(at.level + person + at.worker + whole, chance)
    return DemoHousehold(
        code=entry.code,
        grid=at.code,
        address=entry.address,
        number=number,
        own=number == entry.number,
        age=age,
        renting=renting,
        home=_home(draw()),
        aware=draw() < AWARE,
        overall=overall,
        conduct=_rated(at.level + person + 0.4 + WORKER_ON_CONDUCT * at.worker, chance),
        result=_rated(at.level + person + DEPARTMENT_ON_RESULT * served + 0.25 * at.worker, chance),
        department=_rated(at.level + person - 0.4 + DEPARTMENT_ON_RESULT * served, chance),
        asked=draw() < ASKED,
        reachable=chance.choice((0.45, 0.65, 0.85)),
        # Content people talk a little more readily: a bias that the scores must bear.
        willing=(0.77 if overall >= 4 else 0.71) + WILLING_BY_AGE[age] + WILLING_RENTER * renting,
    )


def _number(at: Setting, entry: Entry, age: int, *, before: str, draw: float) -> str:
    """The number that the registry has: none, another's, the worker's own, or the household's."""
    for share, found in ((NO_PHONE[age], ""), (SHARED, before), (STAFF, at.staff)):
        if draw < share:
            return found
        draw -= share
    return entry.number


def _home(draw: float) -> str:
    return DEAD_LINE if draw < EMPTY else MOVED_AWAY if draw < EMPTY + MOVED else LIVED_IN


def _rated(odds: float, chance: random.Random) -> int:
    """Return an answer of 1 to 5, 4 or 5 with these log-odds."""
    return chance.choice(SATISFIED if chance.random() < 1 / (1 + math.exp(-odds)) else NOT)
