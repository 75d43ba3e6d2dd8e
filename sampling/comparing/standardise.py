"""Shares made comparable: as if every place had the same people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import numbers, refuse
from sampling.errors import BadInput


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
