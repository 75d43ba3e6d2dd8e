"""Survey mathematics: designs, draws by tickets, estimates with their errors, the bias of lists.

Functions over frozen dataclasses and arrays, without global state or hidden randomness.
"""

from __future__ import annotations

from sampling import intervals, weights
from sampling.biases import bias
from sampling.comparing import (
    funnel,
    multiple,
    outcomes,
    peers,
    ranking,
    representativity,
    resolution,
    standardise,
)
from sampling.designs.design import SurveyDesign
from sampling.draws import allocate, select, sizes, tickets
from sampling.errors import SamplingError
from sampling.estimates import replicates
from sampling.estimates.estimate import DomainEstimates, Estimate
from sampling.estimates.estimators import mean, proportion, ratio, total
from sampling.intervals import Interval
from sampling.weights import calibration

__all__ = [
    "DomainEstimates",
    "Estimate",
    "Interval",
    "SamplingError",
    "SurveyDesign",
    "allocate",
    "bias",
    "calibration",
    "funnel",
    "intervals",
    "mean",
    "multiple",
    "outcomes",
    "peers",
    "proportion",
    "ranking",
    "ratio",
    "replicates",
    "representativity",
    "resolution",
    "select",
    "sizes",
    "standardise",
    "tickets",
    "total",
    "weights",
]
