"""Regressions: R's numbers, the mean as the simplest one, and laws for every sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

from sampling import SurveyDesign, mean, poststratify, regression
from sampling.errors import BadInput, Collinear, NotConverged
from tests.sampling.samples import alike, samples
from tests.sampling.tables import cases, design_of, near
from tests.support.examples import examples

ESTIMATE = cases("estimate.json")


def with_ones(n, *columns):
    return np.column_stack([np.ones(n), *columns])


@pytest.mark.parametrize(("name", "rel"), [("cl1_f/glm_gauss", 1e-10), ("str_f/glm_logit", 1e-6)])
def test_regressions_are_those_of_r(name, rel):
    case = ESTIMATE[name]
    data, design = design_of(case["design"])
    kinds = [data["stype"] == "H", data["stype"] == "M"] if rel > 1e-10 else []
    y, family = (data["sch.wide"] == "Yes", "binomial") if kinds else (data["api00"], "gaussian")
    found = regression(design, y, with_ones(design.n, data["ell"], data["meals"], *kinds), family=family)
    assert near(found.coef, case["expected"]["est"], rel=rel)
    assert near(found.se, case["expected"]["se"], rel=rel)
    assert found.df == case["expected"]["df"]


@examples(15)
@given(samples())
def test_on_nothing_but_an_intercept_it_is_the_mean(sample):
    design = sample.design()
    found, plain = regression(design, sample.y, np.ones(design.n)), mean(design, sample.y)
    assert alike([found.coef[0], found.se[0]], [plain.value, plain.se], scale=100)
    assert found.df == plain.df


@examples(15)
@given(samples())
def test_on_groups_it_is_their_means_and_their_covariance(sample):
    design, by = sample.design(), np.array(sample.by)
    plain = mean(design, sample.y, by=by, vcov=True)
    found = regression(design, sample.y, by[:, None] == np.array(plain.domains))
    assert alike(found.coef, plain.value, scale=100)
    assert alike(found.vcov, plain.vcov, scale=1e4)
    assert alike(found.fitted, [plain[label].value for label in by.tolist()], scale=100)


@examples(15)
@given(samples())
def test_a_logit_on_groups_has_their_shares_and_errors(sample):
    design, by = sample.design(), np.array(sample.by)
    yes = np.array(sample.y) > 0
    plain = mean(design, yes, by=by)
    assume(((plain.value > 0) & (plain.value < 1)).all())
    x = by[:, None] == np.array(plain.domains)
    found = regression(design, yes, x, family="binomial")
    assert alike(1 / (1 + np.exp(-found.coef)), plain.value)
    assert alike(found.se * plain.value * (1 - plain.value), plain.se, rel=1e-8)


def test_calibrated_weights_explain_what_they_explain():
    rng = np.random.default_rng(4)
    cells, x = rng.integers(0, 2, 60), rng.normal(size=60)
    y = cells + x / 3 + rng.normal(size=60) / 5
    design = SurveyDesign(np.full(60, 5.0))
    made = poststratify(design, cells, {0: 150, 1: 150})
    assert regression(made, y, np.ones(60)).se[0] == pytest.approx(mean(made, y).se, rel=1e-10)
    subset = made.subset(x > 0)
    assert regression(subset, y, np.ones(60)).se[0] == pytest.approx(mean(subset, y).se, rel=1e-10)


def test_what_cannot_be_fitted_is_refused_by_name():
    design = SurveyDesign([1] * 6)
    y, x = [0, 0, 0, 1, 1, 1], with_ones(6, [1, 2, 3, 4, 5, 6])
    with pytest.raises(BadInput, match="'family'"):
        regression(design, y, x, family="poisson")
    with pytest.raises(BadInput, match="0 or 1"):
        regression(design, [0, 1, 2, 1, 0, 1], x, family="binomial")
    with pytest.raises(NotConverged, match="regression refused"):
        regression(design, y, x, family="binomial")
    with pytest.raises(Collinear):
        regression(design, y, with_ones(6, np.ones(6)))
