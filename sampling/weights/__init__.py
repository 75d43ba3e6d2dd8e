"""Weights before calibration: base weights, adjustment for who didn't answer, trimming.

The order is base, unknown eligibility, nonresponse, calibration, trimming, calibration again; each step adds
a record to the design. Where it isn't known of everybody whether they belong to the population,
`weighting_class` serves twice: first with `responded` for "known", then for those who answered. After an
adjustment for nonresponse the design holds the respondents only.
"""

from __future__ import annotations

from sampling.weights.base import base_weights, kish_deff
from sampling.weights.nonresponse import (
    PooledResponse,
    class_factors,
    pooled_response,
    respondents,
    weighting_class,
)
from sampling.weights.trimming import trim

__all__ = [
    "PooledResponse",
    "base_weights",
    "class_factors",
    "kish_deff",
    "pooled_response",
    "respondents",
    "trim",
    "weighting_class",
]
