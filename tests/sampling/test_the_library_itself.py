"""The library loads numpy alone, its examples run, and its signatures stay as published."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import sampling
from sampling import calibration, replicates, weights
from sampling.areas import betabinomial, small_area
from sampling.estimates import estimators
from sampling.weights import propensity

MODULES = [module.name for module in pkgutil.walk_packages(sampling.__path__, "sampling.")]


def test_importing_the_library_loads_no_scipy():
    program = "import sampling, sys; print([name for name in sys.modules if name.startswith('scipy')])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", ["sampling", *MODULES])
def test_no_module_hides_a_public_function(name):
    package = importlib.import_module(name)
    public = {each for each in getattr(package, "__all__", ()) if inspect.isfunction(getattr(package, each))}
    assert not public & {each.name for each in pkgutil.iter_modules(getattr(package, "__path__", ()))}


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (sampling.SurveyDesign, "weights * strata psu fpc lonely"),
        (sampling.mean, "design y * by missing deff lonely_domains vcov"),
        (sampling.total, "design y * by missing deff lonely_domains vcov"),
        (sampling.proportion, "design y * by missing deff lonely_domains vcov"),
        (sampling.ratio, "design y * over by missing deff lonely_domains vcov"),
        (estimators.variance, "design y * by"),
        (sampling.quantile, "design y * q by rule level"),
        (sampling.regression, "design y x * family"),
        (sampling.tests.ttest, "design y * group"),
        (sampling.tests.ranks, "design y * group score"),
        (sampling.tests.chisquare, "design rows columns * statistic"),
        (sampling.select.joint_probabilities, "pi * method"),
        (sampling.waves.change, "before y_before after y_after"),
        (sampling.svydesign, "data * ids strata weights fpc lonely"),
        (calibration.poststratify, "design cells totals * source"),
        (calibration.rake, "design margins totals * residual tolerance sweeps source"),
        (calibration.calibrate, "design x totals * method bounds tolerance steps source"),
        (weights.weighting_class, "design classes responded * eligible minimum ceiling"),
        (propensity.response_propensity, "design x responded * groups"),
        (weights.trim, "design * low high strict"),
        (replicates.jackknife, "design * reweight"),
        (replicates.Replicates.estimate, "self statistic * mse"),
        (sampling.Estimate.interval, "self level method * df"),
        (sampling.Estimate.withhold, "self level"),
        (sampling.intervals.wilson, "k n * level"),
        (sampling.intervals.clopper_pearson, "k n * level"),
        (sampling.intervals.hypergeometric, "k n N * level"),
        (sampling.intervals.korn_graubard, "p se n df * cap level"),
        (sampling.intervals.newcombe, "k1 n1 k2 n2 * level"),
        (sampling.intervals.newcombe_paired, "a b c d * level"),
        (sampling.intervals.miettinen_nurminen, "k1 n1 k2 n2 * correction level"),
        (sampling.bias.listed, "design y listed * coverage by"),
        (sampling.select.srs, "units n * key first order replace"),
        (sampling.select.stratified, "units strata n * key reserve"),
        (sampling.tickets.key, "text"),
        (sampling.tickets.ticket, "key unit"),
        (sampling.tickets.prefixes, "key units"),
        (sampling.allocate.equal, "N n * floor cap whole"),
        (sampling.allocate.proportional, "N n * floor cap whole"),
        (sampling.allocate.neyman, "N S n * floor cap whole"),
        (sampling.allocate.power, "N S n * q floor cap whole"),
        (sampling.sizes.mean, "half_width sd * N deff response eligible level"),
        (sampling.sizes.proportion, "half_width * p N deff response eligible level"),
        (sampling.sizes.difference, "p1 p2 * power ratio N deff response eligible level"),
        (sampling.select.systematic, "units n * key"),
        (sampling.select.pps, "units size n * key method"),
        (sampling.select.inclusion_probabilities, "size n"),
        (small_area.fay_herriot, "value variance x * method domains"),
        (betabinomial.beta_binomial, "k n * groups level"),
        (sampling.bias.reported, "k1 n1 k2 n2 * deff1 deff2 method margin level"),
        (sampling.bias.distorted_share, "reported again * level"),
        (sampling.bias.ddc, "y recorded * weights"),
        (sampling.bias.detectable, "n * coverage sd deff level power"),
        (sampling.bias.self_selection, "y_self random"),
        (sampling.bias.combine, "design y * method prediction frame_mean"),
        (sampling.representativity.r_indicator, "fitted weights * groups divisor x"),
        (sampling.ranking.confidence_sets, "value se * level method simultaneous key"),
        (sampling.ranking.marginal, "value se * level draws key"),
        (sampling.funnel.limits, "target n * levels phi"),
        (sampling.standardise.direct, "p n standard"),
        (weights.base_weights, "frame sampled * adults cap"),
        (sampling.multiple.adjust, "p * method"),
        (sampling.outcomes.rates, "counts * e"),
    ],
)
def test_signatures_are_as_published(function, parameters):
    found = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in found:
            found.append("*")
        found.append(parameter.name)
    assert found == parameters.split()
