"""How much a sample is worth that nobody drew: the data-defect correlation, and what a draw can detect."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, column, flags, numbers, refuse
from sampling.errors import BadInput, NotIdentified
from sampling.intervals.limits import z_quantile


@dataclass(frozen=True, slots=True)
class Ddc:
    """The defect of a recorded part of a population of `N`: error = ddc·√dropout_odds·sigma, an identity.

    `f` is the recorded share, `error` the recorded mean less the population's, `ddc` the correlation of being
    recorded (times its weight) with the answer, `sigma` the answers' standard deviation (divisor N), `n_eff`
    how many answers of a simple random sample have the same error; infinite where the error is 0.
    """

    N: int
    f: float
    error: float
    ddc: float
    dropout_odds: float
    sigma: float
    n_eff: float


def ddc(y: Any, recorded: Any, *, weights: Any = None) -> Ddc:
    """Return the data defect of those `recorded` (N,) among a population's answers `y` (N,).

    dropout_odds = (1 - f + CV²)/f, CV that of the `weights` (N,) of the recorded, 0 without them; n_eff =
    1/(dropout_odds·ddc²). Formula (52) of method.md. Meng (2018), Annals of Applied Statistics 12: 685-726,
    equations (2.3) and (3.5). Raises NotIdentified where nobody or everybody is recorded alike, or all
    answers are equal; BadInput.

    >>> found = ddc([0, 0, 1, 1], [0, 1, 1, 1])
    >>> round(found.error, 4), round(found.ddc * found.dropout_odds**0.5 * found.sigma, 4)
    (0.1667, 0.1667)
    """
    answers = column(y, n=np.size(y), name="y")
    refuse(~np.isfinite(answers), name="y", must="be finite")
    share = _shares(recorded, weights, n=answers.size)
    sigma, spread = float(answers.std()), float(share.std())
    if sigma == 0 or spread == 0:
        raise NotIdentified("ddc refused: all answers are equal, or nobody or everybody is recorded alike.")
    error = float(share @ answers / share.sum() - answers.mean())
    odds = (spread / float(share.mean())) ** 2
    found = error / (math.sqrt(odds) * sigma)
    worth = math.inf if found == 0 else 1 / (odds * found**2)
    return Ddc(answers.size, float((share > 0).mean()), error, found, odds, sigma, worth)


def _shares(recorded: Any, weights: Any, *, n: int) -> Floats:
    chosen = flags(recorded, n=n, name="recorded").astype(np.float64)
    if not chosen.any():
        raise NotIdentified("ddc refused: nobody is recorded.")
    if weights is None:
        return chosen
    given = column(weights, n=n, name="weights")
    refuse(~(np.isfinite(given) & (given >= 0)), name="weights", must="be finite and not below 0")
    found: Floats = chosen * given
    if not found.any():
        raise NotIdentified("ddc refused: no recorded row has weight.")
    return found


def detectable(
    n: Any, *, coverage: Any, sd: Any, deff: Any = 1.0, level: float = 0.95, power: float = 0.8
) -> float | Floats:
    """Return the bias of a list, in the unit of `sd`, that a sample of `n` finds with the given power.

    (z_{α/2} + z_β)·sd·√(deff·(1 - c)/(c·n)), c the list's share `coverage` of the population; all broadcast.
    Formula (49) of method.md. Raises BadInput unless n, sd, deff are positive, 0 < c < 1, 0 < power < 1.

    >>> round(detectable(400, coverage=0.35, sd=0.458, deff=1.3), 4)
    0.0997
    """
    if not 0 < power < 1:
        raise BadInput(f"The 'power' parameter must lie between 0 and 1. Got {power!r}.")
    named = {"n": n, "sd": sd, "deff": deff, "coverage": coverage}
    given = {name: numbers(value, name=name) for name, value in named.items()}
    for name, value in given.items():
        refuse(~(np.isfinite(value) & (value > 0)).ravel(), name=name, must="be finite and positive")
    share = given["coverage"]
    refuse(~(share < 1).ravel(), name="coverage", must="be below 1")
    size = z_quantile(level) + NormalDist().inv_cdf(power)
    found = size * given["sd"] * np.sqrt(given["deff"] * (1 - share) / (share * given["n"]))
    return float(found) if np.ndim(found) == 0 else found
