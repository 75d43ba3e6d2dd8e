"""Shares made comparable: as if every place had the same people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import numbers, refuse
from sampling.errors import BadInput
from sampling.intervals.limits import wilson_limits, z_quantile


@dataclass(frozen=True, slots=True)
class Standardised:
    """The share of a place under the standard's mix of cells, its error, and the share as found."""

    value: float
    se: float
    crude: float


def direct(p: Any, n: Any, standard: Any) -> Standardised:
    """Return Σ w_k p_k of a place's cells: shares `p` (K,) of `n` answers (K,), `standard` weights w (K,).

    Variance Σ w²p(1 - p)/n, crude Σ np/Σn. Formula (63) of method.md; Breslow and Day (1987), Statistical
    Methods in Cancer Research II, section 2.3. A cell of fewer than five answers should have its share from
    a model. Never adjust for what the judged can change. Raises BadInput for shares outside [0, 1], cells
    without answers, weights below 0 or not summing to 1.

    >>> found = direct([0.55, 0.70, 0.85], [24, 18, 8], [0.30, 0.45, 0.25])
    >>> round(found.value, 4), round(found.se, 4), round(found.crude, 3)
    (0.6925, 0.0655, 0.652)
    """
    share, answers, w = (
        numbers(each, name=name) for name, each in (("p", p), ("n", n), ("standard", standard))
    )
    if share.ndim != 1 or not share.size or not share.shape == answers.shape == w.shape:
        raise BadInput(
            f"The 'p', 'n' and 'standard' parameters must have one shape (K,). Got {share.shape}, "
            f"{answers.shape}, {w.shape}."
        )
    refuse(~((share >= 0) & (share <= 1)), name="p", must="lie between 0 and 1")
    refuse(~(np.isfinite(answers) & (answers > 0)), name="n", must="be finite and positive")
    refuse(~(w >= 0), name="standard", must="not be below 0")
    if abs(float(w.sum()) - 1) > 1e-9:
        raise BadInput(f"The 'standard' parameter must sum to 1. Got {float(w.sum()):.10g}.")
    variance = float((w**2 * share * (1 - share) / answers).sum())
    return Standardised(float(w @ share), variance**0.5, float(answers @ share / answers.sum()))


@dataclass(frozen=True, slots=True)
class CaseMix:
    """How many were solved, how many would be expected of this mix, and their ratio with its limits."""

    observed: float
    expected: float
    ratio: float
    low: float
    high: float


def case_mix(solved: Any, n: Any, rates: Any, *, level: float = 0.95) -> CaseMix:
    """Return O/E of categories (K,): O = Σ `solved` of `n` cases, E = Σ n·rate at the city's `rates`.

    Limits: Wilson's of O/Σn, times Σn/E; the city's rates count as known. Formula (63a) of method.md; Breslow
    and Day (1987), Statistical Methods in Cancer Research II, section 2.3. A category is what was reported,
    never what the judged can change. Raises BadInput for counts that don't fit, rates outside [0, 1], and
    where nothing is expected.

    >>> found = case_mix([8, 3], [10, 10], [0.9, 0.5])
    >>> round(found.expected, 1), round(found.ratio, 3)
    (14.0, 0.786)
    """
    counts, cases, share = (numbers(v, name=k) for k, v in (("solved", solved), ("n", n), ("rates", rates)))
    if share.ndim != 1 or not share.size or not share.shape == counts.shape == cases.shape:
        raise BadInput(
            f"The 'solved', 'n' and 'rates' parameters must have one shape (K,). Got {counts.shape}, "
            f"{cases.shape}, {share.shape}."
        )
    refuse(~((share >= 0) & (share <= 1)), name="rates", must="lie between 0 and 1")
    refuse(~(np.isfinite(cases) & (cases >= 0)), name="n", must="be finite and not below 0")
    refuse(~((counts >= 0) & (counts <= cases)), name="solved", must="lie between 0 and n")
    expected, observed, of = (float(each.sum()) for each in (cases * share, counts, cases))
    if not expected:
        raise BadInput("Nothing is expected: the 'n' or the 'rates' are all 0.")
    low, high = wilson_limits(np.array(observed / of), size=of, z=np.array(z_quantile(level)))
    return CaseMix(
        observed, expected, observed / expected, float(low) * of / expected, float(high) * of / expected
    )
