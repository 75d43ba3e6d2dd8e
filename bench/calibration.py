"""Does the whole system keep its word? Surveys of streets whose truth is known. Prints Markdown.

python bench/calibration.py > docs/calibration.md
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
from scipy import stats

from bench.contest import machine
from bench.invented import GRIDS, HOUSEHOLDS, Cell, Floats, Survey, survey
from sampling import SurveyDesign, bias, multiple, proportion, ranking
from sampling.estimates.estimate import DomainEstimates
from sampling.weights import pooled_response

SEED = 20261123
LEVELS = (0.5, 0.8, 0.9, 0.95)
RANKED = 20
"""Streets of one city, whose ranks are held at once."""

Q = 0.1
WHO = ("none", "MAR", "MNAR 1.16", "MNAR 1.5")
MATRIX = [
    Cell(*each) for each in product((2, 3, 5, 10, 20), (0.5, 0.8, 0.95), (0, 0.05, 0.15), WHO, (0, 0.05, 0.2))
]


@dataclass(frozen=True)
class Found:
    """What one cell gave: figures by name, each with its Monte-Carlo error."""

    cell: Cell
    figures: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Gate:
    """What a figure must be, give or take some Monte-Carlo errors: three, unless `errors` says other."""

    figure: str
    says: str
    least: float = -np.inf
    most: float = np.inf
    errors: float = 3

    def holds_for(self, cell: Cell) -> bool:
        """Hidden nonresponse is reported, not held against the library: no weight can know of it."""
        return not cell.nonresponse.startswith("MNAR") and (
            self.figure != "width" or cell.nonresponse == "none"
        )

    def met(self, value: float, error: float) -> bool:
        """Return whether the figure lies within, its Monte-Carlo error considered."""
        return self.least - self.errors * error <= value <= self.most + self.errors * error


GATES = (
    *(Gate(f"{level:.0%}", f"street, {level:.0%} interval: coverage ≥ {level:g}", level) for level in LEVELS),
    Gate("95%", "street, 95% interval: coverage ≥ .93, no allowance", 0.93, errors=0),
    Gate("merged", "the same, grids with one answer merged with a neighbour named before", 0.95),
    Gate("grid exact", "grid, exact: coverage ≥ .95", 0.95),
    Gate("grid KG", "grid, Korn–Graubard: coverage ≥ .95", 0.95),
    Gate("ranks", "sets of ranks, jointly: coverage ≥ .95", 0.95),
    Gate("FDR", f"false ones among biased lists found: ≤ {Q:g}", most=Q),
    Gate("list bias", "bias of a list: mean error within 2 Monte-Carlo errors of 0", 0, 0, errors=2),
    Gate("list se", "bias of a list: standard error over that found, .9 to 1.1", 0.9, 1.1),
    Gate("width", "street: width ≤ 1.1 × that of one who knows every grid's variance", most=1.1, errors=0),
)

HEAD = """# Calibration

Do intervals hold the truth as often as they say? {cells} kinds of survey, {streets:,} streets each, every street a run: {grids} grids of {households} households, strata are grids, the truth is the street's own share. A cell is named *answers a grid / true share / likeness within grids / who answers / share of grids with one answer*. Outer tenths of the distribution of errors are what the 80 % interval leaves out.

`PYTHONPATH=. python bench/calibration.py`
"""  # noqa: E501


def main() -> None:
    """Run the matrix and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streets", type=int, default=1000, help="runs of each cell")
    parser.add_argument("--every", type=int, default=1, help="take every n-th cell")
    options = parser.parse_args()
    begun = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(partial(run, streets=options.streets), MATRIX[:: options.every], chunksize=1))
    _print(found, streets=options.streets, seconds=time.perf_counter() - begun)


def run(cell: Cell, *, streets: int) -> Found:
    """Survey `streets` streets of a cell, each a run of its own, and compare with their truth."""
    rng = np.random.default_rng([SEED, MATRIX.index(cell)])
    made = survey(cell, streets=streets, rng=rng)
    grid = np.nonzero(made.sampled)[0]
    design, y = _design(cell, made, grid), made.yes[made.sampled]
    truth = made.yes.reshape(streets, -1).mean(axis=1)
    street = grid // GRIDS
    by_street = proportion(design, y, by=street)
    figures = {**_coverage(by_street, truth), **_widths(by_street, made)}
    if cell.lonely:
        limits = proportion(design.collapse(_pairs(cell, streets)), y, by=street).interval(0.95)
        figures["merged"] = _share((limits.low <= truth) & (truth <= limits.high))
    if cell.nonresponse == "none":
        figures |= _ranks(by_street, truth)
        figures |= _grids(design, y, grid, made.yes.mean(axis=1))
        figures |= _lists(design, y, made, street)
    return Found(cell, figures)


def _design(cell: Cell, made: Survey, grid: Floats) -> SurveyDesign:
    if cell.nonresponse == "none":
        return _with(_kept(np.ones(len(grid)), grid), grid)
    old = made.old[made.sampled].astype(int)
    asked = np.bincount(made.old[made.issued].astype(int), minlength=2)
    factor = pooled_response(asked[:, None], np.bincount(old, minlength=2)[:, None]).factor[:, 0]
    return _with(_kept(factor[old], grid), grid)


def _pairs(cell: Cell, streets: int) -> dict[int, int]:
    """Return for each grid with one answer the grid of its street that it is merged with."""
    alone = round(cell.lonely * GRIDS)
    firsts = (street * GRIDS + at for street in range(streets) for at in range(alone))
    return {each: each + alone for each in firsts}


def _with(weights: Floats, strata: Floats) -> SurveyDesign:
    return SurveyDesign(weights, strata=strata, fpc=np.full(len(strata), float(HOUSEHOLDS)), lonely="adjust")


def _kept(factor: Floats, grid: Floats) -> Floats:
    """Return weights by the factor, so that every grid keeps its households."""
    return factor * (HOUSEHOLDS / np.bincount(grid, weights=factor))[grid]


def _coverage(found: DomainEstimates, truth: Floats) -> dict[str, tuple[float, float]]:
    covered = {}
    for level in LEVELS:
        limits = found.interval(level)
        covered[f"{level:.0%}"] = _share((limits.low <= truth) & (truth <= limits.high))
    return covered


def _widths(found: DomainEstimates, made: Survey) -> dict[str, tuple[float, float]]:
    """Compare with the width of one who knows the variance within every grid."""
    limits = found.interval(0.95)
    held = made.sampled.sum(axis=1)
    within = made.yes.var(axis=1, ddof=1) / held * (1 - held / HOUSEHOLDS)
    oracle = 2 * 1.96 * np.sqrt(within.reshape(-1, GRIDS).sum(axis=1)) / GRIDS
    return {"width": ((limits.high - limits.low).mean() / oracle.mean(), 0.0)}


def _ranks(found: DomainEstimates, truth: Floats) -> dict[str, tuple[float, float]]:
    held = []
    for start in range(0, len(truth) - RANKED + 1, RANKED):
        at = slice(start, start + RANKED)
        if (found.se[at] > 0).all():
            sets = ranking.confidence_sets(found.value[at], found.se[at])
            rank = 1 + (truth[at][None, :] > truth[at][:, None]).sum(axis=1)
            held.append(bool(((sets.low <= rank) & (rank <= sets.high)).all()))
    return {"ranks": _share(np.array(held))} if held else {}


def _grids(design: SurveyDesign, y: Floats, grid: Floats, truth: Floats) -> dict[str, tuple[float, float]]:
    inside = grid < 2000
    found = proportion(design.subset(inside), y, by=np.where(inside, grid, -1))
    keep = np.array([each >= 0 for each in found.domains])
    covered = {}
    for name, method in (("grid exact", "hypergeometric"), ("grid KG", "korn_graubard")):
        limits = found.interval(0.95, method)
        low, high = np.asarray(limits.low)[keep], np.asarray(limits.high)[keep]
        covered[name] = _share((low <= truth[: len(low)]) & (truth[: len(low)] <= high))
    return covered


def _lists(design: SurveyDesign, y: Floats, made: Survey, street: Floats) -> dict[str, tuple[float, float]]:
    streets = len(made.biased)
    listed, yes = made.listed.reshape(streets, -1), made.yes.reshape(streets, -1)
    on = made.listed[made.sampled]
    counts = np.bincount(street, weights=on, minlength=streets)
    whole = (counts > 0) & (counts < np.bincount(street, minlength=streets))
    share = listed.mean(axis=1)
    truth = (listed & yes).sum(axis=1) / listed.sum(axis=1) - yes.mean(axis=1)
    rows = whole[street]
    found = bias.listed(
        _with(design.weights[rows], design.strata[rows]), y[rows], on[rows],
        coverage={int(d): share[d] for d in np.flatnonzero(whole)}, by=street[rows],
    )  # fmt: skip
    error = found.bias.value - truth[whole]
    return {
        "list bias": (error.mean(), error.std() / np.sqrt(len(error))),
        "list se": (np.sqrt(np.mean(found.bias.se**2) / np.mean(error**2)), 1 / np.sqrt(2 * len(error))),
        "FDR": _false_finds(found.bias, made.biased[whole]),
    }


def _false_finds(found: DomainEstimates, biased: Floats) -> tuple[float, float]:
    """Return the mean share of false ones among the finds of a city, and its error."""
    chance = 2 * stats.t.sf(np.abs(found.value) / np.maximum(found.se, 1e-12), np.maximum(found.df, 1))
    shares = []
    for start in range(0, len(biased) - RANKED + 1, RANKED):
        at = slice(start, start + RANKED)
        finds = multiple.adjust(chance[at], method="bh") <= Q
        shares.append((finds & ~biased[at]).sum() / max(1, finds.sum()))
    return float(np.mean(shares)), float(np.std(shares) / np.sqrt(len(shares)))


def _share(held: Floats) -> tuple[float, float]:
    share = float(held.mean())
    return share, float(np.sqrt(max(share * (1 - share), 1e-6) / len(held)))


def _names(cell: Cell) -> str:
    return f"{cell.n}/{cell.p:g}/{cell.icc:g}/{cell.nonresponse}/{cell.lonely:.0%}"


def _failing(found: Sequence[Found], gate: Gate) -> tuple[list[Cell], int]:
    asked = [each for each in found if gate.figure in each.figures and gate.holds_for(each.cell)]
    return [each.cell for each in asked if not gate.met(*each.figures[gate.figure])], len(asked)


def _print(found: Sequence[Found], *, streets: int, seconds: float) -> None:
    print(HEAD.format(cells=len(found), streets=streets, grids=GRIDS, households=HOUSEHOLDS))
    print(f"{machine()}; {seconds:.0f} s; seed {SEED}.\n")
    missed: dict[str, list[Cell]] = {}
    print("| gate | cells | met |\n|---|---|---|")
    for gate in GATES:
        missed[gate.says], asked = _failing(found, gate)
        print(f"| {gate.says} | {asked} | {asked - len(missed[gate.says])} |")
    print("\n## Coverage of a street's 95 % interval\n\nThe least, and the mean, over cells.\n")
    print("| answers a grid | " + " | ".join(WHO) + " |\n|---|" + "---|" * len(WHO))
    for n in sorted({each.cell.n for each in found}):
        print(f"| {n} | " + " | ".join(_spread(found, n, who) for who in WHO) + " |")
    print("\n## All figures\n\nMeans over the cells without nonresponse.\n")
    _means([each for each in found if each.cell.nonresponse == "none"])
    print("\n## Cells that miss a gate\n")
    for says, cells in missed.items():
        if cells:
            print(f"- {says}: {', '.join(_names(each) for each in cells)}")


def _spread(found: Sequence[Found], n: int, who: str) -> str:
    values = [each.figures["95%"][0] for each in found if (each.cell.n, each.cell.nonresponse) == (n, who)]
    return f"{min(values):.3f}, {np.mean(values):.3f}" if values else ""


def _means(found: Sequence[Found]) -> None:
    names = list(dict.fromkeys(name for each in found for name in each.figures))
    print("| answers a grid | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for n in sorted({each.cell.n for each in found}):
        rows = [each.figures for each in found if each.cell.n == n]
        cells = [np.mean([row[name][0] for row in rows if name in row]) for name in names]
        print(f"| {n} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |")


if __name__ == "__main__":
    main()
