"""The variance by its definition, with a row for every unit of every domain: slow, and plain to check."""

from __future__ import annotations

from typing import Any

import numpy as np


def variance(u, *, strata, psu, frame, lonely: str = "remove") -> float:
    """V = Σ_h (1 - f_h) n_h/(n_h - 1) Σ_c (u_hc - ū_h)², u being 0 outside the domain.

    Under "adjust" a stratum with one unit is taken from the mean of all units.
    """
    total = 0.0
    centre = sum(u) / len(set(zip(strata, psu, strict=True)))
    for stratum in sorted(set(strata)):
        inside = [i for i, label in enumerate(strata) if label == stratum]
        units = sorted({psu[i] for i in inside})
        sums = np.array([sum(u[i] for i in inside if psu[i] == unit) for unit in units])
        n, left = len(units), 1 - len(units) / frame[stratum]
        if n == 1:
            total += left * float((sums[0] - centre) ** 2) if lonely == "adjust" else 0.0
        else:
            total += left * n / (n - 1) * float(((sums - sums.mean()) ** 2).sum())
    return total


def mean_by(y, w, by, **structure: Any) -> dict[Any, tuple[float, float]]:
    """Mean and variance of every domain."""
    y, w = np.asarray(y, float), np.asarray(w, float)
    out = {}
    for label in sorted(set(by)):
        inside = np.array([one == label for one in by]) & (w > 0)
        m = float((w * y)[inside].sum() / w[inside].sum())
        u = np.where(inside, w * (y - m) / w[inside].sum(), 0.0)
        out[label] = m, variance(u, **structure)
    return out
