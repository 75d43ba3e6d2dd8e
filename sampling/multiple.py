"""Many tests at once: p-values adjusted so that few of what is called found is chance."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from sampling.arrays import Floats, frozen, numbers, refuse
from sampling.errors import BadInput


def adjust(p: Any, *, method: Literal["bh"] = "bh") -> Floats:
    """Return the adjusted p-values (m,): calling those ≤ q found keeps the expected share of false finds ≤ q.

    "bh": min over j ≥ i of m·p₍ⱼ₎/j (Benjamini and Hochberg 1995). Raises BadInput for p outside [0, 1].

    >>> adjust([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    if method != "bh":
        raise BadInput(f"The 'method' parameter must be 'bh'. Got {method!r}.")
    given = numbers(p, name="p")
    if given.ndim != 1:
        raise BadInput(f"The 'p' parameter must have one dimension. Got {given.shape}.")
    refuse(~((given >= 0) & (given <= 1)), name="p", must="lie between 0 and 1")
    order = np.argsort(given, kind="stable")
    steps = given[order] * len(given) / np.arange(1, len(given) + 1)
    out = np.empty_like(given)
    out[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return frozen(out)
