"""Figures made of figures: sums exactly, smooth functions by the delta method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean, ratio, total
from sampling.errors import BadInput
from tests.sampling.samples import alike, samples
from tests.sampling.tables import cases, design_of, document, near, table
from tests.support.examples import examples

ESTIMATE = cases("estimate.json")


def test_a_quotient_of_domains_is_that_of_r():
    case = ESTIMATE["cl1_f/contrast"]
    data, design = design_of(case["design"])
    found = mean(design, data["api00"], by=data["stype"], vcov=True)
    quotient = found.contrast(lambda of: of["H"] / of["E"])
    assert near([quotient.value, quotient.se], [case["expected"]["est"], case["expected"]["se"]])
    assert quotient.kind == "contrast"


def test_the_bias_of_a_list_is_that_of_r_as_a_contrast_of_totals():
    data = table("grid.csv")
    design = SurveyDesign(data["w"], strata=data["grid"], fpc=data["N_h"], lonely="adjust")
    listed = data["listed"]
    columns = [data["score"], np.ones(design.n), data["score"] * listed, listed]
    found = total(design, np.column_stack(columns)).contrast(lambda of: of[2] / of[3] - of[0] / of[1])
    (expected,) = [
        each["expected"]["bias_listed_minus_all"]
        for each in document("grid.json")["cases"]
        if each["id"] == "grid/list_bias"
    ]
    assert near([found.value, found.se], [expected["est"], expected["se"]], rel=1e-9)


@examples(15)
@given(samples(), st.integers(-3, 3), st.integers(1, 3))
def test_a_linear_formula_is_the_sum_of_its_coefficients(sample, first, second):
    found = total(sample.design(), sample.y, by=sample.strata, vcov=True)
    by = dict(zip(found.domains, [first, second, 1], strict=False))
    plain = found.contrast(by)
    formed = found.contrast(lambda of: sum(by[label] * of[label] for label in by))
    assert alike([plain.value, plain.se], [formed.value, formed.se], scale=1e4)


@examples(15)
@given(samples())
def test_the_quotient_of_two_totals_is_the_ratio(sample):
    design, over = sample.design(), np.arange(1.0, len(sample.y) + 1)
    assume(float(over @ design.weights) > 0 and any(sample.y))
    both = total(design, np.column_stack([sample.y, over]))
    found, plain = both.contrast(lambda of: of[0] / of[1]), ratio(design, sample.y, over=over)
    assert alike([found.value, found.se], [plain.value, plain.se], scale=1e3)
    assert (found.df, found.n) == (plain.df, plain.n)


def _mean():
    return mean(SurveyDesign([1] * 4), [1, 3, 4, 8], by=["u", "u", "v", "v"], vcov=True)


def test_functions_of_numpy_may_stand_in_a_formula():
    found = _mean().contrast(lambda of: np.log(of["v"]) - np.log(of["u"]))
    assert found.value == pytest.approx(np.log(3))
    assert found.df == 1


def test_what_does_not_depend_on_the_figures_has_no_error():
    found = _mean().contrast(lambda of: 4)
    assert (found.value, found.se, found.n) == (4, 0, 4)


@pytest.mark.parametrize(
    "formula",
    [
        lambda of: of["w"],
        lambda of: of["v"] / (of["u"] - 2),
        lambda of: np.maximum(of["u"], "x"),
        lambda of: np.inf * of["u"],
    ],
)
def test_a_formula_that_cannot_be_evaluated_is_refused(formula):
    with pytest.raises(BadInput):
        _mean().contrast(formula)


def test_columns_without_covariance_and_unknown_columns_are_refused():
    with pytest.raises(BadInput, match="covariances"):
        mean(SurveyDesign([1, 1]), [1, 2]).contrast({0: 1})
    alone = mean(SurveyDesign([1, 1]), [1, 2], vcov=True)
    assert alone.contrast({0: 2}).value == 3
    with pytest.raises(BadInput, match="no domain 1"):
        alone.contrast({1: 1})
