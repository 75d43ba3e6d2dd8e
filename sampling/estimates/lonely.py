"""What lonely strata make of a variance: which cells count, from where squares are taken, what stands in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sampling.designs.arrays import Bools, Floats
from sampling.designs.layout import Layout
from sampling.designs.structure import Structure
from sampling.errors import BadInput, LonelyStratum, named
from sampling.estimates.apart import Apart, apart


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What lonely strata make of each cell (cells,) and each domain (D,).

    A cell's squares are multiplied by `factor`, taken from its mean where `centred` is 1 and from 0 where it
    is 0; a domain's sum of them is multiplied by `inflation`. `apart` moves squares that were taken from 0 to
    the mean of all units. `further` are the rules of the next stage. For calibrated weights the cells are
    those of the whole sample, whose rows all have scores then.
    """

    factor: Floats
    centred: Floats
    inflation: Floats
    apart: Apart | None = None
    further: Rules | None = None


def rules(at: Layout, *, lonely: str, lonely_domains: bool) -> Rules:
    """Return the rules of `lonely`, counted per domain; `lonely_domains` extends them to cells of one unit.

    Under "average" a domain without another stratum has no variance (NaN). With calibrated weights every
    stratum has a score in every domain, so that all are counted, as in R. Raises LonelyStratum under "fail",
    and under "average" where no domain is left a variance; BadInput for `lonely_domains` with calibrated
    weights, which leave no unit of a stratum without a score.
    """
    if at.whole is None:
        return _rules(at, over=None, lonely=lonely, lonely_domains=lonely_domains)
    if lonely_domains and lonely in ("adjust", "average"):
        raise BadInput("The 'lonely_domains' parameter can't be true with calibrated weights.")
    return _spread(_rules(at.whole, over=None, lonely=lonely, lonely_domains=False), size=at.size)


def _spread(whole: Rules, *, size: int) -> Rules:
    """The rules of the whole sample, whose one inflation is that of each of `size` domains."""
    inner = None if whole.further is None else _spread(whole.further, size=size)
    return replace(whole, inflation=np.broadcast_to(whole.inflation, size), further=inner)


def _rules(at: Layout, *, over: Structure | None, lonely: str, lonely_domains: bool) -> Rules:
    sampled, left = at.structure.sampled[at.cell_stratum], at.structure.left[at.cell_stratum]
    left = left * at.structure.share[at.cell_stratum]
    alone = (sampled == 1) & (left > 0)
    if lonely == "fail":
        _refuse_lonely(at, alone, but="Name a rule with 'lonely', or collapse the stratum into a neighbour")
    if lonely_domains:
        alone = (at.units == 1) & (left > 0)
    factor = left * sampled / np.maximum(sampled - 1, 1)
    centred = np.ones(len(factor))
    inflation, moved = np.ones(at.size), None
    if lonely == "adjust":
        centred[alone] = 0
        moved = apart(at.structure, over=over)
    elif lonely == "average":
        factor[alone] = 0
        inflation = _inflation(at, alone)
    inner, here = at.further, at.structure
    further = None
    if inner is not None:
        further = _rules(inner, over=here, lonely=lonely, lonely_domains=lonely_domains)
    return Rules(factor, centred, inflation, moved, further)


def _inflation(at: Layout, alone: Bools) -> Floats:
    told = at.strata - np.bincount(at.cell_domain[alone], minlength=at.size)
    if not told.any():
        _refuse_lonely(at, alone, but="No other stratum can stand in")
    out: Floats = np.divide(at.strata, told, out=np.full(at.size, np.nan), where=told > 0)
    return out


def _refuse_lonely(at: Layout, alone: Bools, *, but: str) -> None:
    if alone.any():
        strata = [at.structure.strata.levels[h] for h in sorted(set(at.cell_stratum[alone].tolist()))]
        raise LonelyStratum(f"One unit was sampled in the stratum {named(strata)}. {but}.", items=strata)
