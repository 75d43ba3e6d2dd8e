"""What limits and the model's shares add to the attack. Prints Markdown.

Of the other answers near the true ones that leave every plain sum of the headline as it is printed some are
drawn by lot for each hidden grid under ten; the whole release is then computed from them. Counted is how many
of them also leave printed as they were the limits of areas above grids, and the shares and limits of all
shown grids, alone or together with other answers of one or two other streets that pull the model the other
way. A grid is done with as soon as one leaves everything as it was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np

from bench.attack import NOW, Public, _evidence, new, readers
from bench.contest import machine
from bench.solver import Attack, Reader
from bench.wave import InventedWave, wave
from survey.scores.rules import concealing
from survey.scores.rules.areas import places
from survey.scores.rules.columns import NOT, SATISFIED, Floats, Ints
from survey.scores.rules.concealing import Statuses
from survey.scores.rules.estimation import COMPLETE, Unit, area_figures, columns, terms
from survey.scores.rules.evidence import BEST
from survey.scores.rules.items import BOTH
from survey.scores.rules.pipeline import GRID, OVERALL, figures
from survey.scores.rules.release import as_published
from survey.scores.rules.suppression import FREE

TOP3 = "overall_top3"


def answered(units: Sequence[Unit], reader: Reader, found: Ints) -> list[Unit]:
    """The units with the headline's answers of one street as `found` has them: narrow and wide by stratum."""
    narrow, wide = found[len(reader.strata) : 2 * len(reader.strata)], found[2 * len(reader.strata) :]
    left = {name: [int(narrow[at]), int(wide[at]) - int(narrow[at])] for at, name in enumerate(reader.strata)}
    return [_said(unit, left) for unit in units]


def _said(unit: Unit, left: dict[str, list[int]]) -> Unit:
    if unit.stratum not in left or unit.said[OVERALL] < NOT:
        return unit
    best, between = left[unit.stratum]
    option = 0 if best else 1 if between else 2
    if option < 2:
        left[unit.stratum][option] -= 1
    said = {OVERALL: SATISFIED if option == 0 else NOT, TOP3: SATISFIED if option < 2 else NOT}
    return replace(unit, said={**unit.said, **said})


Printed = dict[tuple[str, str, str], tuple[object, ...]]


class PrintedTable:
    """What a release prints of the headline: by shown area, item and denominator."""

    def __init__(self, made: InventedWave, statuses: Statuses) -> None:
        self._at = places(made.areas, sizes=made.sizes)
        self._statuses = statuses

    def printed(self, units: Sequence[Unit]) -> tuple[Printed, Printed]:
        """The shown shares, limits and positions of what lies above grids, and of grids."""
        complete = [unit for unit in units if unit.code in COMPLETE]
        known = terms(units, self._at)
        made = figures(self._at.frame, columns(complete, self._at), known, dens={OVERALL: BOTH, TOP3: BOTH})
        found: tuple[Printed, Printed] = ({}, {})
        for row in made.rows:
            area = self._at.areas[row.level].get(row.place)
            if area and self._statuses[row.item][area.code] == FREE:
                found[row.level == GRID][area.code, row.item, row.den] = (*as_published(row), row.position)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """Other answers (3, m) of a street near the true ones: raters, narrow and wide counts of its strata.

    `pull` says by how much they pull the shares of each type, narrow and wide.
    """

    reader: Reader
    counts: Ints
    pull: Floats


def pull(reader: Reader, change: Ints, raters: Ints, kinds: dict[str, int]) -> Floats:
    """By how much a change of narrow and wide counts (3, m) pulls the shares of types, 2 each."""
    out = np.zeros((2, max(kinds.values()) + 1))
    for at, name in enumerate(reader.strata):
        out[:, kinds[name]] += change[1:, at] / max(1, raters[at])
    return out.ravel()


def beside(own: Other, pool: Sequence[Other], *, most: int) -> list[Sequence[Other]]:
    """With what of other streets it pulls least together: nothing, one or two of them, the best first."""
    elsewhere = [each for each in pool if each.reader.strata != own.reader.strata]
    pairs = (pair for pair in combinations(elsewhere, 2) if pair[0].reader.strata != pair[1].reader.strata)
    chosen = [(), *((each,) for each in elsewhere), *pairs]
    size = [float(np.abs(own.pull + sum(each.pull for each in some)).max()) for some in chosen]
    return [chosen[at] for at in np.argsort(size, kind="stable")[:most]]


def others(attack: Attack, truth: Ints, cell: Ints, hidden: Ints, *, tries: int, seed: int) -> list[Ints]:
    """Other answers of a street in which one to three hidden grids change by little, the cell among them.

    `truth` (3, m) are its raters, narrow and wide counts; those that all plain sums leave possible, by lot.
    """
    found = [each for each in _near(truth, cell, hidden) if attack.fits(each.ravel())]
    order = np.random.default_rng(seed).permutation(len(found))[:tries]
    return [found[at] for at in order]


def _near(truth: Ints, cell: Ints, hidden: Ints) -> Iterator[Ints]:
    beside = [at for at in hidden.tolist() if at not in cell]
    for chosen in (*combinations(beside, 1), *combinations(beside, 2)):
        for steps in product((-2, -1, 1, 2), repeat=len(chosen)):
            for counts in ((1,), (1, 2)) if sum(steps) else ():
                other = truth.copy()
                for count in counts:
                    other[count, [int(cell[0]), *chosen]] += (-sum(steps), *steps)
                if (other >= 0).all() and (np.diff(other[[1, 2, 0]], axis=0) >= 0).all():
                    yield other


def city(seed: int, n: int, *, tries: int) -> Ints:
    """Count hidden grids, other answers, those with equal limits, with all equal; grids that keep any."""
    made = wave(seed, n, communities=True)
    found = area_figures(made.units, sizes=made.sizes, areas=made.areas)
    known = _evidence(made, made.units, first=True)
    hidden = concealing.conceal(found, known)
    table, public = PrintedTable(made, hidden), Public(made, [known], new(found, hidden), [hidden])
    truth, out = table.printed(made.units), np.zeros(6, dtype=np.int64)
    cells = list(_cells(public, hidden, tries=tries, seed=seed))
    pool = [each for near in cells for each in near]
    for near in cells:
        alike = np.zeros(3, dtype=np.int64)
        for own in near:
            for more in beside(own, pool, most=tries):
                units: Sequence[Unit] = made.units
                for each in (own, *more):
                    units = answered(units, each.reader, each.counts.ravel())
                above, below = (one == other for one, other in zip(table.printed(units), truth, strict=True))
                alike += [1, above, above and below]
                if alike[2]:
                    break
            if alike[2]:
                break
        out += [1, *alike, alike[1] > 0, alike[2] > 0]
        print(f"city {seed}: {out.tolist()} of {len(cells)}", file=sys.stderr, flush=True)
    return out


def _cells(public: Public, hidden: Statuses, *, tries: int, seed: int) -> Iterator[list[Other]]:
    """Other answers of each hidden grid under ten with raters."""
    answers = public.answers(OVERALL)
    kinds = {name: at for at, name in enumerate(sorted({area.kind for area in public.made.areas}))}
    kind = {one: kinds[area.kind] for area in public.made.areas if area.level == GRID for one in area.strata}
    for reader in readers(public, base=OVERALL):
        attack = Attack(reader, base=OVERALL)
        options = np.array([answers[one][0] for one in reader.strata])
        counts = np.stack([options.sum(axis=1), options[:, BEST], options[:, BEST - 1 :].sum(axis=1)])
        unseen = np.array([at for at, one in enumerate(reader.strata) if hidden[OVERALL][one] != FREE])
        for cell in reader.few:
            at = np.array([place for place, one in enumerate(reader.strata) if one in cell])
            if counts[0, at].sum():
                found = others(attack, counts, at, unseen, tries=tries, seed=seed)
                yield [Other(reader, each, pull(reader, each - counts, counts[0], kind)) for each in found]


def main() -> int:
    """Try other answers in some cities; print how many are told apart by what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=1)
    parser.add_argument("--n", type=int, default=50, help="completes a grid (default: 50)")
    parser.add_argument("--tries", type=int, default=6, help="other answers a cell (default: 6)")
    options = parser.parse_args()
    total = np.zeros(6, dtype=np.int64)
    for seed in range(options.cities):
        total += city(seed, options.n, tries=options.tries)
    print(f"{machine()}; {options.cities} cities of 400 grids, {options.n} completes a grid, {NOW}\n")
    print("| hidden grids | other answers | limits above grids equal | all shown grids equal too |")
    print("|---|---|---|---|")
    print(f"| {' | '.join(map(str, total[:4].tolist()))} |")
    print(f"\nOf the grids {total[4]} keep one of those tried by the limits, {total[5]} by everything.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
