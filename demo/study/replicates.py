"""One invented city after another, by two processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from demo.study import estimators, field, surveyed
from demo.study.city import SCENARIOS, StudyCity, build
from demo.study.measures import measures

SIZES = (5, 10, 20, 50)
SEED = 20261123
PUBLISHED = "as published, raked"
"""The scores' own way, with outside margins in place of classes that a registry seldom has."""
Measured = dict[str, dict[str, dict[str, float]]]
"""Estimator → answers a grid → measure."""

Mean = tuple[float, float]
"""A mean over replicates, and its standard error."""

Means = Mapping[str, Mapping[str, Mapping[str, Mean]]]
"""Estimator → answers a grid → measure."""


def replicate(number: int, *, scenario: str, seed: int = SEED) -> tuple[Measured, dict[str, float]]:
    """Return what one city of a scenario measures, and what the city is like."""
    name = list(SCENARIOS).index(scenario)
    city = build(SCENARIOS[scenario], seed=[seed, name, number, 0])
    order = field.calls(city, seed=[seed, name, number, 1])
    out: Measured = {"QR mean": {"all": measures(city, estimators.qr_mean(city))}}
    for n in SIZES:
        made = field.sample(order, n)
        found = estimators.weighted(city, made)
        banded, bare = estimators.shipped(city, found, made.rate)
        scores = {
            "worker list": estimators.worker_list(city, n, seed=[seed, name, number, 2]),
            "random, unweighted": estimators.unweighted(city, made),
            "+ class weights": estimators.of(found),
            "FH, REML": estimators.reml(city, found),
            "FH adjusted + band": banded,
            PUBLISHED: surveyed.of_grids(surveyed.scored(city, made)),
            "FH + QR": estimators.reml(city, found, ratings=True),
        }
        for each, figures in scores.items():
            out.setdefault(each, {})[str(n)] = measures(city, figures)
        out["FH adjusted + band"][str(n)]["cover_without_band"] = measures(city, bare)["cover"]
    return out, _like(city, field.sample(order, SIZES[-1]).rate)


def _like(city: StudyCity, rate: float) -> dict[str, float]:
    yes, n = field.counted(city, np.flatnonzero(city.listed), city.told)
    bias = yes / n - city.theta
    return {
        "theta_mean": float(city.theta.mean()),
        "theta_sd": float(city.theta.std()),
        "rr": rate,
        "list_bias_mean": float(bias.mean()),
        "list_over10": float((bias > 0.10).mean()),
    }


def run(
    scenario: str, replicates: int, *, seed: int = SEED, processes: int = 2
) -> tuple[Means, dict[str, Mean]]:
    """Return the means over replicates of all measures, and of what the cities are like."""
    one = partial(replicate, scenario=scenario, seed=seed)
    if processes == 1:
        found = [one(number) for number in range(replicates)]
    else:
        with ProcessPoolExecutor(processes) as pool:
            found = list(pool.map(one, range(replicates)))
    first, like = found[0]
    means = {
        estimator: {
            n: {measure: _mean([each[0][estimator][n][measure] for each in found]) for measure in values}
            for n, values in sizes.items()
        }
        for estimator, sizes in first.items()
    }
    return means, {name: _mean([each[1][name] for each in found]) for name in like}


def _mean(values: Sequence[float]) -> Mean:
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("inf")
    return float(np.mean(values)), error
