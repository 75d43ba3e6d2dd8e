"""What a shift measured, beside its gates; several in one table, with their ratios to the smallest."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from bench.seats.seat import Load

GATES = {"next": 0.150, "save": 0.100}
"""Seconds within which 99 of 100 presses must be answered."""
SHOWN = ("next", "save", "dial", "reached", "code", "page")
NEAR_A_KILL, SERVED_WITHIN = 5.0, 5.0
EMPTY_PRESS = 0.005
"""CPU seconds that a press at an empty queue may cost."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a run."""

    seats: int
    pace: float
    minutes: float
    processes: int
    seed: int


@dataclass(frozen=True, slots=True)
class Shift:
    """What a run measured; `cost` in CPU seconds a press, `loads` of the machine before and after."""

    options: Options
    load: Load
    spent: float
    background: float
    faults: dict[str, int]
    repeats: int
    cost: dict[str, float]
    loads: tuple[float, float]

    @property
    def seconds(self) -> float:
        """Return how long everybody worked."""
        return self.options.minutes * 60

    def times(self, what: str) -> list[float]:
        """Return how long the requests of a kind took, those near a kill apart."""
        return [took for began, took in self.load.times[what] if not _near(began, self.load.kills)]

    def quantile(self, what: str, percent: int) -> float:
        """Return a quantile of those times; 0 for fewer than two."""
        found = self.times(what)
        return quantiles(found, n=100)[percent - 1] if len(found) > 1 else 0.0

    @property
    def cut(self) -> float:
        """Return after how long the slowest request that a kill cut off was served."""
        return max(self.load.retried, default=0.0)

    @property
    def holds(self) -> bool:
        """Whether the gates were held."""
        return all(self.quantile(what, 99) < gate for what, gate in GATES.items())

    @property
    def is_good(self) -> bool:
        """Whether the gates were held and nothing happened that must not."""
        is_cheap = self.cost["empty"] < EMPTY_PRESS
        return self.holds and is_cheap and not any(self.faults.values()) and self.cut <= SERVED_WITHIN


def table(shifts: Sequence[Shift]) -> None:
    """Print one table, a column a shift; below it the highest pace that was held."""
    print("| |", *(f"{each.options.seats} × {each.options.pace:g} |" for each in shifts))
    print("|---|" + "---|" * len(shifts))
    for name, row in _rows(shifts):
        print(f"| {name} |", *(f"{cell} |" for cell in row))
    held = [each.options.seats * each.options.pace for each in shifts if each.holds]
    print(f"\nHighest pace held, in seats × pace: {max(held):g}." if held else "\nNo pace was held.")
    for each in shifts:
        for line in each.load.odd[:20]:
            print(f"ODD {line}", file=sys.stderr)


def _rows(shifts: Sequence[Shift]) -> list[tuple[str, list[str]]]:
    first = {each.options.pace: each for each in reversed(shifts) if each.options.seats == 20}
    rows = [(f"{what}: times; p50, **p99** ms", [_times(each, what) for each in shifts]) for what in SHOWN]
    rows += [
        (f"{what}, p99 × 20 seats", [_ratio(each, first.get(each.options.pace), what) for each in shifts])
        for what in GATES
    ]
    rows += [
        (f"{what}, CPU ms a press alone", [f"{each.cost[what] * 1e3:.1f}" for each in shifts])
        for what in shifts[0].cost
    ]
    rows += [
        ("server, cores; CPU ms a request", [_server(each) for each in shifts]),
        ("background work, CPU s", [f"{each.background:.1f}" for each in shifts]),
        ("kills; requests cut off, slowest served after s", [_kills(each) for each in shifts]),
        ("repeated attempts", [f"{each.repeats:,}" for each in shifts]),
        ("answers acknowledged", [f"{len(each.load.said):,}" for each in shifts]),
        ("refused or failed requests", [str(len(each.load.odd)) for each in shifts]),
        ("load before, after", [f"{each.loads[0]:.1f}, {each.loads[1]:.1f}" for each in shifts]),
        ("gates held", ["yes" if each.holds else "no" for each in shifts]),
    ]
    return rows + [(what, [str(each.faults[what]) for each in shifts]) for what in shifts[0].faults]


def _times(shift: Shift, what: str) -> str:
    middle, high = (shift.quantile(what, percent) * 1e3 for percent in (50, 99))
    return f"{len(shift.times(what)):,}; {middle:.1f}, **{high:.0f}**"


def _ratio(shift: Shift, first: Shift | None, what: str) -> str:
    own = first.quantile(what, 99) if first else 0.0
    return f"{shift.quantile(what, 99) / own:.1f}" if own else "–"


def _server(shift: Shift) -> str:
    requests = max(1, sum(map(len, shift.load.times.values())))
    return f"{shift.spent / shift.seconds:.2f}; {shift.spent / requests * 1e3:.1f}"


def _kills(shift: Shift) -> str:
    return f"{len(shift.load.kills)}; {len(shift.load.retried)}, {shift.cut:.2f}"


def _near(began: float, kills: Sequence[float]) -> bool:
    return any(kill - NEAR_A_KILL / 5 <= began <= kill + NEAR_A_KILL for kill in kills)
