"""A worker's list as a stratum of its own: the score that counts everybody, and the list's bias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, refuse
from sampling.errors import TooFew
from sampling.intervals.limits import shares, together


@dataclass(frozen=True, slots=True)
class ListStrata:
    """Figures of one grid, or arrays of one shape; shares 0…1.

    `score` is the share of the whole grid, `bias` how far the listed alone lie above it, each with its error;
    `coverage` is the listed share of the households, `n_eff` what the answers are worth after Kish.
    """

    score: float | Floats
    score_se: float | Floats
    bias: float | Floats
    bias_se: float | Floats
    coverage: float | Floats
    n_eff: float | Floats


Stratum = tuple[Any, Any, Any]
"""k yes among n answers, drawn from N households."""


def list_strata(listed: Stratum, unlisted: Stratum) -> ListStrata:
    """Return score and bias of a grid whose listed and unlisted households were drawn apart (all broadcast).

    Each stratum is (k, n, N): k of n answers were yes, drawn from N households. With c = N_L/(N_L + N_U) and
    v = p(1 - p)/(n - 1)· (1 - n/N): score c p_L + (1 - c) p_U, variance c² v_L + (1 - c)² v_U; bias (1 -
    c)(p_L - p_U), error (1 - c)√(v_L + v_U); n_eff = 1/(c²/n_L + (1 - c)²/n_U). Formulas (50) and (51) of
    method.md; Cochran (1977), Sampling Techniques, section 5A.1. Raises BadInput unless 0 ≤ k ≤ n ≤ N, TooFew
    for n < 2.

    >>> found = list_strata((18, 20, 60), (12, 20, 540))
    >>> round(found.score, 2), round(found.bias, 2)
    (0.63, 0.27)
    """
    both = (*_stratum(*listed, name="listed"), *_stratum(*unlisted, name="unlisted"))
    every = zip(("p", "v", "n", "N") * 2, both, strict=True)
    p_l, v_l, n_l, size_l, p_u, v_u, n_u, size_u = together(*every)
    c = size_l / (size_l + size_u)
    rest = 1 - c
    found = (
        c * p_l + rest * p_u,
        np.sqrt(c**2 * v_l + rest**2 * v_u),
        rest * (p_l - p_u),
        rest * np.sqrt(v_l + v_u),
        c,
        1 / (c**2 / n_l + rest**2 / n_u),
    )
    return ListStrata(*(float(each) if np.ndim(each) == 0 else each for each in found))


def _stratum(k: Any, n: Any, size: Any, *, name: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Share, its variance, answers and households of a stratum."""
    counts, answers = shares(k, n, names=(f"k_{name}", f"n_{name}"))
    counts, answers, households = together(("k", counts), ("n", answers), (f"N_{name}", size))
    must = f"be finite and not below n_{name}"
    refuse(~(np.isfinite(households) & (households >= answers)).ravel(), name=f"N_{name}", must=must)
    if (answers < 2).any():
        raise TooFew(f"list_strata refused: a variance needs two answers of the {name}.")
    p = counts / answers
    return p, p * (1 - p) / (answers - 1) * (1 - answers / households), answers, households
