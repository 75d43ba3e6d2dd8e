"""Chances of two units to be in a sample together, for draws of unequal chances."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from sampling.designs.arrays import Bools, Floats, column, frozen, refuse
from sampling.draws.unequal import inclusion_probabilities
from sampling.errors import BadInput, NotConverged

Method = Literal["max_entropy", "systematic", "tille"]

WHOLE = 1e-9
"""Chances sum to a whole number to this."""
STEPS = 1000
NEAR = 1e-3
"""Newton's method is safe where chances are met to this share."""


def joint_probabilities(pi: Any, *, method: Method = "max_entropy") -> Floats:
    """Return the chances (N, N) that two units are drawn together; on the diagonal those of each, `pi` (N,).

    - "max_entropy": of all draws of n units with these chances the least predictable one, conditional
      Poisson; Chen, Dempster and Liu (1994), Biometrika 81: 457-469, exact by sums without a subtraction,
      at a cost of N²n.
    - "systematic": in the order given, from one start evenly drawn; many pairs have 0.
    - "tille": eliminating one unit at a time, Π(1 - v_k - v_l); Tillé (1996), Biometrika 83: 238-241.

    The chances must sum to a whole n; units of chance 1 are with every other one, where R's UPtillepi2 says
    never. Raises BadInput, NotConverged. R's UPmaxentropypi2, UPsystematicpi2.
    Formula (73) of method.md.

    >>> joint_probabilities([0.5, 0.5, 1.0]).round(6).tolist()
    [[0.5, 0.0, 0.5], [0.0, 0.5, 0.5], [0.5, 0.5, 1.0]]
    """
    if method not in get_args(Method):
        raise BadInput(f"The 'method' parameter must be one of {get_args(Method)}. Got {method!r}.")
    chances = column(pi, n=np.size(pi), name="pi")
    refuse(~((chances >= 0) & (chances <= 1)), name="pi", must="lie between 0 and 1")
    if abs(chances.sum() - round(chances.sum())) > WHOLE:
        raise BadInput(f"The 'pi' parameter must sum to a whole number. Got {chances.sum():.10g}.")
    out = np.outer(chances, chances)
    open_units = (chances > 0) & (chances < 1)
    if open_units.any():
        inner = {"max_entropy": _entropy, "systematic": _systematic, "tille": _tille}[method]
        out[np.ix_(open_units, open_units)] = inner(chances[open_units])
    np.fill_diagonal(out, chances)
    return frozen(out)


def _entropy(pi: Floats) -> Floats:
    """Raise or lower each unit's odds by what its chance lacks; near the end by Newton's method."""
    n = round(float(pi.sum()))
    odds = np.log(pi / (1 - pi))
    best, least = np.outer(pi, pi), np.inf
    for _ in range(STEPS):
        found = _conditional(1 / (1 + np.exp(-odds)), n)
        held = np.diagonal(found)
        size = float(np.abs(pi / held - 1).max())
        if size >= least and size < WHOLE:
            return best
        best, least = found, size
        move = (
            np.log(pi / held) if size > NEAR else np.linalg.lstsq(found - np.outer(held, held), pi - held)[0]
        )
        odds = odds + move
    raise NotConverged(f"joint_probabilities refused: the chances are missed by {least:.3g}.", items=[least])


def _conditional(p: Floats, n: int) -> Floats:
    """The joint chances of Poisson draws of chances `p` (N,), given that n units were drawn."""
    both, alone = np.zeros((p.size, p.size)), np.zeros(p.size)
    whole = _counts(p, n)[-1, n]
    for k in range(p.size):
        others = np.delete(p, k)
        before, after = _counts(others, n), _counts(others[::-1], n)[::-1]
        alone[k] = p[k] * before[-1, n - 1] / whole
        if n > 1:
            pairs = (before[:-1, : n - 1] * after[1:, : n - 1][:, ::-1]).sum(axis=1)
            both[k, np.arange(p.size) != k] = p[k] * others * pairs / whole
    np.fill_diagonal(both, alone)
    return both


def _counts(p: Floats, n: int) -> Floats:
    """Row i: the chances that of the first i units 0, 1 … n are drawn (N + 1, n + 1)."""
    out = np.zeros((p.size + 1, n + 1))
    out[0, 0] = 1
    for i, chance in enumerate(p.tolist()):
        out[i + 1] = out[i] * (1 - chance)
        out[i + 1, 1:] += out[i, :-1] * chance
    return out


def _systematic(pi: Floats) -> Floats:
    ends = np.cumsum(pi)
    starts = ends - pi
    breaks = np.unique(np.concatenate([[0.0, 1.0], ends % 1]))
    out = np.zeros((pi.size, pi.size))
    for low, high in zip(breaks[:-1].tolist(), breaks[1:].tolist(), strict=True):
        middle = (low + high) / 2
        drawn: Bools = np.ceil(ends - middle) > np.ceil(starts - middle)
        out += (high - low) * np.outer(drawn, drawn)
    return out


def _tille(pi: Floats) -> Floats:
    out, before = np.ones((pi.size, pi.size)), np.ones(pi.size)
    for left in range(pi.size - 1, round(float(pi.sum())) - 1, -1):
        now = inclusion_probabilities(pi, left)
        gone = 1 - now / before
        out *= 1 - gone[:, None] - gone[None, :]
        before = now
    return out
