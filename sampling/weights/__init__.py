"""Weights before calibration: base weights, adjustment for who didn't answer, trimming.

The order is base, unknown eligibility, nonresponse, calibration, trimming, calibration again; each step adds
a record to the design. Where it isn't known of everybody whether they belong to the population,
`weighting_class` serves twice: first with `responded` for "known", then for those who answered. After an
adjustment for nonresponse the design holds the respondents only.
"""

from __future__ import annotations

from sampling.weights.nonresponse import (
    PooledResponse,
    base_weights,
    class_factors,
    kish_deff,
    pooled_response,
    respondents,
    trim,
    weighting_class,
)

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
