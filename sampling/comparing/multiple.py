"""Many tests at once: p-values adjusted so that few, or none, of what is called found is chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from sampling.designs.arrays import Floats, frozen, numbers, refuse
from sampling.errors import BadInput

Adjustment = Literal["bh", "by", "holm", "bonferroni", "hommel"]


def adjust(p: Any, *, method: Adjustment = "bh") -> Floats:
    """Return the adjusted p-values (m,) of `p` (m,), in its order: what is ≤ q is called found.

    These keep the expected share of chance among the finds ≤ q:

    - "bh": min over j ≥ i of m·p₍ⱼ₎/j, for independent or positively dependent tests (Benjamini and Hochberg
      1995, Journal of the Royal Statistical Society B 57: 289-300);
    - "by": the same × Σ1/j, for any tests (Benjamini and Yekutieli 2001, Annals of Statistics 29: 1165-1188).

    These keep the probability of any chance find ≤ q:

    - "bonferroni": m·p, for any tests;
    - "holm": max over j ≤ i of (m - j + 1)·p₍ⱼ₎, for any tests (Holm 1979, Scandinavian Journal of Statistics
      6: 65-70);
    - "hommel": Simes' test in every set of hypotheses, for independent or positively dependent tests (Hommel
      1988, Biometrika 75: 383-386); its time grows with m².

    Raises BadInput for p outside [0, 1] or of several dimensions, and for another method.
    Formula (30) of method.md.

    >>> adjust([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    >>> adjust([0.01, 0.04, 0.03], method="holm").tolist()
    [0.03, 0.06, 0.06]
    """
    if method not in BY_NAME:
        raise BadInput(f"The 'method' parameter must be one of {tuple(BY_NAME)}. Got {method!r}.")
    given = numbers(p, name="p")
    if given.ndim != 1:
        raise BadInput(f"The 'p' parameter must have one dimension. Got {given.shape}.")
    refuse(~((given >= 0) & (given <= 1)), name="p", must="lie between 0 and 1")
    order = np.argsort(given, kind="stable")
    out = np.empty_like(given)
    out[order] = np.minimum(BY_NAME[method](given[order]), 1.0)
    return frozen(out)


def _ranks(p: Floats) -> Floats:
    return np.arange(1.0, p.size + 1)


def _step_up(p: Floats) -> Floats:
    return np.minimum.accumulate((p * p.size / _ranks(p))[::-1])[::-1]


def _step_up_for_any(p: Floats) -> Floats:
    return _step_up(p) * float((1 / _ranks(p)).sum())


def _step_down(p: Floats) -> Floats:
    return np.maximum.accumulate(p * _ranks(p)[::-1])


def _all_alike(p: Floats) -> Floats:
    return p * p.size


def _closed(p: Floats) -> Floats:
    """Hommel's values: the largest over set sizes of Simes' p-value of the worst set that holds the test."""
    m, out = p.size, p
    for size in range(1, m + 1):
        rest = p[m - size + 1 :]
        simes = (size * rest / np.arange(2, size + 1)).min(initial=np.inf)
        first = np.minimum(size * p[: m - size + 1], simes)
        out = np.maximum(out, np.concatenate([first, np.full(size - 1, first[-1])]))
    return out


BY_NAME: dict[str, Callable[[Floats], Floats]] = {
    "bh": _step_up,
    "by": _step_up_for_any,
    "holm": _step_down,
    "bonferroni": _all_alike,
    "hommel": _closed,
}
