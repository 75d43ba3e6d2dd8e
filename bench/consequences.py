"""Whom the rule of consequences would name: invented cities of 400 workers. Prints Markdown.

Points 2 and 3 of the rule over one wave, for all answers together and for conduct. Named are workers a city;
above the median is how many of them are better than half of all; found is the share of the worst tenth.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from demo.study.consequences import AWARE, CONDUCT, JUDGED, SIZES, NamedWorkers, replicate
from survey.scores.rules.pipeline import OVERALL

AIMS = {
    (OVERALL, 10): ((0.062, 0.061), (0, 0), (0.002, 0.002)),
    (OVERALL, 40): ((11.25, 1.836), (0.312, 0.116), (0.162, 0.026)),
    (OVERALL, 50): ((23.438, 2.323), (0.875, 0.232), (0.314, 0.033)),
    (OVERALL, 100): ((52.938, 1.604), (2.625, 0.45), (0.594, 0.023)),
    (CONDUCT, 10): ((0.875, 0.232), (0, 0), (0.022, 0.006)),
    (CONDUCT, 40): ((28.562, 1.146), (0.188, 0.098), (0.522, 0.02)),
    (CONDUCT, 50): ((35.812, 1.216), (0.375, 0.15), (0.616, 0.022)),
    (CONDUCT, 100): ((59.375, 1.531), (0.125, 0.083), (0.886, 0.013)),
    (AWARE, 10): ((0, 0), (0, 0), (0, 0)),
    (AWARE, 40): ((6.75, 1.194), (0.062, 0.061), (0.131, 0.023)),
    (AWARE, 50): ((12.562, 1.262), (0.062, 0.061), (0.236, 0.022)),
    (AWARE, 100): ((36.125, 1.363), (0.125, 0.083), (0.6, 0.021)),
}
"""What another simulation of sixteen cities found, with its error: named, above the median, found."""
SLACK = 0.002
Cities = Sequence[dict[tuple[str, int], NamedWorkers]]


def told(cities: Cities, key: tuple[str, int]) -> tuple[str, bool]:
    """Return a row: mean and Monte-Carlo error beside what was found elsewhere; and whether they agree."""
    rows = np.array([(one[key].named, one[key].above_median, one[key].found) for one in cities], dtype=float)
    error = rows.std(axis=0, ddof=1) / len(rows) ** 0.5
    cells, holds = [], True
    for mean, off, (aim, aim_off) in zip(rows.mean(axis=0), error, AIMS[key], strict=True):
        cells.append(f"{mean:.2f} ± {off:.2f} ({aim:g} ± {aim_off:g})")
        holds = holds and abs(mean - aim) <= 3 * (off**2 + aim_off**2) ** 0.5 + SLACK
    return f"| {key[0]} | {key[1]} | {' | '.join(cells)} | {'yes' if holds else 'no'} |", bool(holds)


def main() -> int:
    """Run so many cities, print the table, say whether it agrees."""
    parser = argparse.ArgumentParser(prog="python -m bench.consequences", description=__doc__)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    begin = time.monotonic()
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        cities = list(pool.map(replicate, range(options.replicates)))
    print(f"{len(cities)} cities, {time.monotonic() - begin:.0f} s; in brackets another simulation of 16\n")
    print("| judged | completes a grid | named | above the median | found of the worst tenth | agrees |")
    print("|---|---|---|---|---|---|")
    rows = [told(cities, (judged, n)) for judged in JUDGED for n in SIZES]
    for row, _holds in rows:
        print(row)
    return 0 if all(holds for _row, holds in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
