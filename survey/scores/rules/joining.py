"""Strata that have too few answers to stand alone: joined along the chain of their kind that was sealed."""

from __future__ import annotations

from collections.abc import Sequence

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
    group, given = np.arange(len(held)), held.tolist()
    strata = _by_grid(frame)
    for chain in frame.chains:
        _join(group, [strata[grid] for grid in chain.tolist()], given, least=least)
    return group


def _by_grid(frame: Frame) -> list[list[int]]:
    """The strata of each grid."""
    found: list[list[int]] = [[] for _ in frame.type]
    for stratum, grid in enumerate(frame.grid.tolist()):
        found[grid].append(stratum)
    return found


def _join(group: Ints, grids: Sequence[Sequence[int]], held: Sequence[int], *, least: int) -> None:
    groups: list[list[int]] = []
    short = False
    for strata in grids:
        for part in _parts(strata, held, least=least):
            if short:
                groups[-1].extend(part)
            else:
                groups.append(part)
            short = sum(held[stratum] for stratum in groups[-1]) < least
    if short and len(groups) > 1:
        groups[-2].extend(groups.pop())
    for members in groups:
        if len(members) > 1:
            group[members] = members[0]


def _parts(strata: Sequence[int], held: Sequence[int], *, least: int) -> list[list[int]]:
    """The strata of one grid, each alone where each has enough."""
    if all(held[stratum] >= least for stratum in strata):
        return [[stratum] for stratum in strata]
    return [list(strata)]


def united(first: Ints, second: Ints) -> Ints:
    """Return two groupings (H,) joined: whoever is together in one of them is together."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - scores alone need it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    size, every = len(first), np.arange(len(first))
    ends = (np.tile(every, 2), np.concatenate([first, second]))
    label = connected_components(coo_array((np.ones(2 * size), ends), shape=(size, size)), directed=False)[1]
    out: Ints = np.unique(label, return_index=True)[1][label]
    return out
