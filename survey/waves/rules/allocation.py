"""How a wave's first calls are shared out among grids."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from sampling import allocate

FLOOR = 2
"""The fewest of a grid that still show how much its households differ."""

METHODS = {
    "equal": lazy("每个网格一样多：网格之间好比较"),
    "power": lazy("按户数的平方根：两样都顾到"),
    "proportional": lazy("按户数：全市和街道最准"),
}


def sizes(households: Mapping[str, int], *, mean: int, method: str = "equal") -> dict[str, int]:
    """Return each grid's sample: `mean` a grid, shared out by the method.

    Never more than a grid has, and two at least where it has two. "equal" gives every grid the same and
    leaves the rest of small grids unused.
    """
    if method not in METHODS:
        raise Invalid(_("没有这种分配方法。"))
    held = np.array(list(households.values()))
    if method == "equal" or not held.size:
        return {grid: min(mean, held) for grid, held in households.items()}
    total = int(min(mean * len(held), held.sum()))
    floor = min(FLOOR, mean)
    if method == "proportional":
        shares = allocate.proportional(held, total, floor=floor)
    else:
        shares = allocate.power(held, np.ones(len(held)), total, q=0.5, floor=floor)
    return dict(zip(households, (int(each) for each in shares), strict=True))
