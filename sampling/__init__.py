"""Survey mathematics: designs, draws by tickets, estimates with their errors, the bias of lists.

Functions over frozen dataclasses and arrays, without global state or hidden randomness.
"""

from __future__ import annotations

from sampling import bias, intervals, multiple, outcomes, select, tickets
from sampling.design import SurveyDesign
from sampling.errors import SamplingError
from sampling.estimates import DomainEstimates, Estimate
from sampling.estimators import mean, proportion, ratio, total
from sampling.intervals import Interval

__all__ = [
    "DomainEstimates",
    "Estimate",
    "Interval",
    "SamplingError",
    "SurveyDesign",
    "bias",
    "intervals",
    "mean",
    "multiple",
    "outcomes",
    "proportion",
    "ratio",
    "select",
    "tickets",
    "total",
]
