"""The scores compared: of a list, of a draw, weighted, drawn towards their kind, with QR beside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.study import field
from demo.study.city import GRIDS, Floats, StudyCity
from demo.study.field import Sample
from sampling import intervals
from sampling.areas.area_fit import within
from sampling.areas.direct import Direct, direct
from sampling.areas.grid_scores import grid_scores, qr_shrink, smoothed, standardised
from sampling.areas.small_area import FayHerriot, areas_of, at_variance
from sampling.weights import pooled_response

CLASSES, TYPES = 12, 4
Z = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """PlaceFigures of all grids (G,) and their limits."""

    value: Floats
    low: Floats
    high: Floats


def worker_list(city: StudyCity, n: int, *, seed: list[int]) -> Scores:
    """The share of yes on the worker's list, with Wilson's limits as if it had been drawn."""
    return _plain(*field.counted(city, field.listed(city, n, seed=seed), city.told))


def unweighted(city: StudyCity, made: Sample) -> Scores:
    """The share of yes among the completes."""
    return _plain(*field.counted(city, made.completed, city.satisfied))


def qr_mean(city: StudyCity) -> Scores:
    """The share of yes among those who rated; where nobody did, the city's."""
    yes, n = field.counted(city, np.flatnonzero(city.rated), city.satisfied)
    some = n > 0
    return _plain(np.where(some, yes, yes.sum()), np.where(some, n, n.sum()))


def _plain(yes: Floats, n: Floats) -> Scores:
    limits = intervals.wilson(yes, n)
    return Scores(yes / n, np.asarray(limits.low), np.asarray(limits.high))


def weighted(city: StudyCity, made: Sample) -> Direct:
    """Shares weighted by pooled classes of response: age, tenure and telephone within grid types."""
    kind = city.type[city.of]
    table = [np.zeros((CLASSES, TYPES)), np.zeros((CLASSES, TYPES))]
    for counts, households in zip(table, (made.issued, made.completed), strict=True):
        np.add.at(counts, (city.cell[households], kind[households]), 1)
    factor = pooled_response(*table).factor
    done = made.completed
    return direct(city.satisfied[done], factor[city.cell[done], kind[done]], by=city.of[done])


def of(found: Direct) -> Scores:
    """The weighted shares as scores."""
    return Scores(*(np.asarray(each) for each in (found.value, found.low, found.high)))


def reml(city: StudyCity, found: Direct, *, ratings: bool = False) -> Scores:
    """Fay and Herriot's model by REML in two passes; with `ratings`, QR beside the complaints."""
    p, worth = np.asarray(found.value), np.asarray(found.n_eff)
    x = np.column_stack([np.eye(TYPES)[city.type], _covariates(city, ratings=ratings)])
    share = np.empty(GRIDS)
    for each in range(TYPES):
        inside = city.type == each
        share[inside] = np.average(p[inside], weights=worth[inside])
    first = _fitted(p, smoothed(share, worth, city.size), x)
    made = _fitted(p, smoothed(np.clip(x @ first.beta, 0.05, 0.95), worth, city.size), x)
    half = Z * np.sqrt(made.mse)
    value = np.clip(made.value, 0, 1)
    return Scores(value, np.clip(value - half, 0, 1), np.clip(value + half, 0, 1))


def _fitted(p: Floats, psi: Floats, x: Floats) -> FayHerriot:
    areas, spread = areas_of(p, psi, x), float(np.var(p))
    found = within(areas, method="reml", low=1e-4 * spread, high=2 * spread)
    return at_variance(areas, found.value, method="reml")


def shipped(city: StudyCity, found: Direct, rate: float) -> tuple[Scores, Scores]:
    """The scores that are published, with the band for hidden nonresponse and without it."""
    types, beside = city.type.tolist(), _covariates(city)
    made = grid_scores(found.value, found.n_eff, city.size, types, covariates=beside, response_rate=rate)
    return Scores(made.value, made.band_low, made.band_high), Scores(made.value, made.low, made.high)


def _covariates(city: StudyCity, *, ratings: bool = False) -> Floats:
    columns = [standardised(np.log((city.complaints + 1) / city.size))]
    if ratings:
        yes, n = field.counted(city, np.flatnonzero(city.rated), city.satisfied)
        columns.append(standardised(qr_shrink(yes, n, float(yes.sum() / n.sum()))))
    return np.column_stack(columns)
