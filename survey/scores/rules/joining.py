"""Strata that have too few answers to stand alone: joined along the chain of their kind that was sealed."""

from __future__ import annotations

import numpy as np

from survey.scores.rules.columns import Frame, Ints

LEAST = 2
"""So many answers have a variance."""


def joined(frame: Frame, held: Ints, *, least: int = LEAST) -> Ints:
    """Return for each stratum (H,) the code of its group, given the answers that it holds (H,).

    The two strata of a grid join first, then grids along their chain, which never leaves their street. A
    group that is still short at a chain's end joins the one before it; a chain that is short as a whole stays
    so.
    """
    group = np.arange(len(held))
    for chain in frame.chains:
        _join(group, _strata_of(frame, chain), held, least=least)
    return group


def _strata_of(frame: Frame, chain: Ints) -> list[Ints]:
    """The strata of each grid of a chain."""
    return [np.flatnonzero(frame.grid == grid) for grid in chain.tolist()]


def _join(group: Ints, grids: list[Ints], held: Ints, *, least: int) -> None:
    groups: list[list[int]] = []
    short = False
    for strata in grids:
        for part in _parts(strata, held, least=least):
            if short:
                groups[-1].extend(part)
            else:
                groups.append(part)
            short = sum(held[groups[-1]]) < least
    if short and len(groups) > 1:
        groups[-2].extend(groups.pop())
    for members in groups:
        group[members] = members[0]


def _parts(strata: Ints, held: Ints, *, least: int) -> list[list[int]]:
    """The strata of one grid, each alone where each has enough."""
    alone = [[int(stratum)] for stratum in strata]
    return alone if (held[strata] >= least).all() else [strata.tolist()]


def united(first: Ints, second: Ints) -> Ints:
    """Return two groupings (H,) joined: whoever is together in one of them is together."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - scores alone need it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    size, every = len(first), np.arange(len(first))
    ends = (np.tile(every, 2), np.concatenate([first, second]))
    label = connected_components(coo_array((np.ones(2 * size), ends), shape=(size, size)), directed=False)[1]
    out: Ints = np.unique(label, return_index=True)[1][label]
    return out
