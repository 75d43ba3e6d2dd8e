"""How the scores of a wave are computed, sealed before its draw: what the release uses and what not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from survey.drawing.binding import NOTHING

LONELY: Final[Literal["adjust"]] = "adjust"
"""A stratum with a single complete: its spread is taken around the mean of all strata."""

TERMS: Mapping[str, str] = {
    # No stratum is joined with another, for the figure or for its variance.
    "collapse": NOTHING,
    "lonely": LONELY,
    # No weight is calibrated to counts from outside.
    "margins": NOTHING,
    # No band for those who didn't answer is added to an interval.
    "gamma": NOTHING,
    # No figure of this release hangs on how long a case took.
    "sla": NOTHING,
    # Nobody is weighted by a class of households.
    "classes": NOTHING,
}
"""By the names of `terms.json`; whatever the release doesn't use says so."""
