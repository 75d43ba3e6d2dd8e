"""Replicate weights: the sample's own variability, for figures whose variance has no formula here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats, Ints, frozen, numbers
from sampling.designs.design import SurveyDesign
from sampling.designs.layout import layout
from sampling.errors import BadInput, LonelyStratum, named
from sampling.estimates.estimate import Estimate

Statistic = Callable[[Floats], Any]
Reweight = Callable[[SurveyDesign], SurveyDesign]


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Weights (n, R), the `scale` (R,) of each squared deviation, degrees of freedom, and how they were made.

    `base` (n,) are the weights of the sample itself; without them a figure is the mean of the replicates.

    >>> two = Replicates(np.array([[0.0, 2], [2, 0]]), np.array([0.5, 0.5]), 1, "jackknife")
    >>> two.estimate(lambda w: float(w @ [1, 3] / w.sum())).se
    1.0
    """

    weights: Floats
    scale: Floats
    df: int
    kind: str
    base: Floats | None = None

    def __post_init__(self) -> None:
        weights, scale = numbers(self.weights, name="weights"), numbers(self.scale, name="scale")
        if weights.ndim != 2 or scale.shape != weights.shape[1:]:
            raise BadInput(f"The 'scale' parameter must have one number a replicate. Got {scale.shape}.")
        if not np.isfinite(weights).all() or not (np.isfinite(scale) & (scale >= 0)).all():
            raise BadInput("The 'weights' and 'scale' parameters must be finite, and 'scale' not negative.")
        if self.base is not None and np.shape(self.base) != weights.shape[:1]:
            raise BadInput(f"The 'base' parameter must have the shape {weights.shape[:1]}.")
        object.__setattr__(self, "weights", frozen(weights))
        object.__setattr__(self, "scale", frozen(scale))
        object.__setattr__(self, "base", None if self.base is None else frozen(np.array(self.base, float)))

    def estimate(self, statistic: Statistic, *, mse: bool = False) -> Estimate:
        """Return the figure that `statistic` makes of weights (n,): a number or (k,).

        V = Σ scale (θ_r - θ̄)², θ̄ being the mean of the replicates, or the figure of the sample itself with
        `mse`. The design effect isn't known: `deff` is NaN. Raises BadInput for a figure that isn't finite,
        and for `mse` without `base`.
        Source: Wolter (2007), Introduction to Variance Estimation, chapter 4.
        """
        if mse and self.base is None:
            raise BadInput("The 'mse' parameter needs the sample's own weights, 'base'.")
        each = [_value(statistic(weights)) for weights in self.weights.T]
        value = np.mean(each, axis=0) if self.base is None else _value(statistic(self.base))
        apart = np.array(each).reshape(len(each), value.size)
        apart = apart - (value if mse or not each else apart.mean(axis=0)).reshape(1, -1)
        vcov = (apart * self.scale[:, None]).T @ apart
        se = np.sqrt(np.diagonal(vcov))
        flat = value.ndim == 0
        return Estimate(
            value=float(value) if flat else frozen(value),
            se=float(se[0]) if flat else frozen(se),
            df=self.df,
            deff=float("nan") if flat else frozen(np.full(value.size, np.nan)),
            n=int(np.count_nonzero(self.weights.any(axis=1) if self.base is None else self.base)),
            vcov=frozen(vcov),
            kind="statistic",
            method=f"{self.kind}/1",
        )


def _value(figure: Any) -> Floats:
    value = numbers(figure, name="statistic")
    if value.ndim > 1 or not np.isfinite(value).all():
        raise BadInput(f"The 'statistic' parameter must return finite numbers, one or (k,). Got {figure!r}.")
    return value


def jackknife(design: SurveyDesign, *, reweight: Reweight | None = None) -> Replicates:
    """Return the weights without one primary unit c of stratum h at a time, for every one of them.

    The others of its stratum have w·n_h/(n_h - 1); the scale is (1 - f_h)(n_h - 1)/n_h. `reweight` redoes
    nonresponse and calibration on each: it takes a design with the replicate's weights and returns another.
    Strata taken whole have no replicates; nor have those with one unit under lonely="remove" and
    "certainty", other rules raise LonelyStratum. Later stages add nothing. Raises BadInput for a subset.
    Source: Wolter (2007), Introduction to Variance Estimation, chapter 4.
    Formula (12) of method.md.

    >>> jackknife(SurveyDesign([10, 10, 10])).weights.tolist()
    [[0.0, 15.0, 15.0], [15.0, 0.0, 15.0], [15.0, 15.0, 0.0]]
    """
    if design.inside is not None:
        raise BadInput("The 'design' parameter of jackknife must be whole: let the statistic choose rows.")
    at = design.structure
    dropped = _dropped(design)
    stratum, h = at.stratum_of_psu, at.strata.codes
    unit = np.arange(design.n) if at.psu is None else at.psu.codes
    n = at.sampled[stratum[dropped]]
    weights = np.empty((design.n, len(dropped)))
    for place, (psu, held) in enumerate(zip(dropped.tolist(), n.tolist(), strict=True)):
        larger = np.where(h == stratum[psu], held / (held - 1), 1.0)
        weights[:, place] = _weights(design, np.where(unit == psu, 0.0, design.weights * larger), reweight)
    base = _weights(design, design.weights, reweight)
    scale = at.left[stratum[dropped]] * (n - 1) / n
    return Replicates(weights, scale, int(layout(design).df[0]), "jackknife", base)


def _dropped(design: SurveyDesign) -> Ints:
    """The primary units to leave out in turn."""
    at = design.structure
    open_strata: Bools = at.left > 0
    lonely = np.flatnonzero(open_strata & (at.sampled == 1)).tolist()
    if lonely and design.lonely not in ("remove", "certainty"):
        found = [at.strata.levels[h] for h in lonely]
        text = f"jackknife refused: one unit was sampled in the stratum {named(found)}."
        raise LonelyStratum(f"{text} Collapse it into a neighbour, or take lonely='remove'.", items=found)
    return np.flatnonzero((open_strata & (at.sampled > 1))[at.stratum_of_psu])


def _weights(design: SurveyDesign, weights: Floats, reweight: Reweight | None) -> Floats:
    """A replicate's weights for the rows of `design`, reweighted; 0 for rows that left."""
    if reweight is None:
        return np.array(weights)
    made = reweight(design.with_weights(weights))
    if made.n == design.n:
        return np.array(made.weights)
    out = np.zeros(int(max(design.rows.max(), made.rows.max())) + 1)
    out[made.rows] = made.weights
    return out[design.rows]
