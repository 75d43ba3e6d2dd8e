"""What a solver works out of a release and of everything else that is public. Prints Markdown.

Ten invented cities; exit 1 where the release gives a cell under ten away, or the format before it doesn't
(then the attack is worth nothing).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from bench.contest import machine
from bench.wave import InventedWave, wave
from survey.drawing.grouped_tally import GroupedTally
from survey.scores.rules import concealing, evidence, release, suppression
from survey.scores.rules.areas import places
from survey.scores.rules.columns import Floats, Ints
from survey.scores.rules.concealing import Statuses
from survey.scores.rules.estimation import AreaFigure, area_figures
from survey.scores.rules.evidence import BEST, Evidence, families
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import GRID, OVERALL, RATED
from survey.scores.rules.release import COUNTS, Facts
from survey.scores.rules.suppression import FEW, FREE, LEAST, ScoreCell

EXACT = 1e-7
BEFORE, NOW = "before", "now"
SECONDS, INFEASIBLE = 2.0, 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A published share of an area: between which limits base, plain share and weighted share lie."""

    strata: frozenset[str]
    item: str
    den: str
    base: tuple[float, float]
    plain: tuple[float, float] | None
    weighted: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything that is public of one item in one street: its strata and what is said of them."""

    strata: list[str]
    completes: Ints
    headline: Ints | None
    weights: Floats
    sizes: Ints
    shown: Sequence[Shown]
    few: Sequence[frozenset[str]]
    tally: Sequence[tuple[frozenset[str], tuple[int, ...], tuple[int, ...]]]


def new(found: Sequence[AreaFigure], statuses: Statuses) -> list[Shown]:
    """Return what the rounded release says."""
    rows = release.rows("w", found, Facts(), statuses=statuses)
    out = []
    for each, row in zip(found, rows, strict=True):
        if row.low is None or row.high is None:
            continue
        half = 0.005 if each.area.level == GRID else 0.0005
        base = (0, LEAST - 1) if row.n is None else (row.n - COUNTS / 2, row.n + COUNTS / 2)
        agreed = float(row.low + row.high > 1)
        plain = (agreed, agreed) if row.unweighted is None else (row.unweighted - half, row.unweighted + half)
        weighted = (
            None
            if each.area.level == GRID or row.estimate is None
            else (row.estimate - half, row.estimate + half)
        )
        out.append(Shown(each.area.strata, each.item, each.den, base, plain, weighted))
    return out


def old(found: Sequence[AreaFigure], statuses: Statuses) -> list[Shown]:
    """Return what the format before said: counts in clear, shares of every digit."""
    out = []
    for each in found:
        if each.figure is None or statuses[each.item][each.area.code] != FREE:
            continue
        share = each.figure.direct if each.figure.direct is not None else each.figure.value
        exact = (share - EXACT, share + EXACT)
        out.append(Shown(each.area.strata, each.item, each.den, (each.figure.n, each.figure.n), None, exact))
    return out


def before(found: Sequence[AreaFigure]) -> dict[str, dict[str, str]]:
    """Return what the format before hid: raters under ten, and what subtraction would give away."""
    out = {}
    for item in DENS:
        here = [each for each in found if (each.item, each.den) == (item, DENS[item][0])]
        shown = {each.area.code for each in here}
        out[item] = suppression.statuses(
            ScoreCell(
                each.area.code,
                each.area.parent if each.area.parent in shown else None,
                each.figure.n if each.figure else 0,
            )
            for each in here
        )
    return out


class Attack:
    """Integer unknowns of one street: raters and good answers, narrow and wide, of each stratum."""

    def __init__(self, known: Reader, *, base: str) -> None:
        self._m = len(known.strata)
        self.undecided = 0
        self._at = {stratum: place for place, stratum in enumerate(known.strata)}
        self._known, self._base = known, base
        rows = [row for row in self._rows() if row is not None]
        self._matrix = np.array([row for row, _low, _high in rows])
        self._low = np.array([low for _row, low, _high in rows])
        self._high = np.array([high for _row, _low, high in rows])

    def _row(self, strata: frozenset[str], parts: dict[int, Floats | float]) -> Floats:
        row = np.zeros((3, self._m))
        inside = [self._at[one] for one in strata if one in self._at]
        for part, counts in parts.items():
            row[part, inside] = np.broadcast_to(counts, self._m)[inside]
        return row.ravel()

    def _rows(self) -> Iterator[tuple[Floats, float, float]]:
        known, inf = self._known, np.inf
        for stratum in known.strata:
            alone = frozenset({stratum})
            yield self._row(alone, {0: 1.0, 2: -1.0}), 0, inf
            yield self._row(alone, {2: 1.0, 1: -1.0}), 0, inf
        for few in known.few:
            yield self._row(few, {0: 1.0}), 0, LEAST - 1
        for one in known.shown:
            if one.strata <= self._at.keys():
                yield from self._share(one)
        if known.headline is not None:
            yield from self._tallied()

    def _share(self, one: Shown) -> Iterator[tuple[Floats, float, float]]:
        known, inf = self._known, np.inf
        good = 1 if one.item == self._base else 2
        if one.den == RATED:
            yield self._row(one.strata, {0: 1.0}), *one.base
        for limits, counts in ((one.plain, np.ones(self._m)), (one.weighted, known.weights)):
            if limits is None:
                continue
            for limit, low, high in ((limits[0], 0.0, inf), (limits[1], -inf, 0.0)):
                if one.den == RATED:
                    yield self._row(one.strata, {good: counts, 0: -limit * counts}), low, high
                else:
                    inside = [self._at[each] for each in one.strata]
                    whole = float(limit * (counts * known.completes)[inside].sum())
                    yield self._row(one.strata, {good: counts}), low + whole, high + whole

    def _tallied(self) -> Iterator[tuple[Floats, float, float]]:
        known = self._known
        ratio = known.sizes / np.maximum(known.headline, 1)
        for strata, counts, households in known.tally:
            if not strata <= self._at.keys():
                continue
            narrow, wide = sum(counts[3:]), sum(counts[2:])
            yield self._row(strata, {1: 1.0}), narrow, narrow
            yield self._row(strata, {2: 1.0}), wide, wide
            best, middle = sum(households[3:]), households[2]
            yield self._row(strata, {1: ratio}), best - 10, best + 10
            yield self._row(strata, {2: ratio, 1: -ratio}), middle - 5, middle + 5

    def possible(self, cell: frozenset[str], least: float, most: float) -> bool:
        """Whether a cell can hold so many good answers by the narrow count."""
        known = self._known
        rows = np.vstack([self._matrix, self._row(cell, {1: 1.0})])
        low, high = np.append(self._low, least), np.append(self._high, most)
        raters = known.completes if known.headline is None else known.headline
        fewest = np.zeros(self._m) if known.headline is None else known.headline
        nothing = np.zeros(self._m)
        found = milp(
            np.zeros(3 * self._m),
            constraints=LinearConstraint(rows, low, high),
            integrality=np.ones(3 * self._m),
            bounds=Bounds(np.concatenate([fewest, nothing, nothing]), np.tile(raters, 3)),
            options={"time_limit": SECONDS},
        )
        if found.status not in {0, INFEASIBLE}:
            self.undecided += 1
        # A search that ends with its time hasn't shown that there is nothing.
        return bool(found.status != INFEASIBLE)


def readers(
    made: InventedWave, known: Evidence, shown: Sequence[Shown], statuses: Statuses, *, base: str
) -> Iterator[tuple[Reader, list[frozenset[str]]]]:
    """Yield what is public street by street, with the cells under ten."""
    at, weights = known.strata, known.weights
    if weights is None:
        raise ValueError("the attack is on weights that everybody knows")
    held = known.holdings[base]
    completes = held.everyone
    told = list(_rows_of(made.tally, made)) if base == OVERALL else []
    for street in (area for area in made.areas if area.level == "street"):
        strata = sorted(street.strata)
        places_ = np.array([at[one] for one in strata], dtype=np.int64)
        few = [
            area.strata
            for area in made.areas
            if area.level == GRID and area.strata <= street.strata and statuses[base].get(area.code) == FEW
        ]
        yield (
            Reader(
                strata,
                completes[places_],
                held.rated[places_] if base == OVERALL else None,
                weights[places_],
                known.sizes[places_],
                [one for one in shown if one.item in families(list(DENS))[base]],
                few,
                told,
            ),
            few,
        )


def _rows_of(
    tally: GroupedTally, made: InventedWave
) -> Iterator[tuple[frozenset[str], tuple[int, ...], tuple[int, ...]]]:
    for row in tally.rows:
        strata = frozenset(one for group in row.group.split("+") for one in made.groups[group])
        yield strata, row.counts, row.households


def attacked(
    made: InventedWave, known: Evidence, shown: Sequence[Shown], statuses: Statuses
) -> dict[str, Ints]:
    """Return by item how many cells under ten there are, are lost, keep under three values, are undecided."""
    out = {}
    for base in families(list(DENS)):
        counts = np.zeros(4, dtype=np.int64)
        held = known.holdings[base]
        for reader, few in readers(made, known, shown, statuses, base=base):
            attack = Attack(reader, base=base)
            for cell in few:
                inside = [known.strata[one] for one in cell]
                n = int(held.rated[inside].sum())
                if n:
                    counts[:3] += _one(attack, cell, true=int(held.options[inside, BEST].sum()), n=n)
            counts[3] += attack.undecided
        out[base] = counts
    return out


def _one(attack: Attack, cell: frozenset[str], *, true: int, n: int) -> Ints:
    """One cell: counted, recovered, fewer than three values (or than there are)."""
    above, below = attack.possible(cell, true + 1, LEAST), attack.possible(cell, -1, true - 1)
    if above and below:
        return np.array([1, 0, 0], dtype=np.int64)
    if not above and not below:
        return np.array([1, 1, 1], dtype=np.int64)
    farther = attack.possible(cell, true + 2, LEAST) if above else attack.possible(cell, -1, true - 2)
    return np.array([1, 0, not farther and n > 1], dtype=np.int64)


def city(seed: int, n: int) -> dict[tuple[str, str], Ints]:
    """Attack both formats of one city."""
    made = wave(seed, n, communities=True)
    found = area_figures(made.units, sizes=made.sizes, areas=made.areas)
    known = evidence.gather(
        made.units,
        sizes=made.sizes,
        items=list(DENS),
        frame=places(made.areas, sizes=made.sizes).frame,
        tally=made.tally,
        groups=made.groups,
    )
    former, hidden = before(found), concealing.conceal(found, known)
    out = {}
    for name, shown, statuses in ((BEFORE, old(found, former), former), (NOW, new(found, hidden), hidden)):
        for item, counts in attacked(made, known, shown, statuses).items():
            grids = [area.code for area in made.areas if area.level == GRID and area.code in statuses[item]]
            out[name, item] = np.append(counts, sum(statuses[item][code] == FREE for code in grids))
    return out


def main() -> int:
    """Attack both formats of ten cities and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=10)
    parser.add_argument("--n", type=int, default=50, help="completes a grid (default: 50)")
    options = parser.parse_args()
    total: dict[tuple[str, str], Ints] = {}
    for seed in range(options.cities):
        for key, counts in city(seed, options.n).items():
            total[key] = total.get(key, np.zeros(5, dtype=np.int64)) + counts
        print(f"city {seed}: {_lost(total, NOW)} recovered so far", file=sys.stderr, flush=True)
    print(f"{machine()}; {options.cities} cities of 400 grids, {options.n} completes a grid, no margins\n")
    print("| format | item | cells under ten | recovered | under three values | undecided | grids shown |")
    print("|---|---|---|---|---|---|---|")
    for (name, item), counts in sorted(total.items()):
        if counts[0]:
            print(f"| {name} | {item} | {' | '.join(map(str, counts.tolist()))} |")
    kept = sum(int(each[0]) for (name, _item), each in total.items() if name == BEFORE) - _lost(total, BEFORE)
    print(f"\nThe format before kept {kept} cells from the solver, the release loses {_lost(total, NOW)}.")
    return 1 if _lost(total, NOW) or not _lost(total, BEFORE) else 0


def _lost(total: dict[tuple[str, str], Ints], name: str) -> int:
    return sum(int(counts[1]) for (one, _item), counts in total.items() if one == name)


if __name__ == "__main__":
    sys.exit(main())
