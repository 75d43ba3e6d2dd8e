"""A release of a million answers in 20,000 grids: figures, attack, rows. Prints Markdown.

Every household is asked every item; answers are invented, equal everywhere by their seed.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from itertools import product
from typing import TypeVar

import numpy as np

from bench.contest import machine
from survey.registry.rules.margins import CATEGORIES
from survey.scores.rules import concealing, evidence, items, release
from survey.scores.rules.areas import ReportArea, places
from survey.scores.rules.columns import Margin
from survey.scores.rules.estimation import Unit, area_figures
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import CITY, GRID, STREET
from survey.scores.rules.release import Facts

EACH, IN_A_STREET, SEED = 50, 20, 20261127
ASKED = {"G1": 1.0, "S-A": 0.28, "S-C": 0.15, "S-D": 0.15}
T = TypeVar("T")
KINDS = [
    dict(zip(CATEGORIES, codes, strict=True))
    for codes in product(*(range(len(each)) for each in CATEGORIES.values()))
]
"""Households by age, tenure and telephone."""
SHARES = {"age": (0.3, 0.4, 0.3), "tenure": (0.6, 0.4), "phone": (0.4, 0.6)}
TYPES = ("old", "new", "edge", "mixed")


def invented(grids: int) -> tuple[list[Unit], dict[str, int], list[ReportArea]]:
    """Return completed units, households by stratum, areas."""
    random = np.random.default_rng(SEED)
    names = [f"G{at:05d}" for at in range(grids)]
    sizes = dict(zip(names, random.integers(300, 1500, grids).tolist(), strict=True))
    share = random.beta(6, 4, grids)
    columns = []
    for part in ASKED.values():
        good = random.random((grids, EACH)) < share[:, None]
        value = np.where(good, random.integers(4, 6, (grids, EACH)), random.integers(1, 4, (grids, EACH)))
        columns.append(np.where(random.random((grids, EACH)) < part, value, 0))
    known: dict[tuple[int, ...], dict[str, int]] = {}
    units = []
    told = random.integers(len(KINDS), size=(grids, EACH)).tolist()
    for at, name in enumerate(names):
        for said, kind in zip(
            zip(*(column[at].tolist() for column in columns), strict=True), told[at], strict=True
        ):
            if said not in known:
                known[said] = items.read({code: v for code, v in zip(ASKED, said, strict=True) if v})
            units.append(Unit(name, "complete", known[said], KINDS[kind]))
    return units, sizes, _areas(names, random.choice(TYPES, grids).tolist())


def _areas(names: list[str], kinds: list[str]) -> list[ReportArea]:
    found = [
        ReportArea(GRID, name, name, kind, f"S{at // IN_A_STREET:04d}", frozenset({name}))
        for at, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]
    for first in range(0, len(names), IN_A_STREET):
        inside = frozenset(names[first : first + IN_A_STREET])
        found.append(ReportArea(STREET, f"S{first // IN_A_STREET:04d}", "", "", "C", inside))
    return [*found, ReportArea(CITY, "C", "", "", None, frozenset(names))]


def _margins(households: int) -> list[Margin]:
    """The city's households by age, tenure and telephone: others than those who answered."""
    return [
        Margin(name, np.array([round(households * one) for one in each])) for name, each in SHARES.items()
    ]


def timed(what: str, step: Callable[[], T]) -> T:
    """Do a step and print how long it took, by the clock and by the processor, and the most memory so far."""
    begun, spent = time.perf_counter(), time.process_time()
    out = step()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"| {what} | {time.perf_counter() - begun:.1f} | {time.process_time() - spent:.1f} | {most:,} |",
        flush=True,
    )
    return out


def main() -> None:
    """Make the release step by step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grids", type=int, default=20_000)
    parser.add_argument("--margins", action="store_true", help="weigh by age, tenure and telephone")
    options = parser.parse_args()
    print(
        f"{machine()}; {options.grids:,} grids, {options.grids * EACH:,} answers, "
        f"{'raked to margins' if options.margins else 'no margins'}\n"
    )
    print("| step | s | CPU s | MiB at most |\n|---|---|---|---|")
    units, sizes, areas = timed("inventing", lambda: invented(options.grids))
    margins = _margins(sum(sizes.values())) if options.margins else ()
    frame = None if options.margins else places(areas, sizes=sizes).frame
    found = timed("figures", lambda: area_figures(units, sizes=sizes, areas=areas, margins=margins))
    known = timed("evidence", lambda: evidence.gather(units, sizes=sizes, items=list(DENS), frame=frame))
    hidden = timed("hiding and attack", lambda: concealing.conceal(found, known))
    rows = timed("rows", lambda: release.rows("w", found, Facts(), statuses=hidden))
    print(f"\n{len(rows):,} rows, {sum(row.estimate is not None for row in rows):,} with an estimate")


if __name__ == "__main__":
    main()
