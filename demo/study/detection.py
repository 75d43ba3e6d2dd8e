"""Whether distorted lists are found: two arms a grid, by the test with a margin and by the one without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sampling import bias
from sampling.comparing.multiple import adjust
from sampling.intervals import midp_fisher

GRIDS, SHARE, Q = 400, 0.63, 0.10
MARGIN, HIGHEST = 0.05, 0.985
WITHIN, WITHOUT = (0.50, 0.80), (0.55, 0.80)
"""What the shares of random arms are drawn from, with a margin and without."""

ARMS, EXCESS, HONEST = (10, 20, 40, 80), (0.15, 0.20, 0.30), (0.0, 0.02)
PLAIN_ARMS, PLAIN_EXCESS, PLAIN_HIGHEST = (5, 10, 20, 40), (0.20, 0.30), 0.995
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DetectedLists:
    """Means over runs: the share of distorted grids that are named, and of the named that are honest."""

    power: float
    fdr: float
    city: float
    spread: float
    above_truth: float
    """Shares of runs in which the city's mean is found, and in which the cautious share exceeds the truth;
    `spread` is the standard deviation of the mean difference between runs."""


def with_margin(runs: int, *, seed: int) -> dict[str, DetectedLists]:
    """Return what the margin test finds, by answers an arm, excess of the distorted and of the honest."""
    return {
        f"{n}|{delta}|{honest}": _margin(runs, n, delta, honest, np.random.default_rng([seed, n, at]))
        for at, (n, delta, honest) in enumerate(product(ARMS, EXCESS, HONEST))
    }


def without_margin(runs: int, *, seed: int) -> dict[str, DetectedLists]:
    """Return what Fisher's mid-p test finds where every excess counts, by answers an arm and excess."""
    return {
        f"{n}|{delta}": _plain(runs, n, delta, np.random.default_rng([seed, n, 100 + at]))
        for at, (n, delta) in enumerate(product(PLAIN_ARMS, PLAIN_EXCESS))
    }


def _margin(runs: int, n: int, delta: float, honest: float, random: np.random.Generator) -> DetectedLists:
    rows = []
    for _ in range(runs):
        distorted = random.permutation(GRIDS) < round(SHARE * GRIDS)
        listed, drawn = _arms(random, n, np.where(distorted, delta, honest), WITHIN, highest=HIGHEST)
        made = bias.city_distortion(listed, n, drawn, n, margin=MARGIN, q=Q)
        rows.append(
            (*_rates(made.found, distorted), made.low > 0, made.mean, made.at_least > distorted.mean())
        )
    return _means(rows)


def _plain(runs: int, n: int, delta: float, random: np.random.Generator) -> DetectedLists:
    rows = []
    for _ in range(runs):
        distorted = random.permutation(GRIDS) < round(SHARE * GRIDS)
        listed, drawn = _arms(random, n, np.where(distorted, delta, 0.0), WITHOUT, highest=PLAIN_HIGHEST)
        found = adjust(midp_fisher(listed, n, drawn, n)) <= Q
        apart = (listed - drawn) / n
        rows.append((*_rates(found, distorted), _beyond(apart), apart.mean(), False))
    return _means(rows)


def _arms(
    random: np.random.Generator,
    n: int,
    excess: NDArray[np.float64],
    between: tuple[float, float],
    *,
    highest: float,
) -> tuple[Counts, Counts]:
    share = random.uniform(*between, GRIDS)
    return random.binomial(n, np.minimum(share + excess, highest)), random.binomial(n, share)


def _rates(found: NDArray[np.bool_], distorted: NDArray[np.bool_]) -> tuple[float, float]:
    wrong = float((found & ~distorted).sum())
    return float(found[distorted].mean()), wrong / max(1.0, float(found.sum()))


def _beyond(apart: NDArray[np.float64]) -> bool:
    return bool(apart.mean() > 1.645 * apart.std() / np.sqrt(apart.size))


def _means(rows: Sequence[tuple[float, ...]]) -> DetectedLists:
    power, fdr, city, mean, above = np.array(rows, dtype=float).T
    spread = float(mean.std(ddof=1)) if len(rows) > 1 else float("nan")
    return DetectedLists(
        float(power.mean()), float(fdr.mean()), float(city.mean()), spread, float(above.mean())
    )
