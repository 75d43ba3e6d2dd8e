"""What lonely strata make of a variance: which cells count, from where squares are taken, what stands in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sampling.designs.arrays import Bools, Floats
from sampling.designs.layout import Layout
from sampling.errors import BadInput, LonelyStratum, named


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What lonely strata make of each cell (cells,) and each domain (D,).

    A cell's squares are multiplied by `factor`, taken from its mean where `centred` is 1 and from 0 where it
    is 0; a domain's sum of them is multiplied by `inflation`. `further` are the rules of the next stage. For
    calibrated weights the cells are those of the whole sample, whose rows all have scores then.
    """

    factor: Floats
    centred: Floats
    inflation: Floats
    further: Rules | None = None


def rules(at: Layout, *, lonely: str, lonely_domains: bool) -> Rules:
    """Return the rules of `lonely`, counted per domain; `lonely_domains` extends them to cells of one unit.

    Raises LonelyStratum under "fail", and under "average" where a domain has no other stratum; BadInput for
    `lonely_domains` with calibrated weights, which leave no unit of a stratum without a score.
    """
    found = _rules(at, lonely=lonely, lonely_domains=lonely_domains)
    if at.whole is not None:
        if lonely_domains and lonely in ("adjust", "average"):
            raise BadInput("The 'lonely_domains' parameter can't be true with calibrated weights.")
        return _inflated(_rules(at.whole, lonely=lonely, lonely_domains=False), as_in=found)
    return found


def _inflated(whole: Rules, *, as_in: Rules) -> Rules:
    inner = None
    if whole.further is not None and as_in.further is not None:
        inner = _inflated(whole.further, as_in=as_in.further)
    return replace(whole, inflation=as_in.inflation, further=inner)


def _rules(at: Layout, *, lonely: str, lonely_domains: bool) -> Rules:
    sampled, left = at.structure.sampled[at.cell_stratum], at.structure.left[at.cell_stratum]
    left = left * at.structure.share[at.cell_stratum]
    alone = (sampled == 1) & (left > 0)
    if lonely == "fail":
        _refuse_lonely(at, alone, but="Name a rule with 'lonely', or collapse the stratum into a neighbour")
    if lonely_domains:
        alone = (at.units == 1) & (left > 0)
    factor = left * sampled / np.maximum(sampled - 1, 1)
    centred = np.ones(len(factor))
    inflation = np.ones(at.size)
    if lonely == "adjust":
        centred[alone] = 0
    elif lonely == "average":
        factor[alone] = 0
        inflation = _inflation(at, alone)
    inner = at.further
    further = None if inner is None else _rules(inner, lonely=lonely, lonely_domains=lonely_domains)
    return Rules(factor, centred, inflation, further)


def _inflation(at: Layout, alone: Bools) -> Floats:
    told = at.strata - np.bincount(at.cell_domain[alone], minlength=at.size)
    _refuse_lonely(at, (told == 0)[at.cell_domain], but="No other stratum of the domain can stand in")
    return at.strata / told


def _refuse_lonely(at: Layout, alone: Bools, *, but: str) -> None:
    if alone.any():
        strata = [at.structure.strata.levels[h] for h in sorted(set(at.cell_stratum[alone].tolist()))]
        raise LonelyStratum(f"One unit was sampled in the stratum {named(strata)}. {but}.", items=strata)
