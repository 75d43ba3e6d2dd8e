"""A grid's own share from a few weighted answers: what they are worth, and how far they may be off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, added, column, frozen, refuse
from sampling.designs.labels import Labels, coded
from sampling.errors import EmptyDomain, named
from sampling.intervals.limits import wilson_limits, z_quantile


@dataclass(frozen=True, slots=True, eq=False)
class Direct:
    """Weighted shares of D domains (sorted), or numbers for the whole; `n_eff` is what the answers are worth.

    `deff` is n/n_eff; `low` and `high` are Wilson's limits at n_eff.
    """

    value: float | Floats
    n_eff: float | Floats
    deff: float | Floats
    low: float | Floats
    high: float | Floats
    domains: tuple[Any, ...] = ()


def direct(y: Any, weights: Any, *, by: Any = None, level: float = 0.95) -> Direct:
    """Return the weighted share of yes in `y` (n,), of every domain `by` (n,) or of the whole.

    p = Σwy/Σw, n_eff = (Σw)²/Σw², Wilson's limits at n_eff. Formula (38) of method.md; Kish (1965), Survey
    Sampling, section 11.7. Unequal weights alone count: clusters need a SurveyDesign. Raises BadInput for
    answers that aren't 0 or 1 and weights below 0, EmptyDomain where a domain has no weight.

    >>> found = direct([1, 1, 0, 1], [2, 1, 1, 1])
    >>> round(found.value, 2), round(found.n_eff, 4)
    (0.8, 3.5714)
    """
    n = np.size(y)
    answers, w = column(y, n=n, name="y"), column(weights, n=n, name="weights")
    refuse(~((answers == 0) | (answers == 1)), name="y", must="be 0 or 1")
    refuse(~(np.isfinite(w) & (w >= 0)), name="weights", must="be finite and not below 0")
    labels = Labels(np.zeros(n, dtype=np.int64), ("",)) if by is None else coded(by, n=n, name="by")
    size = len(labels.levels)
    total, squares, rows = (added(labels.codes, each, size=size) for each in (w, w**2, (w > 0).astype(float)))
    empty = [labels.levels[d] for d in np.flatnonzero(total == 0)]
    if empty or not size:
        raise EmptyDomain(
            f"direct refused: no weight is in the domain {named(empty or ['all'])}.", items=empty
        )
    p, worth = added(labels.codes, w * answers, size=size) / total, total**2 / squares
    low, high = wilson_limits(p, size=worth, z=np.full(size, z_quantile(level)))
    p = np.minimum(p, 1.0)
    if by is None:
        return Direct(float(p[0]), float(worth[0]), float(rows[0] / worth[0]), float(low[0]), float(high[0]))
    found = [frozen(each) for each in (p, worth, rows / worth, low, high)]
    return Direct(found[0], found[1], found[2], found[3], found[4], labels.levels)
