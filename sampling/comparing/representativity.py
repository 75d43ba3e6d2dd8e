"""How alike those who answered are to those who were asked: the R-indicator and what it bounds."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from sampling.designs.arrays import Bools, Floats, added, column, numbers, refuse
from sampling.designs.labels import coded
from sampling.errors import BadInput, Collinear, TooFew

Divisor = Literal["N", "N-1"]


@dataclass(frozen=True, slots=True)
class Partial:
    """How much a variable's groups differ in response: `total` over all, and each group's own, signed."""

    total: float
    groups: Mapping[Hashable, float]


@dataclass(frozen=True, slots=True)
class RIndicator:
    """R = 1 - 2S; `s2` is the variance of the response propensities, `mean` their mean, `cv` = S/mean.

    1 is a response that left nobody out more than others. `partial` steers the next calls; None without
    groups.
    """

    r: float
    s2: float
    mean: float
    cv: float
    partial: Partial | None = None

    def max_bias(self, sd: float) -> float:
        """Return the largest bias, in the unit of `sd`, that unadjusted answers can have: (1 - R)·sd/(2ρ̄).

        Schouten, Cobben and Bethlehem (2009), equation (4.2); formula (57) of method.md. Raises BadInput for
        an `sd` below 0.

        >>> round(RIndicator(0.917107415862, 0.0017178, 0.294667383946, 0.14065).max_bias(0.458257569496), 6)
        0.064456
        """
        if not 0 <= sd < math.inf:
            raise BadInput(f"The 'sd' parameter must be finite and not below 0. Got {sd!r}.")
        return (1 - self.r) * sd / (2 * self.mean)


def r_indicator(
    fitted: Any, weights: Any = None, *, groups: Any = None, divisor: Divisor = "N", x: Any = None
) -> RIndicator:
    """Return how evenly response is spread, from propensities `fitted` (n,) of everybody asked.

    Parameters
    ----------
    weights : (n,) design weights; equal if not given.
    groups : labels (n,) of a variable whose part in the spread is wanted.
    divisor : of the variance, "N" = Σw or "N-1" = Σw - 1.
    x : the model's columns (n, p); takes off what estimating the propensities adds to their variance.

    S² = Σw(ρ - ρ̄)²/Σw, R = 1 - 2S. Formulas (55) and (56) of method.md: a group's own part is
    √(N_k/N)(ρ̄_k - ρ̄), the whole √Σ of their squares. Schouten, Cobben and Bethlehem (2009), Survey
    Methodology 35: 101-113, equation (3.2); with `x` after Shlomo, Skinner and Schouten (2012), Journal of
    Statistical Planning and Inference 142: 201-211. Raises BadInput for propensities outside [0, 1] or all 0,
    TooFew for fewer than two rows, Collinear for dependent columns.

    >>> round(r_indicator([0.2, 0.2, 0.4, 0.4]).r, 4)
    0.8
    """
    if divisor not in get_args(Divisor):
        raise BadInput(f"The 'divisor' parameter must be one of {get_args(Divisor)}. Got {divisor!r}.")
    chance = numbers(fitted, name="fitted")
    if chance.ndim != 1 or chance.size < 2:
        raise TooFew(f"r_indicator refused: propensities of two or more are needed. Got {chance.shape}.")
    refuse(~((chance >= 0) & (chance <= 1)), name="fitted", must="lie between 0 and 1")
    w = _weights(weights, n=chance.size)
    mean = float(w @ chance / w.sum())
    if mean == 0:
        raise BadInput("The 'fitted' parameter must not be 0 throughout.")
    over = float(w.sum()) - (divisor == "N-1")
    if over <= 0:
        raise BadInput("The 'weights' parameter must sum to more than 1 for the divisor 'N-1'.")
    s2 = float(w @ (chance - mean) ** 2) / over
    if x is not None:
        s2 = max(0.0, s2 - _from_estimating(chance, x))
    spread = math.sqrt(s2)
    partial = None if groups is None else _partial(chance, w, mean=mean, groups=groups)
    return RIndicator(1 - 2 * spread, s2, mean, spread / mean, partial)


def _weights(given: Any, *, n: int) -> Floats:
    if given is None:
        return np.ones(n)
    w = column(given, n=n, name="weights")
    refuse(~(np.isfinite(w) & (w >= 0)), name="weights", must="be finite and not below 0")
    if not w.any():
        raise BadInput("The 'weights' parameter must not be 0 throughout.")
    return w


def _from_estimating(chance: Floats, x: Any) -> float:
    """Σ(z - z̄)'I⁻¹(z - z̄)/n with z = ρ(1 - ρ)x and I = Σρ(1 - ρ)xx'."""
    given = numbers(x, name="x")
    columns = given[:, None] if given.ndim == 1 else given
    if columns.ndim != 2 or len(columns) != chance.size:
        raise BadInput(f"The 'x' parameter must have {chance.size} rows. Got {given.shape}.")
    bad: Bools = (~np.isfinite(columns)).sum(axis=1) > 0
    refuse(bad, name="x", must="be finite")
    variance = chance * (1 - chance)
    information = columns.T @ (columns * variance[:, None])
    if np.linalg.matrix_rank(information) < len(information):
        raise Collinear("r_indicator refused: a column of x is a combination of others.")
    z = columns * variance[:, None]
    apart = z - z.mean(axis=0)
    return float((apart * np.linalg.solve(information, apart.T).T).sum()) / chance.size


def _partial(chance: Floats, w: Floats, *, mean: float, groups: Any) -> Partial:
    labels = coded(groups, n=chance.size, name="groups")
    size = len(labels.levels)
    held, answered = added(labels.codes, w, size=size), added(labels.codes, w * chance, size=size)
    some = held > 0
    apart = np.where(some, answered / np.where(some, held, 1.0) - mean, 0.0)
    own = np.sqrt(held / w.sum()) * apart
    return Partial(float(np.sqrt((own**2).sum())), dict(zip(labels.levels, own.tolist(), strict=True)))
