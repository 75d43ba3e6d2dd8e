"""How the scores of a wave are computed, sealed before its draw: what the release uses and what not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from survey.drawing.binding import NOTHING

LONELY: Final[Literal["adjust"]] = "adjust"
"""A stratum with a single complete: its spread is taken around the mean of all strata."""
GAMMA = "0.15"
"""By so much, in log-odds, those who didn't answer may differ: an assumption that every interval allows."""

TERMS: Mapping[str, str] = {
    # A stratum with too few answers is joined along its chain: grids of its type in its street, by code.
    "collapse": "street, type, code",
    "lonely": LONELY,
    # No weight is calibrated to counts from outside, unless the freeze chose a table.
    "margins": NOTHING,
    "gamma": GAMMA,
    # No figure of this release hangs on how long a case took.
    "sla": NOTHING,
    # Nobody is weighted by a class of households.
    "classes": NOTHING,
}
"""By the names of `terms.json`; whatever the release doesn't use says so."""
