"""What a solver works out of a release and of everything else that is public. Prints Markdown.

Ten invented cities; exit 1 where the release gives a cell under ten away, or the format before it doesn't
(then the attack is worth nothing).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.contest import machine
from bench.solver import Attack, Reader, Shown
from bench.wave import InventedWave, wave
from survey.drawing.grouped_tally import GroupedTally
from survey.scores.rules import concealing, evidence, release, suppression
from survey.scores.rules.areas import places
from survey.scores.rules.columns import Floats, Ints
from survey.scores.rules.concealing import Statuses
from survey.scores.rules.concealing_again import FormerRelease, conceal_again
from survey.scores.rules.estimation import AreaFigure, Unit, area_figures
from survey.scores.rules.evidence import BEST, Evidence, families
from survey.scores.rules.items import DENS, SILENT
from survey.scores.rules.pipeline import GRID, OVERALL
from survey.scores.rules.release import COUNTS, Facts
from survey.scores.rules.suppression import FEW, FREE, LEAST, ScoreCell

EXACT = 1e-7
BEFORE, NOW = "before", "now"
CARELESS, AGAIN = "{} undone, hidden alone", "{} undone, hidden together"
UNDONE = "~"
"""Ends the name of what was undone of a stratum."""


def new(found: Sequence[AreaFigure], statuses: Statuses, *, release_: int = 0) -> list[Shown]:
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
        out.append(Shown(each.area.strata, each.item, each.den, base, plain, weighted, release_))
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


@dataclass(frozen=True, slots=True, eq=False)
class Public:
    """A city's releases, one or two: what stands behind each, what they show, where they hide few raters.

    What the second one no longer counts of a stratum is a stratum of its own.
    """

    made: InventedWave
    evidence: Sequence[Evidence]
    shown: Sequence[Shown]
    hidden: Sequence[Statuses]

    def answers(self, base: str) -> dict[str, tuple[Ints, int, int]]:
        """Options, completes and place of each stratum, and of what was undone of it."""
        first, now = (each.holdings[base] for each in (self.evidence[0], self.evidence[-1]))
        gone, fewer = first.options - now.options, first.everyone - now.everyone
        found = {}
        for name, at in self.evidence[0].strata.items():
            found[name] = (now.options[at], int(now.everyone[at]), at)
            if fewer[at]:
                found[name + UNDONE] = (gone[at], int(fewer[at]), at)
        return found

    def few(self, base: str) -> list[frozenset[str]]:
        """Grids that a release hides for few raters, as it counts them."""
        found = []
        for at, statuses in enumerate(self.hidden):
            grids = (area for area in self.made.areas if area.level == GRID)
            few = (area.strata for area in grids if statuses[base].get(area.code) == FEW)
            found += [_as_counted(each, release=at, of=len(self.hidden)) for each in few]
        return found

    def cells(self, base: str) -> Iterator[frozenset[str]]:
        """What is attacked: grids hidden for few raters, and what was undone of each area."""
        yield from self.few(base)
        for area in self.made.areas if len(self.hidden) > 1 else ():
            yield frozenset(one + UNDONE for one in area.strata)


def _as_counted(strata: frozenset[str], *, release: int, of: int) -> frozenset[str]:
    """An area's strata as a release counts them: the first of two counts what was undone later."""
    return strata if release == of - 1 else strata | {one + UNDONE for one in strata}


def readers(known: Public, *, base: str) -> Iterator[Reader]:
    """Yield what is public street by street."""
    answers, few = known.answers(base), known.few(base)
    told = list(_rows_of(known.made.tally, known.made)) if base == OVERALL else []
    both = [(_as_counted(strata, release=0, of=len(known.hidden)), *rest) for strata, *rest in told]
    tally = [(strata.intersection(answers), *rest) for strata, *rest in both]
    items = families(list(DENS))[base]
    here = (one for one in known.shown if one.item in items)
    shown = [replace(one, strata=one.strata.intersection(answers)) for one in here]
    for street in (area for area in known.made.areas if area.level == "street"):
        strata = sorted(_as_counted(street.strata, release=0, of=len(known.hidden)).intersection(answers))
        places_ = np.array([answers[one][2] for one in strata], dtype=np.int64)
        raters = np.array([answers[one][0].sum() for one in strata], dtype=np.int64)
        first = known.evidence[0].holdings[base].rated[places_]
        yield Reader(
            strata,
            np.array([answers[one][1] for one in strata], dtype=np.int64),
            raters if base == OVERALL else None,
            [_weights(each)[places_] for each in known.evidence],
            known.evidence[0].sizes[places_] / np.maximum(first, 1),
            shown,
            [each.intersection(answers) for each in few if each & set(strata)],
            tally,
        )


def _weights(known: Evidence) -> Floats:
    if known.weights is None:
        raise ValueError("the attack is on weights that everybody knows")
    return known.weights


def _rows_of(
    tally: GroupedTally, made: InventedWave
) -> Iterator[tuple[frozenset[str], tuple[int, ...], tuple[int, ...]]]:
    for row in tally.rows:
        strata = frozenset(one for group in row.group.split("+") for one in made.groups[group])
        yield strata, row.counts, row.households


def attacked(known: Public) -> dict[str, Ints]:
    """Return by item how many cells under ten there are, are lost, keep under three values, are undecided."""
    out = {}
    for base in families(list(DENS)):
        counts, answers = np.zeros(4, dtype=np.int64), known.answers(base)
        cells = {each.intersection(answers) for each in known.cells(base)}
        for reader in readers(known, base=base):
            attack = Attack(reader, base=base)
            for cell in sorted(map(sorted, (each for each in cells if each <= set(reader.strata)))):
                held = np.sum([answers[one][0] for one in cell], axis=0)
                if 0 < (n := int(np.sum(held))) < LEAST:
                    counts[:3] += _one(attack, frozenset(cell), true=int(held[BEST]), n=n)
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


def _evidence(made: InventedWave, units: Sequence[Unit], *, first: bool) -> Evidence:
    return evidence.gather(
        units,
        sizes=made.sizes,
        items=list(DENS),
        frame=places(made.areas, sizes=made.sizes).frame,
        tally=made.tally if first else None,
        groups=made.groups,
    )


def again(
    made: InventedWave, first: FormerRelease, *, undone: int, seed: int, careless: bool
) -> tuple[Public, int]:
    """Return the city with a second release after so many completes were undone, and how many rows it shows.

    A `careless` one hides by its own answers alone, and looks at no former release.
    """
    out = set(np.random.default_rng([seed, 4]).choice(len(made.units), undone, replace=False).tolist())
    units = [_undo(unit) if at in out else unit for at, unit in enumerate(made.units)]
    found = area_figures(units, sizes=made.sizes, areas=made.areas)
    known = _evidence(made, units, first=False)
    if careless:
        hidden: Statuses = concealing.conceal(found, known)
        told = new(found, hidden, release_=1)
    else:
        made_again = conceal_again(found, known, former=[first])
        hidden, same = made_again.statuses, made_again.repeated
        told = new([each for each in found if each.area.code not in same[each.item]], hidden, release_=1)
    before_ = [
        replace(one, strata=_as_counted(one.strata, release=0, of=2))
        for one in new(first.figures, first.statuses)
    ]
    few = [first.statuses, hidden]
    return Public(made, [first.evidence, known], [*before_, *told], few), len(told)


def _undo(unit: Unit) -> Unit:
    return replace(unit, code="refusal_person", said=SILENT)


def city(seed: int, n: int, *, undone: Sequence[int]) -> dict[tuple[str, str], Ints]:
    """Attack both formats of one city, and two releases of it with so many completes undone between them."""
    made = wave(seed, n, communities=True)
    found = area_figures(made.units, sizes=made.sizes, areas=made.areas)
    known = _evidence(made, made.units, first=True)
    former, hidden = before(found), concealing.conceal(found, known)
    out = {}
    for name, shown, statuses in ((BEFORE, old(found, former), former), (NOW, new(found, hidden), hidden)):
        for item, counts in attacked(Public(made, [known], shown, [statuses])).items():
            grids = [area.code for area in made.areas if area.level == GRID and area.code in statuses[item]]
            out[name, item] = np.append(counts, sum(statuses[item][code] == FREE for code in grids))
    first = FormerRelease(known, found, hidden)
    for number in undone:
        for careless, name in ((True, CARELESS), (False, AGAIN)):
            public, rows = again(made, first, undone=number, seed=seed, careless=careless)
            for item, counts in attacked(public).items():
                out[name.format(number), item] = np.append(counts, rows)
    return out


def kept(folder: Path | None, seed: int, n: int, *, undone: Sequence[int]) -> dict[tuple[str, str], Ints]:
    """Return what came of a city, from its file in the folder where there is one; else attack it."""
    file = folder and folder / f"city-{seed}-{n}-{'-'.join(map(str, undone))}.json"
    if file and file.is_file():
        return {(name, item): np.array(counts) for name, item, counts in json.loads(file.read_text())}
    found = city(seed, n, undone=undone)
    if file:
        rows = [[*key, counts.tolist()] for key, counts in found.items()]
        # Written aside first: a file that is there is whole.
        whole = file.with_suffix(".part")
        whole.write_text(json.dumps(rows), encoding="utf-8")
        whole.replace(file)
    return found


def main() -> int:
    """Attack both formats of ten cities, and their corrected releases; print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=10)
    parser.add_argument("--n", type=int, default=50, help="completes a grid (default: 50)")
    parser.add_argument(
        "--undone", type=int, nargs="*", default=[1, 20, 400], help="completes undone between"
    )
    parser.add_argument("--keep", type=Path, help="folder that keeps each city: begun again, a run goes on")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    total: dict[tuple[str, str], Ints] = {}
    for seed in range(options.cities):
        for key, counts in kept(options.keep, seed, options.n, undone=options.undone).items():
            total[key] = total.get(key, np.zeros(5, dtype=np.int64)) + counts
        lost = sum(_lost(total, name) for name in _safe(options.undone))
        spent = time.process_time()
        print(f"city {seed}: {lost} recovered so far, {spent:.0f} CPU s", file=sys.stderr, flush=True)
    print(f"{machine()}; {options.cities} cities of 400 grids, {options.n} completes a grid, no margins\n")
    print("| format | item | cells under ten | recovered | under three values | undecided | shown |")
    print("|---|---|---|---|---|---|---|")
    for (name, item), counts in sorted(total.items()):
        if counts[0]:
            print(f"| {name} | {item} | {' | '.join(map(str, counts.tolist()))} |")
    safe = sum(int(each[0]) for (name, _item), each in total.items() if name == BEFORE) - _lost(total, BEFORE)
    lost = sum(_lost(total, name) for name in _safe(options.undone))
    print(f"\nThe format before kept {safe} cells from the solver, the releases lose {lost}.")
    return 1 if lost or not _lost(total, BEFORE) else 0


def _safe(undone: Sequence[int]) -> list[str]:
    return [NOW, *(AGAIN.format(number) for number in undone)]


def _lost(total: dict[tuple[str, str], Ints], name: str) -> int:
    return sum(int(counts[1]) for (one, _item), counts in total.items() if one == name)


if __name__ == "__main__":
    sys.exit(main())
