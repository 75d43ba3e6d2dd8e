"""The yardstick: the same sums by plain numpy, nothing checked, nothing general."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.answers import load
from bench.contestants.result import finish

Floats = NDArray[np.float64]


def domain_se(
    y: Floats, w: Floats, domain: NDArray[np.int64], stratum: NDArray[np.int64], size: Floats
) -> Floats:
    """Return the standard errors of the domains' means; strata lie within domains."""
    total = np.bincount(domain, weights=w)
    value = np.bincount(domain, weights=w * y) / total
    u = w * (y - value[domain])
    n = np.bincount(stratum)
    s1, s2 = np.bincount(stratum, weights=u), np.bincount(stratum, weights=u * u)
    within = (1 - n / size) * n / (n - 1) * (s2 - s1 * s1 / n)
    above = np.zeros(len(n), dtype=np.int64)
    above[stratum] = domain
    result: Floats = np.sqrt(np.bincount(above, weights=within)) / total
    return result


def main() -> None:
    """Estimate and print."""
    folder = Path(sys.argv[1])
    data = load(folder)
    begin = time.perf_counter()
    size = np.zeros(data["grid"][-1] + 1)
    size[data["grid"]] = data["size"]
    designed = time.perf_counter()
    y, w, grid = data["score"], data["weight"], data["grid"]
    grids = domain_se(y, w, grid, grid, size)
    streets = domain_se(y, w, data["street"], grid, size)
    end = time.perf_counter()
    finish(folder, "bincount", grids, streets, design=designed - begin, estimate=end - designed)


main()
