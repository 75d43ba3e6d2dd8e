"""What changed between two waves, some of whose primary units were drawn both times."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, added
from sampling.designs.columns import columns
from sampling.designs.design import SurveyDesign
from sampling.designs.layout import layout
from sampling.errors import BadInput
from sampling.estimates.calibrated import residual
from sampling.estimates.estimate import METHOD, Estimate
from sampling.estimates.estimators import mean
from sampling.estimates.figures import fraction_of


@dataclass(frozen=True, slots=True, eq=False)
class UnitScores:
    """Scores of one wave's mean by primary unit: the sum `u` of each, of `stratum` in `units`."""

    u: Floats
    units: tuple[Hashable, ...]
    stratum: tuple[Hashable, ...]
    sampled: dict[Hashable, float]
    frame: dict[Hashable, float]


def change(before: SurveyDesign, y_before: Any, after: SurveyDesign, y_after: Any) -> Estimate:
    """Return the mean of `y_after` less that of `y_before`, with the covariance of the overlap.

    In the unit of y. Both designs name their primary units and strata, of one stage; a unit of the same
    label in the same stratum is the same one, asked twice. V = V₁ + V₂ - 2C, C = Σ_h (n₁₂ - n₁n₂/N) s₁₂:
    s₁₂ is the covariance of the scores u of the n₁₂ units of stratum h in both waves (divisor n₁₂ - 1;
    nothing where there are fewer than two), and N the geometric mean of both frames. So two draws that had
    nothing to do with each other have C near 0, and a panel what its units' own changes say. Scores are less
    what calibrated weights explain. `df` is the smaller one of both. A share is the mean of 0 and 1.

    Raises BadInput for designs of several stages or without named primary units; otherwise as `mean`.
    Source: Tam (1984), American Statistician 38: 288-289; Qualité and Tillé (2008), Survey Methodology 34:
    173-181; scores Woodruff (1971), JASA 66: 411-414.
    Formula (72) of method.md.

    >>> wave = SurveyDesign([50, 50, 50], psu=["a", "b", "c"])
    >>> found = change(wave, [1, 3, 2], wave, [2, 4, 3])
    >>> found.value, round(found.se, 9)
    (1.0, 0.0)
    """
    one, other = _scores(before, y_before, name="before"), _scores(after, y_after, name="after")
    first, second = mean(before, y_before), mean(after, y_after)
    variance = float(first.se) ** 2 + float(second.se) ** 2 - 2 * _shared(one, other)
    return Estimate(
        value=float(second.value) - float(first.value),
        se=float(np.sqrt(max(variance, 0.0))),
        df=min(first.df, second.df),
        deff=float("nan"),
        n=first.n + second.n,
        kind="contrast",
        method=METHOD,
    )


def _scores(design: SurveyDesign, y: Any, *, name: str) -> UnitScores:
    made = design.structure
    if made.psu is None or made.further is not None:
        raise BadInput(f"The {name!r} parameter must be a design of one stage that names its primary units.")
    at = layout(design)
    answers = at.take(columns(design, y, over=None, missing="refuse", single=True).y[:, 0])
    u = fraction_of(at, at.take(design.weights), answers).u
    rows = at.rows
    if at.whole is not None:
        u, rows = residual(at, at.whole, u), at.whole.rows
    codes = made.psu.codes if rows is None else made.psu.codes[rows]
    levels = made.strata.levels
    return UnitScores(
        u=added(codes, u, size=made.psus),
        units=made.psu.levels,
        stratum=tuple(levels[code] for code in made.stratum_of_psu.tolist()),
        sampled=dict(zip(levels, made.sampled.tolist(), strict=True)),
        frame=dict(zip(levels, made.frame.tolist(), strict=True)),
    )


def _shared(one: UnitScores, other: UnitScores) -> float:
    """C: the covariance of both means."""
    beside = dict(zip(zip(other.stratum, other.units, strict=True), other.u.tolist(), strict=True))
    pairs: dict[Hashable, list[tuple[float, float]]] = {}
    for stratum, unit, u in zip(one.stratum, one.units, one.u.tolist(), strict=True):
        if (stratum, unit) in beside:
            pairs.setdefault(stratum, []).append((u, beside[stratum, unit]))
    return sum(_of_stratum(one, other, stratum, np.array(found)) for stratum, found in pairs.items())


def _of_stratum(one: UnitScores, other: UnitScores, stratum: Hashable, both: Floats) -> float:
    if len(both) < 2:
        return 0.0
    fractions = [each.sampled[stratum] / each.frame[stratum] for each in (one, other)]
    chance = float(np.sqrt(fractions[0] * fractions[1] * one.sampled[stratum] * other.sampled[stratum]))
    return (len(both) - chance) * float(np.cov(both.T)[0, 1])
