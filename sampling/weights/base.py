"""Base weights from the chance of being drawn, and what unequal weights cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, frozen, numbers
from sampling.designs.design import SurveyDesign
from sampling.errors import BadInput


def base_weights(frame: Any, sampled: Any, *, adults: Any = None, cap: float = 4) -> Floats:
    """Return N_h/n_h · min(A, cap) for each row (n,): how many people, or households, it stands for.

    `frame` N_h and `sampled` n_h are units of the row's stratum, (n,) or one number; `adults` A is how many
    live in the household, None where a household is one voice. Raises BadInput.
    Source: Horvitz and Thompson (1952), JASA 47; one adult of A is drawn with the chance 1/A.
    Formula (1) of method.md.

    >>> base_weights(300, 5, adults=[1, 2, 6]).tolist()
    [60.0, 120.0, 240.0]
    """
    voices = np.ones(1) if adults is None else numbers(adults, name="adults")
    if not (voices >= 1).all() or not np.isfinite(voices).all():
        raise BadInput("The 'adults' parameter must be at least 1.")
    if not cap >= 1:
        raise BadInput(f"The 'cap' parameter must be at least 1. Got {cap!r}.")
    many, few = numbers(frame, name="frame"), numbers(sampled, name="sampled")
    if not (few >= 1).all() or not (many >= few).all() or not np.isfinite(many).all():
        raise BadInput("The 'sampled' parameter must be at least 1 and at most the frame.")
    return frozen(np.atleast_1d(many / few) * np.minimum(voices, cap))


def kish_deff(weights: Any) -> float:
    """Return n Σw²/(Σw)² = 1 + CV²(w): by how much unequal weights alone inflate a variance.

    `weights` (n,) ≥ 0; rows of weight 0 don't count. Raises BadInput. Source: Kish (1965), Survey Sampling,
    section 11.7; Kish (1992), Journal of Official Statistics 8(2).
    Formula (2) of method.md.

    >>> kish_deff([1, 1, 2])
    1.125
    """
    w = SurveyDesign(weights).weights
    return float(np.count_nonzero(w) * (w @ w) / w.sum() ** 2)
