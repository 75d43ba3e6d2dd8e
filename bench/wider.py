"""What limits and the model's shares add to the attack. Prints Markdown.

Of the other answers near the true ones that leave every plain sum of the headline as it is printed some are
drawn by lot for each hidden grid under ten; the whole release is then computed from them. Counted is how many
of them also leave printed as they were the limits of areas above grids, and the shares and limits of all shown
grids. A reader who knows all else would have to try such answers one by one; how many there are, this doesn't
tell.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from bench.attack import NOW, Public, _evidence, new, readers
from bench.contest import machine
from bench.solver import Attack, Reader
from bench.wave import InventedWave, wave
from survey.scores.rules import concealing
from survey.scores.rules.areas import places
from survey.scores.rules.columns import NOT, SATISFIED, Ints
from survey.scores.rules.concealing import Statuses
from survey.scores.rules.estimation import COMPLETE, Unit, area_figures, columns, terms
from survey.scores.rules.evidence import BEST
from survey.scores.rules.items import BOTH
from survey.scores.rules.pipeline import GRID, OVERALL, figures
from survey.scores.rules.release import as_published
from survey.scores.rules.suppression import FREE

TOP3 = "overall_top3"


def answered(made: InventedWave, reader: Reader, found: Ints) -> list[Unit]:
    """The units with the headline's answers of one street as `found` has them: narrow and wide by stratum."""
    narrow, wide = found[len(reader.strata) : 2 * len(reader.strata)], found[2 * len(reader.strata) :]
    left = {name: [int(narrow[at]), int(wide[at]) - int(narrow[at])] for at, name in enumerate(reader.strata)}
    return [_said(unit, left) for unit in made.units]


def _said(unit: Unit, left: dict[str, list[int]]) -> Unit:
    if unit.stratum not in left or unit.said[OVERALL] < NOT:
        return unit
    best, between = left[unit.stratum]
    option = 0 if best else 1 if between else 2
    if option < 2:
        left[unit.stratum][option] -= 1
    said = {OVERALL: SATISFIED if option == 0 else NOT, TOP3: SATISFIED if option < 2 else NOT}
    return replace(unit, said={**unit.said, **said})


class Table:
    """What a release prints of the headline: by shown area, item and denominator, of a level or several."""

    def __init__(self, made: InventedWave, statuses: Statuses) -> None:
        self._at = places(made.areas, sizes=made.sizes)
        self._statuses = statuses

    def printed(
        self, units: Sequence[Unit], *, grids: bool
    ) -> dict[tuple[str, str, str], tuple[object, ...]]:
        """The shown shares, limits and positions of grids, or of what lies above them."""
        complete = [unit for unit in units if unit.code in COMPLETE]
        known = terms(units, self._at)
        made = figures(self._at.frame, columns(complete, self._at), known, dens={OVERALL: BOTH, TOP3: BOTH})
        found = {}
        for row in made.rows:
            area = self._at.areas[row.level].get(row.place)
            if area and (row.level == GRID) == grids and self._statuses[row.item][area.code] == FREE:
                found[area.code, row.item, row.den] = (*as_published(row), row.position)
        return found


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
    table, public = Table(made, hidden), Public(made, [known], new(found, hidden), [hidden])
    truth = [table.printed(made.units, grids=grids) for grids in (False, True)]
    answers, out = public.answers(OVERALL), np.zeros(6, dtype=np.int64)
    for reader in readers(public, base=OVERALL):
        attack = Attack(reader, base=OVERALL)
        options = np.array([answers[one][0] for one in reader.strata])
        counts = np.stack([options.sum(axis=1), options[:, BEST], options[:, BEST - 1 :].sum(axis=1)])
        unseen = np.array([at for at, one in enumerate(reader.strata) if hidden[OVERALL][one] != FREE])
        for cell in reader.few:
            at = np.array([place for place, one in enumerate(reader.strata) if one in cell])
            if not counts[0, at].sum():
                continue
            alike = np.zeros(3, dtype=np.int64)
            for other in others(attack, counts, at, unseen, tries=tries, seed=seed):
                units = answered(made, reader, other.ravel())
                above, below = (table.printed(units, grids=grids) == truth[grids] for grids in (False, True))
                alike += [1, above, above and below]
            out += [1, *alike, alike[1] > 0, alike[2] > 0]
        print(f"city {seed}: {out.tolist()}", file=sys.stderr, flush=True)
    return out


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
