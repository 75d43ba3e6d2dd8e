"""A score beside those of its peers: how far apart, and whether that can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sampling.designs.arrays import numbers, refuse
from sampling.errors import BadInput, TooFew

Z = 1.96
"""The quantile of the published cards, to their digits."""

Word = Literal["below peers", "not distinguishable", "above peers"]


@dataclass(frozen=True, slots=True)
class PeerGap:
    """The peers' mean and the variance between them, the gap to it with its limits, and the word for it.

    `z` is the gap over the error that also holds the variance between peers.
    """

    mean: float
    tau2: float
    gap: float
    low: float
    high: float
    z: float
    word: Word


def gap(value: float, se: float, peers: Any, peers_se: Any) -> PeerGap:
    """Return how far a score lies from the mean of its peers `peers` (J,), itself not among them.

    ω = s⁻², μ = Σωy/Σω, Q = Σω(y - μ)², τ² = max(0, (Q - J + 1)/(Σω - Σω²/Σω)); weights 1/(s² + τ²) give μ*
    and s_μ; gap value - μ* ± 1.96·√(se² + s_μ²), z = gap/√(se² + s_μ² + τ²). Formula (65) of method.md;
    DerSimonian and Laird (1986), Controlled Clinical Trials 7: 177-188, equations (7) and (8). Raises TooFew
    for fewer than two peers, BadInput for figures that aren't finite or errors that aren't positive.

    >>> found = gap(75.5, 3.3, [74, 79, 81, 69], [3, 3.5, 3, 4])
    >>> round(found.gap, 2), found.word
    (-0.56, 'not distinguishable')
    """
    y, s = numbers(peers, name="peers"), numbers(peers_se, name="peers_se")
    if y.ndim != 1 or y.shape != s.shape:
        raise BadInput(f"The 'peers_se' parameter must have the shape of 'peers' (J,). Got {s.shape}.")
    if y.size < 2:
        raise TooFew("gap refused: two peers or more are needed.")
    refuse(~np.isfinite(y), name="peers", must="be finite")
    refuse(~(np.isfinite(s) & (s > 0)), name="peers_se", must="be finite and positive")
    if not (np.isfinite(value) and np.isfinite(se) and se > 0):
        raise BadInput(f"The 'value' and 'se' parameters must be finite, se positive. Got {value!r}, {se!r}.")
    worth = s**-2
    mean = worth @ y / worth.sum()
    between = float(worth @ (y - mean) ** 2) - y.size + 1
    tau2 = max(0.0, between / float(worth.sum() - (worth**2).sum() / worth.sum()))
    worth = 1 / (s**2 + tau2)
    mean, error = float(worth @ y / worth.sum()), float(se**2 + 1 / worth.sum())
    apart, half = float(value) - mean, Z * error**0.5
    word: Word = (
        "below peers" if apart + half < 0 else "above peers" if apart - half > 0 else "not distinguishable"
    )
    return PeerGap(mean, tau2, apart, apart - half, apart + half, apart / (error + tau2) ** 0.5, word)
