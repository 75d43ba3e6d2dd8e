"""The city's share once those are heard whom no telephone reached: of what it is made, how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sampling.errors import SamplingError
from sampling.estimates.two_phase import FirstPhase, combined
from sampling.intervals.limits import z_quantile
from survey.scores.rules.suppression import LEAST

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class TelephoneShare:
    """The city's share by telephone as the first wave's release has it, with its interval."""

    estimate: float
    low: float
    high: float

    @property
    def se(self) -> float:
        """The error that an interval of this width has."""
        return (self.high - self.low) / (2 * z_quantile(LEVEL))


@dataclass(frozen=True, slots=True)
class BothPhases:
    """The share of the whole frame, with its interval; None where too few were met, or by telephone none is.

    `dead` is the part of the frame that no telephone reaches, `met` the share among those met, `telephone`
    that of the others; `asked` and `answered` count the second phase.
    """

    asked: int
    answered: int | None = None
    rate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    dead: float | None = None
    met: float | None = None
    telephone: float | None = None


def both(
    strata: Sequence[FirstPhase],
    *,
    telephone: TelephoneShare | None,
    answers: Sequence[tuple[int, bool]],
    asked: int,
) -> BothPhases:
    """Return the share of both phases; `answers` are (place of the stratum, content) of the second."""
    if telephone is None or len(answers) < LEAST:
        return BothPhases(asked)
    places, content = zip(*answers, strict=True)
    try:
        found = combined(
            strata,
            telephone=telephone.estimate,
            telephone_se=telephone.se,
            values=[float(each) for each in content],
            stratum=list(places),
            level=LEVEL,
        )
    except SamplingError:
        return BothPhases(asked)
    told = (found.value, found.se, found.low, found.high, found.dead, found.met, found.telephone)
    return BothPhases(asked, len(answers), *(round(each, 4) for each in told))
