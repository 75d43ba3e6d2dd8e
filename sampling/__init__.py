"""Survey mathematics: designs, draws by tickets, estimates with their errors, the bias of lists.

Functions over frozen dataclasses and arrays, without global state or hidden randomness.
"""

from __future__ import annotations

from sampling import intervals, weights
from sampling.areas.betabinomial import beta_binomial
from sampling.areas.small_area import fay_herriot
from sampling.biases import bias
from sampling.comparing import (
    agreement,
    attribution,
    composite,
    funnel,
    multiple,
    outcomes,
    peers,
    ranking,
    representativity,
    resolution,
    standardise,
    tests,
    waves,
)
from sampling.designs.design import SurveyDesign
from sampling.draws import allocate, select, sizes, tickets
from sampling.errors import SamplingError
from sampling.estimates import replicates
from sampling.estimates.estimate import DomainEstimates, Estimate
from sampling.estimates.estimators import mean, proportion, ratio, total, variance
from sampling.estimates.quantiles import quantile
from sampling.estimates.regression import regression
from sampling.intervals import Interval
from sampling.tables.estimating import (
    svyby,
    svyciprop,
    svycontrast,
    svymean,
    svyratio,
    svytable,
    svytotal,
    svyvar,
)
from sampling.tables.factors import Factor, factor
from sampling.tables.quantiles import svyquantile
from sampling.tables.survey import Survey, svydesign
from sampling.tables.table import Table
from sampling.tables.testing import svychisq, svyglm, svyranktest, svyttest
from sampling.weights import calibration, trim, weighting_class
from sampling.weights.calibration import calibrate, poststratify, rake
from sampling.weights.propensity import response_propensity

__all__ = [
    "DomainEstimates",
    "Estimate",
    "Factor",
    "Interval",
    "SamplingError",
    "Survey",
    "SurveyDesign",
    "Table",
    "agreement",
    "allocate",
    "attribution",
    "beta_binomial",
    "bias",
    "calibrate",
    "calibration",
    "composite",
    "factor",
    "fay_herriot",
    "funnel",
    "intervals",
    "mean",
    "multiple",
    "outcomes",
    "peers",
    "poststratify",
    "proportion",
    "quantile",
    "rake",
    "ranking",
    "ratio",
    "regression",
    "replicates",
    "representativity",
    "resolution",
    "response_propensity",
    "select",
    "sizes",
    "standardise",
    "svyby",
    "svychisq",
    "svyciprop",
    "svycontrast",
    "svydesign",
    "svyglm",
    "svymean",
    "svyquantile",
    "svyranktest",
    "svyratio",
    "svytable",
    "svytotal",
    "svyttest",
    "svyvar",
    "tests",
    "tickets",
    "total",
    "trim",
    "variance",
    "waves",
    "weighting_class",
    "weights",
]
